"""Daily files with delistings and listings, opened together."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.sources.daily_files import daily_files
from alliance_value.study.spec import ReturnsFile

from .test_returns import ALL, CLEAN


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def daily(tmp_path):
    return write(tmp_path / "daily.csv", CLEAN)


def test_daily_files_alone_are_read_in_parts(daily, tmp_path):
    opened = daily_files([daily], ReturnsFile(), tmp_path, windows=ALL)
    returns = pd.concat(opened.parts())
    assert len(returns)
    assert [*opened.rejects().columns][:2] == ["file", "row"]
    assert not any("delist" in word and "added" in word for word in opened.decisions())


def test_missing_delisting_returns_are_what_the_study_says(daily, tmp_path):
    gone = write(
        tmp_path / "gone.csv",
        "PERMNO,DLSTDT,DLSTCD,DLRET\n1,20040106,500,\n2,20040106,500,\n",
    )
    names = pd.DataFrame(
        {
            "security": [1, 2],
            "company": [7, 7],
            "name_from": pd.Timestamp("2000-01-01"),
            "exchange_code": pd.array(["3", "1"], dtype="string"),
        }
    )

    def assumed(names, **said):
        opened = daily_files(
            [daily],
            ReturnsFile(),
            tmp_path,
            delistings=[gone],
            sources=said,
            names=names,
            windows=ALL,
        )
        noted = opened.rejects()
        noted = noted[noted.rule == "delisting_return_assumed"]
        return dict(zip(noted["row"], noted.new_value.astype(float), strict=True))

    rule = {"missing": -0.3, "missing_nasdaq": -0.55}
    assert assumed(names, delistings=rule) == {2: -0.55, 3: -0.3}
    assert assumed(names) == {2: 0.0, 3: 0.0}
    assert assumed(None, delistings=rule) == {2: -0.3, 3: -0.3}
    plain = names.drop(columns="exchange_code")
    assert assumed(plain, delistings=rule) == {2: -0.3, 3: -0.3}


@pytest.mark.parametrize("again", ["20040106", "20040107"])
def test_a_delisting_that_two_files_have_counts_once(again, daily, tmp_path):
    head = "PERMNO,DLSTDT,DLSTCD,DLRET\n"
    one, both, later = (
        write(tmp_path / f"{name}.csv", head + rows)
        for name, rows in (
            ("one", f"1,{again},500,-0.5\n2,20040106,500,-0.2\n"),
            ("a", "1,20040106,500,-0.5\n"),
            ("b", f"2,20040106,500,-0.2\n1,{again},500,-0.5\n"),
        )
    )

    def returns(files):
        opened = daily_files(
            [daily], ReturnsFile(), tmp_path, delistings=files, windows=ALL
        )
        return pd.concat(opened.parts(), ignore_index=True), opened.rejects()

    right, _ = returns([one])
    table, rejected = returns([both, later])
    pd.testing.assert_frame_equal(table, right)
    gone = rejected[rejected.rule == "earlier_delisting_of_security"]
    assert len(gone) == 1 and set(rejected.file) <= {"a.csv", "b.csv", "daily.csv"}
    assert rejected["row"].max() < 100


def test_a_row_of_a_company_in_two_batches_is_rejected_once(tmp_path):
    path = write(tmp_path / "d.csv", CLEAN + "1,7,x,5,0.02,1000\n")
    opened = daily_files([path], ReturnsFile(), tmp_path)
    opened.reader.batch_rows = 2
    assert [part.security.nunique() for part in opened.parts()] == [1, 2]
    assert opened.rejects().row.tolist() == [7]
