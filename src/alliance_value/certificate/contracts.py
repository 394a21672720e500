"""The tables of a certificate: what each world gave, and what all of them come to."""

from __future__ import annotations

from alliance_value.contracts.coefficients import TermKey
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

NONE = "the method gives none"
NOT_DRAWN = "no placebos drawn, or none that the errors allow"
LEVELS = (0.90, 0.95)
"""Levels of the intervals whose coverage is counted (decimal)."""


class Judged(CanonicalTable, source="docs/certificate.md"):
    """The method and quantity, in a design, that a row tells of."""

    design: Text = described("Design", "name")
    kind: Text = described(
        "Kind of method", "category", isin=["estimator", "deals", "event test", "grid"]
    )
    method: Text = described("Estimator or test", "name")
    quantity: Text = described("What is estimated or tested", "text")


class Worlds(Judged, source="docs/certificate.md"):
    """One row per world, method and quantity."""

    world: Column[int] = described("Seed of the world", "number")
    truth: Column[float] = described(
        "Planted value",
        "as the estimate",
        missing="not zero, and not known as a number",
    )
    estimate: Column[float] = described("Estimate", "as the truth", missing=NONE)
    se: Column[float] = described("Standard error", "as the truth", missing=NONE)
    low_90: Column[float] = described("90 % from", "as the truth", missing=NONE)
    high_90: Column[float] = described("90 % to", "as the truth", missing=NONE)
    low_95: Column[float] = described("95 % from", "as the truth", missing=NONE)
    high_95: Column[float] = described("95 % to", "as the truth", missing=NONE)
    p: Column[float] = described("p-value of no effect", "decimal", missing=NONE)
    n: Column[int] = described("Observations", "count", ge=0)
    clusters: Column[int] = described("Groups of observations", "count", ge=0)
    movers: Column[int] = described(
        "Groups within which every variable of the term varies", "count", ge=0
    )

    class Config:
        unique = ["design", "kind", "method", "quantity", "world"]


class Scores(Judged, source="docs/certificate.md"):
    """One row per design, method and quantity: what the worlds come to.

    Columns that end in ``error`` are the standard errors of what stands before them,
    from the number of worlds alone.
    """

    drawn: Text = described("What the worlds are", "text")
    like: Text = described(
        "Way of inference", "text", blank="empty: no model of the panel"
    )
    worlds: Column[int] = described("Worlds with an estimate or a test", "count", ge=1)
    n: Column[float] = described("Observations, mean", "count", ge=0)
    clusters: Column[float] = described("Groups of observations, mean", "count", ge=0)
    movers: Column[float] = described(
        "Groups within which every variable of the term varies, mean", "count", ge=0
    )
    truth: Column[float] = described(
        "Planted value",
        "as the estimate",
        missing="not zero, and not known as a number",
    )
    bias: Column[float] = described("Bias", "as the truth", missing=NONE)
    bias_error: Column[float] = described("Its error", "as the truth", missing=NONE)
    sd: Column[float] = described("S.d. of the estimates", "as the truth", missing=NONE)
    rmse: Column[float] = described(
        "Root mean squared error", "as the truth", missing=NONE
    )
    rmse_error: Column[float] = described("Its error", "as the truth", missing=NONE)
    se: Column[float] = described("Standard error, mean", "as the truth", missing=NONE)
    cover_90: Column[float] = described(
        "Share of 90 % intervals that hold the truth", "decimal", missing=NONE
    )
    cover_90_error: Column[float] = described("Its error", "decimal", missing=NONE)
    cover_95: Column[float] = described(
        "Share of 95 % intervals that hold the truth", "decimal", missing=NONE
    )
    cover_95_error: Column[float] = described("Its error", "decimal", missing=NONE)
    rejected: Column[float] = described(
        "Share of worlds with p of at most .05",
        "decimal",
        "size where the truth is zero, power elsewhere",
        missing=NONE,
    )
    rejected_error: Column[float] = described("Its error", "decimal", missing=NONE)
    verdict: Text = described("Verdict", "category", blank="empty: power has none")
    better: Text = described(
        "What to use instead", "name", blank="empty: it is right, or nothing is"
    )

    class Config:
        unique = ["design", "kind", "method", "quantity"]


@canonical("design_check", stage="models")
class DesignCheck(TermKey, source="docs/certificate.md"):
    """One row per linear model and term of interest: what it could have shown."""

    kind: Text = described("Way of inference", "text", source="the study's models")
    n: Column[int] = described("Observations", "count", ge=0)
    clusters: Column[int] = described(
        "Clusters", "count", "of the dimension with fewest; rows without clusters", ge=0
    )
    movers: Column[int] = described(
        "{Entities} within which the term's variables vary", "count", ge=0
    )
    within_share: Column[float] = described(
        "Variance left to the term",
        "decimal",
        "share of its variance that effects and other terms do not explain",
        ge=0,
    )
    estimate: Column[float] = described("Estimate", "outcome per unit of term")
    se: Column[float] = described("Standard error", "as the estimate", ge=0)
    smallest: Column[float] = described(
        "Smallest effect found with 80 % power",
        "as the estimate",
        "(t quantile of .975 + of .80) x standard error",
        source="Bloom (1995), Evaluation Review 19",
        ge=0,
    )
    smallest_in_sd: Column[float] = described(
        "The same per s.d. of what is left of the term",
        "standard deviations of the outcome",
        ge=0,
    )
    size_by_entity: Column[float] = described(
        "Placebos rejected at 5 %, signs by {entity}",
        "decimal",
        missing=NOT_DRAWN,
        ge=0,
        le=1,
    )
    size_by_period: Column[float] = described(
        "Placebos rejected at 5 %, signs by {time}",
        "decimal",
        missing=NOT_DRAWN,
        ge=0,
        le=1,
    )
    size_error: Column[float] = described(
        "Simulation error of the larger share", "decimal", missing=NOT_DRAWN
    )
    caution: Text = described(
        "What speaks against the interval", "text", blank="empty: nothing known"
    )

    class Config:
        unique = ["model", "term"]
