"""Thin-trading coefficients by loops, and windows at the edges of the data."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from alliance_value.events.exclusions import Rules
from alliance_value.events.normal.least_squares import inverse
from alliance_value.events.study import event_study

from . import worlds

SPAN = (-2, 2)


def scholes_williams(y, lag, now, lead):
    """Three simple regressions; rho of the market over the same days."""
    known = ~np.isnan(y)

    def slope(x):
        return np.polyfit(x[known], y[known], 1)[0]

    rho = np.corrcoef(now[known], lag[known])[0, 1]
    beta = (slope(lag) + slope(now) + slope(lead)) / (1 + 2 * rho)
    return y[known].mean() - beta * now[known].mean(), beta


def dimson(y, lag, now, lead):
    x = sm.add_constant(np.column_stack([lag, now, lead]))
    beta = sm.OLS(y, x, missing="drop").fit().params[1:].sum()
    known = ~np.isnan(y)
    return y[known].mean() - beta * now[known].mean(), beta


@pytest.mark.parametrize("formula", [scholes_williams, dimson])
def test_thin_trading(formula):
    returns, factors = worlds.market(seed=4, missing=0.03)
    listed = worlds.events(returns, n=12)
    study = event_study(
        returns,
        listed,
        factors,
        models=formula.__name__,
        windows=[SPAN],
        estimation=worlds.ESTIMATION,
        rules=Rules(minimum=50, overlap="flag"),
        tests=["bmp"],
    )
    market = (factors.mkt_rf + factors.rf).to_numpy()
    first, last = worlds.ESTIMATION
    for e in listed.itertuples():
        at = returns.index.get_loc(e.announced)
        y = returns[e.security].to_numpy()
        inside = slice(at + first, at + last + 1)
        alpha, beta = formula(
            y[inside],
            market[at + first - 1 : at + last],
            market[inside],
            market[at + first + 1 : at + last + 2],
        )
        ar = y - alpha - beta * market
        one = study.abnormal_returns[study.abnormal_returns.event == e.event]
        np.testing.assert_allclose(
            one.ar, ar[at + SPAN[0] : at + SPAN[1] + 1], rtol=1e-8, atol=1e-12
        )
        x = sm.add_constant(market[inside])[~np.isnan(y[inside])]
        residuals = ar[inside][~np.isnan(y[inside])]
        s2 = (residuals**2).sum() / (len(residuals) - 2)
        x0 = np.array([1, market[at]])
        expected = s2 * (1 + x0 @ np.linalg.inv(x.T @ x) @ x0)
        if not np.isnan(y[at]):
            assert one.variance.iloc[2] == pytest.approx(expected, rel=1e-8)


def test_windows_beyond_the_data_are_missing_days():
    returns, factors = worlds.market(missing=0.0)
    days = returns.index
    listed = worlds.events(returns, n=2).assign(announced=[days[-1], days[60]])
    study = event_study(
        returns,
        listed,
        factors,
        windows=[(-5, 5), (0, 0)],
        estimation=worlds.ESTIMATION,
        rules=Rules(minimum=30),
    )
    cars = study.cars.set_index(["event", "window"])
    assert cars.n_days["e000", "[-5,5]"] == 6
    assert cars.n_days["e001", "[-5,5]"] == 11
    assert study.events.estimation_days.tolist() == [100, 40]


def test_inverse_marks_singular_matrices_whatever_the_units():
    good = np.array([[2.0, 1.0], [1.0, 3.0]])
    singular = np.array([[1.0, 2.0], [2.0, 4.0]])
    scale = np.diag([1.0, 1e-6])
    stacked = np.stack([good, singular, np.zeros((2, 2)), scale @ good @ scale])
    found = inverse(stacked)
    np.testing.assert_allclose(found[0], np.linalg.inv(good), rtol=1e-12)
    assert np.isnan(found[1]).all() and np.isnan(found[2]).all()
    np.testing.assert_allclose(
        scale @ found[3] @ scale, np.linalg.inv(good), rtol=1e-12
    )
