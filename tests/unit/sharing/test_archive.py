"""An archive is the same bytes each time, and is read back only when it is whole."""

from __future__ import annotations

import hashlib
import io
import json
from zipfile import ZipFile

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sharing.archive import SUMS, archive, hashes, unpacked
from alliance_value.sharing.crate import crate
from tests.unit.sharing.packages import contents_of, files_of

FILES = {"a/x.csv": b"a\n1\n", "README.md": b"words\n"}
WHOLE = archive(FILES | {SUMS: hashes(FILES)}, "s-replication")


def zipped(files):
    stream = io.BytesIO()
    with ZipFile(stream, "w") as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def test_an_archive_is_the_same_whatever_the_order_of_its_files():
    backwards = dict(reversed(FILES.items()))
    assert archive(FILES, "p") == archive(backwards, "p")
    with ZipFile(io.BytesIO(archive(FILES, "p"))) as made:
        assert made.namelist() == ["p/README.md", "p/a/x.csv"]


def test_hashes_are_those_of_sha256sum():
    assert hashes({"b": b"", "a": b""}).decode().splitlines() == [
        f"{hashlib.sha256(b'').hexdigest()}  {name}" for name in ("a", "b")
    ]


def test_what_was_packed_is_unpacked_also_when_it_was_zipped_anew():
    assert unpacked(WHOLE, "p.zip") == FILES
    inside = FILES | {SUMS: hashes(FILES)}
    again = {f"up/load/{name}": content for name, content in inside.items()}
    again |= {"__MACOSX/x": b"y", "up/load/.DS_Store": b"z"}
    assert unpacked(zipped(again), "p.zip") == FILES
    assert unpacked(zipped(inside), "p.zip") == FILES


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is no ZIP archive"),
        (b"title: A study\n", "is no ZIP archive"),
        (WHOLE[:-30], "is damaged"),
        (WHOLE[:60] + b"xxxx" + WHOLE[64:], "is damaged"),
        (zipped({"a.txt": b"x"}), "no replication package"),
        (zipped({}), "no replication package"),
        (
            zipped(FILES | {"a/x.csv": b"a\n2\n", SUMS: hashes(FILES)}),
            "a/x.csv: the file in it is not what its SHA256SUMS says",
        ),
        (
            zipped({"README.md": b"words\n", SUMS: hashes(FILES)}),
            "a/x.csv: the file in it is not what its SHA256SUMS says",
        ),
    ],
)
def test_what_is_no_whole_package_is_one_message(content, words):
    with pytest.raises(UserError, match="older package") as raised:
        unpacked(content, "p.zip")
    assert len(raised.value.problems) == 1
    assert words in str(raised.value)


def test_metadata_name_each_file_and_what_made_it():
    files, contents = files_of(), contents_of()
    made = crate(files, contents)
    assert made == crate(dict(reversed(files.items())), contents)
    graph = {e["@id"]: e for e in json.loads(made)["@graph"]}
    assert graph["./"]["name"] == "Two | plants"
    table = graph["results/s/tables/main.csv"]
    assert table["isBasedOn"] == {"@id": "workflow/scripts/table.py"}
    assert files.keys() <= graph.keys()


@pytest.mark.parametrize("name", ["../study.yaml", "/home/ann/study.yaml", "a/../../b"])
def test_no_file_leaves_the_folder_of_the_archive(name):
    with pytest.raises(UserError, match="outside of the checkout") as raised:
        archive({"README.md": b"", name: b""}, "s-replication")
    assert [problem.where for problem in raised.value.problems] == [name]
