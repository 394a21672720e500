"""Oster's bounds and robustness values: published examples and exact constructions.

Cinelli and Hazlett (2020), section 5.1 and table 1: attitudes to peace in Darfur,
estimate 0.097, standard error 0.023, 783 degrees of freedom, to the digits printed.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize, stats

from alliance_value.models.engine.grams import cross_products
from alliance_value.models.engine.sensitivity import (
    adjusted,
    benchmark,
    left_by_confounder,
    oster_beta,
    oster_delta,
    robustness,
    robustness_value,
    stability,
)

ESTIMATE, SE, DF = 0.09731582, 0.02325654, 783


def test_robustness_values_as_published():
    found = robustness(ESTIMATE / SE, DF)
    assert round(found.value, 3) == 0.139
    assert round(found.value_significance, 3) == 0.076
    assert round(found.partial_r2, 3) == 0.022


@pytest.mark.parametrize(
    ("r2_treatment", "r2_outcome", "estimate", "error"),
    [(0.009164287, 0.1246409, 0.0752, 0.0219), (0.01832857, 0.2493241, 0.0529, 0.0204)],
)
def test_adjusted_estimates_as_published(r2_treatment, r2_outcome, estimate, error):
    """One and two times as strong as being female."""
    found = adjusted(ESTIMATE, SE, DF, r2_treatment, r2_outcome)
    assert found == pytest.approx((estimate, error), abs=5.1e-5)


def strength(r2_treatment: float, r2_outcome: float, times: float):
    """Return a confounder's partial R2, as their equations (19) and (20) print them."""
    of_treatment = times * r2_treatment / (1 - r2_treatment)
    with_control = times * r2_treatment**2
    with_control /= (1 - times * r2_treatment) * (1 - r2_treatment)
    eta = (np.sqrt(times) + np.sqrt(with_control)) / np.sqrt(1 - with_control)
    return of_treatment, eta**2 * r2_outcome / (1 - r2_outcome)


def test_bounds_by_a_control_as_published():
    """Being female: its strength from the bound of two times, the bound of one."""
    once, twice = (0.009164287, 0.1246409), (0.01832857, 0.2493241)
    of_treatment = once[0] / (1 + once[0])
    of_outcome = optimize.brentq(
        lambda r2: strength(of_treatment, r2, 2)[1] - twice[1], 1e-6, 0.5
    )
    assert benchmark(of_treatment, of_outcome) == pytest.approx(once, rel=1e-5)


def test_no_bound_explains_more_than_all():
    assert benchmark(0.5, 0.1) == (1.0, 1.0)
    of_treatment, of_outcome = benchmark(0.4, 0.6)
    assert (of_treatment, of_outcome) == (pytest.approx(2 / 3), 1.0)


def test_a_confounder_as_strong_as_the_robustness_value_leaves_nothing():
    value = robustness(ESTIMATE / SE, DF).value
    assert adjusted(ESTIMATE, SE, DF, value, value)[0] == pytest.approx(0, abs=1e-12)
    assert robustness_value(0.0) == 0


@pytest.mark.parametrize("t", [2.0, 3.0, 4.3, 5.0, 6.0, 9.0, -9.0])
def test_no_weaker_confounder_leaves_an_insignificant_estimate(t):
    """Of ten degrees of freedom, searched over both shares up to the value."""
    df = 10.0
    critical = stats.t.ppf(0.975, df - 1)

    def least(value):
        def ratio(of_outcome):
            left, error = adjusted(abs(t), 1.0, df, value, of_outcome)
            return left / error

        found = optimize.minimize_scalar(ratio, bounds=(0, value), method="bounded")
        return min(found.fun, ratio(value)) - critical

    value = robustness(t, df).value_significance
    if abs(t) <= critical * np.sqrt(df / (df - 1)):
        assert value == 0
    else:
        assert value == pytest.approx(optimize.brentq(least, 1e-9, 0.99), rel=1e-5)


def test_adjusting_is_adding_the_confounder():
    """Exact: partial R-squared measured in the regression that has the confounder."""
    rng = np.random.default_rng(0)
    x, c, z = rng.normal(size=(3, 80))
    x += 0.5 * z
    y = x + 2 * z + c + rng.normal(size=80)

    def fit(y, *columns):
        design = np.column_stack([np.ones(80), *columns])
        b, rss, *_ = np.linalg.lstsq(design, y)
        df = 80 - design.shape[1]
        bread = np.linalg.inv(design.T @ design)
        return b[1], np.sqrt(bread[1, 1] * rss[0] / df), rss[0], df

    b, se, rss, df = fit(y, x, c)
    full = fit(y, x, c, z)
    r2_y = 1 - full[2] / rss
    r2_x = 1 - fit(x, c, z)[2] / fit(x, c)[2]
    found = adjusted(b, se, df, r2_x, r2_y)
    assert found == pytest.approx(full[:2], rel=1e-10)


def proportional(delta: float) -> tuple[object, float]:
    """Return moments of y = x + c + u where selection on u is delta times that on c.

    Columns are exactly orthogonal where Oster supposes it, so that her assumptions hold
    in the sample: cov(x, u) / var(u) = delta cov(x, c) / var(c), c and u independent.
    """
    rng = np.random.default_rng(1)
    basis = np.linalg.qr(rng.normal(size=(60, 5)) - 0)[0]
    ones = np.ones((60, 1)) / np.sqrt(60)
    basis = np.linalg.qr(np.hstack([ones, basis]))[0][:, 1:5]
    c, u, noise, error = (basis * [1.5, 0.8, 2.0, 1.0]).T
    slope = 0.4
    x = slope * c + delta * slope * u + noise
    y = 1.0 * x + c + u + error
    columns = np.column_stack([y, x, c])
    nothing = np.empty((60, 0), int)
    made = cross_products(columns, ("y", "x", "c"), nothing, np.arange(60))
    r2_max = 1 - (error @ error) / (y @ y)
    return stability(made, "y", "x", ["c"]), r2_max


def coefficients(s, r2_max: float, delta: float) -> list[float]:
    """Return what agrees with selection of any delta, nearest to the estimate first.

    The roots of Oster's cubic in the form of a proportion, found by bisection.
    """
    t, x, gap = s.variance_left, s.variance_treatment, s.short - s.full
    gained = (s.full_r2 - s.short_r2) * s.variance_outcome
    rest = (r2_max - s.full_r2) * s.variance_outcome

    def excess(bias):
        on_controls = bias * (x - t) + x * gap
        left = gained + bias**2 * (x - t) + 2 * bias * x * gap + x * gap**2
        return delta * on_controls * (rest + bias**2 * t) - bias * t * left

    grid = np.linspace(-5, 5, 20001)
    values = excess(grid)
    at = np.flatnonzero(np.sign(values[:-1]) != np.sign(values[1:]))
    roots = [optimize.brentq(excess, grid[i], grid[i + 1], xtol=1e-14) for i in at]
    return [s.full - root for root in sorted(roots, key=abs)]


@pytest.mark.parametrize("delta", [0.5, 2.0])
def test_delta_is_what_brings_beta_to_zero(delta):
    moments, r2_max = proportional(delta)
    planted = coefficients(moments, r2_max, delta)
    assert min(abs(b - 1.0) for b in planted) < 1e-8
    needed = oster_delta(moments, r2_max)
    assert min(np.abs(coefficients(moments, r2_max, needed))) < 1e-9


def test_oster_finds_the_planted_effect():
    moments, r2_max = proportional(1.0)
    found = oster_beta(moments, r2_max)
    assert found == pytest.approx(coefficients(moments, r2_max, 1.0))
    assert min(abs(b - 1.0) for b in found) < 1e-8
    assert abs(found[0] - moments.full) == min(abs(b - moments.full) for b in found)


def test_what_a_confounder_leaves_follows_from_the_partial_r2_alone():
    t, df, se = -3.2, 120.0, 0.5
    partial = t**2 / (t**2 + df)
    for strength in ((0.0, 0.0), (0.1, 0.3), (0.4, 0.2)):
        expected, _ = adjusted(t * se, se, df, *strength)
        arrays = (np.array(part) for part in strength)
        assert left_by_confounder(t * se, partial, *arrays) == pytest.approx(expected)
    value = np.array(robustness(t, df).value)
    assert left_by_confounder(t * se, partial, value, value) == pytest.approx(0.0)
