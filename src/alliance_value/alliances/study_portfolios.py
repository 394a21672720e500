"""Alliances + coded units + a study's settings -> portfolios, one set per variant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from alliance_value.alliances.active import active_partnerships
from alliance_value.alliances.agreement import coder_agreement
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.experience import firm_year_experience
from alliance_value.alliances.look_ahead import (
    activity_look_ahead,
    portfolio_look_ahead,
)
from alliance_value.alliances.portfolios import (
    PortfolioRule,
    portfolios_of,
    with_own_structure,
    with_structures,
)
from alliance_value.alliances.structures import carry_forward, code_structures
from alliance_value.contracts.catalogue import BASE
from alliance_value.study.spec import build


@dataclass(frozen=True)
class AllianceTables:
    """Deals, their parties and the coded units of firms: what portfolios are made of.

    Parameters
    ----------
    alliances, participants, units
        Canonical tables.
    """

    alliances: pd.DataFrame
    participants: pd.DataFrame
    units: pd.DataFrame


@dataclass(frozen=True)
class PortfolioTables:
    """What a study's portfolios are, and what they rest on.

    Parameters
    ----------
    portfolios
        By variant, the study's own under ``base``.
    partnerships, structures, experience
        What the study's own portfolios count; firms' structures and their experience
        by fiscal year.
    agreement, look_ahead
        How far coders agree; what was used before it could be known.
    """

    portfolios: dict[str, pd.DataFrame]
    partnerships: pd.DataFrame
    structures: pd.DataFrame
    experience: pd.DataFrame
    agreement: pd.DataFrame
    look_ahead: pd.DataFrame


def portfolio_tables(
    source: AllianceTables, firm_years: pd.DataFrame, settings: Mapping[str, Any]
) -> PortfolioTables:
    """Compute every variant's portfolios, and what those of the study rest on.

    Parameters
    ----------
    source
        Deals, parties and coded units.
    firm_years
        Canonical firm-years.
    settings
        The study's ``portfolio``.
    """
    variants = prepared(source, firm_years, settings)
    own = variants[BASE]
    return PortfolioTables(
        study_portfolios(variants, firm_years),
        study_partnerships(own, firm_years),
        own.structures,
        firm_year_experience(own.alliances, own.participants, firm_years),
        coder_agreement(source.units, settings["structure_rule"])[0],
        look_ahead(variants),
    )


def variants_of(settings: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the settings of the study's own portfolio and of each variant."""
    base = {k: v for k, v in settings.items() if k != "variants"}
    return {BASE: base} | {
        name: {**base, **changes} for name, changes in settings["variants"].items()
    }


@dataclass(frozen=True)
class Variant:
    """What the portfolios of one variant are made of.

    Parameters
    ----------
    rule
        Its switches.
    alliances, participants
        The deals that count, and their parties.
    active
        Result of `active_partnerships`.
    structures
        Firms' structures by fiscal year under its settings.
    """

    rule: PortfolioRule
    alliances: pd.DataFrame
    participants: pd.DataFrame
    active: pd.DataFrame
    structures: pd.DataFrame


def prepared(
    source: AllianceTables, firm_years: pd.DataFrame, settings: Mapping[str, Any]
) -> dict[str, Variant]:
    """Return every variant, the study's own first under ``base``.

    Structures are coded, and partnerships are joined with year-ends, once for all
    variants with the same settings of them.
    """
    coded: dict[tuple[Any, ...], pd.DataFrame] = {}
    joined: dict[tuple[Any, ...], pd.DataFrame] = {}
    variants = {}
    for name, rule in variants_of(settings).items():
        own = rule["structure_rule"], rule.get("coder"), rule["carry_forward"]
        if own not in coded:
            coded[own] = study_structures(source.units, firm_years, rule)
        deals, switches = counted(source, rule), build(PortfolioRule, rule)
        kept = tuple(rule["statuses"]), rule["parties"], switches.life
        if kept not in joined:
            joined[kept] = active_partnerships(*deals, firm_years, switches.life)
        variants[name] = Variant(switches, *deals, joined[kept], coded[own])
    return variants


def study_portfolios(
    variants: Mapping[str, Variant], firm_years: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """Return the result of `portfolios` by variant."""
    return {
        name: portfolios_of(v.active, v.structures, firm_years, v.rule)
        for name, v in variants.items()
    }


def study_partnerships(base: Variant, firm_years: pd.DataFrame) -> pd.DataFrame:
    """Return the partnerships that make up the study's own portfolios."""
    years = with_own_structure(firm_years, base.structures, base.rule)
    return with_structures(base.active, years, base.structures, base.rule)


def study_structures(
    units: pd.DataFrame, firm_years: pd.DataFrame, rule: Mapping[str, Any]
) -> pd.DataFrame:
    """Return firms' structures by fiscal year under one variant's settings."""
    coded = code_structures(units, rule["structure_rule"], rule.get("coder"))
    return carry_forward(coded, firm_years, rule["carry_forward"])


def counted(
    source: AllianceTables, rule: Mapping[str, Any]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the deals that count, by status and number of parties; their parties."""
    alliances, participants = source.alliances, source.participants
    alliances = alliances[alliances.status.isin(rule["statuses"])]
    if rule["parties"] == "two":
        count = participants.groupby(Alliances.alliance).size()
        alliances = alliances[alliances.alliance.map(count) == 2]
    return alliances, participants[participants.alliance.isin(alliances.alliance)]


def look_ahead(variants: Mapping[str, Variant]) -> pd.DataFrame:
    """Count, per variant, what was used before it could be known.

    Returns
    -------
    pandas.DataFrame
        variant, audit (activity, structure), convention, rows (count of offending
        rows). Under ``fiscal_year`` structures of the year's own filing are used,
        which is filed some months after its end: these rows are by design.
    """
    rows = []
    for name, variant in variants.items():
        rule, structures, active = variant.rule, variant.structures, variant.active
        audits = {
            "activity": (rule.life, activity_look_ahead(active, rule.life)),
            "structure": (
                rule.structure,
                portfolio_look_ahead(active, structures, rule),
            ),
        }
        rows += [
            {"variant": name, "audit": audit, "convention": how, "rows": len(early)}
            for audit, (how, early) in audits.items()
        ]
    table = pd.DataFrame(rows)
    wrong = table[(table.rows > 0) & (table.convention != "fiscal_year")]
    assert wrong.empty, f"portfolios looked ahead: {wrong.to_dict('records')}"
    return table
