"""Volume, turnover and variance around events against regressions by statsmodels.

The twin computes each event alone, from the definitions: Campbell and Wasley (1996)
for turnover, Patell (1976) for variances, Corrado (1989) for ranks.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from alliance_value.contracts.problems import UserError
from alliance_value.events.exclusions import Rules
from alliance_value.events.study import event_study

DAYS, FIRMS, N = 260, 60, 40
ESTIMATION, WINDOW = (-100, -11), (-1, 1)
EVERY = ["cross_sectional", "patell", "bmp", "corrado", "bootstrap"]


def world(seed=0, planted=0.0, spread=1.0, factor_in_common=0.5):
    """Return long returns with turnover and volume, events of 40 firms, and factors."""
    rng = np.random.default_rng(seed)
    dates = pd.bdate_range("2012-01-02", periods=DAYS)
    names = [f"s{i:03d}" for i in range(FIRMS)]
    common = rng.normal(0, 0.4, DAYS)
    log = -1 + factor_in_common * common[:, None] + rng.normal(0, 0.6, (DAYS, FIRMS))
    market = rng.normal(0, 0.01, DAYS)
    noise = rng.normal(0, 0.02, (DAYS, FIRMS))
    at = rng.integers(150, 230, N)
    log[at, np.arange(N)] += planted
    noise[at, np.arange(N)] *= spread
    shares = np.full((DAYS, FIRMS), 1e6) * np.arange(1, FIRMS + 1)
    volume = np.round(np.exp(log) / 100 * shares)
    volume[rng.random(volume.shape) < 0.01] = 0.0
    table = pd.DataFrame(
        {
            "date": np.repeat(dates, FIRMS),
            "security": names * DAYS,
            "ret": (market[:, None] + noise).ravel(),
            "volume": volume.ravel(),
            "turnover": (100 * volume / shares).ravel(),
        }
    )
    table = table[rng.random(len(table)) > 0.01]
    events = pd.DataFrame(
        {"event": names[:N], "security": names[:N], "announced": dates[at]}
    )
    on_day = table.set_index(["date", "security"]).index
    events = events[
        pd.MultiIndex.from_frame(events[["announced", "security"]]).isin(on_day)
    ]
    factors = pd.DataFrame({"date": dates, "mkt_rf": market, "rf": 0.0})
    return table, events.reset_index(drop=True), factors


def study(measure, seed=0, models=("mean", "market_adjusted", "market"), **options):
    returns, events, factors = world(seed, **options)
    return event_study(
        *(returns, events, factors),
        measure=measure,
        models=models,
        windows=[(0, 0), WINDOW],
        estimation=ESTIMATION,
        rules=Rules(minimum=50),
        tests=EVERY,
        draws=99,
    )


def cumulated(measure, model, window, seed=0):
    """Return the CARs and SCARs of each event by hand, shape (n,), and all its days."""
    returns, events, _ = world(seed)
    y = {
        "turnover": np.log(returns.turnover + 0.000255),
        "volume": np.log(1 + returns.volume),
    }
    returns = returns.assign(y=y[measure])
    wide = returns.pivot(index="date", columns="security", values="y")
    x = wide.mean(axis=1)
    cars, scars, paths = [], [], []
    for event in events.itertuples():
        place = wide.index.get_loc(event.announced)
        own = wide[event.security]
        before = slice(place + ESTIMATION[0], place + ESTIMATION[1] + 1)
        days = slice(place + window[0], place + window[1] + 1)
        if model == "market_adjusted":
            residuals, ahead = (own - x)[before], (own - x)[days]
            s2, extra = residuals.var(ddof=1), 0.0
        else:
            design = (
                sm.add_constant(x)
                if model == "market"
                else pd.DataFrame({"c": x * 0 + 1})
            )
            fit = sm.OLS(own[before], design[before], missing="drop").fit()
            ahead = own[days] - fit.predict(design[days])
            residuals = own[before] - fit.predict(design[before])
            total = design[days][ahead.notna()].sum()
            s2 = fit.mse_resid
            extra = float(total @ fit.normalized_cov_params @ total)
        car = ahead.sum()
        cars.append(car)
        scars.append(car / np.sqrt(s2 * (ahead.notna().sum() + extra)))
        paths.append(np.r_[residuals, ahead])
    return np.array(cars), np.array(scars), np.array(paths)


@pytest.mark.parametrize("measure", ["turnover", "volume"])
@pytest.mark.parametrize("model", ["mean", "market_adjusted", "market"])
def test_each_event_and_its_tests_equal_regressions_by_hand(measure, model):
    result = study(measure)
    cars = result.cars[(result.cars.model == model) & (result.cars.window == "[-1,1]")]
    car, scar, _ = cumulated(measure, model, WINDOW)
    np.testing.assert_allclose(cars.car, car, rtol=1e-9)
    np.testing.assert_allclose(cars.scar, scar, rtol=1e-9)
    assert cars.bhar.isna().all() and result.bhar.empty
    tests = result.event_tests[
        (result.event_tests.model == model) & (result.event_tests.window == "[-1,1]")
    ].set_index("test")
    t = stats.ttest_1samp(car, 0)
    assert tests.statistic["cross_sectional"] == pytest.approx(t.statistic, rel=1e-9)
    assert tests.p["cross_sectional"] == pytest.approx(t.pvalue, rel=1e-9)
    bmp = stats.ttest_1samp(scar, 0).statistic
    assert tests.statistic["bmp"] == pytest.approx(bmp, rel=1e-9)


def test_the_rank_test_equals_ranks_by_hand():
    result = study("turnover", models=["market"]).event_tests.set_index(
        ["window", "test"]
    )
    _, _, paths = cumulated("turnover", "market", WINDOW)
    ranks = stats.rankdata(paths, axis=1, nan_policy="omit")
    centred = ranks - (np.isfinite(paths).sum(axis=1)[:, None] + 1) / 2
    mean = np.nanmean(centred, axis=0)
    z = mean[-3:].sum() / np.sqrt(3) / np.sqrt((mean**2).mean())
    assert result.statistic["[-1,1]", "corrado"] == pytest.approx(z, rel=1e-9)


def test_variances_equal_squares_by_hand():
    result = study("variance", models=["market"])
    plain = study("return", models=["market"])
    one = plain.abnormal_returns.merge(
        result.abnormal_returns, on=["event", "day"], suffixes=("", "_of_it")
    )
    counts = plain.events.set_index("event").estimation_days - 2
    d = counts[one.event].to_numpy()
    u = (d - 2) / d * one.ar**2 / one.variance - 1
    np.testing.assert_allclose(one.ar_of_it, u, rtol=1e-9)


@pytest.mark.parametrize(
    ("measure", "planted", "seen"),
    [
        ("turnover", {"planted": 0.5}, True),
        ("volume", {"planted": 0.5}, True),
        ("variance", {"spread": 3.0}, True),
        ("turnover", {"spread": 3.0}, False),
        ("variance", {"planted": 0.5}, False),
    ],
)
def test_what_was_planted_is_seen_by_the_measure_of_it_alone(measure, planted, seen):
    tests = study(measure, seed=3, models=["market"], **planted).event_tests
    p = tests[tests.window == "[0,0]"].set_index("test").p_greater
    assert (p[["cross_sectional", "corrado"]] < 0.01).all() == seen
    assert (p[["cross_sectional", "corrado"]] < 0.05).any() == seen


def test_a_measure_says_what_it_lacks_and_does_not_have():
    returns, events, factors = world()
    with pytest.raises(UserError) as raised:
        event_study(
            returns, events, factors, measure="turnover", models=["ff3", "market"]
        )
    (problem, *_) = raised.value.problems
    assert "ff3" in problem.rule and "log turnover" in problem.rule
    without = returns.drop(columns="turnover")
    with pytest.raises(UserError, match="needs turnover"):
        event_study(without, events, factors, measure="turnover")
    with pytest.raises(UserError, match="needs date, security, turnover"):
        wide = returns.pivot(index="date", columns="security", values="ret")
        event_study(wide, events, factors, measure="turnover")
    with pytest.raises(UserError, match="unknown measure"):
        event_study(returns, events, factors, measure="volumes")
    with pytest.raises(UserError, match="sign"):
        event_study(returns, events, factors, measure="variance", tests=["sign"])
