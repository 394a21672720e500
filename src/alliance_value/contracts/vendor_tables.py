"""The canonical tables of securities, their returns, factors and business segments."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

# The end of what has not ended: nanosecond dates end in April 2262.
OPEN_END = pd.Timestamp("2261-12-31")


class Links(pa.DataFrameModel):
    """One row per spell in which a firm has a security. Key: firm, security, from.

    ``link_to`` is inclusive and `OPEN_END` where the link is still in force. On any
    day a firm has at most one security.
    """

    firm: Series[pd.StringDtype]
    security: Series[int]
    company: Series[pd.Int64Dtype] = pa.Field(nullable=True)
    link_from: Series[pa.DateTime]
    link_to: Series[pa.DateTime]
    link_type: Series[pd.StringDtype]
    link_primary: Series[pd.StringDtype]

    class Config:
        strict = True
        ordered = True
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


class SecurityNames(pa.DataFrameModel):
    """One row per security and spell of one name. Key: security, from.

    ``ncusip`` has eight characters, the issuer's six first; ``share_code`` and
    ``exchange_code`` are as the vendor codes them, legacy or CIZ.
    """

    security: Series[int]
    company: Series[pd.Int64Dtype] = pa.Field(nullable=True)
    name_from: Series[pa.DateTime]
    name_to: Series[pa.DateTime]
    ncusip: Series[pd.StringDtype] = pa.Field(nullable=True)
    share_code: Series[pd.StringDtype] = pa.Field(nullable=True)
    exchange_code: Series[pd.StringDtype] = pa.Field(nullable=True)
    name: Series[pd.StringDtype] = pa.Field(nullable=True)
    sic: Series[pd.StringDtype] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True


class Delistings(pa.DataFrameModel):
    """One row per delisted security: the day, why, and the return it brought."""

    security: Series[int] = pa.Field(unique=True)
    delisted: Series[pa.DateTime]
    code: Series[pd.Int64Dtype] = pa.Field(nullable=True)
    ret: Series[float] = pa.Field(nullable=True, ge=-1)
    assumed: Series[bool]

    class Config:
        strict = True
        ordered = True


class Returns(pa.DataFrameModel):
    """One row per security and day. Key: security, date.

    ``security`` is text whatever the vendor: a PERMNO's digits, or a ticker.

    ``ret`` is the total return as a decimal with the delisting return compounded;
    ``market_value`` is that of all securities of the company in $ million;
    ``ret_code`` says why a return is missing, in CRSP's numeric codes.
    """

    security: Series[pd.StringDtype]
    company: Series[pd.StringDtype] = pa.Field(nullable=True)
    date: Series[pa.DateTime]
    ret: Series[float] = pa.Field(nullable=True, gt=-1.01)
    market_value: Series[float] = pa.Field(nullable=True, gt=0)
    ret_code: Series[pd.StringDtype] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["security", "date"]


class Factors(pa.DataFrameModel):
    """One row per trading day: factor returns and the risk-free rate as decimals."""

    date: Series[pa.DateTime] = pa.Field(unique=True)
    mkt_rf: Series[float]
    smb: Series[float] = pa.Field(nullable=True)
    hml: Series[float] = pa.Field(nullable=True)
    umd: Series[float] = pa.Field(nullable=True)
    rmw: Series[float] = pa.Field(nullable=True)
    cma: Series[float] = pa.Field(nullable=True)
    rf: Series[float] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True


class MarketReturns(pa.DataFrameModel):
    """One row per trading day: an index's total return as a decimal."""

    date: Series[pa.DateTime] = pa.Field(unique=True)
    ret: Series[float] = pa.Field(gt=-1)

    class Config:
        strict = True
        ordered = True


class Segments(pa.DataFrameModel):
    """One row per firm, closing, segment type and segment; sales in $ million."""

    firm: Series[pd.StringDtype]
    datadate: Series[pa.DateTime]
    segment_type: Series[pd.StringDtype] = pa.Field(isin=["BUSSEG", "OPSEG"])
    segment: Series[pd.StringDtype]
    name: Series[pd.StringDtype] = pa.Field(nullable=True)
    sales: Series[float] = pa.Field(nullable=True, ge=0)
    sic: Series[pd.StringDtype] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["firm", "datadate", "segment_type", "segment"]
