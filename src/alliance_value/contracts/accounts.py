"""The tables that tell of other tables: the codebook and the quality of sources."""

from __future__ import annotations

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

NO_NUMBER = "the column holds no numbers or dates"


@canonical("codebook", stage="accounts")
class Codebook(CanonicalTable, source="the table"):
    """One row per table and column: what it means, and what it holds in this run.

    Smallest, largest and quantiles are text, since a column holds numbers or dates.
    """

    table: Text = described(
        "Table", "name", source="data/processed or results of the study"
    )
    column: Text = described("Column", "name", source="contracts")
    label: Text = described(
        "Label", "text", source="contracts, or the study's variable"
    )
    type: Text = described("Type", "category", source="contracts")
    unit: Text = described("Unit", "text", source="contracts, or the study's variable")
    formula: Text = described(
        "Formula or definition",
        "text",
        source="contracts, or the study's variable",
        blank="empty where the label says it all",
    )
    source: Text = described(
        "Source", "text", source="contracts, or the study's variable"
    )
    missing_rule: Text = described(
        "When it is missing", "text", source="contracts, or the study's variable"
    )
    n: Column[int] = described("Values", "count", ge=0)
    missing: Column[int] = described("Missing", "count", ge=0)
    distinct: Column[int] = described(
        "Distinct values", "count", "floats to nine digits of the largest", ge=0
    )
    mean: Column[float] = described("Mean", "unit of the column", missing=NO_NUMBER)
    sd: Column[float] = described(
        "Standard deviation",
        "unit of the column",
        "divisor n - 1",
        missing=f"{NO_NUMBER}, or fewer than two",
    )
    min: Text = described("Smallest", "unit of the column", missing=NO_NUMBER)
    p1: Text = described(
        "1st percentile",
        "unit of the column",
        "quantile of type 7",
        source="Hyndman and Fan (1996)",
        missing=NO_NUMBER,
    )
    median: Text = described(
        "Median",
        "unit of the column",
        "quantile of type 7",
        source="Hyndman and Fan (1996)",
        missing=NO_NUMBER,
    )
    p99: Text = described(
        "99th percentile",
        "unit of the column",
        "quantile of type 7",
        source="Hyndman and Fan (1996)",
        missing=NO_NUMBER,
    )
    max: Text = described("Largest", "unit of the column", missing=NO_NUMBER)
    top: Text = described(
        "Most frequent values",
        "text",
        "value (count), the five most frequent",
        missing="the column holds numbers or dates, or nothing",
    )

    class Config:
        unique = ["table", "column"]


@canonical("data_quality", stage="accounts")
class DataQuality(CanonicalTable, source="the file"):
    """One row per source file and column: what stands there before any rule.

    Smallest and largest are text, since a column holds numbers, dates or text.
    """

    source: Text = described("Source", "name", source="sources of the study")
    file: Text = described("File", "text")
    column: Text = described("Column", "name")
    kind: Text = described(
        "What its cells are",
        "category",
        "number, date or text, as all filled cells can be read; empty if none is",
    )
    rows: Column[int] = described("Rows of the file", "count", ge=0)
    missing: Column[int] = described("Empty cells", "count", ge=0)
    distinct: Column[int] = described(
        "Distinct values", "count", "estimated in files of more than 200 MB", ge=0
    )
    min: Text = described("Smallest", "as in the file", missing="no cell is filled")
    max: Text = described("Largest", "as in the file", missing="no cell is filled")
    rejected: Column[int] = described(
        "Rows rejected for this column", "count", source="rejects", ge=0
    )
    repaired: Column[int] = described("Cells repaired", "count", source="rejects", ge=0)

    class Config:
        unique = ["source", "file", "column"]
