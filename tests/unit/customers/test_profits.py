"""Customers' profits, their curve and its ends, against plain sums and simulation."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.contracts.problems import UserError
from alliance_value.contracts.storage import conform
from alliance_value.customers.concentration import curve_quantities
from alliance_value.customers.contracts import OF_LEDGER
from alliance_value.customers.extremes import extremes
from alliance_value.customers.profits import check_amounts, ledger_tables
from alliance_value.vocabulary.words import Words

SECTION = {"revenue": "sales", "direct_cost": "direct", "by": ["channel"]}


def panel() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    n, periods = 40, 3
    sales = rng.lognormal(4, 1, n * periods)
    table = pd.DataFrame(
        {
            "firm": np.repeat([f"c{i:02d}" for i in range(n)], periods),
            "fiscal_year": np.tile([2001, 2002, 2003], n),
            "channel": np.repeat(rng.choice(["online", "trade"], n), periods),
            "sales": sales,
            "direct": 0.6 * sales,
            "cost_to_serve": sales * rng.uniform(0.1, 0.6, n * periods),
        }
    ).astype({"firm": "string", "channel": "string"})
    return table.assign(profit=table.sales - table.direct - table.cost_to_serve)


def test_curves_add_up_customers_by_group() -> None:
    table = panel()
    found = ledger_tables(table, SECTION, Words("shop", "shops"), 0.95)
    for name, contract in OF_LEDGER.items():
        conform(found[name], contract)
    profit = table.groupby("firm").profit.sum().sort_values(ascending=False)
    curve = found["ledger_curve"].set_index("group")
    assert curve.loc["all", "profit"].tolist() == pytest.approx(profit.tolist())
    share = profit.cumsum() / profit.sum()
    assert curve.loc["all", "cumulative_share"].tolist() == pytest.approx(
        share.tolist()
    )
    assert {*curve.index} == {"all", "channel: online", "channel: trade"}
    said = found["ledger_summary"].set_index(["group", "quantity"]).estimate
    ends = profit[:8].sum(), profit[8:-8].sum(), profit[-8:].sum()
    for name, sum_ in zip(("top", "middle", "bottom"), ends, strict=True):
        assert said["all", name] == pytest.approx(sum_ / profit.sum())
    assert said["all", "peak"] == pytest.approx(share.max())
    assert said["all", "profitable"] == pytest.approx((profit > 0).mean())
    assert said["all", "whole_at"] == (np.argmax(share >= 1 - 1e-12) + 1) / 40


def test_quadrants_are_sides_of_both_medians() -> None:
    found = ledger_tables(panel(), SECTION, Words(), 0.95)["ledger_customers"]
    high = found.margin_realized >= found.margin_realized.median()
    assert (found.quadrant.str.startswith("high margin") == high).all()
    assert (found.margin_realized - found.service_share).to_numpy() == pytest.approx(
        (found.profit / found.revenue).to_numpy()
    )


def test_standard_errors_are_those_of_repeated_samples() -> None:
    rng = np.random.default_rng(11)
    draws = [
        curve_quantities(pd.Series(rng.normal(1, 2, 400)), 0.95) for _ in range(400)
    ]
    by = pd.concat(draws).groupby("quantity")
    known = by.se.mean().dropna()
    assert {*known.index} == {"peak", "top", "middle", "bottom", "profitable"}
    spread = by.estimate.std()[known.index]
    assert (known / spread).to_numpy() == pytest.approx(1, abs=0.12)
    peak = stats.norm.cdf(0.5) + 2 * stats.norm.pdf(0.5)
    assert by.estimate.mean()["peak"] == pytest.approx(peak, rel=0.02)


def test_large_customers_are_at_both_ends_where_margins_ignore_size() -> None:
    rng = np.random.default_rng(4)
    revenue = rng.lognormal(4, 1, 1000)
    table = pd.DataFrame(
        {"revenue": revenue, "profit": revenue * rng.normal(0, 1, 1000)}
    )
    found = extremes(table).set_index("end")
    big = table.revenue >= np.sort(revenue)[-200]
    best = table.profit >= np.sort(table.profit)[-100]
    a, b = int((big & best).sum()), int((~big & best).sum())
    assert found.large["best"] == a / 200
    assert found.other["best"] == b / 800
    # the pooled z squared is Pearson's chi-squared
    chi = stats.chi2_contingency([[a, 200 - a], [b, 800 - b]], correction=False)
    assert found.z["best"] ** 2 == pytest.approx(chi.statistic)
    assert found.p["both"] == max(found.p["best"], found.p["worst"]) < 0.001
    gains = extremes(table.assign(profit=revenue)).set_index("end")
    assert gains.p["best"] < 0.001
    assert gains.p["both"] == gains.p["worst"] > 0.5


def test_negative_amounts_are_named_by_their_rows() -> None:
    table = panel()[:4].assign(source_file="ledger.csv", source_row=range(2, 6))
    table.loc[2, "sales"] = -1.0
    table.loc[3, "direct"] = -2.5
    with pytest.raises(UserError) as error:
        check_amounts(table, table, ["sales", "direct"])
    assert [(p.row, p.column, p.value) for p in error.value.problems] == [
        (4, "sales", "-1"),
        (5, "direct", "-2.5"),
    ]
