"""Texts of a file or a study that a spreadsheet, a browser or LaTeX would run."""

from __future__ import annotations

import csv
import errno
import io
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from alliance_value.contracts.rejects import Rejects, rejects
from alliance_value.contracts.storage import load, store
from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.render import to_csv, to_html
from alliance_value.exhibits.text_table import TextTable
from alliance_value.running.job import job
from alliance_value.running.messages import show_problems
from alliance_value.sources import text_file
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "+1+1",
    "-2+3",
    "\t=1",
    "'=quoted",
    "<script>alert(1)</script>",
    'a"b,c\nd',
    r"50% of $ & #_{}~^\end{table}",
]
HARMLESS = ["-5", "+3.5e-7", "Alpha - Beta", "", "'s-Hertogenbosch", "NA"]


def written(values: list[str], path: Path) -> list[str]:
    """Store texts as the values of rejects, and return them as CSV holds them."""
    row = pd.Series(range(1, len(values) + 1))
    cells = pd.Series(values, dtype="string")
    table = rejects(
        file="=a.csv", row=row, column="x", value=cells, rule="r", action="rejected"
    )
    store(table, Rejects, path)
    with path.open(encoding="utf-8", newline="") as stream:
        return [line["value"] for line in csv.DictReader(stream)]


def test_no_csv_holds_a_formula_and_all_come_back(tmp_path: Path) -> None:
    cells = written([*HOSTILE, *HARMLESS], tmp_path / "rejects.csv")
    for cell in cells[: len(HOSTILE)]:
        assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r"), cell
    assert cells[len(HOSTILE) :] == HARMLESS
    back = load(tmp_path / "rejects.csv", Rejects)
    assert back["value"].fillna("").tolist() == [*HOSTILE, *HARMLESS]
    assert back["file"].eq("=a.csv").all()


class Inputs(list[str]):
    """A rule's input files: a list whose members have names, as Snakemake hands it."""

    params: str


def hostile_table(text: str) -> TextTable:
    """Return an exhibit in which every text is hostile."""
    return TextTable(
        name="t",
        title=text,
        columns=(("(1)", text),),
        rows=((text, ("-0.12***",)),),
        rules=frozenset(),
        notes=(text,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_an_exhibit_runs_nothing(text: str) -> None:
    table = hostile_table(text)
    assert "<script" not in to_html(table)
    for line in csv.reader(io.StringIO(to_csv(table))):
        for cell in line:
            assert cell == "-0.12***" or cell[:1] not in ("=", "+", "-", "@", "\t")
    latex = to_latex(table)
    assert latex.count(r"\end{table}") == 1
    assert "50% " not in latex and " $ " not in latex


def run_job(tmp_path: Path, error: Exception) -> tuple[str, str]:
    """Let a job raise; return its message and its log."""
    params = tmp_path / "params.json"
    params.write_text(json.dumps({}), encoding="utf-8")
    inputs = Inputs([str(params)])
    inputs.params = str(params)
    rule = SimpleNamespace(
        rule="alliances",
        log=[str(tmp_path / "build/s/logs" / "a.log")],
        input=inputs,
        output=[],
    )
    with pytest.raises(SystemExit) as end, job(rule):
        raise error
    assert end.value.code == 1
    log = (tmp_path / "build/s/logs" / "a.log").read_text(encoding="utf-8")
    return show_problems(tmp_path / "build/s/logs"), log


@pytest.mark.parametrize(
    ("error", "words", "remedy"),
    [
        (KeyError("firm"), "unexpected error, KeyError: 'firm'", "the log is at"),
        (AssertionError(), "unexpected error, AssertionError", "the log is at"),
        (MemoryError(), "the memory does not suffice", "the log is at"),
        (OSError(errno.ENOSPC, "No space left"), "the disk is full", "free space"),
        (PermissionError(errno.EACCES, "denied", "out.csv"), "out.csv", "writable"),
    ],
)
def test_what_nobody_foresaw_is_said_in_words(
    tmp_path: Path, error: Exception, words: str, remedy: str
) -> None:
    message, log = run_job(tmp_path, error)
    assert words in message
    assert remedy in message
    if remedy == "the log is at":
        assert f"{remedy} {tmp_path / 'build/s/logs/a.log'}" in message
    assert "Traceback" not in message
    assert "Traceback" in log


def test_a_file_beyond_the_largest_text_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_file, "LARGEST_TEXT", 1000)
    path = tmp_path / "a.csv"
    path.write_text("firm,year\n" + "A,2001\n" * 1000, encoding="utf-8")
    with pytest.raises(Exception, match=r"GiB of text"):
        read_file(path, TableFile(entity="", file=""))
