"""Keyed tables: sorted, typed, refused where the key is none."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.panel.keys import is_text, keyed, look_up, numbers


def table(**columns) -> pd.DataFrame:
    return pd.DataFrame({"firm": ["b", "a", "a"], "year": [1, 2, 1], **columns})


def test_rows_are_sorted_by_the_key_and_text_has_one_type():
    found = keyed(table(x=[10, 20, 30]), ["firm", "year"])
    assert found.x.tolist() == [30, 20, 10]
    assert found.index.tolist() == [0, 1, 2]
    assert found.columns.tolist() == ["firm", "year", "x"]
    assert found.firm.dtype == "string"
    assert found.year.dtype == "int64"


@pytest.mark.parametrize(
    ("broken", "key", "words"),
    [
        (table(), ["firm", "when"], r"columns of the key are absent: \['when'\]"),
        (
            table().assign(firm=["b", None, "a"]),
            ["firm", "year"],
            r"1 rows have no full key",
        ),
        (
            table(),
            ["firm"],
            r"1 rows repeat a key of \['firm'\], the first is \{'firm': 'a'\}",
        ),
    ],
)
def test_what_is_no_key_is_a_defect(broken, key, words):
    with pytest.raises(AssertionError, match=words):
        keyed(broken, key)


def test_columns_are_looked_up_in_the_order_asked_for():
    keys = pd.DataFrame({"firm": ["a", "z", "b", "a"], "year": [1, 1, 1, 1]})
    keys.index = pd.Index([7, 5, 3, 1])
    found = look_up(table(x=[1.0, 2.0, 3.0], y=[4, 5, 6]), keys, ["x"])
    assert found.columns.tolist() == ["x"]
    assert found.index.tolist() == [7, 5, 3, 1]
    np.testing.assert_array_equal(found.x, [3.0, np.nan, 1.0, 3.0])


def test_a_table_that_repeats_a_key_is_not_looked_up():
    with pytest.raises(pd.errors.MergeError):
        look_up(table(x=[1, 2, 3]), pd.DataFrame({"firm": ["a"]}), ["x"])


def test_text_is_text_in_each_of_its_types():
    words = pd.Series(["a"], dtype="string")
    assert is_text(words) and is_text(words.astype("object"))
    assert not is_text(pd.Series([1]))
    assert not is_text(pd.Series([1.5]))


def test_numbers_and_flags_become_floats():
    column = pd.Series([1, None, 3], dtype="Int64")
    np.testing.assert_array_equal(numbers(column), [1.0, np.nan, 3.0])
    assert numbers(pd.Series([True, False])).tolist() == [1.0, 0.0]
    assert numbers(column).dtype == np.dtype("float64")


def test_codes_are_looked_up_as_text_where_either_table_has_text():
    codes = pd.DataFrame({"firm": ["1", "2"], "x": [1.0, 2.0]})
    keys = pd.DataFrame({"firm": [2, 1]})
    assert look_up(codes, keys, ["x"]).x.tolist() == [2.0, 1.0]
