"""Repeats of firm-years, and of another year's values, by hand and by plain loops."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.sources.repeats import (
    Settled,
    added_up,
    alike,
    chosen_too_early,
    digits,
    moving,
    settle_duplicates,
    stale_rows,
)
from alliance_value.study.spec import TableFile


def rows(*firm_years: tuple[str, int], **columns: list[Any]) -> pd.DataFrame:
    table = pd.DataFrame(firm_years, columns=["firm", "fiscal_year"])
    return table.assign(
        source_file="a.csv",
        source_row=np.arange(len(table)) + 2,
        **{"stated time": table.fiscal_year.astype("string")},
        **columns,
    )


REPEATED = rows(
    ("f", 2001),
    ("f", 2001),
    ("g", 2001),
    ("g", 2001),
    ("g", 2001),
    ("h", 2001),
    x=[1.0, 1.0, 2.0, 3.0, 2.0, np.nan],
    name=["a", "a", "b", "b", "c", "d"],
)


def settled(duplicates: str, table: pd.DataFrame = REPEATED) -> tuple[Settled, list]:
    funnel = FunnelBranch("firm_years")
    funnel.start(table, "rows in the files", "a.csv")
    layout = TableFile(entity="id", time="year", file="", duplicates=duplicates)
    found = settle_duplicates(table, layout, funnel)
    steps = funnel.table().iloc[1:]
    return found, steps[["step", "rows_in", "rows_out", "why"]].to_numpy().tolist()


TOLD = "3 rows repeat a firm-year: 1 with the same values, 2 with others"
ONE = "one row per firm and year"


@pytest.mark.parametrize(
    ("duplicates", "kept", "why", "done"),
    [
        ("first", [2, 4, 7], "later rows of the same", "the first of each is kept"),
        ("last", [3, 6, 7], "earlier rows of the same", "the last of each is kept"),
        ("sum", [2, 4, 7], "rows of a firm-year added up", "each firm-year is their"),
    ],
)
def test_one_row_is_left_of_each_firm_year(duplicates, kept, why, done):
    found, (step,) = settled(duplicates)
    assert found.table.source_row.tolist() == kept
    assert step[:3] == [ONE, 6, 3]
    assert step[3].startswith(why) and step[3].endswith(TOLD)
    (caution,) = found.cautions
    assert caution.startswith(f"{TOLD}; {done}")
    noted = {table.rule.iloc[0]: table for table in found.rejects if len(table)}
    assert len(noted["duplicate_firm_year"]) == 1
    assert len(noted["conflicting_firm_year"]) == 2
    assert set(noted["duplicate_firm_year"].action) == {"rejected"}
    assert set(noted["duplicate_firm_year"].column) == {"year"}


def test_rows_may_be_kept_and_are_counted():
    found, (step,) = settled("keep")
    assert len(found.table) == 6
    assert step == ["repeated firm-years kept", 6, 6, TOLD]
    assert {action for t in found.rejects for action in t.action} == {"kept"}
    assert "N counts such firm-years more than once" in found.cautions[0]


def test_identical_rows_are_no_reason_for_caution():
    found, (step,) = settled("first", REPEATED.head(2))
    assert found.cautions == ()
    assert step == [ONE, 2, 1, "later rows of the same firm-year"]


def test_without_repeats_nothing_is_told():
    whole = REPEATED.iloc[[0, 2, 5]]
    for duplicates, steps in (("stop", 0), ("keep", 0), ("first", 1), ("sum", 1)):
        found, funnel = settled(duplicates, whole)
        assert len(funnel) == steps
        assert found.rejects == found.problems == found.cautions == ()


def test_a_stop_names_each_firm_year_and_what_differs():
    found, steps = settled("stop", REPEATED.assign(source_file=[*"aabccc"]))
    assert steps == []
    same, other = found.problems
    assert same.rule == "2 rows for firm 'f' in 2001: rows 2, 3; they are alike"
    assert same.remedy == "correct the file, or set duplicates: first, or keep"
    assert (same.where, same.row, same.column) == ("a", 3, "id, year")
    assert other.rule == (
        "3 rows for firm 'g' in 2001: rows b 4, c 5, c 6; they differ in x, name"
    )
    assert "duplicates: sum, or keep" in other.remedy


def test_numbers_are_added_and_texts_that_differ_are_missing():
    layout = TableFile(entity="id", time="year", file="", columns={"name": "NAME"})
    table = pd.concat([REPEATED, rows(("h", 2001), x=[np.nan], name=["d"])])
    table = table.reset_index(drop=True)
    again = table.duplicated(["firm", "fiscal_year"])
    found, noted = added_up(table, again, layout)
    assert found.x.tolist()[:2] == [2.0, 7.0]
    assert np.isnan(found.x[2])
    assert found.name.fillna("-").tolist() == ["a", "-", "d"]
    (mixed,) = [note for note in noted if len(note)]
    assert mixed[["row", "column", "value", "action"]].to_numpy().tolist() == [
        [4, "NAME", "b", "repaired"]
    ]


def test_a_row_chosen_by_place_may_not_fail_the_sample_that_another_meets():
    layout = TableFile(entity="id", time="year", file="", duplicates="first")
    table = REPEATED.reset_index(drop=True)
    kept = table.iloc[[0, 2, 5]]
    (problem,) = chosen_too_early(table, kept, layout, ["x > 2", "x > 0", "no >"])
    assert "rows that meet x > 2, in 1 firm-years" in problem.rule
    summed = TableFile(entity="id", time="year", file="", duplicates="sum")
    assert chosen_too_early(table, kept, summed, ["x > 2"]) == []


def test_cells_are_alike_with_missing_ones_too():
    assert alike(pd.Series([1.0, 1.0])) and alike(pd.Series([np.nan, np.nan]))
    assert not alike(pd.Series([1.0, np.nan]))


def test_digits_are_those_that_are_printed():
    values = pd.Series([0.0, 1200.0, -0.0345, 123.456, np.nan, 1e-7, 1.5e20])
    assert digits(values).tolist() == [0, 2, 3, 6, 0, 1, 2]


def moved(x: list[float], y: list[float]) -> pd.DataFrame:
    years = [("f", 2000 + n) for n in range(len(x))]
    return rows(*years, x=x, y=y)


def test_columns_move_where_half_of_the_years_differ_from_the_one_before():
    half = [1.0, 1.0, 2.0, 2.0, 3.0]
    less = [1.0, 1.0, 2.0, 2.0, 2.0, 3.0]
    assert moving(moved(half, [1.0] * 5)) == ["x"]
    assert moving(moved(less, [*map(float, range(6))])) == ["y"]
    # two values are a flag, and other firms are no year before
    assert moving(moved([0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0])) == []
    apart = moved([1.0, 1.0, 2.0, 3.0], [1.0] * 4).assign(firm=["f", "f", "g", "h"])
    assert moving(apart) == []


@pytest.mark.parametrize(
    ("again", "found"), [(123.45, [2003]), (123.4, []), (1234.0, []), (12345.0, [2003])]
)
def test_values_of_another_year_have_five_digits(again, found):
    table = moved([1.5, again, 7.5, again], [0.0, 0.0, 0.0, 0.0])
    settled = stale_rows(table)
    noted = [int(v) for note in settled.rejects for v in note.value]
    assert noted == found
    if found:
        (note,) = settled.rejects
        assert set(note.rule) == {"values_of_another_year"}
        assert settled.cautions[0].startswith("1 firm-years repeat all numbers")
        assert "; nearly all of 2003: they may" in settled.cautions[0]


def test_a_year_is_a_copy_where_half_of_its_firms_repeat():
    parts = [
        moved([1.5, 2.5, 1234.5, last], [0.0] * 4).assign(firm=firm)
        for firm, last in (("f", 1234.5), ("g", 8.5), ("h", 8.5))
    ]
    half, third = (pd.concat(p, ignore_index=True) for p in (parts[:2], parts))
    assert "nearly all of 2003:" in stale_rows(half).cautions[0]
    assert "nearly all" not in stale_rows(third).cautions[0]


def test_all_numbers_repeat_or_the_year_is_its_own():
    table = moved([1.5, 123.45, 7.5, 123.45], [10.25, 20.5, 30.75, 20.75])
    assert stale_rows(table).rejects == ()
    same = stale_rows(table.assign(y=[10.25, 20.5, 30.75, 20.5]))
    assert len(same.rejects[0]) == 1
    missing = stale_rows(table.assign(y=[10.25, np.nan, 30.75, 20.5]))
    assert missing.rejects == ()
