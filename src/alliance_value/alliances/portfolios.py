"""Active partnerships + structures -> a firm's alliance portfolio at year-end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pandas as pd

from alliance_value.alliances.active import Life, active_partnerships
from alliance_value.alliances.composition import deal_composition, pair_composition
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.shares import Weights, deal_shares, structure_shares
from alliance_value.alliances.structures import MAX_AGE_DAYS, structure_at
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.panel.keys import FIRM_YEAR, keyed, look_up

SHARES = [
    "coverage",
    "cc_share",
    "cc_share_all",
    "asym_share",
    "mkt_intensity",
    "mkt_difference",
    "type_diversity",
    "jv_share",
    "cross_border_share",
    "completeness",
    "competition",
    "complementarity",
]
COUNTS = ["portfolio_size", "partners", "partners_coded", "partner_pairs"]


@dataclass(frozen=True)
class PortfolioRule:
    """The switches of a portfolio; the defaults are those of docs/methods.md.

    Parameters
    ----------
    life
        How long an alliance lasts.
    weights
        ``deal``: each alliance weighs 1, spread evenly over its partners. ``partner``:
        each distinct partner weighs 1, spread evenly over its alliances.
    structure
        ``filed_before``: firms are what their last filing before the year-end shows.
        ``fiscal_year``: what they show for the same fiscal year, which is filed some
        months after its end and before the outcome of the next.
    undefined
        Shares of a firm-year without alliances: missing, or zero beside the flag.
    max_age_days
        Filings older than this are not used under ``filed_before``.
    """

    life: Life = "5y"
    weights: Weights = "deal"
    structure: Literal["filed_before", "fiscal_year"] = "filed_before"
    undefined: Literal["missing", "zero"] = "missing"
    max_age_days: int | None = MAX_AGE_DAYS


DEFAULT = PortfolioRule()


def portfolios(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    structures: pd.DataFrame,
    firm_years: pd.DataFrame,
    rule: PortfolioRule = DEFAULT,
) -> pd.DataFrame:
    """Describe each firm's alliance portfolio at each fiscal year-end.

    Parameters
    ----------
    alliances, participants
        Deals and their parties.
    structures
        From `carry_forward`.
    firm_years
        firm, fiscal_year, datadate; every one of them gets a row.
    rule
        Switches.

    Returns
    -------
    pandas.DataFrame
        One row per firm x fiscal_year: datadate; own_cc (0/1); portfolio_size (deals),
        partners, partners_coded (distinct), partner_pairs (counts); no_portfolio (0/1);
        decimals: coverage, the weight of coded partners over that of all; cc_share,
        customer-centric over coded partners; cc_share_all, over all partners;
        asym_share, coded partners of the other structure than the firm's over coded
        partners; mkt_intensity, marketing over marketing plus research deals;
        mkt_difference, marketing less research over all deals (-1 to 1); jv_share,
        cross_border_share, over deals whose flag is known; type_diversity,
        completeness, competition, complementarity as in `composition`.

    References
    ----------
    docs/methods.md, portfolio.
    """
    active = active_partnerships(alliances, participants, firm_years, rule.life)
    return portfolios_of(active, structures, firm_years, rule)


def portfolios_of(
    active: pd.DataFrame,
    structures: pd.DataFrame,
    firm_years: pd.DataFrame,
    rule: PortfolioRule,
) -> pd.DataFrame:
    """Return the result of `portfolios` from that of `active_partnerships`."""
    years = with_own_structure(firm_years, structures, rule)
    active = with_structures(active, years, structures, rule)
    deals = active.drop_duplicates([*FIRM_YEAR, Alliances.alliance])
    parts = [
        structure_shares(active, rule.weights),
        deal_shares(deals),
        deal_composition(deals),
        pair_composition(active),
    ]
    table = years.set_index(FIRM_YEAR)
    for part in parts:
        assert not part.index.duplicated().any(), "a firm-year has two portfolios"
        table = table.join(part)
    table = table.reset_index()
    table[COUNTS] = table[COUNTS].fillna(0).astype("int64")
    none = table["portfolio_size"].eq(0)
    table["no_portfolio"] = none.astype("int64")
    if rule.undefined == "zero":
        table.loc[none, SHARES] = 0.0
    first = [*FIRM_YEAR, "datadate", "own_cc", *COUNTS, "no_portfolio"]
    return keyed(table[[*first, *SHARES]], FIRM_YEAR)


def coded_partnerships(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    structures: pd.DataFrame,
    firm_years: pd.DataFrame,
    rule: PortfolioRule = DEFAULT,
) -> pd.DataFrame:
    """Return the partnerships that make up each portfolio, with both structures.

    Parameters
    ----------
    alliances, participants, structures, firm_years, rule
        As for `portfolios`.

    Returns
    -------
    pandas.DataFrame
        Result of `active_partnerships` with own_cc and partner_cc (1, 0, missing).
    """
    active = active_partnerships(alliances, participants, firm_years, rule.life)
    years = with_own_structure(firm_years, structures, rule)
    return with_structures(active, years, structures, rule)


def with_structures(
    active: pd.DataFrame,
    years: pd.DataFrame,
    structures: pd.DataFrame,
    rule: PortfolioRule,
) -> pd.DataFrame:
    """Return active partnerships with own_cc and partner_cc (1, 0, missing)."""
    return active.assign(
        partner_cc=structure_of(active, active["partner_firm"], structures, rule),
        own_cc=look_up(years, active[FIRM_YEAR], ["own_cc"])["own_cc"],
    )


def with_own_structure(
    firm_years: pd.DataFrame, structures: pd.DataFrame, rule: PortfolioRule
) -> pd.DataFrame:
    """Return firm-years and their ends with the firm's own flag (1, 0, missing)."""
    years = keyed(firm_years, FIRM_YEAR)[[*FIRM_YEAR, "datadate"]]
    return years.assign(own_cc=structure_of(years, years[FIRM], structures, rule))


def structure_of(
    rows: pd.DataFrame, firm: pd.Series, structures: pd.DataFrame, rule: PortfolioRule
) -> pd.Series:
    """Return the customer-centric flag of firms at the year-ends of rows, float64."""
    if rule.structure == "filed_before":
        structure = structure_at(structures, firm, rows["datadate"], rule.max_age_days)
    else:
        keys = pd.DataFrame({FIRM: firm, YEAR: rows[YEAR]})
        table = keyed(structures, FIRM_YEAR)
        structure = look_up(table, keys, ["customer_centric"])
    return structure["customer_centric"].astype("float64")
