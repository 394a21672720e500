"""A model + a grouping -> its estimates without each group, or each two, in turn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.inference import IN_PAIRS, LeaveOut
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.storage import conform
from alliance_value.models.estimate import estimates_table
from alliance_value.models.family import fitted, prepared
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all

WHOLE = "none"
MOST_IN_PAIRS = 60  # 1,770 estimates of a model
NUMBERS = ("estimate", "se", "p", "ci_low", "ci_high")


def leave_out(
    panel: pd.DataFrame,
    model: Model,
    by: Sequence[str],
    tell: Callable[[str], None] = lambda message: None,
    *,
    pairs: bool = False,
) -> pd.DataFrame:
    """Estimate a model without each group in turn, by its own estimator.

    Two groups may hide each other: without either one the other still carries the
    estimate. Pairs leave both out.

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
    pairs
        Whether each pair of a grouping's groups is left out too.

    Returns
    -------
    pandas.DataFrame
        One row per grouping, group and term of interest, the whole sample first; a
        sample that does not identify the model has no estimate and says why.

    Raises
    ------
    UserError
        A grouping has more groups than can be left out in pairs (`MOST_IN_PAIRS`).
    """
    parts = list(estimated(panel, model, "", WHOLE, 0))
    for column in by:
        keys = in_words(panel[column])
        levels = sorted(keys.dropna().unique(), key=order)
        tell(f"{model.name} without each of {len(levels)} values of {column}")
        samples: list[tuple[str, tuple[str, ...]]] = [(column, (n,)) for n in levels]
        if pairs:
            raise_if(too_many(column, levels), "the models without two groups")
            two = itertools.combinations(levels, 2)
            samples += [(f"{column}{IN_PAIRS}", pair) for pair in two]
        for name, left_out in samples:
            out = keys.isin(left_out)
            words = " and ".join(left_out)
            parts += estimated(panel[~out], model, name, words, int(out.sum()))
    return conform(pd.DataFrame(parts), LeaveOut)


def too_many(column: str, levels: Sequence[str]) -> list[Problem]:
    """Return a problem where a grouping has too many pairs of groups."""
    if len(levels) <= MOST_IN_PAIRS:
        return []
    pairs = len(levels) * (len(levels) - 1) // 2
    return [
        Problem(
            rule=f"'{column}' has {len(levels)} values, {pairs:,} pairs of them",
            remedy=f"name groupings of at most {MOST_IN_PAIRS} values under by, or "
            "take pairs out",
            where="inference.leave_out.pairs",
        )
    ]


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
    numbers: dict[Any, dict[Any, float]] = {}
    n = 0
    problems: list[Problem] = []
    data, _ = prepared(panel, model, FunnelBranch(model.name), problems)
    result = fitted(data, model, problems) if data is not None else None
    if result is not None:
        table = estimates_table(model, result).set_index("term")
        numbers, n = table[list(NUMBERS)].to_dict("index"), result.n
    note = "; ".join(problem.rule for problem in problems)
    terms = [t.name for t in expand_all(model.terms or model.controls)]
    for term in terms:
        yield {
            "model": model.name,
            "by": by,
            "left_out": level,
            "rows": rows,
            "term": term,
            **numbers.get(term, dict.fromkeys(NUMBERS, np.nan)),
            "n": n,
            "note": "" if term in numbers else note or "absorbed by the effects",
        }
