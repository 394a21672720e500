"""A study's variants of portfolios: each is what it would be alone."""

from __future__ import annotations

import pandas as pd

from alliance_value.alliances.experience import firm_year_experience
from alliance_value.alliances.portfolios import PortfolioRule, portfolios
from alliance_value.alliances.structures import carry_forward, code_structures
from alliance_value.alliances.study_portfolios import (
    AllianceTables,
    portfolio_tables,
    variants_of,
)
from tests.unit.alliances.worlds import World, random_world

SETTINGS = {
    **{"life": "5y", "weights": "deal", "structure": "filed_before"},
    **{"undefined": "missing", "max_age_days": 1461, "carry_forward": 3},
    **{"structure_rule": "majority", "parties": "two", "coder": None},
    "statuses": ["Completed/Signed"],
    "variants": {
        "short": {"life": "3y"},
        "own_year": {"structure": "fiscal_year", "carry_forward": 0},
        "many": {"parties": "any", "weights": "partner"},
        "ended": {"statuses": ["Terminated"]},
        "first_coder": {"coder": "A"},
    },
}


def world() -> World:
    drawn = random_world(61)
    number = range(len(drawn.alliances))
    status = ["Terminated" if n % 5 == 0 else "Completed/Signed" for n in number]
    alliances = drawn.alliances.assign(status=pd.array(status, dtype="string"))
    return World(
        alliances, drawn.participants, drawn.units, drawn.firm_years, drawn.segments
    )


def test_each_variant_is_what_it_would_be_alone():
    drawn = world()
    source = AllianceTables(drawn.alliances, drawn.participants, drawn.units)
    found = portfolio_tables(source, drawn.firm_years, SETTINGS)
    sizes = {}
    size = drawn.participants.groupby("alliance").size()
    assert set(size) > {2}
    for name, rule in variants_of(SETTINGS).items():
        deals = drawn.alliances[drawn.alliances.status.isin(rule["statuses"])]
        if rule["parties"] == "two":
            deals = deals[deals.alliance.isin(size.index[size == 2])]
        parties = drawn.participants[drawn.participants.alliance.isin(deals.alliance)]
        coded = code_structures(drawn.units, "majority", rule["coder"])
        structures = carry_forward(coded, drawn.firm_years, rule["carry_forward"])
        keys = ("life", "weights", "structure", "undefined", "max_age_days")
        switches = PortfolioRule(**{key: rule[key] for key in keys})
        alone = portfolios(deals, parties, structures, drawn.firm_years, switches)
        pd.testing.assert_frame_equal(found.portfolios[name], alone)
        sizes[name] = alone.portfolio_size.sum()
        if name == "base":
            experience = firm_year_experience(deals, parties, drawn.firm_years)
            pd.testing.assert_frame_equal(found.experience, experience)
            pd.testing.assert_frame_equal(found.structures, structures)
            assert len(found.partnerships) >= sizes[name]
    assert list(found.portfolios) == ["base", *SETTINGS["variants"]]
    assert sizes["short"] < sizes["base"] < sizes["many"]
    assert 0 < sizes["ended"] < sizes["base"]


def test_what_was_used_early_is_counted_and_only_by_design():
    drawn = world()
    source = AllianceTables(drawn.alliances, drawn.participants, drawn.units)
    found = portfolio_tables(source, drawn.firm_years, SETTINGS).look_ahead
    assert found[["variant", "audit"]].to_numpy().tolist() == [
        [variant, audit]
        for variant in ("base", *SETTINGS["variants"])
        for audit in ("activity", "structure")
    ]
    early = found[found["rows"] > 0]
    assert early[["variant", "convention"]].to_numpy().tolist() == [
        ["own_year", "fiscal_year"]
    ]
