"""Deals, structures and filings -> the abnormal return planted for each partner."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.alliances import match_depth, prior_ties
from alliance_value.simulate.effects import Appropriation, JointValue, parameters
from alliance_value.simulate.firms import Firms


def structure_at(
    day: np.ndarray,
    firm: np.ndarray,
    firms: Firms,
    flags: np.ndarray,
) -> np.ndarray:
    """Return the customer-centric flag of the last fiscal year filed before a day.

    Parameters
    ----------
    day : ndarray of datetime64[D], shape (n,)
    firm : ndarray of int, shape (n,)
    firms : Firms
    flags : ndarray of bool, shape (F, Y)
    """
    filed = firms.filed[firm] < day[:, None]
    filed &= firms.alive[firm]
    latest = filed.shape[1] - 1 - np.argmax(filed[:, ::-1], axis=1)
    none = ~filed.any(1)
    earliest = np.argmax(firms.alive[firm], axis=1)
    latest = np.where(none, earliest, latest)
    result: np.ndarray = flags[firm, latest]
    return result


def joint_value(effects: JointValue, deals: pd.DataFrame) -> np.ndarray:
    """Return the planted combined abnormal return of each deal, decimal.

    Linear in the flags as equation (1) of the study: ASYM, MKT, RD, their products,
    and all of them moderated by temporal and spatial overlap as deviations from
    their centres.
    """
    centers = parameters()["centers"]
    a = deals["asymmetric"].to_numpy(float)
    m, r = deals["marketing"].to_numpy(float), deals["rd"].to_numpy(float)
    tro = deals["tro"].to_numpy() - centers["tro"]
    sro = deals["sro"].to_numpy() - centers["sro"]
    e = effects
    level = e.neither + e.asymmetric * a + e.marketing * m + e.rd * r
    level += e.asymmetric_marketing * a * m + e.asymmetric_rd * a * r
    by_tro = e.tro + e.marketing_tro * m + e.rd_tro * r + e.asymmetric_tro * a
    by_tro += e.asymmetric_marketing_tro * a * m + e.asymmetric_rd_tro * a * r
    by_sro = e.sro + e.marketing_sro * m + e.rd_sro * r + e.asymmetric_sro * a
    by_sro += e.asymmetric_marketing_sro * a * m + e.asymmetric_rd_sro * a * r
    result: np.ndarray = level + by_tro * tro + by_sro * sro
    return result


def describe_deals(
    effects: JointValue,
    appropriation: Appropriation,
    deals: pd.DataFrame,
    firms: Firms,
    flags: np.ndarray,
) -> pd.DataFrame:
    """Add structures at the announcement, overlap and planted values to the deals.

    Returns
    -------
    DataFrame
        The deals with cc_i, cc_j, asymmetric, prior_ties, tro = ln(1 + prior deals
        of the pair in five years), sro = SIC match depth / 4, joint_value (decimal)
        and log_ratio of the abnormal returns of i over j.
    """
    day = deals["announced"].to_numpy().astype("datetime64[D]")
    i, j = deals["i"].to_numpy(), deals["j"].to_numpy()
    sic = firms.table["sic"].to_numpy()
    out = deals.assign(
        cc_i=structure_at(day, i, firms, flags),
        cc_j=structure_at(day, j, firms, flags),
        prior_ties=prior_ties(deals),
        sro=match_depth(sic[i], sic[j]) / 4,
    )
    out["asymmetric"] = out["cc_i"] != out["cc_j"]
    out["tro"] = np.log1p(out["prior_ties"])
    out["joint_value"] = joint_value(effects, out)
    centers = parameters()["centers"]
    ratio = (
        appropriation.log_ratio
        + appropriation.tro * (out["tro"] - centers["tro"])
        + appropriation.sro * (out["sro"] - centers["sro"])
    )
    sign = out["cc_i"].astype(int) - out["cc_j"].astype(int)
    out["log_ratio"] = sign * ratio
    return out


def partner_returns(
    joint: np.ndarray, log_ratio: np.ndarray, value_i: np.ndarray, value_j: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Split a combined abnormal return between two partners.

    CAR_i / CAR_j = exp(log_ratio) and the value-weighted mean is the joint value,
    so that gains in dollars add up and neither return grows with the other's size.

    Parameters
    ----------
    joint, log_ratio : ndarray, shape (n,)
    value_i, value_j : ndarray, shape (n,)
        Market values before the event, $ million.

    Returns
    -------
    car_i, car_j : ndarray, shape (n,)
        Decimal.
    """
    ratio = np.exp(log_ratio)
    car_j = joint * (value_i + value_j) / (ratio * value_i + value_j)
    return ratio * car_j, car_j
