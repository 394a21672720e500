"""Cells of one file or of several that are read as one."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.sources.raw_table import (
    BILLION,
    RawTable,
    decisions_of,
    in_places,
    left_out,
    own_files,
    plain_text,
    readings_of,
)
from alliance_value.sources.record import Reading


def raw(file, rows, **more):
    cells = pd.DataFrame({"x": [*rows]}, index=[5 + n for n in range(len(rows))])
    reading = Reading(file, "csv", len(rows), 1)
    return RawTable(
        cells, pd.Series([*rows]), file, False, (f"read {len(rows)}",), reading, **more
    )


ONE, TWO = raw("a.csv", [2, 3]), raw("b.csv", [4])
BOTH = raw("a.csv, b.csv", [2, 3, BILLION + 4], parts=(ONE, TWO))


def test_rows_have_numbers_of_seven_digits():
    assert ONE.numbers.to_dict() == {5: "0000002", 6: "0000003"}
    assert BOTH.numbers.tolist() == ["0000001", "0000002", "0000003"]
    assert (ONE.rows_in_file, raw("a", [2], before=(9, None)).rows_in_file) == (2, 9)


def test_lines_that_are_no_records():
    table = left_out("a.csv", [7, 4], {1: "Title", 9: "Note"})
    columns = ["row", "rule", "value", "action"]
    assert table[columns].fillna("").to_numpy().tolist() == [
        [1, "line_around_the_table", "Title", "rejected"],
        [4, "header_repeated", "", "rejected"],
        [7, "header_repeated", "", "rejected"],
        [9, "line_around_the_table", "Note", "rejected"],
    ]
    assert set(table.file) == {"a.csv"} and table.column.isna().all()


def test_problems_have_their_own_files():
    problems = [
        Problem("r", "m", BOTH.file, BILLION + 4),
        Problem("r", "m", BOTH.file, 3),
        Problem("r", "m", BOTH.file),
        Problem("r", "m", "c.csv", 3),
    ]
    places = [(p.where, p.row) for p in in_places(problems, BOTH)]
    assert places == [("b.csv", 4), ("a.csv", 3), (BOTH.file, None), ("c.csv", 3)]
    own = [Problem("r", "m", "a.csv", BILLION)]
    assert in_places(own, ONE) == own
    with pytest.raises(UserError) as caught, own_files(BOTH):
        raise UserError(problems[:1], "reading both")
    assert caught.value.problems[0].where == "b.csv"
    assert caught.value.subject == "reading both"


def test_each_file_is_on_the_record():
    assert [r.file for r in readings_of([BOTH, ONE])] == ["a.csv", "b.csv", "a.csv"]
    assert decisions_of(BOTH) == ["a.csv: read 2", "b.csv: read 1"]
    assert decisions_of(ONE) == ["a.csv: read 2"]


@pytest.mark.parametrize(
    ("numbers", "texts"),
    [
        ([1.0, None], ["1", None]),
        ([1.0, 1.5], ["1.0", "1.5"]),
        ([2.0**53 - 1], ["9007199254740991"]),
        ([2.0**53], ["9007199254740992.0"]),
        ([-(2.0**53)], ["-9007199254740992.0"]),
        ([" a "], ["a"]),
    ],
)
def test_whole_numbers_have_no_point(numbers, texts):
    read = plain_text(pd.Series(numbers))
    assert [None if pd.isna(t) else t for t in read] == texts
