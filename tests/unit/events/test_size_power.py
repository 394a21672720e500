"""Size and power on a simulated market whose five industries move together.

Rates are shares of 300 samples: under the null their standard error is 1.3 points,
and the seeds are fixed. Bounds lie more than three standard errors from the rates
of 2,000 samples, which stand beside them.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.events import size_power as module
from alliance_value.events.matrix import securities_of, to_market
from alliance_value.events.sample_parts import by_security, within_eras, within_groups
from alliance_value.events.size_power import DESIGNS, Design, size_and_power
from alliance_value.study.event_study import usual_tests

TESTS = usual_tests()

SAMPLES = 300
ESTIMATION = (-170, -21)


def world(days=700, firms=200):
    rng = np.random.default_rng(1)
    dates = pd.bdate_range("2000-01-03", periods=days)
    market = rng.normal(0, 0.01, days)
    industries = rng.normal(0, 0.008, (days, 5))[:, np.arange(firms) % 5]
    noise = rng.normal(0, 0.02, (days, firms))
    beta = rng.uniform(0.5, 1.5, firms)
    returns = market[:, None] * beta + industries + noise
    columns = [f"s{i:03d}" for i in range(firms)]
    factors = pd.DataFrame({"date": dates, "mkt": market})
    return pd.DataFrame(returns, index=dates, columns=columns), factors


@pytest.fixture(scope="module")
def rates():
    returns, factors = world()
    designs = [
        Design("null", samples=SAMPLES),
        Design("variance", samples=SAMPLES, variance_factor=3.0),
        Design("clustered", samples=SAMPLES, clustered=True),
        Design("shift", samples=40, shift=0.02),
    ]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "DRAWS", 99)
        table = size_and_power(returns, factors, designs=designs, estimation=ESTIMATION)
    return table.set_index(["design", "window", "test"]).sort_index()


@pytest.mark.parametrize("window", ["[0,0]", "[-1,1]"])
@pytest.mark.parametrize("test", TESTS)
def test_no_effect_is_rejected_at_five_percent(rates, test, window):
    # of 50 signs 18 or fewer are alike with probability .065, not .05
    size = 0.065 if test == "sign" else 0.05
    error = np.sqrt(size * (1 - size) / SAMPLES)
    assert abs(rates.rate["null", window, test] - size) < 3.3 * error


@pytest.mark.parametrize("test", TESTS)
def test_an_effect_is_found(rates, test):
    assert rates.rate["shift", "[0,0]", test] > 0.95


@pytest.mark.parametrize("test", ["patell", "kolari_pynnonen_patell"])
def test_patell_takes_induced_variance_for_an_effect(rates, test):
    assert rates.rate["variance", "[0,0]", test] > 0.18  # .26


def test_corrado_takes_induced_variance_for_an_effect_less_so(rates):
    rate = rates.rate["variance", "[0,0]"]
    assert rate["corrado_zivney"] < rate["corrado"] < rate["patell"]  # .06 .13 .26


@pytest.mark.parametrize(
    "test",
    [
        "cross_sectional",
        "bmp",
        "kolari_pynnonen",
        "corrado_zivney",
        "generalized_rank",
        "generalized_sign",
        "calendar_time",
        "bootstrap",
    ],
)
def test_robust_to_induced_variance(rates, test):
    assert rates.rate["variance", "[0,0]", test] < 0.105  # .06


@pytest.mark.parametrize("window", ["[0,0]", "[-1,1]"])
@pytest.mark.parametrize(
    "test",
    ["cross_sectional", "patell", "bmp", "sign", "generalized_sign", "bootstrap"],
)
def test_common_dates_break_tests_that_take_events_for_independent(rates, test, window):
    assert rates.rate["clustered", window, test] > 0.09  # .15 to .21


@pytest.mark.parametrize("window", ["[0,0]", "[-1,1]"])
@pytest.mark.parametrize(
    "test",
    [
        "kolari_pynnonen",
        "kolari_pynnonen_patell",
        "corrado",
        "corrado_zivney",
        "generalized_rank",
        "calendar_time",
    ],
)
def test_robust_to_common_dates(rates, test, window):
    row = rates.loc[("clustered", window, test)]
    if test == "calendar_time" and window == "[0,0]":
        assert row.undefined == SAMPLES and np.isnan(row.rate)
    else:
        assert row.rate < 0.095  # .04 to .05
        assert row.error == pytest.approx(
            np.sqrt(row.rate * (1 - row.rate) / (SAMPLES - row.undefined))
        )


def test_the_seed_decides():
    returns, factors = world(days=300, firms=20)
    options = {
        "designs": [Design("null", events=5, samples=3)],
        "estimation": ESTIMATION,
        "tests": ["bmp"],
    }
    once = size_and_power(returns, factors, seed=1, **options)
    pd.testing.assert_frame_equal(
        once, size_and_power(returns, factors, seed=1, **options)
    )


@pytest.mark.parametrize("clustered", [True, False])
def test_too_small_a_market(clustered):
    returns, factors = world(days=190, firms=3)
    design = Design("null", events=500, clustered=clustered)
    with pytest.raises(UserError, match="too few firms and days"):
        size_and_power(returns, factors, designs=[design], estimation=ESTIMATION)


def test_samples_stay_within_their_part():
    returns, factors = world(days=6, firms=4)
    market, problems = to_market(returns, factors, securities_of(returns), (0, 0))
    assert market is not None and not problems
    able = np.ones((4, 6), bool)
    able[0, 0] = False
    null = Design("null")
    assert (null.confined(able, market) == able).all()
    first, second = within_eras(null, factors.date, 2)
    whole = ~np.zeros((4, 3), bool)
    assert (first.confined(able, market) == np.hstack([able[:, :3], ~whole])).all()
    assert (second.confined(able, market) == np.hstack([~whole, whole])).all()
    values = pd.Series([1, 0, 1, 0], returns.columns)
    low, high = within_groups(null, values, 2, "size")
    assert low.confined(able, market).sum(axis=1).tolist() == [0, 6, 0, 6]
    assert high.confined(able, market).sum(axis=1).tolist() == [5, 0, 6, 0]


def test_each_part_has_its_rows_and_its_bounds():
    returns, factors = world(days=300, firms=20)
    null = Design("null", events=5, samples=2)
    options = {"estimation": (-60, -11), "minimum": 20, "tests": ["bmp"]}
    eras = [*within_eras(null, factors.date, 2)]
    table = size_and_power(returns, factors, designs=[null, *eras], **options)
    assert table.part.unique().tolist() == [
        "",
        "2000-01-03 to 2000-07-28",
        "2000-07-31 to 2001-02-23",
    ]
    # no day of the first tenth has twenty days of estimation before it
    early = next(within_eras(null, factors.date, 10))
    with pytest.raises(UserError, match="design null, 2000-01-03 to 2000-02-11"):
        size_and_power(returns, factors, designs=[early], **options)


def test_eras_and_groups_share_out_days_and_securities():
    days = pd.Series(pd.date_range("2000-01-01", periods=7).repeat(2)[::-1])
    eras = [*within_eras(Design("null"), days, 3)]
    assert [(e.first.day, e.last.day) for e in eras] == [(1, 3), (4, 5), (6, 7)]
    values = pd.Series({"a": 3.0, "b": 1.0, "c": np.nan, "d": 1.0, "e": 9.0})
    groups = [*within_groups(Design("null"), values, 2, "size")]
    assert [g.securities for g in groups] == [{"b", "d"}, {"a", "e"}]
    with pytest.raises(UserError, match="4 securities have a value of size"):
        [*within_groups(Design("null"), values, 5, "size")]


def test_a_securitys_value_is_its_firms_mean():
    panel = pd.DataFrame({"firm": ["1", "1", "2"], "size": [1.0, 3.0, 5.0]})
    returns = pd.DataFrame(
        {"security": ["10", "10", "20", "30"], "company": ["1", "1", "2", None]}
    )
    by_company = by_security(panel, "size", returns)
    assert by_company.dropna().to_dict() == {"10": 2.0, "20": 5.0}
    none = pd.DataFrame({"firm": [], "security": []})
    pd.testing.assert_series_equal(
        by_security(panel, "size", returns, none), by_company
    )
    with pytest.raises(UserError, match="by 'firm', which is text"):
        by_security(panel, "firm", returns)
    links = pd.DataFrame({"firm": ["2", "1"], "security": [10, 30]})
    assert by_security(panel, "size", returns, links).to_dict() == {
        "10": 5.0,
        "30": 2.0,
    }
    same = returns.assign(security=["1", "1", "2", "3"], company=["9", "9", "8", "7"])
    assert by_security(panel, "size", same).dropna().to_dict() == {"1": 2.0, "2": 5.0}


def test_the_usual_designs_are_what_their_names_say():
    for design in DESIGNS:
        shift = re.search(r"return of (\d+) %", design.name)
        factor = re.search(r"variance times (\d+)", design.name)
        assert design.shift == (float(shift[1]) / 100 if shift else 0.0)
        assert design.variance_factor == (float(factor[1]) if factor else 1.0)
        assert design.clustered is (design.name == "common date")
        assert (design.events, design.samples) == (50, 250)
    assert len({design.name for design in DESIGNS}) == 5
