"""Confidence of proposed classes, by the rules of the lexicon's comments."""

from __future__ import annotations

import pytest

from alliance_value.alliances.sources.lexicon import (
    CLIPPED,
    matched,
    proposals,
    read_note,
)
from alliance_value.sources.edgar.segments import Unit

REGIONS = "The Company manages its segments on a geographic basis."
LINES = "Segments are organized by product lines."
ONE = "The Company has one reportable segment."


def proposed(*names: str, note: str = "", result: bool = True):
    units = [Unit(n, n, "", 1.0, result) for n in names]
    return proposals(units, read_note(note))


@pytest.mark.parametrize(
    ("names", "note", "unit_class", "confidence"),
    [
        (["europe"], "", "geography", 0.6),  # alone
        (["europe", "beef"], "", "geography", 0.6),  # another class beside it
        (["europe", "retail"], "", "geography", 0.6),
        (["europe", "asia"], "", "geography", 0.85),
        (["europe", "asia", "europe odd"], "", "geography", 0.85),  # leans to it
        (["europe", "asia", "odd"], "", "geography", 0.6),  # says nothing
        (["europe", "asia"], REGIONS, "geography", 0.95),
        (["europe", "asia", "odd"], REGIONS, "geography", 0.95),
        (["europe"], REGIONS, "geography", 0.6),
        (["europe", "asia"], LINES, "geography", 0.42),
        (["europe odd"], REGIONS, "geography", 0.45),  # doubtful whatever is said
        (["europe odd"], LINES, "geography", 0.23),
        (["retail"], "", "customer", 0.45),  # a weak word
        (["consumer europe"], LINES, "mixed", 0.45),
        (["odd"], "", "product", 0.2),
        (["odd"], LINES, "product", 0.2),
        (["odd"], REGIONS, "product", 0.1),
        (["europe", "asia"], ONE, "geography", 0.4),
        (["odd"], ONE, "product", 0.2),
    ],
)
def test_confidence_by_hand(names, note, unit_class, confidence):
    first = proposed(*names, note=note)[0]
    assert (first.unit_class, first.confidence) == (unit_class, confidence)


def test_units_without_a_result_are_at_most_doubtful():
    assert [p.confidence for p in proposed("europe", "asia", result=False)] == [0.4] * 2


def test_longer_entries_go_before_their_parts_and_neutral_words_are_none_left():
    assert matched("North America and beef") == (
        [("north america", "geography", True), ("beef", "product", True)],
        [],
    )
    assert matched("odd europe")[1] == ["odd"]


def test_the_sentence_that_tells_of_a_unit_is_shown():
    note = (
        "We sell in Europe. Europe includes " + "all of it " * 40 + ". Asia is far. "
        "Asia consists of Japan."
    )
    europe, asia, odd = proposed("europe", "asia", "odd", note=note)
    assert (europe.sentence, asia.sentence, odd.sentence) == (2, 4, 0)
    assert europe.text.startswith("Europe includes") and len(europe.text) == CLIPPED
    assert asia.text == "Asia consists of Japan." and odd.text == ""
    assert europe.words == "europe (geography)"
    assert proposed("asia", note="Asia is far. Asia is near.")[0].sentence == 1


def test_the_first_sentence_of_a_kind_counts():
    reading = read_note(f"We sell. {ONE} {ONE} {REGIONS} {REGIONS} {LINES}")
    assert reading.single == 2
    assert reading.bases == {"geography": 4, "product": 6}
    # by place or product whatever the segments are
    located = "Segments are identified; assets by geographic area, by location."
    assert read_note(located).bases == {}
    wide = read_note("Segment revenue is attributed by geographic area.")
    assert wide.bases == {} and wide.single == 0
    assert read_note("We organize by one segments of geographic area.").single == 0
