"""A text file's bytes -> its text and the encoding, or what the file is instead."""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, cast

from alliance_value.contracts.problems import Problem, UserError

GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
# Tables in text are held in memory: larger ones belong in Parquet.
LARGEST_TEXT = 2 * 1024**3
# A cell beyond this is no cell: a quotation mark that never closes, or no table.
LARGEST_CELL = 1_000_000
# this share of NUL bytes at even or odd places makes text of two bytes a character
WIDE_CHARACTERS = 0.3
SHOWN_LINES = 20
# ="00123", by which programs keep a spreadsheet from taking a code for a number
GUARDED = re.compile(r'(?<![^,;\t|\r\n])="([^"\r\n]*)"(?=[,;\t|\r\n]|$)')
QUOTED = re.compile(r'"=""([^"\r\n]*)"""')
# first bytes -> what the file is, and what to do with it
OTHER_KINDS = (
    (ZIP, "an Excel workbook or a zip archive", "take format: csv out"),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook, or one with a password",
        "open it in Excel and save it as a new workbook without password, or as CSV",
    ),
    (b"PAR1", "a Parquet file", "take format: csv out"),
    (b"<stata_dta>", "a Stata file", "take format: csv out"),
    (b"$FL2", "an SPSS file", "save it as Stata, SAS or CSV"),
    (b"X\n\x00\x00", "an R object", "save the table as CSV or Parquet"),
    (b"ARROW1", "an Arrow file", "save it as Parquet or CSV"),
    (b"RDX", "an R workspace", "save the table as CSV or Parquet"),
    (b"\x89HDF", "an HDF5 file", "save the table as Parquet or CSV"),
    (b"SQLite format 3", "a database", "export the table as CSV"),
    (b"BZh", "compressed by bzip2", "unpack it, or compress it by gzip"),
    (b"\xfd7zXZ", "compressed by xz", "unpack it, or compress it by gzip"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", "unpack it, or compress it by gzip"),
    (b"%PDF", "a PDF document", "export the table as CSV"),
)
# what stands in a zip archive that is a document
DOCUMENTS = {
    "content.xml": "an OpenDocument file",
    "word/document.xml": "a Word document",
    "Index/Document.iwa": "a Numbers document",
}
# the same where blanks or a byte order mark may stand before
MARKUP = (
    (
        rb"<(?:!doctype html|html)\b",
        "a web page",
        "log in and download the table itself",
    ),
    (rb"<\?xml\b", "an XML document", "save the table as CSV or Parquet"),
    (rb'\{\s*"|\[\s*[\[{"]', "JSON", "save the table as CSV or Parquet"),
)


def decode(path: Path, encoding: str) -> tuple[str, str]:
    """Return a file's text and the encoding that it was read in.

    Tried in turn: a byte order mark, UTF-16 without one, UTF-8, and the Western code
    page 1252, line by line where other lines hold UTF-8.

    Raises
    ------
    UserError
        The file cannot be opened, is damaged, empty, too large, or no text.
    """
    raw = content(path)
    if not raw.strip():
        raise unreadable(path, "is empty", "export it again")
    other = other_kind(raw[:1000])
    if other is not None:
        raise unreadable(path, f"is no text but {other[0]}", other[1])
    candidates = [encoding] if encoding != "auto" else guesses(raw)
    for candidate in candidates:
        try:
            text = raw.decode(candidate)
        except (ValueError, LookupError):
            continue
        text, used = text.removeprefix("\ufeff"), candidate.removesuffix("-sig")
        break
    else:
        if encoding != "auto":
            raise undecodable(path, raw, candidates)
        text, used = line_by_line(path, raw)
    if "\x00" in text:
        row = text.count("\n", 0, text.index("\x00")) + 1
        problem = Problem(
            "the file is no text file: there is a NUL byte",
            "export the file again, or give its format or encoding in the study file",
            path.name,
            row,
        )
        raise UserError([problem], f"reading {path.name}")
    return unguarded(text), used


def unguarded(text: str) -> str:
    """Return text in which cells such as ="00123" are quoted as others are."""
    if '="' not in text:
        return text
    return GUARDED.sub(r'"\1"', QUOTED.sub(r'"\1"', text))


def other_kind(head: bytes) -> tuple[str, str] | None:
    """Return what a file is that is no text, by its first bytes, and the next step."""
    plain = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    kinds = [
        (kind, step) for start, kind, step in OTHER_KINDS if head.startswith(start)
    ] + [
        (kind, step)
        for form, kind, step in MARKUP
        if re.match(form, plain, re.IGNORECASE)
    ]
    return next(iter(kinds), None)


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a file, or what is in it where it is compressed by gzip or zip.

    Raises
    ------
    UserError
        The archive is damaged, locked, or holds more than one file.
    """
    try:
        packed = compression(path)
        if packed == "gzip":
            with gzip.open(path) as stream:
                yield cast(BinaryIO, stream)
        elif packed == "zip":
            with (
                zipfile.ZipFile(path) as archive,
                archive.open(only_member(path, archive)) as member,
            ):
                yield cast(BinaryIO, member)
        else:
            with path.open("rb") as stream:
                yield stream
    except (EOFError, gzip.BadGzipFile, zlib.error, zipfile.BadZipFile) as error:
        raise unreadable(
            path, f"is a damaged {packed} file", f"fetch it again ({error})"
        ) from None
    except (RuntimeError, NotImplementedError) as error:
        raise unreadable(
            path, "is an archive that cannot be unpacked", f"unpack it first ({error})"
        ) from None


def only_member(path: Path, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Return the one file of an archive."""
    members = [
        m
        for m in archive.infolist()
        if not m.is_dir() and not m.filename.startswith(("__MACOSX/", "."))
    ]
    names = {m.filename for m in members}
    for inside, kind in DOCUMENTS.items():
        if inside in names:
            raise unreadable(path, f"is {kind}", "save the table as .xlsx or CSV")
    if len(members) != 1:
        first = ", ".join(m.filename for m in members[:5]) or "none"
        raise unreadable(
            path,
            f"is an archive of {len(members)} files ({first})",
            "unpack it and name the files in the study file",
        )
    return members[0]


def compression(path: Path) -> Literal["none", "gzip", "zip"]:
    """Return how a file is compressed, whatever its name; a workbook is no archive."""
    with path.open("rb") as stream:
        head = stream.read(4)
    if head[:2] == GZIP:
        return "gzip"
    return "zip" if head == ZIP and not is_workbook(path) else "none"


def is_workbook(path: Path) -> bool:
    """Return whether a zip archive is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return any(n.startswith("xl/workbook.") for n in archive.namelist())
    except (zipfile.BadZipFile, OSError):
        return path.suffix.lower().startswith(".xls")


def content(path: Path) -> bytes:
    """Return a file's bytes, unpacked, up to the largest text that is held."""
    try:
        size = path.stat().st_size if compression(path) == "none" else 0
        raw = b""
        if size <= LARGEST_TEXT:
            with unpacked(path) as stream:
                raw = stream.read(LARGEST_TEXT + 1)
    except OSError as error:
        raise unreadable(
            path, "cannot be opened", f"check it and its rights ({error.strerror})"
        ) from None
    if max(size, len(raw)) > LARGEST_TEXT:
        raise unreadable(
            path,
            f"holds more than {LARGEST_TEXT / 1024**3:.3g} GiB of text",
            "save it as Parquet, or cut it into several files",
        )
    return raw


def guesses(raw: bytes) -> list[str]:
    """Return the encodings that a file may be in by its first bytes."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    head = raw[: 1000 // 2 * 2]
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[place::2].count(0) > WIDE_CHARACTERS * len(head):
            return [name]
    return ["utf-8-sig"]


def line_by_line(path: Path, raw: bytes) -> tuple[str, str]:
    """Decode a file that is no UTF-8: all by code page 1252, or only such lines."""
    parts, other, wide = [], [], 0
    for number, line in enumerate(raw.split(b"\n"), start=1):
        try:
            parts.append(line.decode("utf-8"))
            wide += not line.isascii()
        except UnicodeDecodeError:
            try:
                parts.append(line.decode("cp1252"))
            except UnicodeDecodeError:
                raise undecodable(path, raw, ["utf-8", "cp1252"]) from None
            other.append(number)
    text = "\n".join(parts).removeprefix("\ufeff")
    if not wide:
        return text, "cp1252"
    shown = ", ".join(map(str, other[:SHOWN_LINES]))
    shown += ", ..." if len(other) > SHOWN_LINES else ""
    return text, f"utf-8, but cp1252 in {len(other)} lines ({shown})"


def undecodable(path: Path, raw: bytes, candidates: list[str]) -> UserError:
    """Return the error for bytes that no encoding knows, with the first such line."""
    row = None
    for number, line in enumerate(raw.split(b"\n"), start=1):
        try:
            line.decode(candidates[-1])
        except (ValueError, LookupError):
            row = number
            break
    problem = Problem(
        f"the file cannot be decoded as {' or '.join(candidates)}",
        "give the right encoding in the study file",
        path.name,
        row,
    )
    return UserError([problem], f"reading {path.name}")


def unreadable(path: Path, rule: str, remedy: str) -> UserError:
    """Return the error for a file that cannot be read at all."""
    first = (remedy.splitlines() or [""])[0][:200]
    return UserError(
        [Problem(rule=f"the file {rule}", remedy=first, where=path.name)],
        f"reading {path.name}",
    )
