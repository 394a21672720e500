"""The tables of customers' profits: their typed schemas."""

from __future__ import annotations

from alliance_value.contracts.coefficients import HIGH, LOW, NO_ERROR, SE, GroupKey
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.storage import Contract
from alliance_value.vocabulary.entries import canonical


@canonical("ledger_customers", stage="panel")
class LedgerCustomers(CanonicalTable, source="the study's ledger"):
    """One row per customer: what it brought over all periods."""

    firm: Text = described("{Entity}", "code")
    revenue: Column[float] = described("Revenue", "currency", "sum over periods", ge=0)
    margin_realized: Column[float] = described(
        "Net margin realized",
        "decimal",
        "(revenue - direct cost) / revenue",
        missing="no revenue",
    )
    service_share: Column[float] = described(
        "Cost to serve over revenue", "decimal", missing="no revenue", ge=0
    )
    profit: Column[float] = described(
        "Profit", "currency", "revenue - direct cost - cost to serve"
    )
    quadrant: Text = described(
        "Margin and cost to serve",
        "category",
        "each above or below its median over customers",
        missing="no revenue",
    )

    class Config:
        unique = ["firm"]


@canonical("ledger_curve", stage="panel")
class LedgerCurve(CanonicalTable, source="ledger_customers"):
    """One row per group and rank of a customer by profit."""

    group: Text = described("Customers", "category")
    rank: Column[int] = described("Rank, the largest profit first", "count", ge=1)
    customers: Column[int] = described("Customers of the group", "count", ge=1)
    share_of_customers: Column[float] = described(
        "Share of customers up to this rank", "decimal", "rank / customers", ge=0, le=1
    )
    profit: Column[float] = described("Profit of the customer", "currency")
    cumulative_share: Column[float] = described(
        "Share of the total profit up to this rank",
        "decimal",
        "over the sum of absolute profits where the total is not positive",
        missing="every profit is zero",
    )

    class Config:
        unique = ["group", "rank"]


@canonical("ledger_summary", stage="panel")
class LedgerSummary(GroupKey, source="ledger_curve"):
    """One row per group and quantity: where the profit is made and lost."""

    estimate: Column[float] = described(
        "Estimate", "decimal", missing="the total is not positive"
    )
    se: Column[float] = SE(
        unit="decimal",
        formula="linearized, customers independent",
        missing="no standard error is known",
    )
    ci_low: Column[float] = LOW(
        unit="decimal", formula="estimate - z x se", missing=NO_ERROR
    )
    ci_high: Column[float] = HIGH(
        unit="decimal", formula="estimate + z x se", missing=NO_ERROR
    )
    n: Column[int] = described("Customers", "count", ge=1)

    class Config:
        unique = ["group", "quantity"]


@canonical("ledger_extremes", stage="panel")
class LedgerExtremes(CanonicalTable, source="ledger_customers"):
    """One row per group and end of the ranking: whether large customers stand there."""

    group: Text = described("Customers", "category")
    end: Text = described("End of the ranking by profit", "category")
    large: Column[float] = described(
        "Share of large customers there", "decimal", missing="both ends", ge=0, le=1
    )
    other: Column[float] = described(
        "Share of the others there", "decimal", missing="both ends", ge=0, le=1
    )
    difference: Column[float] = described(
        "Difference", "decimal", "large - other; the smaller one for both ends"
    )
    z: Column[float] = described("z statistic", "number", missing="no variation")
    p: Column[float] = described(
        "p-value, one-sided",
        "decimal",
        "of both ends the larger one",
        missing="no variation",
        ge=0,
        le=1,
    )
    n: Column[int] = described("Customers", "count", ge=1)

    class Config:
        unique = ["group", "end"]


OF_LEDGER: dict[str, Contract] = {
    "ledger_customers": LedgerCustomers,
    "ledger_curve": LedgerCurve,
    "ledger_summary": LedgerSummary,
    "ledger_extremes": LedgerExtremes,
}
