"""A simulated ledger holds what its truth says."""

import json

import numpy as np
import pandas as pd
import pytest

from alliance_value.simulate.ledger import (
    ACTIVITIES,
    LedgerSettings,
    draw_ledger,
    ledger_truth,
    write_ledger,
)


def test_margins_and_peak_are_those_of_the_truth() -> None:
    table = draw_ledger(LedgerSettings(seed=5, customers=30_000, periods=1))
    numbers = table.drop(columns=["customer", "channel"]).astype(float)
    cost = sum(rate * numbers[name] for name, (rate, _) in ACTIVITIES.items())
    margin = 1 - (numbers.direct_cost + cost) / numbers.revenue
    truth = ledger_truth()["implied"]["ledger"]
    assert float((margin > 0).mean()) == pytest.approx(truth["profitable"], abs=0.01)
    peak = float(np.maximum(margin, 0).mean() / margin.mean())
    assert peak == pytest.approx(truth["peak"], rel=0.02)
    by = margin.groupby(table.channel).mean()
    assert by["trade"] == pytest.approx(truth["trade_margin"], abs=0.005)
    more = by["online"] - by["trade"]
    assert more == pytest.approx(truth["online_margin"], abs=0.006)


def test_the_same_seed_writes_the_same_files(tmp_path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_ledger(LedgerSettings(customers=25, periods=2), tmp_path / name)
    for file in ("ledger.csv", "truth.json"):
        one, other = ((tmp_path / n / file).read_bytes() for n in ("a", "b"))
        assert one == other
    assert json.loads((tmp_path / "a/truth.json").read_text())["effects"]
    table = pd.read_csv(tmp_path / "a/ledger.csv")
    assert len(table) == 50
    assert not table.duplicated(["customer", "year"]).any()
