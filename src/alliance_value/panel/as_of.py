"""Dated entries per firm -> the last one strictly before a moment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM


def last_before(
    table: pd.DataFrame,
    when: pd.Series,
    asked: pd.DataFrame,
    asked_when: pd.Series,
    max_age: int | None,
) -> np.ndarray:
    """Return the row of a firm's last entry strictly before a moment, -1 if none.

    Moments and firms are handed to ``merge_asof`` as int64: pandas 3.1 goes wrong on
    Arrow types.

    Parameters
    ----------
    table, when
        Firms and whole-number moments, shape (m,), ascending within a firm.
    asked, asked_when
        Firms and moments asked for, shape (n,).
    max_age
        Largest distance allowed.

    Returns
    -------
    numpy.ndarray
        int64, shape (n,), positions in ``table``.
    """
    firms = pd.Index(table[FIRM].astype("string").unique())
    left = pd.DataFrame(
        {
            "code": firms.get_indexer(pd.Index(asked[FIRM].astype("string"))),
            "when": asked_when.to_numpy("int64"),
            "order": np.arange(len(asked)),
        }
    ).sort_values("when", kind="stable")
    right = pd.DataFrame(
        {
            "code": firms.get_indexer(pd.Index(table[FIRM].astype("string"))),
            "when": when.to_numpy("int64"),
            "row": np.arange(len(table)),
        }
    ).sort_values("when", kind="stable")
    latest = pd.merge_asof(
        left,
        right,
        on="when",
        by="code",
        allow_exact_matches=False,
        tolerance=max_age,
    )
    rows = np.empty(len(asked), dtype="int64")
    rows[latest["order"].to_numpy()] = latest["row"].fillna(-1).to_numpy("int64")
    return rows
