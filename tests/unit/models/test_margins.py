"""Marginal effects against the delta method by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.models.family import estimate_family
from tests.unit.models.test_estimate import BASE, panel


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


def sample(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the fit: complete, and of firms with more than one."""
    rows = table.dropna()
    return rows[rows.groupby("firm").firm.transform("size") > 1]


def test_the_grid_has_41_points_over_the_middle_98_percent(tables):
    for of, over in (("x", "z"), ("z", "x")):
        margins = tables.margins
        along = margins[(margins.of == of) & (margins.over == over)]
        values = sample(panel())[over]
        low, high = np.quantile(values, [0.01, 0.99])
        np.testing.assert_allclose(along["at"], np.linspace(low, high, 41))
        below = [(values <= at).mean() for at in along["at"]]
        np.testing.assert_allclose(along.share_below, below)


@pytest.mark.parametrize(("values", "points"), [(6, 6), (7, 41)])
def test_few_values_are_a_grid_of_their_own(values, points):
    number = pd.Series(np.arange(len(panel())) % values, panel().index)
    table = panel().assign(z=lambda t: number.where(t.z.notna()))
    margins = estimate_family(table, [BASE]).margins
    along = margins[margins.over == "z"]
    assert len(along) == points
    if points == values:
        assert along["at"].tolist() == [*range(values)]
        assert along.share_below.iloc[-1] == 1.0


def test_other_variables_of_products_are_held_at_their_means():
    table = panel().assign(w=lambda t: np.cos(np.arange(len(t))))
    model = replace(BASE, terms=("x*z", "x*w", "x:x"))
    found = estimate_family(table, [model])
    b = found.estimates.set_index("term").estimate
    mean = sample(table)[["x", "w"]].mean()
    along = found.margins[(found.margins.of == "x") & (found.margins.over == "z")]
    effect = b["x"] + b["x:z"] * along["at"] + b["x:w"] * mean.w
    np.testing.assert_allclose(along.effect, effect + 2 * b["x:x"] * mean.x)


def test_the_band_of_a_binary_moderator_is_two_points():
    table = panel().assign(z=lambda t: (t.z > 0) * 1.0)
    margins = estimate_family(table, [BASE]).margins
    assert margins.loc[margins.over == "z", "at"].tolist() == [0.0, 1.0]
