"""One world's statements by Compustat's and by the SEC's form are the same panel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.simulate.files import files_of_world
from alliance_value.simulate.vendors.compustat import fundamentals
from alliance_value.simulate.vendors.edgar import TAGS, write_statements
from alliance_value.simulate.vendors.text import write_table
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.study.spec import TableFile

ITEMS = [*TAGS, "oibdp"]


@pytest.fixture(scope="module")
def both(world, market, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edgar")
    funda = fundamentals(world, market)
    write_table(funda, folder / "funda.csv")
    write_statements(funda, folder / "edgar.zip")
    needed = Needed({name: ["models.m.terms"] for name in ITEMS}, frozenset({"sich"}))
    return {
        reader: firm_years(
            [str(folder / file)],
            TableFile(
                entity="cik",
                time="fyear",
                period_end="datadate",
                file="x",
                reader=reader,
                text=("sich",),
            ),
            needed,
        )
        for reader, file in (
            ("compustat", "funda.csv"),
            ("edgar_statements", "edgar.zip"),
        )
    }


def test_the_same_panel_comes_of_both_forms(both):
    theirs, ours = (both[r].firm_years for r in ("compustat", "edgar_statements"))
    key = ["firm", "fiscal_year"]
    assert len(ours) == len(theirs) > 500
    merged = theirs.merge(ours, on=key, suffixes=("_theirs", "_ours"))
    assert len(merged) == len(theirs)
    assert (merged.datadate_theirs == merged.datadate_ours).all()
    for name in ITEMS:
        one, other = merged[f"{name}_theirs"], merged[f"{name}_ours"]
        assert one.notna().any() and (one.isna() == other.isna()).all(), name
        # oibdp is a sum of two printed items, each rounded to a thousand dollars
        near = 0.0011 if name == "oibdp" else 1e-9
        np.testing.assert_allclose(one.dropna(), other.dropna(), rtol=1e-12, atol=near)


def test_sales_by_segment_count_once(both):
    told = both["edgar_statements"].rejects
    assert not told.rule.str.contains("broken|dimensioned").any()


def test_the_archive_is_the_same_twice(world, market, tmp_path):
    funda = fundamentals(world, market).head(40)
    for name in "ab":
        write_statements(funda, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_archive_is_written_where_a_study_asks():
    plain = {"daily_format": "parquet"}
    assert "edgar_statements.zip" not in files_of_world(plain)
    assert "edgar_statements.zip" in files_of_world({**plain, "edgar": True})
    assert pd.Series(files_of_world({**plain, "edgar": True})).is_unique
