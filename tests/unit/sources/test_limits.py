"""Limits of the readers: the last value inside and the first outside."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_value.contracts.problems import UserError
from alliance_value.sources import text_file
from alliance_value.sources.dated_columns import since
from alliance_value.sources.identifiers import checks
from alliance_value.sources.text_file import content
from alliance_value.sources.windows import merged


def test_a_text_of_more_than_two_gigabytes_is_refused_unread(tmp_path):
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(2 * 1024**3 + 1)
    with pytest.raises(UserError, match="holds more than 2 GiB of text"):
        content(path)


def test_the_largest_text_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(text_file, "LARGEST_TEXT", 1024**2)
    path = tmp_path / "big.csv"
    path.write_bytes(b"x" * 1024**2)
    assert len(content(path)) == 1024**2
    path.write_bytes(b"x" * (1024**2 + 1))
    with pytest.raises(UserError, match=r"more than 0\.000977 GiB"):
        content(path)


@pytest.mark.parametrize(
    ("number", "form", "moment"),
    [
        (1.0, "excel", "1899-12-31"),
        (36526.5, "excel", "2000-01-01 12:00"),
        (14610.0, "sas", "2000-01-01"),
        (1_000_000.0, "sas", "1960-01-12 13:46:40"),
        (1_262_304_000.0, "stata", "2000-01-01"),
        (99_999_999_999.0, "stata", None),
        (100_000_000_000.0, "stata", "1963-03-03 09:46:40"),
        (1_262_304_000_000.0, "stata", "2000-01-01"),
        (-365.0, "sas", "1959-01-01"),
    ],
)
def test_serial_numbers_are_days_then_seconds_then_milliseconds(number, form, moment):
    found = since(pd.Series([number]), form).iloc[0]
    assert pd.isna(found) if moment is None else found == pd.Timestamp(moment)


DAYS = st.integers(0, 40).map(lambda n: dt.date(2001, 1, 1) + dt.timedelta(days=n))
SPANS = st.lists(st.tuples(st.sampled_from("ab"), DAYS, st.integers(0, 9)), max_size=9)


@given(SPANS)
def test_merged_spans_hold_the_same_days_and_do_not_touch(spans):
    rows = [(s, first, first + dt.timedelta(days=n)) for s, first, n in spans]
    schema = {"security": pl.String, "first": pl.Date, "last": pl.Date}
    found = merged(pl.DataFrame(rows, schema, orient="row"))

    def held(rows):
        return {
            (security, first + dt.timedelta(days=n))
            for security, first, last in rows
            for n in range((last - first).days + 1)
        }

    out = found.select("security", "first", "last").rows()
    assert held(out) == held(rows)
    for security, first, last in out:
        assert not any(
            security == other and last + dt.timedelta(days=1) == begin
            for other, begin, _ in out
        )
        assert first <= last
    assert sum((b - a).days + 1 for _, a, b in out) == len(held(rows))


def test_the_check_digit_is_that_of_published_cusips():
    for cusip in ("037833100", "594918104", "38259P508", "17275R102", "68389X105"):
        assert checks(cusip)
        wrong = (int(cusip[-1]) + 1) % 10
        assert not checks(f"{cusip[:-1]}{wrong}")


def test_serial_numbers_reach_two_and_a_half_centuries_either_way():
    inside, outside = 8_000_000_000 / 86_400, 8_000_000_001 / 86_400
    numbers = pd.Series([inside, -inside, outside, -outside])
    assert since(numbers, "sas").notna().tolist() == [True, True, False, False]
