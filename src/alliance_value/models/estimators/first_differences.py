"""A design -> least squares on changes from one period to the next."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.models.covariance import Sample
from alliance_value.models.design import Design
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.estimators.linear import linear_fit, raw_columns, root_of
from alliance_value.models.estimators.result import EstimationError, Fit, Left
from alliance_value.models.regression import Regression, regress
from alliance_value.models.second_opinion import Again
from alliance_value.models.within import without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator


@estimator(
    "first_differences",
    label="First differences",
    gives=("scores", "variance", "leverage", "periods", "refits"),
    entity="differenced",
    series=True,
    words="Least squares on differences between {times} that follow each other.",
    equation="Delta y_(i t) = Delta x'_(i t) b + Delta u_(i t)",
)
def first_differences(design: Design, model: Model) -> Fit:
    """Regress changes on changes, between periods that follow each other.

    A gap in a firm's years makes no difference across it. Firm effects are gone;
    effects by time, or any other, are taken out of the differences, each difference
    belonging to the groups of its later row. A weighted difference has the weight
    1 / (1/w_t + 1/w_(t-1)), that of independent disturbances.

    Raises
    ------
    EstimationError
        No firm has two periods in a row.
    """
    later, earlier = consecutive(design.keys)
    if not len(later):
        raise EstimationError(
            "no firm has two periods in a row to take a difference of",
            "use another estimator, or see why the panel has gaps (time_format)",
        )
    raw = raw_columns(design)
    columns = raw.y.beside(raw.x).deviations()
    change = columns.with_values(columns.values[later] - columns.values[earlier])
    w = root_of(design) ** 2
    weights = 1 / (1 / w[later] + 1 / w[earlier])
    root = None if design.weights is None else np.sqrt(weights)
    effects = design.effects.drop(columns=FIRM, errors="ignore").to_numpy("int64")[
        later
    ]

    def estimate(rows: np.ndarray, heavy: np.ndarray | None) -> Regression:
        part = without(change.with_values(change.values[rows]), effects[rows], heavy)
        return regress(part.take(slice(0, 1)), part.take(slice(1, None)))

    def refit(times: np.ndarray) -> np.ndarray:
        rows = times > 0
        return estimate(
            rows, np.sqrt((times if root is None else times * weights)[rows])
        ).b

    regression = estimate(np.ones(len(later), dtype=bool), root)
    rank, _ = effect_rank(effects)
    sample = Sample(
        model=model,
        clusters=design.clusters.to_numpy("int64")[later],
        effects=effects,
        parameters=rank,
        periods=design.keys[YEAR].to_numpy("int64")[later],
        root=root,
        refit=refit,
    )
    inside = without(change.take(slice(0, 1)), effects, root).values[:, 0]
    y = change.values[:, 0] * (1.0 if root is None else root) * regression.unit
    fit = linear_fit(regression, sample, inside, float(y @ y))
    again = Again(change.take(slice(0, 1)), change.take(slice(1, None)), sample)
    return replace(fit, again=again, left=(differences(later),))


def differences(later: np.ndarray) -> Left:
    """Return the step from rows to differences, each standing at its later row."""
    return Left(
        "{time} before observed", "a difference takes two {times} in a row", later
    )


def consecutive(keys: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions of rows whose firm has the period before, and of that row.

    Parameters
    ----------
    keys
        firm and fiscal year, one row per firm and year.
    """
    now = keys.reset_index(drop=True).assign(now=np.arange(len(keys)))
    before = now.rename(columns={"now": "before"}).assign(**{YEAR: now[YEAR] + 1})
    pairs = now.merge(before, on=[FIRM, YEAR], how="inner", validate="one_to_one")
    pairs = pairs.sort_values("now")
    return pairs["now"].to_numpy(), pairs["before"].to_numpy()
