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


def test_the_usual_designs_are_what_their_names_say():
    for design in DESIGNS:
        shift = re.search(r"return of (\d+) %", design.name)
        factor = re.search(r"variance times (\d+)", design.name)
        assert design.shift == (float(shift[1]) / 100 if shift else 0.0)
        assert design.variance_factor == (float(factor[1]) if factor else 1.0)
        assert design.clustered is (design.name == "common date")
        assert (design.events, design.samples) == (50, 250)
    assert len({design.name for design in DESIGNS}) == 5
