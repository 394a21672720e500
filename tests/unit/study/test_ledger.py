"""Rates of activities by hand, from the numbers of a published example."""

import pandas as pd
import pytest

from alliance_value.study.expressions import evaluate
from alliance_value.study.ledger import ledger_variables, rate_of

# Kaplan and Anderson, "Time-driven activity-based costing" (2004, Harvard Business
# Review 82; numbers as in the working paper of 2003): a customer service department
# costs $560,000 a quarter and has 700,000 minutes of practical capacity. It handled
# 9,800 orders, 280 complaints and 500 credit checks.
QUARTER = {"orders": 9800, "complaints": 280, "checks": 500}
MINUTES = {"orders": 40, "complaints": 220, "checks": 250}
PARTS = {"orders": 0.7, "complaints": 0.1, "checks": 0.2}


def section(activities: dict[str, dict[str, float]]) -> dict[str, object]:
    return {"revenue": "revenue", "direct_cost": "direct", "activities": activities}


def cost_to_serve(activities: dict[str, dict[str, float]]) -> float:
    formula = ledger_variables(section(activities))["cost_to_serve"]["value"]
    row = pd.DataFrame({name: [float(n)] for name, n in QUARTER.items()})
    return float(evaluate(formula, dict(row.items())).iloc[0])


def test_time_driven_rates_charge_no_idle_time() -> None:
    timed = {
        name: {"minutes": m, "cost": 560_000, "capacity": 700_000}
        for name, m in MINUTES.items()
    }
    rates = {name: rate_of(activity) for name, activity in timed.items()}
    assert rates == pytest.approx({"orders": 32, "complaints": 176, "checks": 200})
    # $313,600 + $49,280 + $100,000: of 578,600 minutes, 83 % of the capacity
    assert cost_to_serve(timed) == pytest.approx(462_880)


def test_activity_based_rates_charge_all_that_was_spent() -> None:
    pools = {
        name: {"cost": part * 560_000, "capacity": QUARTER[name]}
        for name, part in PARTS.items()
    }
    rates = {name: rate_of(activity) for name, activity in pools.items()}
    assert rates == pytest.approx({"orders": 40, "complaints": 200, "checks": 224})
    assert cost_to_serve(pools) == pytest.approx(560_000)


def test_profit_and_margins_are_by_their_definitions() -> None:
    names = ledger_variables(section({"orders": {"rate": 2.5}}))
    row = pd.DataFrame({"revenue": [100.0], "direct": [60.0], "orders": [4.0]})
    for name in ("cost_to_serve", "profit"):
        row[name] = evaluate(names[name]["value"], dict(row.items()))
    assert row.profit.iloc[0] == 30
    shares = {
        name: float(
            (
                evaluate(names[name]["numerator"], dict(row.items()))
                / evaluate(names[name]["denominator"], dict(row.items()))
            ).iloc[0]
        )
        for name in ("margin_realized", "service_share", "profit_margin")
    }
    assert shares == {
        "margin_realized": 0.4,
        "service_share": 0.1,
        "profit_margin": 0.3,
    }
