"""The canonical tables of securities, their returns, factors and business segments."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

# The end of what has not ended: nanosecond dates end in April 2262.
OPEN_END = pd.Timestamp("2261-12-31")


@canonical("links", stage="sources")
class Links(CanonicalTable):
    """One row per spell in which a firm has a security. Key: firm, security, from.

    ``link_to`` is inclusive and `OPEN_END` where the link is still in force. On any
    day a firm has at most one security.
    """

    firm: Text = described("Firm", "gvkey", source="CCM: gvkey")
    security: Column[int] = described("Security", "PERMNO", source="CCM: lpermno")
    company: Column[pd.Int64Dtype] = described(
        "Company", "PERMCO", source="CCM: lpermco", missing="blank in the file"
    )
    link_from: Column[pa.DateTime] = described(
        "Link holds from", "date", source="CCM: linkdt"
    )
    link_to: Column[pa.DateTime] = described(
        "Link holds to",
        "date",
        "inclusive; 2261-12-31 while in force",
        source="CCM: linkenddt",
    )
    link_type: Text = described(
        "Link type", "category", "LC, LU or LS", source="CCM: linktype"
    )
    link_primary: Text = described(
        "Link primacy", "category", "P or C", source="CCM: linkprim"
    )

    class Config:
        unique = ["firm", "security", "link_from"]

    @pa.dataframe_check
    @classmethod
    def one_security_a_day(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """Let no firm have two securities on a day."""
        ordered = table.sort_values(["firm", "link_from"])
        before = ordered.groupby("firm", sort=False).link_to.shift()
        apart: pd.Series[bool] = ~(ordered.link_from <= before)
        return apart.reindex(table.index)

    @pa.dataframe_check
    @classmethod
    def ends_after_it_begins(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """Let a link hold for a day at least."""
        order: pd.Series[bool] = table.link_to >= table.link_from
        return order


@canonical("ticker_links", stage="sources")
class TickerLinks(Links):
    """One row per spell in which a firm has a security, by a dated list of tickers.

    Securities are called as daily prices call them: by ticker, or by an identifier.
    """

    security: Text = described(  # type: ignore[assignment]
        "Security",
        "code",
        "its identifier, or its ticker",
        source="the list of tickers",
    )
    link_type: Text = described(
        "Link type", "category", "ticker", source="the list of tickers"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["firm", "security", "link_from"]


@canonical("security_names", stage="sources")
class SecurityNames(CanonicalTable):
    """One row per security and spell of one name. Key: security, from.

    ``ncusip`` has eight characters, the issuer's six first; ``share_code`` and
    ``exchange_code`` are as the vendor codes them, legacy or CIZ.
    """

    security: Column[int] = described("Security", "PERMNO", source="CRSP: permno")
    company: Column[pd.Int64Dtype] = described(
        "Company", "PERMCO", source="CRSP: permco", missing="blank in the file"
    )
    name_from: Column[pa.DateTime] = described(
        "Name holds from", "date", source="CRSP: namedt"
    )
    name_to: Column[pa.DateTime] = described(
        "Name holds to", "date", "inclusive", source="CRSP: nameendt"
    )
    ncusip: Text = described(
        "CUSIP at the time",
        "CUSIP, 8 characters",
        source="CRSP: ncusip",
        missing="blank in the file",
    )
    share_code: Text = described(
        "Share code",
        "code",
        source="CRSP: shrcd, or its CIZ successor",
        missing="blank in the file",
    )
    exchange_code: Text = described(
        "Exchange code",
        "code",
        source="CRSP: exchcd, or its CIZ successor",
        missing="blank in the file",
    )
    name: Text = described(
        "Company's name at the time",
        "text",
        source="CRSP: comnam",
        missing="blank in the file",
    )
    sic: Text = described(
        "Industry at the time",
        "SIC code",
        source="CRSP: siccd",
        missing="blank in the file",
    )


@canonical("delistings", stage="sources")
class Delistings(CanonicalTable):
    """One row per delisted security: the day, why, and the return it brought."""

    security: Column[int] = described(
        "Security", "PERMNO", source="CRSP: permno", unique=True
    )
    delisted: Column[pa.DateTime] = described("Last day", "date", source="CRSP: dlstdt")
    own_day: Column[pa.DateTime] = described(
        "Day on which the return stands in the daily file",
        "date",
        source="CRSP: deldlydt",
        missing="the legacy file, whose daily rows end before it",
    )
    code: Column[pd.Int64Dtype] = described(
        "Delisting code", "code", source="CRSP: dlstcd", missing="blank in the file"
    )
    ret: Column[float] = described(
        "Delisting return",
        "decimal",
        source="CRSP: dlret",
        missing="not stated, and no value is assumed for the code",
        ge=-1,
    )
    assumed: Column[bool] = described(
        "Return assumed",
        "true/false",
        "dlret is missing and stands for a performance delisting",
        source="Shumway (1997), Journal of Finance 52",
    )
    source_file: Text = described("File", "text", source="the file of delistings")
    source_row: Column[int] = described(
        "Row in the file", "number", source="the file of delistings"
    )
    source_column: Text = described(
        "Column of the last day", "text", source="the file of delistings"
    )
    source_value: Text = described(
        "Last day as printed", "text", source="the file of delistings"
    )


@canonical("returns", stage="sources")
class Returns(CanonicalTable):
    """One row per security and day. Key: security, date.

    ``security`` is text whatever the vendor: a PERMNO's digits, or a ticker.

    ``ret`` is the total return as a decimal with the delisting return compounded;
    ``market_value`` is that of all securities of the company in $ million;
    ``ret_code`` says why a return is missing, in CRSP's numeric codes.
    """

    security: Text = described(
        "Security", "code", source="CRSP: permno, or the study's column"
    )
    company: Text = described(
        "Company", "code", source="CRSP: permco", missing="blank in the file"
    )
    date: Column[pa.DateTime] = described("Trading day", "date", source="CRSP: date")
    ret: Column[float] = described(
        "Total return",
        "decimal",
        "(1 + ret)(1 + dlret) - 1 on the last day",
        source="CRSP: ret, dlret",
        missing="no return; ret_code says why",
        gt=-1.01,
    )
    market_value: Column[float] = described(
        "Market value of the company",
        "$ million",
        "sum over its securities of |prc| shrout / 1000",
        source="CRSP: prc, shrout",
        missing="a price or shares are missing",
        gt=0,
    )
    ret_code: Text = described(
        "Why the return is missing",
        "code",
        "CRSP's numeric codes",
        source="CRSP: ret",
        missing="the return is there",
    )

    class Config:
        unique = ["security", "date"]


@canonical("traded_returns", stage="sources")
class TradedReturns(Returns):
    """One row per security and day: its return, and the shares traded."""

    volume: Column[float] = described(
        "Shares traded", "count", source="CRSP: vol", missing="not stated", ge=0
    )
    turnover: Column[float] = described(
        "Turnover",
        "percent",
        "100 vol / shares outstanding",
        source="CRSP: vol, shrout",
        missing="volume or shares are missing",
        ge=0,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["security", "date"]


@canonical("factors", stage="sources")
class Factors(CanonicalTable):
    """One row per trading day: factor returns and the risk-free rate as decimals."""

    date: Column[pa.DateTime] = described(
        "Trading day", "date", source="Kenneth French's data library", unique=True
    )
    mkt_rf: Column[float] = described(
        "Market less risk-free rate",
        "decimal",
        source="Kenneth French's data library: Mkt-RF",
    )
    smb: Column[float] = described(
        "Small minus big",
        "decimal",
        source="Kenneth French's data library: SMB",
        missing="not in the file",
    )
    hml: Column[float] = described(
        "High minus low",
        "decimal",
        source="Kenneth French's data library: HML",
        missing="not in the file",
    )
    umd: Column[float] = described(
        "Momentum",
        "decimal",
        source="Kenneth French's data library: Mom; Carhart (1997)",
        missing="not in the file",
    )
    rmw: Column[float] = described(
        "Robust minus weak",
        "decimal",
        source="Kenneth French's data library: RMW",
        missing="not in the file",
    )
    cma: Column[float] = described(
        "Conservative minus aggressive",
        "decimal",
        source="Kenneth French's data library: CMA",
        missing="not in the file",
    )
    rf: Column[float] = described(
        "Risk-free rate",
        "decimal",
        "a day",
        source="Kenneth French's data library: RF",
        missing="not in the file",
    )


@canonical("factors_by_market", stage="sources")
class MarketFactors(Factors):
    """One row per market and trading day: its factor returns as decimals."""

    date: Column[pa.DateTime] = described(
        "Trading day", "date", source="the table of factors"
    )
    market: Text = described("Market", "name", source="the table of factors")

    class Config:
        strict = True
        ordered = True
        unique = ["market", "date"]


@canonical("market", stage="sources")
class MarketReturns(CanonicalTable):
    """One row per trading day: an index's total return as a decimal."""

    date: Column[pa.DateTime] = described(
        "Trading day", "date", source="the index file", unique=True
    )
    ret: Column[float] = described(
        "Total return of the index", "decimal", source="the index file", gt=-1
    )


@canonical("segments", stage="sources")
class Segments(CanonicalTable):
    """One row per firm, closing, segment type and segment; sales in $ million."""

    firm: Text = described("Firm", "gvkey", source="Compustat segments: gvkey")
    datadate: Column[pa.DateTime] = described(
        "Fiscal year-end", "date", source="Compustat segments: datadate"
    )
    segment_type: Text = described(
        "Segment type",
        "category",
        "BUSSEG or OPSEG",
        source="Compustat segments: stype",
        isin=["BUSSEG", "OPSEG"],
    )
    segment: Text = described("Segment", "code", source="Compustat segments: sid")
    name: Text = described(
        "Segment's name",
        "text",
        source="Compustat segments: snms",
        missing="blank in the file",
    )
    sales: Column[float] = described(
        "Segment's sales",
        "$ million",
        source="Compustat segments: sales",
        missing="not reported, or negative",
        ge=0,
    )
    sic: Text = described(
        "Segment's industry",
        "SIC code",
        source="Compustat segments: sics1",
        missing="blank in the file",
    )

    class Config:
        unique = ["firm", "datadate", "segment_type", "segment"]
