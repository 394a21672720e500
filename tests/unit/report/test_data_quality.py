"""The data-quality page shows whatever the profiles, records and rejects tell."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import alliance_value.report as room
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.report.data_quality import (
    facts,
    quality_page,
    quality_table,
    rules,
)
from alliance_value.report.sections.quality import reject_counts

FOLDER = Path(room.__file__).parent
TEMPLATES = {
    name: (FOLDER / name).read_text(encoding="utf-8")
    for name in ("page.html.j2", "data_quality.html.j2")
}
STUDY = {"title": "A <study>", "simulated": "", "words": {}}


def column(name, kind="number", low="1", high="9"):
    return {
        "column": name,
        "kind": kind,
        "format": "%Y-%m-%d" if kind == "date" else "",
        "other": 0,
        "missing": 3,
        "distinct": 2,
        "min": low,
        "max": high,
    }


PROFILES = [
    {
        "source": "links",
        "files": [
            {
                "file": "a.csv",
                "rows": 1200,
                "key": ["gvkey"],
                "repeated_rows": 1,
                "repeated_keys": 2,
                "columns": [
                    column("gvkey", "text", "001", "z" * 100),
                    column("day", "date", "2001-01-01", "2002-02-02"),
                    column("none", "", None, None),
                ],
            },
            {"file": "b.csv", "rows": None, "columns": [], "not_read": "no <header>"},
        ],
    }
]
RECORDS = [
    {
        "files": [
            {
                "file": "a.csv",
                "bytes": 12345,
                "sha256": "ab",
                "reading": {
                    "file": "a.csv",
                    "encoding": "cp1252",
                    "quote": "",
                    "header_row": None,
                    "dates": {"day": {"%Y-%m-%d": 1190, "unreadable": 10}},
                },
            },
            {"file": "b.csv", "bytes": 1, "sha256": "cd", "reading": None},
        ],
        "decisions": ["a.csv: delimiter ';'", "participants matched by cusip: 7"],
        "defects": ["two heads"],
    }
]


@pytest.fixture(scope="module")
def rejected() -> pd.DataFrame:
    parts = [
        rejects(
            file="a.csv",
            row=pd.Series([2, 3, 5, 8]),
            column="gvkey",
            value=pd.Series(["x<y>", "b", "c", "d"]),
            rule="not_a_firm",
            action="rejected",
        ),
        rejects(
            file="a.csv",
            row=pd.Series([9]),
            column="day",
            value=None,
            rule="date_from_name",
            action="repaired",
            new_value="2001-01-02",
        ),
    ]
    return collect(parts)


def page(rejected):
    return quality_page(PROFILES, RECORDS, rejected, STUDY, TEMPLATES)


def test_rejects_are_counted_by_column(rejected):
    table = quality_table(PROFILES, rejected).set_index("column")
    assert list(table.index) == ["gvkey", "day", "none"]
    assert list(table.rejected) == [4, 0, 0]
    assert list(table.repaired) == [0, 1, 0]
    assert table.loc["gvkey", "rows"] == 1200
    assert table.loc["gvkey", "max"].endswith("...")


def test_files_without_columns_leave_an_empty_table(rejected):
    only = [{"source": "links", "files": PROFILES[0]["files"][1:]}]
    assert len(quality_table(only, rejected)) == 0


def test_rules_have_counts_and_a_few_examples(rejected):
    found = {r["rule"]: r for r in rules(rejected)}
    assert found["not a firm"]["count"] == 4
    assert found["not a firm"]["examples"] == [
        "row 2: “x<y>”",
        "row 3: “b”",
        "row 5: “c”",
    ]
    assert found["date from name"]["examples"] == ["row 9: empty → “2001-01-02”"]


def test_facts_open_mappings_and_leave_empty_values_out():
    reading = RECORDS[0]["files"][0]["reading"]
    assert list(facts("reading", reading)) == [
        ("file", "a.csv"),
        ("encoding", "cp1252"),
        ("dates: day", "%Y-%m-%d (1,190), unreadable (10)"),
    ]
    assert list(facts("defects", ["a", "b"])) == [("defects", "a; b")]


def test_the_page_tells_all_of_it_and_is_escaped(rejected):
    text = page(rejected)
    for said in (
        "1,200 × 3",
        "gvkey: 001 to zzz",
        "day: 2001-01-01 to 2002-02-02",
        "cp1252",
        "delimiter &#39;;&#39;",
        "participants matched by cusip: 7",
        "defects: two heads",
        "no &lt;header&gt;",
        "x&lt;y&gt;",
        "12,345",
        "A &lt;study&gt;",
    ):
        assert said in text, said
    assert "Simulated" not in text


def test_the_page_needs_nothing_beside_its_sisters(rejected):
    text = page(rejected)
    links = set(re.findall(r"(?:href|src)=\"(?!#)([^\"]+)\"", text))
    assert links == {"report.html", "codebook.html"}
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


def test_rejects_are_counted_by_file_or_archive_also_where_there_are_none():
    table = collect(
        [
            rejects(
                file=pd.Series(["8k.zip/a.json", "8k.zip/b.json", "c.csv"]),
                row=pd.Series([1, 1, 2]),
                column="day",
                value="x",
                rule="day_missing",
                action="rejected",
            )
        ]
    )
    counts = reject_counts(table)
    assert counts[["file", "values"]].to_numpy().tolist() == [
        ["8k.zip", 2],
        ["c.csv", 1],
    ]
    assert reject_counts(table.head(0)).empty
