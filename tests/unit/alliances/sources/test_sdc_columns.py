"""Heads of SDC's exports, and LSEG's rows as SDC's blocks, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.alliances.sources.sdc_columns import (
    ALLIANCE_SIC,
    DATES,
    DEAL,
    FLAGS,
    PARTY,
    STATUS_COLUMN,
    lseg_key,
    one_block_each,
    sdc_names,
    usual_spelling,
)
from alliance_value.alliances.sources.sdc_shares import venture_shares

NAME = PARTY["name"]


@pytest.mark.parametrize(
    ("name", "spelt"),
    [
        ("deal number", DEAL),
        ("STATUS.1", f"{STATUS_COLUMN}.1"),
        ("Status (12)", f"{STATUS_COLUMN} (12)"),
        ("Status_123", "Status_123"),
        ("marketing flag", FLAGS["marketing"]),
        ("Other", "Other"),
        ("Other 2", "Other 2"),
    ],
)
def test_a_column_is_spelt_as_sdc_does(name, spelt):
    assert usual_spelling(name) == spelt


def test_fields_of_lseg_have_sdcs_names():
    assert lseg_key("TR.JVDateAnnounced") == lseg_key("JV Date Announced")
    plain = [" deal number\t", "Status", "x"]
    assert sdc_names(plain) == ([DEAL, STATUS_COLUMN, "x"], False)
    fields = ["TR.JVSDCDealNumber", "JV Date Announced", "TR.JVAlliancePrimarySic", "Y"]
    assert sdc_names(fields) == (
        [DEAL, DATES["announced"], ALLIANCE_SIC, "Y"],
        True,
    )
    # of a short and a long name the short one counts
    long, short = "TR.JVParticipantName", "TR.JVParticipantShortName"
    assert sdc_names([fields[0], long]) == ([DEAL, NAME], True)
    assert sdc_names([fields[0], long, short]) == ([DEAL, long, NAME], True)
    assert sdc_names(["SDC Deal Number"]) == (["SDC Deal Number"], False)


def test_rows_of_instruments_are_put_as_blocks():
    rows = [
        ("2", "open", "b"),
        ("1", "open", "a"),
        ("", "x", "stray"),
        ("2", "open", "b"),
        ("1", "closed", "c"),
        ("2", "open", "d"),
        ("", "x", "stray"),
    ]
    table = pd.DataFrame(rows, columns=[DEAL, STATUS_COLUMN, NAME])
    kept, words = one_block_each(table)
    assert kept.index.tolist() == [2, 6, 0, 5, 1, 4]
    assert kept.to_numpy().tolist() == [
        ["", "x", "stray"],
        ["", "x", "stray"],
        ["2", "open", "b"],
        ["", "", "d"],
        ["1", "open", "a"],
        ["", "", "c"],
    ]
    assert words == (
        "1 rows repeat a participant for another instrument; 1 rows differ from their "
        "deal's first one"
    )
    assert one_block_each(table.head(2))[1] == (
        "0 rows repeat a participant for another instrument"
    )


def shares(*rows, decimal="."):
    columns = ["alliance", "parent_cusip6", "parent_name", "name", "share"]
    parties = pd.DataFrame(rows, columns=columns, dtype="string")
    known = pd.DataFrame({"alliance": ["a", "b", "c"], "joint_venture": [1, 1, 0]})
    known = known.astype({"alliance": "string", "joint_venture": "bool"})
    table, words = venture_shares(parties, known, decimal)
    assert set(table.held) <= {"venture"}
    return table[["alliance", "holder", "share"]].to_numpy().tolist(), words


def test_shares_of_a_venture_are_percent_of_at_most_the_whole():
    table, words = shares(
        ("a", "111111", "P", "n", "60 %"),
        ("a", None, "Q", "n", "40,5"),
        ("b", None, None, "m", "100"),
        ("b", None, None, "k", "0"),
        ("b", None, None, "l", "101"),
        ("b", None, None, "o", "many"),
        ("c", None, None, "x", "50"),
        decimal=",",
    )
    assert table == [["a", "111111", 60.0], ["a", "Q", 40.5], ["b", "m", 100.0]]
    assert words == (
        "3 participants' shares of joint ventures read",
        "2 are no percentage: taken as not stated",
    )


def test_shares_of_one_parent_are_added_and_those_beyond_the_whole_left_out():
    table, words = shares(
        ("a", "111111", "P", "n", "60"),
        ("a", "111111", "P", "m", "40.4"),
        ("b", "222222", "Q", "k", "60"),
        ("b", None, "R", "l", "40.6"),
    )
    assert table == [["a", "111111", 100.0]]
    assert words == (
        "2 participants' shares of joint ventures read",
        "1 ventures' add up to more than 100: taken as not stated",
    )


def test_shares_of_at_most_one_are_parts_of_the_whole():
    table, words = shares(("a", "1", "P", "n", "0.6"), ("a", "2", "Q", "m", "1"))
    assert table == []
    assert words[0] == (
        "participants' shares are at most 1: taken for parts of the whole"
    )
    assert shares(("a", "1", "P", "n", "0.6"))[0] == [["a", "1", 60.0]]
    one = shares(("a", "1", "P", "n", "0.6"), ("b", "2", "Q", "m", "1.5"))
    assert one[0] == [["a", "1", 0.6], ["b", "2", 1.5]] and len(one[1]) == 1
