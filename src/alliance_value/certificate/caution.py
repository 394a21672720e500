"""A study's terms + the certificate -> where its intervals are not what they claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.certificate.score import FAILS
from alliance_value.report.page import rows

UNBIASED = 3.0
"""Standard errors of a bias up to which there is none: the interval's width fails."""
SIGNS = {
    "size_by_entity": (
        "signs by {entity}",
        "use errors by {entity}, with few of them the wild bootstrap",
    ),
    "size_by_period": (
        "signs by {time}",
        "use errors by {entity} and {time}, with few of either a randomization test",
    ),
}
WORSE = 0.075
"""Share of placebos rejected, less two of its errors, that is called too many."""


def nearest_design(
    row: Mapping[str, Any], scores: pd.DataFrame
) -> Mapping[str, Any] | None:
    """Return the certificate's row that is most like a term of a study.

    Parameters
    ----------
    row
        A row of `contracts.DesignCheck`.
    scores
        Rows of `contracts.Scores`.

    Returns
    -------
    mapping or None
        Of the same way of inference, where the estimate is not biased, that with the
        most similar numbers of clusters and of movers, by their logarithms; None where
        there is none.
    """
    unbiased = scores.bias.abs() <= UNBIASED * scores.bias_error
    known = scores[scores.like.eq(row["kind"]) & unbiased]
    if known.empty:
        return None
    apart = sum(
        np.abs(np.log(known[name].clip(lower=1.0)) - np.log(max(row[name], 1.0)))
        for name in ("clusters", "movers")
    )
    return rows(known.loc[[pd.Series(apart).idxmin()]])[0]


def cautions(check: pd.DataFrame, scores: pd.DataFrame) -> list[str]:
    """Return what speaks against the interval of each term; empty where nothing does.

    Parameters
    ----------
    check
        Rows of `contracts.DesignCheck`.
    scores
        Rows of `contracts.Scores`.
    """
    return ["; ".join(against(row, scores)) for row in rows(check)]


def against(row: Mapping[str, Any], scores: pd.DataFrame) -> Iterator[str]:
    """Yield what similar worlds, and placebos, say against a term's interval."""
    near = nearest_design(row, scores)
    if near is not None and near["verdict"] == FAILS:
        own = scores[
            scores.design.eq(near["design"]) & scores.method.eq(near["better"])
        ]
        other = own.like.iloc[0].replace("_", " ") if len(own) else ""
        held = f"there held: {other}" if other else "no way of inference held there"
        yield (
            f"{row['clusters']:,} clusters, {row['movers']:,} of which vary in it; in "
            f"simulated worlds with {near['clusters']:.0f} and {near['movers']:.0f} "
            "the 95 % intervals of this way of inference held the truth in "
            f"{near['cover_95']:.0%} of {near['worlds']} worlds (error "
            f"{near['cover_95_error']:.0%}); {held}"
        )
    for name, (signs, other) in SIGNS.items():
        share = np.nan_to_num(row[name])
        if share - 2 * np.nan_to_num(row["size_error"]) > WORSE:
            yield f"{share:.0%} of placebos with {signs} are rejected at 5 %; {other}"
