"""Firm-years with accounts and without prices, each with its reason."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.sources.survivorship import REASONS, price_spans, survivorship
from alliance_value.study.spec import ReturnsFile

PRICES = """\
id,date,close
900,2010-01-04,10
900,2010-12-31,11
900,2011-12-30,
NEW,2012-12-31,5
NEW,2013-12-30,6
"""
DAYS = pd.DataFrame(
    [
        ("a", "900", "2005-01-01", "2010-12-31"),
        ("a", "NEW", "2012-06-01", "2261-12-31"),
        ("b", "GONE", "2005-01-01", "2261-12-31"),
    ],
    columns=["firm", "security", "link_from", "link_to"],
)
LINKS = DAYS.assign(
    **{n: pd.to_datetime(DAYS[n]) for n in ("link_from", "link_to")}
).astype({"firm": "string", "security": "string"})


@pytest.fixture
def spans(tmp_path):
    (tmp_path / "prices.csv").write_text(PRICES)
    spec = ReturnsFile(reader="long", security="id", date="date", price="close")
    return price_spans([str(tmp_path / "prices.csv")], spec, tmp_path)


def test_spans_are_those_of_days_with_a_price(spans):
    rows = spans.astype("string").to_numpy().tolist()
    assert rows == [
        ["900", "2010-01-04", "2010-12-31"],
        ["NEW", "2012-12-31", "2013-12-30"],
    ]


@pytest.mark.parametrize(
    ("firm", "closing", "reason"),
    [
        ("a", "2010-12-31", "prices"),
        ("a", "2013-12-31", "prices"),  # the last price is of the day before
        ("a", "2009-12-31", "outside of the prices' dates"),
        ("a", "2014-12-31", "outside of the prices' dates"),
        ("a", "2011-12-31", "not listed at the closing"),
        ("b", "2010-12-31", "not traded"),
        ("c", "2010-12-31", "no link"),
    ],
)
def test_a_firm_year_has_one_reason(spans, firm, closing, reason):
    day = pd.Timestamp(closing)
    years = pd.DataFrame({"firm": [firm], "fiscal_year": day.year, "datadate": day})
    table = survivorship(years.astype({"firm": "string"}), LINKS, spans)
    assert table.to_numpy().tolist() == [[day.year, reason, 1, 1]]


def test_every_firm_year_counts_once(spans):
    firms = ["a", "b", "c"] * 5
    days = pd.to_datetime([f"{year}-12-31" for year in range(2009, 2014)] * 3)
    years = pd.DataFrame({"firm": firms, "datadate": days})
    years = years.assign(fiscal_year=years.datadate.dt.year).drop_duplicates()
    table = survivorship(years.astype({"firm": "string"}), LINKS, spans)
    assert table.firm_years.sum() == len(years) and {*table.reason} <= {*REASONS}
