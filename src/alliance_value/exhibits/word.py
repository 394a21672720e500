"""A finished table -> a Word file, and the contents of every format."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from alliance_value.contracts.problems import printable
from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.render import has_upper_heads, to_csv, to_html
from alliance_value.exhibits.text_table import TextTable

FIXED = (1980, 1, 1, 0, 0, 0)


def in_every_format(table: TextTable) -> dict[str, bytes]:
    """Return the contents of a table's files: the same characters in each."""
    texts = {"html": to_html, "latex": to_latex, "csv": to_csv}
    files = {name: write(table).encode() for name, write in texts.items()}
    return {**files, "docx": to_docx(table)}


def to_docx(table: TextTable) -> bytes:
    """Return a Word document with the caption, the table and its notes."""
    document = Document()
    properties = document.core_properties
    properties.author = "alliance-value"
    properties.created = properties.modified = datetime(*FIXED[:3])
    document.add_paragraph(printable(table.title or table.name)).runs[0].bold = True
    heads = [[low for _, low in table.columns]]
    if has_upper_heads(table):
        heads.insert(0, [top for top, _ in table.columns])
    body = [["", *head] for head in heads]
    body += [[head, *cells] for head, cells in table.rows]
    grid = document.add_table(rows=len(body), cols=len(table.columns) + 1)
    grid.style = "Light List"
    for cells, texts in zip(grid.rows, body, strict=True):
        for place, (cell, text) in enumerate(zip(cells.cells, texts, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(printable(text)).font.size = Pt(8)
            if place:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for note in table.notes:
        document.add_paragraph().add_run(printable(note)).font.size = Pt(8)
    stream = io.BytesIO()
    document.save(stream)
    return same_bytes(stream.getvalue())


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
