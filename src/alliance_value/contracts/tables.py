"""The canonical tables: one typed schema each, and how they are stored."""

from __future__ import annotations

from collections.abc import Iterable
import re
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.parquet as pq
from pandera.errors import SchemaErrors
from pandera.typing.pandas import Series

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

    firm: Series[pd.StringDtype] = pa.Field(nullable=False)
    fiscal_year: Series[int] = pa.Field(nullable=False)
    source_file: Series[pd.StringDtype] = pa.Field(nullable=False)
    source_row: Series[int] = pa.Field(ge=1, nullable=False)

    class Config:
        strict = False
        ordered = False


class Panel(pa.DataFrameModel):
    """Firm-years with the study's variables: what every model reads.

    Where a row stood in the files is left to the firm-years, so that files that differ
    in nothing else give the same panel to the byte.
    """

    firm: Series[pd.StringDtype] = pa.Field(nullable=False)
    fiscal_year: Series[int] = pa.Field(nullable=False)

    class Config:
        strict = False
        ordered = False


class Rejects(pa.DataFrameModel):
    """One row per value that a rule rejected or repaired."""

    file: Series[pd.StringDtype]
    row: Series[int] = pa.Field(ge=1)
    column: Series[pd.StringDtype] = pa.Field(nullable=True)
    value: Series[pd.StringDtype] = pa.Field(nullable=True)
    rule: Series[pd.StringDtype]
    action: Series[pd.StringDtype] = pa.Field(isin=["rejected", "repaired"])
    new_value: Series[pd.StringDtype] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True


class Funnel(pa.DataFrameModel):
    """One row per step that takes rows away; within a branch the rows chain."""

    branch: Series[pd.StringDtype]
    step: Series[pd.StringDtype]
    unit: Series[pd.StringDtype]
    rows_in: Series[int] = pa.Field(ge=0)
    rows_out: Series[int] = pa.Field(ge=0)
    dropped: Series[int] = pa.Field(ge=0)
    firms_out: Series[int] = pa.Field(ge=0)
    why: Series[pd.StringDtype]

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

    model: Series[pd.StringDtype]
    term: Series[pd.StringDtype]
    estimate: Series[float]
    se: Series[float] = pa.Field(ge=0)
    df: Series[float] = pa.Field(gt=0)
    t: Series[float]
    p: Series[float] = pa.Field(ge=0, le=1)
    ci_low: Series[float]
    ci_high: Series[float]
    se_type: Series[pd.StringDtype]

    class Config:
        strict = True
        ordered = True
        unique = ["model", "term"]


class Fits(pa.DataFrameModel):
    """One row per model: its size, its fit and how it was estimated."""

    model: Series[pd.StringDtype]
    outcome: Series[pd.StringDtype]
    estimator: Series[pd.StringDtype]
    effects: Series[pd.StringDtype]
    clusters: Series[pd.StringDtype]
    n: Series[int] = pa.Field(gt=0)
    entities: Series[int] = pa.Field(gt=0)
    periods: Series[int] = pa.Field(gt=0)
    smallest_cluster_count: Series[int] = pa.Field(ge=0)
    singletons_dropped: Series[int] = pa.Field(ge=0)
    terms_absorbed: Series[pd.StringDtype]
    r2_within: Series[float] = pa.Field(nullable=True)
    r2_overall: Series[float] = pa.Field(nullable=True)
    outcome_mean: Series[float]
    outcome_sd: Series[float]
    confidence: Series[float] = pa.Field(gt=0, lt=1)
    weights: Series[pd.StringDtype]
    se_type: Series[pd.StringDtype]
    df: Series[float] = pa.Field(gt=0)
    library: Series[pd.StringDtype]
    library_version: Series[pd.StringDtype]

    class Config:
        strict = True
        ordered = True
        unique = ["model"]


class Equations(pa.DataFrameModel):
    """Equations beside the one of interest: first stages, selection equations."""

    model: Series[pd.StringDtype]
    equation: Series[pd.StringDtype]
    term: Series[pd.StringDtype]
    estimate: Series[float]
    se: Series[float] = pa.Field(ge=0)
    df: Series[float] = pa.Field(gt=0)
    t: Series[float]
    p: Series[float] = pa.Field(ge=0, le=1)
    ci_low: Series[float]
    ci_high: Series[float]

    class Config:
        strict = True
        ordered = True
        unique = ["model", "equation", "term"]


class Diagnostics(pa.DataFrameModel):
    """One row per model and test, or figure that says how far estimates hold.

    ``df`` is the first degree of freedom of an F test; the second stands in the note.
    """

    model: Series[pd.StringDtype]
    test: Series[pd.StringDtype]
    statistic: Series[float] = pa.Field(nullable=True)
    df: Series[float] = pa.Field(gt=0, nullable=True)
    p_value: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    note: Series[pd.StringDtype]

    class Config:
        strict = True
        ordered = True
        unique = ["model", "test"]


class Covariances(pa.DataFrameModel):
    """The covariance matrix of each model's estimates, one row per pair of terms."""

    model: Series[pd.StringDtype]
    term: Series[pd.StringDtype]
    other_term: Series[pd.StringDtype]
    covariance: Series[float]

    class Config:
        strict = True
        ordered = True


class Margins(pa.DataFrameModel):
    """The effect of one variable along another one that it is interacted with."""

    model: Series[pd.StringDtype]
    of: Series[pd.StringDtype]
    over: Series[pd.StringDtype]
    at: Series[float]
    effect: Series[float]
    se: Series[float] = pa.Field(ge=0)
    df: Series[float] = pa.Field(gt=0)
    ci_low: Series[float]
    ci_high: Series[float]
    share_below: Series[float] = pa.Field(ge=0, le=1)

    class Config:
        strict = True
        ordered = True


class Slopes(pa.DataFrameModel):
    """Simple slopes, their differences, and where effects begin to differ from zero.

    ``kind``: ``slope`` at a level of the other variable; ``difference`` of the slopes
    at ``at`` and at ``less`` (a second difference); ``boundary`` of the Johnson-Neyman
    region, where the interval of the effect ends in zero.
    """

    model: Series[pd.StringDtype]
    of: Series[pd.StringDtype]
    over: Series[pd.StringDtype]
    kind: Series[pd.StringDtype] = pa.Field(isin=["slope", "difference", "boundary"])
    at: Series[float]
    less: Series[float] = pa.Field(nullable=True)
    estimate: Series[float]
    se: Series[float] = pa.Field(ge=0)
    df: Series[float] = pa.Field(gt=0)
    t: Series[float]
    p: Series[float] = pa.Field(ge=0, le=1)
    ci_low: Series[float]
    ci_high: Series[float]
    note: Series[pd.StringDtype]

    class Config:
        strict = True
        ordered = True


class Validation(pa.DataFrameModel):
    """Planted values beside the estimates that should recover them."""

    truth: Series[pd.StringDtype]
    model: Series[pd.StringDtype]
    combination: Series[pd.StringDtype]
    planted: Series[float]
    estimate: Series[float]
    se: Series[float] = pa.Field(ge=0)
    ci_low: Series[float]
    ci_high: Series[float]
    z: Series[float]
    covered: Series[bool]

    class Config:
        strict = True
        ordered = True


class CutPoints(pa.DataFrameModel):
    """Where a variable was winsorized, and how many values that moved."""

    variable: Series[pd.StringDtype]
    group: Series[pd.StringDtype]
    lower: Series[float] = pa.Field(nullable=True)
    upper: Series[float] = pa.Field(nullable=True)
    values: Series[int] = pa.Field(ge=0)
    raised: Series[int] = pa.Field(ge=0)
    lowered: Series[int] = pa.Field(ge=0)

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

    claim: Series[pd.StringDtype]
    headline: Series[pd.StringDtype]
    reading: Series[pd.StringDtype]
    unit: Series[pd.StringDtype]
    published: Series[float]
    neutral: Series[float]
    estimate: Series[float] = pa.Field(nullable=True)
    se: Series[float] = pa.Field(ge=0, nullable=True)
    ci_low: Series[float] = pa.Field(nullable=True)
    ci_high: Series[float] = pa.Field(nullable=True)
    n: Series[int] = pa.Field(ge=0)
    verdict: Series[pd.StringDtype]
    source: Series[pd.StringDtype]

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
