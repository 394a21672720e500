"""Acquisitions of former partners: who is one, and how their returns differ."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from alliance_value.alliances.acquisition_study import (
    DIFFERENCE,
    OTHER,
    PARTNER,
    acquirer_events,
    acquisition_returns,
    no_events,
)


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


def test_the_difference_is_that_of_clustered_least_squares():
    draws = np.random.default_rng(2)
    n = 90
    firm = draws.integers(0, 30, n).astype(str)
    partner = draws.integers(0, 2, n)
    car = 0.02 * partner + draws.normal(0, 0.03, n)
    events = pd.DataFrame(
        {
            "event": [str(k) for k in range(n)],
            "firm": firm,
            "group": np.where(partner == 1, PARTNER, OTHER),
            "years_since_first": np.where(partner == 1, 4.0, np.nan),
        }
    )
    found = acquisition_returns(events, pd.Series(car, events.event))
    row = found[found.quantity == DIFFERENCE].iloc[0]
    fit = sm.OLS(car, sm.add_constant(partner)).fit(
        cov_type="cluster", cov_kwds={"groups": firm.astype(int)}, use_t=True
    )
    assert row.estimate == pytest.approx(fit.params[1])
    assert row.se == pytest.approx(fit.bse[1])
    fewest = min(len(np.unique(firm[partner == k])) for k in (0, 1))
    reach = stats.t(fewest - 1).ppf(0.975) * fit.bse[1]
    assert row.ci_high == pytest.approx(fit.params[1] + reach)
    median = found[found.quantity.str.endswith("median")].iloc[0]
    assert (median.estimate, median.n) == (4.0, int(partner.sum()))
