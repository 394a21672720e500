"""Specifications from cross-products: linearmodels, R, NIST's certified values.

1e-9 against linearmodels on well-conditioned data. NIST: Longley to 9 digits, Filip to
6 (its condition number leaves double precision no more), or an error, and never a wrong
number in silence.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.models.engine.absorb import demean
from alliance_value.models.engine.grams import cross_products
from alliance_value.models.engine.regress import (
    Collinear,
    IllConditioned,
    IllConditionedWarning,
    Rows,
    covariance,
    regress,
)

from .panels import CASES, REFERENCE, grams, r_results, r_value, simulated, stored


@pytest.mark.parametrize("dataset", ["Grunfeld", "EmplUK"])
def test_weights_equal_r(dataset):
    panel = stored(dataset)
    order = np.lexsort((panel.year, panel.firm))
    weights = np.empty(len(order))
    weights[order] = 1 + np.arange(len(order)) % 3
    made = grams(panel, weights=weights)
    fit = regress(made, panel.names[0], panel.terms)
    expected = r_value(dataset, "weighted_estimate")[list(panel.terms)]
    np.testing.assert_allclose(fit.coefficients, expected, rtol=1e-9)
    se = np.sqrt(covariance(fit, made.rank).diagonal())
    expected = r_value(dataset, "weighted_se")[list(panel.terms)]
    np.testing.assert_allclose(se, expected, rtol=1e-9)


@pytest.mark.parametrize("effects", ["pooled", "entity", "time", "entity_time"])
@pytest.mark.parametrize("dataset", CASES)
def test_clusters_equal_r(dataset, effects):
    panel = stored(dataset)
    made = grams(panel, effects)
    fit = regress(made, panel.names[0], panel.terms)
    se = np.sqrt(covariance(fit, made.rank).diagonal())
    expected = r_results(
        dataset, effects, "sandwich", "cluster_entity:HC1:cadjust=TRUE"
    )
    np.testing.assert_allclose(se, expected[list(panel.terms)], rtol=1e-8)


def certified(dataset: str) -> tuple[np.ndarray, list[str], pd.DataFrame]:
    data = pd.read_csv(REFERENCE / "data" / f"{dataset}.csv")
    if dataset == "Filip":
        data = pd.DataFrame({"y": data.y} | {f"x{j}": data.x**j for j in range(1, 11)})
    values = pd.read_csv(REFERENCE / "nist.csv").query("dataset == @dataset")
    return data.to_numpy(float), list(data), values.set_index("term")


@pytest.mark.filterwarnings(
    "ignore::alliance_value.models.engine.regress.IllConditionedWarning"
)
@pytest.mark.parametrize(("dataset", "tolerance"), [("Longley", 1e-9), ("Filip", 1e-6)])
def test_nist_certified_values(dataset, tolerance):
    columns, names, values = certified(dataset)
    nothing, each = np.empty((len(columns), 0), int), np.arange(len(columns))
    made = cross_products(columns, names, nothing, each)
    rows = Rows(demean(columns, nothing).columns, each)
    fit = regress(made, "y", names[1:], rows)
    slopes = values.drop(index="constant")
    np.testing.assert_allclose(fit.coefficients, slopes.estimate, rtol=tolerance)
    variance = fit.squares / (fit.n - len(names))
    se = np.sqrt(fit.bread.diagonal() * variance)
    np.testing.assert_allclose(se, slopes.se, rtol=tolerance)
    means = made.offset[0]
    constant = means[0] - means[1:] @ fit.coefficients
    np.testing.assert_allclose(constant, values.estimate["constant"], rtol=tolerance)


def test_filip_warns_with_rows_and_stops_without():
    columns, names, _ = certified("Filip")
    nothing, each = np.empty((len(columns), 0), int), np.arange(len(columns))
    made = cross_products(columns, names, nothing, each)
    with pytest.raises(IllConditioned, match="give the rows"):
        regress(made, "y", names[1:])
    with pytest.warns(IllConditionedWarning, match="digits of the coefficients"):
        regress(made, "y", names[1:], Rows(demean(columns, nothing).columns, each))


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
def test_exactly_collinear_terms_are_named(size):
    panel = simulated()
    columns = panel.columns.copy()
    columns[:, 3] = size * (columns[:, 1] - 2 * columns[:, 2])
    made = grams(panel._replace(columns=columns))
    within = demean(columns, panel.effects).columns
    with pytest.raises(Collinear) as caught:
        regress(made, "y", panel.terms, Rows(within, panel.firm))
    (found,) = caught.value.dependences
    assert found.term == "x3"
    assert found.combination == pytest.approx({"x1": size, "x2": -2 * size})
    with pytest.raises(IllConditioned, match="x1, x2, x3"):
        regress(made, "y", panel.terms)


@pytest.mark.filterwarnings("error")
def test_nearly_collinear_terms_are_solved_by_rows():
    panel = simulated()
    columns = panel.columns.copy()
    columns[:, 3] = columns[:, 1] + 1e-5 * columns[:, 3]
    panel = panel._replace(columns=columns)
    within = demean(columns, panel.effects).columns
    fit = regress(grams(panel), "y", panel.terms, Rows(within, panel.firm))
    assert fit.method == "rows"
    direct = np.linalg.lstsq(within[:, 1:], within[:, 0])[0]
    np.testing.assert_allclose(fit.coefficients, direct, rtol=1e-8)
    fit_scores = np.add.reduceat(
        (within[:, 1:] * (within[:, 0] - within[:, 1:] @ direct)[:, None])[
            np.argsort(panel.firm, kind="stable")
        ],
        np.searchsorted(np.sort(panel.firm), np.unique(panel.firm)),
    )
    np.testing.assert_allclose(fit.scores, fit_scores, atol=1e-6)
