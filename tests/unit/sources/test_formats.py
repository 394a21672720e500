"""What files hold, whatever their names."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook

from alliance_value.contracts.problems import UserError
from alliance_value.sources.cells import numeric_column
from alliance_value.sources.raw_table import PLAIN
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile
from tests.integration.vendor_forms import transport
from tests.unit.conftest import raw_file


def test_excel_keeps_leading_zeros(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="Excel needs openpyxl")
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"gvkey": ["001", "002"], "at": [1, 2.5]}).to_excel(path, index=False)
    raw = raw_file(path)
    assert raw.cells.gvkey.tolist() == ["001", "002"]
    assert raw.cells["at"].tolist() == [1.0, 2.5]
    assert raw.decisions == ("read as excel",)


@pytest.mark.parametrize("name", ["a.sas7bdat", "a.xlsx"])
def test_damaged_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this is neither" * 100)
    with pytest.raises(UserError, match=r"is no readable|not installed"):
        raw_file(path)


NAMED_OTHERWISE = [
    ("a.xlsx", b"gvkey,at\n001,1\n002,2.5\n", "delimiter ','"),
    ("a.csv", "parquet", "read as parquet"),
    ("a.txt", "excel", "read as excel"),
    ("a.dta", "parquet", "read as parquet"),
    ("a.parquet", "stata", "read as stata"),
]


@pytest.mark.parametrize(("name", "content", "told"), NAMED_OTHERWISE)
def test_a_file_is_what_it_holds_whatever_its_name(name, content, told, tmp_path):
    path, table = (
        tmp_path / name,
        pd.DataFrame({"gvkey": ["001", "002"], "at": [1, 2.5]}),
    )
    if content == "parquet":
        table.to_parquet(path)
    elif content == "excel":
        table.to_excel(tmp_path / "b.xlsx", index=False)
        (tmp_path / "b.xlsx").rename(path)
    elif content == "stata":
        table.to_stata(path, write_index=False)
    else:
        path.write_bytes(content)
    raw = raw_file(path)
    assert raw.cells.gvkey.tolist() == ["001", "002"]
    assert raw.cells["at"].astype(float).tolist() == [1.0, 2.5]
    assert told in raw.decisions


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old Excel workbook"),
        (b"%PDF-1.7" + bytes(600), "a PDF document"),
        (b"ARROW1" + bytes(600), "an Arrow file"),
        (b"\n<html><body>log in</body></html>", "a web page"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<facts/>', "an XML document"),
        (b'{"fields": ["cik", "name"], "data": []}', "JSON"),
        (b'[\n {"firm": 1}]', "JSON"),
        (b"SQLite format 3\x00" + bytes(600), "a database"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet", "a.dta"])
def test_what_cannot_be_read_is_named(name, content, says, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UserError, match=says) as caught:
        raw_file(path)
    assert path.suffix not in caught.value.problems[0].remedy.split()


def test_a_named_sheet_is_read_and_one_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "a.xlsx"
    with pd.ExcelWriter(path) as book:
        for name in ("notes", "Data"):
            table = pd.DataFrame({"firm": [name], "x": [1]})
            table.to_excel(book, sheet_name=name, index=False)
    layout = TableFile(entity="", file="", sheet="data")
    assert read_file(path, layout).cells.firm.tolist() == ["Data"]
    with pytest.raises(UserError, match="no sheet 'dat'"):
        read_file(path, replace(layout, sheet="dat"))


def test_a_quotation_mark_may_be_another_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("firm,x\n'ACME, Inc.',1\n'It''s \"new\"',2\n")
    raw = read_file(path, TableFile(entity="", file="", quote="'"))
    assert raw.cells.firm.tolist() == ["ACME, Inc.", 'It\'s "new"']


@pytest.mark.parametrize(
    ("lines", "header", "rows"),
    [
        (["Returns of steel, mining", "day,mkt", "2019-01-02,0.1"], ["day", "mkt"], 1),
        (["All, of", "Us, in", "day,mkt", "2019-01-02,1"], ["day", "mkt"], 1),
        (["Firms, all", "f,y,x", "A,2001,1", "B,2001,2"], ["f", "y", "x"], 2),
        # no titles: a header, or every row, with blanks behind its commas
        (["firm, year", "A,2001", "B,2002"], ["firm", "year"], 2),
        (["day, mkt", "2019-01-02, 1", "2019-01-03, 2"], ["day", "mkt"], 2),
        (["f, s,x", "A,steel,NA", "B,mining,1"], ["f", "s", "x"], 2),
        # a title of two cells above a table of three
        (["Export,server", "f,y,x", "A,2001,1", "B,2001,2"], ["f", "y", "x"], 2),
        # row numbers without a name, as R writes them
        (["f,x", "1,A,5", "2,B,6"], ["row_number", "f", "x"], 2),
    ],
)
def test_a_title_with_a_comma_is_no_header(table, lines, header, rows):
    raw = table("\n".join([*lines, ""]))
    assert list(raw.cells.columns) == header
    assert len(raw.cells) == rows


@pytest.mark.parametrize("ending", ["csv", "parquet", "dta", "xlsx"])
@pytest.mark.parametrize("marker", ["-99", "-99.0"])
def test_a_numeric_marker_means_the_same_in_every_file(ending, marker, tmp_path):
    own = pd.DataFrame({"x": [1.5, -99.0, 0.0], "n": [1, 2, -99]})
    path = tmp_path / f"a.{ending}"
    writer = {"csv": "to_csv", "parquet": "to_parquet", "dta": "to_stata"}
    name = writer.get(ending, "to_excel")
    getattr(own, name)(path, **{"write_index" if ending == "dta" else "index": False})
    layout = TableFile(entity="", file="", missing=(marker,))
    raw = read_file(path, layout)
    for column in own:
        values, invalid = numeric_column(raw, column, layout)
        assert values.isna().tolist() == own[column].eq(-99).tolist()
        assert not invalid.any()


def test_zeros_of_a_transport_file(tmp_path):
    path = tmp_path / "a.xpt"
    values = [0.0, -1.5, 1 / 3, 123456.789, 1e-30]
    path.write_bytes(transport(pd.DataFrame({"x": values})))
    assert raw_file(path).cells.x.tolist() == values


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 10, 40])
@pytest.mark.parametrize("width", [1, 8, 9, 40, 90])
def test_blank_cells_of_a_transport_file_are_no_filling(rows, width, tmp_path):
    blank = [""] * (rows - 1)
    table = pd.DataFrame({"x": [*range(rows)], "a": ["A" * width, *blank]})
    table["b"] = ["B", *blank]
    path = tmp_path / "a.xpt"
    path.write_bytes(transport(table))
    cells = raw_file(path).cells
    assert cells.x.tolist() == table.x.tolist()
    assert cells.a.tolist() == table.a.tolist()
    narrow = table[["b", "a"]]
    path.write_bytes(transport(narrow.replace("", "-")))
    assert len(raw_file(path).cells) == rows


def test_a_transport_file_of_several_data_sets_is_told(tmp_path):
    path = tmp_path / "a.xpt"
    one = transport(pd.DataFrame({"x": [1.0, 2.0]}))
    member = one[one.index(b"HEADER RECORD*******MEMBER") :]
    path.write_bytes(one + member)
    with pytest.raises(UserError, match="several data sets"):
        raw_file(path)
    path.write_bytes(one.replace(b"LIBRARY HEADER", b"LIBV8   HEADER"))
    with pytest.raises(UserError, match="version 8"):
        raw_file(path)


@pytest.mark.parametrize("heads", [["day", "firm", "x"], ["day", "firm name", "x"]])
def test_heads_to_the_right_are_parted_where_all_cells_below_are(heads, tmp_path):
    names = ["Acme", "Bolt", "Crane"]
    days = ["2001-01-02", "2001-01-03", "2001-01-04"]
    table = pd.DataFrame(dict(zip(heads, [days, names, [1, 22, 333]], strict=True)))
    path = tmp_path / "a.txt"
    path.write_text(table.to_string(index=False))
    raw = read_file(path, PLAIN)
    assert list(raw.cells.columns) == heads
    assert raw.cells[heads[1]].tolist() == names


@pytest.mark.parametrize(
    "kinds", [["takeover", "", ""], ["", "", "takeover"], ["", "", ""]]
)
@pytest.mark.parametrize("more", [0, 9])
def test_a_transport_file_keeps_rows_that_end_in_blanks(tmp_path, kinds, more):
    columns = {"x": [1.0, 2.0, 3.0], "kind": kinds}
    columns |= {f"c{n}": [1.0, 2.0, 3.0] for n in range(more)}
    path = tmp_path / "a.xpt"
    path.write_bytes(transport(pd.DataFrame(columns)))
    assert read_file(path, TableFile(entity="", file="")).cells["x"].tolist() == [
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    "text",
    [
        '="001004",="2004-12-31",1.5\n="001005",="2005-12-31",2\n',
        '"=""001004""","=""2004-12-31""",1.5\n"=""001005""","=""2005-12-31""",2\n',
    ],
)
def test_cells_that_are_kept_from_a_spreadsheet_are_read_as_others(text, table):
    raw = table("gvkey,day,x\n" + text)
    assert raw.cells.gvkey.tolist() == ["001004", "001005"]
    assert raw.cells.day.tolist() == ["2004-12-31", "2005-12-31"]


def test_lines_around_a_sheets_table_are_told_as_those_of_a_text_are(tmp_path):
    lines = [
        ["Source:", "Compustat"],
        ["Downloaded", datetime(2020, 1, 1)],
        [],
        ["firm", "day", "x", "n"],
        ["A", datetime(2001, 12, 31), 1.5, None],
        ["firm", "day", "x", "n"],
        ["B", datetime(2001, 12, 31)],
        ["All rights reserved"],
    ]
    path = tmp_path / "a.xlsx"
    book = Workbook()
    for line in lines:
        book.active.append(line)
    book.save(path)
    raw = read_file(path, TableFile(entity="", file=""))
    assert raw.cells.firm.tolist() == ["A", "B"]
    assert raw.rows.tolist() == [5, 7]
    assert dict(zip(raw.rejects.row, raw.rejects.rule, strict=True)) == {
        1: "line_around_the_table",
        2: "line_around_the_table",
        6: "header_repeated",
        8: "line_around_the_table",
    }
