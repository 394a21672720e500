"""Columns are named by attribute of their contracts: a rename is one of attributes."""

import ast
from pathlib import Path

import alliance_value
from alliance_value.alliances.contracts.alliances import (
    Alliances,
    CodedUnits,
    Participants,
)
from alliance_value.contracts.columns import meanings

ROOT = Path(alliance_value.__file__).parent
# Names that are also ordinary words, keys of study files or columns of tables that have
# no contract; FIRM and YEAR name the key.
ORDINARY = {
    *("firm", "fiscal_year", "name", "sic", "sales", "state", "nation"),
    "confidence",
}
NAMES = {
    name
    for contract in (Alliances, Participants, CodedUnits)
    for name in meanings(contract)
} - ORDINARY
# Words that happen to be a column's name: of a type of deals, of a study's key, of the
# column of a coding sheet or of a table of lives, of the day of a contract.
WORDS = {
    "alliances/checks.py": {"position"},
    "alliances/dyads.py": {"marketing"},
    "alliances/joint_value.py": {"marketing"},
    "alliances/moderators.py": {"position"},
    "alliances/study_portfolios.py": {"coder"},
    "alliances/sources/coding_sheets.py": {"coder", "unit_class", "unit_name"},
    "alliances/sources/filed_structures.py": {"coder", "unit_class", "unit_name"},
    "alliances/sources/filed_agreements.py": {"filed"},
    "alliances/exhibits/survival.py": {"marketing"},
    "alliances/life_cycle.py": {"status"},
    "alliances/sources/life_tables.py": {"alliance", "announced", "effective"},
}
# A simulated world's tables are its own, before any file that a reader sees.
ROOMS = {
    "alliances": NAMES,
    **{room: {"announced"} for room in ("events", "sources", "panel", "report")},
}
FILES = [
    (str(path.relative_to(ROOT)), names)
    for room, names in ROOMS.items()
    for path in sorted((ROOT / room).rglob("*.py"))
    if "contracts" not in path.parts
]


def literals(text: str) -> set[str]:
    """Return the texts of a module but those of decorators, which must be literal."""
    tree = ast.parse(text)
    declared = {
        id(node)
        for part in ast.walk(tree)
        for decorator in getattr(part, "decorator_list", ())
        for node in ast.walk(decorator)
    }
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in declared
    }


def test_an_attribute_of_a_contract_is_its_columns_name():
    assert {name: getattr(Alliances, name) for name in meanings(Alliances)} == {
        name: name for name in meanings(Alliances)
    }


def test_no_column_is_named_by_a_text():
    assert len(FILES) > 100
    said = {
        path: literals((ROOT / path).read_text(encoding="utf-8")) & names
        for path, names in FILES
    }
    beyond = {path: words - WORDS.get(path, set()) for path, words in said.items()}
    assert {path: words for path, words in beyond.items() if words} == {}


def test_every_word_that_is_let_stand_stands():
    for path, words in WORDS.items():
        assert words <= literals((ROOT / path).read_text(encoding="utf-8"))


def test_texts_of_decorators_do_not_count():
    assert literals('@f("announced")\ndef g():\n    return "terminated"\n') == {
        "terminated"
    }
