"""The canonical tables of firms' structures and of their coders' agreement."""

from __future__ import annotations

import pandera.pandas as pa

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical


@canonical("structures", stage="panel")
class Structures(CanonicalTable, source="coding sheet"):
    """One row per firm and fiscal year: how the firm is organized."""

    firm: Text = described("Firm", "code", source="coding sheet: gvkey")
    fiscal_year: Column[int] = described(
        "Fiscal year", "year", source="coding sheet: fyear, and years carried forward"
    )
    filed: Column[pa.DateTime] = described(
        "Filing date",
        "date",
        source="the filing that was coded",
        missing="blank in the sheet",
    )
    accession: Text = described(
        "Filing",
        "SEC accession number",
        source="coding sheet: filing_accession",
        missing="blank in the sheet",
    )
    units: Column[int] = described("Units coded", "count", ge=0)
    units_unresolved: Column[int] = described(
        "Units on which coders differ",
        "count",
        "units without adjudication on which the coders do not agree",
        ge=0,
    )
    customer_units: Column[int] = described(
        "Customer units", "count", "units of class customer", ge=0
    )
    customer_share: Column[float] = described(
        "Share of customer units",
        "decimal",
        "customer units / units, by number or by sales as the structure rule says",
        missing="a unit is unresolved, or sales are not all known",
    )
    customer_centric: Column[float] = described(
        "Customer-centric structure",
        "0/1",
        "1 if customer units have more than half (majority, by sales), or all (strict)",
        source="Lee, Sridhar, Henderson and Palmatier (2015), Marketing Science 34",
        missing="settling the unresolved units could change it",
        isin=[0.0, 1.0],
    )
    coder: Text = described(
        "How the units were settled",
        "category",
        "the weakest of agreed, adjudicated, one_coder, unresolved",
    )
    carried_forward: Column[bool] = described(
        "Carried forward",
        "true/false",
        "the year has no coded filing; the last coded one stands in",
        source="portfolio.carry_forward of the study",
    )
    age: Column[int] = described(
        "Age of the coding",
        "years",
        "fiscal year less the fiscal year that was coded",
        source="portfolio.carry_forward of the study",
        ge=0,
    )

    class Config:
        unique = ["firm", "fiscal_year"]


@canonical("coder_agreement", stage="sources")
class CoderAgreement(CanonicalTable, source="coding sheet"):
    """One row per level and pair of coders: their chance-corrected agreement."""

    level: Text = described(
        "Level", "category", "unit, or firm_year for the firm's 0/1 structure"
    )
    first_coder: Text = described("First coder", "name", source="coding sheet: coder")
    second_coder: Text = described("Second coder", "name", source="coding sheet: coder")
    n: Column[int] = described("Coded by both", "count", ge=0)
    agreement: Column[float] = described(
        "Observed agreement",
        "decimal",
        "coded alike / coded by both",
        missing="nothing is coded by both",
    )
    expected: Column[float] = described(
        "Agreement by chance",
        "decimal",
        "sum over classes of the product of the coders' shares",
        source="Cohen (1960)",
        missing="nothing is coded by both",
    )
    kappa: Column[float] = described(
        "Cohen's kappa",
        "decimal",
        "(agreement - expected) / (1 - expected)",
        source="Cohen (1960)",
        missing="the margins leave no room for disagreement",
    )
    se: Column[float] = described(
        "Standard error of kappa",
        "decimal",
        source="Fleiss, Cohen and Everitt (1969)",
        missing="as kappa",
    )
    se_null: Column[float] = described(
        "Standard error if kappa is zero",
        "decimal",
        source="Fleiss, Cohen and Everitt (1969)",
        missing="as kappa",
    )
    ci_low: Column[float] = described(
        "Lower confidence limit",
        "decimal",
        "kappa - z se",
        source="normal approximation",
        missing="as kappa",
    )
    ci_high: Column[float] = described(
        "Upper confidence limit",
        "decimal",
        "kappa + z se",
        source="normal approximation",
        missing="as kappa",
    )
    unpaired: Column[int] = described("Coded by one alone", "count", ge=0)
