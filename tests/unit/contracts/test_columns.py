"""Every column of every canonical table says what it means."""

from __future__ import annotations

import pytest

from alliance_value.contracts.catalogue import catalogue, table_of
from alliance_value.contracts.columns import described, meanings

TYPES = {"text", "number", "whole number", "date", "true/false"}


def test_every_column_says_what_it_means():
    lacking = [
        f"{table}.{name}"
        for table, contract in catalogue().items()
        for name, m in meanings(contract).items()
        if not (m.label and m.unit and m.source and m.missing and m.type in TYPES)
    ]
    assert lacking == []


@pytest.mark.parametrize(
    ("path", "table"),
    [
        ("data/processed/s/experience.parquet", ("experience", "base")),
        ("data/processed/s/portfolios/base.parquet", ("portfolios", "base")),
        ("data/processed/s/portfolios/life_3y.parquet", ("portfolios", "life_3y")),
    ],
)
def test_a_files_path_names_its_table_and_variant(path, table):
    assert table_of(path) == table


def test_types_are_told_in_words():
    found = meanings(catalogue()["links"])
    assert found["link_from"].type == "date"
    assert found["security"].type == found["company"].type == "whole number"
    assert meanings(catalogue()["alliances"])["marketing"].type == "true/false"
    assert found["company"].missing == "blank in the file"


def test_a_column_keeps_its_checks():
    field = described("Share", "decimal", missing="no sales", ge=0)
    assert field.title == "Share"
    assert field.nullable
    assert not described("Flag", "0/1", blank="a blank means no").nullable
    assert field.checks
