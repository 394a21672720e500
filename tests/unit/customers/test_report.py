"""A ledger's answer: who makes the profit, and whether the large are at both ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.customers.concentration import curve_quantities
from alliance_value.customers.extremes import extremes
from alliance_value.report.headlines import ten_lines
from tests.unit.report.test_html import inputs

__all__ = ["inputs"]


def answer(inputs, customers: pd.DataFrame) -> list[str]:
    """Return the lines of a study with these customers, before those of its models."""
    results = {
        "ledger_summary": curve_quantities(customers.profit, 0.95),
        "ledger_extremes": extremes(customers),
    }
    results = {name: table.assign(group="all") for name, table in results.items()}
    study = {**inputs.study, "ledger": {}}
    lines = ten_lines(replace(inputs, study=study, results=results))
    return lines[: next(i for i, line in enumerate(lines) if line.startswith("M: "))]


@pytest.fixture
def customers() -> pd.DataFrame:
    revenue = np.arange(1.0, 101)
    # of the 20 large ones 8 are the best, 6 the worst; the others break even or nearly
    profit = np.r_[np.linspace(-1, 2, 80), [500.0] * 8, [-100.0] * 6, [1.0] * 6]
    return pd.DataFrame({"revenue": revenue, "profit": profit})


def test_who_makes_the_profit_comes_before_the_models(inputs, customers):
    first, second, both = answer(inputs, customers)
    gains = customers.profit[customers.profit > 0].sum() / customers.profit.sum()
    assert first.startswith(
        f"{(customers.profit > 0).mean():.0%} of 100 firms make {gains:.0%} (95% "
    )
    assert "the last fifth " in second
    assert "40.0% against 2.5% of the others are among the best 10%" in both
    assert "they stand at both extremes (one-sided p = 0.0004)" in both


def test_what_is_not_shown_is_not_said(inputs, customers):
    (*_, both) = answer(inputs, customers.assign(revenue=customers.profit))
    assert "it is not shown that they stand at both extremes" in both


def test_losses_have_no_shares(inputs, customers):
    lost = customers.assign(profit=customers.profit - 100)
    assert answer(inputs, lost)[0] == (
        "8% of 100 firms have a profit; the total is not positive."
    )
