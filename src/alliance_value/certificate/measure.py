"""A model and a panel -> what it says of each quantity, at both levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.certificate.contracts import LEVELS
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.models.design import Design
from alliance_value.models.estimators.result import Fit
from alliance_value.models.family import fitted, prepared
from alliance_value.study.spec import Model

Row = dict[str, Any]


@dataclass(frozen=True)
class Quantity:
    """A combination of a model's terms whose value is known.

    Parameters
    ----------
    name
        In words.
    truth
        The planted value; NaN where it is not zero and not known as a number.
    weights
        Term -> weight.
    """

    name: str
    truth: float
    weights: Mapping[str, float]


def of_model(
    panel: pd.DataFrame, model: Model, quantities: Sequence[Quantity]
) -> Iterator[Row]:
    """Yield a model's row of each quantity of its terms; none where it has no estimate.

    A combination of terms is left out where the model's intervals do not follow from
    its covariance, and a term alone where products are within entities: it then is the
    effect at an entity's own average.
    """
    problems: list[Problem] = []
    rows, _ = prepared(panel, model, FunnelBranch(model.name), problems)
    fit = fitted(rows, model, problems) if rows is not None else None
    if rows is None or fit is None:
        return
    fits = [fit, fit]
    if fit.judged is not None:
        fits = [fit_at(rows, model, level) for level in LEVELS]
    for asked in quantities:
        if not set(asked.weights) <= set(fit.names):
            continue
        within = model.interactions == "within"
        if within and any(":" not in term for term in asked.weights):
            continue
        if fit.judged is not None and len(asked.weights) > 1:
            continue
        yield {
            "kind": "estimator",
            "method": model.name,
            "quantity": asked.name,
            "truth": asked.truth,
            **combined(fits, asked.weights),
            "n": fit.n,
            "clusters": int(rows.keys[FIRM].nunique()),
            "movers": movers(panel, rows.keys, asked.weights),
        }


def fit_at(rows: Design, model: Model, level: float) -> Fit:
    """Estimate a model, that can be, at a level of its intervals."""
    fit = fitted(rows, replace(model, confidence=level), [])
    assert fit is not None
    return fit


def combined(fits: Sequence[Fit], weights: Mapping[str, float]) -> Row:
    """Return estimate, error, p-value and both intervals of a combination of terms.

    Parameters
    ----------
    fits
        The same fit at each of `LEVELS`.
    weights
        Term -> weight.
    """
    fit = fits[-1]
    w = np.array([weights.get(name, 0.0) for name in fit.names])
    variance = float(w @ fit.covariance @ w)
    estimate = float(w @ fit.estimates)
    se = float(np.sqrt(variance)) if variance > 0 else np.nan
    row = with_intervals(estimate, se, fit.df)
    if fit.judged is not None:
        place = fit.names.index(next(iter(weights)))
        for level, one in zip(LEVELS, fits, strict=True):
            assert one.judged is not None
            p, low, high = map(float, one.judged[place])
            row |= {"p": p, **ends(level, low, high)}
    return row


def with_intervals(estimate: float, se: float, df: float) -> Row:
    """Return an estimate with its t test and its intervals."""
    row: Row = {
        "estimate": estimate,
        "se": se,
        "p": float(2 * stats.t.sf(abs(estimate / se), df)) if se > 0 else np.nan,
    }
    for level in LEVELS:
        half = float(stats.t.ppf(0.5 + level / 2, df)) * se
        row |= ends(level, estimate - half, estimate + half)
    return row


def ends(level: float, low: float, high: float) -> Row:
    """Return the ends of an interval under their names."""
    return {f"low_{level * 100:.0f}": low, f"high_{level * 100:.0f}": high}


def movers(
    panel: pd.DataFrame, keys: pd.DataFrame, weights: Mapping[str, float]
) -> int:
    """Count the entities within which every variable of some terms varies."""
    names = sorted({part for term in weights for part in term.split(":")})
    names = [name for name in names if name in panel]
    rows = keys.merge(panel[[FIRM, YEAR, *names]], on=[FIRM, YEAR])
    varies = rows.groupby(FIRM)[names].nunique().gt(1).all(axis=1)
    return int(varies.sum())
