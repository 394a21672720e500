"""What an event study must not depend on, and how it takes degenerate input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from alliance_value.contracts import events as contracts
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.storage import conform
from alliance_value.events.exclusions import Rules
from alliance_value.events.study import event_study
from alliance_value.study.event_study import usual_tests

from . import worlds

TESTS = usual_tests()

TABLES = {
    "events": contracts.Events,
    "abnormal_returns": contracts.AbnormalReturns,
    "cars": contracts.Cars,
    "event_tests": contracts.EventTests,
    "caar": contracts.Caar,
    "bhar": contracts.Bhars,
    "calendar_time": contracts.CalendarTime,
    "exclusions": contracts.Exclusions,
}
OPTIONS = {
    "models": ["market", "ff3"],
    "windows": [(0, 0), (-1, 1)],
    "estimation": worlds.ESTIMATION,
    "rules": Rules(minimum=50),
    "draws": 99,
}


@pytest.fixture(scope="module")
def world():
    returns, factors = worlds.market()
    listed = worlds.events(returns, n=60)
    news = pd.DataFrame(
        {
            "security": listed.security[:9],
            "date": listed.announced[:9],
            "kind": "earnings",
        }
    )
    return returns, factors, listed, news


@pytest.fixture(scope="module")
def study(world):
    returns, factors, listed, news = world
    return event_study(returns, listed, factors, confounds=news, **OPTIONS)


def same(one, other, **tolerance):
    for name in [*TABLES, "funnel"]:
        assert_frame_equal(getattr(one, name), getattr(other, name), **tolerance)


@pytest.mark.parametrize("name", TABLES)
def test_tables_keep_their_contracts(study, name):
    table = getattr(study, name)
    assert len(table)
    assert_frame_equal(conform(table, TABLES[name]), table)


def shuffled(table, seed=5):
    return table.sample(frac=1, random_state=seed)


def test_order_of_rows_changes_no_bit(world, study):
    returns, factors, listed, news = world
    other = event_study(
        shuffled(returns),
        shuffled(listed),
        shuffled(factors),
        confounds=shuffled(news),
        **OPTIONS,
    )
    same(study, other, check_exact=True)


def test_long_equals_wide(world, study):
    returns, factors, listed, news = world
    other = event_study(
        shuffled(worlds.long(returns)), listed, factors, confounds=news, **OPTIONS
    )
    same(study, other, check_exact=True)


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_chunks_change_nothing_but_rounding(world, study, chunk, monkeypatch):
    monkeypatch.setattr("alliance_value.events.engine.HELD", 10)
    returns, factors, listed, news = world
    other = event_study(
        returns, listed, factors, confounds=news, chunk=chunk, **OPTIONS
    )
    same(study, other, rtol=1e-9, atol=1e-14)


def test_units_of_returns_change_no_statistic(world, study):
    returns, factors, listed, news = world
    smaller = factors.set_index("date") / 100
    other = event_study(returns / 100, listed, smaller, confounds=news, **OPTIONS)
    columns = ["n", "statistic", "p", "reason"]
    assert_frame_equal(study.event_tests[columns], other.event_tests[columns])
    np.testing.assert_allclose(study.cars.car / 100, other.cars.car)
    np.testing.assert_allclose(study.cars.variance / 1e4, other.cars.variance)


def test_opposite_returns_give_opposite_statistics(world, study):
    returns, factors, listed, news = world
    mirrored = factors.set_index("date") * -1
    other = event_study(-returns, listed, mirrored, confounds=news, **OPTIONS)
    np.testing.assert_allclose(study.cars.car, -other.cars.car)
    # the sign of a CAR of zero or a tie would break this; there is none
    for test in TESTS:
        one = study.event_tests[study.event_tests.test == test].statistic
        two = other.event_tests[other.event_tests.test == test].statistic
        np.testing.assert_allclose(one, -two, rtol=1e-7, err_msg=test)


def test_names_of_groups_change_no_statistic(world, study):
    returns, factors, listed, news = world
    swapped = listed.assign(group=listed.group.map({"a": "b", "b": "a"}))
    other = event_study(returns, swapped, factors, confounds=news, **OPTIONS)
    key = ["sample", "group", "model", "window", "test"]
    renamed = other.event_tests.replace({"group": {"a": "b", "b": "a"}})
    assert_frame_equal(
        study.event_tests.sort_values(key, ignore_index=True),
        renamed.sort_values(key, ignore_index=True),
        check_exact=True,
    )


def test_other_securities_do_not_matter(world, study):
    returns, factors, listed, news = world
    used = returns[sorted(listed.security.unique())]
    other = event_study(used, listed, factors, confounds=news, **OPTIONS)
    same(study, other, check_exact=True)


def test_a_group_is_tested_as_if_it_were_alone(world, study):
    returns, factors, listed, news = world
    # overlaps are judged over all events, so that only kept ones are compared
    kept = study.events.loc[study.events.kept & (study.events.group == "a"), "event"]
    alone = listed[listed.event.isin(kept)]
    other = event_study(returns, alone, factors, confounds=news, **OPTIONS)
    one = study.event_tests.query("group == 'a'").reset_index(drop=True)
    two = other.event_tests.query("group == 'a'").reset_index(drop=True)
    assert_frame_equal(one, two, rtol=1e-9)


def test_planted_return_is_found_by_every_test(world):
    returns, factors, listed, _ = world
    planted = returns.copy()
    for e in listed.itertuples():
        planted.loc[e.announced, e.security] += 0.05
    found = event_study(planted, listed, factors, **OPTIONS).event_tests
    whole = found[(found.group == "all") & (found.window == "[0,0]")]
    assert (whole.p < 0.02).all()
    assert (whole.statistic > 0).all()
    np.testing.assert_allclose(whole["mean"], 0.05, atol=0.01)


@pytest.mark.parametrize(
    ("keep", "undefined"),
    [
        (0, set(TESTS)),
        (1, set(TESTS) - {"patell", "corrado", "corrado_zivney"}),
    ],
)
def test_too_few_events_give_reasons(world, keep, undefined):
    returns, factors, listed, _ = world
    found = event_study(returns, listed[:keep], factors, **OPTIONS).event_tests
    lacking = set(found.loc[found.statistic.isna(), "test"])
    assert lacking == undefined | ({"corrado_zivney"} if keep == 1 else set())
    assert (found.reason.notna() == found.statistic.isna()).all()
    assert (found.statistic.isna() == found.p.isna()).all()


@pytest.mark.parametrize("constant", [0.0, 0.01])
def test_events_without_variance_give_reasons(constant):
    returns, factors = worlds.market(missing=0.0, firms=3)
    returns[:] = constant
    listed = worlds.events(returns, n=9)
    options = {**OPTIONS, "models": "mean", "rules": Rules(overlap="flag")}
    found = event_study(returns, listed, factors, **options).event_tests
    # of sign tests only the plain one is defined, with no positive CAR
    assert set(found.loc[found.statistic.notna(), "test"]) == {"sign"}
    assert found.reason[found.statistic.isna()].notna().all()


def test_constant_market_gives_reasons():
    returns, factors = worlds.market(missing=0.0, firms=3)
    listed = worlds.events(returns, n=9)
    still = factors.assign(mkt_rf=0.001, rf=0.0)
    options = {**OPTIONS, "models": "market", "rules": Rules(overlap="flag")}
    found = event_study(returns, listed, still, **options).event_tests
    assert found.statistic.isna().all() and found.reason.notna().all()


def test_mean_adjusted_needs_no_factors(world):
    returns, _, listed, _ = world
    study = event_study(returns, listed, models="mean", windows=[(0, 0)])
    assert study.event_tests.empty or study.event_tests.model.eq("mean").all()


def test_all_problems_at_once(world):
    returns, factors, listed, _ = world
    twice = pd.concat([listed, listed[:1]]).drop(columns="announced")
    with pytest.raises(UserError) as caught:
        event_study(
            returns,
            twice,
            factors.drop(columns="umd"),
            models=["markt", "carhart"],
            windows=[(1, -1), (-50, 0)],
            tests=["bpm"],
        )
    text = str(caught.value)
    for word in (
        "announced",
        "e000",
        "did you mean 'market'",
        "umd",
        "did you mean 'bmp'",
        "ends before it begins",
        "[-50,0]",
    ):
        assert word in text
    assert len(caught.value.problems) == 7


def test_contradicting_returns_are_a_problem(world):
    returns, factors, listed, _ = world
    table = worlds.long(returns)
    doubled = pd.concat([table, table[:3].assign(ret=0.5)])
    with pytest.raises(UserError, match="3 rows repeat a security and day"):
        event_study(doubled, listed, factors, **OPTIONS)


def test_securities_written_in_two_ways_are_a_problem(world):
    returns, factors, listed, _ = world
    other = listed.assign(security=range(len(listed)))
    with pytest.raises(UserError, match="no event's security is among the returns"):
        event_study(returns, other, factors, **OPTIONS)


def test_returns_off_the_calendar_are_counted(world):
    returns, factors, listed, _ = world
    saturday = returns[:1].set_axis(pd.to_datetime(["2001-01-06"]), axis=0)
    more = pd.concat([returns, saturday])
    notes = event_study(more, listed, factors, **OPTIONS).notes
    assert any("outside the calendar" in note for note in notes)
