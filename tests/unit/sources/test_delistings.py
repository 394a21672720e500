"""Delistings by hand: codes, missing returns, the last of several, exchanges."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.sources.delistings import MissingDelisting, read_delistings

NAMES = pd.DataFrame(
    {
        "security": [1, 1, 2, 3],
        "name_from": pd.to_datetime(
            ["1999-01-01", "2001-06-01", "2000-01-01", "2001-02-02"]
        ),
        "exchange_code": pd.array(["1", "3", "Q", "3"], dtype="string"),
    }
)


def read(table, rows, rule=None):
    raw = table("PERMNO,DLSTDT,DLSTCD,DLRET\n" + "\n".join(rows) + "\n")
    return read_delistings(raw, NAMES, rule)


@pytest.mark.parametrize(
    ("code", "ret"),
    [(199, None), (200, "-"), (399, "-"), (400, -0.3), (599, -0.3), (600, "-")],
)
def test_drops_for_cause_have_an_assumed_return(table, code, ret):
    found, noted = read(table, [f"1,20010601,{code},"])
    if ret is None:
        assert found.empty and noted.empty
    elif ret == "-":
        assert found.ret.isna().all() and not found.assumed.any()
        assert noted.rule.tolist() == ["delisting_return_missing"]
    else:
        assert found.ret.tolist() == [ret]
        assert found.assumed.all()
        assert noted[["rule", "action", "new_value"]].to_numpy().tolist() == [
            ["delisting_return_assumed", "repaired", "-0.3"]
        ]


def test_the_assumed_return_is_that_of_the_last_exchange_before(table):
    rule = MissingDelisting(nasdaq=-0.55)
    rows = ["1,20010601,500,", "2,19991231,500,", "3,20010202,500,S", "4,20010101,500,"]
    found, _ = read(table, [*rows, "5,20010101,500,-0.9"], rule)
    assert found.ret.tolist() == [-0.55, -0.3, -0.55, -0.3, -0.9]
    assert found.assumed.tolist() == [True] * 4 + [False]
    early, _ = read(table, ["1,20010531,500,"], rule)
    assert early.ret.tolist() == [-0.3]


def test_codes_for_a_missing_return_are_noted(table):
    rows = ["1,20010101,233,-1", "2,20010101,233,-1.01", "3,20010101,233,A"]
    found, noted = read(table, rows)
    assert found.ret.fillna(9).tolist() == [-1.0, 9, 9]
    coded = noted[noted.rule == "delisting_return_code"]
    assert coded["row"].tolist() == [3, 4]
    assert coded.value.tolist() == ["-1.01", "A"]


def test_of_several_rows_the_last_day_counts_and_no_key_is_no_row(table):
    rows = [
        *("1,20010301,233,0.1", "1,20010401,233,0.2", "1,20010101,233,0.3"),
        *(",20010401,233,0.2", "2,,233,0.2", "3,20010401,150,0.5", ",,,"),
    ]
    found, noted = read(table, rows)
    assert found[["security", "ret"]].astype(float).to_numpy().tolist() == [[1, 0.2]]
    assert found.delisted.tolist() == [pd.Timestamp("2001-04-01")]
    rules = noted.set_index("row").rule.to_dict()
    assert rules == {
        2: "earlier_delisting_of_security",
        4: "earlier_delisting_of_security",
        5: "security_missing_or_unreadable",
        6: "delisting_date_missing_or_unreadable",
    }
    assert set(noted.action) == {"rejected"}


def test_new_files_have_words_for_codes(table):
    raw = table(
        "PERMNO,DelistingDt,DelActionType,DelRet,DelDlyDt\n"
        "1,2001-01-01,MER,,2001-01-02\n2,2001-01-01,GEX,,\n"
        "3,2001-01-01,GLI,,\n4,2001-01-01,GDR,,\n5,2001-01-01,UNK,,\n"
    )
    found, _ = read_delistings(raw, NAMES)
    assert found.code.fillna(0).tolist() == [200, 300, 400, 500, 0]
    assert found.assumed.tolist() == [False, False, True, True, False]
    assert found.own_day.notna().tolist() == [True, *[False] * 4]
