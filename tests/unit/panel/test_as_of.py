"""The last entry before a moment against a loop over all entries."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from alliance_value.panel.as_of import last_before

ENTRY = st.tuples(st.sampled_from("abc"), st.integers(0, 12))


def frame(entries: list[tuple[str, int]]) -> tuple[pd.DataFrame, pd.Series]:
    firms = pd.array([f for f, _ in entries], dtype="string")
    return pd.DataFrame({"firm": firms}), pd.Series(
        [w for _, w in entries], dtype="int64"
    )


@given(
    st.lists(ENTRY, min_size=1, max_size=12, unique=True),
    st.lists(ENTRY, min_size=1, max_size=6),
    st.none() | st.integers(0, 6),
)
def test_it_is_the_latest_entry_strictly_before(entries, asked, max_age):
    entries = sorted(entries)
    rows = last_before(*frame(entries), *frame(asked), max_age)
    assert rows.dtype == np.dtype("int64")
    for row, (firm, moment) in zip(rows, asked, strict=True):
        earlier = [
            (when, number)
            for number, (of, when) in enumerate(entries)
            if of == firm
            and when < moment
            and (max_age is None or moment - when <= max_age)
        ]
        assert row == (max(earlier)[1] if earlier else -1)


def test_a_firm_without_entries_has_none():
    rows = last_before(*frame([("a", 1)]), *frame([("z", 5), ("a", 5)]), None)
    assert rows.tolist() == [-1, 0]
