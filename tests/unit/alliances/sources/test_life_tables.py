"""Tables of shares, ends and acquisitions: what is read, rejected and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_value.alliances.sources.life_tables import (
    read_acquisitions,
    read_ownership,
    read_terminations,
)
from alliance_value.contracts.problems import UserError
from alliance_value.sources.read_file import read_file, rows_of
from alliance_value.study.spec import layout_of

OWNERSHIP = {name: name for name in ("alliance", "holder", "held", "share")}
TERMINATIONS = {"alliance": "alliance", "ended": "ended", "cause": "cause"}
ACQUISITIONS = {name: name for name in ("acquirer", "target", "announced")}


def raw(tmp_path: Path, text: str):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return read_file(path, layout_of({"file": str(path)}))


def test_shares_are_percent_of_a_venture_or_of_the_partner(tmp_path):
    table, rejected = read_ownership(
        raw(
            tmp_path,
            "Alliance,holder,held,share\n1,001,Venture,50\n1,002,venture,50\n"
            "2,001,partner,12.5\n2,001,partner,13\n,001,partner,5\n3,,partner,5\n"
            "4,001,board,5\n5,001,partner,0\n6,001,partner,101\n7,001,partner,x\n",
        ),
        OWNERSHIP,
    )
    assert list(table.share) == [50, 50, 12.5]
    assert list(table.holder) == ["000001", "000002", "000001"]
    assert rejected.rule.value_counts().to_dict() == {
        "share_outside_0_to_100": 3,
        "alliance_missing": 1,
        "holder_missing": 1,
        "neither_venture_nor_partner": 1,
        "holder_repeated": 1,
    }


def test_ends_have_a_day_and_perhaps_a_cause(tmp_path):
    text = "alliance,ended,cause\n1,2001-05-01,Acquired\n2,2002-01-01,quarrel\n"
    text += "3,soon,acquired\n3,2003-01-01,\n3,2004-01-01,party left\n"
    table, rejected = read_terminations(raw(tmp_path, text), TERMINATIONS)
    assert list(table.alliance) == ["1", "2", "3"]
    assert list(table.cause) == ["acquired", "dissolved", "dissolved"]
    assert sorted(rejected.rule) == [
        *("alliance_repeated", "cause_taken_for_dissolution"),
        "date_missing_or_unreadable",
    ]
    without, _ = read_terminations(
        raw(tmp_path, text), {k: v for k, v in TERMINATIONS.items() if k != "cause"}
    )
    assert set(without.cause) == {"dissolved"}


def test_acquisitions_name_both_firms(tmp_path):
    text = "acquirer,target,announced\n001,002,2001-05-01\n003,003,2001-05-01\n"
    text += ",002,2001-05-01\n001,,2001-05-01\n001,004,never\n"
    table, rejected = read_acquisitions(raw(tmp_path, text), ACQUISITIONS)
    assert table[["acquirer", "target"]].to_numpy().tolist() == [["000001", "000002"]]
    by_cik, _ = read_acquisitions(raw(tmp_path, text), ACQUISITIONS, "cik")
    assert by_cik.acquirer.tolist() == ["0000000001"]
    assert table.effective.isna().all()
    assert sorted(rejected.rule) == [
        *("acquired_by_itself", "acquirer_missing"),
        *("date_missing_or_unreadable", "target_missing"),
    ]


def test_every_absent_column_is_named_at_once(tmp_path):
    with pytest.raises(UserError) as error:
        read_ownership(
            raw(tmp_path, "alliance,owner,what,percent\n1,2,3,4\n"), OWNERSHIP
        )
    assert len(error.value.problems) == 3


def test_a_file_of_which_no_row_can_be_used_stops(tmp_path):
    with pytest.raises(UserError, match="no row can be used"):
        read_terminations(raw(tmp_path, "alliance,ended,cause\n,x,\n"), TERMINATIONS)


def test_days_that_may_be_months_stop_unless_another_column_tells(tmp_path):
    text = "acquirer,target,announced,effective\n1,2,03/04/2001,{}\n"
    columns = ACQUISITIONS | {"effective": "effective"}
    with pytest.raises(UserError, match="set dates for this source"):
        read_acquisitions(raw(tmp_path, text.format("05/06/2001")), columns)
    table, _ = read_acquisitions(raw(tmp_path, text.format("25/06/2001")), columns)
    assert str(table.announced[0].date()) == "2001-04-03"


def test_a_day_of_completion_that_cannot_be_read_is_told(tmp_path):
    text = "acquirer,target,announced,effective\n1,2,2001-04-03,soon\n3,4,2001-04-03,\n"
    columns = ACQUISITIONS | {"effective": "effective"}
    table, rejected = read_acquisitions(raw(tmp_path, text), columns)
    assert table.effective.isna().all()
    assert rejected[["row", "rule", "action", "value"]].to_numpy().tolist() == [
        [2, "date_unreadable", "repaired", "soon"]
    ]


def test_several_files_are_one_table_and_rejects_name_their_own(tmp_path):
    for name, rows in (("a", "1,2001-05-01\n"), ("b", "2,2002-05-01\n,2003-01-01\n")):
        (tmp_path / f"{name}.csv").write_text("alliance,ended\n" + rows, "utf-8")
    columns = {"alliance": "alliance", "ended": "ended"}
    table, rejected, _ = rows_of(
        lambda file: read_terminations(file, columns),
        [tmp_path / "a.csv", tmp_path / "b.csv"],
        layout_of({"file": ""}),
    )
    assert list(table.alliance) == ["1", "2"]
    assert rejected[["file", "row"]].to_numpy().tolist() == [["b.csv", 3]]
