"""The tables of how alliances and portfolios are governed."""

from __future__ import annotations

from typing import Any

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.firm_year_tables import FirmYearKey
from alliance_value.vocabulary.entries import canonical

LADDER = (
    "contract",
    "licence",
    "minority stake",
    "50-50 joint venture",
    "unequal joint venture",
    "acquisition of the partner",
)
NOT_KNOWN = "not known"
NO_FORM = "no active alliance of known form"


def share(form: str) -> Any:
    """Declare the share of one form in a portfolio."""
    return described(
        f"Share of form: {form}",
        "decimal",
        "active alliances of the form / those of known form",
        missing=NO_FORM,
        ge=0,
        le=1,
    )


@canonical("governance", stage="panel")
class Governance(CanonicalTable, source="SDC alliances and ownership shares"):
    """One row per alliance: the form by which it is governed."""

    alliance: Text = described("Deal number", "code", unique=True)
    form: Text = described("Form of governance", "category", isin=[*LADDER, NOT_KNOWN])
    rung: Column[float] = described(
        "Rung on the governance ladder",
        "1 to 6",
        "place of the form on the study's ladder, from the loosest",
        missing="the form is not known",
        ge=1,
        le=6,
    )
    equity: Column[float] = described(
        "Equity alliance",
        "0/1",
        "1 for stakes, joint ventures and acquisitions; a joint venture of no known "
        "shares is one too",
        isin=[0.0, 1.0],
    )
    basis: Text = described("What the form rests on", "category")


@canonical("portfolio_governance", stage="panel", joined="governance")
class PortfolioGovernance(FirmYearKey, source="governance"):
    """A firm's alliance portfolio by form of governance, at fiscal year-end."""

    share_contract: Column[float] = share("contract")
    share_licence: Column[float] = share("licence")
    share_minority_stake: Column[float] = share("minority stake")
    share_50_50_joint_venture: Column[float] = share("50-50 joint venture")
    share_unequal_joint_venture: Column[float] = share("unequal joint venture")
    share_acquisition_of_the_partner: Column[float] = share(
        "acquisition of the partner"
    )
    governance_rung: Column[float] = described(
        "Mean rung of the portfolio",
        "1 to 6",
        "mean rung of active alliances of known form",
        missing=NO_FORM,
        ge=1,
        le=6,
    )
    governance_known: Column[float] = described(
        "Share of known form",
        "decimal",
        "active alliances of known form / all",
        missing="no active alliance",
        ge=0,
        le=1,
    )
    equity_share: Column[float] = described(
        "Equity share",
        "decimal",
        "active equity alliances / all",
        missing="no active alliance",
        ge=0,
        le=1,
    )

    class Config:
        unique = ["firm", "fiscal_year"]
