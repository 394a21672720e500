"""Every column of every contract says what it means."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from inspect import isclass

import pandera.pandas as pa
import pytest

import alliance_value.contracts as room
from alliance_value.contracts.catalogue import CATALOGUE, joined_variables
from alliance_value.contracts.columns import NEVER, described, meanings


def contracts() -> dict[str, type[pa.DataFrameModel]]:
    found = {}
    for module in pkgutil.iter_modules(room.__path__):
        for name, item in vars(import_module(f"{room.__name__}.{module.name}")).items():
            if isclass(item) and issubclass(item, pa.DataFrameModel):
                found[name] = item
    return found


CONTRACTS = contracts()
COLUMNS = [
    pytest.param(meaning, contract.to_schema().columns[name], id=f"{title}.{name}")
    for title, contract in CONTRACTS.items()
    for name, meaning in meanings(contract).items()
]


@pytest.mark.parametrize(("meaning", "column"), COLUMNS)
def test_no_column_lacks_label_unit_or_source(meaning, column):
    assert meaning.label, "give it a label with contracts.columns.described"
    assert meaning.unit
    assert meaning.source
    assert meaning.type in {"text", "number", "whole number", "date", "true/false"}
    assert column.description


@pytest.mark.parametrize(("meaning", "column"), COLUMNS)
def test_a_column_that_may_be_missing_says_when(meaning, column):
    assert meaning.missing, "say when it is missing"
    assert not (column.nullable and meaning.missing == NEVER)


def test_every_contract_is_in_the_catalogue():
    assert set(CONTRACTS.values()) == set(CATALOGUE.values())


def test_portfolio_variables_are_joined_and_structures_are_not():
    joined = joined_variables()
    assert joined["cc_share"].unit == "decimal"
    assert not {"firm", "fiscal_year", "customer_units"} & joined.keys()


def test_types_are_told_in_words():
    found = meanings(CATALOGUE["links"])
    assert found["link_from"].type == "date"
    assert found["security"].type == found["company"].type == "whole number"
    assert meanings(CATALOGUE["alliances"])["marketing"].type == "true/false"
    assert found["company"].missing == "blank in the file"


def test_a_column_keeps_its_checks():
    field = described("Share", "decimal", ge=0, nullable=True)
    assert field.title == "Share"
    assert field.nullable
    assert field.checks
