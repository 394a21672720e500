"""Smoothed distributions give no value back that is one firm's alone."""

import numpy as np
import pytest
from scipy import stats

from alliance_value.sharing.twin.marginals import marginal

FIRMS = np.repeat(np.arange(12), 8)


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def test_no_value_comes_back_but_the_distribution_does(rng):
    values = rng.lognormal(3, 1, 96).round(3)
    found = marginal(values, FIRMS)
    drawn = found.quantiles(rng.standard_normal(5000))
    assert not set(values) & set(drawn)
    assert not set(values) & set(found.value)
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx(
        np.quantile(values, [0.1, 0.5, 0.9]), rel=0.15
    )
    assert (drawn >= 0).all()


def test_mass_points_that_firms_share_stay_with_their_share(rng):
    values = np.where(rng.random(96) < 0.4, 0.0, rng.lognormal(0, 1, 96))
    found = marginal(values, FIRMS)
    drawn = found.quantiles(rng.standard_normal(20_000))
    assert (drawn == 0).mean() == pytest.approx((values == 0).mean(), abs=0.02)


def test_a_value_that_one_firm_alone_repeats_is_no_mass_point(rng):
    values = np.repeat(rng.normal(50, 10, 12), 8).round(2)
    found = marginal(values, FIRMS)
    assert not len(found.masses)
    assert not set(values) & set(found.value)


def test_the_largest_value_is_not_the_largest_drawn(rng):
    values = np.append(rng.normal(0, 1, 95), 1000.0)
    drawn = marginal(values, FIRMS).quantiles(rng.standard_normal(20_000))
    assert 1000.0 not in drawn


def test_a_few_whole_numbers_stay_whole(rng):
    values = np.repeat([0.0, 1.0], [90, 6])
    drawn = marginal(values, FIRMS).quantiles(rng.standard_normal(5000))
    assert set(drawn) == {0.0, 1.0}
    assert drawn.mean() == pytest.approx(6 / 96, abs=0.02)


def test_scores_are_normal_ranks_and_mean_scores_at_mass_points():
    values = np.concatenate([np.zeros(48), np.arange(1.0, 49.0) + 0.5])
    scores = marginal(values, FIRMS).scores(np.append(values, np.nan))
    assert np.isnan(scores[-1])
    # the lower half of a normal variable has mean -sqrt(2 / pi)
    assert scores[0] == pytest.approx(-np.sqrt(2 / np.pi))
    # the missing value counts nowhere
    assert scores[48] == pytest.approx(stats.norm.ppf((49 - 0.5) / 96))


def test_a_column_without_values_has_no_distribution():
    with pytest.raises(ValueError, match="no distribution"):
        marginal(np.full(5, np.nan), np.arange(5))
