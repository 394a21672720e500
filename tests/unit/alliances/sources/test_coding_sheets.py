"""Coding sheets: labels, keys, repeats."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.contracts.problems import UserError
from tests.unit.conftest import Table, ledger, raw_file, rules

HEAD = (
    "gvkey,fyear,filing_accession,filing_date,unit_name,unit_class,coder,"
    "confidence,sales_share\n"
)
ROW = "1004,2004,0000001-05-1,2005-03-01,Consumers,customer,A,0.9,0.4\n"


@pytest.mark.parametrize(
    "label", ["customer", " Customer ", "CUSTOMER", "customer-centric", "customer unit"]
)
def test_labels(table: Table, label: str) -> None:
    units, rejected = coded_units(table(HEAD + ROW.replace(",customer,", f",{label},")))
    assert units.unit_class.item() == "customer"
    assert units.firm.item() == "001004"
    assert units.filed.item() == pd.Timestamp("2005-03-01")
    assert rejected.empty


@pytest.mark.parametrize(
    ("old", "new", "rule", "rows"),
    [
        (",customer,", ",matrix,", "unknown_unit_class", 1),
        (",customer,", ",non-customer,", "unknown_unit_class", 1),
        (",customer,", ",,", "unknown_unit_class", 1),
        ("1004,", ",", "key_of_coded_unit_missing", 1),
        (",2004,", ",2004.5,", "key_of_coded_unit_missing", 1),
        (",A,", ",,", "key_of_coded_unit_missing", 1),
        (",0.9,", ",sure,", "not_a_finite_number", 2),
        ("2005-03-01", "spring", "date_unreadable", 2),
    ],
)
def test_broken_rows(table: Table, old: str, new: str, rule: str, rows: int) -> None:
    other = ROW.replace("Consumers", "Business")
    units, rejected = coded_units(table(HEAD + other + ROW.replace(old, new, 1)))
    assert rules(rejected) == {rule: 1}
    assert rejected.row.item() == 3
    assert len(units) == rows


def test_repeats_in_any_order(table: Table) -> None:
    lines = [ROW, ROW, ROW.replace("customer", "product")]
    for order in (lines, lines[::-1]):
        units, rejected = coded_units(table(HEAD + "".join(order)))
        assert units.unit_class.tolist() == ["customer"]
        assert rules(rejected) == {
            "unit_coded_again": 1,
            "unit_coded_again_differently": 1,
        }


def test_columns_missing(table: Table) -> None:
    with pytest.raises(UserError) as error:
        coded_units(table("gvkey,year\n1,2004\n"))
    assert len(error.value.problems) == 8


def test_world(worlds: dict[str, Path]) -> None:
    clean, none = coded_units(raw_file(worlds["none"] / "structures.csv"))
    assert none.empty
    dirty, rejected = coded_units(raw_file(worlds["hostile"] / "structures.csv"))
    counts = ledger(worlds["hostile"], "structures").kind.value_counts()
    assert rules(rejected) == {
        "unit_coded_again": counts["coding_duplicate"],
        "unknown_unit_class": counts["coding_unknown_class"],
    }
    key = ["firm", "fiscal_year", "unit_name", "coder"]
    both = clean.merge(dirty, on=key, suffixes=("", "_dirty"))
    assert len(both) == len(clean) - counts["coding_unknown_class"]
    assert both.unit_class.eq(both.unit_class_dirty).all()


@pytest.mark.parametrize("name", ["gvkey", "CIK"])
def test_firms_are_those_of_a_study_by_cik(table: Table, name: str) -> None:
    units, _ = coded_units(table(HEAD.replace("gvkey", name) + ROW), "cik")
    assert units.firm.item() == "0000001004"


def test_percent_is_told_by_its_own_row(table: Table) -> None:
    rows = [
        "1,2004,a1,,Drugs,nothing,AB,0.9,0.6",  # of no class, and left out
        "1,2004,a1,,Seeds,product,AB,0.9,0.6",
        "1,2004,a1,,Food,product,AB,80,30",
        "1,2004,a1,,Steel,product,AB,90,10",
    ]
    with pytest.raises(UserError, match="no parts of 1") as caught:
        coded_units(table(HEAD + "\n".join(rows) + "\n"))
    told = [(p.row, p.column, p.value) for p in caught.value.problems]
    assert told == [(4, "confidence", "80"), (4, "sales_share", "30")]
