"""Small tables of firms: read whole, or stopped with every fault."""

import pytest

from alliance_value.alliances.sources.firm_tables import READERS
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
        "from_industry,to_industry,value\n20,37,x\n20,20,-1\n,37,1\n20,20,3\n",
        [(2, "value"), (3, "value"), (4, "from_industry"), (5, "from_industry")],
    ),
    "firm_classes": (
        "gvkey,class,weight\n1001,A61,3\n1001,A61,1\n1001,,\n",
        [(3, "gvkey"), (4, "class"), (4, "weight")],
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


def read(source, text, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text(text, encoding="utf-8")
    return READERS[source][0](read_file(file, TableFile(entity="", file="")))


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
