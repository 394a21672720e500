"""Tables with keys -> the same tables, keys checked, typed and sorted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR

FIRM_YEAR = [FIRM, YEAR]


def keyed(table: pd.DataFrame, key: Sequence[str]) -> pd.DataFrame:
    """Return the table sorted by its key, with a fresh index.

    Sums over the rows are then the same to the last bit whatever order they came in.

    Raises
    ------
    AssertionError
        A column of the key is absent, a key is missing or it repeats: a defect of the
        step before, never of an input.
    """
    names = list(key)
    absent = [n for n in names if n not in table.columns]
    assert not absent, f"columns of the key are absent: {absent}"
    texts = [n for n in names if is_text(table[n])]
    table = table.astype({n: "string" for n in texts})
    missing = table[names].isna().any(axis=1)
    assert not missing.any(), f"{int(missing.sum())} rows have no full key {names}"
    again = table.duplicated(names)
    assert not again.any(), (
        f"{int(again.sum())} rows repeat a key of {names}, the first is "
        f"{table.loc[again, names].iloc[0].to_dict()}"
    )
    return table.sort_values(names, kind="stable").reset_index(drop=True)


def is_text(column: pd.Series) -> bool:
    """Return whether a column holds text, in whichever of pandas' types."""
    return bool(
        pd.api.types.is_string_dtype(column.dtype)
        or pd.api.types.is_object_dtype(column.dtype)
    )


def look_up(
    table: pd.DataFrame, keys: pd.DataFrame, columns: Sequence[str]
) -> pd.DataFrame:
    """Return columns of a keyed table in the order of ``keys``, missing if not there.

    Parameters
    ----------
    table
        Has every column of ``keys``, and each combination of them once.
    keys
        Shape (n, k); may repeat and may be missing.
    columns
        What to look up.

    Returns
    -------
    pandas.DataFrame
        Shape (n, len(columns)), on the index of ``keys``.
    """
    names = [str(n) for n in keys.columns]
    texts = {n: "string" for n in names if is_text(table[n]) or is_text(keys[n])}
    joined = keys.astype(texts).merge(
        table[[*names, *columns]].astype(texts),
        on=names,
        how="left",
        validate="many_to_one",
    )
    return joined[list(columns)].set_axis(keys.index)


def numbers(column: pd.Series) -> np.ndarray:
    """Return a column of numbers or flags as float64, missing as NaN, shape (n,)."""
    values: np.ndarray = column.astype("Float64").to_numpy(
        dtype="float64", na_value=np.nan
    )
    return values
