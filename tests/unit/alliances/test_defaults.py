"""What the paper's functions take where nothing is said, as its methods page has it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.alliances.active import active_partnerships
from alliance_value.alliances.agreement import coder_agreement, cohens_kappa
from alliance_value.alliances.appropriation import (
    RATIO,
    antisymmetric_model,
    appropriation_models,
    division_of_value,
)
from alliance_value.alliances.dyad_models import dyad_models
from alliance_value.alliances.dyads import dyad_returns
from alliance_value.alliances.portfolios import PortfolioRule
from alliance_value.alliances.structures import carry_forward, code_structures
from tests.unit.alliances.test_appropriation import deals
from tests.unit.alliances.worlds import random_world

same = pd.testing.assert_frame_equal


def test_a_deal_lasts_five_years_and_a_filing_is_used_for_four():
    world = random_world(51)
    tables = (world.alliances, world.participants, world.firm_years)
    same(active_partnerships(*tables), active_partnerships(*tables, "5y"))
    assert PortfolioRule() == PortfolioRule(
        life="5y",
        weights="deal",
        structure="filed_before",
        undefined="missing",
        max_age_days=4 * 365 + 1,
    )


def test_structures_are_carried_for_three_years():
    world = random_world(53)
    coded = code_structures(world.units)
    same(
        carry_forward(coded, world.firm_years),
        carry_forward(coded, world.firm_years, 3),
    )
    first = coded.groupby("firm").fiscal_year.transform("min")
    early = coded[coded.fiscal_year == first]
    years = pd.DataFrame(
        {
            "firm": np.repeat(early.firm.to_numpy(), 6),
            "fiscal_year": np.repeat(early.fiscal_year.to_numpy(), 6)
            + np.tile(range(6), len(early)),
        }
    )
    assert carry_forward(early, years).groupby("firm").size().eq(4).all()


def test_intervals_are_of_95_percent():
    kappa = cohens_kappa(np.array([[20.0, 5.0], [10.0, 15.0]]))
    assert kappa.ci_high - kappa.kappa == pytest.approx(1.959963984540054 * kappa.se)
    table, _ = coder_agreement(random_world(54).units)
    np.testing.assert_allclose(
        table.ci_high - table.kappa, 1.959963984540054 * table.se, rtol=1e-12
    )
    dyads = deals(300, 4, 0.02)
    divided = division_of_value(dyads)
    means = divided[divided.se.notna() & (divided.quantity != RATIO)]
    assert len(means) > 5
    np.testing.assert_allclose(
        means.ci_high - means.estimate, 1.959963984540054 * means.se, rtol=1e-9
    )
    for found in (
        antisymmetric_model(dyads, "car_difference"),
        appropriation_models(dyads),
        dyad_models(dyads)[0],
    ):
        known = found[found.se > 0]
        reach = (known.ci_high - known.estimate) / known.se
        df = known.df.fillna(np.inf).to_numpy("float64")
        np.testing.assert_allclose(reach, stats.t.ppf(0.975, df), rtol=1e-6)
        assert len(known) > 2


def test_returns_of_dyads_reach_as_far_as_the_windows_do():
    day = pd.Timestamp("2001-05-01")
    # 7 days for 5 of trading and four weeks
    away = [-589, -588, -3, 29, 30]
    dates = [day + pd.Timedelta(days=d) for d in away]
    returns = pd.DataFrame(
        {
            "security": np.repeat(["1", "2"], 5),
            "date": [*dates, *dates],
            "ret": [0.01] * 5 + [0.05] * 5,
        }
    )
    dyads = pd.DataFrame(
        {
            "alliance": ["a", "b"],
            "day": [day, pd.NaT],
            "security_i": "1",
            "security_j": "2",
            "market_value_i": 300.0,
            "market_value_j": 100.0,
        }
    )
    found = dyad_returns(returns, dyads, [(-1, 1), (-400, -50)], (-2, 10))
    assert found.date.tolist() == dates[1:4]
    np.testing.assert_allclose(found.ret, 0.02)
    assert found.market_value.tolist() == [400.0] * 3
    assert found.security.tolist() == ["a"] * 3
