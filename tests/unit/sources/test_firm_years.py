"""Source files: what can be read is read, what cannot ends in a clear error."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.firm_years import (
    Needed,
    SourceTables,
    firm_years,
    key_order,
    named_files,
)
from alliance_value.study.spec import TableFile

NEEDED = Needed({"x": ["models.m.terms"]}, variables=["roa"])
MISSING = ("NA", "NaN", ".")
Content = str | bytes | Callable[[Path], object]


def write(path: Path, content: Content) -> Path:
    if callable(content):
        made = content(path)
        if isinstance(made, bytes):
            path.write_bytes(made)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8", newline="")
    return path


def read(path: Path, needed: Needed = NEEDED, **options: Any) -> SourceTables:
    layout = {"entity": "firm", "time": "year", "missing": MISSING} | options
    return firm_years([str(path)], TableFile(file=str(path), **layout), needed)


def stata_gz(path: Path) -> bytes:
    frame(x=[1.0, 2.0]).to_stata(path, write_index=False)
    return path.read_bytes()


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"firm": ["001", "002"], "year": [2000, 2001], **columns})


@pytest.mark.parametrize(
    ("name", "content", "options"),
    [
        ("a.csv", "firm,year,x\n001,2000,1\n002,2001,2.5\n", {}),
        ("a.csv", "firm;year;x\n001;2000;1\n002;2001;2,5\n", {"decimal": ","}),
        ("a.csv", 'firm,year,x\n001,2000,"1"\n002,2001," 2.5 "\n', {}),
        ("a.tsv", "firm\tyear\tx\n001\t2000\t1\n002\t2001\t2.5\n", {}),
        ("a.csv", "firm|year|x\r\n001|2000|1\r\n002|2001|2.5\r\n", {}),
        ("a.csv", "\ufefffirm,year,x\n001,2000,1\n002,2001,2.5\n", {}),
        ("a.csv", "firm,year,x\n0,001,2000,1\n1,002,2001,2.5\n", {}),
        ("a.csv", "\nfirm,year,x\n001,2000,1\n\n002,2001,2.5\n\n", {}),
        ("a.csv", "firm,year,x\n001,2000.0,1e0\n002,2001.0,25E-1\n", {}),
        ("a.csv", "firm,year,x\n001,2000,1,\n002,2001,2.5,\n", {}),
        ("a.csv", "firm,year,x,\n001,2000,1,\n002,2001,2.5,\n", {}),
        ("a.csv", "\n\nfirm;year;x\n001;2000;1\n002;2001;2.5\n", {}),
        ("a.csv", '"a,b,c,d";firm;year;x\n0;001;2000;1\n0;002;2001;2.5\n', {}),
        ("a.csv", "firm,year,x\r001,2000,1\r002,2001,2.5\r", {}),
        ("a.csv", 'firm,year,x,n\n001,2000,1,"a\n""b"\n002,2001,2.5,c', {}),
        ("a.csv", "firm#year#x\n001#2000#1\n002#2001#2.5\n", {"delimiter": "#"}),
        ("a.csv", "firm\tyear\tx\n001\t2000\t1\n002\t2001\t2.5", {"delimiter": "\\t"}),
        (
            "a.csv",
            "\ufefffirm,year,x\n001,2000,1\n002,2001,2.5\n",
            {"encoding": "utf-8"},
        ),
        (
            "a.csv",
            "\ufefffirm,year,x\n001,2000,1\n002,2001,2.5\n".encode("utf-16-le"),
            {"encoding": "utf-16-le"},
        ),
        ("a.csv", "é,firm,year,x\n1,001,2000,1\n2,002,2001,2.5\n".encode("cp1252"), {}),
        ("a.txt", "firm,year,x\n001,2000,1\n002,2001,2.5\n", {}),
        ("a.data", frame(x=[1, 2.5]).to_parquet, {"format": "parquet"}),
        (
            "a.parquet",
            lambda p: frame(x=[1, 2.5]).set_index("firm", drop=False).to_parquet(p),
            {},
        ),
        (
            "a.parquet",
            lambda p: (
                frame(x=[1, 2.5])
                .assign(year=[date(2000, 12, 31), date(2001, 12, 31)])
                .to_parquet(p)
            ),
            {},
        ),
        (
            "a.parquet",
            lambda p: (
                frame(x=[1, 2.5])
                .assign(year=pd.period_range("2000", periods=2, freq="Y"))
                .to_parquet(p)
            ),
            {},
        ),
        (
            "a.dta",
            lambda p: (
                frame(x=[1, 2.5])
                .assign(year=pd.to_datetime(["2000-01-01", "2001-01-01"]))
                .to_stata(p, write_index=False, convert_dates={"year": "ty"})
            ),
            {},
        ),
        (
            "a.csv.gz",
            gzip.compress(b"firm,year,x\n001,2000,1\n002,2001,2.5\n", mtime=0),
            {},
        ),
        ("a.csv", "firm,year,x\n001,2000,1\n002,2001,2.5\n".encode("utf-16"), {}),
        ("a.parquet", frame(x=[1, 2.5]).to_parquet, {}),
        (
            "a.parquet",
            lambda p: frame(x=[1, 2.5]).set_index(["firm", "year"]).to_parquet(p),
            {},
        ),
        (
            "a.dta",
            lambda p: (
                frame(x=[1, 2.5])
                .astype({"firm": "category"})
                .to_stata(p, write_index=False)
            ),
            {},
        ),
    ],
)
def test_every_format_gives_the_same_table(name, content, options, tmp_path):
    table = read(write(tmp_path / name, content), **options).firm_years
    assert table.firm.tolist() == ["001", "002"]
    assert table.fiscal_year.tolist() == [2000, 2001]
    assert table.x.tolist() == [1.0, 2.5]


@pytest.mark.parametrize(
    ("codes", "spelt"),
    [
        ([1001.0, 2.0], ["1001", "2"]),
        ([1001, 2], ["1001", "2"]),
        ([1001.5, 2.0], ["1001.5", "2.0"]),
        ([1e20, 2.0], ["1e+20", "2.0"]),
        (["01001", " 2 "], ["01001", "2"]),
        (pd.Categorical(["01001", "2"]), ["01001", "2"]),
    ],
)
@pytest.mark.parametrize("name", ["a.parquet", "a.dta"])
def test_a_code_is_spelt_alike_in_every_format(name, codes, spelt, tmp_path):
    table = pd.DataFrame({"firm": codes, "year": [2000, 2001], "x": [1.0, 2.0]})
    if name == "a.parquet":
        table.to_parquet(tmp_path / name)
    else:
        table.to_stata(tmp_path / name, write_index=False)
    read_back = read(tmp_path / name, Needed({"x": []})).firm_years.set_index("x")
    assert read_back.firm.tolist() == spelt


def test_typed_columns_with_missing_values(tmp_path):
    table = frame(x=pd.Categorical([7, None]), w=pd.array([True, None], "boolean"))
    table.to_parquet(tmp_path / "a.parquet")
    made = read(tmp_path / "a.parquet", Needed({"x": [], "w": []})).firm_years
    np.testing.assert_array_equal(made[["x", "w"]], [[7, 1], [np.nan, np.nan]])


@pytest.mark.parametrize(
    ("cells", "values", "options"),
    [
        (["1", "NA"], [1.0, np.nan], {}),
        (["1", ""], [1.0, np.nan], {}),
        (["TRUE", "FALSE"], [1.0, 0.0], {}),
        (["1.234,5", "2"], [1234.5, 2.0], {"thousands": ".", "decimal": ","}),
        (["+4", "-3.5E-2"], [4.0, -0.035], {}),
        (["abc", "2"], [np.nan, 2.0], {"invalid": "missing"}),
        (["yes", "NO"], [1.0, 0.0], {}),
        (["TRUE", "."], [1.0, np.nan], {}),
        (["-99", "3"], [np.nan, 3.0], {"missing": ("-99",)}),
        (["1 234", "2"], [1234.0, 2.0], {"thousands": " "}),
        (["-1'234'567.25", ".5"], [-1234567.25, 0.5], {"thousands": "'"}),
        (["1,234e3", "12345"], [1234e3, 12345.0], {"thousands": ","}),
        (["1e-400", "-0"], [0.0, 0.0], {}),
    ],
)
def test_numbers(cells, values, options, tmp_path):
    text = f"firm;year;x\n001;2000;{cells[0]}\n002;2001;{cells[1]}\n"
    table = read(write(tmp_path / "a.csv", text), **options).firm_years
    np.testing.assert_array_equal(table.x, values)


@pytest.mark.parametrize(
    ("cell", "options"),
    [
        ("TRUE", {}),
        ("1,5", {}),
        ("1,5", {"thousands": ","}),
        ("12,34", {"thousands": ","}),
        ("1,2345", {"thousands": ","}),
        ("1234,567", {"thousands": ","}),
        ("1.5", {"decimal": ","}),
        ("1.234", {"decimal": ","}),
        ("1.5", {"decimal": ",", "thousands": "."}),
        ("1,5.2", {"decimal": ",", "thousands": "."}),
        ("1_000", {}),
        ("-inf", {}),
        ("Infinity", {}),
        ("1e999", {}),
        ("5%", {}),
        ("(5)", {}),
        ("1 2", {}),
        ("nan", {}),
        ("9" * 400, {}),
        ("\u0661\u0662", {}),
    ],
)
def test_what_is_no_plain_number_is_never_guessed(cell, options, tmp_path):
    path = write(tmp_path / "a.csv", f"firm;year;x\n001;2000;{cell}\n002;2001;5\n")
    with pytest.raises(UserError) as caught:
        read(path, **options)
    (problem,) = caught.value.problems
    assert (problem.row, problem.column, problem.value) == (2, "x", cell)
    tables = read(path, **options, invalid="missing")
    np.testing.assert_array_equal(tables.firm_years.x, [np.nan, 5.0])
    assert tables.rejects.value.tolist() == [cell]


@pytest.mark.parametrize(
    ("written", "time_format", "key"),
    [
        (["1998", "1999"], "integer", [1998, 1999]),
        (["1998-12-31", "1999-12-31"], "year", [1998, 1999]),
        (["12/31/1998", "1999"], "year", [1998, 1999]),
        (["1998Q4", "1999-Q1"], "quarter", [1998 * 4 + 3, 1999 * 4]),
        (["1998-12", "199901"], "month", [1998 * 12 + 11, 1999 * 12]),
        (["1998-12-31", "1999-01-31"], "month", [1998 * 12 + 11, 1999 * 12]),
        (["02/01/1998", "31/12/1998"], "month", [1998 * 12, 1998 * 12 + 11]),
        (["01/02/1998", "12/31/1998"], "month", [1998 * 12, 1998 * 12 + 11]),
        (["02.01.1998", "1.12.1998"], "month", [1998 * 12, 1998 * 12 + 11]),
        (["19980131", "31 Dec 1998"], "quarter", [1998 * 4, 1998 * 4 + 3]),
        (
            ["1998-01-01T00:00:00+01:00", "1998-07-01T00:00:00+02:00"],
            "quarter",
            [1998 * 4, 1998 * 4 + 2],
        ),
    ],
)
def test_times(written, time_format, key, tmp_path):
    text = f"firm,year,x\na,{written[0]},1\na,{written[1]},2\n"
    table = read(write(tmp_path / "a.csv", text), time_format=time_format).firm_years
    assert table.fiscal_year.tolist() == key


@pytest.mark.parametrize(
    ("values", "time_format", "key"),
    [
        ([19981231, 19990331], "year", [1998, 1999]),
        ([19981231.0, 19990331.0], "quarter", [1998 * 4 + 3, 1999 * 4]),
        ([199812, 199903], "month", [1998 * 12 + 11, 1999 * 12 + 2]),
        ([1998.0, 1999.0], "integer", [1998, 1999]),
        (pd.to_datetime(["1998-12-31", "1999-01-01"]), "integer", [1998, 1999]),
        (
            pd.to_datetime(["1998-12-31 23:00", "1999-01-01 01:00"]).tz_localize("EST"),
            "year",
            [1998, 1999],
        ),
    ],
)
def test_times_that_are_stored_with_a_type(values, time_format, key, tmp_path):
    path = tmp_path / "a.parquet"
    pd.DataFrame({"firm": ["a", "a"], "year": values, "x": [1.0, 2.0]}).to_parquet(path)
    assert read(path, time_format=time_format).firm_years.fiscal_year.tolist() == key


@pytest.mark.parametrize("time_format", ["integer", "year", "quarter", "month"])
@pytest.mark.parametrize(
    "cell",
    ["now", "today", "Dec", "Dec-99", "Q4", "4Q98", "1998Q5", "FY99", "NaT", "1/2"],
)
def test_times_are_never_completed_from_the_clock(cell, time_format, tmp_path):
    good = {"integer": "1998", "year": "1998", "quarter": "1998Q1", "month": "1998-01"}
    text = f"firm,year,x\na,{good[time_format]},1\na,{cell},2\n"
    tables = read(write(tmp_path / "a.csv", text), time_format=time_format)
    assert len(tables.firm_years) == 1
    (reject,) = tables.rejects.itertuples()
    assert (reject.row, reject.column, reject.value) == (3, "year", cell)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "", "a.csv.*is empty"),
        ("a.csv", "\ufeff", "no header"),
        ("a.csv", b"\xff\xfe", "no header"),
        ("a.parquet", lambda p: frame(x=[1, 2]).iloc[:0].to_parquet(p), "but no rows"),
        ("a.dta.gz", lambda p: stata_gz(p)[:-40], "damaged gzip"),
        ("a.csv.gz", gzip.compress(b"firm", mtime=0)[:-9] + b"x" * 9, "damaged gzip"),
        ("a.csv", 'firm,year,x,n\na,2000,1,"b\nb,2000,1,c\n', "row 2.*never closes"),
        ("a.csv", 'firm,year,x,n\na,2000,1,c\nb,2000,1,"', "row 3.*never closes"),
        ("a.csv", "firm,year,x\n1,a,2000,1\n2,b,2001,2,3\n", "row 2(.|\n)*row 3"),
        ("a.csv", "firm,year,x\na,2000,1,2\nb,2001,1\n", "row 2: the row has 4"),
        ("a.csv", " \n\n", "a.csv.*is empty"),
        ("a.csv", "firm,year,x\n", "a header but no rows"),
        (
            "a.csv.gz",
            gzip.compress(b"firm,year,x\n" * 99, mtime=0)[:40],
            "damaged gzip",
        ),
        ("a.csv", bytes(range(256)) * 9, "cannot be decoded"),
        ("a.csv", b"firm,year,x\na,2000,\x001\n", "no text file"),
        ("a.parquet", b"garbage", "no readable parquet"),
        ("a.dta", b"garbage" * 99, "no readable stata"),
        (
            "a.csv",
            "firm,year,x\na,2000\nb,2001,1,2\n",
            "row 2: the row has 2(.|\n)*row 3",
        ),
        ("a.csv", "firm,year,x,x\na,2000,1,1\n", "'x' stands 2 times"),
        ("a.csv", "firm,yeer,x\na,2000,1\n", "column 'year'(.|\n)*'yeer'"),
        ("a.csv", "firm,year,X1\na,2000,1\n", "'x', which models.m.terms(.|\n)*'X1'"),
        ("a.csv", "firm,year,x\na,2000,abc\n", "row 2, column 'x', value 'abc'"),
        ("a.csv", "firm,year,x\na,2000,inf\n", "row 2, column 'x', value 'inf'"),
        ("a.csv", "firm,year,x\na,2000,0x10\n", "value '0x10'"),
        ("a.csv", 'firm,year,x\na,2000,"1,234"\n', "give thousands"),
        ("a.csv", "firm,year,x\na,2000,$177.2 B\n", "under ignore"),
        ("a.csv", "firm,year,x\na,2000,177.2b\n", "units: {B: 1000"),
        ("a.csv", "firm,year,x\na,FY00,1\n", "value 'FY00': time missing or unread"),
        ("a.csv", "firm,year,x\n,2000,1\n", "firm missing"),
        ("a.csv", "firm,year,x\na,2000,1\na,2000,2\n", "rows 2, 3(.|\n)*duplicates"),
        ("a.csv", f"firm,year,x\na,2000,{'z' * 10**6}\n", r"1000000 chars"),
        ("a.parquet", lambda p: frame(x=[1, np.inf]).to_parquet(p), "row 2.*'inf'"),
    ],
)
def test_bad_files_end_in_one_clear_error(name, content, says, tmp_path):
    path = write(tmp_path / name, content)
    with pytest.raises(UserError) as caught:
        read(path)
    assert re.search(says, str(caught.value)), str(caught.value)
    assert name in str(caught.value)
    assert "->" in str(caught.value)


@pytest.mark.parametrize("encoding", ["hex", "undefined", "ascii", "no such", "a\0"])
def test_encodings_that_do_not_fit(encoding, tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\né,2000,1\n")
    with pytest.raises(UserError, match="cannot be decoded as"):
        read(path, encoding=encoding)


@pytest.mark.parametrize("delimiter", ["", ",,", '"', "\n", "é"])
def test_delimiters_that_do_not_fit(delimiter, tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\na,2000,1\n")
    with pytest.raises(UserError, match=r"a\.csv"):
        read(path, delimiter=delimiter)


@pytest.mark.parametrize(
    "name", ["a.csv", "a.csv.gz", "a.parquet", "a.dta", "a.dta.gz"]
)
def test_damage_is_never_more_than_a_user_error(name, tmp_path):
    rng = np.random.default_rng(1998)
    table = pd.concat([frame(x=[1, 2.5], s=["é", "b"])] * 9)
    table["c"] = table.s.astype("category")
    path = tmp_path / name
    if ".dta" in name:
        table.to_stata(path, write_index=False, version=118)
    elif name == "a.parquet":
        table.to_parquet(path)
    else:
        table.to_csv(path, index=False)
    whole = path.read_bytes()
    refused = 0
    for attempt in range(60):
        damaged = bytearray(whole)
        if attempt % 2:
            damaged = damaged[: rng.integers(len(whole))]
        else:
            for place in rng.integers(len(whole), size=4):
                damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            read(path, duplicates="keep", invalid="missing")
        except UserError as error:
            refused += 1
            assert name in str(error)
    assert refused > 10


@pytest.mark.parametrize(
    ("needed", "says"),
    [
        (Needed({"lag_x": ["models.m.terms"]}), "which models.m.terms needs"),
        (Needed({"roa": ["variables.roa"]}, variables=["roa"]), "valid: firm, year, x"),
        (
            Needed({"roa": ["sample.require"]}, variables=["roa"]),
            "stand under sample.where",
        ),
        (Needed({"ro": ["a", "b"]}, variables=["roa"]), "a, b needs(.|\n)*'roa'"),
    ],
)
def test_a_missing_column_is_placed_and_has_a_remedy(needed, says, tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\na,2000,1\n")
    with pytest.raises(UserError) as caught:
        read(path, needed)
    assert re.search(says, str(caught.value)), str(caught.value)


def test_a_missing_firm_shows_no_value_of_another_column(tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\n,2000,1\na,2000,1\n,oops,3\n")
    with pytest.raises(UserError) as caught:
        read(path, missing_key="stop")
    shown = [(p.row, p.column, p.value) for p in caught.value.problems]
    assert shown == [(2, "firm", None), (4, "firm", None)]


def test_columns_of_the_file_may_have_names_that_the_program_uses(tmp_path):
    text = "firm,year,end,x,period_end,stated_time\na,2015,2015-12-31,1,7,8\n"
    needed = Needed({"period_end": [], "stated_time": []})
    table = read(write(tmp_path / "a.csv", text), needed, period_end="end").firm_years
    assert table[["period_end", "stated_time"]].to_numpy().tolist() == [[7.0, 8.0]]


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="not there"):
        read(tmp_path / "a.csv")


def test_all_problems_come_at_once(tmp_path):
    text = "firm,year,x\na,2000,b\na,2001,c\na,2001,d\nb,1,1\nb,2,1\nb,3,1\n"
    with pytest.raises(UserError) as caught:
        read(write(tmp_path / "a.csv", text))
    assert len(caught.value.problems) == 4


def test_every_row_is_in_the_table_or_in_the_rejects(tmp_path):
    text = "firm,year,x\na,2000,1\n,2000,2\nb,never,3\na,2000,4\nb,2001,oops\n"
    tables = read(
        write(tmp_path / "a.csv", text), duplicates="first", invalid="missing"
    )
    rejects = tables.rejects.set_index("row")
    rejected = rejects[rejects.action == "rejected"]
    assert sorted([*tables.firm_years.source_row, *rejected.index]) == [2, 3, 4, 5, 6]
    assert rejected.rule.to_dict() == {
        3: "firm_missing",
        4: "time_missing_or_unreadable",
        5: "conflicting_firm_year",
    }
    assert rejects.loc[6, ["column", "value", "action"]].tolist() == [
        "x",
        "oops",
        "repaired",
    ]
    assert tables.funnel.rows_in.iloc[0] == 5
    assert tables.funnel.rows_out.iloc[-1] == len(tables.firm_years)


def test_no_row_is_lost_whatever_the_file_holds(tmp_path):
    rng = np.random.default_rng(7)
    for attempt in range(30):
        count = int(rng.integers(20, 40))
        firms = rng.choice(["a", "b", "", " c "], count)
        cells = ["2000", "2001", "2002", "", "x", "2002.5", "2003.0", "2004"]
        years = rng.choice(cells, count)
        values = rng.choice(["1", "NA", "inf", "two"], count)
        rows = zip(firms, years, values, strict=True)
        text = "firm,year,x\nz,1999,0\n" + "".join(f"{','.join(r)}\n" for r in rows)
        path = write(tmp_path / f"{attempt}.csv", text)
        tables = read(path, duplicates="first", invalid="missing")
        rejects = tables.rejects
        gone = rejects[rejects.action == "rejected"].row
        kept = tables.firm_years.source_row
        assert sorted([*kept, *gone]) == list(range(2, count + 3))
        bad = [n for n, v in enumerate(values, 3) if v in ("inf", "two")]
        repaired = rejects[rejects.rule == "not_a_finite_number"].row
        assert sorted(repaired) == bad
        steps = tables.funnel
        assert steps.rows_in.iloc[0] == count + 1
        assert steps.dropped.sum() == len(gone)
        assert steps.rows_out.iloc[-1] == len(tables.firm_years)
        assert steps.firms_out.iloc[0] == len({"z", *firms} - {""})
        assert not tables.firm_years.duplicated(["firm", "fiscal_year"]).any()


def test_duplicates_can_be_kept(tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\na,2000,1\na,2000,2\n")
    assert len(read(path, duplicates="keep").firm_years) == 2


@pytest.mark.parametrize(
    ("stated", "period_end", "year", "rule"),
    [
        ("2015", "2015-12-31", 2015, None),
        ("2015", "2016-01-30", 2015, None),
        ("2015", "2015-06-30", 2015, None),
        ("2014", "2015-05-31", 2014, None),
        ("2015", "2016-01-02", 2015, None),
        ("1215", "2015-12-31", 2015, "fiscal_year_implausible"),
        ("", "2015-12-31", 2015, "fiscal_year_missing"),
        ("2015", "2015-02-28", 2014, "fiscal_year_differs_from_period_end"),
        ("2015", "", 2015, None),
        ("2015", "NA", 2015, None),
        ("2014", "2015-06-07", 2014, None),
        ("2015", "2015-06-08", 2015, None),
        ("2015", "12/31/2015", 2015, None),
        ("2015", "20151231", 2015, None),
        ("2017", "2015-12-31", 2015, "fiscal_year_implausible"),
    ],
)
def test_fiscal_years_follow_from_the_period_end(
    stated, period_end, year, rule, tmp_path
):
    text = f"firm,year,end,x\na,{stated},{period_end},1\n"
    tables = read(write(tmp_path / "a.csv", text), period_end="end")
    assert tables.firm_years.fiscal_year.tolist() == [year]
    assert tables.rejects.rule.tolist() == ([rule] if rule else [])
    if rule:
        assert tables.rejects.new_value.tolist() == [str(year)]


def test_a_period_end_that_cannot_be_read_is_reported(tmp_path):
    text = "firm,year,end,x\na,2015,soon,1\n"
    tables = read(write(tmp_path / "a.csv", text), period_end="end")
    assert tables.firm_years.fiscal_year.tolist() == [2015]
    (reject,) = tables.rejects.itertuples()
    assert (reject.rule, reject.column) == ("period_end_unreadable", "end")
    assert (reject.row, reject.value, reject.action) == (2, "soon", "repaired")


@pytest.mark.parametrize(
    ("year", "end", "time_format"),
    [
        (20151231, 20151231, "year"),
        (date(2015, 12, 31), date(2015, 12, 31), "integer"),
        ("2015-12-31", "2015-12-31T00:00:00+01:00", "year"),
    ],
)
def test_stated_dates_agree_with_their_period_end(year, end, time_format, tmp_path):
    table = pd.DataFrame({"firm": ["a"], "year": [year], "end": [end], "x": [1.0]})
    table.to_parquet(tmp_path / "a.parquet")
    tables = read(tmp_path / "a.parquet", period_end="end", time_format=time_format)
    assert tables.firm_years.fiscal_year.tolist() == [2015]
    assert tables.firm_years.datadate.tolist() == [pd.Timestamp("2015-12-31")]
    assert tables.rejects.empty


def test_the_closing_date_is_read_as_the_fiscal_year_is(tmp_path):
    ends = ["05.06.2015", "2016-06-30T00:00:00+01:00", "2017-12-31T00:00:00+02:00"]
    rows = "".join(f"a,{2014 + n},{end},1\n" for n, end in enumerate(ends))
    path = write(tmp_path / "a.csv", "firm,year,end,x\n" + rows)
    table = read(path, period_end="end").firm_years
    assert table.fiscal_year.tolist() == [2014, 2016, 2017]
    closed = ["2015-06-05", "2016-06-30", "2017-12-31"]
    assert table.datadate.dt.strftime("%Y-%m-%d").tolist() == closed


def test_a_period_end_can_stand_in_for_an_unreadable_year(tmp_path):
    text = "firm,year,end,x\na,FY15,2015-12-31,1\n,,2015-12-31,2\n,,2015-12-31,3\n"
    tables = read(write(tmp_path / "a.csv", text), period_end="end")
    assert tables.firm_years.fiscal_year.tolist() == [2015]
    found = tables.rejects[["row", "rule", "value"]].fillna("").to_numpy().tolist()
    assert [2, "fiscal_year_missing", "FY15"] in found
    assert [4, "firm_missing", ""] in found
    assert "duplicate_firm_year_as_stated" not in set(tables.rejects.rule)


def test_rows_repeated_as_stated_are_repaired_by_their_period_end(tmp_path):
    text = "firm,year,end,x\na,2013,2013-12-31,1\na,2013,2014-12-31,2\n"
    tables = read(write(tmp_path / "a.csv", text), period_end="end")
    assert tables.firm_years.fiscal_year.tolist() == [2013, 2014]
    assert "duplicate_firm_year_as_stated" in tables.rejects.rule.tolist()


def test_row_order_and_chunks_change_nothing(tmp_path):
    rows = [f"f{i:02d},{2000 + i % 7},{i}\n" for i in range(50)]
    whole = write(tmp_path / "a.csv", "firm,year,x\n" + "".join(rows))
    parts = [
        write(tmp_path / f"{n}.csv", "firm,year,x\n" + "".join(chunk))
        for n, chunk in (("q", rows[30:]), ("p", rows[:30]))
    ]
    one = read(whole).firm_years
    layout = TableFile(entity="firm", time="year", file=())
    many = firm_years(list(map(str, parts)), layout, NEEDED).firm_years
    columns = ["firm", "fiscal_year", "x"]
    pd.testing.assert_frame_equal(one[columns], many[columns])


def test_a_table_of_firms_is_joined(tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\na,2000,1\na,2001,2\nc,2000,3\n")
    firms = write(tmp_path / "b.csv", "code,industry\na,steel\nb,glass\n")
    tables = firm_years(
        [str(path)],
        TableFile(entity="firm", time="year", file=""),
        Needed({"x": [], "industry": []}, frozenset({"industry"})),
        [str(firms)],
        TableFile(entity="code", file=""),
    )
    assert tables.firm_years.industry.fillna("-").tolist() == ["steel", "steel", "-"]


def test_a_firm_that_stands_twice_in_the_table_of_firms_stops(tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\na,2000,1\n")
    firms = write(tmp_path / "b.csv", "code,industry\na,steel\na,glass\n")
    with pytest.raises(UserError, match=r"b.csv, row 3, column 'code', value 'a'"):
        firm_years(
            [str(path)],
            TableFile(entity="firm", time="year", file=""),
            Needed({"industry": []}, frozenset({"industry"})),
            [str(firms)],
            TableFile(entity="code", file=""),
        )


@pytest.mark.parametrize("scattered", [False, True])
@pytest.mark.parametrize("dtype", ["str", "string", "object"])
def test_rows_are_ordered_by_firm_time_file_and_row(scattered, dtype):
    rng = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "firm": pd.Series([f"F{f}" for f in rng.integers(0, 30, 400)], dtype=dtype),
            "fiscal_year": rng.integers(-3, 4, 400),
            "source_file": pd.Series(["b.csv"] * 150 + ["c.csv"] * 250, dtype=dtype),
            "source_row": [*range(2, 152), *range(2, 252)],
        }
    )
    if scattered:  # files that were not read in the order of their names
        table = table.sample(frac=1, random_state=3).reset_index(drop=True)
    keys = ["firm", "fiscal_year", "source_file", "source_row"]
    expected = table.sort_values(keys, kind="stable").index
    assert key_order(table).tolist() == expected.tolist()


@pytest.mark.parametrize(
    ("times", "looks"),
    [
        (["20133", "20134", "20141"], "quarters"),
        (["201311", "201312", "201401"], "months"),
        (["20131231", "20140131"], "days"),
    ],
)
def test_periods_written_as_numbers_stop_until_the_study_says(times, looks, tmp_path):
    text = "firm,year,x\n" + "".join(f"a,{time},1\n" for time in times)
    path = write(tmp_path / "a.csv", text)
    with pytest.raises(UserError, match=f"the times look like {looks}") as caught:
        read(path)
    assert "time_format" in caught.value.render()
    plain = read(path, time_format="integer").firm_years
    assert plain.fiscal_year.tolist() == [int(time) for time in times]
    told = read(path, time_format=looks[:-1] if looks != "days" else "month")
    assert told.firm_years.fiscal_year.diff().dropna().tolist() == [1] * (
        len(times) - 1
    )


@pytest.mark.parametrize(
    "times", [["20131", "20135"], ["1", "2"], ["201313", "201401"]]
)
def test_other_numbers_are_times_as_they_stand(times, tmp_path):
    text = "firm,year,x\n" + "".join(f"a,{time},1\n" for time in times)
    table = read(write(tmp_path / "a.csv", text)).firm_years
    assert table.fiscal_year.tolist() == [int(time) for time in times]


def test_quarters_of_two_digits_are_no_months(tmp_path):
    text = "firm,year,x\na,201303,1\na,201304,2\na,201401,3\n"
    table = read(write(tmp_path / "a.csv", text), time_format="quarter").firm_years
    assert table.fiscal_year.diff().dropna().tolist() == [1, 1]


@pytest.mark.parametrize("marker", ["NA", ".", "NULL"])
def test_a_marker_of_missing_values_is_no_group(marker, tmp_path):
    text = f"firm,year,x,ind\na,2001,1,i1\na,2002,2,{marker}\n{marker},2003,3,i1\n"
    path = write(tmp_path / "a.csv", text)
    needed = Needed({"x": (), "ind": ()}, frozenset({"ind"}))
    layout = TableFile(file="", entity="firm", time="year", missing=("NA", ".", "NULL"))
    tables = firm_years([str(path)], layout, needed)
    assert tables.firm_years.ind.isna().tolist() == [False, True]
    assert tables.rejects.rule.tolist() == ["firm_missing"]
    assert f"a.csv: column 'ind': 1 cells '{marker}' are missing" in tables.decisions


@pytest.mark.parametrize(
    ("cell", "value", "stated"),
    [
        ("$177.2 B", 177200.0, {"ignore": "$", "units": {"B": 1000.0, "M": 1.0}}),
        ("$-338.6 M", -338.6, {"ignore": "$", "units": {"B": 1000.0, "M": 1.0}}),
        ("-$1.5B", -1500.0, {"ignore": "$", "units": {"B": 1000.0, "M": 1.0}}),
        ("12", 12.0, {"ignore": "$", "units": {"B": 1000.0}}),
        ("18.5 %", 0.185, {"units": {"%": 0.01}}),
        (
            "1.250,5 Mio",
            1250500000.0,
            {"units": {"Mio": 1e6}, "decimal": ",", "thousands": "."},
        ),
    ],
)
def test_numbers_as_printed_by_the_stated_format(cell, value, stated, tmp_path):
    path = write(tmp_path / "a.csv", f"firm;year;x\na;2001;{cell}\nb;2001;-\n")
    layout = TableFile(
        file="",
        entity="firm",
        time="year",
        missing=("-",),
        # the keys of a source are of several types
        **stated,  # type: ignore[arg-type]
    )
    table = firm_years([str(path)], layout, Needed({"x": ()})).firm_years
    assert table.x.iloc[0] == pytest.approx(value, rel=1e-15)
    assert table.x.isna().iloc[1]


WIDE = (
    "firm,year,x,name,z\n001,2000,1,a,5\n002,2001,2,b,6\n"
    "003,2002,0,c,n/a\n004,2003,,d,8\n"
)
NAMED = Needed({"x": [], "name": [], "z": []}, variables=["roa"])


@pytest.mark.parametrize(
    ("where", "firms"),
    [
        (("x > 0",), ["001", "002"]),
        (("x > 0", "name == 'b'"), ["002"]),
        (("x >= 0", "z < 7"), ["001", "002"]),  # what is no number is unknown
        (("fiscal_year > 2001",), ["003", "004"]),
        (("not x > 0",), ["003"]),
    ],
)
def test_rows_are_those_that_meet_every_condition(where, firms, tmp_path):
    path = write(tmp_path / "a.csv", WIDE)
    tables = read(path, NAMED, where=where, text=("name",), invalid="missing")
    assert tables.firm_years.firm.tolist() == firms
    row = tables.firm_years.iloc[0]
    assert row.source_row == int(row.firm) + 1


def test_conditions_that_cannot_be_computed_are_told_together(tmp_path):
    path = write(tmp_path / "a.csv", WIDE)
    with pytest.raises(UserError) as caught:
        read(path, NAMED, where=("x > 0", "name > 1", "x == 'a'"), text=("name",))
    places = [p.where for p in caught.value.problems]
    assert places == [f"sources.firm_years.where[{n}]" for n in (1, 2)]


def test_numbers_beside_texts_stay_numbers(tmp_path):
    path = write(tmp_path / "a.csv", WIDE.replace("n/a", "7"))
    order = Needed({"name": [], "x": [], "z": []}, variables=["roa"])
    table = read(path, order, text=("name",), scale={"z": 10.0}).firm_years
    assert table.z.tolist() == [50, 60, 70, 80] and table.name.tolist() == [*"abcd"]
    assert table.x.tolist()[:3] == [1, 2, 0] and np.isnan(table.x[3])


@pytest.mark.parametrize(
    ("time_format", "cells"),
    [
        ("month", ["2004-12", "2005-01", "2005-09"]),
        ("month", ["2004M12", "2005M1", "2005M9"]),
        ("month", ["2004-12", "2005-1", "2005-9"]),
        ("month", ["200412", "20051", "20059"]),
        ("month", ["12/2004", "1/2005", "9/2005"]),
        ("month", ["Dec-2004", "Jan-2005", "Sep-2005"]),
        ("month", ["December 2004", "January 2005", "Sept. 2005"]),
        ("month", ["2004 Dec", "2005 Jan", "2005 Sep"]),
        ("quarter", ["2004Q4", "2005Q1", "2005Q3"]),
        ("quarter", ["Q4 2004", "Q1 2005", "Q3 2005"]),
        ("quarter", ["4Q2004", "1Q2005", "3Q2005"]),
        ("quarter", ["2004:4", "2005:1", "2005:3"]),
        ("quarter", ["2004.75", "2005", "2005.5"]),
        ("quarter", ["2004-12", "2005-1", "2005-9"]),
    ],
)
def test_periods_in_every_print(
    time_format: str, cells: list[str], tmp_path: Path
) -> None:
    lines = (f"001,{cell},{n}\n" for n, cell in enumerate(cells))
    path = write(tmp_path / "a.csv", "firm,year,x\n" + "".join(lines))
    out = read(path, time_format=time_format)
    first = 2005 * 4 - 1 if time_format == "quarter" else 2005 * 12 - 1
    after = [0, 1, 3] if time_format == "quarter" else [0, 1, 9]
    assert (out.firm_years.fiscal_year - first).tolist() == after
    assert out.rejects.empty


def test_times_of_which_most_cannot_be_read_are_no_rejects(tmp_path: Path) -> None:
    parts = ("2004.0", "2004.25", "2004.5", "2004.75")
    lines = (f"001,{part},1\n" for part in parts)
    path = write(tmp_path / "a.csv", "firm,year,x\n" + "".join(lines))
    with pytest.raises(UserError, match="3 of 4 times cannot be read"):
        read(path)


def test_of_many_files_the_first_and_the_last_are_named():
    assert named_files([*"abcde"]) == "a, b, c, d, e"
    assert named_files([*"abcdef"]) == "6 files, a to f"


def test_every_step_from_the_files_rows_is_counted(tmp_path):
    text = "firm,year,x\na,2000,1\na,2001,NA\nb,2000,3\nb,2000,3\n,2001,4\nc,never,5\n"
    path = write(tmp_path / "a.csv", text)
    tables = read(path, where=("x > 0 or x == 0",), duplicates="first")
    steps = ["step", "rows_in", "rows_out", "firms_out", "why"]
    assert tables.funnel[steps].to_numpy().tolist() == [
        ["rows in the files", 6, 6, 3, "a.csv"],
        ["where x > 0 or x == 0", 6, 5, 3, "where of the source"],
        ["has {entity}", 5, 4, 3, "firm missing"],
        ["has {time}", 4, 3, 2, "year missing or unreadable"],
        ["one row per firm and year", 3, 2, 2, "later rows of the same firm-year"],
    ]
    assert [*tables.firm_years.source_row] == [2, 4]


def test_a_table_of_firms_says_what_it_left_out(tmp_path):
    path = write(tmp_path / "a.csv", "firm,year,x\na,2000,1\n")
    firms = write(tmp_path / "b.csv", "code,size\na,1\na,2\n,3\nb,NA\nc,many\n")
    tables = firm_years(
        [str(path)],
        TableFile(entity="firm", time="year", file=""),
        Needed({"x": [], "size": []}),
        [str(firms)],
        TableFile(
            entity="code",
            file="",
            duplicates="first",
            invalid="missing",
            missing=("NA",),
        ),
    )
    assert tables.firm_years["size"].tolist() == [1.0]
    columns = ["file", "row", "column", "value", "rule", "action"]
    told = tables.rejects[columns].astype(object).fillna("-").to_numpy().tolist()
    assert told == [
        ["b.csv", 3, "code", "a", "duplicate_firm", "rejected"],
        ["b.csv", 4, "code", "-", "firm_missing", "rejected"],
        ["b.csv", 6, "size", "many", "not_a_finite_number", "repaired"],
    ]
    assert "b.csv: column 'size': 1 cells 'NA' are missing" in tables.decisions
    assert [reading.file for reading in tables.readings] == ["a.csv", "b.csv"]


def test_codes_that_a_spreadsheet_made_numbers_of_stop_row_by_row(tmp_path):
    text = "firm,year,x\n1.2E+05,2000,1\nA1,2000,2\n1.2E+05,2001,3\n"
    with pytest.raises(UserError) as caught:
        read(write(tmp_path / "a.csv", text))
    told = [(p.row, p.column, p.value, p.where) for p in caught.value.problems]
    assert told == [(2, "firm", "1.2E+05", "a.csv"), (4, "firm", "1.2E+05", "a.csv")]
