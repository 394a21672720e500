"""Marginal effects against the delta method by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from alliance_value.models.family import estimate_family
from tests.unit.models.test_estimate import BASE, complete, panel


@pytest.fixture(scope="module")
def tables():
    return estimate_family(panel(), [BASE])


def test_effect_and_band_follow_from_estimates_and_covariances(tables):
    b = tables.estimates.set_index("term").estimate
    v = tables.covariances.set_index(["term", "other_term"]).covariance
    along = tables.margins[(tables.margins.of == "x") & (tables.margins.over == "z")]
    at = along["at"]
    np.testing.assert_allclose(along.effect, b["x"] + b["x:z"] * at)
    variance = v["x", "x"] + at**2 * v["x:z", "x:z"] + 2 * at * v["x", "x:z"]
    np.testing.assert_allclose(along.se, np.sqrt(variance))
    half = stats.t.ppf(0.975, along.df) * along.se
    np.testing.assert_allclose(along.ci_high - along.effect, half)


def test_grid_spans_the_middle_98_percent(tables):
    along = tables.margins[tables.margins.over == "z"]
    z = complete(panel()).z
    assert along["at"].min() == pytest.approx(z.quantile(0.01), abs=0.05)
    assert along.share_below.is_monotonic_increasing


def test_the_band_of_a_binary_moderator_is_two_points():
    table = panel().assign(z=lambda t: (t.z > 0) * 1.0)
    margins = estimate_family(table, [BASE]).margins
    assert margins.loc[margins.over == "z", "at"].tolist() == [0.0, 1.0]
