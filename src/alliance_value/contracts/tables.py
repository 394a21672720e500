"""The canonical tables: one typed schema each, and how they are stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.parquet as pq
from pandera.errors import SchemaErrors
from pandera.typing.pandas import Series

from alliance_value.contracts.columns import described

FLOAT_FORMAT = "%.10g"

# A spreadsheet takes such a cell for a formula: =cmd|..., @SUM(...), +1+1
LIVE = r"'*[=+\-@\t\r]"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"

FIRM = "firm"
YEAR = "fiscal_year"
PROVENANCE = ("source_file", "source_row")


class FirmYears(pa.DataFrameModel):
    """One row per firm and fiscal year: the source's columns under study names.

    Key: ``firm``, ``fiscal_year`` (unique unless the study keeps duplicates). Where the
    source has the day on which the fiscal year ends, it is ``datadate``.
    """

    firm: Series[pd.StringDtype] = described(
        "Firm",
        "code",
        source="the study's entity column (Compustat: gvkey, six digits)",
    )
    fiscal_year: Series[int] = described(
        "Fiscal year", "year", source="the study's time column, or the fiscal year-end"
    )
    source_file: Series[pd.StringDtype] = described(
        "Source file", "text", source="the file in which the row stands"
    )
    source_row: Series[int] = described(
        "Row in the source file",
        "count",
        "as a spreadsheet counts it",
        source="the file in which the row stands",
        ge=1,
    )

    class Config:
        strict = False
        ordered = False


class Panel(pa.DataFrameModel):
    """Firm-years with the study's variables: what every model reads.

    Where a row stood in the files is left to the firm-years, so that files that differ
    in nothing else give the same panel to the byte.
    """

    firm: Series[pd.StringDtype] = described("Firm", "code", source="firm_years")
    fiscal_year: Series[int] = described("Fiscal year", "year", source="firm_years")

    class Config:
        strict = False
        ordered = False


class Rejects(pa.DataFrameModel):
    """One row per value that a rule rejected or repaired."""

    file: Series[pd.StringDtype] = described(
        "File", "text", source="the file in which the value stands"
    )
    row: Series[int] = described(
        "Row",
        "count",
        "as a spreadsheet counts it; records of typed files from 1",
        source="the file",
        ge=1,
    )
    column: Series[pd.StringDtype] = described(
        "Column",
        "text",
        source="the file",
        missing="the whole row is concerned",
        nullable=True,
    )
    value: Series[pd.StringDtype] = described(
        "Value as it stands",
        "text",
        source="the file",
        missing="the cell is empty, or the value was computed",
        nullable=True,
    )
    rule: Series[pd.StringDtype] = described(
        "Rule that it breaks",
        "category",
        source="the rules of the readers and the panel",
    )
    action: Series[pd.StringDtype] = described(
        "What was done",
        "category",
        "rejected: the row left; repaired: the value was changed",
        source="the rules",
        isin=["rejected", "repaired"],
    )
    new_value: Series[pd.StringDtype] = described(
        "New value",
        "text",
        source="the rules",
        missing="set to missing, or the row was rejected",
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True


class Funnel(pa.DataFrameModel):
    """One row per step that takes rows away; within a branch the rows chain."""

    branch: Series[pd.StringDtype] = described(
        "Branch", "name", "sample, a source, or a model", source="the study"
    )
    step: Series[pd.StringDtype] = described("Step", "text", source="the study")
    unit: Series[pd.StringDtype] = described(
        "What a row is", "category", source="the study"
    )
    rows_in: Series[int] = described("Rows before", "count", source="the data", ge=0)
    rows_out: Series[int] = described("Rows after", "count", source="the data", ge=0)
    dropped: Series[int] = described(
        "Rows dropped", "count", "rows_in - rows_out", source="the data", ge=0
    )
    firms_out: Series[int] = described(
        "Firms after", "count", "distinct firms among rows_out", source="the data", ge=0
    )
    why: Series[pd.StringDtype] = described(
        "Why", "text", source="the study and the rules"
    )

    class Config:
        strict = True
        ordered = True

    @pa.dataframe_check
    @classmethod
    def rows_balance(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """Rows in equal rows out plus rows dropped."""
        balance: pd.Series[bool] = table.rows_in == table.rows_out + table.dropped
        return balance

    @pa.dataframe_check
    @classmethod
    def steps_chain(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """Within a branch each step starts with the rows that the last one left."""
        before = table.groupby("branch", sort=False).rows_out.shift()
        return before.isna() | (before == table.rows_in)


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
    )
    ci_high: Series[float] = described(
        "Upper confidence limit",
        "as the effect",
        "effect + t quantile x se",
        source="margins",
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


class CutPoints(pa.DataFrameModel):
    """Where a variable was winsorized, and how many values that moved."""

    variable: Series[pd.StringDtype] = described(
        "Variable", "name", source="the study's variables"
    )
    group: Series[pd.StringDtype] = described(
        "Fiscal year, or all", "year or text", source="winsorize.by of the variable"
    )
    lower: Series[float] = described(
        "Lower cut point",
        "unit of the variable",
        "quantile of type 7",
        source="Hyndman and Fan (1996)",
        missing="no value in the group",
        nullable=True,
    )
    upper: Series[float] = described(
        "Upper cut point",
        "unit of the variable",
        "quantile of type 7",
        source="Hyndman and Fan (1996)",
        missing="no value in the group",
        nullable=True,
    )
    values: Series[int] = described("Values", "count", source="panel", ge=0)
    raised: Series[int] = described(
        "Values raised to the lower cut point", "count", source="panel", ge=0
    )
    lowered: Series[int] = described(
        "Values lowered to the upper cut point", "count", source="panel", ge=0
    )

    class Config:
        strict = True
        ordered = True


Contract = type[pa.DataFrameModel]


def conform(table: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the table in the contract's columns and types, or raise with all failures.

    Parameters
    ----------
    table
        Rows in any column order; columns that a strict contract does not know raise.
    contract
        One of the models of this module.

    Raises
    ------
    AssertionError
        The table breaks its contract: a defect of the code, never of an input.
    """
    table = arrange(table, contract)
    try:
        return cast(pd.DataFrame, contract.validate(table, lazy=True))
    except SchemaErrors as error:
        failures = error.failure_cases.head(20).to_string(index=False)
        raise AssertionError(
            f"{contract.__name__} breaks its contract:\n{failures}"
        ) from None


def arrange(table: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return the table in the contract's columns and types, its values unchecked."""
    names = list(contract.to_schema().columns)
    missing = [n for n in names if n not in table.columns]
    assert not missing, f"{contract.__name__}: columns missing: {missing}"
    rest = [c for c in table.columns if c not in names]
    table = table[names + rest].reset_index(drop=True)
    for name, column in contract.to_schema().columns.items():
        dtype = cast(Any, column.dtype)
        table[name] = table[name].astype(dtype.type)
    return table


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


def empty(contract: Contract) -> pd.DataFrame:
    """Return a table of the contract with no rows."""
    names = list(contract.to_schema().columns)
    return conform(pd.DataFrame({name: [] for name in names}), contract)


def store(table: pd.DataFrame, contract: Contract, path: str | Path) -> None:
    """Check a table against its contract and write it as Parquet or CSV by suffix.

    CSV holds floats at 10 significant digits, so that rounding noise between
    machines does not change its bytes, and no text that a spreadsheet would run.
    """
    table = conform(table, contract)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".csv":
        write_csv(table, path)
    else:
        table.to_parquet(path, index=False)


def store_parts(
    parts: Iterable[pd.DataFrame], contract: Contract, path: str | Path
) -> None:
    """Write parts that keep their contract as one Parquet file, one after the other."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    plain = as_arrow(empty(contract))
    with pq.ParquetWriter(path, plain.schema) as sink:
        for part in parts:
            sink.write_table(as_arrow(part).cast(plain.schema))


def as_arrow(table: pd.DataFrame) -> pyarrow.Table:
    """Return a table as Arrow, with pandas's own note on types."""
    return pyarrow.Table.from_pandas(table, preserve_index=False)


def write_csv(table: pd.DataFrame, path: str | Path) -> None:
    """Write a table as CSV, its texts `inert` and its floats at 10 digits."""
    table = table.copy()
    for name in table.columns:
        if pd.api.types.is_string_dtype(table[name]):
            table[name] = inert(table[name])
    table.to_csv(path, index=False, float_format=FLOAT_FORMAT, lineterminator="\n")


def load(path: str | Path, contract: Contract) -> pd.DataFrame:
    """Read a stored canonical table and check it against its contract."""
    path = Path(path)
    if path.suffix == ".csv":
        # only the empty cell is missing: a model may be called NA
        table = pd.read_csv(
            path,
            dtype=text_columns(contract),
            keep_default_na=False,
            na_values=[""],
        )
        for name, column in contract.to_schema().columns.items():
            # an empty cell is empty text where the contract knows no missing value
            if name in text_columns(contract) and not column.nullable:
                table[name] = table[name].fillna("")
        for name in text_columns(contract):
            table[name] = as_it_stood(table[name])
    else:
        table = pd.read_parquet(path)
    return conform(table, contract)


def read(path: str | Path) -> pd.DataFrame:
    """Read a stored table as it is: Parquet, or CSV in which no text means missing."""
    if Path(path).suffix == ".csv":
        table = pd.read_csv(path, keep_default_na=False, na_values=[""])
        for name in table.columns:
            if pd.api.types.is_string_dtype(table[name]):
                table[name] = as_it_stood(table[name]).astype(table[name].dtype)
        return table
    return pd.read_parquet(path)


def text_columns(contract: Contract) -> dict[str, str]:
    """Return the contract's text columns, so that codes keep leading zeros."""
    columns = contract.to_schema().columns
    return {n: "string" for n, c in columns.items() if "string" in str(c.dtype)}


def inert(texts: pd.Series) -> pd.Series:
    """Put an apostrophe before texts that a spreadsheet would take for a formula.

    Numbers stay as they are. `as_it_stood` takes the apostrophe away again.
    """
    text = texts.astype("string")
    live = text.str.match(LIVE) & ~text.str.fullmatch(NUMBER)
    return text.mask(live.fillna(False).astype(bool), "'" + text)


def inert_text(text: str) -> str:
    """Return one text as `inert` does."""
    live = re.match(LIVE, text) and not re.fullmatch(NUMBER, text)
    return f"'{text}" if live else text


def as_it_stood(texts: pd.Series) -> pd.Series:
    """Take away the apostrophe that `inert` put there."""
    text = texts.astype("string")
    marked = text.str.match(rf"'{LIVE}").fillna(False).astype(bool)
    return text.mask(marked, text.str[1:])
