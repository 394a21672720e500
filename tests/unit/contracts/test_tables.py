"""Canonical tables: what breaks a contract does not pass, what is stored comes back."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.funnel import Funnel
from alliance_value.contracts.rejects import Rejects
from alliance_value.contracts.results import Estimates
from alliance_value.contracts.storage import conform, empty, load, store

STEP = {
    "branch": "sample",
    "step": "s",
    "unit": "firm-years",
    "rows_in": 5,
    "rows_out": 3,
    "dropped": 2,
    "firms_out": 1,
    "why": "",
}
ROW = {
    "model": "m",
    "term": "x",
    "estimate": 1 / 3,
    "se": 0.1,
    "df": 9.0,
    "t": 3.3,
    "p": 0.01,
    "ci_low": 0.1,
    "ci_high": 0.5,
    "se_type": "robust (HC1)",
}


@pytest.mark.parametrize(
    ("contract", "rows"),
    [
        (Funnel, [STEP | {"dropped": 1}]),
        (Funnel, [STEP, STEP]),
        (Estimates, [ROW, ROW]),
        (Estimates, [ROW | {"p": 1.5}]),
        (Estimates, [ROW | {"se": -1.0}]),
        (Estimates, [{k: v for k, v in ROW.items() if k != "df"}]),
        (Estimates, [ROW | {"extra": 1}]),
    ],
)
def test_a_broken_contract_raises(contract, rows):
    with pytest.raises(AssertionError, match=contract.__name__):
        conform(pd.DataFrame(rows), contract)


def test_a_chain_of_steps_passes():
    after = STEP | {"rows_in": 3, "rows_out": 3, "dropped": 0}
    other = STEP | {"branch": "m"}
    assert len(conform(pd.DataFrame([STEP, after, other]), Funnel)) == 3


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_what_is_stored_comes_back(suffix, tmp_path):
    path = tmp_path / "deep" / f"table{suffix}"
    table = conform(pd.DataFrame([ROW]), Estimates)
    store(table, Estimates, path)
    pd.testing.assert_frame_equal(load(path, Estimates), table, rtol=1e-9)


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_text_comes_back_as_it_was(suffix, tmp_path):
    values = ["NA", "null", "None", "nan", "007", "1e5", 'a"b', "a,b", "a\nb", " a "]
    rows = [{"row": n, "file": v, "value": v} for n, v in enumerate(values, start=2)]
    rows.append({"row": 99, "file": "a.csv", "value": None})
    table = pd.DataFrame(rows).assign(
        column=None, rule="r", action="repaired", new_value=None
    )
    table = conform(table, Rejects)
    store(table, Rejects, tmp_path / f"t{suffix}")
    pd.testing.assert_frame_equal(load(tmp_path / f"t{suffix}", Rejects), table)


def test_a_model_may_be_called_na_and_a_reason_be_empty(tmp_path):
    store(pd.DataFrame([ROW | {"model": "NA"}]), Estimates, tmp_path / "e.csv")
    assert load(tmp_path / "e.csv", Estimates).model.tolist() == ["NA"]
    store(pd.DataFrame([STEP]), Funnel, tmp_path / "f.csv")
    assert load(tmp_path / "f.csv", Funnel).why.tolist() == [""]


def test_text_files_hold_ten_significant_digits(tmp_path):
    store(pd.DataFrame([ROW]), Estimates, tmp_path / "t.csv")
    assert "0.3333333333," in (tmp_path / "t.csv").read_text()


@pytest.mark.parametrize("contract", [Rejects, Funnel, Estimates])
def test_empty_tables_keep_their_contract(contract, tmp_path):
    store(empty(contract), contract, tmp_path / "t.csv")
    assert load(tmp_path / "t.csv", contract).empty
