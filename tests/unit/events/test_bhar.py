"""Buy-and-hold abnormal returns: compounded by hand, tests by scipy's skewness."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from alliance_value.contracts.events import Bhars
from alliance_value.contracts.storage import conform
from alliance_value.events.bhar import skewness_adjusted
from alliance_value.events.exclusions import Rules
from alliance_value.events.study import event_study

from . import worlds


def test_means_are_those_of_compounded_returns():
    returns, factors = worlds.market(missing=0.0)
    listed = worlds.events(returns, n=20)
    study = event_study(
        returns,
        listed,
        factors,
        models="market_adjusted",
        windows=[(0, 9)],
        estimation=worlds.ESTIMATION,
        rules=Rules(minimum=50, overlap="flag"),
        draws=99,
    )
    market = (factors.mkt_rf + factors.rf).to_numpy()
    held = []
    for event in listed.itertuples():
        day = returns.index.get_loc(event.announced)
        inside = slice(day, day + 10)
        own = np.prod(1 + returns[event.security].to_numpy()[inside])
        held.append(own - np.prod(1 + market[inside]))
    table = study.bhar
    assert conform(table, Bhars).equals(table)
    whole = table[table.group == "all"].iloc[0]
    assert whole["mean"] == pytest.approx(np.mean(held), rel=1e-9)
    assert whole["median"] == pytest.approx(np.median(held), rel=1e-9)
    t, p = stats.ttest_1samp(held, 0)
    assert (whole.t, whole.p) == pytest.approx((t, p), rel=1e-9)


def test_the_adjustment_is_johnsons():
    values = np.random.default_rng(2).lognormal(0, 1, 40) - 1.5
    n, sd = len(values), values.std(ddof=1)
    # scipy's skewness has the deviation with n in its denominator
    skewness = stats.skew(values) * (values.std() / sd) ** 3
    t = stats.ttest_1samp(values, 0).statistic
    expected = t + skewness * t**2 / (3 * np.sqrt(n)) + skewness / (6 * np.sqrt(n))
    adjusted = skewness_adjusted(values)
    assert adjusted.value == pytest.approx(expected, rel=1e-12)
    assert adjusted.p == pytest.approx(2 * stats.t.sf(abs(expected), n - 1))
    assert skewness_adjusted(values[:1]).reason


def test_symmetric_values_need_no_adjustment():
    values = np.array([-3.0, -1.0, 0.5, 2.0, 4.0])
    mirrored = np.concatenate([values, 1 - values])
    t = stats.ttest_1samp(mirrored, 0).statistic
    assert skewness_adjusted(mirrored).value == pytest.approx(t)
