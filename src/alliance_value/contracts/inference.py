"""The tables of repeated inference: other errors, sensitivity and influence."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing.pandas import Series

from alliance_value.contracts.columns import Text, described
from alliance_value.vocabulary.entries import canonical


@canonical("inference", stage="models")
class Inference(pa.DataFrameModel):
    """One row per model, term and method of inference."""

    model: Text = described("Model", "name", source="the study's models")
    term: Text = described("Term", "name", source="the study's models")
    method: Text = described("Method", "category", source="docs/inference.md")
    estimate: Series[float] = described(
        "Estimate", "outcome per unit of term", source="estimated"
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        source="docs/inference.md",
        missing="the method has none",
        nullable=True,
        ge=0,
    )
    t: Series[float] = described(
        "t statistic",
        "number",
        source="docs/inference.md",
        missing="the method has none",
        nullable=True,
    )
    p: Series[float] = described(
        "p-value, two-sided",
        "decimal",
        source="docs/inference.md",
        missing="the covariance does not exist",
        nullable=True,
        ge=0,
        le=1,
    )
    ci_low: Series[float] = described(
        "Interval from",
        "as the estimate",
        source="docs/inference.md",
        missing="the method has none",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Interval to",
        "as the estimate",
        source="docs/inference.md",
        missing="the method has none",
        nullable=True,
    )
    draws: Series[int] = described(
        "Draws", "count", "0 where nothing is drawn", source="the study file", ge=0
    )
    note: Text = described(
        "What it means", "text", source="docs/inference.md", missing="empty"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "term", "method"]


@canonical("sensitivity", stage="models")
class Sensitivity(pa.DataFrameModel):
    """One row per model, term and measure; an empty term speaks of the whole model."""

    model: Text = described("Model", "name", source="the study's models")
    term: Text = described(
        "Term", "name", source="the study's models", missing="empty: the whole model"
    )
    measure: Text = described("Measure", "category", source="docs/inference.md")
    value: Series[float] = described(
        "Value",
        "number",
        source="docs/inference.md",
        missing="not defined for the sample",
        nullable=True,
    )
    p_value: Series[float] = described(
        "p-value",
        "decimal",
        source="docs/inference.md",
        missing="the measure is no test",
        nullable=True,
        ge=0,
        le=1,
    )
    note: Text = described(
        "What it means", "text", source="docs/inference.md", missing="empty"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "term", "measure"]


@canonical("influence", stage="models")
class Influence(pa.DataFrameModel):
    """One row per model, term and cluster: what the cluster adds to the estimate."""

    model: Text = described("Model", "name", source="the study's models")
    term: Text = described("Term", "name", source="the study's models")
    cluster: Text = described(
        "Cluster", "identifier", source="the first cluster dimension"
    )
    influence: Series[float] = described(
        "Influence",
        "as the estimate",
        "estimate less the estimate without the cluster",
        source="docs/inference.md",
    )
    leverage: Series[float] = described(
        "Leverage",
        "parameters",
        "trace of the cluster's part of the hat matrix",
        source="docs/inference.md",
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "term", "cluster"]


@canonical("leave_out", stage="models")
class LeaveOut(pa.DataFrameModel):
    """One row per model, grouping, group left out and term of interest."""

    model: Text = described("Model", "name", source="the study's models")
    by: Text = described(
        "Grouping",
        "name",
        source="the study's inference.leave_out",
        missing="empty: nothing is left out",
    )
    left_out: Text = described("Group left out", "identifier", source="the panel")
    rows: Series[int] = described(
        "{Entity}-{times} left out", "count", source="the panel", ge=0
    )
    term: Text = described("Term", "name", source="the study's models")
    estimate: Series[float] = described(
        "Estimate",
        "outcome per unit of term",
        source="estimated",
        missing="the rest does not identify it",
        nullable=True,
    )
    se: Series[float] = described(
        "Standard error",
        "as the estimate",
        source="estimated",
        missing="as the estimate",
        nullable=True,
        ge=0,
    )
    p: Series[float] = described(
        "p-value, two-sided",
        "decimal",
        source="estimated",
        missing="as the estimate",
        nullable=True,
        ge=0,
        le=1,
    )
    ci_low: Series[float] = described(
        "Interval from",
        "as the estimate",
        source="estimated",
        missing="as the estimate",
        nullable=True,
    )
    ci_high: Series[float] = described(
        "Interval to",
        "as the estimate",
        source="estimated",
        missing="as the estimate",
        nullable=True,
    )
    n: Series[int] = described(
        "{Entity}-{times} used", "count", source="the panel", ge=0
    )
    note: Text = described(
        "Why there is no estimate", "text", source="estimated", missing="empty"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["model", "by", "left_out", "term"]
