"""Sheets of workbooks as lines of text."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook

from alliance_value.contracts.problems import UserError
from alliance_value.sources.workbook import sheet_lines


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
