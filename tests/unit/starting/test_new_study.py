"""First studies of ten real and simulated files, and what cannot become one."""

from __future__ import annotations

import os
from pathlib import Path

import pandas as pd
import pytest
import yaml

from alliance_value.contracts.problems import UserError
from alliance_value.starting.files import data_files, study_file
from alliance_value.starting.new_study import new_study
from tests.unit.starting import data

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests/reference/data"
# file -> entity, time and what else its source must say
REAL = {
    "Grunfeld.csv": {"entity": "firm", "time": "year"},
    "EmplUK.csv": {"entity": "firm", "time": "year"},
    "PetersenCL.csv": {"entity": "firm", "time": "year"},
    "Produc.csv": {"entity": "state", "time": "year"},
    "Wages.csv": {"entity": "id", "time": "year"},
}
ELSEWHERE = {
    "farr/comp.csv": {"entity": "gvkey", "time": "fyear"},
    "us-large/fundamentals.csv": {
        "entity": "Ticker Symbol",
        "time": "For Year",
        "period_end": "Period Ending",
    },
}
WRITTEN = {
    data.german: {
        "entity": "Firma-Nr.",
        "time": "Jahr (FY)",
        "decimal": ",",
        "thousands": ".",
        "duplicates": "first",
    },
    data.quarters: {"entity": "gvkey", "time": "quarter", "time_format": "quarter"},
    data.days: {"entity": "gvkey", "time": "period", "time_format": "year"},
}


def first(*paths: Path, kind: str = "panel", **key: str) -> dict:
    """Return the study that is written of files; it resolves, or this raises."""
    files = {str(path): path.name for path in paths}
    new = new_study(Path("config/mine.yaml"), files, kind, **key)
    assert new.text.startswith("# yaml-language-server: $schema=study.schema.json\n")
    assert new.command == "snakemake -c2 --configfile config/mine.yaml"
    return yaml.safe_load(new.text)


@pytest.mark.parametrize("name", REAL)
def test_files_of_textbooks(name):
    study = first(REFERENCE / name)
    assert study["sources"]["firm_years"] == {"file": name, **REAL[name]}
    (model,) = study["models"]
    columns = set(pd.read_csv(REFERENCE / name, nrows=1).columns)
    assert {model["outcome"], *model["terms"]} <= columns - set(REAL[name].values())


@pytest.mark.real_data
@pytest.mark.parametrize("name", ELSEWHERE)
def test_real_files(name):
    path = Path(os.environ.get("ALLIANCE_VALUE_DATA", "absent"), name)
    if not path.is_file():
        pytest.skip(f"ALLIANCE_VALUE_DATA has no {name}")
    source = first(path)["sources"]["firm_years"]
    assert ELSEWHERE[name].items() <= source.items()


@pytest.mark.parametrize("write", WRITTEN, ids=lambda f: f.__name__)
def test_simulated_files(write, tmp_path):
    source = first(write(tmp_path / "table.dat"))["sources"]["firm_years"]
    assert WRITTEN[write].items() <= source.items()


def test_bad_cells_are_missing_and_columns_get_names(tmp_path):
    study = first(data.german(tmp_path / "table.csv"))
    source = study["sources"]["firm_years"]
    assert source["invalid"] == "missing"
    assert source["columns"] == {"umsatz_mio": "Umsatz Mio.", "marge": "Marge %"}
    assert study["models"][0]["outcome"] == "umsatz_mio"


def test_compustat_has_its_reader_and_variables(tmp_path):
    table = data.panel().assign(
        datadate=lambda t: t.fyear.astype("str") + "-12-31",
        indfmt="INDL",
        datafmt="STD",
        popsrc="D",
        consol="C",
        at=100.0,
        ib=lambda t: t.margin,
        dltt=lambda t: t.sales,
        dlc=1.0,
    )
    table.to_csv(tmp_path / "funda.csv", index=False)
    study = first(tmp_path / "funda.csv")
    assert study["sources"]["firm_years"]["reader"] == "compustat"
    assert study["standard_variables"] == ["roa_next", "leverage", "size"]
    table.drop(columns=["dltt", "dlc"]).to_csv(tmp_path / "funda.csv", index=False)
    study = first(tmp_path / "funda.csv")
    assert study["standard_variables"] == ["roa_next", "size"]
    assert study["models"] == [
        {"name": "first", "outcome": "roa_next", "terms": ["size"]}
    ]
    del table["ib"]
    table.to_csv(tmp_path / "funda.csv", index=False)
    with pytest.raises(UserError, match="it lacks items of roa_next"):
        first(tmp_path / "funda.csv")


def test_events_find_returns_and_factors_beside_them(tmp_path):
    events, *_ = data.event_files(tmp_path)
    sources = first(events, kind="events")["sources"]
    assert sources["events"] == {
        "file": "events.csv",
        "security": "symbol",
        "announced": "announced",
        "groups": ["kind"],
    }
    assert sources["returns"] == {
        "reader": "long",
        "file": "returns.csv",
        "security": "ticker",
        "date": "date",
        "ret": "ret",
    }
    assert sources["factors"]["columns"] == {"mkt_rf": "mktrf", "rf": "rf"}


def test_securities_may_be_numbers(tmp_path):
    paths = data.event_files(tmp_path)
    for path, column in zip(paths, ("symbol", "ticker"), strict=False):
        table = pd.read_csv(path)
        table[column] = table[column].str.removeprefix("S").astype(int) + 10001
        table.to_csv(path, index=False)
    files = {str(path): path.name for path in paths}
    new = new_study(Path("config/mine.yaml"), files, "events")
    assert "24 rows, of which 24 have a security of the returns" in new.said[0]
    assert yaml.safe_load(new.text)["event_study"] == {"models": ["market"]}


@pytest.mark.parametrize(
    "names",
    [("PERMNO", "date", "RET"), ("PERMNO", "DlyCalDt", "DlyRet")],
    ids=["legacy", "ciz"],
)
def test_crsp_is_known_by_its_columns(names, tmp_path):
    events, returns, factors = data.event_files(tmp_path)
    table = pd.read_csv(returns)
    table["ticker"] = table.ticker.str.removeprefix("S").astype(int) + 10001
    columns = dict(zip(("ticker", "date", "ret"), names, strict=True))
    table.rename(columns=columns).to_csv(returns, index=False)
    listed = pd.read_csv(events)
    listed["symbol"] = listed.symbol.str.removeprefix("S").astype(int) + 10001
    listed.to_csv(events, index=False)
    sources = first(events, returns, factors, kind="events")["sources"]
    assert sources["returns"] == {"file": "returns.csv"}


def test_events_without_days_before_them_need_no_estimation_window(tmp_path):
    study = first(*data.event_files(tmp_path, days_before=20), kind="events")
    assert study["event_study"] == {
        "models": ["market_adjusted"],
        "estimation": "none",
    }


def test_wide_returns(tmp_path):
    events, returns, factors = data.event_files(tmp_path)
    wide = pd.read_csv(returns).pivot(index="date", columns="ticker", values="ret")
    wide.to_csv(returns)
    source = first(events, returns, factors, kind="events")["sources"]["returns"]
    assert (source["reader"], source["holds"]) == ("wide", "returns")


@pytest.mark.real_data
def test_real_events(tmp_path):
    folder = Path(os.environ.get("ALLIANCE_VALUE_DATA", "absent"), "us-large")
    if not folder.is_dir():
        pytest.skip("ALLIANCE_VALUE_DATA has no us-large/")
    names = ("securities.csv", "prices.parquet", "factors_daily.csv")
    study = first(*(folder / name for name in names), kind="events")
    assert study["sources"]["events"]["announced"] == "Date first added"
    assert study["sources"]["returns"]["price"] == "close"


def test_what_is_missing_among_events_is_named(tmp_path):
    events, _, factors = data.event_files(tmp_path)
    with pytest.raises(
        UserError, match="none of the files looked at is one of returns"
    ):
        first(events, factors, kind="events")


def test_a_table_of_one_period_is_no_panel():
    with pytest.raises(UserError, match="no column tells the time"):
        first(REFERENCE / "PSID1976.csv")


def test_the_users_key_goes_first(tmp_path):
    path = data.german(tmp_path / "table.csv")
    with pytest.raises(UserError, match="there is no column 'Jahr'"):
        first(path, time="Jahr")
    source = first(path, entity="Firma-Nr.", time="Jahr (FY)")["sources"]["firm_years"]
    assert source["entity"] == "Firma-Nr."


@pytest.mark.parametrize("name", ["", "Big Name", "../up", "config/config.yaml"])
def test_names_that_are_none(name, tmp_path):
    with pytest.raises(UserError, match="is no name of a study"):
        study_file(name, tmp_path)


def test_a_study_is_never_overwritten(tmp_path):
    (tmp_path / "mine.yaml").write_text("not: a study")
    (tmp_path / "other.yaml").write_text("study: taken\n")
    for name in ("mine", "taken"):
        with pytest.raises(UserError, match="there is a study"):
            study_file(name, tmp_path)
    assert study_file("free", tmp_path) == tmp_path / "free.yaml"


def test_files_are_named_as_a_study_can(tmp_path, monkeypatch):
    here = tmp_path / "here"
    here.mkdir()
    for path in (here / "a b.csv", here / "c.csv", tmp_path / "d.csv"):
        path.write_text("x\n1\n")
    monkeypatch.chdir(here)
    assert data_files("a b.csv", "mine", {}) == {"a b.csv": "a b.csv"}
    assert list(data_files("'a b.csv' c.csv", "mine", {})) == ["a b.csv", "c.csv"]
    environ = {"ALLIANCE_VALUE_DATA": str(tmp_path)}
    away = str(tmp_path / "d.csv")
    assert data_files(away, "mine", environ)[away] == "${ALLIANCE_VALUE_DATA}/d.csv"
    for wrong, words in ((away, "outside of the checkout"), ("e.csv", "is not there")):
        with pytest.raises(UserError, match=words):
            data_files(wrong, "mine", {})
