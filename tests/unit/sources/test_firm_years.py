"""Source files: what can be read is read, what cannot ends in a clear error."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.firm_years import Needed, SourceTables, firm_years
from alliance_value.study.spec import TableFile

NEEDED = Needed({"x": ["models.m.terms"]}, variables=["roa"])
MISSING = ("NA", "NaN", ".")
Content = str | bytes | Callable[[Path], object]


def write(path: Path, content: Content) -> Path:
    if callable(content):
        content(path)
    elif isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content, encoding="utf-8", newline="")
    return path


def read(path: Path, needed: Needed = NEEDED, **options: Any) -> SourceTables:
    layout = {"entity": "firm", "time": "year", "missing": MISSING} | options
    return firm_years([str(path)], TableFile(file=str(path), **layout), needed)


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
    ("cells", "values", "options"),
    [
        (["1", "NA"], [1.0, np.nan], {}),
        (["1", ""], [1.0, np.nan], {}),
        (["TRUE", "FALSE"], [1.0, 0.0], {}),
        (["1.234,5", "2"], [1234.5, 2.0], {"thousands": ".", "decimal": ","}),
        (["+4", "-3.5E-2"], [4.0, -0.035], {}),
        (["abc", "2"], [np.nan, 2.0], {"invalid": "missing"}),
    ],
)
def test_numbers(cells, values, options, tmp_path):
    text = f"firm;year;x\n001;2000;{cells[0]}\n002;2001;{cells[1]}\n"
    table = read(write(tmp_path / "a.csv", text), **options).firm_years
    np.testing.assert_array_equal(table.x, values)


@pytest.mark.parametrize(
    ("written", "time_format", "key"),
    [
        (["1998", "1999"], "integer", [1998, 1999]),
        (["1998-12-31", "1999-12-31"], "year", [1998, 1999]),
        (["12/31/1998", "1999"], "year", [1998, 1999]),
        (["1998Q4", "1999-Q1"], "quarter", [1998 * 4 + 3, 1999 * 4]),
        (["1998-12", "199901"], "month", [1998 * 12 + 11, 1999 * 12]),
        (["1998-12-31", "1999-01-31"], "month", [1998 * 12 + 11, 1999 * 12]),
    ],
)
def test_times(written, time_format, key, tmp_path):
    text = f"firm,year,x\na,{written[0]},1\na,{written[1]},2\n"
    table = read(write(tmp_path / "a.csv", text), time_format=time_format).firm_years
    assert table.fiscal_year.tolist() == key


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", "", "a.csv.*is empty"),
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
        ("a.csv", "firm,year,X\na,2000,1\n", "'x', which models.m.terms(.|\n)*'X'"),
        ("a.csv", "firm,year,x\na,2000,abc\n", "row 2, column 'x', value 'abc'"),
        ("a.csv", "firm,year,x\na,2000,inf\n", "row 2, column 'x', value 'inf'"),
        ("a.csv", "firm,year,x\na,2000,0x10\n", "value '0x10'"),
        ("a.csv", 'firm,year,x\na,2000,"1,234"\n', "give thousands"),
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


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(UserError, match="not there"):
        read(tmp_path / "a.csv")


def test_all_problems_come_at_once(tmp_path):
    text = "firm,year,x\na,2000,b\na,2001,c\na,2001,d\n"
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
        5: "duplicate_firm_year",
    }
    assert rejects.loc[6, ["column", "value", "action"]].tolist() == [
        "x",
        "oops",
        "repaired",
    ]
    assert tables.funnel.rows_in.iloc[0] == 5
    assert tables.funnel.rows_out.iloc[-1] == len(tables.firm_years)


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
