"""Lists of tickers, of one day and by date."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.edgar.registrants import about, listed_in, registrants
from alliance_value.study.spec import TableFile

DATED = TableFile(entity="", file="", reader="dated_tickers")
PLAIN = TableFile(entity="", file="")
ENTRIES = {
    "0": {"cik_str": 320193, "ticker": "AAPL", "title": "Apple Inc."},
    "1": {"cik_str": 7, "ticker": "B", "title": "Beta"},
    "2": {"cik_str": 7, "ticker": "B-A", "title": "Beta"},
}


def test_the_list_of_a_day_names_each_registrant_once(tmp_path):
    path = tmp_path / "company_tickers.json"
    path.write_text(json.dumps(ENTRIES))
    assert listed_in(path)[0] == ("0000320193", "AAPL", "Apple Inc.")
    listed = registrants([str(path)], PLAIN)
    assert listed.header.firm.tolist() == ["0000320193", "0000000007"]
    assert listed.header.name.tolist() == ["Apple Inc.", "Beta"]
    assert listed.header.cusip.isna().all()
    for part in (listed.names, listed.links, listed.about, listed.rejects):
        assert len(part) == 0
    # of two files all problems come at once
    (tmp_path / "a.json").write_text("[1]")
    (tmp_path / "b.json").write_text('{"0": {"cik_str": 1}}')
    with pytest.raises(UserError) as caught:
        registrants([str(tmp_path / n) for n in ("a.json", "b.json", "c.json")], PLAIN)
    assert [p.where for p in caught.value.problems][:2] == ["a.json", "b.json"]
    assert len(caught.value.problems) == 3
    assert "is no list of tickers" in caught.value.problems[0].rule


def dated(tmp_path, text: str):
    (tmp_path / "t.csv").write_text(text)
    return registrants([str(tmp_path / "t.csv")], DATED)


def test_spells_of_tickers_by_date(tmp_path):
    listed = dated(
        tmp_path,
        "cik,ticker,from,to,name,security,sic,state\n"
        "320193,AAPL,1990-01-01,1999-12-31,Apple,11.0,3571,CA\n"
        "320193,AAPL,2000-01-01,,Apple Inc,11.0,3571,\n"
        "7,B,,2001-12-31,,,,NY\n"
        ",C,1990-01-01,1999-12-31,,,,\n"
        "9,D,1999-01-01,1998-01-01,,,,\n",
    )
    links = listed.links.set_index("security")
    assert links.firm.to_dict() == {"11": "0000320193", "B": "0000000007"}
    assert links.link_from["11"] == pd.Timestamp("1990-01-01")
    assert links.link_to["11"] > pd.Timestamp("2100-01-01")
    assert links.link_from["B"] < pd.Timestamp("1950-01-01")
    assert links.link_to["B"] == pd.Timestamp("2001-12-31")
    assert set(links.link_type) == {"ticker"}
    names = listed.names[["security", "name"]].to_numpy().tolist()
    assert names == [["11", "Apple"], ["11", "Apple Inc"]]
    assert listed.names.name_to.iloc[0] == pd.Timestamp("1999-12-31")
    assert listed.names.ncusip.isna().all() and listed.header.empty
    # of each the last spell that tells it
    assert listed.about.loc["0000320193"].fillna("-").tolist() == ["3571", "CA"]
    assert listed.about.loc["0000000007"].fillna("-").tolist() == ["-", "NY"]
    rejected = listed.rejects[listed.rejects.action == "rejected"]
    assert rejected.row.tolist() == [5, 6] and set(rejected.file) == {"t.csv"}


def test_a_security_may_have_its_ticker_alone(tmp_path):
    listed = dated(tmp_path, "cik,symbol,valid_from,valid_to\n7,B,2000-01-01,\n")
    assert listed.links.security.tolist() == ["B"]
    assert listed.names.empty and listed.about.empty


def test_industry_and_place_are_those_of_the_last_spell():
    day = pd.to_datetime(["2001-01-01", "2000-01-01", "2000-01-01"])
    spells = pd.DataFrame({"firm": [*"aab"], "link_from": day, "sic": ["2", "1", None]})
    assert about(spells).sic.fillna("-").to_dict() == {"a": "2", "b": "-"}
    assert about(spells.drop(columns="sic")).empty
