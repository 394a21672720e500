"""Sheets of workbooks as lines of text."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from alliance_value.contracts.problems import UserError
from alliance_value.sources.workbook import read_sheet, sheet_lines


@pytest.fixture
def book() -> BytesIO:
    held = Workbook()
    held.active.title = "First"
    held.active.append(["a", 1.0, None, datetime(2001, 2, 3)])
    other = held.create_sheet(" Second ")
    other.append([2.5, datetime(2001, 2, 3, 4, 5)])
    stream = BytesIO()
    held.save(stream)
    stream.seek(0)
    return stream


def test_every_row_of_a_sheet_is_a_line(book: BytesIO) -> None:
    path = Path("a.xlsx")
    assert sheet_lines(path, book, "") == [["a", "1", "", "2001-02-03"]]
    assert sheet_lines(path, book, "second") == [["2.5", "2001-02-03 04:05:00"]]
    with pytest.raises(UserError, match="has no sheet 'Third'"):
        sheet_lines(path, book, "Third")


def sheet(*lines, change=lambda page: None, wanted="", missing=(), more=()):
    held = Workbook()
    for line in lines:
        held.active.append(line)
    change(held.active)
    for name in more:
        held.create_sheet(name)
    stream = BytesIO()
    held.save(stream)
    stream.seek(0)
    return read_sheet(Path("a.xlsx"), stream, wanted, missing)


def told(*lines, **options):
    with pytest.raises(UserError) as caught:
        sheet(*lines, **options)
    return [(p.rule, p.row, p.column, p.value) for p in caught.value.problems]


def test_a_table_begins_at_its_head_and_ends_at_its_last_wide_line():
    read = sheet(
        ["Title"],
        [],
        ["firm", None, "x", None],
        ["a", 1, 2.5],
        [None, None, None],
        ["firm", None, "x"],
        ["b", None, 3],
        ["Note", None],
        more=["other"],
    )
    assert list(read.cells) == ["firm", "unnamed_2", "x"]
    cells = read.cells.astype(object).fillna("-")
    assert cells.to_numpy().tolist() == [["a", 1, 2.5], ["b", "-", 3]]
    assert read.rows == [4, 7] and read.header_row == 3
    assert read.around == {1: "Title", 8: "Note"} and read.repeated_headers == (6,)
    assert read.decisions == (
        "sheet 'Sheet' is read, not 'other'",
        "header in row 3",
        "2 lines around the table left out",
        "the header stands again in 1 rows: left out",
    )


def test_a_plain_sheet_decides_nothing():
    read = sheet(["a", "b"], [1, "x"], ["y", 2])
    assert read.decisions == () and read.around == {} and read.header_row == 1
    # a column without a name stays where a cell stands below
    wide = sheet(["a", "b", None], [1, 2, None], [3, 4, 5])
    assert list(wide.cells) == ["a", "b", "unnamed_3"]


def test_a_sheet_without_a_table_names_the_others():
    with pytest.raises(UserError) as caught:
        sheet(["alone"], more=["data", "more"])
    (problem,) = caught.value.problems
    assert problem.rule == "the file has no table in its sheet 'Sheet'"
    assert problem.remedy == "name it under sheet; its sheets: Sheet, data, more"


def test_merged_heads_errors_and_formulas_without_a_value_are_told_at_once():
    def change(page):
        page.merge_cells("B2:C2")
        page.merge_cells("A3:A4")
        page.merge_cells("A1:C1")
        page["B3"].data_type = "e"
        page["B3"].value = "#N/A"
        page["C4"] = "=1+1"

    lines = [["Title"], ["id", "x", "y", "z"], ["a", 1, 2, 5], ["b", 3, 4, 6]]
    assert told(*lines, change=change) == [
        ("the cells B2:C2 of the header are merged", 2, None, None),
        ("the cell holds an error", 3, "x", "#N/A"),
        ("the formula has no stored value", 4, "unnamed_3", "=1+1"),
    ]


def test_an_error_that_the_study_lists_is_blank():
    def change(page):
        page["B2"].value = "#N/A"

    lines = [["id", "x"], ["a", 1], ["b", 2]]
    read = sheet(*lines, change=change, missing=("#N/A",))
    assert read.cells.x.isna().tolist() == [True, False]
    assert told(*lines, change=change, missing=("NA",))[0][1:] == (2, "x", "#N/A")
