"""The tables of results of models: one typed schema each."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

from alliance_value.contracts.columns import described


class Estimates(pa.DataFrameModel):
    """One row per model and term; estimates in units of outcome per unit of term."""

    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    term: Series[pd.StringDtype] = described(
        "Term", "name", "a:b is a product", source="the study's models"
    )
    estimate: Series[float] = described(
        "Estimate",
        "outcome per unit of term",
        "least squares within effects",
        source="linearmodels PanelOLS",
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        "square root of the covariance's diagonal",
        source="Cameron, Gelbach and Miller (2011) where clustered",
        ge=0,
    )
    df: Series[float] = described(
        "Degrees of freedom",
        "count",
        "smallest number of clusters less 1, or n - k",
        source="Cameron and Miller (2015)",
        gt=0,
    )
    t: Series[float] = described(
        "t statistic", "ratio", "estimate / se", source="estimates"
    )
    p: Series[float] = described(
        "p value",
        "decimal",
        "two-sided, t distribution with df",
        source="estimates",
        ge=0,
        le=1,
    )
    ci_low: Series[float] = described(
        "Lower confidence limit",
        "as the estimate",
        "estimate - t quantile x se",
        source="estimates",
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "as the estimate",
        "estimate + t quantile x se",
        source="estimates",
    )
    se_type: Series[pd.StringDtype] = described(
        "Kind of standard error", "text", source="the study's models"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "term"]


class Fits(pa.DataFrameModel):
    """One row per model: its size, its fit and how it was estimated."""

    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    outcome: Series[pd.StringDtype] = described(
        "Outcome", "name", source="the study's models"
    )
    estimator: Series[pd.StringDtype] = described(
        "Estimator", "category", source="the study's models"
    )
    effects: Series[pd.StringDtype] = described(
        "Fixed effects",
        "names",
        source="the study's models",
        missing="empty where there are none",
    )
    clusters: Series[pd.StringDtype] = described(
        "Clusters",
        "names",
        source="the study's models",
        missing="empty where there are none",
    )
    n: Series[int] = described(
        "Observations", "count", source="estimation sample", gt=0
    )
    entities: Series[int] = described(
        "Firms", "count", source="estimation sample", gt=0
    )
    periods: Series[int] = described(
        "Fiscal years", "count", source="estimation sample", gt=0
    )
    smallest_cluster_count: Series[int] = described(
        "Smallest number of clusters",
        "count",
        "0 without clusters",
        source="estimation sample",
        ge=0,
    )
    singletons_dropped: Series[int] = described(
        "Rows alone in an effect", "count", source="Correia (2015)", ge=0
    )
    terms_absorbed: Series[pd.StringDtype] = described(
        "Terms absorbed by the effects",
        "names",
        source="estimation sample",
        missing="empty where there are none",
    )
    r2_within: Series[float] = described(
        "R² within",
        "decimal",
        "share of variance explained once the effects are out",
        source="docs/methods.md",
        missing="not defined for the estimator",
        nullable=True,
    )
    r2_overall: Series[float] = described(
        "R² overall",
        "decimal",
        "share of variance explained by terms and effects",
        source="docs/methods.md",
        missing="not defined for the estimator",
        nullable=True,
    )
    outcome_mean: Series[float] = described(
        "Mean of the outcome", "outcome", source="estimation sample"
    )
    outcome_sd: Series[float] = described(
        "Standard deviation of the outcome", "outcome", source="estimation sample"
    )
    confidence: Series[float] = described(
        "Confidence level",
        "decimal",
        source="inference.confidence of the study",
        gt=0,
        lt=1,
    )
    weights: Series[pd.StringDtype] = described(
        "Weights", "name", source="the study's models", missing="empty without weights"
    )
    se_type: Series[pd.StringDtype] = described(
        "Standard errors", "text", source="the study's models"
    )
    df: Series[float] = described(
        "Degrees of freedom of t", "count", source="docs/methods.md", gt=0
    )
    library: Series[pd.StringDtype] = described(
        "Library", "text", source="what estimated"
    )
    library_version: Series[pd.StringDtype] = described(
        "Version of the library", "text", source="what estimated"
    )
    second_library: Series[pd.StringDtype] = described(
        "Library of the second opinion",
        "text",
        source="what estimated again",
        missing="empty where nothing did",
    )
    second_version: Series[pd.StringDtype] = described(
        "Version of that library",
        "text",
        source="what estimated again",
        missing="empty where nothing did",
    )
    second_estimates: Series[float] = described(
        "Estimates differ by at most",
        "decimal",
        "|ours - theirs| / max(|ours|, standard error), up to a power of ten",
        source="docs/inference.md",
        missing="not estimated again",
        nullable=True,
        ge=0,
    )
    second_errors: Series[float] = described(
        "Standard errors differ by at most",
        "decimal",
        "|ours - theirs| / ours, up to a power of ten; factors of small samples apart",
        source="docs/inference.md",
        missing="not compared; second_note says why",
        nullable=True,
        ge=0,
    )
    second_note: Series[pd.StringDtype] = described(
        "What the second opinion lacks",
        "text",
        source="docs/inference.md",
        missing="empty where all was compared",
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model"]


class Equations(pa.DataFrameModel):
    """Equations beside the one of interest: first stages, selection equations."""

    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    equation: Series[pd.StringDtype] = described(
        "Equation", "name", source="the estimator"
    )
    term: Series[pd.StringDtype] = described(
        "Term", "name", source="the study's models"
    )
    estimate: Series[float] = described(
        "Estimate", "outcome per unit of term", source="estimated"
    )
    se: Series[float] = described(
        "Standard error", "as the estimate", source="estimated", ge=0
    )
    df: Series[float] = described(
        "Degrees of freedom of t", "count", source="docs/methods.md", gt=0
    )
    t: Series[float] = described(
        "t statistic", "number", "estimate / se", source="estimated"
    )
    p: Series[float] = described(
        "p-value, two-sided", "decimal", source="estimated", ge=0, le=1
    )
    ci_low: Series[float] = described(
        "Interval from", "as the estimate", source="estimated"
    )
    ci_high: Series[float] = described(
        "Interval to", "as the estimate", source="estimated"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "equation", "term"]


class Diagnostics(pa.DataFrameModel):
    """One row per model and test, or figure that says how far estimates hold.

    ``df`` is the first degree of freedom of an F test; the second stands in the note.
    """

    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    test: Series[pd.StringDtype] = described(
        "Test or figure", "name", source="docs/methods.md"
    )
    statistic: Series[float] = described(
        "Statistic",
        "number",
        source="docs/methods.md",
        missing="not defined for the sample; the note says why",
        nullable=True,
    )
    df: Series[float] = described(
        "Degrees of freedom",
        "count",
        source="docs/methods.md",
        missing="the test has none",
        nullable=True,
        gt=0,
    )
    p_value: Series[float] = described(
        "p-value",
        "decimal",
        source="docs/methods.md",
        missing="the row is a figure and no test",
        nullable=True,
        ge=0,
        le=1,
    )
    note: Series[pd.StringDtype] = described(
        "What it means", "text", source="docs/methods.md", missing="empty"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "test"]


class Covariances(pa.DataFrameModel):
    """The covariance matrix of each model's estimates, one row per pair of terms."""

    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    term: Series[pd.StringDtype] = described(
        "Term", "name", source="the study's models"
    )
    other_term: Series[pd.StringDtype] = described(
        "Other term", "name", source="the study's models"
    )
    covariance: Series[float] = described(
        "Covariance of the estimates",
        "product of the estimates' units",
        source="linearmodels; Cameron, Gelbach and Miller (2011) where clustered",
    )

    class Config:
        strict = True
        ordered = True


class Margins(pa.DataFrameModel):
    """The effect of one variable along another one that it is interacted with."""

    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    of: Series[pd.StringDtype] = described(
        "Effect of", "name", source="the study's figures and interactions"
    )
    over: Series[pd.StringDtype] = described(
        "Along", "name", source="the study's figures and interactions"
    )
    at: Series[float] = described(
        "Value of the moderator",
        "unit of the moderator",
        source="its distribution in the estimation sample",
    )
    effect: Series[float] = described(
        "Marginal effect",
        "outcome per unit",
        "b_x + b_xz z",
        source="Brambor, Clark and Golder (2006)",
    )
    se: Series[float] = described(
        "Standard error",
        "as the effect",
        "square root of g'Vg, the delta method",
        source="Brambor, Clark and Golder (2006)",
        missing="the covariance gives it a negative variance (multiway clusters)",
        nullable=True,
        ge=0,
    )
    df: Series[float] = described(
        "Degrees of freedom",
        "count",
        "as the estimates'",
        source="Cameron and Miller (2015)",
        gt=0,
    )
    ci_low: Series[float] = described(
        "Lower confidence limit",
        "as the effect",
        "effect - t quantile x se",
        source="margins",
        missing="no standard error",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "as the effect",
        "effect + t quantile x se",
        source="margins",
        missing="no standard error",
        nullable=True,
    )
    share_below: Series[float] = described(
        "Share at or below the value", "decimal", source="estimation sample", ge=0, le=1
    )

    class Config:
        strict = True
        ordered = True


class Slopes(pa.DataFrameModel):
    """Simple slopes, their differences, and where effects begin to differ from zero.

    ``kind``: ``slope`` at a level of the other variable; ``difference`` of the slopes
    at ``at`` and at ``less`` (a second difference); ``boundary`` of the Johnson-Neyman
    region, where the interval of the effect ends in zero.
    """

    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    of: Series[pd.StringDtype] = described(
        "Effect of", "name", source="the study's models"
    )
    over: Series[pd.StringDtype] = described(
        "Along", "name", source="the study's models"
    )
    kind: Series[pd.StringDtype] = described(
        "Kind of row",
        "category",
        source="docs/methods.md",
        isin=["slope", "difference", "boundary"],
    )
    at: Series[float] = described(
        "Level of the other variable", "as that variable", source="estimation sample"
    )
    less: Series[float] = described(
        "Level of the slope that is subtracted",
        "as that variable",
        source="estimation sample",
        missing="the row is no difference",
        nullable=True,
    )
    estimate: Series[float] = described(
        "Estimate", "outcome per unit of term", source="estimated"
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        source="estimated",
        missing="the covariance gives it a negative variance (multiway clusters)",
        nullable=True,
        ge=0,
    )
    df: Series[float] = described(
        "Degrees of freedom of t", "count", source="docs/methods.md", gt=0
    )
    t: Series[float] = described(
        "t statistic",
        "number",
        "estimate / se",
        source="estimated",
        missing="no standard error",
        nullable=True,
    )
    p: Series[float] = described(
        "p-value, two-sided",
        "decimal",
        source="estimated",
        missing="no standard error",
        nullable=True,
        ge=0,
        le=1,
    )
    ci_low: Series[float] = described(
        "Interval from",
        "as the estimate",
        source="estimated",
        missing="no standard error",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Interval to",
        "as the estimate",
        source="estimated",
        missing="no standard error",
        nullable=True,
    )
    note: Series[pd.StringDtype] = described(
        "What it means", "text", source="docs/methods.md", missing="empty"
    )

    class Config:
        strict = True
        ordered = True


class Validation(pa.DataFrameModel):
    """Planted values beside the estimates that should recover them."""

    truth: Series[pd.StringDtype] = described(
        "Planted value", "path in the world's truth", source="the simulated world"
    )
    model: Series[pd.StringDtype] = described(
        "Model", "name", source="the study's models"
    )
    combination: Series[pd.StringDtype] = described(
        "Estimate of", "sum of terms", source="validation of the study"
    )
    planted: Series[float] = described(
        "Planted", "outcome per unit", source="the simulated world"
    )
    estimate: Series[float] = described(
        "Estimate",
        "outcome per unit",
        "w'b",
        source="estimates",
        nullable=True,
        missing="dyads that allow no such quantity",
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        "square root of w'Vw",
        source="covariances",
        ge=0,
        nullable=True,
        missing="dyads that allow no such quantity",
    )
    ci_low: Series[float] = described(
        "Lower confidence limit",
        "as the estimate",
        source="estimates",
        nullable=True,
        missing="dyads that allow no such quantity",
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "as the estimate",
        source="estimates",
        nullable=True,
        missing="dyads that allow no such quantity",
    )
    z: Series[float] = described(
        "Distance",
        "standard errors",
        "(estimate - planted) / se",
        source="estimates and planted values",
        nullable=True,
        missing="dyads that allow no such quantity",
    )
    covered: Series[bool] = described(
        "Interval holds it",
        "true/false",
        "ci_low <= planted <= ci_high",
        source="estimates and planted values",
    )

    class Config:
        strict = True
        ordered = True


class Claims(pa.DataFrameModel):
    """One row per claim of the paper and reading of it: published beside estimated.

    ``estimate`` is in the reading's unit; an interval bound is missing where the
    interval has no end there; ``verdict`` follows from the interval alone.
    """

    claim: Series[pd.StringDtype] = described(
        "Claim", "name", source="claims of the study"
    )
    label: Series[pd.StringDtype] = described(
        "Claim's label", "text", source="claims of the study"
    )
    headline: Series[pd.StringDtype] = described(
        "Claim in words", "text", source="the paper"
    )
    reading: Series[pd.StringDtype] = described(
        "Reading",
        "name",
        "what the published number may mean",
        source="claims of the study",
    )
    unit: Series[pd.StringDtype] = described(
        "Unit of the reading", "text", source="claims of the study"
    )
    published: Series[float] = described(
        "Published value", "unit of the reading", source="the paper"
    )
    neutral: Series[float] = described(
        "Value if there were no effect",
        "unit of the reading",
        source="claims of the study",
    )
    estimate: Series[float] = described(
        "Estimate",
        "unit of the reading",
        source="results of the study",
        missing="the study does not estimate it",
        nullable=True,
    )
    se: Series[float] = described(
        "Standard error",
        "unit of the reading",
        "delta method",
        source="results of the study",
        missing="no standard error for this reading",
        ge=0,
        nullable=True,
    )
    ci_low: Series[float] = described(
        "Lower confidence limit",
        "unit of the reading",
        source="results of the study",
        missing="the interval has no end there",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "unit of the reading",
        source="results of the study",
        missing="the interval has no end there",
        nullable=True,
    )
    n: Series[int] = described(
        "Observations", "count", source="results of the study", ge=0
    )
    verdict: Series[pd.StringDtype] = described(
        "Verdict",
        "category",
        "follows from the interval alone",
        source="claims of the study",
    )
    source: Series[pd.StringDtype] = described(
        "Where the claim stands", "text", source="claims of the study"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["claim", "reading"]
