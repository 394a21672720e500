"""Alliances + their ends -> spells from announcement to end, and how long they live."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.alliances import functions
from alliance_value.alliances.announcements import side_by_side, with_places
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.contracts.ownership import CAUSES
from alliance_value.alliances.dyads import deal_class
from alliance_value.alliances.parties import parties
from alliance_value.alliances.structures import structure_at
from alliance_value.alliances.survival import (
    Spells,
    cumulative_incidence,
    ended_by,
    hazard_ratios,
    kaplan_meier,
    unobserved_ends,
)
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.panel.dates import days
from alliance_value.panel.keys import keyed

YEAR_DAYS = 365.25
MOST_YEARS = 60
FLAGS = (Alliances.marketing, Alliances.research, Alliances.cross_border)
NUMBER = {name: n for n, name in enumerate(CAUSES, start=1)}
MODELS = {
    "any end": (*CAUSES,),
    "dissolution": (CAUSES[0],),
    "acquisition": (CAUSES[1],),
}
TERMS = ("asymmetric", "equity", "functions", *FLAGS)


@dataclass(frozen=True)
class Ends:
    """What is known of how alliances ended, beside their own records.

    Parameters
    ----------
    terminations, acquisitions, governance, function_spells
        Canonical tables, None where the study has none.
    """

    terminations: pd.DataFrame | None = None
    acquisitions: pd.DataFrame | None = None
    governance: pd.DataFrame | None = None
    function_spells: pd.DataFrame | None = None


def spells_of(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    structures: pd.DataFrame,
    ends: Ends,
    settings: Mapping[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the life of each alliance of two parties within the observed period.

    Parameters
    ----------
    alliances, participants
        Canonical tables.
    structures
        Coded structures, from `structures.code_structures`.
    ends
        Terminations stated apart stand in the place of the alliances' own; an
        acquisition of one party by the other ends an alliance where it comes first.
    settings
        The study's ``survival``: first, last (days, ISO), statuses.

    Returns
    -------
    spells : pandas.DataFrame
        One row per alliance: announced; tie, the two parents; firm_i, firm_j; entry and
        exit (days since the announcement); cause (of `CAUSES`, missing where censored);
        asymmetric (at entry), equity, functions (partners with an alliance function
        when it was announced), type, flags.
    funnel : pandas.DataFrame
        From the alliances to the spells.
    """
    first, last = (pd.Timestamp(settings[key]) for key in ("first", "last"))
    funnel = FunnelBranch("spells", "deals")
    table = keyed(alliances, [Alliances.alliance])
    funnel.start(table, "alliances", "canonical alliances")
    table = funnel.keep(
        table, table.status.isin(settings["statuses"]), "status counts", "status"
    )
    sides = parties(participants)
    grouped = sides.groupby(Alliances.alliance).parent
    two = table.alliance.map(grouped.nunique()).eq(2)
    two &= table.alliance.map(grouped.size()).eq(2)
    table = funnel.keep(table, two, "two parties", "ultimate parents of the deal")
    sides = with_places(sides[sides.alliance.isin(table.alliance)], participants)
    table = table.merge(side_by_side(sides), on=Alliances.alliance, validate="1:1")
    announced = pd.Series(days(table.announced), table.index)
    table = table.assign(
        announced=announced,
        tie=np.where(
            table.parent_i < table.parent_j,
            table.parent_i + " | " + table.parent_j,
            table.parent_j + " | " + table.parent_i,
        ),
    )
    ended = ends_of(table, ends)
    table = table.assign(
        entry=(first - announced).dt.days.clip(lower=0),
        exit=(ended.ended.where(ended.ended <= last, last) - announced).dt.days,
        cause=ended.cause.where(ended.ended <= last),
    )
    inside = table.announced <= last
    table = funnel.keep(table, inside, "announced by the last day", "period")
    alive = table.exit > table.entry
    table = funnel.keep(table, alive, "alive in the period", "ended before, or at once")
    table = table.reset_index(drop=True)
    start = table.announced + pd.to_timedelta(table.entry, unit="D")
    flags = [Alliances.joint_venture, *FLAGS, Alliances.licensing]
    table[flags] = table[flags].astype("float64")
    table["asymmetric"] = asymmetric_at(table, structures, start)
    table["equity"] = table[Alliances.joint_venture]
    if ends.governance is not None:
        equity = ends.governance.set_index(Alliances.alliance).equity
        table["equity"] = table.alliance.map(equity)
    table["functions"] = np.nan
    if ends.function_spells is not None:
        table["functions"] = functions.of_dyads(table, ends.function_spells).functions
    kind = deal_class(table.assign(asymmetric=table.asymmetric.fillna(0)))
    table["type"] = kind.str.replace(r" (a?symmetric)$", "", regex=True)
    columns = [
        Alliances.alliance,
        Alliances.announced,
        "tie",
        "firm_i",
        "firm_j",
        "entry",
        "exit",
    ]
    columns += ["cause", "asymmetric", "equity", "functions", "type", *FLAGS]
    return table[columns], funnel.table()


def ends_of(table: pd.DataFrame, ends: Ends) -> pd.DataFrame:
    """Return the day on which each alliance ended and how, missing where not known."""
    ended = pd.Series(days(table.terminated), table.index)
    cause = pd.Series(CAUSES[0], table.index, dtype="string")
    if ends.terminations is not None:
        stated = ends.terminations.set_index(Alliances.alliance)
        ended = pd.Series(days(table.alliance.map(stated.ended)), table.index)
        cause = table.alliance.map(stated.cause).astype("string")
    if ends.acquisitions is not None:
        bought = acquired_between(table, ends.acquisitions)
        sooner = bought.notna() & ~(ended < bought)
        ended, cause = ended.mask(sooner, bought), cause.mask(sooner, CAUSES[1])
    ended = ended.where(ended >= table.announced)
    return pd.DataFrame({"ended": ended, "cause": cause.where(ended.notna())})


def acquired_between(table: pd.DataFrame, acquisitions: pd.DataFrame) -> pd.Series:
    """Return the first day after a deal on which one party acquired the other."""
    done = acquisitions.assign(
        day=acquisitions.effective.fillna(acquisitions.announced)
    )[["acquirer", "target", "day"]]
    turned = done.rename(columns={"acquirer": "target", "target": "acquirer"})
    both = pd.concat([done, turned], ignore_index=True)
    pairs = table[[Alliances.alliance, Alliances.announced, "firm_i", "firm_j"]].merge(
        both, left_on=["firm_i", "firm_j"], right_on=["acquirer", "target"]
    )
    later = pairs[pairs.day >= pairs.announced]
    first = later.groupby(Alliances.alliance).day.min()
    return first.reindex(table.alliance).set_axis(table.index)


def asymmetric_at(
    table: pd.DataFrame, structures: pd.DataFrame, day: pd.Series
) -> pd.Series:
    """Return whether the structures last filed before a day differ."""
    own = [
        structure_at(structures, table[f"firm_{side}"], day, None).customer_centric
        for side in ("i", "j")
    ]
    return (own[0] - own[1]).abs().astype("float64")


def by_year(spells: pd.DataFrame, structures: pd.DataFrame) -> pd.DataFrame:
    """Cut spells at each anniversary; the structures are those of its begin.

    Returns
    -------
    pandas.DataFrame
        The spells' columns, a row per alliance and year of its life in the period;
        only the last one of a spell has its cause.
    """
    parts = []
    for year in range(MOST_YEARS):
        begin, end = (int(np.floor(YEAR_DAYS * n)) for n in (year, year + 1))
        part = spells[(spells.exit > begin) & (spells.entry < end)]
        if part.empty:
            continue
        part = part.assign(
            entry=part.entry.clip(lower=begin),
            exit=part.exit.clip(upper=end),
            cause=part.cause.where(part.exit <= end),
        )
        start = part.announced + pd.to_timedelta(part.entry, unit="D")
        parts.append(part.assign(asymmetric=asymmetric_at(part, structures, start)))
    rows = pd.concat(parts, ignore_index=True)
    return rows.sort_values([Alliances.alliance, "entry"], ignore_index=True)


def as_spells(table: pd.DataFrame) -> Spells:
    """Return a table's spells as arrays."""
    cause = table.cause.map(NUMBER).fillna(0).to_numpy("int64")
    return Spells(table.entry.to_numpy("int64"), table.exit.to_numpy("int64"), cause)


def groups_of(spells: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    """Return which spells each group of each grouping has."""
    named = {
        "all": pd.Series("all", spells.index),
        "structures": spells.asymmetric.map({1.0: "asymmetric", 0.0: "symmetric"}),
        "type": spells.type,
        "equity": spells.equity.map({1.0: "equity", 0.0: "contract"}),
    }
    return {
        (grouping, str(group)): labels.eq(group).fillna(False).to_numpy(bool)
        for grouping, labels in named.items()
        for group in sorted(labels.dropna().unique())
    }


def life_tables(
    spells: pd.DataFrame,
    structures: pd.DataFrame,
    settings: Mapping[str, Any],
    confidence: float,
) -> dict[str, pd.DataFrame]:
    """Return survival, incidences, hazards and bounds, by canonical table.

    Parameters
    ----------
    spells
        From `spells_of`.
    structures
        Coded structures.
    settings
        The study's ``survival``: horizons (years), missed (decimals).
    confidence
        Level of the intervals (decimal).
    """
    return {
        **curves_of(spells, confidence),
        "hazard_models": hazards(by_year(spells, structures), confidence),
        "unobserved_ends": bounds(
            as_spells(spells), settings["horizons"], settings["missed"]
        ),
    }


def curves_of(spells: pd.DataFrame, confidence: float) -> dict[str, pd.DataFrame]:
    """Return survival by every grouping, and incidences of all and by equity."""
    curves, incidences = [], []
    for (grouping, group), inside in groups_of(spells).items():
        own = as_spells(spells[inside])
        named: dict[str, Any] = {"grouping": grouping, "group": group}
        named["spells"] = int(inside.sum())
        curves.append(in_years(kaplan_meier(own, confidence)).assign(**named))
        if grouping in ("all", "equity"):
            for cause, number in NUMBER.items():
                curve = in_years(cumulative_incidence(own, number, confidence))
                incidences.append(curve.assign(**named, cause=cause))
    return {
        "survival": pd.concat(curves, ignore_index=True),
        "incidence": pd.concat(incidences, ignore_index=True),
    }


def in_years(curve: pd.DataFrame) -> pd.DataFrame:
    """Return a curve with its times in years."""
    return curve.assign(years=curve.time / YEAR_DAYS).drop(columns="time")


def hazards(rows: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Estimate the hazards of any end, of dissolution and of acquisition.

    Other ends than a model's own are censored: hazards are those of a cause.

    Returns
    -------
    pandas.DataFrame
        model, term, the columns of `survival.hazard_ratios`, rows, spells, ends, ties.
    """
    names = [t for t in TERMS if rows[t].min() < rows[t].max()]
    known = rows.dropna(subset=names).reset_index(drop=True)
    tables = []
    for model, causes in MODELS.items():
        own = known.assign(cause=known.cause.where(known.cause.isin(causes)))
        ends = int(own.cause.notna().sum())
        if ends <= len(names):
            continue
        x = own[names].to_numpy("float64")
        fit = hazard_ratios(as_spells(own), x, names, own.tie.to_numpy(str), confidence)
        counts = {
            "rows": len(own),
            "spells": own.alliance.nunique(),
            "ends": ends,
            "ties": own.tie.nunique(),
        }
        tables.append(fit.assign(model=model, **counts))
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def bounds(
    spells: Spells, horizons: Sequence[float], missed: Sequence[float]
) -> pd.DataFrame:
    """Return the share that has ended by each horizon, for shares of missed ends."""
    curve = kaplan_meier(spells)
    rows: list[dict[str, float]] = []
    for years in horizons:
        time = years * YEAR_DAYS
        before = curve[curve.time <= time]
        se = float(before.se.iloc[-1]) if len(before) else 0.0
        for share in missed:
            values = unobserved_ends(spells, share, time)
            rows.append({"years": years, "missed": share, **values, "se": se})
        assert ended_by(curve, time) == rows[-1]["recorded"]
    return pd.DataFrame(rows)
