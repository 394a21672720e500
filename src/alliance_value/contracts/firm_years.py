"""Firm-years, and the panel that is made of them: one typed schema each."""

from __future__ import annotations

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

FIRM = "firm"
YEAR = "fiscal_year"
PROVENANCE = ("source_file", "source_row")


@canonical("firm_years", stage="sources")
class FirmYears(CanonicalTable):
    """One row per {entity} and {time}: the source's columns under study names.

    Key: ``firm``, ``fiscal_year`` (unique unless the study keeps duplicates). Where the
    source has the day on which the fiscal year ends, it is ``datadate``.
    """

    firm: Text = described(
        "{Entity}",
        "code",
        source="the study's entity column (Compustat: gvkey, six digits)",
    )
    fiscal_year: Column[int] = described(
        "{Time}", "{time}", source="the study's time column, or the end of the {time}"
    )
    source_file: Text = described(
        "Source file", "text", source="the file in which the row stands"
    )
    source_row: Column[int] = described(
        "Row in the source file",
        "count",
        "as a spreadsheet counts it",
        source="the file in which the row stands",
        ge=1,
    )

    class Config:
        strict = False
        ordered = False


@canonical("panel", stage="panel")
class Panel(CanonicalTable):
    """{Entity}-{times} with the study's variables: what every model reads.

    Where a row stood in the files is left to the firm-years, so that files that differ
    in nothing else give the same panel to the byte.
    """

    firm: Text = described("{Entity}", "code", source="firm_years")
    fiscal_year: Column[int] = described("{Time}", "{time}", source="firm_years")

    class Config:
        strict = False
        ordered = False


@canonical("cut_points", stage="panel")
class CutPoints(CanonicalTable, source="panel"):
    """Where a variable was winsorized, and how many values that moved."""

    variable: Text = described("Variable", "name", source="the study's variables")
    group: Text = described(
        "{Time}, or all", "{time} or text", source="winsorize.by of the variable"
    )
    lower: Column[float] = described(
        "Lower cut point",
        "unit of the variable",
        "quantile of type 7",
        source="Hyndman and Fan (1996)",
        missing="no value in the group",
    )
    upper: Column[float] = described(
        "Upper cut point",
        "unit of the variable",
        "quantile of type 7",
        source="Hyndman and Fan (1996)",
        missing="no value in the group",
    )
    values: Column[int] = described("Values", "count", ge=0)
    raised: Column[int] = described(
        "Values raised to the lower cut point", "count", ge=0
    )
    lowered: Column[int] = described(
        "Values lowered to the upper cut point", "count", ge=0
    )
