"""One world's statements by Compustat's and by the SEC's form are the same panel."""

from __future__ import annotations

import zipfile

import numpy as np
import pandas as pd
import pytest

from alliance_value.simulate.files import files_of_world
from alliance_value.simulate.vendors.compustat import fundamentals
from alliance_value.simulate.vendors.edgar import TAGS, write_quarters
from alliance_value.simulate.vendors.text import write_table
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.study.spec import TableFile

ITEMS = [*TAGS, "oibdp"]


@pytest.fixture(scope="module")
def both(world, market, tmp_path_factory):
    folder = tmp_path_factory.mktemp("edgar")
    funda = fundamentals(world, market)
    funda = funda[funda.gvkey.isin(funda.gvkey.unique()[::3])]
    write_table(funda, folder / "funda.csv")
    write_quarters(funda, world.firms, folder)
    needed = Needed({name: ["models.m.terms"] for name in ITEMS}, frozenset({"sich"}))
    return {
        reader: firm_years(
            [str(path) for path in sorted(folder.glob(file))],
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
            ("edgar_statements", "edgar_*.zip"),
        )
    }


def test_the_same_panel_comes_of_both_forms(both):
    theirs, ours = (both[r].firm_years for r in ("compustat", "edgar_statements"))
    key = ["firm", "fiscal_year"]
    assert len(ours) == len(theirs) > 200
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


def test_quarters_hold_what_the_sec_s_do_and_are_the_same_twice(
    world, market, tmp_path
):
    funda = fundamentals(world, market).head(40)
    for name in "ab":
        (tmp_path / name).mkdir()
        write_quarters(funda, world.firms, tmp_path / name)
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    asked = files_of_world({"daily_format": "parquet", "edgar": True})
    assert files and {*files} <= {*asked}
    for file in files:
        one, other = (tmp_path / name / file for name in "ab")
        assert one.read_bytes() == other.read_bytes()
        with zipfile.ZipFile(one) as archive:
            assert archive.namelist() == ["sub.txt", "num.txt", "tag.txt", "pre.txt"]


def test_public_files_are_written_where_a_study_asks():
    plain = {"daily_format": "parquet"}
    assert not any(name.startswith("edgar_") for name in files_of_world(plain))
    assert pd.Series(files_of_world({**plain, "edgar": True})).is_unique
