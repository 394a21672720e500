"""The page on the importable library says what the docstrings say."""

import re

import pytest

from alliance_value.vocabulary.library_page import OFFERED, PAGE, library_page
from tests.bad_inputs.entries import ROOT

NAMES = [name for modules in OFFERED.values() for _, names in modules for name in names]


def test_the_page_is_current():
    written = (ROOT / PAGE).read_text(encoding="utf-8")
    assert written == library_page(), "python -m alliance_value.vocabulary.library_page"


@pytest.mark.parametrize("name", NAMES)
def test_every_name_is_told_with_its_parameters(name):
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    part = page.partition(f"### `{name}`")[2].partition("\n### ")[0]
    call, words = part.partition("\n\nParameters\n")[::2]
    for argument in re.findall(r"^    \**(\w+)", call, re.M):
        assert re.search(rf"\b{argument}\b", words), (name, argument)


def test_the_index_names_every_page():
    index = (ROOT / "docs/README.md").read_text(encoding="utf-8")
    for path in (ROOT / "docs").glob("*.md"):
        assert f"({path.name})" in index or path.name == "README.md", path.name
    for target in re.findall(r"\]\(([^)#]+)", index):
        assert (ROOT / "docs" / target).exists(), target
