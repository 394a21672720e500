"""Real firms -> simulated alliances and structures laid over them.

The real statements and returns are never touched. Where effects are planted, what
they would add stands in tables of its own, for the study to add openly.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.simulate.alliances import Supply, draw_pairs, draw_terms
from alliance_value.simulate.announcements import describe_deals
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import (
    STATE_WEIGHTS,
    STATES,
    YEARS,
    Firms,
    fiscal_year_ends,
)
from alliance_value.simulate.performance import planted_part
from alliance_value.simulate.portfolios import count_portfolios
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import stream
from alliance_value.simulate.structures import draw_codings, draw_flags, draw_units
from alliance_value.simulate.truth import implied
from alliance_value.simulate.vendors.text import day, number, write_table
from alliance_value.simulate.write import write_deals

FIRST_DEALS = 1990
COLUMNS = ["firm", "name", "first_year", "last_year"]
TOLD = ("name", "industry", "sic")
"""What a study may tell of its firms."""


def real_population(settings: WorldSettings, firms: pd.DataFrame) -> Firms:
    """Turn a list of real firms into a population for the simulator.

    Parameters
    ----------
    settings : WorldSettings
    firms : DataFrame
        firm (identifier, unique), name, first_year and last_year (fiscal years with
        statements); optionally sic (four digits, int; drawn where it is not there),
        state, fyr (month of the fiscal year-end) and cusip6.

    Raises
    ------
    ValueError
        Where a column is missing or an identifier repeats.
    """
    missing = [c for c in COLUMNS if c not in firms]
    if missing:
        raise ValueError(f"the firm list lacks {missing}; it needs {COLUMNS}")
    repeated = firms["firm"][firms["firm"].duplicated()].tolist()
    if repeated:
        raise ValueError(f"firms listed twice: {repeated[:5]}")
    firms = firms.sort_values("firm", kind="stable", ignore_index=True)
    n = len(firms)
    rng = stream(settings.seed, "overlay")
    states = np.array(STATES)[
        rng.choice(len(STATES), n, p=STATE_WEIGHTS / STATE_WEIGHTS.sum())
    ]
    codes = [
        (k, c) for k, row in enumerate(parameters()["industries"]) for c in row["sic"]
    ]
    known = np.array([code for _, code in codes])
    drawn = stream(settings.seed, "overlay-sic").choice(known, n)
    sic = firms["sic"].to_numpy(int) if "sic" in firms else drawn
    closest = np.abs(sic[:, None] - known).argmin(1)
    nearest = [codes[k][0] for k in closest.tolist()]
    last = np.clip(firms["last_year"].to_numpy(int), YEARS[0], YEARS[-1])
    cusips = [f"{99_999 - k:05d}R" for k in range(n)]
    nothing = np.full(n, np.datetime64("NaT", "D"))
    table = pd.DataFrame(
        {
            "gvkey": firms["firm"].astype(str),
            "cik": firms["firm"].astype(str),
            "name": firms["name"].astype(str),
            "later_name": None,
            "cusip6": firms["cusip6"].astype(str) if "cusip6" in firms else cusips,
            "later_cusip6": None,
            "subsidiary_cusip6": [f"{88_999 - k:05d}S" for k in range(n)],
            "renamed": pd.Series(nothing).astype("datetime64[ns]"),
            "industry": nearest,
            "sic": sic,
            "state": firms["state"].astype(str) if "state" in firms else states,
            "fyr": firms["fyr"].to_numpy(int) if "fyr" in firms else np.full(n, 12),
            "first_year": np.full(n, YEARS[0]),
            "last_year": last,
            "exit_date": nothing,
        }
    )
    datadate = fiscal_year_ends(table["fyr"].to_numpy())
    # The statements at hand begin long after the firms did: ties may be older.
    alive = last[:, None] >= YEARS
    lag = stream(settings.seed, "filings").integers(55, 90, datadate.shape)
    filed = datadate + lag.astype("timedelta64[D]")
    hidden = stream(settings.seed, "unobserved")
    return Firms(
        table,
        alive,
        datadate,
        filed,
        hidden.standard_normal(n),
        hidden.standard_normal(alive.shape),
    )


def firm_list(
    firm_years: pd.DataFrame,
    name: str = "",
    industry: str = "",
    sic: Mapping[str, int] = MappingProxyType({}),
) -> pd.DataFrame:
    """List the firms of a real panel as `real_population` takes them.

    Parameters
    ----------
    firm_years : DataFrame
        firm, fiscal_year and the columns ``name`` and ``industry``.
    name, industry : str
        Columns with the firm's name and industry; a firm without a name is called by
        its identifier, one without industry gets the first industry's code. Without
        the column of industries no firm has a code.
    sic : mapping
        Four-digit code that stands for each industry.

    Raises
    ------
    UserError
        An industry has no code.
    """
    wanted = {"name": name, "industry": industry}
    asked = {key: (column, "first") for key, column in wanted.items() if column}
    span = {"first_year": ("fiscal_year", "min"), "last_year": ("fiscal_year", "max")}
    table = firm_years.groupby("firm", sort=True).agg(**asked, **span).reset_index()
    own = table.name if name else table.firm
    table = table.assign(
        name=own.fillna(table.firm),
        cusip6=[f"{k:05d}R" for k in range(10_000, 10_000 + len(table))],
    )
    if not industry:
        return table
    unknown = sorted(set(table.industry.dropna()) - set(sic))
    raise_if(
        [
            Problem(
                rule=f"the industry '{label}' has no SIC code",
                remedy="add it under sources.overlay.sic",
                where="sources.overlay.sic",
            )
            for label in unknown
        ],
        "the overlay of simulated alliances",
    )
    code = table.industry.map(dict(sic)).fillna(next(iter(sic.values())))
    return table.assign(sic=code.astype("int64")).drop(columns="industry")


def write_overlay(
    settings: WorldSettings,
    firms: pd.DataFrame,
    returns_days: np.ndarray,
    folder: Path,
) -> None:
    """Write simulated alliances and structures for real firms.

    Parameters
    ----------
    settings : WorldSettings
        With ``effects="none"`` nothing is planted and the two tables of
        adjustments hold zeros.
    firms : DataFrame
        See `real_population`.
    returns_days : ndarray of datetime64[D]
        Trading days of the real returns.
    folder : Path
        Receives ``sdc_alliances_*.csv``, ``structures.csv``,
        ``overlay_roa.csv`` (firm, fyear, addition to ROA of that year),
        ``overlay_returns.csv`` (firm, date, addition to the day's return),
        ``overlay_truth.json`` and ``overlay_ledger.csv``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    population = real_population(settings, firms)
    listed = population.table
    issuers = {"gvkey": listed["gvkey"], "cusip": listed["cusip6"] + "101"}
    write_table(
        pd.DataFrame({**issuers, "conm": listed["name"]}), folder / "overlay_firms.csv"
    )
    n = len(population.table)
    flags = draw_flags(settings, population)
    industries = pd.DataFrame(parameters()["industries"])
    own_industry = industries.iloc[population.table["industry"]]
    size = stream(settings.seed, "overlay-size").standard_normal(n)
    supply = Supply(
        eligible=population.alive,
        flags=flags,
        size=np.repeat(size[:, None], len(YEARS), axis=1),
        industry=population.table["industry"].to_numpy(),
        sic=population.table["sic"].to_numpy(),
        state=population.table["state"].to_numpy(),
        ally=own_industry["ally"].to_numpy(),
        rd=own_industry["rd"].to_numpy(),
        # What moves real ROA is not the simulator's: nothing here is confounded.
        unobserved=np.zeros(n),
        path=np.zeros(population.alive.shape),
        selection=np.zeros(population.alive.shape),
    )
    n_deals = round(parameters()["alliances"]["per_firm"] * n)
    end = int(population.table["last_year"].max())
    pairs = draw_pairs(settings, supply, n_deals, np.arange(FIRST_DEALS, end + 1))
    exit_date = population.table["exit_date"].to_numpy().astype("datetime64[D]")
    deals = draw_terms(settings, pairs, supply.rd, exit_date, f"{end}-12-31")
    effects = settings.effects
    deals = describe_deals(
        effects.joint_value, effects.appropriation, deals, population, flags
    )
    portfolios = count_portfolios(deals, population, flags)
    moved = planted_part(effects.performance, flags, portfolios)
    reported = population.alive[:, 1:] & (YEARS[1:] >= firms["first_year"].min())
    firm, t = np.nonzero(reported)
    identifier = population.table["gvkey"].to_numpy()
    roa = pd.DataFrame(
        {
            "firm": identifier[firm],
            "fyear": YEARS[t + 1],
            "addition": number(moved[firm, t], 10),
        }
    )
    write_table(roa, folder / "overlay_roa.csv")
    write_table(
        return_additions(deals, identifier, returns_days),
        folder / "overlay_returns.csv",
    )
    span = (int(firms["first_year"].min()) - 6, end)
    units = draw_units(settings, population, flags, span)
    codings = draw_codings(settings, population, flags, units)
    codings["filing_date"] = day(codings["filing_date"])
    write_table(codings.astype(str), folder / "structures.csv")
    nobody = pd.DataFrame(columns=["firm", "outsider", "cusip6"])
    ledger = write_deals(settings, population, deals, nobody, folder)
    write_table(pd.concat(ledger), folder / "overlay_ledger.csv")
    content = {
        "simulated": ["alliances", "structures"],
        "effects": asdict(effects),
        "implied": implied(effects),
    }
    text = json.dumps(content, indent=2, sort_keys=True) + "\n"
    (folder / "overlay_truth.json").write_text(text, encoding="utf-8")


def return_additions(
    deals: pd.DataFrame, identifier: np.ndarray, days: np.ndarray
) -> pd.DataFrame:
    """Spread planted abnormal returns over [-1, +1] for equally large partners.

    Returns
    -------
    DataFrame
        firm, date, addition (decimal), summed where events of a firm overlap.
    """
    profile = parameters()["returns"]["event_profile"]
    announced = deals["announced"].to_numpy().astype("datetime64[D]")
    t = np.searchsorted(days, announced)
    inside = (t >= 1) & (t < len(days) - 1) & (announced >= days[0])
    ratio = np.exp(deals["log_ratio"].to_numpy())
    joint = deals["joint_value"].to_numpy()
    car = {"i": 2 * joint * ratio / (1 + ratio), "j": 2 * joint / (1 + ratio)}
    parts = [
        pd.DataFrame(
            {
                "firm": identifier[deals[side].to_numpy()[inside]],
                "date": days[t[inside] + lag],
                "addition": share * car[side][inside],
            }
        )
        for side in ("i", "j")
        for lag, share in profile.items()
    ]
    total = pd.concat(parts).groupby(["firm", "date"], as_index=False)["addition"].sum()
    result: pd.DataFrame = total.assign(
        date=day(total["date"]), addition=number(total["addition"], 10)
    )
    return result
