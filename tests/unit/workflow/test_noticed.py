"""The pages show what stands in the table of mutants."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[3]
TOOL = run_path(str(ROOT / "workflow/tools/noticed.py"))
MUTANTS, with_mutants = TOOL["MUTANTS"], TOOL["with_mutants"]
MARKS = "a\n<!-- {0}: begin -->\nold\n<!-- {0}: end -->\nb\n"
ROWS = pd.DataFrame(
    [
        ("panel", 47, "panel/a.py", 3, "yes", ""),
        ("panel", 47, "panel/a.py", 9, "no", "equivalent: no row"),
        ("panel", 47, "panel/b.py", 1, "no", "test added"),
        ("panel", 53, "panel/b.py", 2, "yes", ""),
        ("events", 47, "events/c.py", 7, "yes", ""),
    ],
    columns=["room", "seed", "module", "line", "noticed", "word"],
)


def test_shares_leave_out_what_is_equivalent():
    page = MARKS.format("mutants")
    lines = with_mutants(page, ROWS).splitlines()
    assert lines[4:-2] == [
        "| events | 47 | 1 | 0 | 1 | 100% |",
        "| panel | 47 | 3 | 1 | 1 | 50% |",
        "| panel | 53 | 1 | 0 | 1 | 100% |",
        "| **all, last drawn** |  | 2 | 0 | 2 | 100% |",
    ]
    assert (lines[0], lines[-1]) == ("a", "b") and "old" not in lines


def test_survivors_are_listed_where_a_page_has_room_for_them():
    page = MARKS.format("mutants") + MARKS.format("survivors")
    text = with_mutants(page, ROWS)
    assert "| `panel/a.py:9` | 47 | equivalent: no row |\n" in text
    assert "| `panel/b.py:1` | 47 | test added |\n" in text
    assert text.count(".py:") == 2


@pytest.mark.parametrize("name", TOOL["PAGES"], ids=str)
def test_the_pages_are_made_of_the_committed_table(name):
    page = (ROOT / name).read_text(encoding="utf-8")
    table = pd.read_csv(ROOT / MUTANTS, keep_default_na=False)
    assert with_mutants(page, table) == page


def test_each_survivor_has_a_word():
    table = pd.read_csv(ROOT / MUTANTS, keep_default_na=False)
    assert (table.noticed.eq("yes") == table.word.eq("")).all()
    assert set(table.noticed) == {"yes", "no"}
