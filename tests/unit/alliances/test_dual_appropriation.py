"""Do partners gain together: planted correlations, slopes and moves between signs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.dual_appropriation import (
    CORRELATION,
    COVARIANCE,
    non_zero_sum,
    sign_class,
    sign_transitions,
    unexplained,
    with_governance,
)

COMMON, OWN = 0.02, 0.03


def dyads(n: int = 1500, common: float = COMMON) -> pd.DataFrame:
    draws = np.random.default_rng(8)
    shock = common * draws.standard_normal(n)
    flags = draws.integers(0, 2, (n, 2)).astype(float)
    cars = shock[:, None] + OWN * draws.standard_normal((n, 2)) + 0.05 * flags
    firms = [f"f{k}" for k in range(2 * n)]
    return pd.DataFrame(
        {
            "alliance": [f"a{k}" for k in range(n)],
            "firm_i": firms[:n],
            "firm_j": firms[n:],
            "car_i": cars[:, 0],
            "car_j": cars[:, 1],
            "customer_centric_i": flags[:, 0],
            "customer_centric_j": flags[:, 1],
            "asymmetric": (flags[:, 0] != flags[:, 1]).astype(float),
            "deal_class": np.where(flags[:, 0] != flags[:, 1], "asym", "sym"),
            "market_value_i": draws.uniform(1, 2, n),
            "market_value_j": draws.uniform(1, 2, n),
        }
    )


def test_planted_news_in_common_are_recovered():
    rows = non_zero_sum(dyads()).query("group == 'all'").set_index("quantity")
    covariance = rows.loc[COVARIANCE]
    assert covariance.ci_low < COMMON**2 < covariance.ci_high
    r = COMMON**2 / (COMMON**2 + OWN**2)
    assert rows.estimate[CORRELATION] == pytest.approx(r, abs=0.06)
    assert rows.loc[CORRELATION, "p"] < 1e-6
    slope = rows.loc["larger partner's CAR on the smaller's"]
    assert slope.ci_low < r < slope.ci_high


def test_what_structures_explain_is_no_correlation():
    rows = non_zero_sum(dyads(common=0.0)).query("group == 'all'")
    rows = rows.set_index("quantity")
    assert rows.loc[CORRELATION, "ci_low"] < 0 < rows.loc[CORRELATION, "ci_high"]
    raw = dyads(common=0.0)
    sides = unexplained(raw)
    for flag in (0.0, 1.0):
        cell = sides[(sides.customer_centric_i == flag) & (sides.asymmetric == 1)]
        other = sides[(sides.customer_centric_j == flag) & (sides.asymmetric == 1)]
        assert cell.u_i.sum() + other.u_j.sum() == pytest.approx(0, abs=1e-9)


def test_the_order_of_the_partners_is_of_no_account():
    table = dyads(200)
    turned = table.rename(
        columns=lambda c: (
            f"{c[:-1]}{ {'i': 'j', 'j': 'i'}[c[-1]] }" if c[-2:] in ("_i", "_j") else c
        )
    )
    pd.testing.assert_frame_equal(non_zero_sum(table), non_zero_sum(turned), rtol=1e-9)


def test_groups_by_governance_and_by_dependence_where_they_are_known():
    table = dyads(300).assign(dependence_class="low")
    governed = pd.DataFrame(
        {
            "alliance": table.alliance,
            "form": "contract",
            "rung": 1.0,
            "equity": [0.0, 1.0] * 150,
        }
    )
    found = non_zero_sum(with_governance(table, governed))
    assert set(found.group) == {
        *("all", "asymmetric", "symmetric", "equity", "contract", "low")
    }
    assert set(non_zero_sum(dyads(300)).group) == {"all", "asymmetric", "symmetric"}


def test_few_deals_have_no_test():
    assert "all" not in set(non_zero_sum(dyads(9)).group)


def test_moves_between_signs_are_counted_by_hand():
    table = dyads(3)
    values = {
        "[0,0]": [(0.1, 0.1), (0.1, -0.1), (-0.1, -0.1)],
        "[-1,1]": [(0.1, -0.1), (0.1, -0.1), (np.nan, 0.1)],
    }
    cars = pd.DataFrame(
        [
            {"event": f"a{k}:{side}", "model": "market", "window": window, "car": car}
            for window, pairs in values.items()
            for k, pair in enumerate(pairs)
            for side, car in zip("ij", pair, strict=True)
        ]
    )
    moves = sign_transitions(table, cars, "market", ["[0,0]", "[-1,1]"])
    every = moves[moves.group == "all"].set_index(["from_class", "to_class"])
    assert every.deals.sum() == 2
    assert every.deals["both", "one"] == every.deals["one", "one"] == 1
    assert every.share["both", "one"] == 1
    assert every.share["none"].isna().all()


def test_who_gains():
    one = pd.Series([0.1, 0.1, -0.1, 0.0, np.nan])
    two = pd.Series([0.1, -0.1, -0.1, 0.1, 0.1])
    assert list(sign_class(one, two).fillna("?")) == [
        *("both", "one", "none", "one", "?")
    ]
