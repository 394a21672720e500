"""Estimates and statistics against plain loops written from the formulas.

Tolerances: both sides solve least squares in float64 by different factorizations;
1e-9 relative is a thousand times the differences seen.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from alliance_value.events.exclusions import Rules
from alliance_value.events.study import event_study
from alliance_value.events.tests import bootstrap
from alliance_value.study.event_study import usual_tests

from . import formulas, worlds

TESTS = usual_tests()

WINDOWS = [(0, 0), (-1, 1), (-3, 2)]
SPAN = (-3, 2)
FITTED = ["mean", "market_adjusted", "market", "ff3", "carhart", "ff5"]
NORMAL = [
    "patell",
    "kolari_pynnonen_patell",
    "corrado",
    "corrado_zivney",
    "sign",
    "generalized_sign",
]


@pytest.fixture(scope="module", params=[0.0, 0.03], ids=["complete", "missing"])
def world(request):
    returns, factors = worlds.market(missing=request.param)
    listed = worlds.events(returns)
    study = event_study(
        returns,
        listed,
        factors,
        models=FITTED,
        windows=WINDOWS,
        estimation=worlds.ESTIMATION,
        rules=Rules(minimum=50, overlap="flag"),
    )
    singles = {
        model: [
            formulas.single(
                returns,
                factors,
                e.security,
                e.announced,
                model,
                worlds.ESTIMATION,
                SPAN,
            )
            for e in listed.itertuples()
        ]
        for model in FITTED
    }
    return returns, factors, listed, study, singles


@pytest.mark.parametrize("model", FITTED)
def test_days_equal_statsmodels(world, model):
    *_, study, singles = world
    table = study.abnormal_returns
    table = table[table.model == model]
    expected = [e.event[d] for e in singles[model] for d in range(SPAN[0], SPAN[1] + 1)]
    np.testing.assert_allclose(table.ar, expected, rtol=1e-9, atol=1e-12)
    variance = [
        e.day_variance[d] if e.known(d) else math.nan
        for e in singles[model]
        for d in range(SPAN[0], SPAN[1] + 1)
    ]
    np.testing.assert_allclose(table.variance, variance, rtol=1e-9)


@pytest.mark.parametrize("model", FITTED)
@pytest.mark.parametrize("window", WINDOWS)
def test_windows_equal_sums_over_the_covariance(world, model, window):
    *_, study, singles = world
    table = study.cars
    name = f"[{window[0]},{window[1]}]"
    table = table[(table.model == model) & (table.window == name)]
    for column, of in (
        ("car", "car"),
        ("variance", "car_variance"),
        ("scar", "scar"),
        ("bhar", "bhar"),
    ):
        expected = [getattr(e, of)(window) for e in singles[model]]
        np.testing.assert_allclose(table[column], expected, rtol=1e-8, atol=1e-12)
    days = [
        sum(e.known(d) for d in range(window[0], window[1] + 1)) for e in singles[model]
    ]
    assert table.n_days.tolist() == days


@pytest.mark.parametrize("test", [t for t in TESTS if t != "bootstrap"])
@pytest.mark.parametrize("model", ["market_adjusted", "ff3"])
@pytest.mark.parametrize("window", [(0, 0), (-3, 2)])
@pytest.mark.parametrize("group", ["all", "a"])
def test_statistics_equal_the_formulas(world, test, model, window, group):
    _, factors, listed, study, singles = world
    chosen = np.flatnonzero((listed.group == group) | (group == "all"))
    events = [singles[model][i] for i in chosen]
    formula = getattr(formulas, test)
    if test == "calendar_time":
        dates = factors.date.tolist()
        at = [dates.index(listed.announced[i]) for i in chosen]
        expected = formula(events, window, at)
    else:
        expected = formula(events, window)
    table = study.event_tests
    row = table[
        (table.test == test)
        & (table.model == model)
        & (table.window == f"[{window[0]},{window[1]}]")
        & (table.group == group)
    ].iloc[0]
    assert row.statistic == pytest.approx(expected, rel=1e-8)
    assert row.n == len(events)
    assert row["mean"] == pytest.approx(np.mean([e.car(window) for e in events]))
    if test in NORMAL:
        p = 2 * stats.norm.sf(abs(expected))
    elif test == "generalized_rank":
        p = 2 * stats.t.sf(abs(expected), len(events[0].estimation) + 1 - 2)
    elif test == "calendar_time":
        p = row.p
    else:
        p = 2 * stats.t.sf(abs(expected), len(events) - 1)
    assert row.p == pytest.approx(p, rel=1e-8)


def test_average_path_and_band(world):
    _, _, _, study, singles = world
    table = study.caar.query("model == 'market' and group == 'all'")
    events = singles["market"]
    sums = np.array(
        [
            np.cumsum([0 if math.isnan(v) else v for v in e.event.values()])
            for e in events
        ]
    )
    np.testing.assert_allclose(table.caar, sums.mean(axis=0), rtol=1e-9, atol=1e-14)
    reach = stats.t.ppf(0.975, len(events) - 1) * sums.std(axis=0, ddof=1)
    reach /= math.sqrt(len(events))
    np.testing.assert_allclose(table.upper - table.caar, reach, rtol=1e-8)
    np.testing.assert_allclose(table.caar - table.lower, reach, rtol=1e-8)
    first = [e.event[-3] for e in events if e.known(-3)]
    assert table.aar.iloc[0] == pytest.approx(np.mean(first))
    assert table.n.iloc[0] == len(first)


@pytest.mark.parametrize("block", [None, 10, 60])
def test_bootstrap_equals_resampling_in_a_loop(block, monkeypatch):
    if block:
        monkeypatch.setattr(bootstrap, "BLOCK", block)
    rng = np.random.default_rng(3)
    cars = rng.standard_t(3, (25, 2)) + 0.5
    found = bootstrap.bootstrapped(cars, draws=300, seed=9)
    drawn = np.random.default_rng(9).integers(0, 25, size=(300, 25))
    for c in range(2):
        centred = cars[:, c] - cars[:, c].mean()
        observed = abs(formulas.t_of_mean(list(cars[:, c])))
        beyond = sum(
            abs(formulas.t_of_mean(list(centred[draw]))) >= observed for draw in drawn
        )
        assert found[c].p == pytest.approx((1 + beyond) / 301)
        drawn_t = [formulas.t_of_mean(list(centred[draw])) for draw in drawn]
        signed = formulas.t_of_mean(list(cars[:, c]))
        above = sum(t >= signed for t in drawn_t)
        below = sum(t <= signed for t in drawn_t)
        assert found[c].greater == pytest.approx((1 + above) / 301)
        assert found[c].less == pytest.approx((1 + below) / 301)
        assert found[c].value == pytest.approx(formulas.t_of_mean(list(cars[:, c])))


@pytest.mark.parametrize("test", [t for t in TESTS if t != "bootstrap"])
def test_one_sided_values_are_the_tails_of_the_two_sided_one(test):
    returns, factors = worlds.market()
    rules = Rules(minimum=50, overlap="flag")
    options = {"estimation": worlds.ESTIMATION, "rules": rules, "tests": [test]}
    table = event_study(returns, worlds.events(returns), factors, **options).event_tests
    smaller = np.minimum(table.p_greater, table.p_less)
    np.testing.assert_allclose(table.p, 2 * smaller, rtol=1e-12)
    np.testing.assert_allclose(table.p_greater + table.p_less, 1.0, rtol=1e-12)
    known = table[table.statistic != 0]
    assert ((known.p_greater < 0.5) == (known.statistic > 0)).all()
