"""The canonical tables that are joined to firm-years by firm and fiscal year."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series


class Industries(pa.DataFrameModel):
    """Measures of each firm-year's industry over all firm-years.

    Sales in $ million, growth and turbulence as decimals a year; missing where the
    industry code is, or where the industry lacks sales in one of five years.
    """

    firm: Series[pd.StringDtype]
    fiscal_year: Series[int]
    industry: Series[pd.StringDtype] = pa.Field(nullable=True)
    industry_firms: Series[float] = pa.Field(ge=1, nullable=True)
    industry_sales: Series[float] = pa.Field(gt=0, nullable=True)
    hhi: Series[float] = pa.Field(ge=0, le=1 + 1e-9, nullable=True)
    industry_growth_slope: Series[float] = pa.Field(nullable=True)
    industry_growth: Series[float] = pa.Field(nullable=True)
    industry_turbulence: Series[float] = pa.Field(ge=0, nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["firm", "fiscal_year"]


class Diversification(pa.DataFrameModel):
    """How each firm-year's sales spread over its segments."""

    firm: Series[pd.StringDtype]
    fiscal_year: Series[int]
    segments: Series[float] = pa.Field(ge=1)
    diversification: Series[float] = pa.Field(ge=0)
    diversification_herfindahl: Series[float] = pa.Field(ge=-1e-9, le=1)

    class Config:
        strict = True
        ordered = True
        unique = ["firm", "fiscal_year"]


class Experience(pa.DataFrameModel):
    """A firm's alliances announced before its fiscal year-end; ln(1 + count)."""

    firm: Series[pd.StringDtype]
    fiscal_year: Series[int]
    prior_alliances: Series[int] = pa.Field(ge=0)
    experience: Series[float] = pa.Field(ge=0)
    experience_marketing: Series[float] = pa.Field(ge=0)
    experience_research: Series[float] = pa.Field(ge=0)
    experience_licensing: Series[float] = pa.Field(ge=0)
    experience_manufacturing: Series[float] = pa.Field(ge=0)
    experience_supply: Series[float] = pa.Field(ge=0)
    experience_joint_venture: Series[float] = pa.Field(ge=0)
    experience_decayed: Series[float] = pa.Field(ge=0)

    class Config:
        strict = True
        ordered = True
        unique = ["firm", "fiscal_year"]


def variables_of(contract: type[pa.DataFrameModel]) -> tuple[str, ...]:
    """Return the columns of such a table after its key."""
    return tuple(list(contract.to_schema().columns)[2:])
