"""The tables of how long alliances live and how they end."""

from __future__ import annotations

from typing import Any

import pandera.pandas as pa

from alliance_value.alliances.contracts.constructs import FunctionSpells
from alliance_value.alliances.contracts.governance import Governance
from alliance_value.alliances.contracts.ownership import (
    CAUSES,
    Acquisitions,
    Terminations,
)
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.storage import Contract
from alliance_value.vocabulary.entries import canonical


def flag(label: str) -> Any:
    """Declare a 0/1 column of spells."""
    return described(label, "0/1", missing="not known", isin=[0.0, 1.0])


@canonical("alliance_spells", stage="panel")
class AllianceSpells(
    CanonicalTable, source="SDC alliances, terminations, acquisitions"
):
    """One row per alliance of two parties: its life within the observed period."""

    alliance: Text = described("Deal number", "code", unique=True)
    announced: Column[pa.DateTime] = described("Date announced", "date")
    tie: Text = described("Pair of ultimate parents", "text", "what errors cluster by")
    firm_i: Text = described("Firm i", "code", missing="matched to no firm")
    firm_j: Text = described("Firm j", "code", missing="matched to no firm")
    entry: Column[int] = described(
        "Days from announcement to the observed period", "days", ge=0
    )
    exit: Column[int] = described(
        "Days from announcement to the end or to the last day", "days", ge=1
    )
    cause: Text = described(
        "How it ended",
        "category",
        missing="alive on the last day",
        isin=list(CAUSES),
    )
    asymmetric: Column[float] = flag("Structures differ at entry")
    equity: Column[float] = flag("Equity alliance")
    functions: Column[float] = described(
        "Partners with an alliance function",
        "count",
        "on the day before the announcement",
        missing="the study has no alliance functions",
    )
    type: Text = described("Type of deal", "category")
    marketing: Column[float] = flag("Marketing alliance")
    research: Column[float] = flag("R&D alliance")
    cross_border: Column[float] = flag("Cross-border")


class Curve(CanonicalTable, source="alliance_spells"):
    """What curves of survival and incidence have in common."""

    grouping: Text = described("Grouping of alliances", "category")
    group: Text = described("Alliances", "category")
    spells: Column[int] = described("Alliances of the group", "count", ge=1)
    years: Column[float] = described("Years since the announcement", "years", gt=0)
    at_risk: Column[int] = described("Alive just before", "count", ge=0)
    ends: Column[int] = described("Ends on that day", "count", ge=0)


@canonical("survival", stage="panel")
class Survival(Curve, source="alliance_spells"):
    """One row per group and day on which one of its alliances ends."""

    survival: Column[float] = described(
        "Share alive after it", "decimal", "Kaplan-Meier", ge=0, le=1
    )
    se: Column[float] = described(
        "Standard error", "decimal", "Greenwood", missing="none is left", ge=0
    )
    ci_low: Column[float] = described(
        "Lower confidence limit", "decimal", "of ln S", missing="none is left"
    )
    ci_high: Column[float] = described(
        "Upper confidence limit", "decimal", "of ln S", missing="none is left"
    )

    class Config:
        unique = ["grouping", "group", "years"]


@canonical("incidence", stage="panel")
class Incidence(Curve, source="alliance_spells"):
    """One row per group, cause and day on which one of its alliances ends."""

    cause: Text = described("How it ended", "category", isin=list(CAUSES))
    incidence: Column[float] = described(
        "Share ended so by then", "decimal", "Aalen-Johansen", ge=0, le=1
    )
    se: Column[float] = described("Standard error", "decimal", ge=0)
    ci_low: Column[float] = described("Lower confidence limit", "decimal")
    ci_high: Column[float] = described("Upper confidence limit", "decimal")

    class Config:
        unique = ["grouping", "group", "cause", "years"]


@canonical("hazard_models", stage="panel")
class HazardModels(CanonicalTable, source="alliance_spells"):
    """One row per model of hazards and term."""

    model: Text = described("Which ends count", "name")
    term: Text = described("Term", "name")
    estimate: Column[float] = described("Log hazard ratio", "log per unit of term")
    se: Column[float] = described(
        "Standard error", "as the estimate", "clustered by pair of parents", ge=0
    )
    model_se: Column[float] = described(
        "Standard error of the information", "as the estimate", ge=0
    )
    z: Column[float] = described("z statistic", "number", "estimate / se")
    p: Column[float] = described("p-value, two-sided", "decimal", ge=0, le=1)
    ci_low: Column[float] = described("Lower confidence limit", "as the estimate")
    ci_high: Column[float] = described("Upper confidence limit", "as the estimate")
    rows: Column[int] = described("Alliance-years", "count", ge=0)
    spells: Column[int] = described("Alliances", "count", ge=0)
    ends: Column[int] = described("Ends that count", "count", ge=0)
    ties: Column[int] = described("Pairs of parents", "count", ge=0)

    class Config:
        unique = ["model", "term"]


@canonical("unobserved_ends", stage="panel")
class UnobservedEnds(CanonicalTable, source="alliance_spells"):
    """One row per horizon and share of ends that are taken to be unrecorded."""

    years: Column[float] = described("Horizon", "years", gt=0)
    missed: Column[float] = described("Share of ends not recorded", "decimal", ge=0)
    recorded: Column[float] = described(
        "Share ended, as recorded", "decimal", "Kaplan-Meier", ge=0, le=1
    )
    lowest: Column[float] = described(
        "Lower bound", "decimal", "the missed ended after the horizon", ge=0, le=1
    )
    at_random: Column[float] = described(
        "Ends missed at random",
        "decimal",
        "recorded / (1 - missed), at most the upper bound",
    )
    highest: Column[float] = described(
        "Upper bound", "decimal", "the missed ended at once", ge=0, le=1
    )
    se: Column[float] = described("Standard error of the recorded", "decimal", ge=0)

    class Config:
        unique = ["years", "missed"]


# What is known of how alliances ended and what moved it, beside their own records.
OF_ENDS: dict[str, Contract] = {
    "terminations": Terminations,
    "acquisitions": Acquisitions,
    "governance": Governance,
    "function_spells": FunctionSpells,
}

OF_LIVES: dict[str, Contract] = {
    "survival": Survival,
    "incidence": Incidence,
    "hazard_models": HazardModels,
    "unobserved_ends": UnobservedEnds,
}
