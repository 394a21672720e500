"""Names of the study -> columns of a file, in its reader's letters."""

from __future__ import annotations

import pytest

from alliance_value.sources.needed_columns import (
    Needed,
    column_of,
    in_vendors_letters,
    named_columns,
)
from alliance_value.study.spec import TableFile

COLUMNS = {"assets": "AT", "absent": None}


@pytest.mark.parametrize(
    ("reader", "columns"),
    [("compustat", ["at", None, "ib"]), ("table", ["AT", None, "IB"])],
)
def test_columns_have_the_letters_of_the_reader(reader, columns):
    layout = TableFile(entity="", time="", file="", columns=COLUMNS, reader=reader)
    assert [column_of(n, layout) for n in ("assets", "absent", "IB")] == columns


def test_a_layout_in_small_letters():
    layout = TableFile(
        entity="GVKEY",
        time="FYEAR",
        period_end="DATADATE",
        file="",
        text=("SIC",),
        columns=COLUMNS,
    )
    small = in_vendors_letters(layout)
    assert (small.entity, small.time, small.period_end) == (
        "gvkey",
        "fyear",
        "datadate",
    )
    assert set(small.text) == {"SIC", "sic"}
    assert small.columns == {"assets": "at", "absent": None}


def test_the_key_and_the_columns_that_are_read():
    needed = Needed({"assets": [], "absent": [], "ib": []})
    layout = TableFile(entity="gvkey", time="fyear", file="", columns=COLUMNS)
    assert named_columns(layout, needed) == ["gvkey", "fyear", "AT", "ib"]
