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
    told = rng.random(n) < world["shares_known"]
    parts = []
    for side, share in (("i", deals["ownership_i"]), ("j", 100 - deals["ownership_i"])):
        kept = joint & told
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
    with the structures last filed before that year begins. Where a firm ends by a
    merger, each of its partners may be the acquirer.

    Returns
    -------
    deals, terminations, acquisitions : DataFrame
        The deals with terminated and status as they now are; see `Lives`.
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
    for year in range(YEARS_OF_LIFE):
        begin, end = (int(np.floor(365.25 * k)) for k in (year, year + 1))
        start = announced + np.timedelta64(begin, "D")
        unlike = structure_at(start, i, firms, flags) != structure_at(
            start, j, firms, flags
        )
        hazard = world["rate"] * np.exp(world["asymmetric"] * unlike + fixed) / 365.25
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
    acquisitions, bought = draw_acquisitions(settings, deals, firms, ended)
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
    deals = deals.assign(terminated=ended, status=status)
    return deals, terminations, acquisitions


def draw_acquisitions(
    settings: WorldSettings, deals: pd.DataFrame, firms: Firms, ended: np.ndarray
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw who acquires each firm that ends by a merger.

    Returns
    -------
    acquisitions : DataFrame
        See `Lives`.
    bought : ndarray of bool, shape (deals,)
        The alliance ends since one party acquires the other.
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
    bought = np.zeros(len(deals), bool)
    begun = table["first_year"].to_numpy()
    rows = []
    for target in merged.tolist():
        at = exits[target]
        own = ((i == target) | (j == target)) & (announced + LEAST_LIFE < at)
        active = rng.permutation(np.flatnonzero(own & (ended == at)))
        other = np.where(i == target, j, i)
        wins = rng.random(len(active)) < chance[active]
        wins &= ~(exits[other[active]] <= at)
        year = int(at.astype("datetime64[Y]").astype(int)) + 1970
        able = (begun < year) & ~(exits <= at)
        able[target] = False
        strangers = np.flatnonzero(able)
        strangers = strangers[[(target, k) not in allied for k in strangers.tolist()]]
        stranger = int(rng.choice(strangers))
        lead = np.timedelta64(int(rng.integers(60, 120)), "D")
        noise = rng.standard_normal()
        acquirer = int(other[active[wins][0]]) if wins.any() else stranger
        partner = bool(wins.any())
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
    return pd.DataFrame(rows, columns=names), bought


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
    return {
        **planted,
        "implied": {
            "common_variance": value["common_sd"] ** 2,
            "acquirers_difference": acquisition["car_partner"]
            - acquisition["car_other"],
        },
        "realized": {
            "ended": len(lives.terminations),
            "acquired": int(lives.terminations["cause"].eq("acquired").sum()),
            "acquisitions": len(lives.acquisitions),
            "acquisitions_of_partners": int(lives.acquisitions["partner"].sum()),
            "share_equity": round(float(deals["equity"].mean()), 10),
        },
    }
