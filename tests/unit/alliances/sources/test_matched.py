"""Deals read and matched at once: what was decided, and all problems together."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.alliances.sources.matched import matched_deals, ways
from alliance_value.contracts.problems import UserError

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
