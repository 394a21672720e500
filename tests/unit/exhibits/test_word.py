"""Word files hold the table's characters and are the same whenever written."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from alliance_value.exhibits.latex_text import longest, width
from alliance_value.exhibits.render import to_csv, to_html
from alliance_value.exhibits.text_table import TextTable
from alliance_value.exhibits.word import CM, in_every_format, same_bytes, widths

TABLE = TextTable(
    "main",
    "Effects\x0b of it",
    (("ROA", "(1)"), ("ROA", "(2)")),
    (("Size", ("0.12***", "-0.3")), ("", ("(0.01)", "")), ("N", ("1,200", "7"))),
    frozenset({2}),
    ("First note.", "Second note."),
)


def grid(table: TextTable) -> list[list[str]]:
    (found,) = document(table).tables
    return [[cell.text for cell in row.cells] for row in found.rows]


def document(table: TextTable):
    return docx.Document(io.BytesIO(in_every_format(table)["docx"]))


def test_a_word_file_has_the_caption_both_heads_every_cell_and_the_notes():
    assert grid(TABLE) == [
        ["", "ROA", "ROA"],
        ["", "(1)", "(2)"],
        ["Size", "0.12***", "−0.3"],
        ["", "(0.01)", ""],
        ["N", "1,200", "7"],
    ]
    found = document(TABLE)
    texts = [p.text for p in found.paragraphs]
    assert "\x0b" not in texts[0]
    assert texts[0].startswith("Effects")
    assert found.paragraphs[0].style.name == "Caption"
    assert texts[1:] == ["First note.", "Second note."]
    row = found.tables[0].rows[2].cells
    assert [c.paragraphs[0].alignment for c in row] == [
        *(None, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.CENTER)
    ]


def test_word_repeats_heads_and_keeps_rows_whole_between_three_rules():
    (found,) = document(TABLE).tables
    repeated = [row._tr.xpath("./w:trPr/w:tblHeader") for row in found.rows]
    assert list(map(len, repeated)) == [1, 1, 0, 0, 0]
    assert all(row._tr.xpath("./w:trPr/w:cantSplit") for row in found.rows)
    sides = {
        side: [bool(row._tr.xpath(f".//w:tcBorders/w:{side}")) for row in found.rows]
        for side in ("top", "bottom", "left", "right")
    }
    assert sides["top"] == [True, False, False, False, True]
    assert sides["bottom"] == [True, True, False, False, True]
    assert not any(sides["left"] + sides["right"])
    spans = found.rows[0]._tr.xpath(".//w:gridSpan/@w:val")
    assert spans == ["2"]
    colours = document(TABLE).element.xpath("//w:tcBorders/*/@w:color")
    assert {*colours} == {"000000"}


def test_word_turns_the_page_for_a_wide_table_alone():
    section = document(TABLE).sections[0]
    assert section.page_width < section.page_height
    heads = tuple(("", f"A head of column {i}") for i in range(12))
    cells = tuple("1,234.567***" for _ in heads)
    wide = TextTable("w", "", heads, (("Row", cells),), frozenset(), ())
    section = document(wide).sections[0]
    assert section.page_width > section.page_height
    (found,) = document(wide).tables
    room = section.page_width - section.left_margin - section.right_margin
    assert sum(c.width for c in found.rows[0].cells) <= room + len(heads)


def test_heads_of_one_line_and_a_table_without_a_title():
    plain = TextTable("main", "", (("", "N"),), (("a", ("1",)),), frozenset(), ())
    assert grid(plain) == [["", "N"], ["a", "1"]]
    assert [p.text for p in document(plain).paragraphs] == ["main"]


def test_files_hold_neither_the_clock_nor_an_order_of_the_day():
    files = in_every_format(TABLE)
    assert files == in_every_format(TABLE)
    assert (files["csv"], files["html"]) == (
        to_csv(TABLE).encode(),
        to_html(TABLE).encode(),
    )
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as package:
        assert package.namelist() == sorted(package.namelist())
        assert {e.date_time for e in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = document(TABLE).core_properties
    assert properties.author == "alliance-value"
    assert properties.created.year == properties.modified.year == 1980


def test_entries_keep_what_they_hold_in_the_order_of_their_names():
    packed = []
    for names in ("ab", "ba"):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as package:
            for name in names:
                package.writestr(name, name * 100)
        packed.append(same_bytes(stream.getvalue()))
    assert packed[0] == packed[1]
    with zipfile.ZipFile(io.BytesIO(packed[0])) as package:
        assert package.read("b") == b"b" * 100
        assert package.infolist()[0].compress_type == zipfile.ZIP_DEFLATED


def near(length, cm):
    return abs(length - Cm(cm)) < Cm(0.005)


def test_a_page_is_an_a4_sheet_with_margins_and_plain_type():
    upright = document(TABLE)
    section = upright.sections[0]
    assert near(section.page_width, 21) and near(section.page_height, 29.7)
    for side in ("left", "right", "top", "bottom"):
        assert near(getattr(section, f"{side}_margin"), 2.5)
    fonts = [upright.styles[name].font for name in ("Normal", "Caption")]
    assert [(f.name, f.size) for f in fonts] == [("Times New Roman", Pt(10))] * 2
    assert {f.color.rgb for f in fonts} == {RGBColor(0, 0, 0)} and fonts[1].bold
    caption, first, second = upright.paragraphs
    assert caption.paragraph_format.keep_with_next
    spaces = [
        (p.paragraph_format.space_before, p.paragraph_format.space_after)
        for p in (first, second)
    ]
    assert spaces == [(Pt(3), Pt(2)), (Pt(0), Pt(2))]
    assert {p.runs[0].font.size for p in (first, second)} == {Pt(8)}
    cell = upright.tables[0].rows[2].cells[1].paragraphs[0]
    shape = cell.paragraph_format
    assert (shape.space_before, shape.space_after, shape.line_spacing) == (
        *(Pt(1), Pt(1), 1.0),
    )
    assert cell.runs[0].font.size == Pt(9)
    heads = (("", "b" * 16),) * 14
    wide = TextTable("w", "", heads, (("", ("1",) * 14),), frozenset(), ())
    turned = document(wide).sections[0]
    assert near(turned.page_width, 29.7) and near(turned.page_height, 21)
    assert turned.orientation == WD_ORIENT.LANDSCAPE


def test_columns_are_as_wide_as_cells_or_heads_within_limits():
    def sizes(label, cells, *heads):
        return widths(TextTable("t", "", heads, ((label, cells),), frozenset(), ()))

    gap, least = 0.35, 1.1
    label, words = "b" * 10, "b" * 16
    assert sizes(label, ("1", words), ("", "h"), ("", "h")) == pytest.approx(
        [width(label) * CM + gap, least + gap, width(words) * CM + gap]
    )
    # labels take 5.2 cm at most, cells 6, but heads are whole
    long = sizes("bb " * 40, ("bb " * 40, "1"), ("", "h"), ("", "m" * 16))
    assert long == pytest.approx([5.55, 6.35, longest("m" * 16) * CM + gap])
    beside = sizes("", ("1", "1"), ("m" * 16, "h"), ("m" * 16, "h"))
    assert beside[1:] == pytest.approx([longest("m" * 16) / 2 * CM + gap] * 2)
    # what is wider than a page on its side is made narrower as a whole
    every = sizes("b", ("1",) * 30, *[("", "m" * 8)] * 30)
    assert sum(every) == pytest.approx(24.7)
    assert every[1] / every[0] == pytest.approx(
        (longest("m" * 8) * CM + gap) / (width("b") * CM + gap)
    )


def lines(table):
    """Return size and kind of each border of the first column, row by row."""
    (held,) = document(table).tables
    return [
        {
            line.tag.rpartition("}")[2]: (line.get(qn("w:val")), line.get(qn("w:sz")))
            for line in row.cells[1]._tc.xpath(".//w:tcBorders/*")
        }
        for row in held.rows
    ]


def test_rules_are_as_strong_as_their_place():
    assert lines(TABLE) == [
        {"top": ("single", "12"), "bottom": ("single", "4")},
        {"bottom": ("single", "6")},
        {},
        {},
        {"top": ("single", "4"), "bottom": ("single", "12")},
    ]
    aer = lines(
        TextTable(**{**vars(TABLE), "style": "aer", "rules": frozenset({0, 3})})
    )
    assert aer[0]["top"] == ("double", "12") and aer[4] == {"bottom": ("single", "12")}
    # a column of words is not in the middle
    words = replace(TABLE, align=("p", "r"))
    row = document(words).tables[0].rows[2].cells
    assert [c.paragraphs[0].alignment for c in row] == [
        *(None, None, WD_ALIGN_PARAGRAPH.CENTER)
    ]
