"""Beaver's variance ratio: a planted variance is seen, a planted mean cancels out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.events.study import event_study
from alliance_value.study.event_study import usual_tests


def study(size: float, seed: int = 0) -> pd.Series:
    """Return the test of 200 events whose day has a return of random sign."""
    rng = np.random.default_rng(seed)
    days = pd.bdate_range("2010-01-04", periods=300)
    market = rng.normal(0, 0.01, 300)
    names = [f"s{i:03d}" for i in range(200)]
    returns = market[:, None] + rng.normal(0, 0.02, (300, 200))
    returns[250] += size * rng.choice([-1.0, 1.0], 200)
    factors = pd.DataFrame({"mkt_rf": market, "rf": 0.0}, index=days)
    events = pd.DataFrame({"event": names, "security": names, "announced": days[250]})
    tests = event_study(
        pd.DataFrame(returns, days, names),
        events,
        factors.rename_axis("date"),
        models=["market"],
        windows=[(0, 0), (5, 10)],
        estimation=(-200, -20),
        tests=["cross_sectional", "variance_ratio"],
    ).event_tests
    found = tests[tests.test == "variance_ratio"].set_index("window")
    mean = tests[tests.test == "cross_sectional"].set_index("window")
    return pd.Series(
        {
            "day": found.statistic["[0,0]"],
            "p": found.p_greater["[0,0]"],
            "later": found.p["[5,10]"],
            "mean": mean.p["[0,0]"],
        }
    )


def test_a_planted_variance_is_seen_where_the_mean_shows_nothing():
    found = study(0.03)
    assert found.day > 3 and found.p < 0.001
    assert found["mean"] > 0.05
    assert found.later > 0.01


def test_without_an_effect_it_rejects_as_often_as_it_should():
    t = np.array([study(0.0, seed).day for seed in range(40)])
    assert abs(t.mean()) < 0.6  # three standard errors of a mean of 40
    assert (np.abs(t) > 1.97).mean() <= 0.15


def test_studies_have_it_only_where_they_name_it():
    assert "variance_ratio" not in usual_tests()
