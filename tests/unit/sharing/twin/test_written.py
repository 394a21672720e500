"""Numbers and days are written as the real column writes them."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.sharing.twin.written import day_form, day_texts, days, number


def written(cells, values, new, decimal=".", mark=""):
    form = number(pd.Series(cells, dtype="string"), np.array(values), decimal, mark)
    return list(form.texts(np.array(new)))


@pytest.mark.parametrize(
    ("cells", "values", "new", "texts"),
    [
        (["1.50", "2.25"], [1.5, 2.25], [3.14159, -0.001], ["3.14", "0.00"]),
        (["1.5", "2.25"], [1.5, 2.25], [3.1, np.nan], ["3.1", ""]),
        (["0100", "2800"], [100.0, 2800.0], [151.0], ["0200"]),
        (["0131", "2834"], [131.0, 2834.0], [151.4], ["0151"]),
        (
            ["3068000000.0", "-222000000.0"],
            [3.068e9, -2.22e8],
            [1.2e9],
            ["1200000000.0"],
        ),
        (["12", "-7"], [12.0, -7.0], [3.7], ["4"]),
        (["1e-05", "2.5"], [1e-5, 2.5], [0.123456], ["0.123456"]),
    ],
)
def test_numbers_keep_their_form(cells, values, new, texts):
    assert written(cells, values, new) == texts


def test_marks_of_other_countries_stay():
    texts = written(["1.234,50", "12,25"], [1234.5, 12.25], [98765.4321], ",", ".")
    assert texts == ["98.765,43"]


@pytest.mark.parametrize(
    "cells",
    [
        ["2004-12-31", "2003-01-15", ""],
        ["20041231", "20030115", ""],
        ["31DEC2004", "15JAN2003", ""],
        ["31.12.2004", "15.01.2003", ""],
        ["12/31/2004", "01/15/2003", ""],
        ["31/12/2004", "15/01/2003", ""],
    ],
)
def test_days_keep_their_form(cells):
    column = pd.Series(cells, dtype="string")
    pattern = day_form(column)
    assert list(day_texts(days(column), pattern)) == cells


def test_numbers_are_no_days():
    assert day_form(pd.Series(["1.5", "2.25", "x"], dtype="string")) == ""
