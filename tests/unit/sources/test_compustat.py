"""Compustat's annual file: keysets, closings, codes, signs."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.contracts.rejects import collect
from alliance_value.sources.compustat import header, standard_rows
from tests.unit.conftest import Table, ledger, raw_file, rules

HEAD = (
    "gvkey,datadate,fyear,indfmt,datafmt,popsrc,consol,cusip,conm,sich,sic,"
    "at,sale,xrd\n"
)
ROW = "001004,2004-12-31,2004,INDL,STD,D,C,000361105,AAR,5080,5080,100,50,1\n"


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (ROW, "repeated_row"),
        (ROW.replace("INDL", "FS"), "not_standard_format"),
        (ROW.replace(",STD", ",SUMM_STD"), "not_standard_format"),
        (ROW.replace("2004-12-31", "2004-06-30"), "earlier_closing_of_fiscal_year"),
        (ROW.replace(",50,1", ",50,"), "repeated_closing_less_filled"),
    ],
)
def test_one_row_per_firm_and_year(table: Table, line: str, rule: str) -> None:
    for text in (ROW + line, line + ROW):
        kept, parts = standard_rows(table(HEAD + text))
        assert kept.cells.xrd.tolist() == ["1"]
        assert kept.cells.datadate.tolist() == ["2004-12-31"]
        assert rules(collect(parts)) == {rule: 1}


@pytest.mark.parametrize(
    ("old", "new", "column", "value", "rule"),
    [
        ("001004", "1004", "gvkey", "001004", None),
        (",50,1", ",50,C", "xrd", "", "code_for_missing"),
        (",100,", ',"1,100.5",', "at", "1100.5", "thousands_separator"),
        ("2004-12-31", "20041231", "datadate", "2004-12-31", "date_in_another_format"),
        ("2004-12-31", "31DEC2004", "datadate", "2004-12-31", "date_in_another_format"),
        ("2004-12-31", "year end", "datadate", "", "date_unreadable"),
        (",5080,5080", ",,5080", "sich", "5080", "industry_from_header"),
    ],
)
def test_repairs(
    table: Table, old: str, new: str, column: str, value: str, rule: str | None
) -> None:
    kept, parts = standard_rows(table(HEAD + ROW.replace(old, new, 1)))
    assert kept.cells[column].item() == value
    assert rules(collect(parts)) == ({rule: 1} if rule else {})


def test_negative_assets(table: Table) -> None:
    # the short period does not come back in the place of the year that is rejected
    short = ROW.replace("2004-12-31", "2004-09-30")
    kept, parts = standard_rows(table(HEAD + ROW.replace(",100,", ",-100,") + short))
    assert kept.cells.empty
    broken = {"at_not_positive": 1, "earlier_closing_of_fiscal_year": 1}
    assert rules(collect(parts)) == broken


@pytest.mark.parametrize("amounts", [",100,0,", ",100,-3,", ",0,50,", ",0,0,"])
def test_firm_years_without_sales_are_the_studys_choice(
    table: Table, amounts: str
) -> None:
    kept, parts = standard_rows(table(HEAD + ROW.replace(",100,50,", amounts)))
    assert len(kept.cells) == 1 and collect(parts).empty


def test_closings_by_months_covered(table: Table) -> None:
    head, whole = HEAD.replace("xrd\n", "xrd,pddur\n"), ROW.replace("\n", ",12\n")
    short = whole.replace("2004-12-31", "2005-03-31").replace(",12\n", ",3\n")
    for text in (whole + short, short + whole):
        kept, parts = standard_rows(table(head + text))
        assert kept.cells.datadate.tolist() == ["2004-12-31"]
        assert rules(collect(parts)) == {"closing_of_fewer_months": 1}


@pytest.mark.parametrize(
    ("months", "rule"),
    [
        ("", "earlier_closing_of_fiscal_year"),  # unknown is not fewer
        ("12,0", "earlier_closing_of_fiscal_year"),
        ("11", "closing_of_fewer_months"),
        ("13", "closing_of_fewer_months"),  # no whole year either
    ],
)
def test_of_closings_with_as_many_months_the_later_stays(
    months: str, rule: str, table: Table
) -> None:
    head, whole = HEAD.replace("xrd\n", "xrd,pddur\n"), ROW.replace("\n", ",12\n")
    later = whole.replace("2004-12-31", "2005-03-31").replace(",12\n", f',"{months}"\n')
    kept, parts = standard_rows(table(head + whole + later))
    stays = "2004-12-31" if rule == "closing_of_fewer_months" else "2005-03-31"
    assert kept.cells.datadate.tolist() == [stays]
    assert rules(collect(parts)) == {rule: 1}


def test_capitals_and_the_file_merged_with_crsp(table: Table) -> None:
    links = "GVKEY,LINKPRIM,LIID,LINKTYPE,LPERMNO,LINKDT,LINKENDDT,datadate,FYEAR,AT\n"
    second = "1004,C,02,LU,54321,1990-01-01,E,2004-12-31,2004,100\n"
    first = "1004,P,01,LC,54594,1972-04-24,E,2004-12-31,2004,100\n"
    kept, parts = standard_rows(table(links + second + first))
    assert kept.cells[["gvkey", "lpermno", "linkprim"]].to_numpy().tolist() == [
        ["001004", "54594", "P"]
    ]
    assert rules(collect(parts)) == {"repeated_closing_less_filled": 1}


def test_columns_that_differ_in_capitals_alone(table: Table) -> None:
    with pytest.raises(UserError, match="'at' stands 2 times"):
        standard_rows(table("gvkey,datadate,fyear,at,AT\n1004,2004-12-31,2004,1,2\n"))


GLOBAL = ROW.replace(",STD,D,", ",HIST_STD,I,")


def test_another_keyset(table: Table) -> None:
    with pytest.raises(UserError) as error:
        standard_rows(table(HEAD + GLOBAL))
    shown = error.value.render()
    assert "keyset: {datafmt: HIST_STD, popsrc: I}" in shown
    keyset = {"datafmt": "HIST_STD", "popsrc": "I"}
    kept, _ = standard_rows(table(HEAD + GLOBAL), keyset=keyset)
    assert len(kept.cells) == 1


def test_currencies_are_told(table: Table) -> None:
    head, usd = HEAD.replace("xrd\n", "xrd,curcd\n"), ROW.replace("\n", ",USD\n")
    cad = usd.replace("001004", "001005").replace("USD", "CAD")
    one, _ = standard_rows(table(head + usd))
    both, _ = standard_rows(table(head + usd + usd.replace("2004", "2005") + cad))
    assert one.cautions == ()
    assert "CAD in 1 rows, USD in 2 rows" in both.cautions[0]


def test_typed_files_give_the_same(table: Table, tmp_path: Path) -> None:
    text, _ = standard_rows(table(HEAD + ROW))
    typed = pd.read_csv(tmp_path / "file.csv", dtype={"cusip": "str"})
    typed["fyear"] = typed.fyear.astype("float64")
    typed["datadate"] = pd.to_datetime(typed.datadate)
    typed.to_parquet(tmp_path / "file.parquet")
    kept, _ = standard_rows(raw_file(tmp_path / "file.parquet"))
    pd.testing.assert_frame_equal(kept.cells, text.cells)


def test_header_restores_codes(table: Table) -> None:
    text = HEAD + ROW.replace("001004", "1004").replace("000361105", "361105")
    assert header(table(text)).to_numpy().tolist() == [["001004", "000361105", "AAR"]]


def test_columns_missing(table: Table) -> None:
    with pytest.raises(UserError) as error:
        standard_rows(table("key,at\n1,2\n"))
    assert len(error.value.problems) == 3


def test_world(worlds: dict[str, Path]) -> None:
    clean, none = standard_rows(raw_file(worlds["none"] / "compustat_funda.csv"))
    assert collect(none).empty
    dirty, parts = standard_rows(raw_file(worlds["hostile"] / "compustat_funda.csv"))
    counts = ledger(worlds["hostile"], "compustat_funda").kind.value_counts()
    broken = rules(collect(parts))
    assert broken["at_not_positive"] == counts["funda_negative_assets"]
    key = ["gvkey", "fyear"]
    assert len(dirty.cells) == len(clean.cells) - counts["funda_negative_assets"]
    both = clean.cells.merge(dirty.cells, on=key, suffixes=("", "_dirty"))
    assert len(both) == len(dirty.cells)
    apart = 0
    for name in ("datadate", "at", "sale", "ib", "xrd", "xad", "sich"):
        first, second = both[name].fillna(""), both[f"{name}_dirty"].fillna("")
        numbers = pd.to_numeric(first, errors="coerce").eq(
            pd.to_numeric(second, errors="coerce")
        )
        apart += int((first.ne(second) & ~numbers).sum())
    assert apart <= counts["funda_lost_value"]


def test_what_was_kept_and_padded_is_told(table: Table) -> None:
    rows = ROW + ROW.replace("001004", "1005") + ROW.replace("001004", "1006")
    kept, _ = standard_rows(table(HEAD + rows))
    assert kept.decisions[-2:] == (
        "kept INDL, STD, D, C and the last closing of a fiscal year",
        "gvkey padded to 6 digits in 2 rows",
    )
    other, _ = standard_rows(
        table(HEAD + GLOBAL), keyset={"datafmt": "HIST_STD"} | {"popsrc": "I"}
    )
    assert other.decisions[-2] == (
        "kept indfmt INDL, datafmt HIST_STD, popsrc I, consol C and the last closing "
        "of a fiscal year"
    )


def test_rejects_name_rows_columns_and_cells(table: Table) -> None:
    rows = [
        ROW,
        ROW.replace("001004", "001005").replace(",100,", ",-1,"),
        ROW.replace("001004", "001006").replace(",50,1", ',"1,050",c'),
        ROW.replace("INDL", "FS"),
        ROW.replace("2004-12-31", "2004-06-30"),
        ROW.replace("001004", "001007").replace("2004-12-31", "never"),
        ROW.replace("001004", "001008").replace(",5080,5080", ",,7370"),
    ]
    kept, parts = standard_rows(table(HEAD + "".join(rows)))
    columns = ["row", "column", "value", "rule", "action", "new_value"]
    told = collect(parts)[columns].astype(object).fillna("-").to_numpy().tolist()
    assert told == [
        [3, "at", "-1", "at_not_positive", "rejected", "-"],
        [4, "xrd", "c", "code_for_missing", "repaired", ""],
        [4, "sale", "1,050", "thousands_separator", "repaired", "1050"],
        [5, "indfmt", "FS", "not_standard_format", "rejected", "-"],
        [
            6,
            "datadate",
            "2004-06-30",
            "earlier_closing_of_fiscal_year",
            "rejected",
            "-",
        ],
        [7, "datadate", "never", "date_unreadable", "repaired", ""],
        [8, "sich", "", "industry_from_header", "repaired", "7370"],
    ]
    assert kept.rows.tolist() == [2, 4, 7, 8]
    assert kept.cells.index.tolist() == [0, 1, 2, 3]
    assert kept.cells.sale.tolist() == ["50", "1050", "50", "50"]


def test_commas_are_decimal_marks_where_the_study_says(table: Table) -> None:
    text = HEAD + ROW.replace(",100,50,1", ',"1,100",50,C')
    kept, parts = standard_rows(table(text), decimal=",")
    assert kept.cells["at"].tolist() == ["1,100"]
    # codes of every column are codes still
    assert rules(collect(parts)) == {"code_for_missing": 1}
    assert kept.cells.xrd.tolist() == [""]


def test_amounts_in_several_currencies_are_told_with_the_most_common(
    table: Table,
) -> None:
    head = HEAD.replace("xrd\n", "xrd,curcd\n")
    lines = [
        ROW.replace("\n", f",{code}\n").replace("001004", f"00100{n}")
        for n, code in enumerate(["USD", "CAD", "USD", ""])
    ]
    kept, _ = standard_rows(table(head + "".join(lines)))
    assert kept.cautions == (
        "amounts are in several currencies (CAD in 1 rows, USD in 2 rows) and are not "
        "converted; keep one by where: [\"curcd == 'USD'\"]",
    )


def test_a_file_of_another_keyset_says_what_most_rows_have(table: Table) -> None:
    rows = GLOBAL + GLOBAL.replace("001004", "001005") + ROW.replace("INDL", "FS")
    with pytest.raises(UserError) as caught:
        standard_rows(table(HEAD + rows))
    (problem,) = caught.value.problems
    assert problem.rule == (
        "no row is of indfmt INDL, datafmt STD, popsrc D, consol C; most rows have "
        "datafmt HIST_STD, popsrc I"
    )
    assert problem.remedy.startswith("set keyset: {datafmt: HIST_STD, popsrc: I} under")
    assert (problem.where, problem.row) == ("file.csv", None)
