"""Daily returns and factors of a study -> a simulated market with their moments.

A security's return is ``rf + beta (market - rf) + sigma e``; betas and volatilities are
drawn from the smoothed distribution of the real ones, factors from their means and
covariances, day by day. What announcements did to returns is not kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import Column
from alliance_value.sharing.twin.panel import panel_model
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sharing.twin.written import Number
from alliance_value.sources.dated_tables import read_factor_tables, read_market
from alliance_value.sources.french import NAMES, read_factors
from alliance_value.sources.read_file import read_file
from alliance_value.sources.returns import ReturnsReader
from alliance_value.study.spec import ReturnsFile, TableFile, build

PLAIN = TableFile(entity="", file="")
LEAST_DAYS = 60  # of a security, for its beta and volatility to count
MOST_ROWS = 1_000_000
DECIMALS = Number(decimals=6)


def factors_of(section: Mapping[str, Any], paths: Sequence[str]) -> pd.DataFrame:
    """Return a study's real factors: date, mkt_rf, .., rf as decimals."""
    if section["reader"] == "french":
        return read_factors(paths, section["unit"]).factors
    raws = [read_file(path, PLAIN) for path in paths]
    unit = section["unit"]
    return read_factor_tables(raws, section["date"], section["columns"], unit).factors


def twin_factors(real: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Draw factors for the real trading days from their means and covariances.

    The risk-free rate is its mean on every day.
    """
    names = [n for n in NAMES if n in real and real[n].notna().any() and n != "rf"]
    known = real[names].dropna()
    drawn = rng.multivariate_normal(known.mean(), known.cov(), len(real))
    table = pd.DataFrame(drawn.round(6), columns=names)
    rate = round(float(real.rf.mean()), 6) if real.rf.notna().any() else 0.0
    return table.assign(rf=rate).set_axis(real.index).assign(date=real.date)


def first_returns(section: Mapping[str, Any], paths: Sequence[str]) -> pd.DataFrame:
    """Return the real returns of the first securities of a study's daily files."""
    with tempfile.TemporaryDirectory() as folder:
        reader = ReturnsReader(paths, build(ReturnsFile, section), Path(folder))
        return next(iter(reader.batches())).returns


def twin_returns(
    real: pd.DataFrame,
    factors: pd.DataFrame,
    securities: Sequence[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Draw returns of invented securities on the real trading days.

    Parameters
    ----------
    real
        Canonical returns of some real securities.
    factors
        date, mkt_rf and rf of the twin.
    securities
        Their identities.

    Returns
    -------
    pandas.DataFrame
        security, date (YYYY-MM-DD), ret (decimal); market_value ($ million) where the
        real returns have one.
    """
    moments = moments_of(real)
    names = list(map(str, moments.columns))
    days = factors[factors.date.between(real.date.min(), real.date.max())]
    days = days.tail(max(MOST_ROWS // max(len(securities), 1), 1))
    alone = Rows(
        np.arange(len(moments)), np.zeros(len(moments), "int64"), len(moments), 1
    )
    model = panel_model(
        {
            n: Column(n, "number", moments[n].to_numpy(), written=DECIMALS)
            for n in names
        },
        alone,
    )
    again = -(-len(securities) // len(moments))
    parts = [model.values(model.draw(rng)[1]) for _ in range(again)]
    drawn = pd.DataFrame(
        {n: np.concatenate([p[n] for p in parts])[: len(securities)] for n in names}
    )
    market = days.mkt_rf.to_numpy()
    noise = rng.standard_normal((len(securities), len(days)))
    sigma, beta = np.exp(drawn.log_sigma.to_numpy()), drawn.beta.to_numpy()
    ret = days.rf.to_numpy() + np.outer(beta, market) + sigma[:, None] * noise
    ret = np.clip(ret, -0.9, None).round(6)
    table = pd.DataFrame(
        {
            "security": np.repeat(np.array(securities, dtype=object), len(days)),
            "date": np.tile(days.date.dt.strftime("%Y-%m-%d"), len(securities)),
            "ret": ret.ravel(),
        }
    )
    if "log_value" in moments:
        value = np.exp(
            drawn.log_value.to_numpy()[:, None] + np.log1p(ret).cumsum(axis=1)
        )
        table["market_value"] = value.ravel().round(3)
    return table


def moments_of(real: pd.DataFrame) -> pd.DataFrame:
    """Return beta, log volatility and log market value of each real security.

    The market is the mean return of the securities at hand.
    """
    mean = real.groupby("date").ret.transform("mean")
    table = real.assign(market=mean).dropna(subset=["ret"])
    group = table.groupby("security")
    count = group.ret.transform("size")
    table = table[count >= min(LEAST_DAYS, int(count.max()))]
    group = table.groupby("security")
    x = table.market - group.market.transform("mean")
    y = table.ret - group.ret.transform("mean")
    sums = pd.DataFrame({"xy": x * y, "xx": x * x, "yy": y * y, "n": 1.0})
    sums = sums.groupby(table.security).sum()
    beta = sums.xy / sums.xx.clip(lower=1e-12)
    left = (sums.yy - beta * sums.xy).clip(lower=1e-12) / (sums.n - 2).clip(lower=1)
    moments = pd.DataFrame({"beta": beta, "log_sigma": np.log(left) / 2})
    if "market_value" in real and real.market_value.notna().any():
        value = table.assign(v=table.market_value.where(table.market_value > 0))
        moments["log_value"] = np.log(value.groupby("security").v.median())
    return moments


def twin_market(
    real: pd.DataFrame, factors: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw an index: the twin's market and a noise of 5 % of its volatility."""
    table = factors[factors.date.isin(real.date)]
    noise = rng.standard_normal(len(table)) * 0.05 * table.mkt_rf.std()
    ret = (table.mkt_rf + table.rf + noise).round(6)
    return pd.DataFrame({"date": table.date.dt.strftime("%Y-%m-%d"), "ret": ret})


def market_of(section: Mapping[str, Any], paths: Sequence[str]) -> pd.DataFrame:
    """Return a study's real index: date and ret."""
    raws = [read_file(path, PLAIN) for path in paths]
    return read_market(raws, section["date"], section["ret"], section["unit"]).market
