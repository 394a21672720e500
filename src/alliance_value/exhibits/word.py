"""A finished table -> a Word file, and the contents of every format."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from itertools import groupby

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import Table, _Cell, _Row

from alliance_value.contracts.problems import printable
from alliance_value.exhibits.house import HOUSES
from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.latex_text import longest, width
from alliance_value.exhibits.render import NEGATIVE, has_upper_heads, to_csv, to_html
from alliance_value.exhibits.text_table import TextTable

FIXED = (1980, 1, 1, 0, 0, 0)
FONT, SIZE = "Times New Roman", Pt(9)
PORTRAIT, LANDSCAPE = 16.0, 24.7  # cm of text on A4
MARGIN = Cm(2.5)
LABEL, LOOSE, LEAST = 5.2, 6.0, 1.1  # cm
GAP = 0.35  # cm beside a cell
CM = 2.54 / 72 * 9 / 8  # of a pt, at the size of the cells


def in_every_format(table: TextTable) -> dict[str, bytes]:
    """Return the contents of a table's files: the same characters in each."""
    texts = {"html": to_html, "latex": to_latex, "csv": to_csv}
    files = {name: write(table).encode() for name, write in texts.items()}
    return {**files, "docx": to_docx(table)}


def to_docx(table: TextTable) -> bytes:
    """Return a Word document with the caption, the table and its notes.

    The table has rules above, below its heads and at its end, heads that repeat on each
    page, and a page on its side where it is wider than an upright one.
    """
    document = Document()
    properties = document.core_properties
    properties.author = "alliance-value"
    properties.title = printable(table.title or table.name)
    properties.created = properties.modified = datetime(*FIXED[:3])
    columns = widths(table)
    page(document, wide=sum(columns) > PORTRAIT)
    caption = document.add_paragraph(properties.title, style="Caption")
    caption.paragraph_format.keep_with_next = True
    fill(document, table, columns)
    for number, note in enumerate(table.notes):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(0 if number else 3)
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.add_run(printable(note)).font.size = Pt(8)
    stream = io.BytesIO()
    document.save(stream)
    return same_bytes(stream.getvalue())


def page(document: WordDocument, wide: bool) -> None:
    """Set the page, and styles without colours."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if wide:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, MARGIN)
    for name in ("Normal", "Caption"):
        font = document.styles[name].font
        font.name, font.size = FONT, Pt(10)
        font.color.rgb = RGBColor(0, 0, 0)
    document.styles["Caption"].font.bold = True


def widths(table: TextTable) -> list[float]:
    """Return the columns' widths in cm: cells whole, heads and long texts broken."""
    labels = [head for head, _ in table.rows]
    sizes = [min(max(map(width, labels), default=0.0) * CM, LABEL)]
    for place, (top, low) in enumerate(table.columns):
        beside = sum(head == top for head, _ in table.columns)
        cells = max((width(cells[place]) for _, cells in table.rows), default=0.0)
        heads = max(longest(low), longest(top) / beside)
        sizes.append(max(min(cells * CM, LOOSE), heads * CM, LEAST))
    every = [size + GAP for size in sizes]
    return [size * min(1.0, LANDSCAPE / sum(every)) for size in every]


def fill(document: WordDocument, table: TextTable, columns: list[float]) -> None:
    """Add a table's grid: heads, cells and rules."""
    upper = has_upper_heads(table)
    heads = [[low for _, low in table.columns]]
    if upper:
        heads.insert(0, ["" for _ in table.columns])
    body = [["", *head] for head in heads]
    body += [[head, *cells] for head, cells in table.rows]
    grid = document.add_table(rows=len(body), cols=len(columns))
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    grid.autofit = False
    for place, size in enumerate(columns):
        grid.columns[place].width = Cm(size)
    for number, (row, texts) in enumerate(zip(grid.rows, body, strict=True)):
        once(row, "w:cantSplit")
        if number < len(heads):
            once(row, "w:tblHeader")
        for place, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Cm(columns[place])
            write(cell, text, middle=place > 0 and not loose(table, place - 1))
    if upper:
        merged(grid, table)
    rule(grid.rows[0], "top", HOUSES[table.style].top_rules, 12)
    rule(grid.rows[len(heads) - 1], "bottom", 1, 6)
    for place in table.rules:
        if 0 < place < len(table.rows):
            rule(grid.rows[len(heads) + place], "top", 1, 4)
    rule(grid.rows[-1], "bottom", 1, 12)


def loose(table: TextTable, place: int) -> bool:
    """Return whether a column holds texts that break lines."""
    return bool(table.align) and table.align[place] in "pl"


def write(cell: _Cell, text: str, middle: bool) -> None:
    """Write a cell's text, close to its rules."""
    paragraph = cell.paragraphs[0]
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(1)
    shape.line_spacing = 1.0
    paragraph.add_run(printable(NEGATIVE.sub(r"\1−", text))).font.size = SIZE
    if middle:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def merged(grid: Table, table: TextTable) -> None:
    """Write the upper heads, each over its columns and with a rule below."""
    start = 1
    for head, group in groupby(top for top, _ in table.columns):
        count = len(list(group))
        cell = grid.cell(0, start).merge(grid.cell(0, start + count - 1))
        for paragraph in cell.paragraphs[1:]:
            paragraph._element.getparent().remove(paragraph._element)
        cell.paragraphs[0].clear()
        write(cell, head, middle=True)
        if head:
            border(cell, "bottom", "single", 4)
        start += count


def once(row: _Row, name: str) -> None:
    """Set a property of a row that has no value."""
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def rule(row: _Row, side: str, lines: int, size: int) -> None:
    """Draw a rule along a row."""
    for cell in row.cells:
        border(cell, side, "double" if lines > 1 else "single", size)


def border(cell: _Cell, side: str, kind: str, size: int) -> None:
    """Draw one side of a cell, its size in eighths of a point."""
    properties = cell._tc.get_or_add_tcPr()
    borders = properties.find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        properties.append(borders)
    for old in borders.findall(qn(f"w:{side}")):
        borders.remove(old)
    line = OxmlElement(f"w:{side}")
    for key, value in (("val", kind), ("sz", str(size)), ("color", "000000")):
        line.set(qn(f"w:{key}"), value)
    borders.insert(0 if side == "top" else len(borders), line)


def same_bytes(package: bytes) -> bytes:
    """Return a zip file with its entries in order and without the clock."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, FIXED)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return stream.getvalue()
