"""Every bad input ends as expected.yaml says: stopped with words, or accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bad_inputs.cases import CASES, Case
from tests.bad_inputs.entries import outcome_of
from tests.bad_inputs.index import PAGE, as_stored, expected, page

EXPECTED = expected()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_bad_input_ends_as_expected(case: Case, tmp_path: Path) -> None:
    outcome = outcome_of(case.entry, case.files, case.settings, tmp_path / "case")
    assert as_stored(outcome) == EXPECTED[case.id]


def test_every_problem_has_a_place_and_a_next_step() -> None:
    for id, ends in EXPECTED.items():
        for problem in ends.get("stops", []):
            head, arrow, step = problem.partition(" -> ")
            assert arrow and step, id
            assert ": " in head, id
            assert "unexpected error" not in problem, id


def test_the_corpus_is_large_and_its_page_is_in_step() -> None:
    assert len({case.id for case in CASES}) == len(CASES) >= 60
    assert set(EXPECTED) == {case.id for case in CASES}
    assert PAGE.read_text(encoding="utf-8") == page()
