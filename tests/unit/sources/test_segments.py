"""Segments: as first filed, of the right type, with readable sales."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.segments import read_segments
from tests.unit.conftest import Table, ledger, raw_file, rules

HEAD = "gvkey,datadate,srcdate,stype,sid,snms,sales,sics1\n"
ROW = "1004,2004-12-31,2004-12-31,BUSSEG,1,Tools,10,3423\n"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("1004,2004-12-31,2005-12-31,BUSSEG,1,T,9,", "segment_of_another_filing"),
        (
            "1004,2004-12-31,2004-12-31,GEOSEG,1,T,9,",
            "not_a_business_or_operating_segment",
        ),
        ("1004,2004-12-31,2004-12-31,BUSSEG,1,Tools,9,", "segment_repeated"),
        ("1004,2004-12-31,2004-12-31,BUSSEG,,T,9,", "segment_missing"),
        (",2004-12-31,2004-12-31,BUSSEG,1,T,9,", "firm_missing"),
        ("1004,x,2004-12-31,BUSSEG,1,T,9,", "date_missing_or_unreadable"),
    ],
)
def test_rejected_rows(table: Table, line: str, rule: str) -> None:
    for text in (HEAD + ROW + line + "\n", HEAD + line + "\n" + ROW):
        segments, rejected = read_segments(table(text))
        assert segments.sales.tolist() == [10.0]
        assert segments.firm.tolist() == ["001004"]
        assert rules(rejected) == {rule: 1}


@pytest.mark.parametrize(
    ("sales", "value", "rule"),
    [
        ('"1,234.5"', 1234.5, "thousands_separator"),
        ("-3", np.nan, "segment_sales_negative"),
        ("C", np.nan, "code_for_missing"),
        ("many", np.nan, "not_a_finite_number"),
        ("inf", np.nan, "not_a_finite_number"),
        ("", np.nan, None),
    ],
)
def test_sales(table: Table, sales: str, value: float, rule: str | None) -> None:
    out, rejected = read_segments(table(HEAD + ROW.replace(",10,", f",{sales},")))
    np.testing.assert_equal(out.sales.item(), value)
    assert rules(rejected) == ({rule: 1} if rule else {})


def test_columns_missing(table: Table) -> None:
    with pytest.raises(UserError) as error:
        read_segments(table("gvkey,datadate,sales\n1,2004-12-31,1\n"))
    assert len(error.value.problems) == 3


def test_world(worlds: dict[str, Path]) -> None:
    clean, _ = read_segments(raw_file(worlds["none"] / "compustat_segments.csv"))
    stata, _ = read_segments(raw_file(worlds["others"] / "compustat_segments.dta"))
    pd.testing.assert_frame_equal(clean, stata)
    path = worlds["hostile"] / "compustat_segments.csv"
    dirty, rejected = read_segments(raw_file(path))
    pd.testing.assert_frame_equal(clean, dirty)
    assert len(rejected) == len(ledger(worlds["hostile"], path.name))
