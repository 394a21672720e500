"""The tables of what deals are worth, who takes it, and of look-ahead audits."""

from __future__ import annotations

from alliance_value.contracts.coefficients import (
    HIGH,
    LOW,
    NO_ERROR,
    SE,
    Estimated,
    P,
    T,
)
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.storage import Contract
from alliance_value.vocabulary.entries import canonical

INTERVALS = "normal; Fieller's of a ratio, Fisher's of a correlation"


@canonical("appropriation", stage="events")
class Appropriation(CanonicalTable, source="docs/methods.md"):
    """One row per measure of division, term and type of error."""

    outcome: Text = described("Measure of division", "name")
    term: Text = described("Term", "name")
    estimate: Column[float] = described(
        "Estimate", "outcome per unit of term", source="as the model"
    )
    se: Column[float] = SE(missing="not defined")
    se_type: Text = described("Type of standard error", "category")
    df: Column[float] = described("Degrees of freedom", "count", ge=0)
    t: Column[float] = T(missing=NO_ERROR)
    p: Column[float] = P(missing=NO_ERROR)
    ci_low: Column[float] = LOW(missing=NO_ERROR)
    ci_high: Column[float] = HIGH(missing=NO_ERROR)
    n: Column[int] = described("Deals", "count", source="dyads", ge=0)
    firms: Column[int] = described("Firms", "count", source="dyads", ge=0)

    class Config:
        unique = ["outcome", "term", "se_type"]


@canonical("division_of_value", stage="events")
class DivisionOfValue(CanonicalTable, source="docs/methods.md"):
    """One row per group of deals and quantity: how partners divide value."""

    group: Text = described("Deals", "category", source="dyads")
    quantity: Text = described("Quantity", "name")
    estimate: Column[float] = described(
        "Estimate", "decimal, or a ratio", source="dyads", missing="not estimated"
    )
    se: Column[float] = SE(missing="not defined")
    ci_low: Column[float] = LOW(formula=INTERVALS, missing="not defined")
    ci_high: Column[float] = HIGH(formula=INTERVALS, missing="not defined")
    n: Column[int] = described("Deals", "count", source="dyads", ge=0)

    class Config:
        unique = ["group", "quantity"]


@canonical("joint_value", stage="events")
class JointValue(CanonicalTable, source="dyads"):
    """One row per type of deals and symmetry: the value that partners create."""

    type: Text = described("Type of deal", "category")
    symmetry: Text = described("Structures of the partners", "category")
    n: Column[int] = described("Deals", "count", ge=2)
    mean: Column[float] = described("Mean combined abnormal return", "decimal")
    ci_low: Column[float] = LOW(unit="decimal", formula="mean - z x se", source="dyads")
    ci_high: Column[float] = HIGH(
        unit="decimal", formula="mean + z x se", source="dyads"
    )

    class Config:
        unique = ["type", "symmetry"]


class TermOfDeals(CanonicalTable):
    """The model of deals, type of error and term that a row belongs to."""

    model: Text = described("Model", "name")
    se_type: Text = described("Type of standard error", "category")
    term: Text = described("Term", "name")


@canonical("dyad_models", stage="events")
class DyadModels(Estimated, TermOfDeals, source="docs/methods.md"):
    """One row per cross-sectional model, type of error and term."""

    class Config:
        unique = ["model", "se_type", "term"]


@canonical("dyad_fits", stage="events")
class DyadFits(CanonicalTable, source="docs/methods.md"):
    """One row per cross-sectional model of deals."""

    model: Text = described("Model", "name")
    outcome: Text = described("Outcome", "name", source="dyads")
    estimator: Text = described("Estimator", "category")
    n: Column[int] = described("Rows used", "count", source="dyads", ge=0)
    firms: Column[int] = described("Firms", "count", source="dyads", ge=0)
    hub: Column[float] = described(
        "Share of rows with the firm that is in most", "decimal", source="dyads"
    )
    r2: Column[float] = described(
        "R-squared",
        "decimal",
        "1 - SSR / SST",
        missing="not estimated, or no least squares",
    )
    note: Text = described("What to know of it", "text", blank="empty")

    class Config:
        unique = ["model"]


@canonical("whale_curve", stage="events")
class WhaleCurve(CanonicalTable, source="dyads"):
    """One row per group and rank of a deal by its joint gain."""

    group: Text = described("Deals", "category")
    rank: Column[int] = described("Rank, the largest gain first", "count", ge=1)
    deals: Column[int] = described("Deals of the group", "count", ge=1)
    share_of_deals: Column[float] = described(
        "Share of deals up to this rank", "decimal", "rank / deals", ge=0, le=1
    )
    gain: Column[float] = described("Joint gain of the deal", "$ million")
    cumulative_share: Column[float] = described(
        "Share of the total gain up to this rank",
        "decimal",
        missing="the total is zero",
    )

    class Config:
        unique = ["group", "rank"]


@canonical("whale_summary", stage="events")
class WhaleSummary(CanonicalTable, source="whale_curve"):
    """One row per group: how its total gain is concentrated."""

    group: Text = described("Deals", "category", source="dyads")
    deals: Column[int] = described("Deals of the group", "count", source="dyads", ge=1)
    peak: Column[float] = described(
        "Largest cumulative share", "decimal of the total", missing="the total is zero"
    )
    peak_at: Column[float] = described(
        "Share of deals at the peak", "decimal", missing="the total is zero"
    )
    top_share: Column[float] = described(
        "Share of the best deals", "decimal of the total", missing="the total is zero"
    )
    bottom_share: Column[float] = described(
        "Share of the worst deals", "decimal of the total", missing="the total is zero"
    )

    class Config:
        unique = ["group"]


@canonical("look_ahead", stage="events")
class LookAhead(CanonicalTable):
    """One row per portfolio variant and audit: rows that use what was not yet known."""

    variant: Text = described("Portfolio variant", "name", source="the study")
    audit: Text = described("What is audited", "category", source="the panel")
    convention: Text = described("Convention in force", "category", source="the study")
    rows: Column[int] = described(
        "Rows audited with knowledge of the future", "count", source="the panel", ge=0
    )

    class Config:
        unique = ["variant", "audit"]


@canonical("formation", stage="events")
class Formation(CanonicalTable, source="docs/methods.md"):
    """One row per term of the model of which potential deals are made."""

    term: Text = described("Term", "name", source="docs/methods.md, models of dyads")
    estimate: Column[float] = described("Estimate", "probit index per unit of term")
    se: Column[float] = described("Standard error", "as the estimate", ge=0)
    z: Column[float] = described("z statistic", "number", "estimate / se")
    p: Column[float] = described("p-value, two-sided", "decimal", ge=0, le=1)
    n: Column[int] = described("Potential deals", "count", source="dyads", ge=0)
    formed: Column[int] = described(
        "Pairs that made a deal", "count", source="dyads", ge=0
    )
    sampled: Column[float] = described(
        "Share of the pairs without a deal that is in the model", "decimal", gt=0, le=1
    )

    class Config:
        unique = ["term"]


# What the dyads' value and its division come to.
OF_VALUE: dict[str, Contract] = {
    "appropriation": Appropriation,
    "division_of_value": DivisionOfValue,
    "joint_value": JointValue,
    "whale_curve": WhaleCurve,
    "whale_summary": WhaleSummary,
}
