"""Tickers by date: contracts and open prices -> the event study of both partners."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.announcements import dyads_of, security_at
from alliance_value.alliances.dyads import partner_events
from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.alliances.sources.filed_agreements import filed_alliances
from alliance_value.alliances.structures import code_structures
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.vendor_tables import TickerLinks
from alliance_value.events.study import event_study
from alliance_value.sources.edgar.registrants import dated_registrants
from alliance_value.sources.returns import read_returns
from alliance_value.study.spec import ReturnsFile
from tests.unit.conftest import Table

LISTED = (
    "cik,ticker,name,from,to\n"
    "11,OLD,ALPHA CORP,2000-01-03,2010-12-31\n"
    "11,NEW,ALPHA HOLDINGS INC,2011-01-01,\n"
    "12,BBB,Beta Systems Inc.,,\n"
    "14,OLD,OMEGA CORP,2012-01-01,\n"
)
CONTRACTS = (
    "Filename,Document Name-Answer,Parties-Answer,Agreement Date-Answer\n"
    "a_{day}_10-Q_x.pdf,MARKETING AGREEMENT,{first}; Beta Systems Inc,\n"
)
SHEET = (
    "cik,fyear,filing_accession,filing_date,unit_name,unit_class,coder,"
    "confidence,sales_share\n"
    "11,2013,1-14-1,2014-02-01,Consumers,customer,A,0.9,1\n"
    "12,2013,1-14-2,2014-02-01,Engines,product,A,0.9,1\n"
)


def linked(links: pd.DataFrame, firm: str, day: str) -> str | None:
    one = security_at(
        pd.Series([firm]), pd.Series([pd.Timestamp(day)]), links, pd.DataFrame()
    )
    return None if one.isna().item() else str(one.item())


def test_an_old_ticker_leads_to_who_bore_it_then(table: Table) -> None:
    links = dated_registrants(table(LISTED)).links
    assert linked(links, "0000000011", "2005-06-01") == "OLD"
    assert linked(links, "0000000011", "2010-12-31") == "OLD"
    assert linked(links, "0000000011", "2011-01-01") == "NEW"
    assert linked(links, "0000000011", "1999-12-31") is None
    assert linked(links, "0000000014", "2011-12-31") is None
    assert linked(links, "0000000014", "2012-01-01") == "OLD"
    assert linked(links, "0000000012", "1990-01-01") == "BBB"


def test_an_identifier_outlives_tickers(table: Table) -> None:
    ids = ["id", "900.0", "900", "", "901"]
    lines = zip(LISTED.splitlines(), ids, strict=True)
    links = dated_registrants(table("\n".join(map(",".join, lines)) + "\n")).links
    assert linked(links, "0000000011", "2005-06-01") == "900"
    assert linked(links, "0000000011", "2015-06-01") == "900"
    assert linked(links, "0000000012", "2015-06-01") == "BBB"


def test_one_security_a_day_and_rows_that_cannot_be_used(table: Table) -> None:
    bad = (
        "12,B2,Beta Systems Inc.,2010-01-01,\n"
        ",X,Nobody,2010-01-01,\n13,,Gamma,2010-01-01,\n13,G,Gamma,soon,\n"
        "13,G,Gamma,2011-01-01,2010-01-01\n"
    )
    listed = dated_registrants(table(LISTED + bad))
    assert linked(listed.links, "0000000012", "2009-12-31") == "BBB"
    assert linked(listed.links, "0000000012", "2010-01-01") == "B2"
    assert set(listed.rejects.rule) == {
        "link_cut_by_another_security",
        "firm_missing",
        "security_missing_or_unreadable",
        "date_missing_or_unreadable",
        "link_ends_before_it_begins",
    }
    with pytest.raises(UserError, match="no column"):
        dated_registrants(table("cik,ticker\n1,A\n"))


@pytest.mark.parametrize(
    ("name", "day", "firm"),
    [
        ("Alpha Corporation", "20080520", "0000000011"),
        ("Alpha Corporation", "20140520", None),
        ("Alpha Holdings", "20140520", "0000000011"),
        ("Alpha Holdings", "20080520", None),
        ("Omega Corp", "20140520", "0000000014"),
    ],
)
def test_an_old_name_leads_to_who_bore_it_then(tmp_path, table, name, day, firm):
    path = tmp_path / "contracts.csv"
    path.write_text(CONTRACTS.format(day=day, first=name))
    filed = filed_alliances([str(path)], dated_registrants(table(LISTED)))
    first, second = filed.participants.firm
    assert (None if pd.isna(first) else first) == firm
    assert second == "0000000012"


@pytest.mark.parametrize("nation", ["Japan", "United States", ""])
def test_a_list_tells_industry_and_place_of_parties(tmp_path, table, nation):
    more = [
        "sic,nation",
        "7372,United States",
        "7372,United States",
        f"2834,{nation}",
        ",",
    ]
    lines = zip(LISTED.splitlines(), more, strict=True)
    listed = dated_registrants(table("\n".join(map(",".join, lines)) + "\n"))
    path = tmp_path / "contracts.csv"
    path.write_text(CONTRACTS.format(day="20140520", first="Alpha Holdings"))
    filed = filed_alliances([str(path)], listed)
    assert filed.participants.sic.tolist() == ["7372", "2834"]
    assert filed.alliances.cross_border.tolist() == [nation == "Japan"]


def test_filed_contracts_reach_the_event_study_by_open_prices(tmp_path, table):
    path = tmp_path / "contracts.csv"
    path.write_text(CONTRACTS.format(day="20140520", first="Alpha Holdings"))
    listed = dated_registrants(table(LISTED))
    assert set(TickerLinks.to_schema().columns) == set(listed.links.columns)
    filed = filed_alliances([str(path)], listed)
    units, _ = coded_units(table(SHEET), "cik")
    dyads, _ = dyads_of(
        filed.alliances,
        filed.participants,
        listed.links,
        pd.DataFrame(),
        code_structures(units),
        statuses=["Completed/Signed"],
        first=pd.Timestamp("2014-01-01"),
        last=pd.Timestamp("2014-12-31"),
    )
    assert dyads[["security_i", "security_j"]].to_numpy().tolist() == [["NEW", "BBB"]]
    days = pd.bdate_range("2013-01-01", "2014-12-31")
    rng = np.random.default_rng(7)
    market = rng.normal(0, 0.01, len(days))
    at = days.get_loc("2014-05-20")
    tables = []
    for ticker, planted in (("NEW", 0.05), ("BBB", -0.03)):
        returns = market + rng.normal(0, 1e-4, len(days))
        returns[at] += planted
        close = 40 * np.cumprod(1 + returns)
        tables.append(pd.DataFrame({"ticker": ticker, "date": days, "adj": close}))
    pd.concat(tables).to_csv(tmp_path / "prices.csv", index=False)
    spec = ReturnsFile(reader="long", security="ticker", date="date", price="adj")
    prices = read_returns([tmp_path / "prices.csv"], spec).returns
    factors = pd.DataFrame({"date": days, "mkt_rf": market, "rf": 0.0})
    study = event_study(prices, partner_events(dyads), factors, windows=[(0, 0)])
    cars = study.cars.merge(study.events[["event", "security"]], on="event")
    car = cars.set_index("security").car
    assert car["NEW"] == pytest.approx(0.05, abs=1e-3)
    assert car["BBB"] == pytest.approx(-0.03, abs=1e-3)
