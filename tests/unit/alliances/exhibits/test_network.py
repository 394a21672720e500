"""The network figure counts each pair's alliances once and says what crosses."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.exhibits.network import network
from alliance_value.alliances.network import allied_names, largest, names_of, ties
from alliance_value.exhibits.context import Context
from alliance_value.study.spec import Figure

PANEL = pd.DataFrame(
    {
        "firm": ["a", "a", "b", "b", "c", "d"],
        "fiscal_year": [2000, 2001, 2001, 2000, 2001, 2001],
        "sale": [10.0, 30.0, 5.0, 7.0, 40.0, 1.0],
        "own_cc": [0.0, 1.0, 0.0, 0.0, np.nan, 1.0],
    }
)
PARTNERSHIPS = pd.DataFrame(
    {
        "firm": ["a", "b", "a", "a", "c", "a", "d"],
        "fiscal_year": [2000, 2000, 2001, 2000, 2001, 2000, 2001],
        "partner_firm": ["b", "a", "b", "b", "a", None, "a"],
        "alliance": ["1", "1", "1", "2", "3", "4", "5"],
    }
)
LINKS = pd.DataFrame({"firm": ["a", "d"], "security": [1, 2]})
NAMES = pd.DataFrame(
    {
        "security": [1, 2, 2],
        "name_from": pd.to_datetime(["2000-01-01", "2001-01-01", "1999-01-01"]),
        "name": ["CRSP'S A", "NEW D", "OLD D"],
    }
)
PARTICIPANTS = pd.DataFrame(
    {"firm": ["a", "a", "a", "b", None], "name": ["A Co", "A Inc", "A Inc", "B", "X"]}
)


def test_firms_are_the_largest_by_structure():
    firms = largest(PANEL, "sale", 3)
    assert list(firms.index) == ["b", "a", "c"]
    assert list(firms.structure) == [
        "product-centric",
        "customer-centric",
        "structure unknown",
    ]
    assert firms.loc["a", "size"] == 20.0


def test_a_deal_counts_once_a_pair_and_never_outside_the_circle():
    data = ties(PARTNERSHIPS, largest(PANEL, "sale", 3))
    assert data.to_dict("list") == {
        "firm": ["a", "a"],
        "partner_firm": ["b", "c"],
        "kind": ["across structures", "with a structure unknown"],
        "alliances": [2, 1],
    }


def test_names_are_those_used_most():
    assert allied_names(PARTICIPANTS).to_dict() == {"a": "A Inc", "b": "B"}


@pytest.mark.parametrize(
    ("partnerships", "says"),
    [
        (PARTNERSHIPS, "have 3 alliances with each other; 2 of 2 between known"),
        (PARTNERSHIPS.head(0), "have no alliance with each other"),
    ],
)
def test_the_caption_says_what_crosses(partnerships, says):
    tables = {
        "panel": PANEL,
        "partnerships": partnerships,
        "participants": PARTICIPANTS,
        "links": LINKS,
        "security_names": NAMES,
    }
    figure = Figure("network", "network", over="sale", firms=3)
    drawn = network(figure, tables, Context(labels={"sale": "Sales"}))
    assert says in drawn.caption
    assert "Marks: Sales" in drawn.caption
    plt.close(drawn.figure)


def test_firms_without_a_named_alliance_have_their_securitys_last_name():
    names = names_of(PARTICIPANTS, LINKS, NAMES)
    assert names["d"] == "NEW D"
    assert names["a"] == allied_names(PARTICIPANTS)["a"]
