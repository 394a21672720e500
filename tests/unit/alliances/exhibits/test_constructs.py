"""Tables of partners' constructs and of functions: their cells are the results'."""

import pandas as pd

from alliance_value.alliances.contracts.constructs import FunctionResults, Moderators
from alliance_value.contracts.storage import conform
from tests.unit.alliances.exhibits.test_tables import laid_out


def test_terms_of_constructs_are_shown_and_no_others() -> None:
    rows = pd.DataFrame(
        {
            "model": ["creation", "creation", "creation", "capture"],
            "outcome": "combined_car",
            "se_type": [*["dyadic_jackknife"] * 2, "dyadic", "dyadic_jackknife"],
            "term": ["marketing", "functions", "functions", "function_difference"],
            "estimate": [0.5, 0.012, 0.012, -0.021],
            "se": [0.1, 0.004, 9.0, 0.01],
            "df": 50.0,
            "t": 1.0,
            "p": [0.5, 0.004, 0.9, 0.04],
            "ci_low": 0.0,
            "ci_high": 1.0,
            "n": 321,
        }
    )
    results = {"moderators": conform(rows, Moderators)}
    table = laid_out("moderators", results)
    assert [head for _, head in table.columns] == ["Creation", "Capture"]
    cells = dict(table.rows)
    assert cells["Partners with an alliance function"] == ("0.0120***", "")
    assert cells["Difference of alliance functions"] == ("", "-0.021**")
    assert cells["Deals"] == ("321", "321")
    assert not any("arketing" in head for head in cells)


def test_functions_have_a_column_for_each_group() -> None:
    rows = pd.DataFrame(
        {
            "group": ["all", "larger", "all"],
            "quantity": ["return, difference", "return, difference", "return, ratio"],
            "estimate": [0.0123, 0.02, 2.5],
            "se": [0.004, 0.005, 0.3],
            "df": 8.0,
            "t": [3.0, 4.0, float("nan")],
            "p": [0.01, 0.001, float("nan")],
            "ci_low": [0.0, 0.0, 1.8],
            "ci_high": [1.0, 1.0, 4.1],
            "n": 9,
        }
    )
    results = {"alliance_function": conform(rows, FunctionResults)}
    table = laid_out("alliance_function", results)
    assert [head for _, head in table.columns] == ["All", "Larger"]
    assert table.rows[0][1] == ("0.0123", "0.0200")
    assert table.rows[1][1] == ("(0.0040)", "(0.0050)")
    assert table.rows[2] == ("Return, ratio", ("2.5000", ""))
    assert table.rows[3][1] == ("[1.8000 to 4.1000]", "")
