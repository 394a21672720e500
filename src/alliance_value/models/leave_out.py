"""A model + a grouping -> its estimates without each group in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.inference import LeaveOut
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.storage import conform
from alliance_value.models.estimate import estimates_table
from alliance_value.models.family import fitted, prepared
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all

WHOLE = "none"
NUMBERS = ("estimate", "se", "p", "ci_low", "ci_high")


def leave_out(
    panel: pd.DataFrame,
    model: Model,
    by: Sequence[str],
    tell: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Estimate a model without each group in turn, by its own estimator.

    Parameters
    ----------
    panel
        The analysis panel.
    model
        Specification.
    by
        Columns of the panel, each a grouping; rows without a value stay in.
    tell
        Told of each grouping.

    Returns
    -------
    pandas.DataFrame
        One row per grouping, group and term of interest, the whole sample first; a
        sample that does not identify the model has no estimate and says why.
    """
    parts = list(estimated(panel, model, "", WHOLE, 0))
    for column in by:
        keys = in_words(panel[column])
        levels = sorted(keys.dropna().unique(), key=order)
        tell(f"{model.name} without each of {len(levels)} values of {column}")
        for level in levels:
            out = keys.eq(level).fillna(False)
            parts += estimated(panel[~out], model, column, level, int(out.sum()))
    return conform(pd.DataFrame(parts), LeaveOut)


def in_words(values: pd.Series) -> pd.Series:
    """Return groups as text, whole numbers without a decimal point."""
    if pd.api.types.is_float_dtype(values) and values.dropna().mod(1).eq(0).all():
        values = values.astype("Int64")
    return values.astype("string")


def order(level: str) -> tuple[float, str]:
    """Sort numbers by size and before words."""
    try:
        return float(level), level
    except ValueError:
        return np.inf, level


def estimated(
    panel: pd.DataFrame, model: Model, by: str, level: str, rows: int
) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of one sample."""
    found: dict[Any, dict[Any, float]] = {}
    n = 0
    problems: list[Problem] = []
    data, _ = prepared(panel, model, FunnelBranch(model.name), problems)
    result = fitted(data, model, problems) if data is not None else None
    if result is not None:
        table = estimates_table(model, result).set_index("term")
        found, n = table[list(NUMBERS)].to_dict("index"), result.n
    note = "; ".join(problem.rule for problem in problems)
    terms = [t.name for t in expand_all(model.terms or model.controls)]
    for term in terms:
        yield {
            "model": model.name,
            "by": by,
            "left_out": level,
            "rows": rows,
            "term": term,
            **found.get(term, dict.fromkeys(NUMBERS, np.nan)),
            "n": n,
            "note": "" if term in found else note or "absorbed by the effects",
        }
