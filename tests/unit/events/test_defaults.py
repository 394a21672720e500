"""What a study has that names nothing, by its effect on the results."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.events import size_power
from alliance_value.events.calendar import calendar_windows, reach_of
from alliance_value.events.exclusions import Rules
from alliance_value.events.size_power import DESIGNS, Design, eligible, size_and_power
from alliance_value.events.study import event_study
from alliance_value.study.event_study import usual_tests

from . import worlds

WINDOWS = [(0, 0), (-1, 0), (0, 1), (-1, 1), (-2, 2), (-5, 5)]


def test_a_study_that_names_nothing_has_these_choices():
    returns, factors = worlds.market(days=460, missing=0.4)
    listed = worlds.events(returns, first=310)
    listed["announced"] += pd.to_timedelta([15, 17, 16, 9] * 10, unit="h")
    usual = event_study(returns, listed, factors)
    named = event_study(
        returns,
        listed,
        factors,
        models="market",
        windows=WINDOWS,
        estimation=(-295, -46),
        path=(-5, 5),
        tests=usual_tests(),
        groupings=["group"],
        rules=Rules(
            minimum=100,
            overlap="keep_first",
            confound_window=(-2, 2),
            market_value=False,
        ),
        close=pd.Timedelta("16:00:00"),
        confidence=0.95,
        draws=999,
        seed=0,
    )
    for name in ("events", "event_tests", "caar", "cars", "abnormal_returns"):
        pd.testing.assert_frame_equal(
            getattr(usual, name), getattr(named, name), check_exact=True
        )
    assert usual.events.kept.any() and not usual.events.kept.all()


def test_confounding_news_are_two_days_away_at_most():
    returns, factors = worlds.market(missing=0.0, firms=8)
    days = returns.index
    listed = pd.DataFrame(
        {
            "event": [*"abcd"],
            "security": returns.columns[:4],
            "announced": days[200],
        }
    )
    news = pd.DataFrame(
        {
            "security": listed.security,
            "date": days[[197, 198, 202, 203]],
            "kind": "news",
        }
    )
    options = {"estimation": worlds.ESTIMATION, "draws": 9, "windows": [(0, 0)]}
    study = event_study(returns, listed, factors, confounds=news, **options)
    assert study.events.confounded.tolist() == [False, True, True, False]


def test_one_estimation_day_fewer_than_a_hundred_is_too_few():
    returns, factors = worlds.market(missing=0.0, firms=2)
    days = returns.index
    returns.loc[days[100], "s001"] = np.nan
    listed = pd.DataFrame(
        {"event": [*"ab"], "security": ["s000", "s001"], "announced": days[200]}
    )
    options = {"estimation": (-120, -21), "draws": 9, "windows": [(0, 0)]}
    study = event_study(returns, listed, factors, **options)
    assert study.events.estimation_days.tolist() == [100, 99]
    assert study.events.kept.tolist() == [True, False]


def test_size_and_power_that_name_nothing_have_these_choices(monkeypatch):
    returns, factors = worlds.market(days=330, firms=5)
    asked = {}

    def simulate(base, design, able, model, tests, rng):
        asked[design.name] = (base, model, tests, rng.random())
        return np.full((design.samples, len(base.windows), len(tests)), 0.05)

    def able(market, estimation, days, minimum):
        asked["able"] = (estimation, days, minimum)
        return eligible(market, estimation, days, minimum)

    monkeypatch.setattr(size_power, "simulate", simulate)
    monkeypatch.setattr(size_power, "eligible", able)
    table = size_and_power(returns, factors)
    assert asked["able"] == ((-295, -46), (-1, 1), 100)
    streams = np.random.default_rng(0).spawn(len(DESIGNS))
    for design, stream in zip(DESIGNS, streams, strict=True):
        base, model, tests, first = asked[design.name]
        assert base.windows == ((0, 0), (-1, 1))
        assert base.members.shape == (1, design.events) and base.members.all()
        assert (model, [*tests]) == ("market", usual_tests())
        assert first == stream.random()
    assert (table.level == 0.05).all()
    # a p-value at the level rejects
    assert (table.rate == 1).all() and (table.undefined == 0).all()
    assert (table.error == 0).all()


def test_an_event_can_be_where_its_days_are():
    returns, factors = worlds.market(days=60, firms=6, missing=0.1)
    estimation, window, least = (-20, -6), (-2, 3), 13
    pad = reach_of(estimation, window)
    market, _ = size_power.to_market(returns, factors, returns.columns, pad)
    known = returns.notna().to_numpy().T

    def there(firm, day, days):
        return [
            0 <= day + d < 60 and known[firm, day + d]
            for d in range(days[0], days[1] + 1)
        ]

    expected = [
        [
            all(there(s, t, window)) and sum(there(s, t, estimation)) >= least
            for t in range(60)
        ]
        for s in range(6)
    ]
    found = eligible(market, estimation, window, least)
    assert found.tolist() == expected
    assert 10 < found.sum() < 200
    whole = eligible(market, None, window, least)
    assert whole.tolist() == [
        [all(there(s, t, window)) for t in range(60)] for s in range(6)
    ]


@pytest.mark.parametrize("clustered", [False, True])
def test_samples_need_no_more_places_than_they_have_events(clustered):
    returns, factors = worlds.market(days=112, firms=4, missing=0.0)
    estimation, least = (-100, -10), 89
    pad = reach_of(estimation, (0, 0))
    market, _ = size_power.to_market(returns, factors, returns.columns, pad)
    able = eligible(market, estimation, (0, 0), least)
    most = able.sum(axis=0).max() if clustered else able.sum()
    options = {"estimation": estimation, "windows": [(0, 0)], "minimum": least}

    def drawn(events):
        design = Design("d", events=int(events), samples=2, clustered=clustered)
        tests = ["cross_sectional"]
        return size_and_power(
            returns, factors, designs=[design], tests=tests, **options
        )

    assert 1 < most < 100
    assert drawn(most).events.tolist() == [most]
    with pytest.raises(UserError, match=f"for samples of {most + 1} events"):
        drawn(most + 1)


def test_needed_days_are_counted_in_calendar_days():
    listed = pd.DataFrame(
        {
            "security": ["2", "1", "1", None, "3"],
            "announced": pd.to_datetime(
                ["2001-05-01 17:00", "2001-04-01", "2001-04-01", "2001-04-01", None],
                format="mixed",
            ),
        }
    )
    found = calendar_windows(listed, [(-3, 1), (-250, -11)], (-2, 5))
    assert found.security.tolist() == ["1", "2"]
    day = pd.to_datetime(["2001-04-01", "2001-05-01"])
    assert found["first"].tolist() == list(day - pd.Timedelta(days=350 + 28))
    assert found["last"].tolist() == list(day + pd.Timedelta(days=29))
    long = calendar_windows(listed, [(-3, 1)], (-10, 200))
    assert long["first"].tolist() == list(day - pd.Timedelta(days=4 + 28))
    assert long["last"].tolist() == list(day + pd.Timedelta(days=280 + 14 + 10))
