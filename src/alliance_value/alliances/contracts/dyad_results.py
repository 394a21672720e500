"""The tables of what deals are worth, who takes it, and of look-ahead audits."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing.pandas import Series

from alliance_value.contracts.columns import Text, described
from alliance_value.vocabulary.entries import canonical


@canonical("appropriation", stage="events")
class Appropriation(pa.DataFrameModel):
    """One row per measure of division, term and type of error."""

    outcome: Text = described("Measure of division", "name", source="docs/methods.md")
    term: Text = described("Term", "name", source="docs/methods.md")
    estimate: Series[float] = described(
        "Estimate",
        "outcome per unit of term",
        source="as the model",
        missing="not estimated",
        nullable=True,
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
        ge=0,
    )
    se_type: Text = described(
        "Type of standard error", "category", source="docs/methods.md"
    )
    df: Series[float] = described(
        "Degrees of freedom", "count", source="docs/methods.md", ge=0
    )
    t: Series[float] = described(
        "t statistic",
        "number",
        "estimate / se",
        source="docs/methods.md",
        missing="as the standard error",
        nullable=True,
    )
    p: Series[float] = described(
        "p-value, two-sided",
        "decimal",
        source="docs/methods.md",
        missing="as the standard error",
        nullable=True,
        ge=0,
        le=1,
    )
    ci_low: Series[float] = described(
        "Lower confidence limit",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
    )
    n: Series[int] = described("Deals", "count", source="dyads", ge=0)
    firms: Series[int] = described("Firms", "count", source="dyads", ge=0)

    class Config:
        strict = True
        ordered = True
        unique = ["outcome", "term", "se_type"]


@canonical("division_of_value", stage="events")
class DivisionOfValue(pa.DataFrameModel):
    """One row per group of deals and quantity: how partners divide value."""

    group: Text = described("Deals", "category", source="dyads")
    quantity: Text = described("Quantity", "name", source="docs/methods.md")
    estimate: Series[float] = described(
        "Estimate",
        "decimal, or a ratio",
        source="dyads",
        missing="not estimated",
        nullable=True,
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
        ge=0,
    )
    ci_low: Series[float] = described(
        "Lower confidence limit",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
    )
    n: Series[int] = described("Deals", "count", source="dyads", ge=0)

    class Config:
        strict = True
        ordered = True
        unique = ["group", "quantity"]


@canonical("joint_value", stage="events")
class JointValue(pa.DataFrameModel):
    """One row per type of deals and symmetry: the value that partners create."""

    type: Text = described("Type of deal", "category", source="dyads")
    symmetry: Text = described("Structures of the partners", "category", source="dyads")
    n: Series[int] = described("Deals", "count", source="dyads", ge=2)
    mean: Series[float] = described(
        "Mean combined abnormal return", "decimal", source="dyads"
    )
    ci_low: Series[float] = described(
        "Lower confidence limit", "decimal", "mean - z x se", source="dyads"
    )
    ci_high: Series[float] = described(
        "Upper confidence limit", "decimal", "mean + z x se", source="dyads"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["type", "symmetry"]


@canonical("dyad_models", stage="events")
class DyadModels(pa.DataFrameModel):
    """One row per cross-sectional model, type of error and term."""

    model: Text = described("Model", "name", source="docs/methods.md")
    se_type: Text = described(
        "Type of standard error", "category", source="docs/methods.md"
    )
    term: Text = described("Term", "name", source="docs/methods.md")
    estimate: Series[float] = described(
        "Estimate",
        "outcome per unit of term",
        source="as the model",
        missing="not estimated",
        nullable=True,
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
        ge=0,
    )
    df: Series[float] = described(
        "Degrees of freedom", "count", source="docs/methods.md", ge=0
    )
    t: Series[float] = described(
        "t statistic",
        "number",
        "estimate / se",
        source="docs/methods.md",
        missing="as the standard error",
        nullable=True,
    )
    p: Series[float] = described(
        "p-value, two-sided",
        "decimal",
        source="docs/methods.md",
        missing="as the standard error",
        nullable=True,
        ge=0,
        le=1,
    )
    ci_low: Series[float] = described(
        "Lower confidence limit",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "as the estimate",
        source="docs/methods.md",
        missing="not defined",
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "se_type", "term"]


@canonical("dyad_fits", stage="events")
class DyadFits(pa.DataFrameModel):
    """One row per cross-sectional model of deals."""

    model: Text = described("Model", "name", source="docs/methods.md")
    outcome: Text = described("Outcome", "name", source="dyads")
    estimator: Text = described("Estimator", "category", source="docs/methods.md")
    n: Series[int] = described("Rows used", "count", source="dyads", ge=0)
    firms: Series[int] = described("Firms", "count", source="dyads", ge=0)
    r2: Series[float] = described(
        "R-squared",
        "decimal",
        "1 - SSR / SST",
        source="docs/methods.md",
        missing="not estimated, or no least squares",
        nullable=True,
    )
    note: Text = described(
        "What to know of it", "text", source="docs/methods.md", missing="empty"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model"]


@canonical("whale_curve", stage="events")
class WhaleCurve(pa.DataFrameModel):
    """One row per group and rank of a deal by its joint gain."""

    group: Text = described("Deals", "category", source="dyads")
    rank: Series[int] = described(
        "Rank, the largest gain first", "count", source="dyads", ge=1
    )
    deals: Series[int] = described("Deals of the group", "count", source="dyads", ge=1)
    share_of_deals: Series[float] = described(
        "Share of deals up to this rank",
        "decimal",
        "rank / deals",
        source="dyads",
        ge=0,
        le=1,
    )
    gain: Series[float] = described(
        "Joint gain of the deal", "$ million", source="dyads"
    )
    cumulative_share: Series[float] = described(
        "Share of the total gain up to this rank",
        "decimal",
        source="dyads",
        missing="the total is zero",
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["group", "rank"]


@canonical("whale_summary", stage="events")
class WhaleSummary(pa.DataFrameModel):
    """One row per group: how its total gain is concentrated."""

    group: Text = described("Deals", "category", source="dyads")
    deals: Series[int] = described("Deals of the group", "count", source="dyads", ge=1)
    peak: Series[float] = described(
        "Largest cumulative share",
        "decimal of the total",
        source="whale_curve",
        missing="the total is zero",
        nullable=True,
    )
    peak_at: Series[float] = described(
        "Share of deals at the peak",
        "decimal",
        source="whale_curve",
        missing="the total is zero",
        nullable=True,
    )
    top_share: Series[float] = described(
        "Share of the best deals",
        "decimal of the total",
        source="whale_curve",
        missing="the total is zero",
        nullable=True,
    )
    bottom_share: Series[float] = described(
        "Share of the worst deals",
        "decimal of the total",
        source="whale_curve",
        missing="the total is zero",
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["group"]


@canonical("look_ahead", stage="events")
class LookAhead(pa.DataFrameModel):
    """One row per portfolio variant and audit: rows that use what was not yet known."""

    variant: Text = described("Portfolio variant", "name", source="the study")
    audit: Text = described("What is audited", "category", source="the panel")
    convention: Text = described("Convention in force", "category", source="the study")
    rows: Series[int] = described(
        "Rows audited with knowledge of the future", "count", source="the panel", ge=0
    )

    class Config:
        strict = True
        ordered = True
        unique = ["variant", "audit"]


@canonical("formation", stage="events")
class Formation(pa.DataFrameModel):
    """One row per term of the model of which potential deals are made."""

    term: Text = described("Term", "name", source="docs/methods.md, models of dyads")
    estimate: Series[float] = described(
        "Estimate", "probit index per unit of term", source="docs/methods.md"
    )
    se: Series[float] = described(
        "Standard error", "as the estimate", source="docs/methods.md", ge=0
    )
    z: Series[float] = described(
        "z statistic", "number", "estimate / se", source="docs/methods.md"
    )
    p: Series[float] = described(
        "p-value, two-sided", "decimal", source="docs/methods.md", ge=0, le=1
    )
    n: Series[int] = described("Potential deals", "count", source="dyads", ge=0)
    formed: Series[int] = described(
        "Pairs that made a deal", "count", source="dyads", ge=0
    )

    class Config:
        strict = True
        ordered = True
        unique = ["term"]
