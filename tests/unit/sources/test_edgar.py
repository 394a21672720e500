"""The SEC's filings, in any layout, to one row per firm and fiscal year."""

import os
from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.edgar.statement_files import days_of_filing
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.study.spec import TableFile
from tests.unit.sources.edgar_files import (
    DAILY,
    OLD,
    SEGMENTS,
    SUB,
    archive,
    companyfacts,
    fact,
    filing,
    lines,
    statement,
)

NUMBERS = ("at", "sale", "ni", "ib", "lt", "own_filing", "filings")
BOTH = ("at_first", "at_last", "sale_first", "sale_last")
TEXTS = ("adsh", "form", "curcd", "datadate", "conm", "sic")


def read(*files, reader="edgar_statements", numbers=(*NUMBERS, *BOTH), **keys):
    layout = TableFile(
        entity="cik", time="fyear", file="x", reader=reader, text=TEXTS, **keys
    )
    needed = Needed({name: ["models.m.terms"] for name in (*numbers, *TEXTS)})
    return firm_years([str(f) for f in files], layout, needed)


def only(tables):
    (row,) = tables.firm_years.to_dict("records")
    return row


def by_rule(tables, rule):
    return tables.rejects[tables.rejects.rule == rule]


@pytest.mark.parametrize("columns", [OLD, SEGMENTS, DAILY], ids=["old", "new", "daily"])
def test_a_firm_year_counts_once_in_every_layout(tmp_path, columns):
    whole = statement(1)
    parts = [
        fact(1, "Revenues", 1.5e9, segments="BusinessSegments=A;"),
        fact(1, "Revenues", 0.5e9, segments="BusinessSegments=B;"),
        fact(1, "NetIncomeLoss", 9e8, coreg="SubsidiaryCorp"),
    ]
    if columns is OLD:
        parts = parts[2:]
    file = archive(tmp_path / "2010q1.zip", [filing(1)], [*parts, *whole], columns)
    row = only(read(file))
    assert (row["at"], row["sale"], row["ni"]) == (1000.0, 2000.0, 100.0)
    assert row["firm"] == "0000320193" and row["fiscal_year"] == 2009
    assert row["own_filing"] == 1.0 and row["curcd"] == "USD"


def test_a_filing_in_two_files_counts_once(tmp_path):
    files = [
        archive(tmp_path / "2010q1.zip", [filing(1)], statement(1)),
        archive(tmp_path / "day.zip", [filing(1)], statement(1), DAILY, "day/"),
    ]
    tables = read(*files)
    assert only(tables)["filings"] == 1.0
    assert by_rule(tables, "filing_stands_again").file.tolist() == ["day.zip/sub.txt"]


def test_every_filing_is_accounted_for(tmp_path):
    filings = [
        filing(1),
        filing(2, form="10-Q", period="20090930"),
        filing(3, form="10-K/A"),
        filing(4, filed="never"),
    ]
    facts = [*statement(1), *statement(2, ddate="20090930")]
    tables = read(archive(tmp_path / "q.zip", filings, facts))
    funnel = tables.funnel[tables.funnel.branch == "source:filings"]
    assert funnel.rows_out.tolist() == [4, 3, 2, 1]
    assert len(by_rule(tables, "no_annual_report")) == 1
    assert len(by_rule(tables, "no_figures_of_a_year")) == 1
    assert by_rule(tables, "date_missing_or_unreadable").row.tolist() == [5]


def test_first_and_last_reported_are_both_kept(tmp_path):
    filings = [
        filing(1),
        filing(2, form="10-K/A", filed="20100901"),
        filing(3, period="20101231", filed="20110228"),
    ]
    facts = [
        *statement(1),
        *statement(2, assets=1.1e9),
        *statement(3, sales=1.9e9, assets=1.2e9),
        *statement(3, assets=3e9, ddate="20101231"),
    ]
    file = archive(tmp_path / "q.zip", filings, facts)
    first, last = (read(file, reported=w).firm_years for w in ("first", "last"))
    assert first.fiscal_year.tolist() == last.fiscal_year.tolist() == [2009, 2010]
    assert first["at"].tolist() == [1000.0, 3000.0] and first.form[0] == "10-K"
    assert last["at"].tolist() == [1200.0, 3000.0] and last.sale[0] == 1900.0
    for table in (first, last):
        assert (table.at_first[0], table.at_last[0]) == (1000.0, 1200.0)
        assert table.filings.tolist() == [3.0, 1.0]


@pytest.mark.parametrize(
    ("facts", "income"),
    [
        ([("NetIncomeLoss", 7e6), ("ProfitLoss", 9e6)], 7.0),
        (
            [
                ("ProfitLoss", 9e6),
                ("NetIncomeLossAttributableToNoncontrollingInterest", 2e6),
            ],
            7.0,
        ),
        ([("ProfitLoss", 9e6)], 9.0),
    ],
)
def test_net_income_is_the_parents(tmp_path, facts, income):
    rows = [fact(1, tag, value) for tag, value in facts]
    rows += [fact(1, "Revenues", 2e9), fact(1, "Assets", 1e9, qtrs=0)]
    assert only(read(archive(tmp_path / "q.zip", [filing(1)], rows)))["ni"] == income


def test_net_income_with_unnamed_minorities_is_missing(tmp_path):
    rows = [fact(1, "ProfitLoss", 9e6), fact(1, "Revenues", 2e9)]
    rows += [fact(1, "MinorityInterest", 5e6, qtrs=0)]
    assert pd.isna(only(read(archive(tmp_path / "q.zip", [filing(1)], rows)))["ni"])


def test_sales_in_dimensioned_rows_alone_are_missing_and_told(tmp_path):
    rows = [row for row in statement(1) if row["tag"] != "Revenues"]
    rows += [fact(1, "Revenues", 1e9, segments=f"Products={p};") for p in "AB"]
    tables = read(archive(tmp_path / "q.zip", [filing(1)], rows, SEGMENTS))
    assert pd.isna(only(tables)["sale"])
    told = by_rule(tables, "item_in_dimensioned_rows_alone")
    assert told.column.tolist() == ["sale"] and told.action.tolist() == ["kept"]


def test_quarters_transition_periods_and_later_facts_are_no_years(tmp_path):
    filings = [filing(1), filing(2, form="10-KT", period="20101130", filed="20110131")]
    facts = [
        *statement(1),
        fact(1, "Revenues", 5e8, qtrs=1),
        fact(1, "Revenues", 9e9, ddate="20101231"),
        *statement(2, ddate="20101130"),
    ]
    tables = read(archive(tmp_path / "q.zip", filings, facts))
    assert only(tables)["sale"] == 2000.0
    assert len(by_rule(tables, "transition_period")) == 1


def test_a_transition_report_of_a_whole_year_is_one(tmp_path):
    facts = [*statement(1), fact(1, "Assets", 9e8, "20081231", 0)]
    row = only(read(archive(tmp_path / "q.zip", [filing(1, form="10-KT")], facts)))
    assert row["fiscal_year"] == 2009


def test_of_two_closings_in_a_fiscal_year_the_later_is_taken(tmp_path):
    filings = [
        filing(1, period="20090630", filed="20090828"),
        filing(2, period="20091231"),
    ]
    facts = [
        *statement(1, ddate="20090630"),
        *statement(2, assets=2e9, ddate="20091231"),
    ]
    tables = read(archive(tmp_path / "q.zip", filings, facts))
    assert only(tables)["at"] == 2000.0
    assert len(by_rule(tables, "earlier_closing_of_fiscal_year")) == 1


def test_years_of_52_and_53_weeks_end_at_the_nearest_month_end(tmp_path):
    filings = [filing(1, period="20100102"), filing(2, period="20110101")]
    facts = [*statement(1, ddate="20100102"), *statement(2, ddate="20110101")]
    tables = read(archive(tmp_path / "q.zip", filings, facts)).firm_years
    assert tables.datadate.astype("str").tolist() == ["2009-12-31", "2010-12-31"]
    assert tables.fiscal_year.tolist() == [2009, 2010]


def test_one_currency_counts_and_custom_tags_do_not(tmp_path):
    filings = [filing(1, form="20-F")]
    facts = [{**row, "uom": "JPY"} for row in statement(1, assets=9e10)]
    facts += [*statement(1), fact(1, "Revenues", 5e12, version="0000000001-10-000001")]
    row = only(read(archive(tmp_path / "q.zip", filings, facts)))
    assert (row["at"], row["curcd"]) == (90_000.0, "JPY")


def test_broken_identities_and_scales_are_told(tmp_path):
    filings = [filing(1), filing(2, form="10-K/A", filed="20100901")]
    facts = [
        *statement(1),
        *statement(2, assets=1e6),
        fact(1, "ProfitLoss", 3e8),
        fact(1, "NetIncomeLossAttributableToNoncontrollingInterest", 1e8),
    ]
    tables = read(archive(tmp_path / "q.zip", filings, facts))
    broken = "net_income_is_the_parents_and_minorities_broken"
    assert len(by_rule(tables, broken)) == 1
    scaled = by_rule(tables, "restated_by_a_power_of_ten")
    assert "at" in scaled.column.tolist()


def test_a_study_gives_its_own_tags_and_forms(tmp_path):
    filings = [filing(1), filing(2, form="10-K405", cik="5")]
    facts = [*statement(1), fact(1, "SalesRevenueNet", 3e9), *statement(2)]
    file = archive(tmp_path / "q.zip", filings, facts)
    tables = read(file, tags={"sale": ("SalesRevenueNet",)}, forms=("10-K", "10-K405"))
    assert tables.firm_years.sale.tolist()[1] == 3000.0
    assert tables.firm_years.firm.tolist() == ["0000000005", "0000320193"]
    with pytest.raises(UserError, match="is no tag, sum or difference"):
        read(file, tags={"sale": ("us-gaap:Revenues",)})


def test_shares_of_tags_are_told(tmp_path):
    told = " ".join(
        read(archive(tmp_path / "q.zip", [filing(1)], statement(1))).decisions
    )
    assert "sale is reported in 100.0% of 1 firm-years: Revenues 100.0%" in told
    assert "xad is reported in 0.0%" in told and "is missing, no zero" in told


def test_both_readers_agree(tmp_path):
    filings = [
        filing(1),
        filing(2, form="10-K/A", filed="20100901"),
        filing(3, period="20110101", filed="20110228"),
        filing(4, form="10-Q", period="20100331", filed="20100501"),
    ]
    facts = [
        *statement(1),
        *statement(2, assets=1.1e9),
        *statement(3, sales=1.9e9),
        *statement(3, assets=3e9, ddate="20110101"),
        fact(3, "Revenues", 7e8, ddate="20110101", qtrs=1, segments="Quarter=4;"),
    ]
    starts = {"20091231": "2009-01-01", "20110101": "2010-01-03"}
    quarters = archive(tmp_path / "q.zip", filings, facts, SEGMENTS)
    registrant = companyfacts(tmp_path / "CIK.json.gz", filings, facts, starts)
    for reported in ("first", "last"):
        ours = read(quarters, reported=reported).firm_years
        theirs = read(registrant, reader="edgar_facts", reported=reported).firm_years
        own = [c for c in ours if c not in ("sic", "source_file", "source_row")]
        pd.testing.assert_frame_equal(ours[own], theirs[own])


def test_facts_that_cannot_be_read_are_rejected_with_their_lines(tmp_path):
    facts = [
        *statement(1),
        fact(1, "ProfitLoss", 1e6, ddate="20091399"),
        fact(1, "ProfitLoss", None),
        {**fact(1, "ProfitLoss", 1e6), "value": "many"},
    ]
    tables = read(archive(tmp_path / "q.zip", [filing(1)], facts))
    bad = tables.rejects[tables.rejects.file == "q.zip/num.txt"]
    names = ["row", "column", "value", "rule", "action"]
    assert bad[names].astype(object).fillna("-").to_numpy().tolist() == [
        [6, "ddate", "-", "date_unreadable", "rejected"],
        [8, "value", "many", "not_a_finite_number", "rejected"],
    ]


@pytest.mark.parametrize(
    ("length", "counts"), [(349, False), (350, True), (380, True), (381, False)]
)
def test_a_year_of_companyfacts_has_350_to_380_days(length, counts, tmp_path):
    begin = pd.Timestamp("2009-12-31") - pd.Timedelta(days=length - 1)
    starts = {"20091231": f"{begin:%Y-%m-%d}"}
    path = companyfacts(tmp_path / "CIK.json", [filing(1)], statement(1), starts)
    if counts:
        assert only(read(path, reader="edgar_facts"))["sale"] == 2000.0
    else:
        with pytest.raises(UserError, match="no filing is an annual report"):
            read(path, reader="edgar_facts")


def test_filings_without_key_form_or_day_are_rejected_by_their_lines(tmp_path):
    filings = [
        filing(1),
        {**filing(2), "adsh": ""},
        {**filing(3), "cik": " "},
        {**filing(4), "form": ""},
        filing(5, filed="20091301"),
    ]
    tables = read(archive(tmp_path / "q.zip", filings, statement(1)))
    bad = tables.rejects[tables.rejects.file == "q.zip/sub.txt"]
    assert bad[["row", "column", "rule"]].to_numpy().tolist() == [
        [3, "adsh", "accession_number_missing"],
        [4, "cik", "firm_missing"],
        [5, "form", "form_missing"],
        [6, "filed", "date_missing_or_unreadable"],
    ]


def test_short_years_in_companyfacts_are_none(tmp_path):
    starts = {"20091231": "2009-02-01", "20081231": "2008-01-02"}
    facts = [*statement(1), *statement(1, ddate="20081231")]
    path = companyfacts(tmp_path / "CIK.json", [filing(1)], facts, starts)
    assert only(read(path, reader="edgar_facts"))["fiscal_year"] == 2008


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("q.zip", b"no archive", "is no readable zip archive"),
        ("q.zip", {"sub.txt": "adsh\tcik\n"}, "has no members 'num.txt'"),
        (
            "q.zip",
            {"sub.txt": "adsh\tcik\n1\t2\n", "num.txt": ""},
            "there is no column",
        ),
        ("q.zip", {"sub.txt": "", "num.txt": ""}, "is empty"),
    ],
)
def test_bad_archives_end_in_a_message(tmp_path, name, content, message):
    import zipfile

    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with zipfile.ZipFile(path, "w") as out:
            for member, text in content.items():
                out.writestr(member, text)
    with pytest.raises(UserError, match=message):
        read(path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no readable JSON"),
        ('{"cik": 1}', "does not hold the facts"),
        ('{"cik": 1, "entityName": "a", "facts": {}}', "holds no fact"),
    ],
)
def test_bad_companyfacts_end_in_a_message(tmp_path, text, message):
    path = tmp_path / "CIK.json"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        read(path, reader="edgar_facts")


def test_files_without_annual_reports_stop(tmp_path):
    quarter = [filing(1, form="10-Q")]
    with pytest.raises(UserError, match="no filing is an annual report"):
        read(archive(tmp_path / "q.zip", quarter, statement(1)))


# As their statements print them: total assets, total revenue, net income of the parent.
PRINTED = {
    "0001193125-09-179839": (1507.236, 785.665, 56.938),  # Open Text, 10-K
    "0000023082-10-000036": (16455.0, 16128.0, 817.0),  # Computer Sciences, 10-K
    "0000038074-10-000009": (6223.531, 4192.862, 682.383),  # Forest Laboratories
    "0000897101-10-001328": (28090.0, 15817.0, 3099.0),  # Medtronic
    "0000950123-10-032492": (10204.409, 14953.224, 2457.144),  # RIM, 40-F/A
    "0000950123-10-043581": (28189.0, 108702.0, 1263.0),  # McKesson
    "0000950123-10-061435": (12866114.0, 7213998.0, -40802.0),  # Sony, 20-F, yen
    "0000950123-10-061837": (5234.318, 3874.332, 479.242),  # H&R Block
    "0001047469-10-004349": (18302.0, 49694.0, 1317.0),  # Best Buy
    "0001193125-10-145540": (11629115.0, 8579174.0, 268400.0),  # Honda, 20-F, yen
    "0001554795-25-000172": (0.084197, None, -0.234211),  # of a daily file
}
FOLDER = Path(os.environ.get("ALLIANCE_VALUE_DATA", "-"), "edgar")
real = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (FOLDER / "fsds").is_dir(), reason="ALLIANCE_VALUE_DATA has no edgar/fsds"
    ),
]


@pytest.fixture(scope="module")
def tables():
    names = ("2009q3", "2010q2", "20250701")
    return read(*(FOLDER / "fsds" / f"{name}.zip" for name in names))


class TestRealFilings:
    pytestmark = real

    def test_totals_are_those_of_the_statements(self, tables):
        own = tables.firm_years[tables.firm_years.own_filing == 1].set_index("adsh")
        for adsh, (assets, sales, income) in PRINTED.items():
            row = own.loc[adsh]
            assert row["at"] == pytest.approx(assets, rel=1e-12)
            assert row["ni"] == pytest.approx(income, rel=1e-12)
            known = pd.notna(row["sale"])
            assert (row["sale"] == pytest.approx(sales)) if known else sales is None

    def test_every_filing_is_accounted_for(self, tables):
        funnel = tables.funnel[tables.funnel.branch == "source:filings"]
        assert funnel.rows_in.iloc[0] == 435 + 522 + 6
        left = tables.rejects[tables.rejects.action == "rejected"]
        assert len(left) == funnel.dropped.sum()
        assert not tables.firm_years.duplicated(["firm", "fiscal_year"]).any()

    def test_a_file_given_twice_changes_nothing(self, tables):
        twice = read(*[FOLDER / "fsds" / "20250701.zip"] * 2).firm_years
        once = tables.firm_years[tables.firm_years.firm.isin(twice.firm)]
        pd.testing.assert_series_equal(twice["at"], once["at"].reset_index(drop=True))

    def test_companyfacts_of_a_firm(self):
        table = read(FOLDER / "facts" / "snow_facts.json.gz", reader="edgar_facts")
        years = table.firm_years.set_index("fiscal_year")
        assert years.sale.to_dict() == {
            2018: 96.666, 2019: 264.748, 2020: 592.049, 2021: 1219.327,
            2022: 2065.659, 2023: 2806.489, 2024: 3626.396,
        }  # fmt: skip
        assert years.ni[2024] == -1285.64


def test_columns_go_by_their_names_in_any_capitals(tmp_path):
    import zipfile

    path = tmp_path / "q.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, columns, rows in (
            ("x/SUB.txt", SUB, [filing(1)]),
            ("x/Num.TXT", OLD, statement(1)),
        ):
            head, *body = lines(columns, rows).splitlines()
            turned = "\n".join(["\ufeff" + head.upper(), *body, ""])
            out.writestr(name, turned)
        out.writestr("__MACOSX/sub.txt", "no")
    assert only(read(path))["sale"] == 2000.0


def test_when_annual_reports_were_filed(tmp_path):
    filings = [
        filing(1, filed="20100301"),
        filing(2, filed="20100226"),
        filing(3, form="10-Q", filed="20100101"),
        filing(4, period="20101231", filed="20110228"),
        filing(5, period="", filed="20090101"),
    ]
    more = [filing(6, filed="20100226"), filing(7, cik="5", form="10-K/A")]
    files = [
        archive(tmp_path / f"{name}.zip", part, [])
        for name, part in (("a", filings), ("b", more))
    ]
    days = days_of_filing(files, ["10-K"]).reset_index()
    assert days.astype("string").to_numpy().tolist() == [
        ["0000000005", "2009", "2010-02-26", "0000000001-10-000007"],
        ["0000320193", "2009", "2010-02-26", "0000000001-10-000002"],
        ["0000320193", "2010", "2011-02-28", "0000000001-10-000004"],
    ]
