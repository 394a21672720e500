"""Printed numbers by the marks that a study states, and what is told of others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.sources.cells import (
    OTHERWISE,
    cell_problems,
    hint,
    lost_numbers,
    numeric_column,
    printed_otherwise,
    text_column,
)
from alliance_value.sources.raw_table import PLAIN, RawTable


def raw(cells, dtype=None):
    table = pd.DataFrame({"x": pd.Series(cells, dtype=dtype)})
    rows = pd.Series(range(2, len(table) + 2), dtype="int64")
    return RawTable(table, rows, "a.csv", False, ())


def read(*cells, dtype=None, **said):
    values, invalid = numeric_column(raw(cells, dtype), "x", replace(PLAIN, **said))
    assert values.dtype == "float64" and invalid.dtype.kind == "b"
    return [
        "bad" if wrong else None if np.isnan(value) else value
        for value, wrong in zip(values, invalid, strict=True)
    ]


def test_texts_are_codes():
    cells = text_column(raw([1.0, None, 3.0]), "x", ["3"])
    assert cells.fillna("-").tolist() == ["1", "-", "-"]
    assert text_column(raw([" a", "", "NA"]), "x").fillna("-").tolist() == [
        *("a", "-", "NA")
    ]


@pytest.mark.parametrize(
    ("cells", "said", "values"),
    [
        (["1", " 2.5 ", "", "x", "inf", "1e3"], {}, [1, 2.5, None, "bad", "bad", 1e3]),
        (["−1.5", "NA"], {"missing": ("NA",)}, [-1.5, None]),
        (["-99", "-99.0", "99"], {"missing": ("-99",)}, [None, None, 99]),
        (["true", "F", "yes", ""], {}, [1, 0, 1, None]),
        (["true", "2"], {}, ["bad", 2]),
        (["", ""], {}, [None, None]),
        # marks of other countries
        (
            ["1.234,5", "-1.234.567", "12,5", "1.5"],
            {"decimal": ",", "thousands": "."},
            [1234.5, -1234567, 12.5, "bad"],
        ),
        (
            ["1,5", "1.5", "2,5e1", ",5", "+3"],
            {"decimal": ","},
            [1.5, "bad", 25, 0.5, 3],
        ),
        (
            ["1,234", "12,34", "1234", "1,234.5"],
            {"thousands": ","},
            [1234, "bad", 1234, 1234.5],
        ),
        (
            ["1 234", "1\u202f234", "1\u00a0234.5"],
            {"thousands": " "},
            [1234, 1234, 1234.5],
        ),
        # signs that are taken out, and units that multiply
        (["$ 1.5", "2 €", "3"], {"ignore": "$€"}, [1.5, 2, 3]),
        (
            ["177.2 B", "3MB", "4", "5 K"],
            {"units": {"B": 1000, "MB": 1}},
            [177200, 3, 4, "bad"],
        ),
        (["5%", ""], {"units": {"%": 0.01}}, [0.05, None]),
    ],
)
def test_printed_numbers(cells, said, values):
    assert read(*cells, **said) == values


def test_typed_numbers():
    assert read(1.0, np.inf, None) == [1, "bad", None]
    assert read(1.0, -99.0, missing=("-99", "x")) == [1, None]
    assert read(1, None, dtype="Int64") == [1, None]
    assert read(True, False) == [1, 0]


def test_dirt_is_rare():
    """Two cells, and more than one in twenty."""
    assert printed_otherwise(2, 37) and not printed_otherwise(2, 38)
    assert printed_otherwise(2, 0) and not printed_otherwise(1, 0)


def test_numbers_printed_in_another_way_are_shown_once():
    file = raw(["1", "n/a", "1,5", "2,5"])
    values, invalid = numeric_column(file, "x", PLAIN)
    (problem,) = lost_numbers(file, "x", values, invalid)
    assert problem.rule == (
        "2 of 3 numbers are printed in another way than the study says"
    )
    assert problem.remedy.startswith("set decimal: ','")
    assert (problem.where, problem.row, problem.column, problem.value) == (
        *("a.csv", 4, "x", "1,5"),
    )
    few = raw(["1", "n/a", "x", "2x"])
    assert lost_numbers(few, "x", *numeric_column(few, "x", PLAIN)) == []


def problems_of(cells):
    file = raw(cells)
    _, invalid = numeric_column(file, "x", PLAIN)
    return cell_problems(file, "x", invalid)


def test_each_bad_cell_is_told_or_the_column_is_one_of_text():
    told = problems_of(["1", "a", "b"])
    assert [(p.row, p.value, p.rule, p.remedy) for p in told] == [
        (3, "a", "is not a finite number", OTHERWISE),
        (4, "b", "is not a finite number", OTHERWISE),
    ]
    assert len(problems_of([*"abcde"])) == 5
    (six,) = problems_of(["", *"abcabf"])
    assert six.rule == "6 of 6 cells are text, such as 'a', 'b', 'c'"
    assert (six.where, six.row, six.column) == ("a.csv", 3, "x")
    # half of the filled cells are not most of them
    assert len(problems_of([*"abcdef", *"123456", ""])) == 6
    assert len(problems_of([*"abcdef", *"12345", ""])) == 1
    # numbers in another form are told one by one
    assert len(problems_of(["1,5"] * 6)) == 6


@pytest.mark.parametrize(
    ("value", "step"),
    [
        ("1,234", "give thousands"),
        ("-1 234 567,8", "give thousands"),
        ("12,34", "set decimal"),
        ("(1.5)", "write the negative number"),
        ("5 %", "state units: {'%'"),
        ("1.5 B", "state what its unit counts"),
        ("$3M", "state what its unit counts"),
        ("$ 3", "state the sign"),
        ("3€", "state the sign"),
        ("B52", OTHERWISE),
    ],
)
def test_the_next_step_for_a_cell(value, step):
    assert hint(f" {value} ").startswith(step)
    assert hint("abc", "other") == "other"
