"""Small tables of firms: read whole, or stopped with every fault."""

import pandas as pd
import pytest

from alliance_value.alliances.sources.firm_tables import READERS
from alliance_value.alliances.sources.known_codes import known_codes
from alliance_value.contracts.problems import UserError
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

GOOD = {
    "input_output": "from_industry,to_industry,value\n20,37,1.5\n01,20,2\n",
    "firm_classes": "gvkey,class,weight\n1001,A61,3\n1001,G06,1\n",
    "major_customers": "gvkey,datadate,customer,share\n1001,2004-12-31,Acme,0.2\n",
    "alliance_function": "gvkey,from,to\n1001,2000-01-01,\n2,2001-05-01,2002-01-01\n",
}
BAD = {
    "input_output": (
        "from_industry,to_industry,value\n20,37,x\n20,20,-1\n,37,1\n2,1,3\n2,1,3\n",
        [(2, "value"), (3, "value"), (4, "from_industry"), (6, "to_industry")],
    ),
    "firm_classes": (
        "gvkey,class,weight\n1001,A61,3\n1001,A61,1\n1001,,\n",
        [(3, "class"), (4, "class"), (4, "weight")],
    ),
    "major_customers": (
        "gvkey,datadate,customer,share\n1,2004-12-31,A,0.7\n1,2004-12-31,B,0.6\n"
        "1,soon,A,0.1\n",
        [(2, "share"), (4, "datadate")],
    ),
    "alliance_function": (
        "gvkey,from,to\n1,2000-01-01,1999-01-01\n1,2003-01-01,never\n,2000-01-01,\n",
        [(2, "to"), (3, "to"), (4, "gvkey")],
    ),
}


def read(source, text, tmp_path, key="gvkey"):
    file = tmp_path / "a.csv"
    file.write_text(text, encoding="utf-8")
    raw = read_file(file, TableFile(entity="", file=""))
    return READERS[source][0](raw, key)[0]


@pytest.mark.parametrize("source", GOOD)
def test_good_tables_are_read(source, tmp_path):
    table = read(source, GOOD[source], tmp_path)
    assert len(table) == GOOD[source].count("\n") - 1
    if "firm" in table:
        assert table.firm.str.len().eq(6).all()


@pytest.mark.parametrize("source", BAD)
def test_every_fault_is_told_with_its_row(source, tmp_path):
    text, places = BAD[source]
    with pytest.raises(UserError) as error:
        read(source, text, tmp_path)
    found = [(p.row, p.column) for p in error.value.problems]
    assert sorted(found) == sorted(places)
    named = text.split("\n", 1)[0].split(",")
    renamed = text.replace(named[1], "other", 1)
    with pytest.raises(UserError, match=f"there is no column '{named[1]}'"):
        read(source, renamed, tmp_path)


@pytest.mark.parametrize(
    ("key", "printed", "codes"),
    [
        ("gvkey", "gvkey", ["000002", "001001"]),
        ("CIK", "cik", ["0000000002", "0000001001"]),
        ("cik", "firm", ["0000000002", "0000001001"]),
        ("ticker", "Ticker", ["1001", "2.0"]),
    ],
)
def test_firms_are_called_as_the_study_calls_them(key, printed, codes, tmp_path):
    head = f"{printed},from,to\n"
    text = head + "1001,2000-01-01,\n2.0,2001-05-01,2002-01-01\n"
    assert list(read("alliance_function", text, tmp_path, key).firm) == codes


def test_of_two_columns_of_firms_the_studys_own_counts(tmp_path):
    text = "gvkey,cik,class,weight\n1001,77,A61,3\n"
    assert list(read("firm_classes", text, tmp_path, "cik").firm) == ["0000000077"]
    assert list(read("firm_classes", text, tmp_path).firm) == ["001001"]


def test_a_spell_without_an_end_lasts_whatever_marks_it(tmp_path):
    text = "gvkey,from,to\n1,2000-01-01,E\n2,2000-01-01,9999-12-31\n3,2000-01-01,NA\n"
    assert read("alliance_function", text, tmp_path).ends.isna().all()


def test_a_table_of_which_the_study_knows_no_code_stops():
    own = pd.Series(["1", "2", "2"], dtype="string")
    words = known_codes(own, pd.Series(["2", "3"]), "alliance_function", "firms")
    assert words == "1 of 2 firms of alliance_function are the study's"
    with pytest.raises(UserError, match="such as 000002"):
        known_codes(own, pd.Series(["000002"]), "alliance_function", "firms")
    assert known_codes(own.head(0), own, "ownership", "alliances").startswith("0 of 0")
