"""The tables of a multiverse: specifications, joint tests, and what moves estimates."""

from __future__ import annotations

from functools import partial

from alliance_value.contracts.coefficients import HIGH, LOW, P
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

NO_ESTIMATE = "no estimate or no error; the note says why"
NOT_DRAWN = "no estimate, or nothing was drawn"
DRAWN_P = partial(described, unit="decimal", ge=0, le=1, source="docs/inference.md")


class GridKey(CanonicalTable):
    """The grid that a row belongs to."""

    grid: Text = described("Grid", "name", source="the study's multiverse")


@canonical("multiverse", stage="models")
class Multiverse(GridKey, source="estimated"):
    """One row per grid and specification, whether it could be estimated or not."""

    number: Column[int] = described("Specification", "number", ge=1)
    levels: Text = described(
        "Levels", "text", "choice: level; ...", source="the study's multiverse"
    )
    preregistered: Column[bool] = described(
        "Whether it was fixed beforehand", "true/false", source="the study's multiverse"
    )
    plausibility: Column[float] = described(
        "Weight", "number", "product of its levels' weights", gt=0
    )
    outcome: Text = described("Outcome", "name", source="the study's multiverse")
    term: Text = described("Term followed", "name", source="the study's multiverse")
    n: Column[int] = described("{Entity}-{times} used", "count", ge=0)
    clusters: Column[int] = described(
        "Clusters", "count", "of the dimension with fewest; 0 without an estimate", ge=0
    )
    estimate: Column[float] = described(
        "Estimate", "outcome per unit of term", missing=NO_ESTIMATE
    )
    se: Column[float] = described(
        "Standard error", "as the estimate", missing=NO_ESTIMATE, ge=0
    )
    df: Column[float] = described(
        "Degrees of freedom", "count", "clusters - 1", missing=NO_ESTIMATE
    )
    p: Column[float] = P(missing=NO_ESTIMATE)
    ci_low: Column[float] = LOW(missing=NO_ESTIMATE)
    ci_high: Column[float] = HIGH(missing=NO_ESTIMATE)
    p_drawn: Column[float] = DRAWN_P(
        "p-value by itself",
        formula="share of bootstrap draws with |t| as large",
        missing=NOT_DRAWN,
    )
    p_adjusted: Column[float] = DRAWN_P(
        "p-value adjusted for the search",
        formula="step-down of the smallest p over all specifications",
        missing=NOT_DRAWN,
    )
    p_permuted: Column[float] = DRAWN_P(
        "p-value by permuted paths",
        formula="share of permutations with |t| as large",
        missing="not permuted: no estimate, none asked for, or not valid",
    )
    moved: Column[float] = described(
        "Rows that permutations can move",
        "decimal",
        source="docs/inference.md",
        missing="not permuted",
        ge=0,
        le=1,
    )
    ratio: Column[float] = described(
        "Ratio of outcomes",
        "ratio",
        "mean outcome at 1 of the term over that at 0, other terms as they are",
        missing="not asked for, no estimate, or the outcome at 0 is not positive",
    )
    rank: Column[float] = described(
        "Place in the curve", "number", "1 is the smallest", missing="no estimate"
    )
    null_low: Column[float] = described(
        "Null band from",
        "as the estimate",
        "lower quantile, over draws, of the estimate at this place",
        missing=NOT_DRAWN,
    )
    null_high: Column[float] = described(
        "Null band to",
        "as the estimate",
        "upper quantile, over draws, of the estimate at this place",
        missing=NOT_DRAWN,
    )
    note: Text = described("What speaks against it", "text", blank="empty: nothing")

    class Config:
        unique = ["grid", "number"]


@canonical("multiverse_tests", stage="models")
class MultiverseTests(GridKey, source="docs/inference.md"):
    """One row per grid, method and statistic of all specifications together."""

    method: Text = described("Method", "category")
    statistic: Text = described("Statistic", "category")
    value: Column[float] = described("Value", "number", missing="not defined")
    p: Column[float] = described(
        "p-value", "decimal", missing="the statistic is no test", ge=0, le=1
    )
    ci_low: Column[float] = described(
        "Interval from", "as the value", missing="the statistic has none"
    )
    ci_high: Column[float] = described(
        "Interval to", "as the value", missing="the statistic has none"
    )
    draws: Column[int] = described("Draws", "count", "0 where nothing is drawn", ge=0)
    note: Text = described("What it means", "text", blank="empty")

    class Config:
        unique = ["grid", "method", "statistic"]


@canonical("multiverse_choices", stage="models")
class MultiverseChoices(GridKey, source="docs/inference.md"):
    """One row per grid and choice, pair of choices, or level of a choice."""

    choice: Text = described("Choice", "name", source="the study's multiverse")
    other: Text = described(
        "Other choice", "name", source="the study's multiverse", blank="empty: no pair"
    )
    level: Text = described(
        "Level", "name", source="the study's multiverse", blank="empty: all levels"
    )
    specifications: Column[int] = described(
        "Specifications with an estimate", "count", ge=0
    )
    share: Column[float] = described(
        "Share of variance",
        "decimal",
        "Shapley value of R2; of a pair: R2 that it adds to all choices",
        missing="rows of levels",
    )
    median: Column[float] = described(
        "Median estimate",
        "outcome per unit of term",
        missing="rows of choices and pairs; no estimate",
    )
    significant: Column[float] = described(
        "Share significant", "decimal", missing="as the median", ge=0, le=1
    )

    class Config:
        unique = ["grid", "choice", "other", "level"]
