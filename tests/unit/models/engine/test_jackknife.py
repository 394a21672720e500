"""Leaving clusters and groups out: R's stored jackknife, and fits without them.

1e-8 against R, whose refits drop entities one at a time and estimate all effects anew.
"""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.engine.jackknife import (
    NotIdentified,
    jackknife,
    jackknife_covariance,
)
from alliance_value.models.engine.regress import regress

from .panels import CASES, grams, r_results, simulated, stored, with_dummies


@pytest.mark.parametrize("effects", ["pooled", "entity", "time", "entity_time"])
@pytest.mark.parametrize("dataset", CASES)
def test_equals_r(dataset, effects):
    panel = stored(dataset)
    made = grams(panel, effects)
    fit = regress(made, panel.names[0], panel.terms)
    found = jackknife_covariance(jackknife(made, fit), fit)
    expected = r_results(
        dataset, effects, "base R", "cluster_entity:jackknife:centre=estimate"
    )
    se = np.sqrt(found.diagonal())
    np.testing.assert_allclose(se, expected[list(panel.terms)], rtol=1e-8)


@pytest.mark.parametrize("effects", ["pooled", "entity", "time", "entity_time"])
@pytest.mark.parametrize("by", ["firm", "group"])
def test_equals_fits_without_each_cluster(by, effects):
    panel = simulated(firms=18, seed=2)
    clusters = panel.firm if by == "firm" else panel.firm % 5
    made = grams(panel, effects, clusters=clusters)
    fit = regress(made, "y", panel.terms)
    found = jackknife(made, fit)
    for g, cluster in enumerate(np.unique(clusters)):
        kept = clusters != cluster
        design = with_dummies(panel, effects)[kept]
        direct = np.linalg.lstsq(design, panel.columns[kept, 0])[0][:3]
        np.testing.assert_allclose(found.coefficients[g], direct, rtol=1e-9)
    np.testing.assert_allclose(
        found.influence, fit.coefficients - found.coefficients, rtol=1e-12
    )
    parameters = 3 + {"pooled": 1, "entity": 0, "time": 7, "entity_time": 6}[effects]
    assert found.leverage.sum() == pytest.approx(parameters)


def test_a_coefficient_that_hangs_on_one_cluster_is_said():
    panel = simulated()
    columns = panel.columns.copy()
    columns[panel.firm != 4, 1] = 0.0
    made = grams(panel._replace(columns=columns))
    with pytest.raises(NotIdentified, match="without cluster 4"):
        jackknife(made, regress(made, "y", panel.terms))


def test_a_year_of_one_firm_goes_with_the_firm():
    panel = simulated()
    year = np.where((panel.firm == 3) & (panel.year == 2002), 1990, panel.year)
    made = grams(panel._replace(year=year))
    found = jackknife(made, regress(made, "y", panel.terms))
    kept = panel.firm != 3
    design = with_dummies(panel)[kept]
    direct = np.linalg.lstsq(design, panel.columns[kept, 0])[0][:3]
    np.testing.assert_allclose(found.coefficients[3], direct, rtol=1e-9)


def test_effects_that_are_not_carried_are_refused():
    made = grams(simulated(), carry=False)
    with pytest.raises(ValueError, match="carry the dummies"):
        jackknife(made, regress(made, "y", ("x1",)))
