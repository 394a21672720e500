"""Events of several markets: each goes by its own calendar and factors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.events.exclusions import Rules
from alliance_value.events.study import event_study
from alliance_value.sources.dated_tables import read_factor_tables
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

from . import worlds

MARKETS = ("AT", "DE", "FR", "US")
OPTIONS = {
    "models": ["market", "ff3"],
    "windows": [(0, 0), (-1, 1)],
    "estimation": worlds.ESTIMATION,
    "rules": Rules(minimum=50),
    "draws": 99,
}


@pytest.fixture(scope="module")
def world():
    """Four markets with holidays and days of their own."""
    parts = []
    for seed, name in enumerate(MARKETS):
        wide, factors = worlds.market(seed=seed, days=330 + 20 * seed, firms=6)
        open_days = np.delete(np.arange(len(wide)), [40 + seed, 190 + 3 * seed])
        wide = wide.iloc[open_days].add_prefix(f"{name}-")
        factors = factors.iloc[open_days].assign(market=name)
        listed = worlds.events(wide, n=12, seed=seed)
        listed = listed.assign(event=f"{name}-" + listed.event, market=name)
        news = listed.iloc[:3].rename(columns={"announced": "date"})
        parts.append((worlds.long(wide), listed, factors, news.assign(kind="news")))
    return [pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)]


@pytest.fixture(scope="module")
def study(world):
    returns, listed, factors, news = world
    news = news[["security", "date", "kind"]]
    return event_study(returns, listed, factors, confounds=news, **OPTIONS)


@pytest.mark.parametrize("name", MARKETS)
def test_each_market_is_studied_as_if_it_were_alone(world, study, name):
    returns, listed, factors, news = world
    alone = event_study(
        returns,
        listed[listed.market == name].drop(columns="market"),
        factors[factors.market == name].drop(columns="market"),
        confounds=news[["security", "date", "kind"]],
        **OPTIONS,
    )
    for table in ("cars", "abnormal_returns", "events", "exclusions"):
        both = getattr(study, table)
        mine = both[both.event.str.startswith(name)].reset_index(drop=True)
        pd.testing.assert_frame_equal(mine, getattr(alone, table), rtol=1e-12)
    assert alone.events.kept.any() and alone.events.confounded.any()


def test_tests_take_the_events_of_all_markets(study):
    tests = study.event_tests.set_index(["sample", "group", "model", "window", "test"])
    cars = study.cars.query("model == 'ff3' and window == '[-1,1]'")
    t = tests.loc["all", "all", "ff3", "[-1,1]", "cross_sectional"]
    assert t.n == len(cars) == study.events.kept.sum()
    error = cars.car.std(ddof=1) / np.sqrt(len(cars))
    assert t.statistic == pytest.approx(cars.car.mean() / error)
    assert tests.statistic.notna().all()


def test_a_date_of_several_markets_is_one_day_of_calendar_time(study):
    series = study.calendar_time.query(
        "sample == 'all' and group == 'all' and model == 'ff3' and window == '[-1,1]'"
    )
    assert series.date.is_monotonic_increasing and series.date.is_unique
    ar = study.abnormal_returns.query("model == 'ff3' and -1 <= day <= 1").dropna()
    assert series.n.sum() == len(ar)
    days = study.events.set_index("event").day
    zero = ar[ar.day == 0]
    on = days.reindex(zero.event).to_numpy()
    busiest = pd.Series(on).value_counts().index[0]
    assert series.set_index("date").n[busiest] >= (on == busiest).sum()


def test_order_of_rows_changes_no_bit(world, study):
    returns, listed, factors, news = (t.sample(frac=1, random_state=4) for t in world)
    news = news[["security", "date", "kind"]]
    other = event_study(returns, listed, factors, confounds=news, **OPTIONS)
    for table in ("cars", "event_tests", "caar", "calendar_time"):
        pd.testing.assert_frame_equal(
            getattr(study, table), getattr(other, table), check_exact=True
        )


def test_a_market_without_factors_is_named(world):
    returns, listed, factors, _ = world
    lost = listed.assign(market=listed.market.replace("US", "USA").replace("AT", None))
    with pytest.raises(UserError) as caught:
        event_study(returns, lost, factors, **OPTIONS)
    text = str(caught.value)
    assert "a market has no factors" in text and "did you mean 'US'" in text
    assert "an event has no market" in text
    bare = factors.assign(smb=factors.smb.where(factors.market != "FR"))
    with pytest.raises(UserError, match="the model ff3 needs smb"):
        event_study(returns, listed, bare, **OPTIONS)


def test_factors_of_several_markets_are_read_from_files(world, tmp_path):
    _, _, factors, _ = world
    table = factors.assign(date=factors.date.dt.strftime("%Y-%m-%d"))
    files = []
    for number, part in enumerate((table.iloc[:700], table.iloc[700:])):
        # a market in percent beside others in decimals
        percent = part.market.eq("DE") * 99 + 1
        part = part.assign(mkt_rf=part.mkt_rf * percent, rf=part.rf * percent)
        part.to_csv(tmp_path / f"f{number}.csv", index=False)
        files.append(tmp_path / f"f{number}.csv")
    with files[1].open("a") as file:
        file.write("2002-01-01,1,1,1,1,1,1,1,\n")
    plain = TableFile(entity="", file="")
    read = read_factor_tables(
        [read_file(path, plain) for path in files],
        "date",
        {"mkt_rf": "mkt_rf", "rf": "rf"},
        "auto",
        "market",
    )
    expected = factors.sort_values(["market", "date"], ignore_index=True)
    pd.testing.assert_series_equal(
        read.factors.market, expected.market, check_dtype=False
    )
    np.testing.assert_allclose(read.factors.mkt_rf, expected.mkt_rf, rtol=1e-12)
    np.testing.assert_allclose(read.factors.rf, expected.rf, rtol=1e-12)
    assert read.rejects.rule.tolist() == ["market_missing"]
