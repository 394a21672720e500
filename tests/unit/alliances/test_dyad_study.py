"""The study of dyads on planted returns, and one study with several groupings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.dyad_study import (
    Partners,
    dyad_study,
    of_dyads,
    value_tables,
)
from alliance_value.alliances.dyads import partner_events
from alliance_value.events.settings import study_settings
from alliance_value.events.study import event_study
from tests.unit.alliances.test_appropriation import deals
from tests.unit.events import worlds

SECTION = {
    "models": ["market"],
    "windows": [[0, 0], [-1, 1]],
    "headline": [-1, 1],
    "estimation": list(worlds.ESTIMATION),
    "path": [-2, 2],
    "tests": ["cross_sectional", "bmp"],
    "minimum": 60,
    "overlap": "flag",
    "confound_window": [-2, 2],
    "confidence": 0.95,
    "draws": 99,
    "seed": 1,
    "first": None,
    "last": None,
}


def inputs() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    wide, factors = worlds.market(firms=12, missing=0.0)
    rng = np.random.default_rng(8)
    n = 30
    first = rng.integers(0, 12, n)
    second = (first + rng.integers(1, 12, n)) % 12
    cc = rng.integers(0, 2, (n, 2)).astype(float)
    dyads = pd.DataFrame(
        {
            "alliance": pd.array([f"a{k:02d}" for k in range(n)], dtype="string"),
            "announced": wide.index[rng.integers(150, 380, n)],
            "firm_i": wide.columns[first],
            "firm_j": wide.columns[second],
            "security_i": wide.columns[first],
            "security_j": wide.columns[second],
            "customer_centric_i": cc[:, 0],
            "customer_centric_j": cc[:, 1],
            "asymmetric": np.abs(cc[:, 0] - cc[:, 1]),
            "marketing": rng.integers(0, 2, n).astype(float),
            "research": 0.0,
            "experience_i": rng.random(n),
            "experience_j": rng.random(n),
        }
    )
    returns = worlds.long(wide)
    returns["security"] = returns["security"].astype("string")
    size = dict(zip(wide.columns, np.exp(rng.normal(7, 1, 12)), strict=True))
    returns["market_value"] = returns["security"].map(size).astype("float64")
    return returns, factors, dyads


def run(returns: pd.DataFrame, factors: pd.DataFrame, dyads: pd.DataFrame):
    settings = study_settings(SECTION, None)
    partners = event_study(returns, partner_events(dyads), factors, **settings)
    return dyad_study(
        dyads,
        Partners(partners.events, partners.cars),
        returns,
        factors,
        None,
        SECTION,
    )


def test_combined_return_is_that_of_the_fixed_weight_portfolio():
    found = run(*inputs())
    dyads = found.dyads
    assert len(dyads) == 30 and found.funnel.rows_out.iloc[-1] == 30
    portfolio = found.study.cars
    portfolio = portfolio[portfolio.window == "[-1,1]"].set_index("event")
    np.testing.assert_allclose(
        dyads.combined_car, portfolio.car.reindex(dyads.alliance), rtol=1e-9, atol=1e-14
    )
    np.testing.assert_allclose(
        dyads.combined_variance, portfolio.variance.reindex(dyads.alliance)
    )
    np.testing.assert_allclose(
        dyads.relative_size, np.log(dyads.market_value_i / dyads.market_value_j)
    )


def test_swapping_all_partners_mirrors_the_study():
    returns, factors, dyads = inputs()
    one = run(returns, factors, dyads)
    other = {"i": "j", "j": "i"}
    names = {c: c[:-1] + other[c[-1]] for c in dyads.columns if c[-2:] in ("_i", "_j")}
    two = run(returns, factors, dyads.rename(columns=names)[dyads.columns])
    for name in ("combined_car", "least_car", "both_gain", "combined_variance"):
        np.testing.assert_allclose(one.dyads[name], two.dyads[name], rtol=1e-9)
    for name in ("car_difference", "relative_gain", "log_value_difference"):
        np.testing.assert_allclose(one.dyads[name], -two.dyads[name], rtol=1e-12)
    np.testing.assert_allclose(
        one.study.event_tests.statistic, two.study.event_tests.statistic, rtol=1e-8
    )


def test_a_deal_without_a_partner_event_leaves_with_a_count():
    returns, factors, dyads = inputs()
    dyads.loc[0, "security_j"] = "nowhere"
    found = run(returns, factors, dyads)
    assert dyads.alliance[0] not in set(found.dyads.alliance)
    steps = found.funnel.set_index("step")
    assert steps.rows_out["both events kept"] == 29


def test_news_of_either_partner_is_news_of_the_deal():
    dyads = pd.DataFrame(
        {
            "alliance": ["a", "b"],
            "day": pd.to_datetime(["2004-01-02", "2003-12-31"]),
            "security_i": ["1", "2"],
            "security_j": ["2", "3"],
        }
    )
    days = pd.to_datetime(["2003-12-30", "2004-01-05", "2005-01-02", "2004-01-02"])
    news = pd.DataFrame(
        {
            "security": ["2", "2", "2", "9"],
            "date": days,
            "kind": ["split", "merger", "a year later", "other"],
        }
    )
    found = of_dyads(news, dyads)
    assert sorted(map(tuple, found[["security", "date", "kind"]].to_numpy())) == [
        (deal, days[k], kind)
        for deal in "ab"
        for k, kind in ((0, "split"), (1, "merger"))
    ]


def test_whale_curves_are_of_all_deals_and_of_each_class():
    table = deals(120, 3, 0.02).assign(
        joint_gain=lambda t: t.car_i * t.market_value_i + t.car_j * t.market_value_j,
        combined_car=lambda t: (t.car_i + t.car_j) / 2,
        deal_class=lambda t: np.where(
            t.asymmetric == 1, "R&D asymmetric", "R&D symmetric"
        ),
    )
    found = value_tables(table, 0.9, "dyadic")
    sizes = found["whale_curve"].groupby("group").size().to_dict()
    classes = table.deal_class.value_counts().to_dict()
    assert sizes == {"all": 120, **classes}
    assert set(found["whale_summary"].group) == set(sizes)
    assert found["joint_value"].n.sum() == 120
    wide = found["joint_value"].iloc[0]
    one = table.combined_car[table.deal_class == f"{wide.type} {wide.symmetry}"]
    error = one.std() / np.sqrt(len(one))
    assert wide.ci_high - wide["mean"] == pytest.approx(1.6448536269514722 * error)
    for name in ("appropriation", "division_of_value"):
        assert len(found[name])
