"""The tables of partners' dependence, knowledge, position and functions."""

from __future__ import annotations

from typing import Any

import pandera.pandas as pa

from alliance_value.alliances.contracts.dyad_results import TermOfDeals
from alliance_value.contracts.coefficients import (
    HIGH,
    LOW,
    Estimated,
    GroupKey,
    P,
    T,
)
from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.firm_year_tables import FirmYearKey
from alliance_value.vocabulary.entries import canonical

FIRM_CODE = ("Firm", "code")
NO_TIES = "the firm has no tie to another firm"


@canonical("input_output")
class InputOutput(CanonicalTable, source="the input-output table"):
    """One row per pair of industries: what flows from one to the other."""

    from_industry: Text = described("Selling industry", "code")
    to_industry: Text = described("Buying industry", "code")
    value: Column[float] = described("Flow", "as in the file", ge=0)

    class Config:
        unique = ["from_industry", "to_industry"]


@canonical("firm_classes")
class FirmClasses(CanonicalTable, source="the table of classes"):
    """One row per firm and class, such as one of patents."""

    firm: Text = described(*FIRM_CODE)
    class_: Text = described("Class", "code")
    weight: Column[float] = described("Weight of the class", "as in the file", ge=0)

    class Config:
        unique = ["firm", "class_"]


@canonical("major_customers")
class MajorCustomers(CanonicalTable, source="the table of major customers"):
    """One row per firm, closing and major customer."""

    firm: Text = described(*FIRM_CODE)
    datadate: Column[pa.DateTime] = described("Closing", "date")
    customer: Text = described("Customer", "code or name")
    share: Column[float] = described("Share of the firm's sales", "decimal", ge=0, le=1)

    class Config:
        unique = ["firm", "datadate", "customer"]


@canonical("function_spells")
class FunctionSpells(CanonicalTable, source="the table of alliance functions"):
    """One row per firm and spell with a dedicated alliance function, as coded."""

    firm: Text = described(*FIRM_CODE)
    begins: Column[pa.DateTime] = described("First day", "date")
    ends: Column[pa.DateTime] = described("Last day", "date", missing="it lasts")

    class Config:
        unique = ["firm", "begins"]


@canonical("customer_concentration", stage="panel", joined="sources.major_customers")
class CustomerConcentration(FirmYearKey, source="major_customers"):
    """How a firm-year's sales concentrate on major customers."""

    major_customers: Column[float] = described("Major customers", "count", ge=0)
    customer_concentration: Column[float] = described(
        "Customer concentration (HHI)",
        "decimal",
        "sum of squared shares of sales",
        source="Patatoukas (2012), The Accounting Review 87",
        ge=0,
        le=1,
    )

    class Config:
        unique = ["firm", "fiscal_year"]


@canonical("function_years", stage="panel", joined="sources.alliance_function")
class FunctionYears(FirmYearKey, source="function_spells"):
    """Whether a firm has an alliance function at its fiscal year-end."""

    alliance_function: Column[float] = described(
        "Alliance function", "0/1", "a spell holds the year-end", isin=[0.0, 1.0]
    )

    class Config:
        unique = ["firm", "fiscal_year"]


class Positions(CanonicalTable, source="SDC alliances"):
    """What a firm is in the network of alliances."""

    ties: Column[float] = described("Allied firms", "count", ge=0)
    betweenness: Column[float] = described(
        "Betweenness",
        "decimal",
        "share of shortest paths between others that run through the firm",
        source="Freeman (1977), Sociometry 40",
        ge=0,
        le=1,
    )
    constraint: Column[float] = described(
        "Constraint",
        "number",
        "sum over others of (direct + indirect share of ties) squared",
        source="Burt (1992), Structural Holes",
        missing=NO_TIES,
        ge=0,
    )
    coreness: Column[float] = described(
        "Coreness",
        "count",
        "largest k of whose k-core the firm is a member",
        source="Seidman (1983), Social Networks 5",
        ge=0,
    )
    core: Column[float] = described(
        "In the core", "0/1", "coreness is the year's largest", isin=[0.0, 1.0]
    )


@canonical("network_years", stage="panel")
class NetworkYears(Positions, source="SDC alliances"):
    """One row per firm and calendar year: its position at the year's end."""

    firm: Text = described(*FIRM_CODE)
    year: Column[int] = described("Calendar year", "year")

    class Config:
        unique = ["firm", "year"]


@canonical("network_position", stage="panel", joined="constructs.position")
class NetworkPosition(Positions, FirmYearKey, source="network_years"):
    """A firm-year's position at the last end of a calendar year by its closing."""

    across_share: Column[float] = described(
        "Ties across structures",
        "decimal",
        "allied firms of the other structure / allied firms of a known one",
        source="partnerships",
        missing="no allied firm, or the firm, is of a known structure",
        ge=0,
        le=1,
    )

    class Config:
        unique = ["firm", "fiscal_year"]


def of_deal(label: str, unit: str, formula: str = "", source: str = "") -> Any:
    """Declare a measure of a deal, which the study may not ask for."""
    return described(
        label,
        unit,
        formula,
        source=source,
        missing="the study does not ask for it, or a partner's data lack it",
    )


@canonical("dyad_measures", stage="events")
class DyadMeasures(CanonicalTable, source="docs/methods.md"):
    """One row per deal: what its partners are to each other."""

    alliance: Text = described("Alliance", "identifier", source="SDC")
    mutual_dependence: Column[float] = of_deal(
        "Mutual dependence",
        "decimal",
        "sum of both shares of industry flows",
        "Casciaro and Piskorski (2005), Administrative Science Quarterly 50",
    )
    dependence_imbalance: Column[float] = of_deal(
        "Imbalance of dependence", "decimal", "distance of both shares of flows"
    )
    dependence_difference: Column[float] = of_deal(
        "Difference of dependence", "decimal", "share of i less share of j"
    )
    mutual_customer_dependence: Column[float] = of_deal(
        "Mutual dependence on sales", "decimal", "sum of both shares of sales"
    )
    customer_dependence_imbalance: Column[float] = of_deal(
        "Imbalance of dependence on sales",
        "decimal",
        "distance of both shares of sales",
    )
    customer_dependence_difference: Column[float] = of_deal(
        "Difference of dependence on sales", "decimal", "share of i less share of j"
    )
    alternatives: Column[float] = of_deal(
        "Alternatives", "log count", "ln of the firms in both industries, summed"
    )
    concentration: Column[float] = of_deal(
        "Concentration of alternatives", "decimal", "sum of both industries' HHI"
    )
    alternatives_difference: Column[float] = of_deal(
        "Difference of alternatives", "log count", "in j's industry less in i's"
    )
    age_gap: Column[float] = of_deal(
        "Age gap", "log years", "distance of ln(1 + years)"
    )
    young_established: Column[float] = of_deal(
        "Young and established", "0/1", "one partner is 10 years or younger"
    )
    age_difference: Column[float] = of_deal("Age difference", "log years", "i less j")
    knowledge_overlap: Column[float] = of_deal(
        "Knowledge overlap",
        "0 to 1",
        "cosine of both vectors of classes",
        "Jaffe (1986), American Economic Review 76",
    )
    joint_betweenness: Column[float] = of_deal(
        "Betweenness of both", "decimal", "sum, at the end of the year before"
    )
    betweenness_difference: Column[float] = of_deal(
        "Difference of betweenness", "decimal", "i less j"
    )
    both_in_core: Column[float] = of_deal("Both in the core", "0/1")
    functions: Column[float] = of_deal(
        "Partners with an alliance function", "count", "on the day before"
    )
    function_difference: Column[float] = of_deal(
        "Difference of alliance functions", "-1, 0, 1", "i less j"
    )

    class Config:
        unique = ["alliance"]


@canonical("moderators", stage="events")
class Moderators(Estimated, TermOfDeals, source="docs/methods.md"):
    """One row per model of what partners are to each other, type of error and term."""

    outcome: Text = described("Outcome", "name", source="dyads")
    n: Column[int] = described("Deals", "count", ge=0)

    class Config:
        unique = ["model", "se_type", "term"]


@canonical("alliance_function", stage="events")
class FunctionResults(Estimated, GroupKey, source="docs/methods.md"):
    """One row per group of partners and what an alliance function goes with."""

    estimate: Column[float] = described("Estimate", "decimal, or a ratio")
    t: Column[float] = T(missing="a ratio")
    p: Column[float] = P(missing="a ratio")
    ci_low: Column[float] = LOW(
        formula="estimate - t quantile x se; of a ratio Fieller's",
        missing="the ratio's denominator could be zero",
    )
    ci_high: Column[float] = HIGH(
        formula="estimate + t quantile x se; of a ratio Fieller's",
        missing="the ratio's denominator could be zero",
    )
    n: Column[int] = described("Partners in deals", "count", ge=0)

    class Config:
        unique = ["group", "quantity"]
