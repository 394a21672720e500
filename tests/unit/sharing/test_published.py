"""Printed tables against estimates."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sharing.published import cells_of_file, compare_published


def test_printed_numbers_hold_to_half_a_unit_of_their_last_digit():
    ours = pd.DataFrame(
        {"model": ["m", "m"], "term": ["a", "b"], "estimate": [0.12349, 2], "se": 0.054}
    )
    printed = pd.DataFrame(
        {
            "model": ["m", "m", "m"],
            "term": ["a", "b", "c"],
            "estimate": ["0.123", "2.1", "1"],
            "se": ["0.0536", "", ""],
        }
    )
    found = compare_published(printed, ours)
    assert [d.cell for d in found.differences] == [
        "m / a / se",
        "m / b / estimate",
        "m / c / estimate",
    ]
    assert (found.cells, found.within) == (4, 1)


def test_an_estimate_that_is_no_number_differs():
    printed = pd.DataFrame({"model": ["m"], "term": ["a"], "se": ["0.1"]})
    ours = printed.assign(se="")
    (difference,) = compare_published(printed, ours).differences
    assert (difference.recorded, difference.rerun) == ("0.1", "")


def test_a_printed_table_with_mistakes_is_told_at_once():
    wrong = pd.DataFrame({"model": ["m"], "term": ["a"], "estimate": ["0.1**"]})
    ours = pd.DataFrame({"model": ["m"], "term": ["a"], "estimate": [0.1]})
    with pytest.raises(UserError, match=r"row 2.*'0\.1\*\*'.*no number"):
        compare_published(wrong, ours)
    with pytest.raises(UserError, match="column 'term' is not there"):
        compare_published(wrong.drop(columns="term"), ours)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the file is not there"),
        (b"", "empty"),
        (b"model,term,estimate\nm,a,1,2,3\nm,a\n", "row 2"),
        (b"PK\x03\x04\x00\x00", "published.csv"),
        (b"model,term,estimate\n", "no rows"),
        (b'model,term,estimate\n"m,a,1\n', "quot"),
    ],
)
def test_a_file_that_is_no_table_is_one_message(tmp_path, content, words):
    path = tmp_path / "published.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=words):
        cells_of_file(path)


def test_a_folder_is_no_table(tmp_path):
    with pytest.raises(UserError, match="the file is a folder"):
        cells_of_file(tmp_path)


def test_a_table_may_be_written_as_spreadsheets_do(tmp_path):
    path = tmp_path / "published.csv"
    path.write_bytes("\ufeffmodel;term;estimate\r\nm;a;0.10\r\n".encode())
    assert cells_of_file(path).to_dict("records") == [
        {"model": "m", "term": "a", "estimate": "0.10"}
    ]
