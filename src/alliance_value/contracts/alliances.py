"""The canonical tables of alliances, their participants, and coded structures."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

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


class Alliances(pa.DataFrameModel):
    """One row per alliance. Key: ``alliance``."""

    alliance: Series[pd.StringDtype] = pa.Field(unique=True)
    announced: Series[pa.DateTime]
    announced_estimated: Series[bool]
    effective: Series[pa.DateTime] = pa.Field(nullable=True)
    terminated: Series[pa.DateTime] = pa.Field(nullable=True)
    status: Series[pd.StringDtype] = pa.Field(isin=KNOWN_STATUS)
    marketing: Series[bool]
    research: Series[bool]
    licensing: Series[bool]
    manufacturing: Series[bool]
    supply: Series[bool]
    joint_venture: Series[bool]
    cross_border: Series[bool]
    technology_transfer: Series[bool]
    sic: Series[pd.StringDtype] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True

    @pa.dataframe_check
    @classmethod
    def ends_after_it_begins(cls, table: pd.DataFrame) -> pd.Series[bool]:
        """No alliance is terminated before it is announced."""
        order: pd.Series[bool] = ~(table.terminated < table.announced)
        return order


class Participants(pa.DataFrameModel):
    """One row per alliance and participant, matched to a firm where one was found."""

    alliance: Series[pd.StringDtype]
    position: Series[int] = pa.Field(ge=1)
    name: Series[pd.StringDtype] = pa.Field(nullable=True)
    cusip6: Series[pd.StringDtype] = pa.Field(nullable=True)
    parent_cusip6: Series[pd.StringDtype] = pa.Field(nullable=True)
    parent_name: Series[pd.StringDtype] = pa.Field(nullable=True)
    sic: Series[pd.StringDtype] = pa.Field(nullable=True)
    nation: Series[pd.StringDtype] = pa.Field(nullable=True)
    state: Series[pd.StringDtype] = pa.Field(nullable=True)
    firm: Series[pd.StringDtype] = pa.Field(nullable=True)
    match_method: Series[pd.StringDtype] = pa.Field(nullable=True)
    match_score: Series[float] = pa.Field(ge=0, le=1, nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["alliance", "position"]


class MatchesToReview(pa.DataFrameModel):
    """One row per participant and firm that it may be; a reader fills ``decision``.

    ``score`` is the weighted share of words that the names have in common, 0 to 1.
    ``decision`` is accept, reject or empty.
    """

    alliance: Series[pd.StringDtype]
    position: Series[int] = pa.Field(ge=1)
    announced: Series[pa.DateTime]
    name: Series[pd.StringDtype] = pa.Field(nullable=True)
    parent_name: Series[pd.StringDtype] = pa.Field(nullable=True)
    nation: Series[pd.StringDtype] = pa.Field(nullable=True)
    firm: Series[pd.StringDtype]
    firm_name: Series[pd.StringDtype]
    score: Series[float] = pa.Field(ge=0, le=1)
    reason: Series[pd.StringDtype]
    decision: Series[pd.StringDtype] = pa.Field(isin=["", "accept", "reject"])

    class Config:
        strict = True
        ordered = True
        unique = ["alliance", "position", "firm"]


class CodedUnits(pa.DataFrameModel):
    """One row per firm, fiscal year, unit and coder."""

    firm: Series[pd.StringDtype]
    fiscal_year: Series[int]
    filed: Series[pa.DateTime] = pa.Field(nullable=True)
    accession: Series[pd.StringDtype] = pa.Field(nullable=True)
    unit_name: Series[pd.StringDtype]
    unit_class: Series[pd.StringDtype] = pa.Field(isin=UNIT_CLASSES)
    coder: Series[pd.StringDtype]
    confidence: Series[float] = pa.Field(nullable=True)
    sales: Series[float] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["firm", "fiscal_year", "unit_name", "coder"]


class Portfolios(pa.DataFrameModel):
    """A firm's alliance portfolio at fiscal year-end; shares are decimals.

    Key: ``firm``, ``fiscal_year``. docs/methods.md defines the columns.
    """

    firm: Series[pd.StringDtype]
    fiscal_year: Series[int]
    own_cc: Series[float] = pa.Field(isin=[0.0, 1.0], nullable=True)
    portfolio_size: Series[int] = pa.Field(ge=0)
    partners: Series[int] = pa.Field(ge=0)
    partners_coded: Series[int] = pa.Field(ge=0)
    no_portfolio: Series[int] = pa.Field(isin=[0, 1])
    coverage: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    cc_share: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    cc_share_all: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    asym_share: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    mkt_intensity: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    mkt_difference: Series[float] = pa.Field(ge=-1, le=1, nullable=True)
    type_diversity: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    jv_share: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    cross_border_share: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    completeness: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    competition: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    complementarity: Series[float] = pa.Field(ge=0, le=1, nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["firm", "fiscal_year"]
