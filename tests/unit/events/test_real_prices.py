"""Event studies on S&P 500 prices, 2009 to 2017, and Fama and French's factors."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.events import REASONS
from alliance_value.events.size_power import Design, size_and_power
from alliance_value.events.study import event_study
from alliance_value.study.event_study import usual_tests

TESTS = usual_tests()

pytestmark = pytest.mark.real_data
SAMPLES = 400


@pytest.fixture(scope="module")
def prices():
    folder = Path(os.environ.get("ALLIANCE_VALUE_DATA", "")) / "us-large"
    if not (folder / "prices.parquet").is_file():
        pytest.skip("ALLIANCE_VALUE_DATA has no us-large/prices.parquet")
    factors = pd.read_csv(folder / "factors_daily.csv", skipinitialspace=True)
    factors = factors.rename(columns=lambda c: c.lower().replace("-", "_"))
    factors["date"] = pd.to_datetime(factors["date"].astype(str))
    factors = factors.set_index("date") / 100
    table = pd.read_parquet(folder / "prices.parquet")
    close = table.pivot(index="date", columns="ticker", values="close").astype(float)
    factors = factors.loc[close.index.min() : close.index.max()]
    returns = close.reindex(factors.index).pct_change(fill_method=None)
    # re-used tickers and relistings
    return returns.where(returns.abs() < 0.5), factors, folder


@pytest.mark.parametrize("model", ["market", "ff3"])
def test_placebo_events_reject_near_five_percent(prices, model):
    returns, factors, _ = prices
    rates = size_and_power(
        returns,
        factors,
        model=model,
        designs=[Design("placebo", samples=SAMPLES)],
    )
    assert (rates.undefined == 0).all()
    # fat tails make t-tests of raw CARs a little timid: .03 of 1,000 samples
    assert rates.rate.between(0.01, 0.10).all(), rates[["window", "test", "rate"]]
    assert rates.rate.mean() == pytest.approx(0.05, abs=0.015)


def test_index_additions_run_with_every_exclusion_counted(prices):
    returns, factors, folder = prices
    listed = pd.read_csv(folder / "securities.csv", dtype="string")
    events = pd.DataFrame(
        {
            "event": listed["Ticker symbol"],
            "security": listed["Ticker symbol"],
            "announced": pd.to_datetime(listed["Date first added"]),
            "group": listed["GICS Sector"],
        }
    )
    study = event_study(returns, events, factors, models=["market", "ff3"])
    first = study.exclusions[study.exclusions.excluded].copy()
    first["order"] = first.reason.map(REASONS.index)
    first = first.sort_values("order").drop_duplicates("event")
    kept = int(study.events.kept.sum())
    assert len(first) + kept == len(events) == 505
    assert 50 < kept < 307
    assert study.funnel.rows_out.iloc[-1] == kept
    by_reason = first.reason.value_counts()
    steps = study.funnel.set_index("step").dropped.drop("announced")
    assert steps.to_dict() == by_reason.reindex(steps.index).to_dict()
    whole = study.event_tests[study.event_tests.group == "all"]
    assert set(whole.test) == set(TESTS) and (whole.n == kept).all()
    assert np.isfinite(whole.statistic).all()
