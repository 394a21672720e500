"""A table and its contract -> checked, stored and loaded again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pandera.pandas as pa
import pyarrow
import pyarrow.parquet as pq
from pandera.errors import SchemaErrors

FLOAT_FORMAT = "%.10g"

# A spreadsheet takes such a cell for a formula: =cmd|..., @SUM(...), +1+1
LIVE = r"'*[=+\-@\t\r]"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"

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
        # in place: the table is new here, and pandera would copy all of its values
        return rules_of(contract).validate(table, lazy=True, inplace=True)
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
    unknown = rest if contract.to_schema().strict else []
    assert not unknown, f"{contract.__name__}: columns not known: {unknown}"
    table = table[names + rest].reset_index(drop=True)
    for name, column in contract.to_schema().columns.items():
        dtype = cast(Any, column.dtype)
        table[name] = table[name].astype(dtype.type)
    return table


@cache
def rules_of(contract: Contract) -> pa.DataFrameSchema:
    """Return what a contract asks beyond the columns and types of `arrange`."""
    schema = contract.to_schema()
    free = [n for n, c in schema.columns.items() if c.nullable and not c.checks]
    schema = schema.remove_columns([n for n in free if not schema.columns[n].unique])
    schema = schema.update_columns({name: {"dtype": None} for name in schema.columns})
    schema.strict = False
    return schema


def columns_of(table: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """Return a table without the columns that its contract does not know."""
    return table[list(contract.to_schema().columns)]


def empty(contract: Contract) -> pd.DataFrame:
    """Return a table of the contract with no rows."""
    return without_rows(contract).copy()


@cache
def without_rows(contract: Contract) -> pd.DataFrame:
    """Return the one table of the contract with no rows, which is not to be changed."""
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


def load(
    path: str | Path, contract: Contract, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read a stored canonical table and check it against its contract.

    Parameters
    ----------
    path
        Parquet, or CSV as `store` writes it.
    contract
        The table's contract.
    columns
        Of a Parquet file those wanted, as far as it has them; by default all.
    """
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
        table = read_parquet(path, columns)
    return conform(table, contract)


def read_parquet(
    path: str | Path | BytesIO, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read a Parquet file without holding it twice."""
    wanted = None
    if columns is not None:
        known = pq.read_schema(path).names
        wanted = [name for name in columns if name in known]
    lean = {"split_blocks": True, "self_destruct": True}
    return pd.read_parquet(
        path, engine="pyarrow", columns=wanted, to_pandas_kwargs=lean
    )


def load_all(paths: Iterable[str | Path], contract: Contract) -> pd.DataFrame:
    """Read stored parts of a canonical table as one, with no rows where none are."""
    parts = [load(path, contract) for path in paths]
    return pd.concat(parts) if parts else empty(contract)


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
