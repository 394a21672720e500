"""Bytes -> text: encodings, archives, what is no text, and where it breaks."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources import text_file
from alliance_value.sources.text_file import (
    compression,
    content,
    decode,
    guesses,
    is_workbook,
    other_kind,
    unguarded,
    unpacked,
    unreadable,
)


@pytest.fixture
def written(tmp_path):
    def write(content, name="a.csv"):
        (tmp_path / name).write_bytes(content)
        return tmp_path / name

    return write


def zipped(folder, **members):
    path = folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def problem(call):
    with pytest.raises(UserError) as caught:
        call()
    (only,) = caught.value.problems
    assert caught.value.subject == f"reading {only.where}"
    return only


@pytest.mark.parametrize(
    ("raw", "encoding", "text", "used"),
    [
        (b"a,\xc3\xa4", "auto", "a,ä", "utf-8"),
        (b"\xef\xbb\xbfa,b", "auto", "a,b", "utf-8"),
        (b"a,\xe4", "auto", "a,ä", "cp1252"),
        (b"a,\xe4", "latin-1", "a,ä", "latin-1"),
        ("\ufeffa,ä".encode("utf-16-le"), "auto", "a,ä", "utf-16"),
        ("\ufeffa,ä".encode("utf-16-be"), "auto", "a,ä", "utf-16"),
        ("a,ä".encode("utf-16-le"), "auto", "a,ä", "utf-16-le"),
        ("a,ä".encode("utf-16-be"), "auto", "a,ä", "utf-16-be"),
        (b"\xef\xbb\xbf\xe4\nb", "auto", "\xe4\nb", "utf-8, but"),
    ],
)
def test_the_encoding_is_that_of_the_bytes(raw, encoding, text, used, written):
    told = decode(written(raw), encoding)
    if used == "utf-8, but":
        # the mark is damaged by its line, which is one of the code page
        assert told == ("ï»¿ä\nb", "cp1252")
    else:
        assert told == (text, used)


def test_lines_of_another_code_page_are_listed_up_to_twenty(written):
    def told(count):
        lines = [b"\xc3\xa4", *[b"\xe4"] * count, b"z"]
        return decode(written(b"\n".join(lines)), "auto")

    assert told(1) == ("ä\nä\nz", "utf-8, but cp1252 in 1 lines (2)")
    twenty = ", ".join(map(str, range(2, 22)))
    assert told(20)[1] == f"utf-8, but cp1252 in 20 lines ({twenty})"
    assert told(21)[1] == f"utf-8, but cp1252 in 21 lines ({twenty}, ...)"


@pytest.mark.parametrize(
    ("raw", "encoding", "rule", "row"),
    [
        (b" \n\t", "auto", "the file is empty", None),
        (b"a\nb\xc3\xa4\n\x81\n", "auto", "cannot be decoded as utf-8 or cp1252", 3),
        (b"a\n\xff\n\xff", "utf-8", "the file cannot be decoded as utf-8", 2),
        (b"a\nb", "no-such", "the file cannot be decoded as no-such", 1),
        (b"a\nb\n\x00c", "auto", "is no text file: there is a NUL byte", 3),
        (b"\x00a\nb", "utf-8", "is no text file: there is a NUL byte", 1),
        (b"%PDF-1", "auto", "the file is no text but a PDF document", None),
    ],
)
def test_what_is_no_text_is_told_with_its_line(raw, encoding, rule, row, written):
    told = problem(lambda: decode(written(raw), encoding))
    assert told.rule.endswith(rule) and told.row == row


def test_utf_16_has_three_in_ten_bytes_of_nothing():
    def text(zeros, place):
        head = bytearray(b"a" * 1000)
        head[place : 2 * zeros : 2] = bytes(zeros)
        return bytes(head)

    assert guesses(text(300, 1)) == guesses(text(300, 0)) == ["utf-8-sig"]
    assert guesses(text(301, 1)) == ["utf-16-le"]
    assert guesses(text(301, 0)) == ["utf-16-be"]
    # the first thousand bytes tell
    assert guesses(b"a" * 1000 + bytes(5000)) == ["utf-8-sig"]
    assert guesses(b"\0a" * 151 + b"a" * 698 + bytes(9)) == ["utf-8-sig"]
    assert guesses(b"") == ["utf-8-sig"]


def test_only_guarded_cells_lose_their_guard():
    line = '="01",x="2",="3"\n="4"'
    assert unguarded(line) == '"01",x="2","3"\n"4"'
    assert unguarded('"=""01""",2') == '"01",2'
    assert unguarded('a="b"c') == 'a="b"c'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04", "an Excel workbook or a zip archive"),
        (b"RDX3\n", "an R workspace"),
        (b"$FL2", "an SPSS file"),
        (b"BZh9", "compressed by bzip2"),
        (b"x%PDF", None),
        (b" %PDF", None),
        (b"\xef\xbb\xbf  <!DOCTYPE html>", "a web page"),
        (b"<HTML>", "a web page"),
        (b"<htmlx>", None),
        (b"x<html>", None),
        (b" {\n 1", None),
        (b"[ [1]", "JSON"),
        (b"[x]", None),
    ],
)
def test_first_bytes_tell_what_a_file_is(head, kind):
    told = other_kind(head)
    assert (told and told[0]) == kind


def test_the_first_thousand_bytes_of_a_text_tell(written):
    page = b"<html> </html>"
    assert (
        "web page" in problem(lambda: decode(written(b" " * 990 + page), "auto")).rule
    )
    assert decode(written(b" " * 1000 + page), "auto")[0].endswith("</html>")


def test_compressed_files_are_unpacked_whatever_their_name(written, tmp_path):
    for raw, kind in (
        (b"a,b", "none"),
        (gzip.compress(b"a,b"), "gzip"),
        (zipped(tmp_path, one="a,b").read_bytes(), "zip"),
    ):
        path = written(raw)
        assert compression(path) == kind
        assert content(path) == b"a,b"


def test_workbooks_are_no_archives(tmp_path, written):
    book = zipped(tmp_path, **{"xl/workbook.xml": ""})
    assert is_workbook(zipped(tmp_path, **{"xl/workbook.bin": ""}))
    assert compression(book) == "none"
    assert not is_workbook(zipped(tmp_path, **{"a/xl/workbook.xml": ""}))
    # a damaged one is told by its name
    damaged = b"PK\x03\x04" + bytes(9)
    assert compression(written(damaged, "a.XLSX")) == "none"
    assert compression(written(damaged, "a.csv")) == "zip"


def test_the_one_file_of_an_archive_is_read(tmp_path):
    hidden = {"__MACOSX/a.csv": "no", ".hidden": "no", "folder/": ""}
    with unpacked(zipped(tmp_path, **{"folder/a.csv": "yes"}, **hidden)) as stream:
        assert stream.read() == b"yes"


@pytest.mark.parametrize(
    ("members", "rule"),
    [
        ("", "is an archive of 0 files (none)"),
        ("ab", "is an archive of 2 files (a, b)"),
        ("abcdef", "is an archive of 6 files (a, b, c, d, e)"),
    ],
)
def test_an_archive_of_several_files_is_told(members, rule, tmp_path):
    path = zipped(tmp_path, **dict.fromkeys(members, "x"))
    if not members:
        path.write_bytes(b"PK\x03\x04" + path.read_bytes())
    told = problem(lambda: content(path))
    assert told.rule == f"the file {rule}"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("content.xml", "an OpenDocument file"), ("word/document.xml", "a Word document")],
)
def test_documents_are_named(name, kind, tmp_path):
    told = problem(lambda: content(zipped(tmp_path, **{name: "", "other": ""})))
    assert told.rule == f"the file is {kind}"
    assert told.remedy == "save the table as .xlsx or CSV"


def test_damaged_and_absent_files_are_told(tmp_path, written):
    short = gzip.compress(b"a,b" * 100)[:-9]
    told = problem(lambda: content(written(short)))
    assert told.rule == "the file is a damaged gzip file"
    assert told.remedy.startswith("fetch it again (")
    broken = bytearray(gzip.compress(b"a,b" * 100))
    broken[-8] ^= 1
    assert "damaged gzip" in problem(lambda: content(written(bytes(broken)))).rule
    told = problem(lambda: content(written(b"PK\x03\x04" + bytes(30))))
    assert told.rule == "the file is a damaged zip file"
    told = problem(lambda: content(tmp_path / "none.csv"))
    assert told.rule == "the file cannot be opened"
    assert told.remedy == "check it and its rights (No such file or directory)"


def test_locked_archives_are_told(tmp_path):
    path = zipped(tmp_path, a="text")
    raw = bytearray(path.read_bytes())
    # bit 0 of the flags, in the member's head and in the directory
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(raw))
    told = problem(lambda: content(path))
    assert told.rule == "the file is an archive that cannot be unpacked"
    assert told.remedy.startswith("unpack it first (")


def test_compressed_text_is_measured_unpacked(written, monkeypatch):
    monkeypatch.setattr(text_file, "LARGEST_TEXT", 10)
    assert content(written(gzip.compress(b"a" * 10))) == b"a" * 10
    rule = problem(lambda: content(written(gzip.compress(b"a" * 11)))).rule
    assert rule == "the file holds more than 9.31e-09 GiB of text"


def test_the_next_step_is_one_line():
    told = unreadable(text_file.Path("a"), "is bad", "x" * 201 + "\nmore").problems[0]
    assert told.remedy == "x" * 200
    assert unreadable(text_file.Path("a"), "is bad", "").problems[0].remedy == ""
