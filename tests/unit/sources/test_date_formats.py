"""What formats the cells of a column have, by the first of them."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.sources.date_formats import (
    FIRST_ROWS,
    LOOKED_AT,
    date_formats,
    names,
)


def formats(*cells, table=None):
    return date_formats(pd.Series([*cells], dtype="str", name="x"), table)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["2001-2-3"], {"YYYY-MM-DD": 1}),
        (["2001/02/03", "2001 2 3", "2001.2.3"], {"YYYY/MM/DD": 3}),
        (["3.2.2001", "3.2.01"], {"DD.MM.YYYY": 1, "DD.MM.YY": 1}),
        (["3feb2001"], {"DDMONYYYY": 1}),
        (["3 Feb 2001", "3-February-01", "3./Feb. 2001"], {"DD MON YYYY": 3}),
        (["Feb 3, 2001", "february 3 01"], {"MON DD, YYYY": 2}),
        (["13-02-2001"], {"DD-MM-YYYY": 1}),
        (["02 13 01"], {"MM DD YY": 1}),
        (["2001-02-03 00:00:00", "2001-02-03T00:00:00.000"], {"YYYY-MM-DD": 2}),
        (
            ["2001-02-03 10:00", "02/13/2001 5 pm"],
            {"YYYY-MM-DD and time": 1, "MM/DD/YYYY and time": 1},
        ),
        # a column of both orders: pairs that could be either are told as such
        (
            ["13/02/2001", "02/13/2001", "03/04/2001", "04/04/2001", "03/04/01"],
            {
                "MM/DD/YYYY": 2,
                "DD/MM/YYYY": 1,
                "day or month first, YYYY": 1,
                "day or month first, YY": 1,
            },
        ),
    ],
)
def test_every_form_has_a_name(cells, expected):
    assert formats(*cells) == expected
    told = dict.fromkeys(names())
    assert [*expected] == [name for name in told if name in expected]


def test_names_are_in_their_order():
    every = names()
    assert len({*every}) == 2 * (8 + 3 * 6 + 2 - 2) + 1
    assert every[:2] == ["YYYY-MM-DD", "YYYY-MM-DD and time"]
    assert every[-3:] == [
        *("day or month first, YY", "day or month first, YY and time", "unreadable")
    ]


def test_half_of_the_cells_are_dates_or_none():
    assert formats("2001-02-03", "x", "") == {"YYYY-MM-DD": 1, "unreadable": 1}
    assert formats("2001-02-03", "x", "y") == {}
    assert date_formats(pd.Series([True, False])) == {}


def test_the_first_cells_that_are_not_blank_tell():
    dated, words = ["2001-02-03"] * LOOKED_AT, ["x"] * LOOKED_AT
    assert formats(*dated, *words, "x") == {
        "YYYY-MM-DD": LOOKED_AT,
        "unreadable": LOOKED_AT + 1,
    }
    # the place after the first of them is not looked at
    assert formats(*dated[: LOOKED_AT // 2 - 1], *words[: LOOKED_AT // 2 + 1]) == {}
    assert formats(*dated[: LOOKED_AT // 2], *words[: LOOKED_AT // 2], "x")
    assert formats(*[""] * (FIRST_ROWS - 1), "2001-02-03") == {"YYYY-MM-DD": 1}
    assert formats(*[""] * FIRST_ROWS, "2001-02-03") == {}


def test_another_column_tells_which_comes_first():
    table = pd.DataFrame({"x": ["03/04/2001"], "other": ["13/04/2001"]})
    assert formats("03/04/2001") == {"MM/DD/YYYY": 1}
    assert formats("03/04/2001", table=table) == {"DD/MM/YYYY": 1}
