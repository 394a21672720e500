"""Word files hold the table's characters and are the same whenever written."""

from __future__ import annotations

import io
import zipfile

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH

from alliance_value.exhibits.render import to_csv, to_html
from alliance_value.exhibits.text_table import TextTable
from alliance_value.exhibits.word import in_every_format, same_bytes

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
