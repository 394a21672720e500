"""Participants to firms: identifiers at the date, names, the review file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.contracts.alliances import MatchesToReview, Participants
from alliance_value.alliances.sources.matching import issuers, match_participants
from alliance_value.alliances.sources.review import (
    apply_decisions,
    matches_to_review,
    read_decisions,
    word_scores,
    word_weights,
)
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.storage import load, store
from alliance_value.sources.compustat import header
from alliance_value.sources.links import firm_links
from alliance_value.sources.names import read_names
from tests.unit.conftest import Table, raw_file
from tests.world_files import world_deals

KNOWN = pd.DataFrame(
    [
        ("000001", "111111", "ACME", "1990-01-01", "1999-12-31", True),
        ("000001", "222222", "ACME GLOBAL", "2000-01-01", "2010-12-31", True),
        ("000002", "111111", "BOLT SYSTEMS", "2001-01-01", "2010-12-31", True),
        ("000003", "333333", "TWIN", "1990-01-01", "2010-12-31", True),
        ("000004", "444444", "TWIN", "1990-01-01", "2010-12-31", True),
        ("000005", "555555", "ORION PHARMA SYSTEMS", "1990-01-01", "2010-12-31", True),
        ("000006", "666666", "HEADER ONLY", "1700-01-01", "2200-01-01", False),
    ],
    columns=["firm", "cusip6", "plain", "valid_from", "valid_to", "historical"],
).astype({"valid_from": "datetime64[us]", "valid_to": "datetime64[us]"})


def match(announced: str = "2004-05-01", **cells: str) -> pd.DataFrame:
    row: dict[str, object] = dict.fromkeys(
        [*Participants.to_schema().columns][2:9], pd.NA
    )
    parties = pd.DataFrame([{"alliance": "1", "position": 1, **row, **cells}])
    parties = parties.astype(dict.fromkeys(parties.columns.drop("position"), "string"))
    return match_participants(parties, deals(announced), KNOWN)


def deals(announced: str = "2004-05-01") -> pd.DataFrame:
    return pd.DataFrame({"alliance": ["1"], "announced": [pd.Timestamp(announced)]})


@pytest.mark.parametrize(
    ("announced", "cells", "firm", "method"),
    [
        ("1995-05-01", {"cusip6": "111111"}, "000001", "cusip"),
        ("2004-05-01", {"cusip6": "111111"}, "000002", "cusip"),
        ("2000-05-01", {"cusip6": "111111"}, None, None),
        (
            "2004-05-01",
            {"cusip6": "999999", "parent_cusip6": "222222"},
            "000001",
            "parent cusip",
        ),
        ("2004-05-01", {"cusip6": "666666"}, "000006", "header cusip"),
        ("2004-05-01", {"parent_name": "Acme Global, Inc."}, "000001", "parent name"),
        ("1995-05-01", {"parent_name": "Acme Global, Inc."}, None, None),
        ("2004-05-01", {"name": "THE ACME GLOBAL CORP"}, "000001", "name"),
        ("2004-05-01", {"name": "Twin Co"}, None, None),
        ("2004-05-01", {"name": "Acme Global", "nation": "Japan"}, None, None),
        ("2004-05-01", {"name": "Orion Pharma"}, None, None),
    ],
)
def test_order_of_matching(
    announced: str, cells: dict[str, str], firm: str | None, method: str | None
) -> None:
    row = match(announced, **cells).iloc[0]
    assert (None if pd.isna(row.firm) else row.firm) == firm
    assert (None if pd.isna(row.match_method) else row.match_method) == method
    assert row.match_score == 1 or firm is None


@pytest.mark.parametrize(
    ("cells", "firms", "reason"),
    [
        ({"name": "Orion Pharma"}, ["000005"], "similar name"),
        ({"parent_name": "Twin Inc"}, ["000003", "000004"], "several firms of this"),
        ({"name": "General Systems"}, [], ""),
        ({"name": "Orion Pharma", "nation": "Japan"}, [], ""),
        ({}, [], ""),
    ],
)
def test_candidates(cells: dict[str, str], firms: list[str], reason: str) -> None:
    table = matches_to_review(match(**cells), deals(), KNOWN)
    assert table.firm.tolist() == firms
    assert table.reason.str.startswith(reason).all()
    assert table.score.between(0.5, 1).all()


def test_the_three_best_firms_of_at_least_half_the_words_are_proposed() -> None:
    known = pd.concat([KNOWN.tail(1)] * 5, ignore_index=True).assign(
        firm=[f"00001{n}" for n in range(5)],
        plain=["QUARTZ PHARMA", *["QUARTZ PHARMA SYSTEMS"] * 3, "QUARTZ"],
    )
    table = matches_to_review(match(name="Quartz Pharma"), deals(), known)
    assert table.firm.tolist() == ["000010", "000011", "000012"]
    assert table.score.is_monotonic_decreasing
    assert table.score.iloc[0] == 1


def test_rare_words_count_more() -> None:
    table = matches_to_review(match(name="Orion Pharma"), deals(), KNOWN)
    # two of three words are shared, the two rare ones
    assert table.score.item() > 2 / 3


def test_review_comes_back(tmp_path: Path, table: Table) -> None:
    unmatched = match(name="Orion Pharma")
    path = tmp_path / "matches_to_review.csv"
    store(matches_to_review(unmatched, deals(), KNOWN), MatchesToReview, path)
    text = path.read_text(encoding="utf-8")
    assert text.splitlines()[1].endswith(",")
    path.write_text(text.rstrip("\n") + "Accept\n", encoding="utf-8")
    decisions = read_decisions(raw_file(path))
    done, words = apply_decisions(unmatched, decisions)
    assert done.firm.tolist() == ["000005"]
    assert done.match_method.tolist() == ["reviewed"]
    assert 0.5 < done.match_score.item() < 1
    assert words[0].startswith("1 participants")
    again = matches_to_review(unmatched, deals(), KNOWN, decisions)
    assert again.decision.tolist() == ["accept"]
    store(again, MatchesToReview, path)
    pd.testing.assert_frame_equal(load(path, MatchesToReview), again)


def test_review_never_replaces_an_identifier() -> None:
    matched = match(cusip6="222222")
    decisions = pd.DataFrame(
        {
            "alliance": ["1", "9"],
            "position": [1, 1],
            "firm": ["000005", "000005"],
            "decision": ["accept", "accept"],
            "score": [0.7, 0.7],
        }
    )
    done, words = apply_decisions(matched, decisions)
    assert done.firm.tolist() == ["000001"]
    assert words[1].startswith("1 accepted")


def test_formulas_are_made_harmless() -> None:
    known = KNOWN.assign(plain=KNOWN.plain.replace("ORION PHARMA SYSTEMS", "SUM A1"))
    unmatched = match(name="=SUM(A1,B2)")
    table = matches_to_review(unmatched, deals(), known)
    assert table.name.str.startswith("'=").all()
    assert len(table) == 1


def test_bad_decisions_are_reported_at_once(table: Table) -> None:
    text = (
        "alliance,position,firm,decision,score\n"
        "1,1,000001,acept,0.9\n"
        "1,2,000001,accept,0.9\n"
        "1,2,000002,accept,0.8\n"
        "1,3,000002,reject,0.8\n"
        "1,3,000002,reject,0.8\n"
        ",3,000002,,0.8\n"
    )
    with pytest.raises(UserError) as error:
        read_decisions(table(text))
    assert sorted(p.row or 0 for p in error.value.problems) == [2, 4, 6, 7]
    with pytest.raises(UserError, match="'decision'"):
        read_decisions(table("alliance,position,firm\n1,1,1\n"))


def matched(folder: Path) -> pd.DataFrame:
    deals = world_deals(folder)
    links, _ = firm_links(raw_file(folder / "ccm_lnkhist.csv"))
    names, _ = read_names(raw_file(folder / "crsp_dsenames.csv"))
    known = issuers(names, links, header(raw_file(folder / "compustat_funda.csv")))
    return match_participants(deals.parties, deals.alliances, known)


def test_world(worlds: dict[str, Path]) -> None:
    clean, dirty = matched(worlds["none"]), matched(worlds["hostile"])
    assert clean.firm.notna().mean() > 0.9
    both = clean.merge(dirty, on=["alliance", "position"], suffixes=("", "_dirty"))
    assert len(both) > 0.95 * len(clean)
    same = both.firm.eq(both.firm_dirty) | (both.firm.isna() & both.firm_dirty.isna())
    assert same.mean() > 0.99


def test_decisions_name_firms_as_the_study_does(table: Table) -> None:
    text = "alliance,position,firm,decision\n1,1,1004,accept\n"
    assert read_decisions(table(text), "cik").firm.tolist() == ["0000001004"]
    assert read_decisions(table(text)).firm.tolist() == ["001004"]


def test_no_pair_of_names_that_scores_half_is_passed_over() -> None:
    rng = np.random.default_rng(4)
    words = np.array([f"W{n}" for n in range(30)], object)
    weight = 1 / np.arange(1, 31)
    names = [
        " ".join(rng.choice(words, n, replace=False, p=weight / weight.sum()))
        for n in rng.integers(1, 5, 300)
    ]
    theirs = pd.Series(names[:200], dtype="string")
    these = pd.Series([*names[200:], "NEW W0", "NEW W29"], dtype="string")
    weights = word_weights(theirs)
    scores = word_scores(these, theirs, weights).set_index(["left", "right"]).score
    expected = {}
    for left, own in these.items():
        for right, other in theirs.items():
            parts = [
                sum(weights.get(w, weights.max()) for w in sorted(kept))
                for kept in (
                    {*own.split()} & {*other.split()},
                    {*own.split()} | {*other.split()},
                )
            ]
            if parts[0] / parts[1] >= 0.5 - 1e-9:
                expected[left, right] = parts[0] / parts[1]
    assert 100 < len(expected) < len(these) * len(theirs) / 2
    assert {*scores.index} == {*expected}
    np.testing.assert_allclose([scores[k] for k in expected], [*expected.values()])
