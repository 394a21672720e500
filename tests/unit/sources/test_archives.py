"""Archives of several files: which members are read, and by what name."""

from __future__ import annotations

import zipfile

import pandas as pd
import pytest

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.sources.archives import fits, members, named, renamed
from alliance_value.sources.raw_table import PLAIN
from alliance_value.sources.read_file import read_file


@pytest.fixture
def zipped(tmp_path):
    def write(*names):
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, f"of {name}")
        return path

    return write


def told(path, wanted=""):
    with pytest.raises(UserError) as caught:
        list(members(path, wanted))
    (problem,) = caught.value.problems
    return problem.rule, problem.remedy


def test_members_come_by_name_and_go_again(zipped):
    path = zipped("b/two.csv", "a/one.csv", "b/", ".no", "__MACOSX/no", "b/.no")
    read = [(name, file, file.read_text()) for name, file in members(path)]
    assert [(name, file.name, text) for name, file, text in read] == [
        ("a.zip/a/one.csv", "one.csv", "of a/one.csv"),
        ("a.zip/b/two.csv", "two.csv", "of b/two.csv"),
    ]
    assert not any(file.exists() for _, file, _ in read)


def test_members_stay_in_a_folder_of_their_own(zipped, tmp_path):
    path = zipped("a/x.csv", "b/x.csv", "c/y.txt")
    kept = dict(members(path, "x.csv", tmp_path / "kept"))
    assert {name: file.read_text() for name, file in kept.items()} == {
        "a.zip/a/x.csv": "of a/x.csv",
        "a.zip/b/x.csv": "of b/x.csv",
    }
    places = [str(f.relative_to(tmp_path)) for f in kept.values()]
    assert places == ["kept/0/x.csv", "kept/1/x.csv"]
    for _, file in members(path, "*.txt"):
        assert file.exists()
    assert not file.exists()


def test_what_is_one_file_is_read_as_it_is(zipped, tmp_path):
    plain = tmp_path / "a.csv"
    plain.write_text("x")
    absent = tmp_path / "none.zip"
    for path in (plain, absent, zipped("one.csv"), zipped("word/document.xml", "b")):
        assert list(members(path)) == [(path.name, path)]
    book = zipped("[Content_Types].xml", "b", "c")
    assert list(members(book, "b")) == [("a.zip", book)]
    # of a pattern, a lone member is unpacked
    assert [n for n, _ in members(zipped("one.csv"), "one*")] == ["a.zip/one.csv"]


def test_an_archive_without_such_a_member_is_told(zipped, tmp_path):
    told_of = told(zipped("one.csv", "two.csv"), "ones.csv")
    assert told_of == (
        "the file has no member 'ones.csv'",
        "did you mean 'one.csv'?",
    )
    assert told(zipped(".no"))[0] == "the file is empty"
    broken = zipped("one.csv", "two.csv")
    raw = broken.read_bytes()
    broken.write_bytes(raw.replace(b"of two.csv", b"of twx.csv"))
    rule, remedy = told(broken)
    assert rule == "the file is no readable archive"
    assert remedy.startswith("fetch or export it again (Bad CRC-32")


def test_problems_of_a_member_have_its_name(tmp_path):
    problems = [
        Problem("bad", "mend", "one.csv", 3),
        Problem("bad", "mend", "sources.firm_years"),
    ]

    def where(file):
        with pytest.raises(UserError) as caught, named(tmp_path, file, "a.zip/one.csv"):
            raise UserError(problems, "reading one.csv")
        return [(p.where, p.row) for p in caught.value.problems], caught.value.subject

    assert where(tmp_path / "one.csv") == (
        [("a.zip/one.csv", 3), ("sources.firm_years", None)],
        "reading a.zip/one.csv",
    )
    assert where(tmp_path) == (
        [("one.csv", 3), ("sources.firm_years", None)],
        "reading one.csv",
    )


def test_a_table_has_its_members_name(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text("id,x\na,1\nid,x\nb,2\n")
    raw = read_file(path, PLAIN)
    assert renamed(raw, "one.csv") is raw
    other = renamed(raw, "a.zip/one.csv")
    assert other.file == other.reading.file == "a.zip/one.csv"
    assert other.rejects.file.tolist() == ["a.zip/one.csv"]
    pd.testing.assert_frame_equal(other.cells, raw.cells)


@pytest.mark.parametrize(
    ("pattern", "right"),
    [("a.zip/b/c.csv", 1), ("a.zip", 1), ("c.*", 1), ("b/c.csv", 0), ("A.zip", 0)],
)
def test_a_pattern_may_be_of_the_archive_or_the_member(pattern, right):
    assert fits("a.zip/b/c.csv", pattern) == bool(right)
