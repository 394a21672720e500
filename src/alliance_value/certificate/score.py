"""What each world gave -> bias, coverage, size and power, each with its error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.certificate.contracts import LEVELS, Scores
from alliance_value.contracts.storage import conform

KEY = ["design", "kind", "method", "quantity"]
SIZE = 0.05
CHANCE = 0.01
"""A share this unlikely under what a method claims counts as its failure."""
COVERS, WIDE, FAILS = "covers", "too wide", "fails"
HOLDS, SHY, REJECTS = "holds its level", "too shy", "rejects too often"
TOO_FEW = "too few worlds"
WIDER = 2.0
"""How much larger the error of what is used instead may be than that of the best."""
FEWEST = 10
"""Worlds below which nothing is judged."""
RIGHT = (COVERS, WIDE, HOLDS, SHY)


def scores(
    worlds: pd.DataFrame, like: Mapping[str, str], designs: Mapping[str, str]
) -> pd.DataFrame:
    """Return one row per design, method and quantity.

    Parameters
    ----------
    worlds
        Rows of `contracts.Worlds`.
    like
        Model -> its way of inference (`power.kind_of`).
    designs
        Design -> what its worlds are, in words.

    Returns
    -------
    pandas.DataFrame
        Rows of `contracts.Scores`, in the order of the worlds'.
    """
    groups = worlds.groupby(KEY, sort=False, dropna=False)
    table = pd.DataFrame(
        [{**dict(zip(KEY, key, strict=True)), **score(part)} for key, part in groups]
    )
    table["drawn"] = table.design.map(designs)
    own = table.kind.eq("estimator")
    table["like"] = [
        like.get(method, "") if estimator else ""
        for method, estimator in zip(table.method, own, strict=True)
    ]
    return conform(table.assign(better=better(table)), Scores)


def score(part: pd.DataFrame) -> dict[str, Any]:
    """Return what the worlds of one method and quantity come to."""
    count = len(part)
    truth = float(part.truth.iloc[0])
    error = (part.estimate - part.truth).to_numpy("float64")
    p = part.p.dropna()
    rejected = float((p <= SIZE).mean()) if len(p) else np.nan
    row: dict[str, Any] = {
        "worlds": count,
        "n": part.n.mean(),
        "clusters": part.clusters.mean(),
        "movers": part.movers.mean(),
        "truth": truth,
        **moments(error),
        "se": part.se.mean(),
    }
    for level in LEVELS:
        row |= coverage(part, level)
    return row | {
        "rejected": rejected,
        "rejected_error": binomial_error(rejected, len(p)),
        "verdict": verdict(part, truth, p),
    }


def moments(error: np.ndarray) -> dict[str, float]:
    """Return bias and root mean squared error of estimates, with their errors."""
    if np.isnan(error).any() or len(error) < 2:
        none = ("bias", "bias_error", "sd", "rmse", "rmse_error")
        return dict.fromkeys(none, np.nan)
    count, square = len(error), error**2
    rmse = float(np.sqrt(square.mean()))
    spread = float(square.std(ddof=1) / np.sqrt(count))
    return {
        "bias": float(error.mean()),
        "bias_error": float(error.std(ddof=1) / np.sqrt(count)),
        "sd": float(error.std(ddof=1)),
        "rmse": rmse,
        "rmse_error": spread / (2 * rmse) if rmse > 0 else 0.0,
    }


def held(part: pd.DataFrame, level: float) -> pd.Series:
    """Return which intervals hold the truth, of those that there are."""
    low, high = part[f"low_{level * 100:.0f}"], part[f"high_{level * 100:.0f}"]
    there = low.notna() & high.notna() & part.truth.notna()
    inside = low.le(part.truth) & part.truth.le(high)
    return pd.Series(inside[there].astype(bool))


def coverage(part: pd.DataFrame, level: float) -> dict[str, float]:
    """Return the share of intervals that hold the truth, and its error."""
    inside = held(part, level)
    share = float(inside.mean()) if len(inside) else np.nan
    name = f"cover_{level * 100:.0f}"
    return {name: share, f"{name}_error": binomial_error(share, len(inside))}


def binomial_error(share: float, count: int) -> float:
    """Return the standard error of a share of worlds, above zero for none and all.

    Two worlds of either kind are added first (Agresti and Coull 1998).
    """
    if not count:
        return np.nan
    added = (share * count + 2) / (count + 4)
    return float(np.sqrt(added * (1 - added) / (count + 4)))


def verdict(part: pd.DataFrame, truth: float, p: pd.Series) -> str:
    """Say whether intervals at 95 %, or of a test the level, are what they claim.

    What chance alone brings less often than in one of a hundred certificates is none.
    A test of what is there has power and no verdict.
    """
    inside = held(part, max(LEVELS))
    if len(inside):
        return judged(inside, max(LEVELS), (FAILS, COVERS, WIDE))
    if truth == 0 and len(p):
        return judged(p > SIZE, 1 - SIZE, (REJECTS, HOLDS, SHY))
    return ""


def judged(right: pd.Series, claimed: float, words: tuple[str, str, str]) -> str:
    """Say whether a share is below, at or above what is claimed, by chance's band."""
    if len(right) < FEWEST:
        return TOO_FEW
    few, many = band(len(right), claimed)
    count = int(right.sum())
    return words[0 if count < few else 2 if count > many else 1]


def band(worlds: int, claimed: float) -> tuple[int, int]:
    """Return between which counts of worlds a share is what is claimed."""
    ends = stats.binom(worlds, claimed)
    return int(ends.ppf(CHANCE)), int(ends.ppf(1 - CHANCE))


def better(table: pd.DataFrame) -> list[str]:
    """Name, for each method that fails, the one to use instead; empty where none is.

    It is the one that is right there, with an error of at most `WIDER` times the
    smallest of those that are, and fails least often in all designs and for all
    quantities, since a study does not know of which design its data are; then that with
    the smallest error, and among equals that whose coverage is nearest to its claim.
    Intervals that are wide enough never fail, which makes their method no better.
    """
    fails = table.verdict.isin((FAILS, REJECTS))
    often = fails.groupby([table.kind, table.method]).transform("sum")
    right = table.assign(often=often)[table.verdict.isin(RIGHT)]
    least = right.groupby(["design", "kind", "quantity"]).rmse.transform("min")
    right = right[~(right.rmse > WIDER * least)]
    right = right.assign(off=(right.cover_95 - max(LEVELS)).abs().fillna(0.0))
    right = right.sort_values(["often", "rmse", "off"], kind="stable")
    first = right.groupby(["design", "kind", "quantity"], sort=False).method.first()
    keys = table[["design", "kind", "quantity"]].itertuples(index=False, name=None)
    names = [first.get(key, "") for key in keys]
    return [
        str(name) if verdict in (FAILS, REJECTS) else ""
        for name, verdict in zip(names, table.verdict, strict=True)
    ]
