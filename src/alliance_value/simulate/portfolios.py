"""Alliances and structures -> each firm's true portfolio at fiscal year-end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import Firms


@dataclass(frozen=True)
class Portfolios:
    """Firm-year grids, shape (F, Y); shares are decimals, NaN where undefined."""

    active: np.ndarray
    coded: np.ndarray
    cc_share: np.ndarray
    asym_share: np.ndarray
    mkt_intensity: np.ndarray


def count_portfolios(
    deals: pd.DataFrame, firms: Firms, flags: np.ndarray
) -> Portfolios:
    """Count what is active at the fiscal year-end.

    Active: announced in the 60 months that end with the month of the fiscal
    year-end, and not terminated on or before that day. A partner is coded when it
    has a statement for the same fiscal year; each deal counts once, so a partner
    with two active deals counts twice. Deals with partners from outside the
    population count as active and are never coded (``j`` below 0).

    Parameters
    ----------
    deals : DataFrame
        alliance, i, j, announced, terminated, marketing, rd.
    firms : Firms
    flags : ndarray of bool, shape (F, Y)
        Customer-centric.

    Returns
    -------
    Portfolios
    """
    life = parameters()["alliances"]["life_years"]
    shape = firms.alive.shape
    me = np.concatenate([deals["i"], deals["j"]])
    other = np.concatenate([deals["j"], deals["i"]])
    double = pd.concat([deals, deals], ignore_index=True)[me >= 0]
    me, other = me[me >= 0], other[me >= 0]
    announced = double["announced"].to_numpy().astype("datetime64[D]")
    terminated = double["terminated"].to_numpy().astype("datetime64[D]")
    marketing, rd = double["marketing"].to_numpy(), double["rd"].to_numpy()
    names = ("active", "coded", "cc", "asym", "mkt", "rd")
    count = {name: np.zeros(shape) for name in names}
    for t in range(shape[1]):
        end = firms.datadate[me, t]
        first = end.astype("datetime64[M]") - np.timedelta64(12 * life - 1, "M")
        opens = first.astype("datetime64[D]")
        active = (announced >= opens) & (announced <= end)
        active &= ~(terminated <= end) & firms.alive[me, t]
        coded = active & (other >= 0) & firms.alive[other, t]
        cc, own = flags[other, t], flags[me, t]
        for name, which in (
            ("active", active),
            ("coded", coded),
            ("cc", coded & cc),
            ("asym", coded & (cc != own)),
            ("mkt", active & marketing),
            ("rd", active & rd),
        ):
            count[name][:, t] = np.bincount(me[which], minlength=shape[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        return Portfolios(
            active=count["active"].astype(int),
            coded=count["coded"].astype(int),
            cc_share=count["cc"] / count["coded"],
            asym_share=count["asym"] / count["coded"],
            mkt_intensity=count["mkt"] / (count["mkt"] + count["rd"]),
        )
