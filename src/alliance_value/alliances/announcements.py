"""Deals of two listed firms -> dyads, both partners as known on the day before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.api.types import is_integer_dtype

from alliance_value.alliances.contracts.alliances import Alliances, Participants
from alliance_value.alliances.experience import firm_experience, pair_experience
from alliance_value.alliances.parties import parties
from alliance_value.alliances.structures import (
    MAX_AGE_DAYS,
    code_structures,
    structure_at,
)
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.panel.dates import days
from alliance_value.panel.keys import keyed, look_up

SIDES = ("i", "j")
COMMON = ("10", "11", "NS")
TIES = [
    "prior_ties",
    "partner_experience",
    "any_prior_tie",
    "partner_experience_decayed",
    "years_since_first_tie",
    "years_since_last_tie",
]


def dyads_of(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    links: pd.DataFrame,
    security_names: pd.DataFrame,
    structures: pd.DataFrame,
    *,
    statuses: Sequence[str],
    first: pd.Timestamp,
    last: pd.Timestamp,
    estimated_dates: bool = False,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the deals of two listed and coded firms, and describe both on the day.

    Everything said of a partner was known strictly before the announcement.

    Parameters
    ----------
    alliances, participants, links, security_names
        Canonical tables. Without names of securities all count as common stock.
    structures
        From `panel.structures.code_structures`.
    statuses
        Deal statuses that count.
    first, last
        First and last day of announcement.
    estimated_dates
        Keep deals whose day of announcement is flagged as estimated.

    Returns
    -------
    dyads : pandas.DataFrame
        One row per deal, sorted by alliance: announced; for the partners i and j, in
        the order of their firms' keys, firm, security, customer_centric (1, 0 or
        missing), sic, experience; asymmetric (1, 0 or missing); deal flags as 0/1;
        the ties of the pair in `TIES`; temporal_overlap, ln(1 + ties in five years);
        spatial_overlap, SIC match depth / 4 (0 to 1); same_sic, same_state,
        same_nation (0/1, missing where unknown).
    funnel : pandas.DataFrame
        Deals from the alliances to the dyads, branch ``dyads``.

    References
    ----------
    docs/event-study.md, dyads.
    """
    funnel = FunnelBranch("dyads", "deals")
    table = keyed(alliances, [Alliances.alliance])
    funnel.start(table, "alliances", "canonical alliances")
    known = table.status.isin(statuses)
    table = funnel.keep(table, known, "status counts", "status of the deal")
    day = pd.Series(days(table.announced), table.index)
    inside = (day >= first) & (day <= last)
    table = funnel.keep(table, inside, "announced in the period", "period of the study")
    if not estimated_dates:
        exact = ~table.announced_estimated.astype(bool)
        table = funnel.keep(table, exact, "exact day", "the day is estimated")
    sides = parties(participants)
    two = table.alliance.map(sides.groupby(Alliances.alliance).parent.nunique()) == 2
    two &= table.alliance.map(sides.groupby(Alliances.alliance).size()) == 2
    table = funnel.keep(table, two, "two parties", "ultimate parents of the deal")
    sides = with_places(sides, participants)
    sides = sides[sides.alliance.isin(table.alliance)]
    matched = table.alliance.map(sides.groupby(Alliances.alliance)[FIRM].nunique()) == 2
    table = funnel.keep(table, matched, "both matched", "a partner is no firm of ours")
    wide = side_by_side(sides[sides.alliance.isin(table.alliance)])
    table = table.merge(wide, on=Alliances.alliance, validate="one_to_one")
    for side in SIDES:
        table[f"security_{side}"] = security_at(
            table[f"firm_{side}"], table.announced, links, security_names
        )
        structure = structure_at(
            structures, table[f"firm_{side}"], table.announced, MAX_AGE_DAYS
        )
        table[f"customer_centric_{side}"] = structure["customer_centric"]
    linked = table[[f"security_{s}" for s in SIDES]].notna().all(axis=1)
    table = funnel.keep(table, linked, "both linked", "no common stock on the day")
    coded = table[[f"customer_centric_{s}" for s in SIDES]].notna().all(axis=1)
    table = funnel.keep(table, coded, "both coded", "no structure filed before the day")
    table = table.reset_index(drop=True)
    return described(table, alliances, participants), funnel.table()


def announced_dyads(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    links: pd.DataFrame,
    security_names: pd.DataFrame,
    units: pd.DataFrame,
    section: Mapping[str, Any],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the result of `dyads_of` for a study.

    Parameters
    ----------
    alliances, participants, links, security_names
        As of `dyads_of`.
    units
        Coded units.
    section
        The study's ``event_study``: structure_rule, statuses, first, last (days, ISO),
        estimated_dates.
    """
    return dyads_of(
        alliances,
        participants,
        links,
        security_names,
        code_structures(units, section["structure_rule"]),
        statuses=section["statuses"],
        first=pd.Timestamp(section["first"]),
        last=pd.Timestamp(section["last"]),
        estimated_dates=section["estimated_dates"],
    )


def with_places(sides: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """Add each party's nation and state: those of its first participant."""
    place = participants.assign(firm=participants[FIRM].astype("string"))
    place = place.sort_values(
        [Alliances.alliance, Participants.position]
    ).drop_duplicates([Alliances.alliance, FIRM])
    places = look_up(
        place.dropna(subset=[FIRM]),
        sides[[Alliances.alliance, FIRM]],
        ["nation", "state"],
    )
    return pd.concat([sides, places], axis=1)


def side_by_side(sides: pd.DataFrame) -> pd.DataFrame:
    """Put the two parties of each deal in one row, i before j by the firm's key."""
    ordered = sides.sort_values([Alliances.alliance, FIRM], kind="stable")
    number = ordered.groupby(Alliances.alliance).cumcount()
    parts = [
        ordered[number == place]
        .set_index(Alliances.alliance)[[FIRM, "parent", "sic", "nation", "state"]]
        .add_suffix(f"_{side}")
        for place, side in enumerate(SIDES)
    ]
    return parts[0].join(parts[1]).reset_index()


def security_at(
    firm: pd.Series, day: pd.Series, links: pd.DataFrame, names: pd.DataFrame
) -> pd.Series:
    """Return the security that a firm had on a day, if it was common stock.

    Returns
    -------
    pandas.Series
        Int64, or text where links have text, on the index of ``firm``; missing where
        none was linked, or where its name of the day has another share code than 10
        or 11 (NS in the new format).
    """
    asked = pd.DataFrame({FIRM: firm.astype("string"), "day": days(day)})
    asked = asked.reset_index(names="row")
    pairs = asked.merge(links, on=FIRM)
    pairs = pairs[(pairs.day >= pairs.link_from) & (pairs.day <= pairs.link_to)]
    if len(names):
        coded = names[names.share_code.isin(COMMON) | names.share_code.isna()]
        spells = pairs.merge(coded[["security", "name_from", "name_to"]], on="security")
        held = (spells.day >= spells.name_from) & (spells.day <= spells.name_to)
        pairs = spells[held].drop_duplicates(["row", "security"])
    single = pairs[~pairs.duplicated("row", keep=False)]
    security = single.set_index("row").security.reindex(firm.index)
    numbers = is_integer_dtype(links.security)
    return security.astype("Int64" if numbers else "string")


def described(
    table: pd.DataFrame, alliances: pd.DataFrame, participants: pd.DataFrame
) -> pd.DataFrame:
    """Add overlap, ties and experience to dyads."""
    ties = pair_experience(alliances, participants)
    ties = ties.drop_duplicates(Alliances.alliance)
    experience = look_up(ties, table[[Alliances.alliance]], TIES)
    table = pd.concat([table, experience], axis=1)
    for side in SIDES:
        requests = pd.DataFrame({FIRM: table[f"firm_{side}"], "date": table.announced})
        before = firm_experience(alliances, participants, requests)
        table[f"experience_{side}"] = before["experience"]
    flags = [
        Alliances.joint_venture,
        Alliances.technology_transfer,
        Alliances.cross_border,
    ]
    flags += [
        Alliances.marketing,
        Alliances.research,
        Alliances.licensing,
        Alliances.manufacturing,
        Alliances.supply,
    ]
    table[flags] = table[flags].astype("float64")
    cc = [table[f"customer_centric_{side}"] for side in SIDES]
    return table.assign(
        asymmetric=(cc[0] - cc[1]).abs(),
        temporal_overlap=table["partner_experience"],
        spatial_overlap=match_depth(table.sic_i, table.sic_j) / 4,
        same_sic=same(table.sic_i, table.sic_j),
        same_state=same(table.state_i, table.state_j),
        same_nation=same(table.nation_i, table.nation_j),
    )


def match_depth(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return how many leading digits two four-digit codes share, 0 to 4."""
    a, b = (codes.astype("string").str.zfill(4) for codes in (first, second))
    depth = pd.Series(0.0, first.index)
    alike = pd.Series(True, first.index)
    for digit in range(4):
        alike &= (a.str[digit] == b.str[digit]).fillna(False).astype(bool)
        depth += alike
    return depth.where(first.notna() & second.notna())


def same(first: pd.Series, second: pd.Series) -> pd.Series:
    """Return 1 where two texts are equal, 0 where not, missing where one is."""
    equal = (first == second).astype("Float64")
    return equal.astype("float64").where(first.notna() & second.notna())
