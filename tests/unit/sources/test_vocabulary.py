"""The readers of files that study files may name, by source."""

from __future__ import annotations

from tests.unit.entries import entries_of


def test_readers_of_each_source():
    assert entries_of("sources") == {
        "reader": [
            *("confounds.news", "delistings.crsp", "events.events", "factors.french"),
            *("factors.table", "firm_years.compustat", "firm_years.edgar_facts"),
            *("firm_years.edgar_statements", "firm_years.table", "firms.table"),
            *("links.ccm", "listings.listings", "market.table", "returns.crsp"),
            *("returns.long", "returns.wide", "security_names.crsp"),
            *("segments.compustat", "tickers.company_tickers"),
            "tickers.dated_tickers",
        ],
        "canonical": ["survivorship"],
    }
