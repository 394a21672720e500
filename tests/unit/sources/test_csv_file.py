"""Records of CSV files by hand: where a table begins and ends, delimiters, rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.csv_file import (
    LOOKED_AT,
    Records,
    begins_a_table,
    bounds,
    csv_records,
    delimited,
    fixed_records,
    is_prose,
    likely_delimiter,
    longest_run,
    repeats,
)
from alliance_value.sources.text_file import LARGEST_CELL

HEAD, ROW = ["id", "x", "y", "z"], ["a", "1", "2", "3"]


def read(text: str, delimiter: str = "auto", quote: str = '"') -> Records:
    return csv_records(Path("a.csv"), text, delimiter, quote)


@pytest.mark.parametrize(
    ("above", "below", "top", "end"),
    [
        ([], [], 0, 0),
        ([["Title"]], [["Note"]], 1, 1),
        ([["Title", ""], ["More"]], [["Note", "", ""]], 2, 1),
        # half as many cells as the table has columns are a short row of it
        ([], [["b", "4"]], 0, 0),
        ([], [["b"]], 0, 1),
        ([], [["b", "", "", ""]], 0, 0),  # as wide as the table
        # a title with a comma, as its blank tells
        ([["Sales", " by year", " and firm", " in all"]], [], 1, 0),
        ([["a", "b", "c"]], [], 1, 0),  # narrow, before a head and numbers
    ],
)
def test_a_table_is_as_wide_as_most_records(above, below, top, end):
    records = [*above, HEAD, ROW, ROW, ROW, *below]
    assert bounds(records) == (top, len(records) - end)


def test_without_cells_beside_each_other_all_is_table():
    assert bounds([["a"], ["b"]]) == (0, 2)


def test_a_wide_tables_titles_fill_less_than_half_of_it():
    wide = [[*"abcdef"], [*"123456"], [*"123456"]]
    assert bounds([["Sales", "2001"], *wide]) == (1, 4)
    # three of six cells are half of them
    assert bounds([["p", "q", "r"], *wide])[0] == 1
    assert bounds([*wide, ["p", "q", "r"]]) == (0, 4)
    assert bounds([*wide, ["p", "q"]]) == (0, 3)
    # two cells, one column narrower than the table
    assert bounds([*wide, ["p", "", "", "", "q"]]) == (0, 4)
    assert bounds([*wide, ["p", "", "", "", ""]]) == (0, 3)
    # a head one column narrower, where rows have a number without a name
    named = [["a", "b"], ["1", "x", "5"], ["2", "y", "6"]]
    assert bounds(named)[0] == 0


def test_prose_has_a_blank_behind_a_comma():
    assert is_prose(["Sales", " by year"])
    assert not is_prose([" Sales", "by year"]) and not is_prose(["a", " "])


@pytest.mark.parametrize(
    ("header", "first", "begins"),
    [
        (["a", "b"], ["x", "1"], True),
        (["a", "b"], ["x", "-.5"], True),
        (["a", "b"], ["x", "y"], False),
        (["a", ""], ["x", "1"], False),
        (["a", "NA"], ["x", "1"], False),
        (["a", "2"], ["x", "1"], False),
        (["a", "b"], ["x", "1", "2"], False),
    ],
)
def test_a_head_is_of_words_above_numbers(header, first, begins):
    assert begins_a_table(header, first) is begins


def test_the_delimiter_cuts_most_lines_in_a_row():
    assert longest_run("a,b\n1,2\n\n3,4,5\n6,7\n", ",", '"') == (2, 2, 4)
    assert longest_run("a\nb\n", ",", '"') == (0, 1, 2)
    long = "a,b\n" * (LOOKED_AT + 5)
    assert longest_run(long, ",", '"') == (LOOKED_AT, 2, LOOKED_AT)
    assert likely_delimiter("a;b\n1,5;2\n2,5;3\n", '"') == ";"
    assert likely_delimiter("a\tb|c\n1\t2|3\n", '"') == "\t"
    assert likely_delimiter("'a,b';c\n'1,2';3\n", "'") == ";"
    assert delimited("a,b\n1,2\n") and not delimited("a b\n1 2\n")
    assert not delimited("") and delimited("t\nu\na,b\n1,2\n")
    assert not delimited("t\nu\nv\na,b\n1,2\n")


def test_rows_are_counted_as_a_spreadsheet_does():
    table = read('Title\n\nid,x\na,1\n,\n\n"b\nc",2\nid,x\n d ,3\nA note\n')
    assert (table.header, table.header_row, table.delimiter) == (["id", "x"], 3, ",")
    assert table.body == [["a", "1"], ["", ""], ["b\nc", "2"], [" d ", "3"]]
    assert table.numbers == [4, 5, 7, 9]
    assert table.repeated_headers == [8] and table.around == {1: "Title", 10: "A note"}
    assert table.decisions == (
        "2 lines around the table left out",
        "the header stands again in 1 rows: left out",
    )
    assert repeats(["id", " x "], ["id", "x"]) and not repeats(["id", "y"], ["id", "x"])


def test_a_cell_more_than_the_head_is_a_row_number_or_nothing():
    numbered = read("id,x\n1,a,5\n2,b,6\n")
    assert numbered.header == ["row_number", "id", "x"]
    assert numbered.decisions == ("first column has no name: taken for row numbers",)
    ended = read("id,x\na,5,\nb,6,\n")
    assert ended.header == ["id", "x"] and ended.body == [["a", "5"], ["b", "6"]]
    assert ended.decisions == ("delimiter at the end of each row: left out",)
    blank = read("id,,x\na,1,5\n")
    assert blank.header == ["id", "unnamed_2", "x"]


@pytest.mark.parametrize(
    ("text", "rule", "row"),
    [
        ("", "has no header", None),
        ("id,x\n", "has a header but no rows", None),
        ("id\na\nb\n", "the file has one column", 1),
        ("id,x\na,1\nb,2,3\n", "the row has 3 cells", 3),
        ("id,id\na,1\n", "the column name 'id' stands 2 times", 1),
        ('id,x\na,1\n"b,2\nc,3\n', "opens in this row and never closes", 3),
    ],
)
def test_what_is_no_table_is_told_with_its_row(text, rule, row):
    with pytest.raises(UserError) as caught:
        read(text)
    problem = caught.value.problems[0]
    assert rule in problem.rule and problem.row == row and problem.where == "a.csv"


def test_a_delimiter_may_be_given():
    assert read("a;b\n1,5;2\n", ";").body == [["1,5", "2"]]
    assert read("a\tb\n1\t2\n", "\\t").delimiter == "\t"


def test_columns_of_fixed_width_and_words_between_blanks():
    fixed = fixed_records(
        Path("a.txt"), "Title\n\nid    value\n====\nab      1\nc      22\n"
    )
    assert fixed.header == ["id", "value"] and fixed.body == [["ab", "1"], ["c", "22"]]
    assert fixed.numbers == [5, 6] and fixed.header_row == 3
    assert fixed.around == {1: "Title"} and fixed.delimiter == ""
    words = fixed_records(Path("a.txt"), "id x\na 1\nbb 22\n")
    assert words.header == ["id", "x"] and words.numbers == [2, 3]
    assert fixed_records(Path("a.txt"), "id x\na 1 2\n") is None
    assert fixed_records(Path("a.txt"), "id\na\n") is None
    assert fixed_records(Path("a.txt"), "") is None


def test_lines_of_blanks_are_no_rows_wherever_they_stand():
    table = read("  \nid,x\na,1\n \t \nb,2\n\n   \n")
    assert table.body == [["a", "1"], ["b", "2"]]
    assert (table.header_row, table.numbers) == (2, [3, 5])
    assert table.decisions == ()


@pytest.mark.parametrize(("before", "row"), [(0, 1), (1, 2), (3, 4)])
def test_a_cell_of_more_than_a_million_characters_is_told_with_its_row(before, row):
    lines = ["a,b"] * before
    assert read("\n".join(["a,b", *lines, "x" * LARGEST_CELL + ",1"])).body
    text = "\n".join([*lines, "x" * (LARGEST_CELL + 1) + ",1", "c,d", ""])
    with pytest.raises(UserError) as caught:
        read(text, ",")
    (problem,) = caught.value.problems
    assert problem.rule == "a cell holds more than 1,000,000 characters"
    assert (problem.where, problem.row) == ("a.csv", row)
    assert 'the quotation mark (") that opens' in problem.remedy


def test_a_quotation_mark_that_never_closes_is_told_where_it_opens():
    with pytest.raises(UserError) as caught:
        read('id,x\n\na,1\nb,"2\nc,3\n')
    (problem,) = caught.value.problems
    assert problem.rule == 'a quotation mark (") opens in this row and never closes'
    assert problem.row == 4


def test_all_names_and_widths_that_do_not_fit_are_told_at_once():
    with pytest.raises(UserError) as caught:
        read("b,a,a,b,\nx,1,2,3,4\nx,1\nx,1,2,3,4,5,6\n", ",")
    told = [(p.rule, p.row) for p in caught.value.problems]
    assert told == [
        ("the column name 'a' stands 2 times", 1),
        ("the column name 'b' stands 2 times", 1),
        ("the row has 2 cells, the header has 5", 3),
        ("the row has 7 cells, the header has 5", 4),
    ]
