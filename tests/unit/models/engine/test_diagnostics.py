"""Diagnostics against R: lm, sandwich and plm::pcdtest, stored; 1e-8 relative."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.engine import diagnostics
from alliance_value.models.engine.absorb import demean
from alliance_value.models.engine.diagnostics import (
    clusters,
    cross_section_dependence,
    serial_correlation,
    variance_inflation,
    within_share,
)
from alliance_value.models.engine.jackknife import jackknife
from alliance_value.models.engine.regress import regress

from .panels import EFFECTS, grams, r_value, simulated, stored

pytestmark = pytest.mark.parametrize("dataset", ["Grunfeld", "EmplUK"])


def test_variance_inflation_and_within_share(dataset):
    panel = stored(dataset)
    found = variance_inflation(grams(panel), panel.terms)
    expected = r_value(dataset, "variance_inflation")[list(panel.terms)]
    np.testing.assert_allclose(found, expected, rtol=1e-8)
    within = demean(panel.columns, panel.effects).columns
    expected = r_value(dataset, "within_share")[list(panel.terms)]
    found = within_share(panel.columns, within)[1:]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_serial_correlation(dataset):
    panel = stored(dataset)
    y, x = panel.columns[:, 0], panel.columns[:, 1:]
    found = serial_correlation(y, x, panel.firm, panel.year)
    expected = r_value(dataset, "serial_correlation")["F"]
    assert found.statistic == pytest.approx(expected, rel=1e-8)
    with pytest.raises(ValueError, match="four years"):
        serial_correlation(y, x, panel.firm, 2 * panel.year)


@pytest.mark.parametrize("block", [3, 512])
@pytest.mark.parametrize(
    ("effects", "name"), [("entity", "individual"), ("entity_time", "twoways")]
)
def test_cross_section_dependence(monkeypatch, dataset, effects, name, block):
    monkeypatch.setattr(diagnostics, "BLOCK", block)
    panel = stored(dataset)
    fit = regress(grams(panel, effects), panel.names[0], panel.terms)
    within = demean(panel.columns, panel.effects[:, EFFECTS[effects]]).columns
    u = within[:, 0] - within[:, 1:] @ fit.coefficients
    found = cross_section_dependence(u, panel.firm, panel.year)
    expected = r_value(dataset, f"cd_{name}")["z"]
    assert found.statistic == pytest.approx(expected, rel=1e-8)


def test_clusters_are_described(dataset):
    panel = stored(dataset)
    made = grams(panel)
    fit = regress(made, panel.names[0], panel.terms)
    found = clusters(made, jackknife(made, fit).leverage)
    sizes = np.unique(panel.firm, return_counts=True)[1]
    assert (found.count, found.smallest) == (len(sizes), sizes.min())
    assert (found.median, found.largest) == (np.median(sizes), sizes.max())
    assert found.leverage_largest > 1
    assert simulated().names[0] == "y"
