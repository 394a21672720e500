"""The canonical tables that are joined to firm-years by firm and fiscal year."""

from __future__ import annotations

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical


class FirmYearKey(CanonicalTable):
    """The firm-year that a row belongs to."""

    firm: Text = described("Firm", "code", source="firm_years")
    fiscal_year: Column[int] = described("Fiscal year", "year", source="firm_years")


@canonical("industries", stage="panel", joined="industry")
class Industries(FirmYearKey, source="firm_years"):
    """Measures of each firm-year's industry over all firm-years.

    Sales in $ million, growth and turbulence as decimals a year; missing where the
    industry code is, or where the industry lacks sales in one of five years.
    """

    industry: Text = described(
        "Industry",
        "SIC code",
        "leading digits",
        source="industry.code of the study",
        missing="the industry code is missing",
    )
    industry_firms: Column[float] = described(
        "Firms in the industry",
        "count",
        "in the year",
        missing="the industry code is missing",
        ge=1,
    )
    industry_sales: Column[float] = described(
        "Industry sales",
        "$ million",
        "sum over all firms of the year",
        missing="the industry code is missing",
        gt=0,
    )
    hhi: Column[float] = described(
        "Industry concentration (HHI)",
        "decimal",
        "sum of squared shares of sales",
        missing="the industry code is missing",
        ge=0,
        le=1 + 1e-9,
    )
    industry_growth_slope: Column[float] = described(
        "Industry growth, slope",
        "$ million a year",
        "least-squares slope of industry sales on time, t-4 to t",
        missing="the industry code is missing, or one of five years has no sales",
    )
    industry_growth: Column[float] = described(
        "Industry growth",
        "decimal a year",
        "slope of industry sales over their mean, t-4 to t",
        missing="the industry code is missing, or one of five years has no sales",
    )
    industry_turbulence: Column[float] = described(
        "Industry turbulence",
        "decimal",
        "residual s.d. (n - 2) of industry sales on time over their mean, t-4 to t",
        missing="the industry code is missing, or one of five years has no sales",
        ge=0,
    )

    class Config:
        unique = ["firm", "fiscal_year"]


@canonical("diversification", stage="panel", joined="sources.segments")
class Diversification(FirmYearKey):
    """How each firm-year's sales spread over its segments."""

    segments: Column[float] = described(
        "Segments", "count", "with sales", source="Compustat segments", ge=1
    )
    diversification: Column[float] = described(
        "Diversification (entropy)",
        "nats",
        "-sum p ln p over shares p of segment sales",
        source="Jacquemin and Berry (1979), Journal of Industrial Economics 27",
        ge=0,
    )
    diversification_herfindahl: Column[float] = described(
        "Diversification (1 - Herfindahl)",
        "decimal",
        "1 - sum of squared shares of segment sales",
        source="Compustat segments",
        ge=-1e-9,
        le=1,
    )

    class Config:
        unique = ["firm", "fiscal_year"]
