"""Reports in columns of fixed width, cut by hand."""

from __future__ import annotations

import pytest

from alliance_value.sources.fixed_width import (
    PAGE_LINES,
    crosses,
    cut,
    fixed_width,
    spans,
)

HEAD = "Number  Name of firm  Day"
BODY = ["     1  Alpha Inc     02/01", "    22  Be            03/11"]
RECORDS = [["1", "Alpha Inc", "02/01"], ["22", "Be", "03/11"]]


def read(*lines: str):
    return fixed_width(lines, "Number", "Session")


def rows(result) -> list[list[str]]:
    return [record for record in result[1][1:] if record is not None]


def test_columns_begin_at_the_blank_next_to_their_head():
    head, records, crossing = read("A title", "", HEAD, *BODY)
    assert head == 2 and crossing == []
    assert records == [["Number", "Name of firm", "Day"], *RECORDS]
    # right-aligned under their heads
    right = read("Number  Name  Value", "     1     a     10", "     2    bb      9")
    assert rows(right) == [["1", "a", "10"], ["2", "bb", "9"]]


def test_a_head_alone_is_none():
    assert read("Number", *BODY) is None
    assert read(*BODY) is None
    assert spans("Number  Name of firm\f Day") == {
        0: "Number",
        8: "Name of firm",
        22: "Day",
    }


@pytest.mark.parametrize("stacked", [1, 2, 3])
def test_a_ruler_tells_columns_under_stacked_heads(stacked):
    tops = ["        Name          ", "        of                 "][: stacked - 1]
    ruler = "------  ------------  -----"
    head, records, _ = read(
        "Title", "", *tops, "Number  firm          Day", ruler, *BODY
    )
    name = " ".join([*("Name", "of")[: stacked - 1], "firm"])
    assert head == 1 + stacked
    assert records[:2] == [["Number", name, "Day"], None]
    assert records[2:] == RECORDS


def test_from_a_form_feed_to_the_next_head_is_furniture():
    page = ["\fPage 2", "", HEAD]
    result = read(HEAD, BODY[0], *page, BODY[1], "", "Session details", "no record")
    assert rows(result) == RECORDS and result[2] == []
    assert len(result[1]) == 7  # from the head to what opens the last lines
    # a form feed without a head near by is before a record
    assert rows(read(HEAD, BODY[0], "\f" + BODY[1][1:])) == RECORDS
    # a lone word behind a form feed is a title
    assert rows(read(HEAD, *BODY, "\f                     Page")) == RECORDS


@pytest.mark.parametrize(("between", "kept"), [(PAGE_LINES - 1, 0), (PAGE_LINES, 1)])
def test_a_page_has_few_lines_above_its_head(between, kept):
    filler = ["     3  Xi            04/04"] * between
    result = read(HEAD, BODY[0], "\fPage", *filler, HEAD, BODY[1])
    assert (len(rows(result)) > 2) == bool(kept)


def test_a_cell_that_runs_into_the_next_column_is_named():
    long = "    33  A name that overruns"
    ruler = "------  ------------  -----"
    _, records, crossing = read(HEAD, ruler, *BODY, long)
    assert crossing == [4]
    assert records[-1] == ["33", "A name that ov", "erruns"]


def test_heads_a_single_blank_apart_are_two_where_it_parts_all_cells():
    parted = read("Number  Kind Day", "     1  a    02", "     2  b    03")
    assert parted[1][0] == ["Number", "Kind", "Day"]
    assert rows(parted) == [["1", "a", "02"], ["2", "b", "03"]]
    joined = read("Number  Kind Day", "     1       02", "     2  b    03")
    assert joined[1][0] == ["Number", "Kind Day"]
    assert rows(joined) == [["1", "02"], ["2", "b    03"]]


def test_three_heads_may_stand_a_blank_apart():
    three = read("Number  Of a Day", "     1  x  y 02", "     2  z  w 03")
    assert three[1][0] == ["Number", "Of", "a", "Day"]
    assert rows(three) == [["1", "x", "y", "02"], ["2", "z", "w", "03"]]


def test_cuts():
    assert cut("  ab  cd ", [0, 4]) == ["ab", "cd"]
    assert cut("ab", [0, 4]) == ["ab", ""]
    assert crosses("abcd", [0, 2]) and not crosses("ab cd", [0, 2])
    assert not crosses("ab cd", [0, 3]) and not crosses("ab", [0, 2])


def test_lines_between_a_head_and_its_ruler_are_no_records():
    ruler = "------  ------------  -----"
    for between in range(3):
        lines = ["        continued             "] * between
        result = read("Number  firm          Day", *lines, ruler, *BODY)
        head, records, crossing = result
        words = " ".join(["firm", *["continued"] * between])
        assert records[0] == ["Number", words, "Day"] and head == 0
        assert records[1 : 2 + between] == [None] * (1 + between)
        assert records[2 + between :] == RECORDS and crossing == []
    # a ruler further down rules off something else
    far = read("Number  firm          Day", *[BODY[0]] * 4, ruler, BODY[1])
    assert far[1][1] is not None


def test_heads_are_stacked_up_to_a_blank_line_or_a_form_feed():
    ruler = "------  ------------  -----"
    own = "Number  firm          Day"
    top = "        Name              "
    assert read(top, own, ruler, *BODY)[1][0][1] == "Name firm"
    for parts in ("", "\fPage"):
        assert read(top, parts, own, ruler, *BODY)[1][0][1] == "firm"
    five = [top] * 4
    assert read(*five, own, ruler, *BODY)[1][0][1] == "Name Name Name firm"


def test_the_place_next_to_the_head_is_where_a_column_begins():
    """Of several blank places the last before the head, or the head itself."""
    head = "Number    Name  Day"
    result = read(head, "     1   ab     2", "     2  bcd    33")
    assert result[1][0] == ["Number", "Name", "Day"]
    assert rows(result) == [["1", "ab", "2"], ["2", "bcd", "33"]]
    assert rows(read("Number  Name", "1234567890", "1234567891"))[0] == [
        "12345678",
        "90",
    ]
