"""Vendors' column names and printed cells -> columns found, dates, whole numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.sources.cells import lost_numbers, numeric_column
from alliance_value.sources.printed_dates import NEVER, dates
from alliance_value.sources.raw_table import PLAIN, RawTable

__all__ = ["dates", "decimals", "find_columns", "locate", "texts"]
__all__ += ["whole_numbers"]

OPEN_MARKS = ["E", ".E", "NAT", "NA", "N/A", ".", "NULL", "NONE", "NAN", "OPEN", "-"]
FAR_FUTURE = pd.Timestamp("2099-01-01")


def no_column(name: str, names: Iterable[str], file: str, row: int = 1) -> Problem:
    """Return the problem of a column that a file lacks, with the nearest it has."""
    return Problem(f"there is no column '{name}'", nearest(name, names), file, row)


def find_columns(
    raw: RawTable,
    required: Mapping[str, tuple[str, ...]],
    optional: Mapping[str, tuple[str, ...]] | None = None,
) -> dict[str, str]:
    """Return canonical name -> the file's column; capitals make no difference.

    Parameters
    ----------
    raw
        The table.
    required, optional
        Canonical name -> the vendor's spellings, the usual one first.

    Raises
    ------
    UserError
        Every required column that the file lacks.
    """
    located, problems = locate(raw.cells.columns, required, optional, raw.file)
    raise_if(problems, f"reading {raw.file}")
    return located


def locate(
    columns: Iterable[str],
    required: Mapping[str, tuple[str, ...]],
    optional: Mapping[str, tuple[str, ...]] | None,
    file: str,
) -> tuple[dict[str, str], list[Problem]]:
    """Return the columns found and a problem for every required one that is not."""
    names = list(columns)
    by_lower = {name.lower(): name for name in reversed(names)}
    located: dict[str, str] = {}
    problems = []
    for name, spellings in {**required, **(optional or {})}.items():
        hit = next((by_lower[s] for s in spellings if s in by_lower), None)
        if hit is not None:
            located[name] = hit
        elif name in required:
            problems.append(no_column(spellings[0], names, file))
    return located, problems


def texts(raw: RawTable, column: str) -> pd.Series:
    """Return a column as trimmed text, missing where blank or marked as missing.

    Whole numbers and dates of a typed file come out as a text file prints them.
    """
    cells = raw.cells[column]
    if pd.api.types.is_datetime64_any_dtype(cells):
        cells = cells.dt.strftime("%Y-%m-%d")
    elif pd.api.types.is_float_dtype(cells):
        filled = cells.dropna()
        if (filled % 1 == 0).all() and np.isfinite(filled).all():
            cells = cells.astype("Int64")
    text = cells.astype("string").str.strip()
    return text.mask(text.eq("") | text.isin(raw.layout.missing), pd.NA)


def as_printed(raw: RawTable, column: str) -> pd.Series:
    """Return a column as `texts` does, cells that are marked as missing as they stand.

    For rejects, which quote what the file holds.
    """
    return texts(replace(raw, layout=PLAIN), column)


def respelled(raw: RawTable, names: Iterable[str]) -> RawTable:
    """Return a table whose columns are spelled as the study spells them.

    Capitals and blanks around make no difference where no column has the very name.
    """
    columns = list(raw.cells.columns)
    plain = Counter(name.strip().lower() for name in columns)
    spelt = {}
    for name in names:
        key = name.strip().lower()
        if name not in columns and plain[key] == 1:
            (old,) = (c for c in columns if c.strip().lower() == key)
            spelt[old] = name
    return replace(raw, cells=raw.cells.rename(columns=spelt)) if spelt else raw


def stated_columns(raw: RawTable, names: Iterable[str]) -> RawTable:
    """Return the table with its columns spelled as the study spells them.

    Raises
    ------
    UserError
        Columns are absent, all at once.
    """
    names = list(names)
    raw = respelled(raw, names)
    problems = [
        no_column(name, raw.cells.columns, raw.file)
        for name in names
        if name not in raw.cells.columns
    ]
    raise_if(problems, f"reading {raw.file}")
    return raw


def open_ends(printed: pd.Series, ends: pd.Series) -> pd.Series:
    """Return where the end of a range is open.

    Open are blank cells and those with a marker or a day far in the future, such as
    .E, NaT, 99999999 or 2099-12-31.

    Parameters
    ----------
    printed
        Text of the ends, missing where blank.
    ends
        The days that they were read as.
    """
    marks = printed.str.upper().isin(OPEN_MARKS).fillna(False).astype(bool)
    never = printed.str.fullmatch(NEVER)
    far = ends.ge(FAR_FUTURE) | never.fillna(False).astype(bool)
    return printed.isna() | marks | far


def numbers(raw: RawTable, column: str) -> pd.Series:
    """Return a column as finite float64, by the marks that the study states.

    Raises
    ------
    UserError
        Numbers are printed in another way.
    """
    values, invalid = numeric_column(raw, column, raw.layout)
    raise_if(lost_numbers(raw, column, values, invalid), f"reading {raw.file}")
    return values


def nothing_left(
    raw: RawTable, lost: pd.Series, log: Sequence[pd.DataFrame]
) -> list[Problem]:
    """Return a problem where every row of a file was rejected, with the rules.

    Parameters
    ----------
    raw
        The file.
    lost
        bool, shape (n,): rows that were rejected.
    log
        Their rejects.
    """
    if not lost.all():
        return []
    rows = pd.concat(list(log))
    rules = rows[rows.action.eq("rejected")].rule.value_counts(sort=False)
    shown = ", ".join(f"{rule} {count:,}" for rule, count in sorted(rules.items()))
    return [
        Problem(
            rule=f"no row can be used; rejected: {shown}",
            remedy="check that it is the right file and that its columns are not mixed "
            "up",
            where=raw.file,
        )
    ]


def whole_numbers(cells: pd.Series) -> pd.Series:
    """Return printed identifiers as Int64; what is no whole number is missing."""
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    good = np.isfinite(numbers) & (numbers % 1 == 0) & (numbers.abs() < 2**53)
    return numbers.where(good).astype("Int64")


def decimals(cells: pd.Series) -> pd.Series:
    """Return printed numbers as float64; what is no finite number is missing."""
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))
