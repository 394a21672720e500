"""Bytes of any format -> the texts and rows of cells that can be read in them."""

from __future__ import annotations

import binascii
import bz2
import gzip
import lzma
import re
import tarfile
import zipfile
import zlib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO

import openpyxl
import polars as pl
import pyarrow.lib
from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import IFD

from alliance_value.sharing.scan.text_rows import Row, rows_of_text, strings_of_json

DEEPEST = 6
LARGEST = 2 * 1024**3
# Of longer tables this many rows are compared with licensed ones, spread evenly.
MOST_ROWS = 20_000
PRINTABLE = re.compile(rb"[\t\x20-\x7e]{10,}")
BASE64 = re.compile(r"[A-Za-z0-9+/]{256,}={0,2}")
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
PDF_TEXT = re.compile(rb"\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]{4,})>", re.DOTALL)
FONTS = (b"wOF2", b"wOFF", b"\x00\x01\x00\x00", b"OTTO")
BROKEN = (
    *(OSError, ValueError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError),
    *(zipfile.BadZipFile, NotImplementedError, RuntimeError, KeyError, SyntaxError),
    *(pyarrow.lib.ArrowException, pl.exceptions.PolarsError, UnidentifiedImageError),
)


@dataclass
class Readable:
    """What can be read in a file.

    Parameters
    ----------
    texts
        Its texts; what stands in a file within it is a text of its own.
    rows
        Its rows: records of tables, lines of texts cut into cells.
    sealed
        What could not be looked into, in words.
    """

    texts: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    sealed: list[str] = field(default_factory=list)

    def add_text(self, text: str, depth: int) -> None:
        """Add a text, its rows, and the files that stand in it in base 64."""
        if not text.strip():
            return
        self.texts += [text, *strings_of_json(text)]
        self.rows += rows_of_text(text, MOST_ROWS)
        joined = "".join(text.split()) if text.count("\n") > 3 else text
        for blob in BASE64.findall(joined if BASE64.fullmatch(joined) else text):
            try:
                inner = b64decode(blob, validate=True)
            except binascii.Error:
                continue
            if known_kind(inner) or is_text(inner):
                self.add(inner, depth + 1)
            elif inner[:1] == b"\x80" and inner[-1:] == b".":
                self.sealed.append("an object of Python in base 64")

    def add(self, content: bytes, depth: int = 0) -> None:
        """Add a file's bytes, whatever their format."""
        if depth > DEEPEST:
            self.sealed.append("files within files, deeper than can be followed")
            return
        reader = known_kind(content)
        try:
            if reader:
                reader(self, content, depth)
            elif is_text(content):
                self.add_text(decoded(content), depth)
            elif not content.startswith(FONTS):
                self.sealed.append("a format that is not known")
                self.texts += strings_in(content)
        except BROKEN as error:
            self.sealed.append(f"a part that cannot be read ({type(error).__name__})")
            self.texts += strings_in(content)


def readable(content: bytes) -> Readable:
    """Return the texts and rows in a file, those in files packed in it among them."""
    into = Readable()
    into.add(content)
    return into


def is_text(content: bytes) -> bool:
    """Whether bytes are a text: UTF-8, UTF-16, or one of one byte a character."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = content.translate(None, bytes(range(32, 256)) + b"\t\n\r\f\x1b\x0b")
    return not controls


def decoded(content: bytes) -> str:
    """Return a text's characters."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def strings_in(content: bytes) -> list[str]:
    """Return runs of printable characters, of one byte or two."""
    narrow = PRINTABLE.findall(content)
    wide = PRINTABLE.findall(content.replace(b"\x00", b""))
    return sorted({part.decode("ascii") for part in (*narrow, *wide)})


def stream_of(opened: Callable[[BytesIO], object]) -> Callable[..., None]:
    """Return a reader of one compressed stream."""

    def read(into: Readable, content: bytes, depth: int) -> None:
        with opened(BytesIO(content)) as stream:  # type: ignore[attr-defined]
            inner = stream.read(LARGEST + 1)
        if len(inner) > LARGEST:
            raise ValueError("too large")
        into.add(inner, depth + 1)

    return read


def read_zip(into: Readable, content: bytes, depth: int) -> None:
    """Read an archive, a document or a workbook."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        names = archive.namelist()
        into.texts.append("\n".join([*names, archive.comment.decode("latin-1")]))
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise ValueError("too large")
        workbook = "xl/workbook.xml" in names
        for name in names:
            inner = archive.read(name)
            if workbook and name.startswith("xl/"):
                into.texts.append(decoded(inner))
            elif inner and name != "[Content_Types].xml":  # names of the parts alone
                into.add(inner, depth + 1)
    if workbook:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        for sheet in book.worksheets:
            rows = [
                tuple(str(cell) for cell in row if cell is not None)
                for row in sheet.iter_rows(values_only=True)
            ]
            into.rows += spread(rows)
            into.texts.append("\n".join("\t".join(row) for row in rows))


def read_tar(into: Readable, content: bytes, depth: int) -> None:
    """Read an archive of tar."""
    with tarfile.open(fileobj=BytesIO(content)) as archive:
        for member in archive:
            into.texts.append(f"{member.name} {member.uname} {member.linkname}")
            inner = archive.extractfile(member)
            if inner is not None:
                into.add(inner.read(), depth + 1)


def read_columns(into: Readable, content: bytes, depth: int) -> None:
    """Read a table of Parquet, Feather or Arrow."""
    read = pl.read_parquet if content.startswith(b"PAR1") else pl.read_ipc
    add_table(into, read(BytesIO(content)))
    into.texts += strings_in(content[-100_000:])  # what programs wrote about it


def add_table(into: Readable, table: pl.DataFrame) -> None:
    """Add a table: its names and texts once each, and its rows."""
    into.texts.append("\n".join(table.columns))
    for column in table.get_columns():
        if column.dtype in (pl.String, pl.Categorical):
            each = column.cast(pl.String).drop_nulls().unique(maintain_order=True)
            into.texts.append("\n".join(each))
    step = max(1, len(table) // MOST_ROWS)
    few = table.gather_every(step).with_columns(pl.col(pl.Datetime).cast(pl.Date))
    into.rows += [tuple(str(c) for c in row if c is not None) for row in few.rows()]


def read_pdf(into: Readable, content: bytes, depth: int) -> None:
    """Read a PDF's strings; letters drawn by their place in a font are none."""
    if b"/Encrypt" in content:
        raise ValueError("encrypted")
    parts = [STREAM.sub(b"", content)]
    for stream in STREAM.findall(content):
        try:
            parts.append(zlib.decompress(stream))
        except zlib.error:
            parts.append(stream)
    for part in filter(is_text, parts):
        words = [
            plain.decode("latin-1")
            if plain
            else bytes.fromhex(
                hexed.decode().ljust(len(hexed) + len(hexed) % 2, "0")
            ).decode("utf-16-be" if hexed[:4].upper() == b"FEFF" else "latin-1")
            for plain, hexed in PDF_TEXT.findall(part)
        ]
        into.add_text("\n".join(words), depth)
        if b"<x:xmpmeta" in part or b"<rdf:RDF" in part:
            into.add_text(decoded(part), depth)


def read_image(into: Readable, content: bytes, depth: int) -> None:
    """Read what an image says of itself, and what stands behind its end."""
    with Image.open(BytesIO(content)) as image:
        image.load()
        noted = [f"{key}: {said(value)}" for key, value in image.info.items()]
        exif = image.getexif()
        tags = [*exif.items(), *(i for ifd in IFD for i in exif.get_ifd(ifd).items())]
    noted += [said(value) for _, value in tags]
    into.add_text("\n".join(noted), depth)
    end = content.rfind(b"IEND\xaeB`\x82")
    if end >= 0 and content[end + 8 :].strip():
        into.add(content[end + 8 :], depth + 1)


def said(value: object) -> str:
    """Return a note's value as text."""
    return "\n".join(strings_in(value)) if isinstance(value, bytes) else str(value)


def spread(rows: list[Row]) -> list[Row]:
    """Return so many rows as are compared."""
    return rows[:: max(1, len(rows) // MOST_ROWS)]


KINDS: tuple[tuple[bytes, Callable[[Readable, bytes, int], None]], ...] = (
    (b"\x1f\x8b", stream_of(gzip.open)),
    (b"BZh", stream_of(bz2.open)),
    (b"\xfd7zXZ\x00", stream_of(lzma.open)),
    (b"PK\x03\x04", read_zip),
    (b"PAR1", read_columns),
    (b"ARROW1", read_columns),
    (b"%PDF", read_pdf),
    (b"\x89PNG", read_image),
    (b"\xff\xd8\xff", read_image),
    (b"GIF8", read_image),
)


def known_kind(content: bytes) -> Callable[[Readable, bytes, int], None] | None:
    """Return the reader of a format, by the first bytes."""
    if content[257:262] == b"ustar":
        return read_tar
    return next((read for start, read in KINDS if content.startswith(start)), None)
