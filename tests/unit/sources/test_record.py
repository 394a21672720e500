"""What the record of a source tells of each file."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.raw_table import in_their_files, readings_of
from alliance_value.sources.read_file import read_as_one, read_file
from alliance_value.sources.record import write_record
from alliance_value.sources.text_file import decode
from alliance_value.study.spec import TableFile

PLAIN = TableFile(entity="", file="")
TEXT = "\ngvkey;datadate;at\n1;31.12.2004;5,5\n2;20051231;6\n3;2006-12-31;7\n"


def record(folder: Path, *files: Path, layout: TableFile = PLAIN) -> dict[str, object]:
    raws = [read_file(file, layout) for file in files]
    path = folder / "out" / "record.json"
    write_record(str(path), [str(f) for f in files], ["so"], readings_of(raws))
    loaded: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


def test_a_text_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv.gz"
    file.write_bytes(gzip.compress(TEXT.encode("cp1252"), mtime=0))
    layout = TableFile(entity="", file="", decimal=",")
    found = record(tmp_path, file, layout=layout)
    assert found["decisions"] == ["so"]
    (entry,) = found["files"]
    assert set(entry) == {"file", "bytes", "sha256", "reading"}
    assert entry["reading"] == {
        "file": "a.csv.gz",
        "format": "csv",
        "rows": 3,
        "columns": 3,
        "compression": "gzip",
        "encoding": "utf-8",
        "delimiter": ";",
        "quote": '"',
        "decimal": ",",
        "thousands": "",
        "header_row": 2,
        "dates": {"datadate": {"YYYY-MM-DD": 1, "YYYYMMDD": 1, "DD.MM.YYYY": 1}},
    }


def test_a_typed_file(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    days = pd.to_datetime(["2004-12-31", "2005-12-31"])
    pd.DataFrame({"gvkey": ["1", "2"], "datadate": days}).to_parquet(file)
    (entry,) = record(tmp_path, file)["files"]
    reading = entry["reading"]
    assert reading["format"] == "parquet" and reading["header_row"] is None
    assert (reading["rows"], reading["columns"]) == (2, 2)
    assert reading["dates"] == {"datadate": {"typed": 2}}


def test_a_file_whose_reader_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    write_record(str(tmp_path / "r.json"), [str(tmp_path / "a")], [])
    found = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert found["files"][0]["reading"] is None


def test_lines_in_another_encoding_are_told(tmp_path: Path) -> None:
    lines = ["firm", "é", "ä", "ö"]
    raw = [s.encode("cp1252" if s == "ä" else "utf-8") for s in lines]
    (tmp_path / "a").write_bytes(b"\n".join(raw))
    text, encoding = decode(tmp_path / "a", "auto")
    assert text.split("\n") == lines
    assert encoding == "utf-8, but cp1252 in 1 lines (3)"


def test_several_files_keep_their_rows(tmp_path: Path) -> None:
    texts = {"b.csv": "x,y\n1,2\nx,y\n3,4\n", "a.csv": "y,x\n6,5\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    raw = read_as_one([tmp_path / name for name in texts], PLAIN)
    assert raw.cells.x.tolist() == ["1", "3", "5"]
    assert len(readings_of([raw])) == 2
    placed = in_their_files(raw.rejects, raw)
    assert placed[["file", "row"]].to_numpy().tolist() == [["b.csv", 3]]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,2\n")
    path.chmod(0)
    with pytest.raises(UserError, match="cannot be opened"):
        read_file(path, PLAIN)
