"""The tables of results of models: one typed schema each."""

from __future__ import annotations

from alliance_value.contracts.coefficients import (
    Coefficient,
    ModelKey,
    PartialCoefficient,
    TermKey,
)
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.failures import Failures
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.storage import Contract
from alliance_value.vocabulary.entries import canonical


@canonical("estimates", stage="models")
class Estimates(Coefficient, TermKey):
    """One row per model and term; estimates in units of outcome per unit of term."""

    se_type: Text = described(
        "Kind of standard error", "text", source="the study's models"
    )

    class Config:
        unique = ["model", "term"]


@canonical("fits", stage="models")
class Fits(ModelKey, source="estimation sample"):
    """One row per model: its size, its fit and how it was estimated."""

    outcome: Text = described("Outcome", "name", source="the study's models")
    estimator: Text = described("Estimator", "category", source="the study's models")
    effects: Text = described(
        "Fixed effects",
        "names",
        source="the study's models",
        blank="empty where there are none",
    )
    clusters: Text = described(
        "Clusters",
        "names",
        source="the study's models",
        blank="empty where there are none",
    )
    n: Column[int] = described("Observations", "count", gt=0)
    entities: Column[int] = described("{Entities}", "count", gt=0)
    periods: Column[int] = described("{Times}", "count", gt=0)
    smallest_cluster_count: Column[int] = described(
        "Smallest number of clusters", "count", "0 without clusters", ge=0
    )
    singletons_dropped: Column[int] = described(
        "Rows alone in an effect", "count", source="Correia (2015)", ge=0
    )
    terms_absorbed: Text = described(
        "Terms absorbed by the effects", "names", blank="empty where there are none"
    )
    r2_within: Column[float] = described(
        "R² within",
        "decimal",
        "share of variance explained once the effects are out",
        source="docs/methods.md",
        missing="not defined for the estimator",
    )
    r2_overall: Column[float] = described(
        "R² overall",
        "decimal",
        "share of variance explained by terms and effects",
        source="docs/methods.md",
        missing="not defined for the estimator",
    )
    outcome_mean: Column[float] = described("Mean of the outcome", "outcome")
    outcome_sd: Column[float] = described(
        "Standard deviation of the outcome", "outcome"
    )
    confidence: Column[float] = described(
        "Confidence level",
        "decimal",
        source="inference.confidence of the study",
        gt=0,
        lt=1,
    )
    weights: Text = described(
        "Weights", "name", source="the study's models", blank="empty without weights"
    )
    se_type: Text = described("Standard errors", "text", source="the study's models")
    df: Column[float] = described(
        "Degrees of freedom of t", "count", source="docs/methods.md", gt=0
    )
    library: Text = described("Library", "text", source="what estimated")
    library_version: Text = described(
        "Version of the library", "text", source="what estimated"
    )
    second_library: Text = described(
        "Library of the second opinion",
        "text",
        source="what estimated again",
        blank="empty where nothing did",
    )
    second_version: Text = described(
        "Version of that library",
        "text",
        source="what estimated again",
        blank="empty where nothing did",
    )
    second_estimates: Column[float] = described(
        "Estimates differ by at most",
        "decimal",
        "|ours - theirs| / max(|ours|, standard error), up to a power of ten",
        source="docs/inference.md",
        missing="not estimated again",
        ge=0,
    )
    second_errors: Column[float] = described(
        "Standard errors differ by at most",
        "decimal",
        "|ours - theirs| / ours, up to a power of ten; factors of small samples apart",
        source="docs/inference.md",
        missing="not compared; second_note says why",
        ge=0,
    )
    second_note: Text = described(
        "What the second opinion lacks",
        "text",
        source="docs/inference.md",
        blank="empty where all was compared",
    )

    class Config:
        unique = ["model"]


ORDINARY = "ordinary products"
"""The equation of a model with ordinary products beside those within entities."""

DIFFERENCE = "within less ordinary products"
"""The equation that has the products' differences."""


class EquationKey(ModelKey):
    """The equation and term that a row belongs to."""

    equation: Text = described("Equation", "name", source="the estimator")
    term: Text = described("Term", "name", source="the study's models")


@canonical("equations", stage="models")
class Equations(Coefficient, EquationKey):
    """Equations beside the one of interest: first stages, selection equations."""

    class Config:
        unique = ["model", "equation", "term"]


@canonical("diagnostics", stage="models")
class Diagnostics(ModelKey, source="docs/methods.md"):
    """One row per model and test, or figure that says how far estimates hold.

    ``df`` is the first degree of freedom of an F test; the second stands in the note.
    """

    test: Text = described("Test or figure", "name")
    statistic: Column[float] = described(
        "Statistic", "number", missing="not defined for the sample; the note says why"
    )
    df: Column[float] = described(
        "Degrees of freedom", "count", missing="the test has none", gt=0
    )
    p_value: Column[float] = described(
        "p-value", "decimal", missing="the row is a figure and no test", ge=0, le=1
    )
    note: Text = described("What it means", "text", blank="empty")

    class Config:
        unique = ["model", "test"]


@canonical("covariances", stage="models")
class Covariances(TermKey):
    """The covariance matrix of each model's estimates, one row per pair of terms."""

    other_term: Text = described("Other term", "name", source="the study's models")
    covariance: Column[float] = described(
        "Covariance of the estimates",
        "product of the estimates' units",
        source="linearmodels; Cameron, Gelbach and Miller (2011) where clustered",
    )


@canonical("margins", stage="models")
class Margins(ModelKey):
    """The effect of one variable along another one that it is interacted with."""

    of: Text = described(
        "Effect of", "name", source="the study's figures and interactions"
    )
    over: Text = described(
        "Along", "name", source="the study's figures and interactions"
    )
    at: Column[float] = described(
        "Value of the moderator",
        "unit of the moderator",
        source="its distribution in the estimation sample",
    )
    effect: Column[float] = described(
        "Marginal effect",
        "outcome per unit",
        "b_x + b_xz z",
        source="Brambor, Clark and Golder (2006)",
    )
    se: Column[float] = described(
        "Standard error",
        "as the effect",
        "square root of g'Vg, the delta method",
        source="Brambor, Clark and Golder (2006)",
        missing="the covariance gives it a negative variance (multiway clusters)",
        ge=0,
    )
    df: Column[float] = described(
        "Degrees of freedom",
        "count",
        "as the estimates'",
        source="Cameron and Miller (2015)",
        gt=0,
    )
    ci_low: Column[float] = described(
        "Lower confidence limit",
        "as the effect",
        "effect - t quantile x se",
        source="margins",
        missing="no standard error",
    )
    ci_high: Column[float] = described(
        "Upper confidence limit",
        "as the effect",
        "effect + t quantile x se",
        source="margins",
        missing="no standard error",
    )
    share_below: Column[float] = described(
        "Share at or below the value", "decimal", source="estimation sample", ge=0, le=1
    )


class SlopeKey(ModelKey):
    """The slope that a row tells of."""

    of: Text = described("Effect of", "name", source="the study's models")
    over: Text = described("Along", "name", source="the study's models")
    kind: Text = described(
        "Kind of row",
        "category",
        source="docs/methods.md",
        isin=["slope", "difference", "boundary"],
    )
    at: Column[float] = described(
        "Level of the other variable", "as that variable", source="estimation sample"
    )
    less: Column[float] = described(
        "Level of the slope that is subtracted",
        "as that variable",
        source="estimation sample",
        missing="the row is no difference",
    )


@canonical("slopes", stage="models")
class Slopes(PartialCoefficient, SlopeKey):
    """Simple slopes, their differences, and where effects begin to differ from zero.

    ``kind``: ``slope`` at a level of the other variable; ``difference`` of the slopes
    at ``at`` and at ``less`` (a second difference); ``boundary`` of the Johnson-Neyman
    region, where the interval of the effect ends in zero.
    """

    note: Text = described(
        "What it means", "text", source="docs/methods.md", blank="empty"
    )


@canonical("validation", stage="models")
class Validation(CanonicalTable, source="estimates"):
    """Planted values beside the estimates that should recover them."""

    truth: Text = described(
        "Planted value", "path in the world's truth", source="the simulated world"
    )
    model: Text = described("Model", "name", source="the study's models")
    combination: Text = described(
        "Estimate of", "sum of terms", source="validation of the study"
    )
    planted: Column[float] = described(
        "Planted", "outcome per unit", source="the simulated world"
    )
    estimate: Column[float] = described(
        "Estimate",
        "outcome per unit",
        "w'b",
        missing="no such quantity can be computed",
    )
    se: Column[float] = described(
        "Standard error",
        "as the estimate",
        "square root of w'Vw",
        source="covariances",
        ge=0,
        missing="no such quantity can be computed",
    )
    ci_low: Column[float] = described(
        "Lower confidence limit",
        "as the estimate",
        missing="no such quantity can be computed",
    )
    ci_high: Column[float] = described(
        "Upper confidence limit",
        "as the estimate",
        missing="no such quantity can be computed",
    )
    z: Column[float] = described(
        "Distance",
        "standard errors",
        "(estimate - planted) / se",
        source="estimates and planted values",
        missing="no such quantity can be computed",
    )
    covered: Column[bool] = described(
        "Interval holds it",
        "true/false",
        "ci_low <= planted <= ci_high",
        source="estimates and planted values",
    )


@canonical("claims", stage="models")
class Claims(CanonicalTable, source="claims of the study"):
    """One row per claim of the paper and reading of it: published beside estimated.

    ``estimate`` is in the reading's unit; an interval bound is missing where the
    interval has no end there; ``verdict`` follows from the interval alone.
    """

    claim: Text = described("Claim", "name")
    label: Text = described("Claim's label", "text")
    headline: Text = described("Claim in words", "text", source="the paper")
    reading: Text = described("Reading", "name", "what the published number may mean")
    unit: Text = described("Unit of the reading", "text")
    published: Column[float] = described(
        "Published value", "unit of the reading", source="the paper"
    )
    neutral: Column[float] = described(
        "Value if there were no effect", "unit of the reading"
    )
    estimate: Column[float] = described(
        "Estimate",
        "unit of the reading",
        source="results of the study",
        missing="the study does not estimate it",
    )
    se: Column[float] = described(
        "Standard error",
        "unit of the reading",
        "delta method",
        source="results of the study",
        missing="no standard error for this reading",
        ge=0,
    )
    ci_low: Column[float] = described(
        "Lower confidence limit",
        "unit of the reading",
        source="results of the study",
        missing="the interval has no end there",
    )
    ci_high: Column[float] = described(
        "Upper confidence limit",
        "unit of the reading",
        source="results of the study",
        missing="the interval has no end there",
    )
    n: Column[int] = described(
        "Observations", "count", source="results of the study", ge=0
    )
    verdict: Text = described("Verdict", "category", "follows from the interval alone")
    source: Text = described("Where the claim stands", "text")

    class Config:
        unique = ["claim", "reading"]


# What each family of models has of its own, joined to one table for the study.
OF_FAMILIES: dict[str, Contract] = {
    "estimates": Estimates,
    "fits": Fits,
    "covariances": Covariances,
    "margins": Margins,
    "slopes": Slopes,
    "equations": Equations,
    "diagnostics": Diagnostics,
    "failures": Failures,
    "funnel": Funnel,
}
