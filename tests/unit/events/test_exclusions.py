from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.events.exclusions import Rules, confounds_of, overlapping, with_news
from alliance_value.events.matrix import Market
from alliance_value.events.study import event_study

from . import worlds


def run(returns, factors, events, **options):
    options = {"windows": [(-1, 1)], "tests": ["cross_sectional"], **options}
    return event_study(
        returns, events, factors, estimation=worlds.ESTIMATION, **options
    )


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4], [4, 2, 0, 3, 1]])
def test_first_of_overlapping_windows_stays(order):
    # windows of three days: 10 and 12 share day 11; 13 touches no day of 10
    firm = np.array(["f", "f", "f", "g", "f"])[order]
    position = np.array([10, 12, 13, 11, 13])[order]
    event = np.array(["a", "b", "c", "d", "e"])[order]
    by = overlapping(firm, position, event, np.full(5, -1), np.full(5, 1))
    over = {str(event[i]): str(event[j]) for i, j in enumerate(by) if j >= 0}
    assert over == {"b": "a", "e": "c"}


def test_confounds_count_trading_days_and_move_to_the_next_one():
    days = np.array(["2010-04-01", "2010-04-05", "2010-04-06"], "datetime64[D]")
    news = pd.DataFrame(
        {
            "security": [1, 1, 2, 1],
            "date": pd.to_datetime(
                ["2010-04-03", "2010-04-06", "2010-04-01", "2011-01-01"]
            ),
            "kind": ["earnings", "split", "dividend", "merger"],
        }
    )
    security, position = pd.Series([1, 1, 3, 1]), np.array([0, 2, 1, -1])
    market = Market(days, pd.Index([1, 2, 3]), np.empty((3, 3)), {}, None, 0, ())
    names = pd.Series([""] * 4)
    texts = confounds_of(security, position, news, market, names, (-1, 1))
    assert texts.tolist() == [
        "earnings on day 1",
        "earnings on day -1; split on day 0",
        "",
        "",
    ]


@pytest.fixture(scope="module")
def dirty():
    """Six good events and one for every reason against an event."""
    returns, factors = worlds.market(missing=0.0, firms=12)
    days = returns.index
    returns.loc[days[200], "s001"] = np.nan
    returns.loc[: days[149], "s002"] = np.nan
    rows = [
        *((f"good{i}", f"s{i + 5:03d}", days[180 + i]) for i in range(6)),
        ("silent", "s001", days[200]),
        ("young", "s002", days[200]),
        ("unknown", "none", days[200]),
        ("undated", "s003", pd.NaT),
        ("late", "s003", days[-1] + pd.Timedelta(days=30)),
        ("again", "s005", days[182]),
        ("noisy", "s004", days[250]),
    ]
    events = pd.DataFrame(rows, columns=["event", "security", "announced"])
    news = pd.DataFrame(
        {"security": ["s004"], "date": [days[252]], "kind": ["earnings"]}
    )
    return returns, factors, events, news


def test_every_event_has_its_reason(dirty):
    returns, factors, events, news = dirty
    study = run(returns, factors, events, confounds=news)
    found = study.exclusions.set_index("event").reason.to_dict()
    assert found == {
        "silent": "no_event_day_return",
        "young": "too_few_estimation_days",
        "unknown": "no_security",
        "undated": "no_date",
        "late": "no_trading_day",
        "again": "overlapping",
        "noisy": "confounded",
    }
    assert "50 of at least" not in study.exclusions.detail.str.cat()
    detail = study.exclusions.set_index("event").detail
    assert detail["young"] == "30 of at least 100 days"
    assert detail["again"] == "[-1,1] overlaps that of good0"
    assert detail["noisy"] == "earnings on day 2"
    kept = study.events.set_index("event").kept
    assert kept.sum() == 7 and kept["noisy"]


def test_with_and_without_confounded_events(dirty):
    returns, factors, events, news = dirty
    study = run(returns, factors, events, confounds=news)
    n = study.event_tests.set_index("sample").n
    assert n["all"] == 7 and n["unconfounded"] == 6
    quiet = run(returns, factors, events[events.event != "noisy"])
    assert set(quiet.event_tests["sample"]) == {"all"}
    columns = ["mean", "statistic", "p"]
    one = study.event_tests[study.event_tests["sample"] == "unconfounded"]
    np.testing.assert_allclose(one[columns], quiet.event_tests[columns])


def test_funnel_chains_to_both_samples(dirty):
    returns, factors, events, news = dirty
    study = run(returns, factors, events, confounds=news)
    funnel = study.funnel.set_index("step")
    assert funnel.rows_out["announced"] == 13
    assert funnel.rows_out["overlapping"] == 7
    assert funnel.rows_out["confounded"] == 6
    assert (funnel.dropped.drop(["announced", "with returns"]) == 1).all()


def test_overlaps_may_stay_flagged(dirty):
    returns, factors, events, _ = dirty
    study = run(returns, factors, events, rules=Rules(overlap="flag"))
    again = study.events.set_index("event").loc["again"]
    assert again.overlapping and again.kept
    row = study.exclusions.set_index("event").loc["again"]
    assert not row.excluded


def test_market_value_before_the_longest_window(dirty):
    returns, factors, events, _ = dirty
    values = pd.DataFrame(
        np.arange(returns.size).reshape(returns.shape) + 1.0,
        index=returns.index,
        columns=returns.columns,
    )
    values.loc[returns.index[179], "s006"] = 0.0
    study = run(
        returns,
        factors,
        events,
        market_values=values,
        windows=[(-1, 1), (0, 0)],
        rules=Rules(market_value=True),
    )
    table = study.events.set_index("event")
    assert table.market_value["good0"] == values.loc[returns.index[178], "s005"]
    reasons = study.exclusions.set_index("event").reason
    assert reasons["good1"] == "no_market_value"


def test_overlap_is_by_firm_when_firms_are_given(dirty):
    returns, factors, events, _ = dirty
    study = run(returns, factors, events.assign(firm="one"))
    assert study.events.set_index("event").overlapping["good1"]


def test_news_in_another_window_confound_as_in_a_study_of_that_window():
    returns, factors = worlds.market()
    events = worlds.events(returns, n=25)
    news = events.sample(frac=1, random_state=1)[["security"]].assign(kind="earnings")
    shift = pd.to_timedelta(np.arange(len(news)) % 9 - 4, "D")
    news["date"] = (events.announced + shift).to_numpy()

    def study(window):
        rules = Rules(minimum=50, confound_window=window)
        options = {"estimation": worlds.ESTIMATION, "tests": ["sign"], "rules": rules}
        return event_study(returns, events, factors, confounds=news, **options).events

    narrow, wide = study((-1, 1)), study((-5, 5))
    days = factors["date"].to_numpy().astype("datetime64[D]")
    pd.testing.assert_frame_equal(with_news(narrow, days, news, (-5, 5)), wide)
    assert narrow.confounded.sum() < wide.confounded.sum()
