"""Tags of filings by hand: sums, priorities, identities, months and currencies."""

from __future__ import annotations

from datetime import date

import pandas as pd
import polars as pl
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.edgar import annual
from alliance_value.sources.edgar.annual import money_in, nothing_annual
from alliance_value.sources.edgar.fact_files import month_ends
from alliance_value.sources.edgar.filings import (
    Filings,
    annual_form,
    month_end,
    one_currency,
)
from alliance_value.sources.edgar.tags import (
    Source,
    broken_identities,
    column,
    filled,
    identities,
    item_sources,
    source_of,
    tags_in,
    value_of,
    watched_tags,
)
from alliance_value.study.spec import TableFile

NAN = float("nan")


def source(text):
    problems = []
    read = source_of(text, "sale", problems)
    assert read is not None and not problems
    return read


def test_a_source_is_a_sum_of_tags_unless_others_are_reported():
    assert source("A") == Source("A", ((1, "A"),))
    read = source(" A2 -  B + C unless D,  A2 ")
    assert read.text == "A2 - B + C unless D, A2"
    assert read.terms == ((1, "A2"), (-1, "B"), (1, "C"))
    assert read.unless == ("D", "A2")
    # a tag may be a term and an exception too
    assert read.tags == {"A2", "B", "C", "D"}
    assert tags_in([source("A"), source("B unless C")]) == {"A", "B", "C"}


@pytest.mark.parametrize("text", ["us-gaap:A", "A B", "A +", "A unless B C", "1A", ""])
def test_what_is_no_sum_of_tags_is_told(text):
    with pytest.raises(UserError) as caught:
        item_sources({"sale": ("A", text), "own": ("B",)})
    (problem,) = caught.value.problems
    assert problem.rule == f"'{text}' is no tag, sum or difference of tags"
    assert problem.where == "sources.firm_years.tags.sale"


def test_a_studys_lists_stand_in_place_of_the_tables():
    read = item_sources({"sale": ("A", "B"), "own": ("C",)})
    assert [s.text for s in read["sale"]] == ["A", "B"]
    assert [s.text for s in read["own"]] == ["C"]
    assert [s.text for s in read["at"]] == ["Assets"]


FACTS = pd.DataFrame({"A": [5.0, NAN, 1.0], "B": [2.0, 3.0, NAN], "C": [0.0, 1.0, NAN]})


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("A", [5, NAN, 1]),
        ("A - B", [3, NAN, NAN]),
        ("A + B + B", [9, NAN, NAN]),
        ("Z", [NAN] * 3),
        # zero is not reported as something
        ("B unless C", [2, NAN, NAN]),
        ("A unless Z", [5, NAN, 1]),
    ],
)
def test_values_of_a_source(text, values):
    pd.testing.assert_series_equal(
        value_of(FACTS, source(text)),
        pd.Series(values, dtype="float64"),
        check_names=False,
    )


def test_the_first_source_that_is_reported_fills_an_item():
    items = filled(FACTS, {"x": [source("A"), source("B")], "y": [source("Z")]})
    assert items.values.x.tolist() == [5, 3, 1] and items.values.y.isna().all()
    assert items.sources.fillna("-").to_numpy().tolist() == [
        *(["A", "-"], ["B", "-"], ["A", "-"])
    ]
    assert column(FACTS, "Z").isna().tolist() == [True] * 3


def test_an_identity_breaks_beyond_a_thousandth_of_the_larger_side():
    name, (left, right) = next(iter(identities().items()))
    (one,), (other, *_) = left.terms, right.terms
    facts = pd.DataFrame(
        {one[1]: [1000.0, 1000.0, 1001.0, NAN], other[1]: [1001.0, 1001.1, 1000.0, 1.0]}
    )
    for _, tag in right.terms[1:]:
        facts[tag] = 0.0
    assert broken_identities(facts)[name].tolist() == [False, True, False, False]
    assert {*left.tags, *right.tags} <= watched_tags()
    assert "MinorityInterestInNetIncomeLossOfConsolidatedEntities" in watched_tags()


def test_a_closing_belongs_to_the_nearest_end_of_a_month():
    days = [(2010, 1, 15), (2010, 1, 16), (2010, 1, 31), (2012, 3, 1), (2010, 2, 28)]
    ends = [(2009, 12, 31), (2010, 1, 31), (2010, 1, 31), (2012, 2, 29), (2010, 2, 28)]
    frame = pl.DataFrame({"day": [date(*d) for d in days]})
    assert frame.select(month_end(pl.col("day")))["day"].to_list() == [
        date(*end) for end in ends
    ]
    closing = pd.Series(pd.to_datetime(["2010-01-15", None]), index=[4, 7])
    read = month_ends(closing)
    assert read.index.tolist() == [4, 7] and read[4] == pd.Timestamp("2009-12-31")
    assert pd.isna(read[7])


def test_forms_without_their_amendment():
    assert [annual_form(f) for f in (" 10-k/A ", "20-F", "10-K405/A")] == [
        *("10-K", "20-F", "10-K405")
    ]


def test_one_currency_is_that_of_most_amounts_and_not_the_dollar_of_as_many():
    def units(*units):
        facts = pd.DataFrame({"cik": "1", "adsh": "a", "uom": [*units], "value": 1.0})
        kept = one_currency(facts, money_in(facts))
        return kept.uom.tolist(), kept.curcd.drop_duplicates().tolist()

    assert units("USD", "JPY", "Shares") == (["JPY", "Shares"], ["JPY"])
    assert units("USD", "USD", "JPY") == (["USD", "USD"], ["USD"])
    assert units("EUR", "CHF", "pure") == (["CHF"], ["CHF"])
    facts = pd.DataFrame({"uom": ["USD", "usd", "pure", "ABCD", "EUR", None]})
    assert money_in(facts) == {"USD", "EUR"}


@pytest.mark.parametrize(
    ("forms", "shown"),
    [
        ([], "no filing"),
        (["10-Q", "8-K", "10-Q"], "10-Q 2, 8-K 1"),
        ([*"aabbccddeef"], "a 2, b 2, c 2, d 2, e 2"),
    ],
)
def test_files_without_annual_reports_say_what_they_hold(forms, shown):
    nothing = pd.DataFrame()
    read = Filings(
        pd.DataFrame({"form": [*forms]}, dtype="str"), nothing, nothing, [], 0
    )
    told = nothing_annual(read, TableFile(entity="", file="", forms=("10-K", "20-F")))
    assert told.rule == (
        "no filing is an annual report (10-K, 20-F) with figures of a year; the files "
        f"hold {shown}"
    )


def closings(*rows):
    names = ["cik", "adsh", "ddate", "filed", "at", "form", "curcd"]
    table = pd.DataFrame(rows, columns=names)
    days = ["ddate", "filed"]
    table[days] = table[days].apply(pd.to_datetime)
    about = {"name": "A", "sic": "1", "file": "f"}
    return table.assign(period=table.ddate, row=range(2, len(rows) + 2), **about)


@pytest.mark.parametrize("reported", ["first", "last"])
def test_one_row_per_closing_of_all_filings_that_state_it(reported):
    closed = closings(
        ("1", "b", "2010-12-31", "2011-05-01", 2e6, "10-K/A", "USD"),
        ("1", "a", "2010-12-31", "2011-02-01", 1e6, "10-K", "USD"),
        ("1", "c", "2010-12-31", "2012-02-01", 3e6, "10-K", "USD"),
        ("0", "z", "2010-12-31", "2011-02-01", -1e6, "10-K", "USD"),
        ("2", "y", "2010-10-31", "2011-02-01", 5e6, "10-K", "USD"),
        ("2", "x", "2010-12-31", "2011-02-01", 6e6, "10-K", "USD"),
    )
    closed.loc[2, "period"] = pd.Timestamp("2011-12-31")
    items = annual.Items(closed[["at"]], closed[["at"]].astype("string"))
    log = []
    table = annual.chosen(closed.drop(columns="at"), items, reported, log)
    assert table.columns.tolist() == [
        *("cik", "ddate", "adsh", "filed", "form", "name", "sic", "curcd", "period"),
        *("file", "row", "adsh_first", "adsh_last", "filed_first", "filed_last"),
        *("filings", "at", "at_first", "at_last", "own_filing", "fyear"),
    ]
    assert table.index.tolist() == [0, 1]
    first = table.iloc[0]
    own = ("a", 3, 1.0, "10-K") if reported == "first" else ("c", 4, 3.0, "10-K")
    assert (first.adsh, first.row, first["at"], first.form) == own
    assert (first.adsh_first, first.adsh_last, first.filings) == ("a", "c", 3)
    assert (first.at_first, first.at_last, first.own_filing) == (1.0, 3.0, 1.0)
    assert table.fyear.tolist() == [2010, 2010] and table["at"].tolist()[1] == 6.0
    noted = pd.concat([part for part in log if len(part)])
    assert noted[["row", "rule", "column"]].to_numpy().tolist() == [
        [6, "earlier_closing_of_fiscal_year", "fyear"],
        [5, "at_not_positive", "at"],
    ]
    assert set(noted.action) == {"kept"}


@pytest.mark.parametrize(
    ("again", "noted"), [(1e9, 1), (1e12, 1), (1e3, 1), (1e8, 0), (2e6, 0), (1.0, 1)]
)
def test_a_restatement_by_a_power_of_ten_is_told(again, noted):
    closed = closings(
        ("1", "a", "2010-12-31", "2011-02-01", 1e6, "10-K", "USD"),
        ("1", "b", "2010-12-31", "2011-05-01", again, "10-K", "USD"),
    )
    items = annual.Items(closed[["at"]], closed[["at"]].astype("string"))
    log = []
    annual.chosen(closed.drop(columns="at"), items, "first", log)
    rules = [rule for part in log for rule in part.rule]
    assert rules == ["restated_by_a_power_of_ten"] * noted


def test_firm_years_stand_with_the_file_of_their_filing():
    closed = closings(
        ("1", "a", "2010-12-31", "2011-02-01", 1e6, "10-K", "USD"),
        ("2", "b", "2009-12-31", "2010-02-01", 2e6, "10-K", "USD"),
        ("3", "c", "2008-12-31", "2009-02-01", 3e6, "10-K", "USD"),
    ).assign(file=[*"gfg"], row=[7, 8, 9])
    items = annual.Items(closed[["at"]], closed[["at"]].astype("string"))
    table = annual.chosen(closed.drop(columns="at"), items, "first", [])
    first, second = annual.by_file(table, ["word"], TableFile(entity="", file=""))
    assert (first.file, second.file) == ("f", "g")
    assert first.rows.tolist() == [8] and second.rows.tolist() == [7, 9]
    assert first.decisions == ("word",) and second.decisions == ()
    days = ["datadate", "filed", "filed_first", "filed_last"]
    assert second.cells[days].to_numpy().tolist() == [
        ["2010-12-31", *["2011-02-01"] * 3],
        ["2008-12-31", *["2009-02-01"] * 3],
    ]
    gone = {"file", "row", "period", "name", "ddate"}
    assert not gone & {*second.cells.columns} and second.cells.index.tolist() == [0, 1]
    about = second.cells[["cik", "conm", "sich", "sic", "fyear"]].astype("string")
    assert about.to_numpy().tolist() == [
        *(["1", "A", "1", "1", "2010"], ["3", "A", "1", "1", "2008"])
    ]
