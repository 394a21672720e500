"""Numbers as tables print them, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.exhibits.cells import (
    abnormal,
    decimals,
    estimate_rows,
    explains_stars,
    fixed,
    interval,
    levels_of,
    number,
    p_value,
    pair,
    share,
    shown,
    starred,
    stars,
)
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.failed import failed_in, in_sentences
from alliance_value.exhibits.house import HOUSES
from alliance_value.exhibits.labels import group_head, plain, sentence, window_head
from alliance_value.exhibits.latex_text import char_width, longest, width, wrapped
from alliance_value.exhibits.text_table import finished
from alliance_value.exhibits.variations import support, variations, with_median
from alliance_value.study.spec import Table
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Table as TableKind
from alliance_value.vocabulary.words import Words

NAN = float("nan")


@pytest.mark.parametrize(
    ("p", "usual", "jm"),
    [
        (0.0009, "***", "***"),
        (0.001, "***", "**"),
        (0.0099, "***", "**"),
        (0.01, "**", "*"),
        (0.0499, "**", "*"),
        (0.05, "*", ""),
        (0.0999, "*", ""),
        (0.1, "", ""),
        (NAN, "", ""),
    ],
)
def test_stars_by_style(p, usual, jm):
    assert stars(p) == usual
    assert stars(p, Table("t", style="jm")) == jm
    assert stars(p, Table("t", style="aer")) == ""
    assert stars(p, Table("t", style="aer", stars=True)) == usual
    assert stars(p, Table("t", stars=False)) == ""


def test_what_stars_mean():
    levels = "*** p < 0.01, ** p < 0.05, * p < 0.10."
    assert starred(Table("t")) == [f"Two-sided: {levels}"]
    greater = Table("t", alternative="greater")
    assert starred(greater) == [f"One-sided, against positive values: {levels}"]
    assert starred(greater, "t tests") == [f"t tests: {levels}"]
    assert (
        starred(Table("t", stars=False)) == []
        and levels_of(Table("", style="aer")) == ()
    )
    assert starred(Table("t", style="jm"))[0].endswith(
        "*** p < 0.001, ** p < 0.01, * p < 0.05."
    )
    assert explains_stars(starred(Table("t"))[0]) and not explains_stars("p < 0.05")
    assert [shown(p) for p in (0.1, 0.05, 0.001, 0.125)] == [
        "0.10",
        "0.05",
        "0.001",
        "0.125",
    ]


@pytest.mark.parametrize(
    ("se", "places"),
    [
        *((1.0, 3), (0.1, 3), (0.01, 3), (0.0099, 4), (0.00012, 5), (1e-20, 12)),
        *((0.0, 3), (-1.0, 3), (NAN, 3), (np.inf, 3)),
    ],
)
def test_places_show_two_digits_of_the_error(se, places):
    assert decimals(se) == places


def test_a_row_of_estimates():
    by = pd.DataFrame(
        {
            "estimate": [1.23456, -0.00001],
            "se": [0.5, 0.0042],
            "p": [0.02, 0.9],
            "ci_low": [0.1, -1234.5],
            "ci_high": [2.0, 0.00001],
        },
        index=["a", "c"],
    )
    assert estimate_rows("x", by, ["a", "b", "c"]) == [
        ("x", ("1.2346**", "", "0.0000")),
        ("", ("(0.5000)", "", "(0.0042)")),
    ]
    two = Table("t", digits=2, below="intervals")
    assert estimate_rows("x", by, ["c"], two) == [
        ("x", ("0.00",)),
        ("", ("[-1,234.50, 0.00]",)),
    ]
    assert estimate_rows("x", by, ["a"], Table("t", below="nothing")) == [
        ("x", ("1.2346**",))
    ]
    assert estimate_rows("x", by[:0], ["a"]) == [("x", ("",)), ("", ("",))]
    assert pair(by.loc["a"].to_dict(), 1, Table("")) == ("1.2**", "(0.5)")


def test_numbers_that_are_missing_are_blank():
    assert [number(NAN), p_value(NAN), fixed(NAN), share(NAN), interval(NAN, 1)] == [
        ""
    ] * 5
    assert interval(1, NAN) == "" and interval(-0.00001, 1234) == "0.0000 to 1,234.0000"
    assert [number(0.12345), fixed(1234.5), fixed(2, 1)] == [
        "0.123",
        "1,234.5000",
        "2.0",
    ]
    assert [p_value(p) for p in (0.0001, 0.00009999, 0.5)] == [
        "0.0001",
        "<0.0001",
        "0.5000",
    ]
    assert [share(0.12345), share(-0.00001), share(0.5, 0)] == [
        "12.35%",
        "0.00%",
        "50%",
    ]
    assert abnormal(0.0123, Words()) == "1.23%"
    assert abnormal(0.0123, Words(measure_unit="log units")) == "0.012"


def test_houses():
    assert HOUSES["jm"].cell("0.05 -0.1 10.0 0.0, 1,000.5 v0.2") == (
        ".05 -.1 10.0 .0, 1,000.5 v.2"
    )
    assert HOUSES["plain"].cell("0.05") == "0.05"
    rules = {
        name: (h.top_rules, h.numbered, h.stars_first) for name, h in HOUSES.items()
    }
    assert rules == {
        "plain": (1, False, False),
        "aer": (2, True, False),
        "jm": (1, False, True),
    }
    assert HOUSES["aer"].opening == HOUSES["jm"].opening == "Notes: "


def test_words_of_names():
    assert plain("car_of_roa r&d") == "CAR of ROA R&D" and plain("(webb)") == "(Webb)"
    assert [sentence(n) for n in ("log_sales", "", "roa")] == ["Log sales", "", "ROA"]
    assert [group_head(g) for g in ("all", "north_america")] == ["All", "north_america"]
    assert [window_head(w) for w in ("own", "[-1,1]")] == ["own windows", "[-1,1]"]


CONTEXT = Context(
    labels={"x": "Sales", "z": ""},
    titles={"m": "Main"},
    outcomes={"m": "x"},
    values={"z": {"1": "high", "0.5": "half"}},
    own={"w": "Own", "n": "Note", "x:w": "Pair"},
    words=Words(entity="person", time="wave"),
)


def test_terms_and_models_are_called_as_the_study_says():
    labels = [
        *("x", "z", "w", "x:z", "x:w", "constant", "lambda", "firm", "fiscal_year"),
        *("mean of x", "residual of x:z", "copula of mean of x"),
    ]
    assert [CONTEXT.label(n) for n in labels] == [
        *("Sales", "z", "Own", "Sales × z", "Pair", "Constant"),
        *("Inverse Mills ratio", "Person", "Wave"),
        *("Mean of Sales", "Residual of Sales × z", "Copula of Mean of Sales"),
    ]
    assert [CONTEXT.title(m) for m in ("m", "n", "an_other")] == [
        *("Main", "Note", "An other")
    ]
    assert [CONTEXT.what(m) for m in ("m", "n")] == ["Main, outcome Sales", "Note"]
    values = [CONTEXT.value("z", v) for v in (1.0, 0.5, 2.0)]
    assert values == ["high", "half", "2"] and CONTEXT.value("x", 1.23456) == "1.23"
    assert [CONTEXT.level("z", v) for v in (1.0, 2.0)] == ["high", "z = 2"]
    assert Context(simulated="all").mark == "Simulated: all" and CONTEXT.mark == ""


def test_models_that_failed_are_named_where_they_would_be_shown():
    failures = pd.DataFrame(
        {"model": ["m", "k", "k"], "rule": ["no row", "a", "b"], "remedy": ["", "", ""]}
    )
    shown_in = entries(TableKind)["models"]
    every = failed_in({"failures": failures}, [], shown_in, CONTEXT)
    assert set(every) == {"m", "k"} and "no row" in every["m"]
    assert set(failed_in({"failures": failures}, ["k"], shown_in, CONTEXT)) == {"k"}
    assert failed_in({}, ["k"], shown_in, CONTEXT) == {}
    (line,) = in_sentences({"m": "no row"}, CONTEXT)
    assert line == "Main is not estimated: no row."


ESTIMATES = pd.DataFrame(
    {
        "model": [*"abcd"],
        "term": ["x", "x", "y", "x"],
        "estimate": [0.3, 0.1, 0.9, -0.2],
        "ci_low": [0.0, 0.05, 1, -0.3],
        "ci_high": [0.6, 0.2, 2, -0.1],
    }
)


def test_variations_go_from_the_smallest_to_the_largest_behind_placebos():
    varied = variations(ESTIMATES, ["x"], [], ["d"])
    assert varied.model.tolist() == [*"dba"]
    assert varied.placebo.tolist() == [True, False, False]
    assert varied.clear.tolist() == [True, True, False]
    both = variations(ESTIMATES, ["x", "y"], ["a", "c"], [])
    assert both.model.tolist() == [*"ac"]
    assert with_median(varied).tolist() == [False, True, True]
    assert support(varied) == (
        "3 variations; 67% have the sign of the median, 2 have intervals without zero."
    )
    assert support(varied[:0]) == "0 variations."


def test_notes_of_a_table_end_with_the_studys_own():
    table = Table("t", title="T", note="Mine.")
    made = finished(
        table, ["a", ("b", "c")], [("x", ("1", "2"))], ["One.", ""], CONTEXT, [0]
    )
    assert made.columns == (("", "a"), ("b", "c")) and made.rules == {0}
    assert made.notes == ("One.", "Mine.") and made.align == ()
    marked = finished(table, [], [], [], Context(simulated="all"))
    assert marked.notes == ("Mine.", "Simulated: all")


def test_widths_of_text_in_points():
    widths = {c: char_width(c) / 8 for c in "ifmWQ1aBbé中×"}
    assert widths == pytest.approx(
        {
            **{"i": 0.42, "f": 0.42, "m": 1.05, "W": 1.1, "Q": 1.05, "1": 0.535},
            **{"a": 0.535, "B": 0.8, "b": 0.6, "é": 0.8, "中": 1.0, "×": 1.05},
        }
    )
    assert width("ab  b") == pytest.approx(8 * (0.535 + 0.6 + 0.42 + 0.6))
    assert longest("b bb") == pytest.approx(9.6)
    long = "b" * 17
    assert longest(long) == pytest.approx(4.8 * 16)


def test_lines_are_broken_where_they_are_full():
    room = width("bb bb")
    assert wrapped("bb bb bb", room) == ["bb bb", "bb"]
    assert wrapped("bb bb bb", room - 0.01) == ["bb", "bb", "bb"]
    assert wrapped("bbbbbb b", width("bb")) == ["bbbbbb", "b"]
    assert wrapped("b" * 20, width("b" * 16)) == ["b" * 16, "b" * 4]
