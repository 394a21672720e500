"""Vendors' files -> portfolios: what the readers rebuild is the simulated truth."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.portfolios import PortfolioRule, portfolios
from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.alliances.sources.matching import issuers, match_participants
from alliance_value.alliances.structures import carry_forward, code_structures
from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.storage import store
from alliance_value.panel.build import build_panel, joined
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import build_world
from alliance_value.sources.compustat import header
from alliance_value.sources.firm_years import SourceTables
from alliance_value.sources.links import firm_links
from alliance_value.sources.names import read_names
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.study.dictionary import with_standard_variables
from alliance_value.study.spec import Sample, TableFile, Variable
from tests.world_files import world_deals, world_statements

COUNTED = ["Completed/Signed", "Extended", "Renegotiated", "Terminated", "Expired"]
ITEMS = ["at", "sale", "ib", "dltt", "dlc", "che"]


def raw(folder: Path, name: str) -> RawTable:
    return read_file(folder / f"{name}.csv", TableFile(entity="", file=""))


def statements(folder: Path) -> SourceTables:
    return world_statements(folder, *ITEMS)


@cache
def rebuilt(folder: Path) -> pd.DataFrame:
    """Return portfolios from a folder of vendors' files."""
    found = world_deals(folder)
    links, _ = firm_links(raw(folder, "ccm_lnkhist"))
    names, _ = read_names(raw(folder, "crsp_dsenames"))
    known = issuers(names, links, header(raw(folder, "compustat_funda")))
    participants = match_participants(found.parties, found.alliances, known)
    count = participants.groupby("alliance").size()
    counted = found.alliances[
        found.alliances.status.isin(COUNTED) & found.alliances.alliance.map(count).eq(2)
    ]
    years = statements(folder).firm_years
    units, _ = coded_units(raw(folder, "structures"))
    structures = carry_forward(code_structures(units), years)
    return portfolios(
        counted,
        participants[participants.alliance.isin(counted.alliance)],
        structures,
        years,
        PortfolioRule(structure="fiscal_year"),
    )


def beside_truth(table: pd.DataFrame) -> pd.DataFrame:
    truth = build_world(WorldSettings.from_mapping({"size": "tiny"})).firm_years
    truth = truth.rename(columns={"gvkey": "firm", "fyear": "fiscal_year"})
    keys = ["firm", "fiscal_year"]
    return truth.merge(table, on=keys, how="left", suffixes=("_true", ""))


def panel_bytes(folder: Path, target: Path) -> bytes:
    """Build the panel of a folder of vendors' files and return its Parquet file."""
    study = {
        "standard_variables": ["roa_next", "size", "leverage", "slack"],
        "variables": {},
    }
    variables, _ = with_standard_variables(study)
    variables = [
        Variable.of(name, {"lead": 0, "lag": 0, "missing": "keep", **variable})
        for name, variable in variables.items()
    ]
    source = statements(folder)
    table = joined(source.firm_years, [rebuilt(folder).drop(columns="datadate")])
    sample = Sample(require=("at > 0", "sale > 0"))
    tables = build_panel(table, source.funnel, variables, sample)
    store(tables.panel, Panel, target)
    return target.read_bytes()


def test_dirt_that_can_be_repaired_changes_no_byte_of_the_panel(worlds, tmp_path):
    clean = panel_bytes(worlds["none"], tmp_path / "clean.parquet")
    dirty = panel_bytes(worlds["repairable"], tmp_path / "dirty.parquet")
    pd.testing.assert_frame_equal(
        pd.read_parquet(tmp_path / "clean.parquet"),
        pd.read_parquet(tmp_path / "dirty.parquet"),
    )
    assert clean == dirty


def test_the_ledger_names_what_cannot_be_repaired(worlds):
    ledger = pd.read_csv(worlds["hostile"] / "dirt_ledger.csv", dtype=str)
    lost = set(ledger.kind[ledger.repairable == "no"])
    assert lost == set(parameters()["unrepairable"]) & set(ledger.kind)
    repaired = pd.read_csv(worlds["repairable"] / "dirt_ledger.csv", dtype=str)
    assert set(repaired.repairable) == {"yes"}
    assert set(repaired.kind) == set(ledger.kind) - lost


def test_clean_files_give_the_true_portfolios(worlds):
    both = beside_truth(rebuilt(worlds["none"]))
    for name in ("cc_share", "asym_share", "own_cc"):
        np.testing.assert_allclose(both[name], both[f"{name}_true"], atol=1e-12)


def test_dirt_that_can_be_repaired_hardly_moves_the_portfolios(worlds):
    both = beside_truth(rebuilt(worlds["realistic"]))
    known = both.cc_share.notna() & both.cc_share_true.notna()
    same = np.isclose(both.cc_share, both.cc_share_true)[known]
    # lost terminations and moved dates cannot be repaired
    assert same.mean() > 0.75
    assert np.corrcoef(both.cc_share[known], both.cc_share_true[known])[0, 1] > 0.95
    assert known.sum() > 0.95 * both.cc_share_true.notna().sum()


def test_statements_are_the_same_clean_and_dirty_but_for_lost_cells(worlds):
    clean = statements(worlds["none"]).firm_years.set_index(["firm", "fiscal_year"])
    dirty = statements(worlds["realistic"])
    table = dirty.firm_years.set_index(["firm", "fiscal_year"])
    assert set(table.index) == set(clean.index)
    clean = clean.loc[table.index]
    for item in ITEMS:
        lost = table[item].isna() & clean[item].notna()
        assert lost.mean() < 0.02
        pd.testing.assert_series_equal(table[item][~lost], clean[item][~lost])
    ledger = pd.read_csv(worlds["realistic"] / "dirt_ledger.csv", dtype=str)
    mine = ledger[ledger.file == "compustat_funda.csv"]
    inserted = mine[mine.kind.isin(["funda_financial_format", "funda_restated"])]
    rejected = dirty.rejects[dirty.rejects.rule == "not_standard_format"]
    assert len(rejected) >= len(inserted)


@pytest.mark.parametrize("dirt", ["realistic", "hostile"])
def test_every_row_of_the_statements_is_kept_or_rejected(dirt, worlds):
    tables = statements(worlds[dirt])
    rows = raw(worlds[dirt], "compustat_funda").rows
    rejected = tables.rejects[tables.rejects.action == "rejected"].row
    kept = tables.firm_years.source_row
    assert sorted([*kept, *rejected]) == sorted(rows)


def test_deals_reported_twice_are_counted_once(worlds):
    ledger = pd.read_csv(worlds["hostile"] / "dirt_ledger.csv", dtype=str)
    again = ledger[ledger.kind == "sdc_duplicate_deal"]
    found = world_deals(worlds["hostile"]).rejects
    caught = found[found.rule == "repeated_within_three_days"]
    assert len(caught) >= 0.8 * len(again) > 0
