"""The tables of choices in pages are those of the vocabulary."""

import pytest

from alliance_value.study.choices import PAGES, PLACE, TABLES, filled, grid
from tests.bad_inputs.entries import ROOT


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_as_the_vocabulary_has_it(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert PLACE.search(text)
    assert filled(text) == text, "python -m alliance_value.study.choices writes it"


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_has_its_cells(name):
    lines = grid(TABLES[name]()).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert len(lines) > 2 or name in ("normal returns", "event tests")


def test_what_stands_between_the_marks_is_replaced():
    page = "a\n<!-- choices: figures -->\nold\n<!-- end of choices -->\nb\n"
    new = filled(page)
    assert "old" not in new
    assert "| `trends` |" in new
    assert new.startswith("a\n") and new.endswith("\nb\n")
