"""Sentences of filings by hand."""

from __future__ import annotations

import pytest

from alliance_value.sources.edgar.sentences import plain, sentences


def test_marks_within_words_leave_no_blank_and_others_do():
    assert plain("a<b>b</b>c<br/>d &amp; e &lt;p&gt;f&lt;/p&gt;\n g") == "abc d & e f g"
    assert plain("a < b") == "a < b" and plain("  ") == ""


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("We sell. We buy.", ["We sell.", "We buy."]),
        ("We sell. we buy.", ["We sell. we buy."]),
        ("Acme Inc. sells. No. 5 is one.", ["Acme Inc. sells.", "No. 5 is one."]),
        ("J. Smith of U.S. Steel left.", ["J. Smith of U.S. Steel left."]),
        (
            "1. One unit. 12. Another. 123. Third.",
            ["1. One unit.", "12. Another.", "123.", "Third."],
        ),
        ("He said “so.” “Why?” (Asks A.) Then", None),
        ("Is it? It is! Yes.", ["Is it?", "It is!", "Yes."]),
        ("Sold by Acme Inc.", ["Sold by Acme Inc."]),
        ("", [""]),
    ],
)
def test_sentences_end_where_a_capital_or_a_digit_follows(text, parts):
    found = sentences(text)
    if parts is None:
        assert found[0] == "He said “so." and len(found) == 3
    else:
        assert found == parts
