"""Deals read and matched at once: what was decided, and all problems together."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.alliances.sources.matched import matched_deals, ways
from alliance_value.contracts.problems import UserError
from tests.unit.alliances.sources.test_sdc import deal, text

SOURCES = {
    "alliances": {"file": "x", "reader": "sdc"},
    "firm_years": {"file": "x", "reader": "compustat", "entity": "gvkey"},
    "reviewed_matches": {"file": "x"},
}


def test_ways_of_matching_are_counted():
    participants = pd.DataFrame({"match_method": ["cusip", "name", "cusip", None]})
    assert sorted(ways(participants)) == [
        "participants matched by cusip: 2",
        "participants matched by name: 1",
        "participants matched by not matched: 1",
    ]


def test_problems_of_all_files_are_told_at_once(tmp_path):
    paths = [tmp_path / name for name in ("deals.csv", "firms.csv", "seen.csv")]
    with pytest.raises(UserError) as caught:
        matched_deals(
            paths[:1],
            paths[1:2],
            paths[2:],
            pd.DataFrame(),
            pd.DataFrame(),
            SOURCES,
        )
    assert [problem.where.split("/")[-1] for problem in caught.value.problems] == [
        *("deals.csv", "firms.csv", "seen.csv")
    ]


def test_deals_are_read_and_their_parties_matched_with_what_was_decided(tmp_path):
    downloads, firms = tmp_path / "deals.csv", tmp_path / "firms.csv"
    downloads.write_text(text(deal()), encoding="utf-8")
    firms.write_text(
        "gvkey,cusip,conm\n1,012345104,ALPHA CORP\n2,999999106,OTHER\n",
        encoding="utf-8",
    )
    names = pd.DataFrame(
        {
            "security": pd.Series(dtype="int64"),
            "ncusip": pd.Series(dtype="string"),
            "name": pd.Series(dtype="string"),
            "name_from": pd.Series(dtype="datetime64[us]"),
            "name_to": pd.Series(dtype="datetime64[us]"),
        }
    )
    links = pd.DataFrame(
        {
            "firm": pd.Series(dtype="string"),
            "security": pd.Series(dtype="int64"),
            "link_from": pd.Series(dtype="datetime64[us]"),
            "link_to": pd.Series(dtype="datetime64[us]"),
        }
    )
    found = matched_deals([downloads], [firms], [], names, links, SOURCES)
    assert found.deals.alliances.alliance.tolist() == ["100"]
    assert found.participants.firm.fillna("-").tolist() == ["000001", "-"]
    assert [word for word in found.decisions if word.startswith("participants")] == [
        *ways(found.participants)
    ]
    assert [reading.file for reading in found.readings] == ["deals.csv"]
