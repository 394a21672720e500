"""Tables of what alliances live through: their cells from small results."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.contracts.governance import LADDER, NOT_KNOWN
from alliance_value.alliances.exhibits.survival import at_risk
from tests.unit.alliances.exhibits.test_tables import laid_out


def test_forms_are_in_the_ladders_order_and_the_unknown_last():
    forms = ["licence", "contract", "contract", NOT_KNOWN]
    data = pd.DataFrame(
        {
            "form": forms,
            "rung": [1.0, 2.0, 2.0, np.nan],
            "basis": ["flags", "flags", "flags", "joint venture without shares"],
        }
    )
    table = laid_out("governance", {"governance": data})
    assert [head for head, _ in table.rows] == [
        *("Licence", "Contract"),
        *(form[0].upper() + form[1:] for form in LADDER[2:]),
        "Not known",
    ]
    assert table.rows[1][1] == ("2", "2", "50.0%", "0%")
    assert table.rows[-1][1] == ("", "1", "25.0%", "0%")


def test_hazards_have_a_column_for_each_kind_of_end():
    rows = [
        {"model": model, "term": term, "estimate": 0.5, "se": 0.1, "p": 0.001}
        for model in ("any end", "dissolution")
        for term in ("asymmetric", "equity")
    ]
    data = pd.DataFrame(rows).assign(rows=40, spells=20, ends=1500, ties=12)
    table = laid_out("hazard_models", {"hazard_models": data})
    assert [head for _, head in table.columns] == ["Any end", "Dissolution"]
    assert table.rows[0] == ("Asymmetric now", ("0.500***", "0.500***"))
    assert ("Ends that count", ("1,500", "1,500")) in table.rows


def test_bounds_open_a_block_for_each_horizon():
    rows = [
        {"years": years, "missed": missed}
        for years in (3.0, 10.0)
        for missed in (0.0, 0.2)
    ]
    data = pd.DataFrame(rows).assign(
        recorded=0.4, lowest=0.4, at_random=0.5, highest=0.61
    )
    table = laid_out("unobserved_ends", {"unobserved_ends": data})
    assert table.rules == frozenset({2})
    assert table.rows[3] == (
        "After 10 years, 20% missed",
        ("40.0%", "40.0%", "50.0%", "61.0%"),
    )


def test_partners_that_gain_together_by_group():
    data = pd.DataFrame(
        {
            "group": ["all", "equity"],
            "quantity": "correlation of CARs",
            "estimate": [0.3, 0.4],
            "se": 0.03,
            "p": 0.0001,
            "n": [500, 100],
        }
    )
    table = laid_out("non_zero_sum", {"non_zero_sum": data})
    assert [head for _, head in table.columns] == ["All", "Equity"]
    assert table.rows[0] == ("Correlation of CARs", ("0.300***", "0.400***"))
    assert table.rows[-1] == ("Deals", ("500", "100"))


def test_moves_say_of_how_many_deals_they_are_shares():
    rows = [
        {"from_class": first, "to_class": second, "deals": 2, "share": 1 / 3}
        for first in ("both", "one", "none")
        for second in ("both", "one", "none")
    ]
    data = pd.DataFrame(rows).assign(
        group="all", from_window="[0,0]", to_window="[-1,1]"
    )
    table = laid_out("sign_transitions", {"sign_transitions": data})
    assert table.rows[0] == ("All, [0,0] to [-1,1]: both", ("33%", "33%", "33%", "6"))


def test_returns_in_percent_and_times_in_years():
    data = pd.DataFrame(
        {
            "group": ["all", "former partner"],
            "quantity": ["difference of mean CARs", "years from first alliance"],
            "estimate": [0.025, 6.78],
            "se": [0.01, np.nan],
            "ci_low": [0.005, np.nan],
            "ci_high": [0.045, np.nan],
            "df": [15.83, np.nan],
            "p": [0.0123, np.nan],
            "n": [96, 15],
        }
    )
    table = laid_out("acquisition_returns", {"acquisition_returns": data})
    assert table.rows[0][1] == ("2.50%", "0.50% to 4.50%", "15.8", "0.0123", "96")
    assert table.rows[1][1] == ("6.8", "", "", "", "15")


@pytest.mark.parametrize(("years", "count"), [(0, 9), (1, 9), (1.5, 4), (3, 0)])
def test_at_risk_is_that_of_the_first_end_after(years, count):
    curve = pd.DataFrame({"years": [1.0, 2.0], "at_risk": [9, 4]})
    assert at_risk(curve, years) == count
