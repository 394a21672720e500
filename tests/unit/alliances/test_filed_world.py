"""One world by vendors' and by public formats: one panel, one set of deals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from alliance_value.alliances.chain import Sources, announcements_of, panel_of
from alliance_value.alliances.sources.filed_structures import (
    SURE_ENOUGH,
    filed_structures,
)
from alliance_value.alliances.structures import code_structures
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world
from alliance_value.study.additions import asked
from alliance_value.study.resolve import resolve
from alliance_value.vocabulary.entries import Method, Section
from alliance_value.workflow.raw import raw_files

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = ROOT / "workflow/schemas/study.schema.yaml"
# What names the firm, its filing or its file; what only vendors tell: the industries of
# parties that are no registrants, and deals across borders.
OWN = ["firm", "source_file", "source_row"]
OF_VENDORS = ["cross_border_share", "partner_pairs", "competition", "complementarity"]


def study(name: str) -> dict:
    text = (ROOT / "config" / name).read_text(encoding="utf-8")
    return yaml.safe_load(text)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Return the study of filings and that of vendors' files of one tiny world."""
    folder = tmp_path_factory.mktemp("filed")
    filed, vendors = study("open-simulated.yaml"), study("certificate.yaml")
    write_world(
        WorldSettings.from_mapping({"size": "tiny", "dirt": "none", "edgar": True}),
        folder,
        lambda line: None,
    )
    kept = {**filed, "sources": vendors["sources"]}
    found = []
    for written in (filed, kept):
        resolved = resolve(written, SCHEMA, planned=raw_files)
        sources = Sources(resolved, folder)
        found.append((sources, sources.issuers()))
    return found


@pytest.fixture(scope="module")
def cik(both):
    """Return the CIK of each gvkey."""
    codes = pd.read_csv(both[1][0].folder / "compustat_funda.csv", dtype=str)
    return dict(codes[["gvkey", "cik"]].drop_duplicates().to_numpy())


def test_the_lexicon_is_sure_of_no_wrong_class_and_people_settle_the_rest(both):
    ours, _ = both[0]
    (reports,) = ours.files("structures")
    proposed = filed_structures([reports]).proposed
    decided = pd.read_csv(ours.files("reviewed_structures")[0], dtype=str)
    key = ["gvkey", "fyear", "unit_name"]
    decided["fyear"] = decided.fyear.astype("int64")
    table = proposed.merge(decided[[*key, "decision"]], on=key, validate="one_to_one")
    assert len(table) == len(proposed) == len(decided) > 1000
    sure = table.confidence.ge(SURE_ENOUGH)
    doubted = table.decision.notna()
    assert sure[~doubted].all() and (~doubted).sum() > 100
    settled = table[sure & doubted]
    assert (settled.unit_class == settled.decision).all()
    # guesses below the line are often wrong: that is why people read on
    guessed = table[~sure]
    assert 0.5 < (guessed.unit_class == guessed.decision).mean() < 0.95


def test_filings_give_the_structures_of_coders_and_their_days(both, cik):
    (_, one), (_, other) = both
    flags = [
        code_structures(units, "majority").set_index(["firm", "fiscal_year"])
        for units in (one.units, other.units.assign(firm=other.units.firm.map(cik)))
    ]
    merged = flags[0].merge(flags[1], "inner", left_index=True, right_index=True)
    assert len(merged) > 300
    assert (merged.customer_centric_x == merged.customer_centric_y).all()
    assert (merged.filed_x == merged.filed_y).all()


def test_models_without_a_variable_of_portfolios_are_no_study_of_them():
    written = study("open-simulated.yaml")
    whole = resolve(written, SCHEMA, planned=raw_files)
    for name in ("cc_share", "own_cc", "asym_share", "mkt_intensity"):
        del written["variables"][name]
    del written["validation"]
    written["models"] = [{"name": "m", "outcome": "roa", "terms": ["slack"]}]
    plain = resolve(written, SCHEMA, planned=raw_files)
    for resolved, there, gone in (
        (whole, "portfolios", "models"),
        (plain, "models", "portfolios"),
    ):
        names = {entry.name for entry in asked(Section, resolved)}
        assert there in names and gone not in names
        methods = {entry.name for entry in asked(Method, resolved)}
        assert ("portfolio_share" in methods) == (resolved is whole)
    shared = {**written, "models": [{**written["models"][0], "terms": ["cc_share"]}]}
    names = [
        entry.name
        for entry in asked(Section, resolve(shared, SCHEMA, planned=raw_files))
    ]
    assert "portfolios" in names


def test_filings_give_the_panel_of_vendors_files(both, cik):
    ours, theirs = (
        panel_of(sources.study, sources.firm_years(), issuers)
        for sources, issuers in both
    )
    theirs = theirs.assign(firm=theirs.firm.map(cik))
    key = ["firm", "fiscal_year"]
    ours, theirs = (t.sort_values(key).reset_index(drop=True) for t in (ours, theirs))
    pd.testing.assert_frame_equal(ours[key], theirs[key], check_dtype=False)
    assert len(ours) > 500 and ours.cc_share.notna().sum() > 200
    shared = ours.columns.intersection(theirs.columns).difference([*OWN, *OF_VENDORS])
    assert {"roa_next", "cc_share", "own_cc", "asym_share", "rd_intensity"} <= {*shared}
    for name in shared:
        if pd.api.types.is_numeric_dtype(ours[name]):
            one, other = ours[name].astype(float), theirs[name].astype(float)
            np.testing.assert_allclose(one, other, rtol=1e-9, err_msg=name)


def test_filings_give_the_deals_of_vendors_files_and_their_returns(both, cik):
    ours, theirs = (announcements_of(*part).dyads.table for part in both)
    pairs = zip(theirs.firm_i.map(cik), theirs.firm_j.map(cik), strict=True)
    theirs = theirs.assign(pair=["".join(sorted(pair)) for pair in pairs])
    ours = ours.assign(pair=ours.firm_i + ours.firm_j)
    merged = ours.merge(theirs, on=["pair", "announced"], suffixes=("", "_vendors"))
    # prices from the public hold no delisting returns, which move a window or two
    assert len(merged) > 100 and len(merged) >= max(len(ours), len(theirs)) - 3
    for name in ("asymmetric", "temporal_overlap", "spatial_overlap", "same_state"):
        assert (merged[name] == merged[f"{name}_vendors"]).all(), name
    apart = merged.combined_car - merged.combined_car_vendors
    assert apart.abs().max() < 1e-5


def test_ends_are_those_of_vendors_files(both):
    ours, theirs = (issuers.alliances for _, issuers in both)
    theirs = theirs[theirs.status != "Pending"]
    assert len(ours) == len(theirs)
    days = [sorted(t.terminated.dropna()) for t in (ours, theirs)]
    assert days[0] == days[1] and len(days[0]) > 100
