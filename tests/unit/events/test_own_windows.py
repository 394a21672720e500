"""Windows and estimation windows that differ by event."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.events.exclusions import Rules
from alliance_value.events.settings import days_of
from alliance_value.events.study import event_study
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

from . import worlds

OPTIONS = {"models": "market", "windows": [(0, 0)], "draws": 99}
ALIGNED = ["corrado", "corrado_zivney"]


@pytest.fixture(scope="module")
def world():
    returns, factors = worlds.market()
    listed = worlds.events(returns, n=24)
    number = np.arange(len(listed))
    return (
        returns,
        factors,
        listed.assign(
            window_first=-(number % 4),
            window_last=number % 3,
            estimation_first=-120 + number,
            estimation_last=-21 - number % 5,
        ),
    )


@pytest.fixture(scope="module")
def study(world):
    returns, factors, listed = world
    rules = Rules(minimum=50, overlap="flag")
    return event_study(returns, listed, factors, rules=rules, **OPTIONS)


def test_every_event_has_its_own_regression_and_sum(world, study):
    returns, factors, listed = world
    market = (factors.mkt_rf + factors.rf).to_numpy()
    cars = study.cars[study.cars.window == "own"].set_index("event")
    days = study.events.set_index("event").estimation_days
    for event in listed.itertuples():
        y = returns[event.security].to_numpy()
        day = returns.index.get_loc(event.announced)
        span = np.arange(day + event.estimation_first, day + event.estimation_last + 1)
        known = span[~np.isnan(y[span])]
        slope, level = np.polyfit(market[known], y[known], 1)
        inside = slice(day + event.window_first, day + event.window_last + 1)
        ar = (y - level - slope * market)[inside]
        assert cars.car[event.event] == pytest.approx(np.nansum(ar), rel=1e-9)
        assert cars.n_days[event.event] == np.isfinite(ar).sum()
        assert days[event.event] == len(known)


def test_same_windows_in_columns_give_what_the_study_gives(world):
    returns, factors, listed = world
    same = listed.assign(
        window_first=-1, window_last=1, estimation_first=-120, estimation_last=-21
    )
    rules = Rules(minimum=50)
    own = event_study(returns, same, factors, rules=rules, **OPTIONS)
    plain = event_study(
        returns,
        worlds.events(returns, n=24),
        factors,
        rules=rules,
        estimation=worlds.ESTIMATION,
        **{**OPTIONS, "windows": [(0, 0), (-1, 1)]},
    )
    pd.testing.assert_frame_equal(own.events, plain.events)
    parts = [
        s.event_tests[~s.event_tests.test.isin(ALIGNED)].reset_index(drop=True)
        for s in (own, plain)
    ]
    renamed = parts[0].assign(window=parts[0].window.replace("own", "[-1,1]"))
    pd.testing.assert_frame_equal(renamed, parts[1])


def test_tests_by_day_say_that_windows_share_none(study):
    own = study.event_tests[study.event_tests.window == "own"]
    by_day = own[own.test.isin(ALIGNED)]
    assert by_day.statistic.isna().all() and len(by_day)
    assert by_day.reason.str.contains("windows of their own").all()
    assert own.statistic[~own.test.isin(ALIGNED)].notna().all()


def test_overlaps_go_by_each_events_own_window(world):
    returns, factors, listed = world
    days = returns.index[[200, 205, 212]]
    three = listed[:3].assign(
        event=["a", "b", "c"],
        security="s001",
        announced=days,
        window_first=[0, -2, -2],
        window_last=[3, 1, 5],
    )
    known = returns.assign(s001=returns.s001.fillna(0.0))
    study = event_study(known, three, factors, rules=Rules(minimum=50), **OPTIONS)
    # b's window begins on the last day of a's
    assert study.events.kept.tolist() == [True, False, True]
    assert study.exclusions.detail.tolist() == ["[-2,1] overlaps that of a"]


def test_windows_that_cannot_be_are_named(world):
    returns, factors, listed = world
    broken = listed.copy()
    broken.loc[[3, 5], "window_last"] = -9
    broken.loc[[1, 2], "estimation_last"] = 0
    with pytest.raises(UserError) as caught:
        event_study(returns, broken, factors, **OPTIONS)
    assert [(p.rule, p.value, p.column) for p in caught.value.problems] == [
        (
            "a window has fewer than 1 days: 2 events, first e003",
            "[-3,-9]",
            "window_first, window_last",
        ),
        (
            "an event's estimation window overlaps its windows: 2 events, first e001",
            "[-119,0]",
            "estimation_first, estimation_last",
        ),
    ]


def test_the_days_are_read_and_wanted(world, tmp_path):
    _, _, listed = world
    table = listed.assign(announced=listed.announced.dt.strftime("%Y-%m-%d"))
    table["window_last"] = table.window_last.astype("string")
    table.loc[2, "window_last"] = "soon"
    table.loc[3, "window_last"] = "1.5"
    table.to_csv(tmp_path / "events.csv", index=False)
    columns = {
        "event": "event",
        "security": "security",
        "announced": "announced",
        "window": ["window_first", "window_last"],
        "estimation": ["estimation_first", "estimation_last"],
    }
    raw = read_file(tmp_path / "events.csv", TableFile(entity="", file=""))
    events, rejected = listed_events(raw, columns)
    assert rejected.value.tolist() == ["soon", "1.5"]
    assert set(rejected.column) == {"window_last"} and len(events) == 22
    section = {"windows": [[0, 0]], "headline": [0, 0], "estimation": [-295, -46]}
    assert days_of(section, events) == [(0, 0), (-120, -21), (-3, 2)]
