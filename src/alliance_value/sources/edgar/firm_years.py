"""The readers of firm-years from the SEC's filings."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_value.sources.edgar.annual import firm_years
from alliance_value.sources.edgar.fact_files import read_fact_files
from alliance_value.sources.edgar.statement_files import read_statement_files
from alliance_value.sources.edgar.tags import item_sources, tags_in, watched_tags
from alliance_value.sources.raw_table import Opened
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader


@reader(
    "edgar_statements",
    of="firm_years",
    label="the SEC's Financial Statement Data Sets, quarterly, monthly or daily",
    reads="Archives with sub.txt and num.txt; columns go by name, whatever the layout.",
    needs=("entity", "time"),
    takes=(
        "period_end",
        "columns",
        "text",
        "invalid",
        "where",
        "scale",
        "tags",
        "reported",
        "forms",
    ),
    decides=(
        "Columns are `cik`, `fyear`, `datadate`, `conm`, `sic`, `form`, `adsh`, "
        "`filed`, `curcd`, `filings`, `own_filing`, and items by Compustat's names, in "
        "millions; with `_first` and `_last` as reported at first and at last.",
        "A tag fills an item by the order of a table (`tags`); what no filing reports "
        "is missing, and no zero. The shares that each tag fills are told.",
        "Facts count without dimensions and co-registrants, over a whole year or at "
        "its end; closings are at the nearest month's end, so that years of 52 and 53 "
        "weeks have one.",
        "Net income is the parent's.",
        "Of a filing in several currencies that of most amounts is taken, of several "
        "not the dollar.",
    ),
    repairs=(
        "Filings that are no annual reports (`forms`), stand again, lack their key or "
        "have no figures of a year are rejected.",
        "A transition period of less than a year is told and gives no firm-year; of "
        "two closings in a fiscal year the later is taken.",
        "Items that stand with dimensions alone are missing, and told; so are broken "
        "accounting identities and amounts that another filing has times 1,000.",
        "Facts that are no number are rejected.",
    ),
    stops=(
        "A file is no archive, or lacks a member or column.",
        "No filing is an annual report with figures of a year.",
    ),
    makes=("firm_years",),
    opens=True,
)
def statement_years(files: Sequence[str], layout: TableFile) -> Opened:
    """Read the SEC's data sets into firm-years (`annual.firm_years`)."""
    sources = item_sources(layout.tags)
    tags = tags_in(s for each in sources.values() for s in each) | watched_tags()
    return firm_years(read_statement_files(files, tags, layout.forms), layout, sources)


@reader(
    "edgar_facts",
    of="firm_years",
    label="the SEC's companyfacts, a JSON file per registrant",
    reads="Files such as CIK0000320193.json, plain, within gzip, or many in one zip.",
    needs=("entity", "time"),
    takes=(
        "period_end",
        "columns",
        "text",
        "invalid",
        "where",
        "scale",
        "tags",
        "reported",
        "forms",
    ),
    decides=(
        "Columns and rules are those of `edgar_statements`; `sic` is missing, which "
        "the files do not have.",
        "A year has 350 to 380 days.",
    ),
    repairs=(
        "Filings that are no annual reports (`forms`), or have no figures of a year, "
        "are rejected.",
    ),
    stops=(
        "A file is no JSON of a registrant's facts.",
        "No filing is an annual report with figures of a year.",
    ),
    makes=("firm_years",),
    opens=True,
)
def fact_years(files: Sequence[str], layout: TableFile) -> Opened:
    """Read companyfacts into firm-years (`annual.firm_years`)."""
    sources = item_sources(layout.tags)
    tags = tags_in(s for each in sources.values() for s in each) | watched_tags()
    return firm_years(read_fact_files(files, tags, layout.forms), layout, sources)
