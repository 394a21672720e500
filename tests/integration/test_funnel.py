"""The funnel of sources: every row that a reader rejected is counted, once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alliance_value.alliances.contracts.alliances import Participants
from alliance_value.alliances.source_funnel import Counted, deal_funnel, row_funnel
from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.alliances.sources.sdc import Deals, records
from alliance_value.alliances.structures import carry_forward, code_structures
from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import in_words, rejected_by_rule
from alliance_value.contracts.storage import conform, empty
from alliance_value.sources.firm_years import SourceTables
from alliance_value.sources.profile import profile_file
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile
from tests.conftest import Worlds
from tests.world_files import world_deals, world_statements

PLAIN = TableFile(entity="", file="")
COUNTED = ["Completed/Signed", "Extended", "Renegotiated", "Terminated", "Expired"]
SETTINGS = {"life": "5y", "statuses": COUNTED, "parties": "two"}


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> Path:
    return worlds["hostile"]


@pytest.fixture(scope="module")
def deals(world: Path) -> Deals:
    return world_deals(world)


@pytest.fixture(scope="module")
def statements(world: Path) -> SourceTables:
    return world_statements(world, "at")


@pytest.fixture(scope="module")
def structures(world: Path, statements: SourceTables) -> pd.DataFrame:
    units, _ = coded_units(read_file(world / "structures.csv", PLAIN))
    return carry_forward(code_structures(units), statements.firm_years)


@pytest.fixture(scope="module")
def matched(deals: Deals, statements: SourceTables) -> pd.DataFrame:
    """Participants, four of five taken for one of the firms of the statements."""
    firms = sorted(statements.firm_years.firm.unique())
    place = pd.Series(range(len(deals.parties)))
    found = place.map(lambda n: firms[n % len(firms)] if n % 5 else None)
    table = deals.parties.drop(columns="share").assign(
        firm=found.to_numpy(), match_method=None, match_score=None
    )
    return conform(table, Participants)


@pytest.fixture(scope="module")
def funnel(world, deals, statements, structures, matched) -> pd.DataFrame:
    files = sorted(world.glob("sdc_alliances_*.csv"))
    lines = [profile_file(str(f), PLAIN, records)["rows"] for f in files]
    branch = deal_funnel(
        sum(lines),
        Counted(deals.alliances, matched, structures, statements.firm_years),
        deals.rejects,
        SETTINGS,
    )
    return branch.table()


def test_each_step_starts_with_the_rows_that_the_last_one_left(funnel):
    assert list(funnel.rows_in[1:]) == list(funnel.rows_out[:-1])
    assert (funnel.rows_in - funnel.dropped == funnel.rows_out).all()
    conform(funnel, Funnel)


def test_every_deal_that_a_rule_rejected_is_a_row_of_the_rejects(funnel, deals):
    dropped = funnel[funnel.step.str.startswith("without: ")]
    counted = dict(zip(dropped.step, dropped.dropped, strict=True))
    rejected = rejected_by_rule(deals.rejects)
    assert rejected, "the hostile world has rejects"
    assert counted == {f"without: {in_words(r)}": n for r, n in rejected.items()}


def test_what_the_reader_kept_stands_after_its_last_rule(funnel, deals):
    last = funnel[funnel.why.str.startswith("rule of the reader")].iloc[-1]
    assert last.rows_out == len(deals.alliances)


def test_the_study_s_own_steps_follow_in_order(funnel, deals, matched):
    own = funnel.set_index("step")
    counted = deals.alliances[deals.alliances.status.isin(COUNTED)]
    assert own.loc["status that counts", "rows_out"] <= len(counted)
    two = matched.groupby("alliance").size()
    assert own.loc["two participants", "rows_out"] <= (two == 2).sum()
    assert funnel.rows_out.is_monotonic_decreasing
    assert own.loc["both structures known", "rows_out"] > 0


def test_firm_years_name_the_reader_s_rules_with_their_rows(statements):
    step = statements.funnel.set_index("step").loc["rows of the compustat standard"]
    counts = [int(p.rsplit(" ", 1)[1].replace(",", "")) for p in step.why.split("; ")]
    assert sum(counts) == step.dropped
    dropped = statements.funnel.dropped.sum()
    rejected = rejected_by_rule(statements.rejects)
    assert sum(rejected.values()) == dropped


def test_rows_of_other_sources_are_followed_rule_by_rule(deals):
    table = row_funnel("sheet", 5000, deals.rejects).table()
    assert set(table.branch) == {"source:sheet"}
    assert table.rows_out.iloc[-1] == 5000 - sum(
        rejected_by_rule(deals.rejects).values()
    )


def test_a_row_that_two_rules_reject_counts_once():
    from alliance_value.contracts.rejects import collect, rejects

    row = pd.Series([3])
    parts = [
        rejects(file="a.csv", row=row, column="x", value="1", rule=rule, action=action)
        for rule, action in (
            ("b_rule", "rejected"),
            ("a_rule", "rejected"),
            ("c_rule", "repaired"),
        )
    ]
    assert rejected_by_rule(collect(parts)) == {"a_rule": 1}


def test_without_rejects_nothing_is_dropped(deals):
    table = row_funnel("sheet", 7, empty_rejects()).table()
    assert list(table.rows_out) == [7]


def empty_rejects() -> pd.DataFrame:
    from alliance_value.contracts.rejects import Rejects

    return empty(Rejects)
