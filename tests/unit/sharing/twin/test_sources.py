"""Events, returns, factors and vendors' tables get twins that belong together."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from alliance_value.sharing.twin.files import twin_files
from alliance_value.sharing.twin.identities import Drawing, Identities
from alliance_value.sharing.twin.request import Request
from alliance_value.sharing.twin.tables import twin_columns, twin_table
from alliance_value.sharing.twin.world import replace_taken
from alliance_value.sources.french import read_factors
from alliance_value.sources.raw_table import RawTable
from alliance_value.study.needs import source_files
from alliance_value.study.resolve import resolve
from tests.unit.sharing.twin.panels import SCHEMA

SECURITIES = [f"TK{i:02d}Q" for i in range(14)]


@pytest.fixture(autouse=True)
def here(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)


def drawing() -> Drawing:
    rng = np.random.default_rng(1)
    return Drawing(Identities(rng), frozenset(), rng)


def raw(table: pd.DataFrame) -> RawTable:
    rows = pd.Series(range(2, len(table) + 2))
    return RawTable(table.astype("str"), rows, "f.csv", False, ())


def event_study(rights: dict) -> tuple[Request, pd.DataFrame]:
    """An event study of listed events with 14 securities over 300 days."""
    rng = np.random.default_rng(2)
    days = pd.bdate_range("2010-01-04", periods=300)
    market = rng.normal(0.0004, 0.01, 300)
    beta = rng.normal(1, 0.3, 14)
    ret = np.outer(beta, market) + rng.normal(0, 0.02, (14, 300))
    folder = Path("data/raw/e")
    folder.mkdir(parents=True)
    returns = pd.DataFrame(
        {
            "ticker": np.repeat(SECURITIES, 300),
            "day": np.tile(days.strftime("%Y-%m-%d"), 14),
            "r": ret.ravel().round(6),
        }
    )
    returns.to_csv(folder / "returns.csv", index=False)
    pd.DataFrame(
        {
            "date": days.strftime("%Y%m%d"),
            "Mkt-RF": (100 * market).round(3),
            "RF": 0.01,
        }
    ).to_csv(folder / "factors.csv", index=False)
    pd.DataFrame(
        {
            "id": [f"E{i:03d}" for i in range(28)],
            "ticker": SECURITIES * 2,
            "announced": days[150:290:5].strftime("%Y-%m-%d"),
            "kind": ["launch", "recall"] * 14,
            "chief": [f"Ann Lee {t}" for t in SECURITIES] * 2,
        }
    ).to_csv(folder / "events.csv", index=False)
    written = {
        "study": "e",
        "title": "Events",
        "sources": {
            "returns": {
                "reader": "long",
                "file": "data/raw/e/returns.csv",
                "security": "ticker",
                "date": "day",
                "ret": "r",
            },
            "factors": {"file": "data/raw/e/factors.csv"},
            "events": {
                "file": "data/raw/e/events.csv",
                "event": "id",
                "security": "ticker",
                "announced": "announced",
                "groups": ["kind"],
            },
        },
        "event_study": {"models": ["market"]},
        "rights": rights,
    }
    study = dict(resolve(written, SCHEMA))
    paths = source_files(study, {})
    closed = [s for s in paths if not rights.get(s, {}).get("open")]
    return Request(written, study, closed, paths), returns


def test_events_and_returns_name_the_same_invented_securities():
    wanted, real = event_study({"factors": {"open": True}, "events": {"open": True}})
    made = twin_files(wanted)
    events = made.tables["events.csv"]
    returns = pd.read_parquet(io.BytesIO(made.files["data/raw/e-twin/returns.parquet"]))
    assert set(events.ticker) == set(returns.security)
    assert not set(events.ticker) & set(SECURITIES)
    assert events.id.is_unique
    assert len(events) == 28
    assert set(events.kind) == {"launch", "recall"}
    assert not events.chief.str.startswith("Ann").any()
    assert set(returns.date) == set(real.day)
    assert events.announced.between("2010-01-04", "2011-12-31").all()
    # factors that are open stay, among the twin's files
    same = Path("data/raw/e/factors.csv").read_bytes()
    assert made.files["data/raw/e-twin/factors.csv"] == same
    twin = yaml.safe_load(made.files[made.study_file])
    assert twin["sources"]["returns"]["reader"] == "long"
    resolve(twin, SCHEMA)


def test_returns_keep_betas_and_volatilities_and_no_real_return():
    wanted, real = event_study({"factors": {"open": True}})
    made = twin_files(wanted)
    returns = pd.read_parquet(io.BytesIO(made.files["data/raw/e-twin/returns.parquet"]))
    assert returns.ret.std() == pytest.approx(real.r.std(), rel=0.2)
    own, theirs = (
        t.groupby(day)[r].mean().to_numpy()
        for t, day, r in ((returns, "date", "ret"), (real, "day", "r"))
    )
    assert np.corrcoef(own, theirs)[0, 1] > 0.7  # the open market factor
    shared = set(zip(returns.date, returns.ret, strict=True))
    assert len(shared & set(zip(real.day, real.r, strict=True))) < 3


def test_closed_factors_are_drawn_with_their_moments(tmp_path):
    wanted, _ = event_study({})
    made = twin_files(wanted)
    table = pd.read_csv(io.BytesIO(made.files["data/raw/e-twin/factors.csv"]))
    real = read_factors(["data/raw/e/factors.csv"]).factors
    assert len(table) == len(real)
    assert table.mkt_rf.std() == pytest.approx(real.mkt_rf.std(), rel=0.15)
    assert not set(table.mkt_rf) & set(real.mkt_rf.round(6)) or (
        len(set(table.mkt_rf) & set(real.mkt_rf.round(6))) < 5
    )


def test_where_only_the_market_is_closed_firms_stay():
    everything = {s: {"open": True} for s in ("returns", "events")}
    wanted, _ = event_study(everything)
    made = twin_files(wanted)
    assert wanted.replaced() == ["factors"]
    same = Path("data/raw/e/events.csv").read_bytes()
    assert made.files["data/raw/e-twin/events.csv"] == same


def test_a_table_keeps_how_many_rows_its_firms_have():
    names = np.repeat([f"Firm {i} Inc" for i in range(20)], np.arange(1, 21))
    table = pd.DataFrame({"firm": names, "value": np.arange(210) / 7})
    twin, texts = twin_table(raw(table), "firm", drawing())
    assert texts == ["firm"]
    counts = sorted(twin.firm.value_counts())
    assert counts == list(range(1, 21))
    assert not set(twin.firm) & set(names)


def test_a_vendors_twin_takes_the_real_columns_in_their_spelling():
    like = pd.DataFrame({"gvkey": ["1"] * 50, "at": ["5"] * 50, "more": ["x"] * 50})
    real = pd.DataFrame(
        {
            "AT": [f"{i}.5" for i in range(40)],
            "GVKEY": [f"{1000 + i // 4:06d}" for i in range(40)],
            "own": [f"{i / 8:.3f}" for i in range(40)],
            "tic": [f"TK{i // 4}Q" for i in range(40)],
            "rating": ["AA", "BBB"] * 20,
        }
    )
    twin, _ = twin_columns(raw(real), like, drawing())
    assert list(twin.columns) == list(real.columns)
    assert set(twin.AT) == {"5"}
    assert twin.own.str.fullmatch(r"\d+\.\d{3}").all()
    assert not set(twin.tic) & set(real.tic)
    assert set(twin.rating) == {"AA", "BBB"}


def test_without_a_column_of_firms_no_text_stays():
    like = pd.DataFrame({"deal": ["1"] * 30})
    real = pd.DataFrame({"deal": range(40), "lead": ["Acme Corp", "Bolt Inc"] * 20})
    twin, _ = twin_columns(raw(real), like, drawing())
    assert not set(twin.lead) & set(real["lead"])


def test_a_simulated_code_that_a_real_firm_has_is_replaced_everywhere():
    made = Identities(np.random.default_rng(1))
    made.know(["001004", "ABC"])
    tables = {
        "firm_years": pd.DataFrame(
            {"gvkey": ["001004", "001005"], "tic": ["ABC", "XY"]}
        ),
        "links": pd.DataFrame({"gvkey": ["001005", "001004"], "lpermno": [10, 11]}),
    }
    for kind in (("gvkey",), ("tic", "ticker")):
        replace_taken(tables, kind, made)
    new = tables["firm_years"].gvkey[0]
    assert new != "001004"
    assert len(new) == 6
    assert list(tables["links"].gvkey) == ["001005", new]
    assert tables["firm_years"].tic[0] != "ABC"
    assert tables["firm_years"].tic[1] == "XY"
