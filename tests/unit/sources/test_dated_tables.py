"""Plain tables of factors and of an index: units, several files, what is missing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.dated_tables import read_factor_tables, read_market
from alliance_value.sources.french import Unit
from tests.unit.conftest import Table, rules

COLUMNS = {"mkt_rf": "MKT", "umd": "Mom", "rf": "RF"}
TEXT = "day,MKT,Mom,RF\n2004-01-05,1.1,0.5,0.004\n2004-01-06,-0.9,-99.99,0.004\n"


def test_named_columns_in_percent(table: Table) -> None:
    out = read_factor_tables([table(TEXT)], "day", COLUMNS, "auto")
    np.testing.assert_allclose(out.factors.mkt_rf, [0.011, -0.009])
    np.testing.assert_allclose(out.factors.umd, [0.005, np.nan])
    assert out.factors.smb.isna().all()
    assert rules(out.rejects) == {"factor_missing": 1}


def test_files_are_put_together_by_day_whatever_their_order(table: Table) -> None:
    first = table("day,MKT,RF\n2004-01-06,-0.9,0.004\n2004-01-05,1.1,0.004\n", "a.csv")
    later = table("day,MKT,RF\n2004-01-06,-0.9,0.004\n2004-01-07,2,0.004\n", "b.csv")
    other = table("day,Mom\n2004-01-05,0.5\n", "c.csv")
    for raws in ([first, later, other], [other, later, first]):
        out = read_factor_tables(raws, "day", COLUMNS, "percent").factors
        np.testing.assert_allclose(out.mkt_rf, [0.011, -0.009, 0.02])
        np.testing.assert_allclose(out.umd, [0.005, np.nan, np.nan])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,MKT,Mom,RF\n2004-01-05,1,1,1\n", "no column 'day'"),
        ("day,a,b\n2004-01-05,1,1\n", "no column 'MKT'"),
        ("day,MKT,Mom\n2004-01-05,1,1\n", "no file has the column 'RF'"),
    ],
)
def test_missing_columns(table: Table, text: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_factor_tables([table(text)], "day", COLUMNS, "decimal")


def test_files_that_disagree(table: Table) -> None:
    raws = [table(TEXT, "a.csv"), table(TEXT.replace("1.1", "1.3"), "b.csv")]
    with pytest.raises(UserError, match="mkt_rf differs"):
        read_factor_tables(raws, "day", COLUMNS, "percent")


def test_an_index_of_the_market(table: Table) -> None:
    text = (
        "caldt,vwretd\n20040106,0.01\n20040105,-0.02\n20040105,-0.02\nx,1\n20040107,\n"
    )
    out = read_market([table(text)], "caldt", "vwretd", "decimal")
    assert out.market.ret.tolist() == [-0.02, 0.01]
    assert rules(out.rejects) == {
        "repeated_day": 1,
        "date_unreadable": 1,
        "factor_missing": 1,
    }


def test_lines_around_the_table_stand_in_the_rejects(table: Table) -> None:
    out = read_factor_tables(
        [table("Factors of the day\n\n" + TEXT + "\nSource: us\n")],
        "day",
        COLUMNS,
        "auto",
    )
    left = out.rejects[out.rejects.rule != "factor_missing"]
    assert sorted(left["row"]) == [1, 7] and set(left.action) == {"rejected"}


def days_of_factors(printed: Callable[[float], str]) -> str:
    values = np.sin(np.arange(20.0)).round(3)
    days = pd.bdate_range("2004-01-05", periods=20).strftime("%Y-%m-%d")
    lines = (f"{d},{printed(v)},0.1,0.004\n" for d, v in zip(days, values, strict=True))
    return "day,MKT,Mom,RF\n" + "".join(lines)


def test_a_printed_minus_is_one(table: Table) -> None:
    plain, printed = (
        read_factor_tables([table(days_of_factors(f))], "day", COLUMNS, "percent")
        for f in (str, lambda v: str(v).replace("-", "\u2212"))
    )
    pd.testing.assert_frame_equal(plain.factors, printed.factors)


@pytest.mark.parametrize(
    ("printed", "remedy"),
    [
        (lambda v: f"({-v})" if v < 0 else str(v), "minus sign"),
        (lambda v: '"' + str(v).replace(".", ",") + '"', "decimal"),
        (lambda v: f"{v}%", "units"),
    ],
)
def test_numbers_printed_otherwise_are_not_days_left_out(
    printed: Callable[[float], str], remedy: str, table: Table
) -> None:
    with pytest.raises(UserError, match="in another way") as caught:
        read_factor_tables([table(days_of_factors(printed))], "day", COLUMNS, "percent")
    assert remedy in caught.value.problems[0].remedy


@pytest.mark.parametrize(("size", "said"), [(1.0, "decimal"), (0.01, "percent")])
def test_a_unit_that_cannot_be_is_refused(
    size: float, said: Unit, table: Table
) -> None:
    days = pd.bdate_range("2004-01-05", periods=60).strftime("%Y-%m-%d")
    moves = np.sin(np.arange(60.0)) * size
    lines = (f"{d},{v:.6f},0.0,0.0\n" for d, v in zip(days, moves, strict=True))
    raw = table("day,MKT,Mom,RF\n" + "".join(lines))
    with pytest.raises(UserError, match=f"none of unit: {said}"):
        read_factor_tables([raw], "day", COLUMNS, said)
    known = read_factor_tables([raw], "day", COLUMNS, "auto").factors
    np.testing.assert_allclose(known.mkt_rf, moves * 0.01 / size, atol=1e-6)


def test_a_column_without_a_day_is_no_calendar(table: Table) -> None:
    text = TEXT.replace("2004-01-0", "day ")
    with pytest.raises(UserError, match="can be read as a day"):
        read_factor_tables([table(text)], "day", COLUMNS, "percent")


def test_of_a_day_that_stands_twice_the_smallest_values_count(table: Table) -> None:
    raw = table(
        "DAY,mkt,mom,rf\n2004-01-06,2,1,0\n2004-01-06,1,5,0\n2004-01-05,-99,3,0\n"
        "x,1,1,1\n2004-01-07,3,-999,0\n",
    )
    columns = {"mkt_rf": "MKT", "umd": "Mom", "rf": "RF"}
    out = read_factor_tables([raw], "day", columns, "decimal")
    assert out.factors.mkt_rf.tolist() == [1.0, 3.0]
    assert out.factors.umd.fillna(0).tolist() == [5.0, 0.0]
    names = ["row", "column", "value", "rule", "action"]
    assert out.rejects[names].to_numpy().tolist() == [
        [2, "day", "2004-01-06", "repeated_day", "rejected"],
        [4, "MKT", "-99", "factor_missing", "repaired"],
        [5, "day", "x", "date_unreadable", "rejected"],
        [6, "Mom", "-999", "factor_missing", "repaired"],
    ]
    assert out.decisions[-2:] == (
        "mkt_rf, umd, rf: decimals (as told)",
        "1 days without the market factor left out",
    )


def test_a_later_file_gives_the_days_that_an_earlier_one_lacks(table: Table) -> None:
    first = table("day,MKT,RF\n2004-01-05,0.07,0\n2004-01-06,-99,0\n", "a.csv")
    later = table("day,MKT,RF\n2004-01-06,-0.07,0\n2004-01-07,0.07,0\n", "b.csv")
    columns = {"mkt_rf": "MKT", "rf": "RF"}
    out = read_factor_tables([later, first], "day", columns, "auto")
    assert out.factors.mkt_rf.tolist() == [0.07, -0.07, 0.07]
    # as decimals where the standard deviation is not above a tenth
    assert out.decisions[-2] == "mkt_rf, rf: decimals (standard deviation 0.0808)"
    apart = table("day,MKT,RF\n2004-01-05,0.0702,0\n", "c.csv")
    with pytest.raises(UserError) as caught:
        read_factor_tables([first, apart], "day", columns, "decimal")
    (problem,) = caught.value.problems
    assert problem.rule == (
        "mkt_rf differs from an earlier file on 1 days, first on 2004-01-05"
    )
    assert (problem.where, problem.column, problem.value) == (
        "c.csv",
        "mkt_rf",
        "0.0702",
    )


def test_each_market_has_its_own_unit_and_days(table: Table) -> None:
    raw = table(
        "day,where,m\n2001-01-02,US,0.07\n2001-01-03,US,-0.07\n2001-01-02,DE,1\n"
        "2001-01-03,DE,-1\n2001-01-03,DE,-1\n2001-01-04,,1\n"
    )
    out = read_factor_tables([raw], "day", {"mkt_rf": "m"}, "auto", "WHERE")
    assert out.factors[["market", "mkt_rf"]].to_numpy().tolist() == [
        *(["DE", 0.01], ["DE", -0.01], ["US", 0.07], ["US", -0.07])
    ]
    assert out.rejects[["row", "rule"]].to_numpy().tolist() == [
        *([6, "repeated_day"], [7, "market_missing"])
    ]
    assert [word for word in out.decisions if "mkt_rf" in word] == [
        "DE: mkt_rf: percent (standard deviation 1.41)",
        "US: mkt_rf: decimals (standard deviation 0.099)",
    ]
