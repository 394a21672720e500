"""Acquisitions of former partners: who is one, and how their returns differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.alliances.acquisition_study import (
    DIFFERENCE,
    OTHER,
    PARTNER,
    acquirer_events,
    acquisition_returns,
    no_events,
)
from alliance_value.alliances.contracts.life_results import AcquisitionReturns
from alliance_value.contracts.storage import conform


def text(*values: str) -> pd.Series:
    return pd.Series(pd.array(values, dtype="string"))


@pytest.fixture
def tables() -> dict[str, pd.DataFrame]:
    blank = pd.Series(pd.NA, range(4), dtype="string")
    return {
        "acquisitions": pd.DataFrame(
            {
                "acquisition": text("1", "2", "3"),
                "acquirer": text("A", "A", "Z"),
                "target": text("B", "C", "B"),
                "announced": pd.to_datetime(["2005-06-01"] * 3),
                "effective": pd.NaT,
            }
        ),
        "alliances": pd.DataFrame(
            {
                "alliance": text("x", "y"),
                "announced": pd.to_datetime(["2000-06-01", "2006-01-01"]),
            }
        ),
        "participants": pd.DataFrame(
            {
                "alliance": text("x", "x", "y", "y"),
                "position": [1, 2, 1, 2],
                "name": text("A", "B", "A", "C"),
                "cusip6": blank,
                "parent_cusip6": blank,
                "parent_name": text("A", "B", "A", "C"),
                "sic": blank,
                "firm": text("A", "B", "A", "C"),
            }
        ),
        "links": pd.DataFrame(
            {
                "firm": text("A"),
                "security": [7],
                "link_from": pd.to_datetime(["1990-01-01"]),
                "link_to": pd.to_datetime(["2010-01-01"]),
            }
        ),
        "security_names": pd.DataFrame(),
    }


def test_a_former_partner_allied_before_the_announcement(tables):
    events = acquirer_events(**tables).set_index("event")
    # the acquirer Z has no security; the alliance with C came later
    assert list(events.index) == ["1", "2"]
    assert events.group.to_dict() == {"1": PARTNER, "2": OTHER}
    assert events.years_since_first["1"] == pytest.approx(5.0, abs=0.01)
    assert events.alliances.to_dict() == {"1": 1, "2": 0}


@pytest.mark.parametrize(("years", "group"), [(5, OTHER), (6, PARTNER)])
def test_within_some_years(tables, years, group):
    events = acquirer_events(**tables, within_years=years).set_index("event")
    assert events.group["1"] == group


def test_codes_that_match_no_firm_are_a_mistake(tables):
    tables["acquisitions"]["acquirer"] = text("1", "2", "3")
    events = acquirer_events(**tables)
    (problem,) = no_events(tables["acquisitions"], events)
    assert "none of 3 acquirers" in problem.rule


def drawn(
    groups: list[int], spread: float, seed: int
) -> tuple[pd.DataFrame, pd.Series]:
    """Return acquisitions, of former partners first, and returns 0.02 apart."""
    draws = np.random.default_rng(seed)
    partner = np.repeat([1, 0], groups)
    n = len(partner)
    car = 0.02 * partner + draws.normal(0, np.where(partner == 1, spread, 1), n) * 0.03
    events = pd.DataFrame(
        {
            "event": [str(k) for k in range(n)],
            "firm": draws.permutation(n).astype(str),
            "group": np.where(partner == 1, PARTNER, OTHER),
            "years_since_first": np.where(partner == 1, 4.0, np.nan),
        }
    )
    return events, pd.Series(car, events.event)


def difference(events: pd.DataFrame, car: pd.Series) -> pd.Series:
    found = acquisition_returns(events, car)
    return found[found.quantity == DIFFERENCE].iloc[0]


def test_of_acquirers_that_acquire_once_the_difference_is_welchs():
    events, car = drawn([9, 40], 1.5, 2)
    row = difference(events, car)
    one, other = car.to_numpy()[:9], car.to_numpy()[9:]
    welch = stats.ttest_ind(one, other, equal_var=False)
    assert row.estimate == pytest.approx(one.mean() - other.mean())
    assert row.t == pytest.approx(welch.statistic)
    # Imbens and Kolesar (2016): of two groups of n and m alike errors
    n, m = 9, 40
    df = (n + m) ** 2 * (n - 1) * (m - 1) / (n**2 * (n - 1) + m**2 * (m - 1))
    assert row.df == pytest.approx(df)
    reach = stats.t(df).ppf(0.975) * row.se
    assert row.ci_high == pytest.approx(row.estimate + reach)
    found = conform(acquisition_returns(events, car), AcquisitionReturns)
    median = found[found.quantity.str.endswith("median")].iloc[0]
    assert (median.estimate, median.n) == (4.0, 9)


def test_the_variance_is_unbiased_where_acquirers_acquire_often():
    events, _ = drawn([8, 30], 1.0, 3)
    events["firm"] = np.random.default_rng(4).integers(0, 14, len(events)).astype(str)
    draws = np.random.default_rng(5)
    rows = [
        difference(events, pd.Series(draws.normal(0, 1, 38), events.event))
        for _ in range(400)
    ]
    variance = np.mean([row.se**2 for row in rows])
    # 1/8 + 1/30 exactly; an error of a mean of 400 chi-square with some ten df
    assert variance == pytest.approx(1 / 8 + 1 / 30, rel=0.08)


def test_intervals_of_few_former_partners_cover():
    covered = []
    for seed in range(400):
        row = difference(*drawn([6, 60], 1.0, seed))
        covered.append(row.ci_low < 0.02 < row.ci_high)
    # of 400 true intervals 95 % +- 3.3 are within three standard errors
    assert 0.917 < np.mean(covered) < 0.983


def test_two_acquirers_are_too_few():
    events, car = drawn([2, 20], 1.0, 6)
    row = difference(events, car)
    assert np.isnan(row.estimate) and row.n == 22
