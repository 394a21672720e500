"""Positions in networks whose measures are published, and no look ahead in years."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.positions import (
    firm_year_positions,
    network_years,
    of_dyads,
    positions,
    ties_of_deals,
)


def edges(graph: nx.Graph) -> pd.DataFrame:
    named = [(f"{a:02d}", f"{b:02d}") for a, b in graph.edges]
    return pd.DataFrame(named, columns=["firm", "other"])


def test_the_karate_club_has_its_published_betweenness_and_core() -> None:
    # Zachary (1977), Journal of Anthropological Research 33; members counted from 0
    graph = nx.karate_club_graph()
    found = positions(edges(graph).sample(frac=1, random_state=1))
    published = {"00": 0.437635, "33": 0.304075, "32": 0.145247, "02": 0.143657}
    for member, value in published.items():
        assert found.betweenness[member] == pytest.approx(value, abs=5e-7)
    assert found.ties["33"] == 17
    assert found.coreness.max() == 4
    assert int(found.core.sum()) == 10
    by_networkx = nx.constraint(nx.Graph(graph.edges))
    for member, value in by_networkx.items():
        assert found.constraint[f"{member:02d}"] == pytest.approx(value)


def test_constraint_is_burts() -> None:
    # Burt (1992): a broker between unconnected others has 1/n, and one in a closed
    # triangle (1/2 + 1/4)^2 for each of both others
    star = pd.DataFrame({"firm": list("aaaa"), "other": list("bcde")})
    assert positions(star).constraint["a"] == pytest.approx(1 / 4)
    assert positions(star).constraint["b"] == pytest.approx(1)
    closed = pd.DataFrame({"firm": list("aab"), "other": list("bcc")})
    assert positions(closed).constraint.tolist() == pytest.approx([1.125] * 3)


def test_order_and_repeats_of_ties_change_nothing() -> None:
    table = edges(nx.karate_club_graph())
    turned = table.rename(columns={"firm": "other", "other": "firm"})
    again = pd.concat([turned[::-1], table])[["firm", "other"]]
    pd.testing.assert_frame_equal(positions(again), positions(table), check_exact=True)


def deals() -> tuple[pd.DataFrame, pd.DataFrame]:
    alliances = pd.DataFrame(
        {
            "alliance": ["1", "2", "3"],
            "announced": pd.to_datetime(["2000-05-01", "2001-05-01", "2006-01-02"]),
        }
    )
    participants = pd.DataFrame(
        [("1", "a"), ("1", "b"), ("2", "b"), ("2", "c"), ("3", "a"), ("3", None)],
        columns=["alliance", "firm"],
    )
    return alliances, participants


def test_years_hold_the_deals_of_five_years_and_none_to_come() -> None:
    ties = ties_of_deals(*deals())
    assert ties.to_numpy().tolist() == [[2000, "a", "b"], [2001, "b", "c"]]
    years = network_years(ties, 1999, 2006).set_index(["year", "firm"])
    assert sorted({y for y, _ in years.index}) == list(range(2000, 2006))
    assert years.betweenness[2001, "b"] == 1
    assert years.ties[2005, "b"] == 1
    firm_years = pd.DataFrame(
        {
            "firm": ["b", "b", "b", "z"],
            "fiscal_year": [2001, 2001, 2000, 2001],
            "datadate": pd.to_datetime(
                ["2001-12-31", "2001-06-30", "2000-12-31", "2001-12-31"]
            ),
        }
    )
    partnerships = pd.DataFrame(
        {
            "firm": "b",
            "fiscal_year": 2001,
            "partner_firm": ["a", "a", "c", None],
            "own_cc": 1.0,
            "partner_cc": [1.0, 1.0, 0.0, 1.0],
        }
    )
    found = firm_year_positions(years.reset_index(), firm_years, partnerships)
    assert found.ties.tolist() == [2, 1, 1, 0]
    assert found.across_share.tolist()[:2] == [0.5, 0.5]
    assert np.isnan(found.constraint[3])
    dyads = pd.DataFrame(
        {
            "firm_i": ["b", "b"],
            "firm_j": ["a", "z"],
            "announced": pd.to_datetime(["2002-01-01", "2001-12-31"]),
        }
    )
    assert of_dyads(dyads, years.reset_index()).joint_betweenness.tolist() == [1, 0]
