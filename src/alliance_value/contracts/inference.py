"""The tables of repeated inference: other errors, sensitivity and influence."""

from __future__ import annotations

from alliance_value.contracts.coefficients import ModelKey
from alliance_value.contracts.columns import Column, Text, described
from alliance_value.contracts.storage import Contract
from alliance_value.vocabulary.entries import canonical

# how measures of sensitivity end that say how strong a confounder like a control is
OF_TERM = ": share of the term"
OF_OUTCOME = ": share of the outcome"


@canonical("inference", stage="models")
class Inference(ModelKey, source="docs/inference.md"):
    """One row per model, term and method of inference."""

    term: Text = described("Term", "name", source="the study's models")
    method: Text = described("Method", "category")
    estimate: Column[float] = described(
        "Estimate", "outcome per unit of term", source="estimated"
    )
    se: Column[float] = described(
        "Standard error", "as the estimate", missing="the method has none", ge=0
    )
    t: Column[float] = described("t statistic", "number", missing="the method has none")
    p: Column[float] = described(
        "p-value, two-sided",
        "decimal",
        missing="the covariance does not exist",
        ge=0,
        le=1,
    )
    ci_low: Column[float] = described(
        "Interval from", "as the estimate", missing="the method has none"
    )
    ci_high: Column[float] = described(
        "Interval to", "as the estimate", missing="the method has none"
    )
    draws: Column[int] = described(
        "Draws", "count", "0 where nothing is drawn", source="the study file", ge=0
    )
    note: Text = described("What it means", "text", blank="empty")

    class Config:
        unique = ["model", "term", "method"]


@canonical("sensitivity", stage="models")
class Sensitivity(ModelKey, source="docs/inference.md"):
    """One row per model, term and measure; an empty term speaks of the whole model."""

    term: Text = described(
        "Term", "name", source="the study's models", blank="empty: the whole model"
    )
    measure: Text = described("Measure", "category")
    value: Column[float] = described(
        "Value", "number", missing="not defined for the sample"
    )
    p_value: Column[float] = described(
        "p-value", "decimal", missing="the measure is no test", ge=0, le=1
    )
    note: Text = described("What it means", "text", blank="empty")

    class Config:
        unique = ["model", "term", "measure"]


@canonical("influence", stage="models")
class Influence(ModelKey):
    """One row per model, term and cluster: what the cluster adds to the estimate."""

    term: Text = described("Term", "name", source="the study's models")
    cluster: Text = described(
        "Cluster", "identifier", source="the first cluster dimension"
    )
    influence: Column[float] = described(
        "Influence",
        "as the estimate",
        "estimate less the estimate without the cluster",
        source="docs/inference.md",
    )
    leverage: Column[float] = described(
        "Leverage",
        "parameters",
        "trace of the cluster's part of the hat matrix",
        source="docs/inference.md",
    )

    class Config:
        unique = ["model", "term", "cluster"]


# behind the name of a grouping of which two groups are left out
IN_PAIRS = " in pairs"


@canonical("leave_out", stage="models")
class LeaveOut(ModelKey, source="estimated"):
    """One row per model, grouping, group left out and term of interest."""

    by: Text = described(
        "Grouping",
        "name",
        source="the study's inference.leave_out",
        blank="empty: nothing is left out",
    )
    left_out: Text = described("Group left out", "identifier", source="the panel")
    rows: Column[int] = described(
        "{Entity}-{times} left out", "count", source="the panel", ge=0
    )
    term: Text = described("Term", "name", source="the study's models")
    estimate: Column[float] = described(
        "Estimate", "outcome per unit of term", missing="the rest does not identify it"
    )
    se: Column[float] = described(
        "Standard error", "as the estimate", missing="as the estimate", ge=0
    )
    p: Column[float] = described(
        "p-value, two-sided", "decimal", missing="as the estimate", ge=0, le=1
    )
    ci_low: Column[float] = described(
        "Interval from", "as the estimate", missing="as the estimate"
    )
    ci_high: Column[float] = described(
        "Interval to", "as the estimate", missing="as the estimate"
    )
    n: Column[int] = described(
        "{Entity}-{times} used", "count", source="the panel", ge=0
    )
    note: Text = described("Why there is no estimate", "text", blank="empty")

    class Config:
        unique = ["model", "by", "left_out", "term"]


# What repeated inference has of each model, joined to one table for the study.
OF_INFERENCE: dict[str, Contract] = {
    "inference": Inference,
    "sensitivity": Sensitivity,
    "influence": Influence,
}
