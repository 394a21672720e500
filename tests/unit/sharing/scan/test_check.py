"""A package is looked through as a whole: each kind of file by its own rules."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import numpy as np
import pandas as pd
import polars as pl
import pytest

from alliance_value.sharing.scan.check import check
from alliance_value.sharing.scan.faults import Licensed, licensed_files
from tests.unit.sharing.scan.files import as_formats, hiding

FIRMS = ["Alphatron", "Betacorp", "Target", "Gap", "Dravo", "Xetra", "Ionix", "Quarz"]
PANEL = pd.DataFrame(
    {
        "name": np.repeat(FIRMS, 8),
        "ticker": np.repeat(["AQ", "F", "IT", "T", "DRV7Q", "X", "I", "Q"], 8),
        "year": np.tile(range(2001, 2009), 8),
        "assets": np.random.default_rng(1).uniform(50, 150, 64).round(3),
        "income": np.random.default_rng(2).normal(5, 2, 64).round(3),
    }
)
LICENSED = Licensed("data/raw/s/panel.csv", {"entity": "name", "time": "year"})
CLEAN = {
    "src/alliance_value/a.py": b'"""Target of a gap."""\n\nTARGET, gap = 1, 2\n',
    "workflow/scripts/b.py": b'"""A target, a gap."""\n',
    "workflow/scripts/d.py": b"gap = target\n",
    "docs/c.md": b"The target and the gap.\n",
    "s.yaml": b"study: s\nsample: {where: [\"name != 'Quarz'\"]}\n",
    "results/s/estimates.csv": b"model,estimate,se\nbase,0.2512345678,0.0512345678\n",
    "results/s/funnel.csv": b"step,why\n1,name != 'Quarz'\n",
    "data/raw/s/open.csv": b"sector,n\nEnergy,4\n",
}
TWIN = {
    "data/raw/s-twin/panel.csv": b"name,ticker,year,assets\nTWIN1,T01,2001,77.125\n"
}
KINDS = {
    **dict.fromkeys(list(CLEAN)[:5], "written"),
    **dict.fromkeys(list(CLEAN)[5:7], "result"),
    "data/raw/s/open.csv": "data",
}


def parts(path: str) -> Iterator[pl.DataFrame]:
    if path == LICENSED.path:
        yield pl.from_pandas(PANEL.head(30))
        yield pl.from_pandas(PANEL.tail(34))
    else:
        yield pl.DataFrame({"sector": ["Energy"], "n": [4]})


def looked_through(licensed=(LICENSED,), kind="written", **more):
    files = CLEAN | more
    kinds = KINDS | dict.fromkeys(more, kind)
    spoken = CLEAN["s.yaml"].decode()
    programs = {name for name in CLEAN if name.endswith(".py")}
    return check(files, kinds, licensed, parts, programs, spoken, "/srv/checkout")


def where(checked) -> set[str]:
    return {problem.where for problem in checked.problems()}


def test_a_clean_package_has_no_fault():
    checked = looked_through()
    assert checked.problems() == []
    assert checked.in_results() == {}
    assert checked.problems_of_twin(TWIN, [LICENSED], parts) == []
    words = checked.in_words(11, 1, 1, 2)
    assert words.startswith("11 files: 5 programs, pages and study files, 1 results, ")
    assert "values of 64 licensed rows, 15 names and codes" in words
    assert "left out: 1, masked: 2" in words


def test_without_licensed_sources_no_more_is_said_than_was_looked_for():
    words = looked_through(licensed=()).in_words(9, 0, 0, 0)
    assert "no source is licensed" in words
    assert "licensed rows" not in words
    assert "left out" not in words


@pytest.mark.parametrize(
    "note",
    ["password = 'hunter2x'", "/scratch/jdoe/x", "/srv/checkout", "Alphatron is one"],
)
def test_a_note_in_any_kind_of_file_is_named(note):
    planted = {f"docs/{name}": content for name, content in hiding(note).items()}
    assert where(looked_through(**planted)) == set(planted)


def test_copies_in_any_format_are_named():
    few = PANEL[["income", "year", "assets"]].iloc[20:40]
    planted = {f"docs/{name}": content for name, content in as_formats(few).items()}
    assert where(looked_through(**planted)) == set(planted)


def test_a_result_that_holds_what_is_licensed_is_told_apart():
    names = b"model,cluster\nbase,Alphatron\n"
    rows = PANEL[["assets", "income"]].to_csv().encode()
    checked = looked_through(kind="result", **{"results/s/a.csv": names + rows})
    assert checked.problems() == []
    assert set(checked.in_results()) == {"results/s/a.csv"}


def test_a_secret_in_a_result_is_refused_whatever_else_it_holds():
    content = b"model,cluster\nbase,Alphatron\nAKIAABCDEFGHIJKLMNOP,/data/jdoe/x\n"
    checked = looked_through(kind="result", **{"results/s/a.csv": content})
    assert {p.rule for p in checked.problems()} == {
        "it holds a key of a cloud",
        "it holds a path of one machine",
    }


def test_raw_files_that_may_be_shared_hold_their_own_rows_and_names():
    checked = looked_through(**{"data/raw/s/b.csv": b"x"}, kind="data")
    assert checked.problems() == []


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("name", "Betacorp", True),
        ("ticker", "DRV7Q", True),
        ("name", "TWIN1", False),
        ("flag", "T", False),
    ],
)
def test_a_twin_has_none_of_the_names_in_their_columns(column, value, fault):
    twin = {"t.csv": f"year,{column}\n2001,{value}\n2002,{value}\n".encode()}
    problems = looked_through().problems_of_twin(twin, [LICENSED], parts)
    assert [problem.where for problem in problems] == ["t.csv"] * fault


def test_a_twin_has_none_of_the_rows():
    rows = PANEL[["year", "assets", "income"]].head(5)
    twin = {"t.csv": rows.to_csv(index=False).encode()}
    (problem,) = looked_through().problems_of_twin(twin, [LICENSED], parts)
    assert problem.rule == "it holds rows of data/raw/s/panel.csv"


def test_empty_and_sealed_files_are_named():
    noise = np.random.default_rng(1).bytes(4000)
    planted = {"a.md": b" \n", "b.md": noise, "c.md": gzip.compress(noise)}
    planted["src/alliance_value/new/__init__.py"] = b""
    assert where(looked_through(**planted)) == {"a.md", "b.md", "c.md"}


def test_what_tells_of_the_package_is_looked_through_too():
    checked = looked_through()
    metadata = {"README.md": b"Rows of Betacorp, from /data/jdoe/x.\n"}
    rules = {problem.rule for problem in checked.problems_of(metadata)}
    assert rules == {
        "it names firms or deals of licensed files",
        "it holds a path of one machine",
    }
    assert checked.problems_of({"README.md": b"Rows of firms.\n"}) == []


def test_files_that_a_rule_lays_over_real_ones_are_not_licensed():
    study = {
        "study": "s",
        "sources": {
            "overlay": {"name": "firm_name"},
            "firms": {"file": "x", "columns": {"firm_name": "Security"}},
            "alliances": {"file": "y"},
        },
    }
    paths = {"firms": ["data/firms.csv"], "alliances": ["data/raw/s/sdc.csv"]}
    found = licensed_files(study, ["firms", "alliances"], paths)
    assert [(file.path, file.own) for file in found] == [
        ("data/firms.csv", ("Security",))
    ]
