"""Alliances -> their governance, ends and acquisitions, with planted effects."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.simulate.announcements import structure_at
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import Firms
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import day, write_table

NEVER = np.datetime64("NaT", "D")
LEAST_LIFE = 60
YEARS_OF_LIFE = 26
LASTING = 5  # years
YEAR_DAYS = 365.25


@dataclass(frozen=True)
class Lives:
    """What alliances of a world live through.

    Parameters
    ----------
    ownership : DataFrame
        alliance, holder (row of the population), held, share (percent).
    terminations : DataFrame
        alliance, ended, cause.
    acquisitions : DataFrame
        acquirer, target (rows of the population), announced, effective, partner
        (whether they had allied before), car (planted, decimal).
    """

    ownership: pd.DataFrame
    terminations: pd.DataFrame
    acquisitions: pd.DataFrame


def planted_lives() -> dict[str, Any]:
    """Return the planted effects and rates."""
    content: dict[str, Any] = parameters()["lives"]
    return content


def draw_governance(
    settings: WorldSettings, deals: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw stakes and return the deals with ``equity``, and the ownership shares."""
    world = planted_lives()
    rng = stream(settings.seed, "governance")
    n = len(deals)
    joint = deals["joint_venture"].to_numpy(bool)
    stake = ~joint & (rng.random(n) < world["stake_rate"])
    size = rng.integers(5, 35, n)
    stated = rng.random(n) < world["shares_known"]
    parts = []
    for side, share in (("i", deals["ownership_i"]), ("j", 100 - deals["ownership_i"])):
        kept = joint & stated
        parts.append(
            pd.DataFrame(
                {
                    "alliance": deals["alliance"][kept],
                    "holder": deals[side][kept],
                    "held": "venture",
                    "share": share[kept],
                }
            )
        )
    parts.append(
        pd.DataFrame(
            {
                "alliance": deals["alliance"][stake],
                "holder": deals["i"][stake],
                "held": "partner",
                "share": size[stake],
            }
        )
    )
    table = pd.concat(parts).sort_values(["alliance", "held", "holder"])
    return deals.assign(equity=joint | stake), table.reset_index(drop=True)


def draw_ends(
    settings: WorldSettings,
    deals: pd.DataFrame,
    firms: Firms,
    flags: np.ndarray,
    known_until: str,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Draw when each alliance dissolves, and which partners are acquired.

    The hazard of dissolution is constant within a year of an alliance's life; it moves
    with the structures last filed before that year begins, and with partners' alliance
    functions at the announcement where the deals have them. Where a firm ends by a
    merger, each of its partners may be the acquirer.

    Returns
    -------
    deals, terminations, acquisitions : DataFrame
        The deals with terminated and status as they now are; risk, the hazard that adds
        up over `LASTING` years without any function; outlived, whether a partner ends
        in these; years, how long they are known to live; and bought_chance, of ending
        since one party acquires the other. See `Lives`.
    """
    world = planted_lives()["dissolution"]
    rng = stream(settings.seed, "dissolutions")
    n = len(deals)
    announced = deals["announced"].to_numpy().astype("datetime64[D]")
    i, j = deals["i"].to_numpy(), deals["j"].to_numpy()
    left = rng.exponential(1.0, n)
    life = np.full(n, np.inf)
    fixed = world["equity"] * deals["equity"].to_numpy(float)
    fixed += world["research"] * deals["rd"].to_numpy(float)
    factor = np.exp(world["function"] * functions_of(deals))
    risk = np.zeros(n)
    for year in range(YEARS_OF_LIFE):
        begin, end = (int(np.floor(YEAR_DAYS * k)) for k in (year, year + 1))
        start = announced + np.timedelta64(begin, "D")
        unlike = structure_at(start, i, firms, flags) != structure_at(
            start, j, firms, flags
        )
        hazard = (
            world["rate"] * np.exp(world["asymmetric"] * unlike + fixed) / YEAR_DAYS
        )
        risk += hazard * (end - begin) * (year < LASTING)
        hazard = hazard * factor
        now = np.isinf(life) & (left <= hazard * (end - begin))
        life[now] = begin + np.ceil(left[now] / hazard[now])
        left = left - hazard * (end - begin)
    days = np.where(np.isinf(life), 0, life).astype("timedelta64[D]")
    dissolved = np.where(np.isinf(life), NEVER, announced + days)
    exits = firms.table["exit_date"].to_numpy().astype("datetime64[D]")
    gone = np.fmin(exits[i], exits[j])
    ended = np.fmin(dissolved, gone)
    cause = np.where(gone <= dissolved, "party left", "dissolved").astype(object)
    cause = np.where(np.isnat(dissolved) & ~np.isnat(gone), "party left", cause)
    acquisitions, bought, chance = draw_acquisitions(settings, deals, firms, ended)
    cause = np.where(bought, "acquired", cause)
    ended = np.where(ended > np.datetime64(known_until), NEVER, ended)
    over = ~np.isnat(ended)
    terminations = pd.DataFrame(
        {
            "alliance": deals["alliance"][over],
            "ended": ended[over],
            "cause": cause[over],
        }
    ).reset_index(drop=True)
    # a vendor seldom revises the status of a deal that has ended
    lasting = deals["status"].isin(["Extended", "Renegotiated"]) & ~over
    status = deals["status"].where(lasting, "Completed/Signed")
    outlived = gone < announced + np.timedelta64(round(YEAR_DAYS * LASTING), "D")
    lived = np.fmin(ended, np.datetime64(known_until)) - announced
    deals = deals.assign(
        terminated=ended,
        status=status,
        risk=risk,
        outlived=outlived,
        years=lived.astype(float) / YEAR_DAYS,
        bought_chance=chance,
    )
    return deals, terminations, acquisitions


def functions_of(deals: pd.DataFrame) -> np.ndarray:
    """Return how many of both partners have an alliance function, 0 in other worlds."""
    own = [name for name in ("function_i", "function_j") if name in deals]
    result: np.ndarray = deals[own].sum(axis=1).to_numpy(float)
    return result


def function_to_lasting(deals: pd.DataFrame) -> float:
    """Return by how much a partner's function raises the chance that a deal lasts.

    The mean over deals and partners, at the other partner's function.
    """
    effect = planted_lives()["dissolution"]["function"]
    risk = deals["risk"].to_numpy(float)
    gains = []
    for other in ("function_j", "function_i"):
        at = risk * np.exp(effect * deals[other].to_numpy(float))
        gains.append(np.exp(-at * np.exp(effect)) - np.exp(-at))
    return float((np.array(gains) * ~deals["outlived"].to_numpy(bool)).mean())


def draw_acquisitions(
    settings: WorldSettings, deals: pd.DataFrame, firms: Firms, ended: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Draw who acquires each firm that ends by a merger.

    Returns
    -------
    acquisitions : DataFrame
        See `Lives`.
    bought : ndarray of bool, shape (deals,)
        The alliance ends since one party acquires the other.
    chance : ndarray, shape (deals,)
        How probable that was.
    """
    world = planted_lives()["acquisition"]
    rng = stream(settings.seed, "acquisitions")
    table = firms.table
    exits = table["exit_date"].to_numpy().astype("datetime64[D]")
    merged = np.flatnonzero(table["exit_reason"].eq("merger").to_numpy())
    merged = merged[np.argsort(exits[merged], kind="stable")]
    announced = deals["announced"].to_numpy().astype("datetime64[D]")
    i, j = deals["i"].to_numpy(), deals["j"].to_numpy()
    equity = deals["equity"].to_numpy(float)
    chance = world["chance"] * np.exp(world["equity"] * equity)
    allied = {(a, b) for a, b in zip(i.tolist(), j.tolist(), strict=True)}
    allied |= {(b, a) for a, b in allied}
    bought, probable = np.zeros(len(deals), bool), np.zeros(len(deals))
    begun = table["first_year"].to_numpy()
    rows = []
    for target in merged.tolist():
        at = exits[target]
        own = ((i == target) | (j == target)) & (announced + LEAST_LIFE < at)
        active = np.flatnonzero(own & (ended == at))
        other = np.where(i == target, j, i)
        odds = chance[active] * ~(exits[other[active]] <= at)
        odds = odds / max(1.0, odds.sum())
        by_partner = np.bincount(other[active], odds, len(table))
        probable[active] = by_partner[other[active]]
        first = int(np.searchsorted(np.cumsum(odds), rng.random(), side="right"))
        year = int(at.astype("datetime64[Y]").astype(int)) + 1970
        able = (begun < year) & ~(exits <= at)
        able[target] = False
        strangers = np.flatnonzero(able)
        strangers = strangers[[(target, k) not in allied for k in strangers.tolist()]]
        stranger = int(rng.choice(strangers))
        lead = np.timedelta64(int(rng.integers(60, 120)), "D")
        noise = rng.standard_normal()
        partner = first < len(active)
        acquirer = int(other[active[first]]) if partner else stranger
        if partner:
            bought |= own & (other == acquirer) & (ended == at)
        mean = world["car_partner"] if partner else world["car_other"]
        rows.append(
            {
                "acquirer": acquirer,
                "target": target,
                "announced": np.busday_offset(at - lead, 0, "backward"),
                "effective": at,
                "partner": partner,
                "car": mean + world["car_sd"] * noise,
            }
        )
    names = ["acquirer", "target", "announced", "effective", "partner", "car"]
    return pd.DataFrame(rows, columns=names), bought, probable


def equity_to_acquisition(deals: pd.DataFrame) -> float:
    """Return the log hazard ratio of equity that the planted odds come to.

    It is less than theirs, since all alliances of a pair end with one of them.
    """
    sums = deals.groupby("equity")[["bought_chance", "years"]].sum()
    rate = sums["bought_chance"] / sums["years"]
    return float(np.log(rate[True] / rate[False]))


def with_planted_value(settings: WorldSettings, deals: pd.DataFrame) -> pd.DataFrame:
    """Add what equity brings to the joint value, and news that both partners share."""
    world = planted_lives()["value"]
    rng = stream(settings.seed, "common-news")
    joint = deals["joint_value"] + world["equity"] * deals["equity"]
    common = world["common_sd"] * rng.standard_normal(len(deals))
    return deals.assign(joint_value=joint, common=common)


def write_lives(lives: Lives, firms: Firms, folder: Path) -> None:
    """Write ownership.csv, terminations.csv and acquisitions.csv."""
    gvkey = firms.table["gvkey"].to_numpy()
    ownership = lives.ownership.assign(holder=gvkey[lives.ownership["holder"]])
    write_table(ownership.astype(str), folder / "ownership.csv")
    ends = lives.terminations
    write_table(
        ends.assign(ended=day(ends["ended"])).astype(str), folder / "terminations.csv"
    )
    done = lives.acquisitions
    done = pd.DataFrame(
        {
            "acquirer": gvkey[done["acquirer"]],
            "target": gvkey[done["target"]],
            "announced": day(done["announced"]),
            "effective": day(done["effective"]),
        }
    )
    write_table(done.astype(str), folder / "acquisitions.csv")


def truth_of_lives(lives: Lives, deals: pd.DataFrame) -> dict[str, Any]:
    """Return what was planted in the lives of alliances, and what the draw realized."""
    planted = planted_lives()
    value, acquisition = planted["value"], planted["acquisition"]
    chain = {}
    if "function_i" in deals:
        chain = {"function_to_lasting": function_to_lasting(deals), "direct": 0.0}
    return {
        **planted,
        "implied": {
            "common_variance": value["common_sd"] ** 2,
            "acquirers_difference": acquisition["car_partner"]
            - acquisition["car_other"],
            "equity_to_acquisition": equity_to_acquisition(deals),
            **chain,
        },
        "realized": {
            "ended": len(lives.terminations),
            "acquired": int(lives.terminations["cause"].eq("acquired").sum()),
            "acquisitions": len(lives.acquisitions),
            "acquisitions_of_partners": int(lives.acquisitions["partner"].sum()),
            "share_equity": round(float(deals["equity"].mean()), 10),
        },
    }
