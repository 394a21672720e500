"""A package holds no licensed row, and its twin none of the real ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.sharing.twin import twin_columns, twin_panel
from alliance_value.sharing.withhold import (
    faults,
    identities,
    mask,
    names_firms,
)

LICENSED = pd.DataFrame(
    {
        "gvkey": [f"00{i}" for i in range(1000, 1040)],
        "conm": [f"FIRM {i} INC" for i in range(40)],
        "sector": ["Energy", "Materials"] * 20,
        "at": [f"{100 + i}.25" for i in range(40)],
    }
)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.txt", b"", "empty"),
        ("a.csv", b'"001000","FIRM 0 INC","Energy","100.25"\n', "licensed"),
        ("a.csv", b" 001000 ,FIRM 0 INC,Energy,100.25\n", "licensed"),
        ("a.yaml", b"at: /home/ann/data\n", "path of one machine"),
        ("a.yaml", b"at: /srv/checkout/data\n", "path of one machine"),
        ("a.ini", b"secret_access_key = abcdefgh\n", "password"),
        ("a.md", b"postgresql://ann:sesame@host/db\n", "password in an address"),
        ("a.txt", b"AKIAABCDEFGHIJKLMNOP\n", "key of a cloud"),
    ],
)
def test_what_may_not_be_inside_is_found(name, content, words):
    found = faults({name: content}, [LICENSED], "/srv/checkout")
    assert len(found) == 1
    assert words in found[0][1]


def test_an_innocent_package_has_no_fault():
    files = {"a.csv": b"sector,n\nEnergy,20\n", "b.py": b"password = ask()\n"}
    assert faults(files, [LICENSED], "/srv/checkout") == []


def test_results_that_name_firms_are_recognized_and_categories_are_not():
    known = identities(LICENSED)
    assert {"001000", "FIRM 0 INC"} <= known
    assert known.isdisjoint({"Energy", "100.25"})
    assert names_firms(b"firm,effect\n001003,0.1\n", known)
    assert names_firms(b"<p>001003 (2), 001004</p>", known)
    assert not names_firms(b"x,y\n0.001003,1.001003\n", known)
    assert names_firms(b"<p>x</p><td class='a'> FIRM 3 INC </td>", known)
    assert not names_firms(b"<td>Energy</td>", known)
    assert not names_firms(b"sector,effect\nEnergy,0.1\n", known)
    rejects = b"file,row,column,value,rule,action,new_value\n"
    rejects += b"f.csv,3,at,-5,negative,rejected,\ng.csv,3,at,-6,negative,rejected,\n"
    masked = mask(rejects, ["value", "new_value"], ["f.csv"]).decode()
    assert "-5" not in masked
    assert "-6" in masked


def test_a_twin_has_the_columns_and_formats_and_none_of_the_rows():
    table = LICENSED.assign(
        fyear="2001", datadate="2001-12-31", flag=["0", "1"] * 20, empty=""
    )
    twin = twin_panel(table, "gvkey", "fyear", np.random.default_rng(1))
    assert list(twin.columns) == list(table.columns)
    assert set(twin.flag) == {"0", "1"}
    assert set(twin.sector) == {"Energy", "Materials"}
    assert twin.datadate.str.fullmatch(r"2001-12-31").all()
    assert (twin["at"].astype(float) > 0).all()
    assert (twin["empty"] == "").all()
    assert twin.gvkey.str.fullmatch(r"\d{6}").all()
    assert set(twin.gvkey).isdisjoint(table.gvkey)
    assert set(twin.conm).isdisjoint(table.conm)
    again = twin_panel(table, "gvkey", "fyear", np.random.default_rng(1))
    pd.testing.assert_frame_equal(twin, again)


def test_a_vendors_twin_takes_the_real_columns_in_their_spelling():
    like = pd.DataFrame({"gvkey": ["1"], "at": ["5"], "more": ["x"]})
    real = pd.DataFrame({"AT": ["7"], "GVKEY": ["2"], "own": ["3.5"]})
    twin = twin_columns(real, like, np.random.default_rng(1))
    assert list(twin.columns) == ["AT", "GVKEY", "own"]
    assert twin.loc[0, ["AT", "GVKEY"]].tolist() == ["5", "1"]
