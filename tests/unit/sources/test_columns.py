"""Columns by their names, and printed cells as numbers, texts and open ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.contracts.rejects import rejects
from alliance_value.sources.columns import (
    as_printed,
    decimals,
    find_columns,
    locate,
    nothing_left,
    numbers,
    open_ends,
    respelled,
    stated_columns,
    texts,
    whole_numbers,
)
from alliance_value.sources.raw_table import PLAIN, RawTable


def raw(**columns):
    cells = pd.DataFrame(columns)
    rows = pd.Series(range(2, len(cells) + 2), dtype="int64")
    return RawTable(cells, rows, "a.csv", False, ())


def told(call):
    with pytest.raises(UserError) as caught:
        call()
    assert caught.value.subject == "reading a.csv"
    return [(p.rule, p.remedy, p.where, p.row) for p in caught.value.problems]


def listed(values):
    return [None if pd.isna(v) else v for v in values]


def test_the_first_spelling_and_the_first_column_count():
    columns = ["Permno", "PERMNO", "sale", "SALES"]
    required = {"security": ("permno",), "sales": ("sales", "sale")}
    assert locate(columns, required, {"name": ("nm",)}, "a.csv") == (
        {"security": "Permno", "sales": "SALES"},
        [],
    )


def test_every_absent_column_is_told_at_once():
    file = raw(permno=["1"])
    assert find_columns(file, {}, {"security": ("permno",), "x": ("y",)}) == {
        "security": "permno"
    }
    required = {"security": ("permo", "id"), "date": ("caldt",)}
    assert told(lambda: find_columns(file, required)) == [
        ("there is no column 'permo'", "did you mean 'permno'?", "a.csv", 1),
        ("there is no column 'caldt'", "valid: permno", "a.csv", 1),
    ]


def test_typed_cells_are_as_printed():
    file = raw(
        whole=[1.0, None],
        parts=[1.5, 2.0],
        endless=[np.inf, 1.0],
        day=pd.to_datetime(["2001-02-03 10:00", None]),
        text=[" a ", ""],
    )
    read = {name: listed(texts(file, name)) for name in file.cells}
    assert read == {
        "whole": ["1", None],
        "parts": ["1.5", "2.0"],
        "endless": ["inf", "1.0"],
        "day": ["2001-02-03", None],
        "text": ["a", None],
    }


def test_marked_cells_are_missing_but_where_they_are_quoted():
    file = replace(raw(x=["NA", "1"]), layout=replace(PLAIN, missing=("NA",)))
    assert listed(texts(file, "x")) == [None, "1"]
    assert listed(as_printed(file, "x")) == ["NA", "1"]


def test_columns_are_spelled_as_the_study_spells_them():
    file = raw(**{" Year ": ["1"], "firm": ["a"], "FIRM": ["b"], "X": ["2"]})
    assert list(respelled(file, ["year", "x"]).cells) == ["year", "firm", "FIRM", "x"]
    # two may be meant, or the very name is there
    assert respelled(file, ["Firm", "firm", "z"]) is file
    assert list(stated_columns(file, (n for n in ("YEAR", "FIRM"))).cells) == [
        *("YEAR", "firm", "FIRM", "X")
    ]
    assert [p[0] for p in told(lambda: stated_columns(file, ["Firm", "z", "X"]))] == [
        "there is no column 'Firm'",
        "there is no column 'z'",
    ]


@pytest.mark.parametrize(
    ("printed", "end", "is_open"),
    [
        (None, None, True),
        (".e", None, True),
        ("NaT", None, True),
        ("99999999", None, True),
        ("2099-01-01", "2099-01-01", True),
        ("2098-12-31", "2098-12-31", False),
        ("soon", None, False),
    ],
)
def test_ends_that_are_open(printed, end, is_open):
    text = pd.Series([printed], dtype="string")
    ends = pd.Series(pd.to_datetime([end]))
    assert open_ends(text, ends).tolist() == [is_open]


def test_numbers_that_are_printed_otherwise_stop():
    assert listed(numbers(raw(x=["1.5", "x", ""]), "x")) == [1.5, None, None]
    stop = told(lambda: numbers(raw(x=["1.5", "1,5", "2,5"]), "x"))
    assert [(rule[:16], row) for rule, _, _, row in stop] == [("2 of 3 numbers a", 3)]


def test_a_file_of_which_no_row_is_left_says_by_what_rules():
    file = raw(x=["1", "2", "3"])
    row = pd.Series([2, 3])
    log = [
        rejects(
            file="a.csv", row=row[:n], column="x", value="", rule=rule, action=action
        )
        for n, rule, action in (
            (1, "date_bad", "rejected"),
            (2, "code_bad", "rejected"),
            (2, "sign", "repaired"),
        )
    ]
    assert nothing_left(file, pd.Series([True, False, True]), log) == []
    (problem,) = nothing_left(file, pd.Series([True] * 3), log)
    assert problem.rule == "no row can be used; rejected: code_bad 2, date_bad 1"
    assert (problem.where, problem.row) == ("a.csv", None)


def test_whole_and_other_numbers():
    cells = pd.Series(["1", "1.5", "inf", "x", "-2.0", str(2**53), str(2**53 - 1)])
    exact = [1, None, None, None, -2, None, 2**53 - 1]
    assert listed(whole_numbers(cells)) == exact
    assert listed(decimals(cells)[:5]) == [1.0, 1.5, None, None, -2.0]
