"""The table of firms' experience of alliances: its typed schema."""

from __future__ import annotations

from alliance_value.contracts.columns import Column, described
from alliance_value.contracts.firm_year_tables import FirmYearKey
from alliance_value.vocabulary.entries import canonical


@canonical("experience", stage="panel", joined="sources.alliances")
class Experience(FirmYearKey, source="SDC alliances"):
    """A firm's alliances announced before its fiscal year-end; ln(1 + count)."""

    prior_alliances: Column[int] = described(
        "Alliances announced before",
        "count",
        "strictly before the fiscal year-end",
        ge=0,
    )
    experience: Column[float] = described(
        "Alliance experience", "natural logarithm", "ln(1 + prior alliances)", ge=0
    )
    experience_marketing: Column[float] = described(
        "Marketing experience",
        "natural logarithm",
        "ln(1 + prior alliances of the type)",
        ge=0,
    )
    experience_research: Column[float] = described(
        "R&D experience",
        "natural logarithm",
        "ln(1 + prior alliances of the type)",
        ge=0,
    )
    experience_licensing: Column[float] = described(
        "Licensing experience",
        "natural logarithm",
        "ln(1 + prior alliances of the type)",
        ge=0,
    )
    experience_manufacturing: Column[float] = described(
        "Manufacturing experience",
        "natural logarithm",
        "ln(1 + prior alliances of the type)",
        ge=0,
    )
    experience_supply: Column[float] = described(
        "Supply experience",
        "natural logarithm",
        "ln(1 + prior alliances of the type)",
        ge=0,
    )
    experience_joint_venture: Column[float] = described(
        "Joint-venture experience",
        "natural logarithm",
        "ln(1 + prior alliances of the type)",
        ge=0,
    )
    experience_decayed: Column[float] = described(
        "Recent experience",
        "natural logarithm",
        "ln(1 + sum of 2^(-years / half-life))",
        ge=0,
    )

    class Config:
        unique = ["firm", "fiscal_year"]
