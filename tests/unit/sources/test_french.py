"""Factor files: text around the table, percent or decimals, missing values."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.french import (
    FactorFiles,
    Unit,
    first_days,
    read_factors,
)
from alliance_value.study.spec import TableFile
from tests.unit.conftest import ledger, rules

LINES = (
    "20040105,   1.10,   0.20,  -0.30,   0.004\n"
    "20040106,  -0.90,  -0.10,   0.50,   0.004\n"
    "20040107,   0.40,   0.30,   0.10,   0.004\n"
)
FRENCH = (
    "This file was created by CMPT_ME_BEME_RETS_DAILY using the 202401 CRSP database.\n"
    "The Tbill return is the simple daily rate, over trading days\n\n"
    ",Mkt-RF,SMB,HML,RF\n" + LINES + "\nCopyright 2024 Kenneth R. French\n"
)
MOMENTUM = ",Mom   \n20040105,   0.50\n20040106,-99.99\n"
MOMENTUM += "20040107,  -999\n20040108,  -0.50\n"


def read(folder: Path, *texts: str, unit: Unit = "auto") -> FactorFiles:
    paths = [folder / f"factors{n}.csv" for n in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return read_factors(paths, unit)


def test_text_around_the_table_is_skipped(tmp_path: Path) -> None:
    out = read(tmp_path, FRENCH)
    assert out.factors.mkt_rf.tolist() == pytest.approx([0.011, -0.009, 0.004])
    assert out.factors.rf.tolist() == pytest.approx([0.00004] * 3)
    assert out.factors.umd.isna().all()
    assert any("percent (standard deviation 1.0" in d for d in out.decisions)
    assert any("5 lines around the table" in d for d in out.decisions)


def test_decimals_are_left_alone(tmp_path: Path) -> None:
    text = "date,mktrf,smb,hml,rf,umd\n2004-01-05,.011,.002,-.003,.00004,.01\n"
    text += "2004-01-06,-.009,-.001,.005,.00004,-.01\n"
    out = read(tmp_path, text)
    assert out.factors.mkt_rf.tolist() == [0.011, -0.009]
    assert out.factors.umd.tolist() == [0.01, -0.01]
    assert any("decimals (standard" in d for d in out.decisions)
    told = read(tmp_path, text, unit="percent")
    assert told.factors.mkt_rf.tolist() == pytest.approx([0.00011, -0.00009])


def test_a_parquet_file_counts_its_first_record_as_row_1(tmp_path: Path) -> None:
    day = pd.Timestamp("2004-01-05").date()
    cells = pd.DataFrame({"date": [day, day], "mktrf": [0.0110000001, 0.2]})
    cells.to_parquet(tmp_path / "ff.parquet")
    out = read_factors([tmp_path / "ff.parquet"], "decimal")
    assert out.factors.mkt_rf.tolist() == [0.0110000001]
    assert out.rejects[["row", "rule"]].values.tolist() == [[2, "repeated_day"]]


def test_momentum_from_its_own_file(tmp_path: Path) -> None:
    out = read(tmp_path, FRENCH, MOMENTUM)
    np.testing.assert_allclose(out.factors.umd, [0.005, np.nan, np.nan])
    assert any("1 days without the market factor" in d for d in out.decisions)
    assert rules(out.rejects) == {"factor_missing": 2}


def test_repeated_and_unreadable_days(tmp_path: Path) -> None:
    text = FRENCH.replace(LINES, LINES + "20040107,1,1,1,1\n20041399,1,1,1,1\n")
    out = read(tmp_path, text)
    assert len(out.factors) == 3
    assert rules(out.rejects) == {"repeated_day": 1, "date_unreadable": 1}
    assert sorted(out.rejects.row) == [8, 9]


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["a,b\n1,2\n"], "no line holds names of factors"),
        ([FRENCH.replace("200401", "2004-")], "begins with a day"),
        ([",SMB,HML\n20040105,1,1\n20040106,2,1\n"], "no file has the market factor"),
        ([FRENCH, FRENCH.replace("   0.20", "   0.90")], "smb differs"),
        (["\n\n"], "is empty"),
        ([",Mkt-RF,SMB,HML,RF\n20040105,1,1,1,1\n"], "too few days"),
    ],
)
def test_bad_files(tmp_path: Path, texts: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        read(tmp_path, *texts)


def test_world(worlds: dict[str, Path]) -> None:
    clean = read_factors([worlds["none"] / "factors_daily.csv"]).factors
    out = read_factors([worlds["hostile"] / "factors_daily.csv"])
    defects = ledger(worlds["hostile"], "factors").kind.value_counts()
    assert rules(out.rejects)["factor_missing"] == defects["factors_missing"]
    repaired = out.factors.fillna(clean)
    pd.testing.assert_frame_equal(repaired, clean)
    assert out.factors.isna().sum().sum() == defects["factors_missing"]


@pytest.mark.parametrize("kept", ["files", "an archive"])
def test_files_of_several_years_are_one_after_the_other(
    kept: str, tmp_path: Path
) -> None:
    early = ",Mkt-RF,RF\n20040105, 1.10,0.004\n20040106,-0.90,0.004\n"
    late = ",Mkt-RF,RF\n20040106,-0.90,0.004\n20040107, 0.40,0.005\n"
    if kept == "files":
        out = read(tmp_path, early, late)
    else:
        with zipfile.ZipFile(tmp_path / "factors.zip", "w") as archive:
            archive.writestr("a/f.csv", early)
            archive.writestr("b/f.csv", late)
        out = read_factors([tmp_path / "factors.zip"])
        assert any(d.startswith("factors.zip/b/f.csv: ") for d in out.decisions)
    assert out.factors.mkt_rf.tolist() == pytest.approx([0.011, -0.009, 0.004])
    assert out.factors.rf.tolist() == pytest.approx([0.00004, 0.00004, 0.00005])


def test_a_member_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "factors.zip", "w") as archive:
        archive.writestr("a.csv", FRENCH)
        archive.writestr("b.csv", "20040105,1.00,0.1\n")
    with pytest.raises(UserError, match=r"factors\.zip/b\.csv: no line holds"):
        read_factors([tmp_path / "factors.zip"])


def test_days_are_serial_numbers_in_a_workbook_alone(tmp_path: Path) -> None:
    lines = pd.DataFrame({0: ["37622", "37623"], 1: ["0.1", "0.2"], "row": [2, 3]})
    lines.to_csv(tmp_path / "a.csv")
    lines.to_excel(tmp_path / "a.xlsx")
    layout = TableFile(entity="", file="")
    assert first_days(lines, tmp_path / "a.csv", layout).isna().all()
    read = first_days(lines, tmp_path / "a.xlsx", layout)
    assert read.dt.strftime("%Y-%m-%d").tolist() == ["2003-01-01", "2003-01-02"]
    printed = lines.copy()
    printed[0] = ["20030101", "20030102"]
    days = first_days(printed, tmp_path / "a.xlsx", layout)
    assert days.dt.year.tolist() == [2003, 2003]


def problems(folder: Path, *texts: str, unit: Unit = "auto"):
    with pytest.raises(UserError) as caught:
        read(folder, *texts, unit=unit)
    return [(p.rule, p.remedy, p.where, p.row) for p in caught.value.problems]


def test_what_is_no_factor_file_is_told_with_its_next_step(tmp_path: Path) -> None:
    (names,) = problems(tmp_path, "a,MktRF1\n1,2\n")
    assert names == (
        "no line holds names of factors such as Mkt-RF",
        "did you mean 'MktRF1'?",
        "factors0.csv",
        None,
    )
    (days,) = problems(tmp_path, "x,y\n\n,Mkt-RF\n2004,1\n")
    assert days[0] == "no line under the factors' names begins with a day"
    assert days[2:] == ("factors0.csv", 3)
    assert problems(tmp_path, ",Mkt-RF\n")[0][0] == days[0]
    apart = FRENCH.replace("0.20", "0.90").replace("-0.10", "-0.50")
    (differ,) = problems(tmp_path, FRENCH, apart)
    assert differ == (
        "smb differs from an earlier file on 2 days, first on 2004-01-05",
        "give files of one vintage, or one file only",
        "factors1.csv",
        None,
    )
    # what rounding leaves is no difference: 0.0099 of a percent
    read(tmp_path, FRENCH, FRENCH.replace("0.20", "0.2099"))
    (market,) = problems(tmp_path, ",SMB\n20040105,1\n20040106,2\n")
    assert market[:1] + market[2:] == (
        "no file has the market factor",
        "factors0.csv",
        None,
    )


def long(scale: float, days: int) -> str:
    dates = pd.bdate_range("2004-01-05", periods=days)
    lines = (f"{d:%Y%m%d},{scale * (-1) ** n},9" for n, d in enumerate(dates))
    return ",Mkt-RF,RF\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("scale", "days", "unit", "right"),
    [
        (0.01, 50, "percent", "decimal"),
        (0.01, 49, "percent", None),
        (1.0, 50, "decimal", "percent"),
        (1.0, 50, "percent", None),
        (0.01, 50, "decimal", None),
        (0.01, 50, "auto", None),
    ],
)
def test_a_unit_that_cannot_be_is_told(scale, days, unit, right, tmp_path) -> None:
    text = long(scale, days)
    if right is None:
        read(tmp_path, text, unit=unit)
        return
    ((rule, remedy, where, _),) = problems(tmp_path, text, unit=unit)
    spread = "0.0101" if scale < 1 else "1.01"
    assert rule == f"a standard deviation of {spread} a day is none of unit: {unit}"
    assert (remedy, where) == (f"set unit: {right}, or auto", "factors0.csv")


def test_percent_is_above_a_tenth(tmp_path: Path) -> None:
    """The population of -x and x has a sample deviation of x times the root of 2."""
    pair = ",Mkt-RF\n20040105,{0}\n20040106,-{0}\n"
    decimal = read(tmp_path, pair.format(0.07))  # 0.099
    assert decimal.factors.mkt_rf.tolist() == [0.07, -0.07]
    assert decimal.decisions == (
        "factors0.csv: encoding utf-8",
        "factors0.csv: 0 lines around the table skipped",
        "factors0.csv: decimals (standard deviation 0.099)",
        "0 days without the market factor left out",
    )
    percent = read(tmp_path, pair.format(0.071))  # 0.1004
    assert percent.factors.mkt_rf.tolist() == pytest.approx([0.00071, -0.00071])
    told = read(tmp_path, pair.format(0.07), unit="percent").decisions[2]
    assert told == "factors0.csv: percent (as told)"


def test_rejects_name_row_column_and_cell(tmp_path: Path) -> None:
    text = "Title\n\nDay,Mkt-RF,Mom,RF\n"
    text += "20040105,1,2,0.01\n20040106,-1,-99.99,0.01\n20040106,3,1,1\n"
    text += "20041399,1,1,1\n20040107,x,-999,0.01\n"
    out = read(tmp_path, text, unit="percent")
    names = ["row", "column", "value", "rule", "action"]
    assert out.rejects[names].to_numpy().tolist() == [
        [5, "Mom", "-99.99", "factor_missing", "repaired"],
        [6, "Day", "20040106", "repeated_day", "rejected"],
        [7, "Day", "20041399", "date_unreadable", "rejected"],
        [8, "Mkt-RF", "x", "factor_missing", "repaired"],
        [8, "Mom", "-999", "factor_missing", "repaired"],
    ]
    assert out.factors.mkt_rf.tolist() == [0.01, -0.01]


@pytest.mark.parametrize("blank", ["  ", ","])
@pytest.mark.parametrize("first", ["", "Day"])
def test_days_may_have_no_name(blank: str, first: str, tmp_path: Path) -> None:
    lines = [[first, "Mkt-RF", "SMB", "Mkt-RF"], ["20040105", "1", "2", "9"]]
    lines += [["20040106", "-1", "1", "9"]]
    text = "\n".join(blank.join(filter(None, line)) for line in lines)
    out = read(tmp_path, text)
    # of two columns of a factor the first counts
    assert out.factors.mkt_rf.tolist() == [0.01, -0.01]
    assert out.factors.smb.tolist() == [0.02, 0.01]
