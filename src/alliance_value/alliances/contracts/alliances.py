"""The canonical tables of alliances, their participants, and coded structures."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pandera.pandas as pa

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.contracts.firm_year_tables import FirmYearKey
from alliance_value.vocabulary.entries import canonical

KNOWN_STATUS = [
    "Completed/Signed",
    "Pending",
    "Extended",
    "Renegotiated",
    "Terminated",
    "Expired",
    "Seeking",
]
UNIT_CLASSES = ["customer", "product", "function", "geography", "mixed"]
BLANK = "blank in the file"
NO_DEALS = "no active alliance at the fiscal year-end"
NO_CODED = "no coded partner at the fiscal year-end"


def flag(label: str, field: str) -> Any:
    """Declare one of SDC's flags."""
    return described(
        label, "true/false", source=f"SDC: {field}", blank="a blank flag means no"
    )


def structure(label: str, whose: str) -> Any:
    """Declare the structure of one side of a partnership."""
    return described(
        label,
        "0/1",
        f"1 if most of {whose} units are built around customers",
        source="structures; Lee, Sridhar, Henderson and Palmatier (2015)",
        missing="no coded filing, or coders' differences leave it open",
        isin=[0.0, 1.0],
    )


@canonical("alliances", stage="sources")
class Alliances(CanonicalTable):
    """One row per alliance. Key: ``alliance``."""

    alliance: Text = described(
        "Deal number", "code", source="SDC: Deal Number", unique=True
    )
    announced: Column[pa.DateTime] = described(
        "Date announced", "date", source="SDC: Alliance Date Announced"
    )
    announced_estimated: Column[bool] = flag(
        "Announcement date estimated", "Date Announced Estimated"
    )
    effective: Column[pa.DateTime] = described(
        "Date effective",
        "date",
        source="SDC: Date Effective",
        missing="blank or unreadable in the file",
    )
    terminated: Column[pa.DateTime] = described(
        "Date terminated",
        "date",
        source="SDC: Date Alliance Terminated",
        missing="no termination known, or one stated before the announcement",
    )
    status: Text = described(
        "Status", "category", source="SDC: Status", isin=KNOWN_STATUS
    )
    marketing: Column[bool] = flag("Marketing alliance", "Marketing Flag")
    research: Column[bool] = flag("R&D alliance", "R&D Flag")
    licensing: Column[bool] = flag("Licensing alliance", "Licensing Services Flag")
    manufacturing: Column[bool] = flag("Manufacturing alliance", "Manufacturing Flag")
    supply: Column[bool] = flag("Supply alliance", "Supply Flag")
    joint_venture: Column[bool] = flag("Joint venture", "Joint Venture Flag")
    cross_border: Column[bool] = flag("Cross-border", "Cross Border Alliance")
    technology_transfer: Column[bool] = flag(
        "Technology transfer", "Technology Transfer"
    )
    sic: Text = described(
        "Industry of the alliance",
        "SIC code",
        source="SDC: Primary SIC Code of Alliance",
        missing=BLANK,
    )

    @pa.dataframe_check
    @classmethod
    def ends_after_it_begins(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """No alliance is terminated before it is announced."""
        order: pd.Series[bool] = ~(table.terminated < table.announced)
        return order


@canonical("participants", stage="sources")
class Participants(CanonicalTable):
    """One row per alliance and participant, matched to a firm where one was found."""

    alliance: Text = described("Deal number", "code", source="SDC: Deal Number")
    position: Column[int] = described(
        "Position in the deal",
        "count",
        "1 for the first participant printed",
        source="order of the participants in the SDC file",
        ge=1,
    )
    name: Text = described(
        "Participant's name",
        "text",
        source="SDC: Participants in Venture / Alliance (Short Name)",
        missing=BLANK,
    )
    cusip6: Text = described(
        "Participant's issuer code",
        "CUSIP, 6 characters",
        "upper case, leading zeros restored",
        source="SDC: Participant CUSIP",
        missing=BLANK,
    )
    parent_cusip6: Text = described(
        "Ultimate parent's issuer code",
        "CUSIP, 6 characters",
        "upper case, leading zeros restored",
        source="SDC: Participant Ultimate Parent CUSIP",
        missing=BLANK,
    )
    parent_name: Text = described(
        "Ultimate parent's name",
        "text",
        source="SDC: Participant Ultimate Parent Name",
        missing=BLANK,
    )
    sic: Text = described(
        "Participant's industry",
        "SIC code",
        "the first code of the cell",
        source="SDC: Participant Primary SIC Code",
        missing=BLANK,
    )
    nation: Text = described(
        "Ultimate parent's nation",
        "text",
        source="SDC: Participant Ultimate Parent Nation",
        missing=BLANK,
    )
    state: Text = described(
        "Participant's state",
        "code",
        source="SDC: Participant State Code",
        missing=BLANK,
    )
    firm: Text = described(
        "Firm",
        "code",
        "CUSIP at the date, then the ultimate parent's, then names",
        source="matched by the links and name history of the firms",
        missing="matched to no firm",
    )
    match_method: Text = described(
        "How the firm was found",
        "category",
        source="matching of deals to firms",
        missing="matched to no firm",
    )
    match_score: Column[float] = described(
        "Score of the match",
        "decimal",
        "1 by CUSIP; weighted share of common words by name",
        source="matching of deals to firms",
        missing="matched to no firm",
        ge=0,
        le=1,
    )

    class Config:
        unique = ["alliance", "position"]


@canonical("matches_to_review", stage="sources")
class MatchesToReview(CanonicalTable):
    """One row per participant and firm that it may be; a reader fills ``decision``.

    ``score`` is the weighted share of words that the names have in common, 0 to 1.
    ``decision`` is accept, reject or empty.
    """

    alliance: Text = described("Deal number", "code", source="SDC: Deal Number")
    position: Column[int] = described(
        "Position in the deal", "count", source="order in the SDC file", ge=1
    )
    announced: Column[pa.DateTime] = described(
        "Date announced", "date", source="SDC: Alliance Date Announced"
    )
    name: Text = described(
        "Participant's name",
        "text",
        source="SDC: Participants in Venture / Alliance (Short Name)",
        missing=BLANK,
    )
    parent_name: Text = described(
        "Ultimate parent's name",
        "text",
        source="SDC: Participant Ultimate Parent Name",
        missing=BLANK,
    )
    nation: Text = described(
        "Ultimate parent's nation",
        "text",
        source="SDC: Participant Ultimate Parent Nation",
        missing=BLANK,
    )
    firm: Text = described(
        "Firm that it may be", "code", source="name history of the firms"
    )
    firm_name: Text = described(
        "That firm's name", "text", source="name history of the firms"
    )
    score: Column[float] = described(
        "Likeness of the names",
        "decimal",
        "weighted share of words in common",
        source="matching of deals to firms",
        ge=0,
        le=1,
    )
    reason: Text = described(
        "Why a reader should look", "text", source="matching of deals to firms"
    )
    decision: Text = described(
        "Reader's decision",
        "category",
        source="filled in by the reader",
        blank="empty while undecided",
        isin=["", "accept", "reject"],
    )

    class Config:
        unique = ["alliance", "position", "firm"]


@canonical("coded_units", stage="sources")
class CodedUnits(CanonicalTable):
    """One row per firm, fiscal year, unit and coder."""

    firm: Text = described("Firm", "code", source="coding sheet: gvkey")
    fiscal_year: Column[int] = described(
        "Fiscal year", "year", source="coding sheet: fyear"
    )
    filed: Column[pa.DateTime] = described(
        "Filing date",
        "date",
        source="coding sheet: filing_date",
        missing="blank or unreadable in the sheet",
    )
    accession: Text = described(
        "Filing",
        "SEC accession number",
        source="coding sheet: filing_accession",
        missing="blank in the sheet",
    )
    unit_name: Text = described(
        "Business unit", "text", source="coding sheet: unit_name"
    )
    unit_class: Text = described(
        "What the unit is built around",
        "category",
        source="coding sheet: unit_class, in lower case",
        isin=UNIT_CLASSES,
    )
    coder: Text = described("Coder", "name", source="coding sheet: coder")
    confidence: Column[float] = described(
        "Coder's confidence",
        "as in the sheet",
        source="coding sheet: confidence",
        missing="blank in the sheet",
    )
    sales: Column[float] = described(
        "Sales of the unit",
        "share or $ million, as in the sheet",
        source="coding sheet: sales_share",
        missing="blank in the sheet",
    )

    class Config:
        unique = ["firm", "fiscal_year", "unit_name", "coder"]


@canonical(
    "portfolios",
    stage="panel",
    joined="sources.alliances",
    variants="portfolio.variants",
)
class Portfolios(FirmYearKey, source="SDC alliances"):
    """A firm's alliance portfolio at fiscal year-end; shares are decimals.

    Key: ``firm``, ``fiscal_year``. docs/methods.md defines the columns.
    """

    own_cc: Column[float] = structure("Own customer-centric structure", "the firm's")
    portfolio_size: Column[int] = described(
        "Portfolio size", "count", "alliances active at the fiscal year-end", ge=0
    )
    partners: Column[int] = described(
        "Partners",
        "count",
        "distinct parties of another ultimate parent in active alliances",
        ge=0,
    )
    partners_coded: Column[int] = described(
        "Partners of known structure",
        "count",
        "partners matched to a firm whose structure is coded",
        source="SDC alliances and coding sheet",
        ge=0,
    )
    no_portfolio: Column[int] = described(
        "No portfolio", "0/1", "1 if portfolio_size is 0", isin=[0, 1]
    )
    coverage: Column[float] = described(
        "Coding coverage",
        "decimal",
        "weight of coded partners / weight of all partners",
        source="SDC alliances and coding sheet",
        missing=NO_DEALS,
        ge=0,
        le=1,
    )
    cc_share: Column[float] = described(
        "Customer-centric partner share",
        "decimal",
        "customer-centric partners / coded partners, deal- or partner-weighted",
        source="Lee and Palmatier (2016), MSI report 16-127",
        missing=NO_CODED,
        ge=0,
        le=1,
    )
    cc_share_all: Column[float] = described(
        "Customer-centric share of all partners",
        "decimal",
        "customer-centric partners / all partners, coded or not",
        source="Lee and Palmatier (2016), MSI report 16-127",
        missing=NO_DEALS,
        ge=0,
        le=1,
    )
    asym_share: Column[float] = described(
        "Asymmetric share",
        "decimal",
        "partners of the other structure than the firm's / coded partners",
        source="Lee and Palmatier (2016), MSI report 16-127",
        missing=f"{NO_CODED}, or the firm's own structure is not known",
        ge=0,
        le=1,
    )
    mkt_intensity: Column[float] = described(
        "Marketing intensity",
        "decimal",
        "marketing deals / (marketing + research deals)",
        missing="no active alliance is for marketing or research",
        ge=0,
        le=1,
    )
    mkt_difference: Column[float] = described(
        "Marketing less research",
        "decimal",
        "(marketing - research deals) / all deals",
        missing=NO_DEALS,
        ge=-1,
        le=1,
    )
    type_diversity: Column[float] = described(
        "Type diversity",
        "decimal",
        "1 - sum of squared shares of the five types among the flags set",
        source="Blau (1977), Inequality and Heterogeneity",
        missing="no active alliance has a type",
        ge=0,
        le=1,
    )
    jv_share: Column[float] = described(
        "Joint-venture share",
        "decimal",
        "joint ventures / deals",
        missing=NO_DEALS,
        ge=0,
        le=1,
    )
    cross_border_share: Column[float] = described(
        "Cross-border share",
        "decimal",
        "cross-border deals / deals",
        missing=NO_DEALS,
        ge=0,
        le=1,
    )
    completeness: Column[float] = described(
        "Completeness",
        "decimal",
        "share of marketing, research, manufacturing, supply that a deal covers",
        source="Kale and Singh (2009), Academy of Management Perspectives 23",
        missing=NO_DEALS,
        ge=0,
        le=1,
    )
    competition: Column[float] = described(
        "Competition among partners",
        "decimal",
        "pairs of partners with the same SIC4 and a function in common / pairs",
        source="Kale and Singh (2009), Academy of Management Perspectives 23",
        missing="no two partners of known industry and function",
        ge=0,
        le=1,
    )
    complementarity: Column[float] = described(
        "Complementarity of partners",
        "decimal",
        "pairs with different SIC4 and no function in common / pairs",
        source="Kale and Singh (2009), Academy of Management Perspectives 23",
        missing="no two partners of known industry and function",
        ge=0,
        le=1,
    )

    class Config:
        unique = ["firm", "fiscal_year"]


@canonical("partnerships", stage="panel")
class Partnerships(FirmYearKey):
    """One row per firm-year, alliance active at its end, and partner in it.

    What `Portfolios` counts: its shares can be computed again from these rows.
    """

    alliance: Text = described("Deal number", "code", source="SDC: Deal Number")
    partner: Text = described(
        "Partner's group",
        "kind:name",
        "the matched firm, or else the ultimate parent's CUSIP or name",
        source="SDC: Participant Ultimate Parent CUSIP and Name",
    )
    partner_firm: Text = described(
        "Partner", "code", source="participants", missing="matched to no firm"
    )
    announced: Column[pa.DateTime] = described(
        "Date announced", "date", source="SDC: Alliance Date Announced"
    )
    terminated: Column[pa.DateTime] = described(
        "Date terminated",
        "date",
        source="SDC: Date Alliance Terminated",
        missing="no termination known, or one stated before the announcement",
    )
    marketing: Column[float] = described(
        "Marketing alliance", "0/1", source="SDC: Marketing Flag", isin=[0.0, 1.0]
    )
    research: Column[float] = described(
        "R&D alliance", "0/1", source="SDC: R&D Flag", isin=[0.0, 1.0]
    )
    own_cc: Column[float] = structure("Own customer-centric structure", "the firm's")
    partner_cc: Column[float] = structure(
        "Partner's customer-centric structure", "the partner's"
    )

    class Config:
        unique = ["firm", "fiscal_year", "alliance", "partner"]
