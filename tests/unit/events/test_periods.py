"""Periods of announcements, estimation windows anywhere or nowhere, lost events."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.events.calendar import calendar_windows
from alliance_value.events.exclusions import Rules, none_in_period, none_kept
from alliance_value.events.study import event_study
from alliance_value.vocabulary.words import Words

from . import worlds

OPTIONS = {"models": "market", "estimation": worlds.ESTIMATION, "draws": 99}


@pytest.fixture(scope="module")
def world():
    returns, factors = worlds.market()
    return returns, worlds.events(returns, n=60), factors


@pytest.mark.parametrize("overlap", ["keep_first", "flag"])
def test_the_parts_of_a_divided_period_add_up_to_the_whole(world, overlap):
    returns, listed, factors = world
    day = listed.announced.sort_values().iloc[len(listed) // 2]
    late = listed.assign(announced=listed.announced + pd.Timedelta(hours=17))

    def kept(**period):
        rules = Rules(minimum=50, overlap=overlap, **period)
        return event_study(returns, late, factors, rules=rules, **OPTIONS)

    whole = kept()
    halves = [kept(last=day), kept(first=day + pd.Timedelta(days=1))]
    names = [set(s.events.event[s.events.kept]) for s in (whole, *halves)]
    assert names[1] | names[2] == names[0] and not names[1] & names[2]
    assert all(names)
    for half in halves:
        steps = half.funnel.set_index("step")
        assert steps.rows_in["outside_period"] == len(listed)
        lost = half.exclusions[half.exclusions.reason == "outside_period"]
        assert len(lost) == len(listed) - steps.rows_out["outside_period"]
        assert lost.excluded.all() and lost.detail.str.startswith("not in ").all()
    assert "outside_period" not in set(whole.funnel.step)


def test_a_study_that_loses_all_events_says_why(world):
    returns, listed, factors = world
    rules = Rules(minimum=500)
    study = event_study(returns, listed, factors, rules=rules, **OPTIONS)
    (problem,) = none_kept(study.events, study.exclusions, Words())
    assert "fewer estimation days than asked for (60 of 60 events" in problem.rule
    assert "minimum" in problem.remedy
    whole = event_study(returns, listed, factors, rules=Rules(minimum=50), **OPTIONS)
    assert none_kept(whole.events, whole.exclusions, Words()) == []


def test_events_out_of_the_period_are_told_before_returns_are_read(world):
    _, listed, _ = world
    early = Rules(last=pd.Timestamp("1999-12-31"))
    (problem,) = none_in_period(listed.announced, early)
    assert "from any day to 1999-12-31" in problem.rule
    assert none_in_period(listed.announced, Rules()) == []
    (nothing,) = none_in_period(listed.announced[:0], Rules())
    assert nothing.rule == "there is no event to study"


def test_an_estimation_window_may_follow_the_event(world):
    returns, _, factors = world
    listed = worlds.events(returns[:-80], n=20, first=40)
    study = event_study(
        returns,
        listed,
        factors,
        models="market",
        windows=[(-30, 1)],
        estimation=(3, 72),
        tests=["cross_sectional", "patell"],
        rules=Rules(minimum=40, overlap="flag"),
    )
    cars = study.cars.set_index("event")
    assert study.events.kept.all()
    market = factors.mkt_rf + factors.rf
    for event in listed.itertuples():
        y = returns[event.security].to_numpy()
        day = returns.index.get_loc(event.announced)
        known = np.flatnonzero(~np.isnan(y[day + 3 : day + 73])) + day + 3
        slope, level = np.polyfit(market[known], y[known], 1)
        ar = y - level - slope * market.to_numpy()
        expected = np.nansum(ar[day - 30 : day + 2])
        assert cars.car[event.event] == pytest.approx(expected, rel=1e-9, abs=1e-14)


def test_no_estimation_window_is_needed_where_nothing_is_estimated(world):
    returns, _, factors = world
    listed = worlds.events(returns, n=20, first=3)  # data begin three days before
    study = event_study(
        returns,
        listed,
        factors,
        models="market_adjusted",
        windows=[(-2, 1)],
        estimation=None,
        rules=Rules(overlap="flag"),
        draws=99,
    )
    assert study.events.kept.all() and (study.events.estimation_days == 0).all()
    assert set(study.event_tests.test) == {"cross_sectional", "sign", "bootstrap"}
    assert study.event_tests.statistic.notna().all()
    market = (factors.mkt_rf + factors.rf).to_numpy()
    ar = returns.to_numpy() - market[:, None]
    places = [
        (returns.index.get_loc(e.announced), returns.columns.get_loc(e.security))
        for e in listed.itertuples()
    ]
    expected = [np.nansum(ar[day - 2 : day + 2, s]) for day, s in places]
    np.testing.assert_allclose(study.cars.car, expected, atol=1e-14)
    with pytest.raises(UserError, match="patell needs an estimation window"):
        event_study(
            returns,
            listed,
            factors,
            models=["market", "market_adjusted"],
            estimation=None,
            tests=["patell", "sign"],
        )


@pytest.mark.parametrize("estimation", [(-20, -2), (1, 30), (0, 0)])
def test_windows_that_share_a_day_with_the_estimation_are_refused(world, estimation):
    returns, listed, factors = world
    with pytest.raises(UserError, match=r"\[-2,1\].*\n?.*overlaps the estimation"):
        event_study(returns, listed, factors, windows=[(-2, 1)], estimation=estimation)


def test_a_long_path_has_its_days(world):
    _, listed, _ = world
    short = calendar_windows(listed, [(-1, 1), worlds.ESTIMATION])
    usual = calendar_windows(listed, [(-1, 1), worlds.ESTIMATION], (-10, 10))
    pd.testing.assert_frame_equal(short, usual)
    long = calendar_windows(listed, [(-1, 1), worlds.ESTIMATION], (-10, 250))
    reach = (long["last"] - long["first"]) - (short["last"] - short["first"])
    assert (reach >= pd.Timedelta(days=330)).all()


def test_a_column_of_factors_without_a_value_is_none(world):
    returns, listed, factors = world
    bare = factors.assign(rf=np.nan, smb=np.nan)
    options = {**OPTIONS, "rules": Rules(minimum=50)}
    one = event_study(returns, listed, bare, **options)
    two = event_study(returns, listed, factors[["date", "mkt_rf"]], **options)
    pd.testing.assert_frame_equal(one.event_tests, two.event_tests)
    assert one.events.kept.any()
    with pytest.raises(UserError, match="the model ff3 needs smb"):
        event_study(returns, listed, bare, **{**options, "models": "ff3"})
