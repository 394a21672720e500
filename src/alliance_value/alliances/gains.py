"""Dyads -> how far the partners' returns differ, and how often both gain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances


def differences(dyads: pd.DataFrame) -> pd.Series:
    """Return customer- less product-centric partners' CARs of asymmetric deals."""
    mixed = dyads.query("asymmetric == 1")
    own_is_i = mixed.customer_centric_i == 1
    gap = mixed.car_difference.where(own_is_i, -mixed.car_difference).dropna()
    return gap.rename("difference").reset_index(drop=True)


def spread(gap: pd.Series) -> dict[str, float]:
    """Return mean, median, the share above zero, and a limit that 99 % keep to."""
    if gap.empty:
        return {
            "mean": float("nan"),
            "median": float("nan"),
            "above": 0.0,
            "limit": 1.0,
        }
    return {
        "mean": float(gap.mean()),
        "median": float(gap.median()),
        "above": float((gap > 0).mean()),
        "limit": float(gap.abs().quantile(0.99)),
    }


def both_returns(dyads: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, float], float]:
    """Return deals with both CARs, who gains in them, and a limit of nearly all.

    Returns
    -------
    deals : pandas.DataFrame
        alliance, car_i, car_j, asymmetric, sign_class.
    rates : dict
        Share of the deals in which both, one and none gain.
    limit : float
        The 98.5 % quantile of the CARs' sizes (decimal).
    """
    known = dyads.dropna(subset=["car_i", "car_j"])
    deals = known[[Alliances.alliance, "car_i", "car_j", "asymmetric", "sign_class"]]
    rates = deals.sign_class.value_counts(normalize=True).to_dict()
    sizes = deals[["car_i", "car_j"]].abs().to_numpy("float64")
    limit = float(np.quantile(sizes, 0.985)) if len(deals) else 1.0
    return deals, {k: float(rates.get(k, 0)) for k in ("both", "one", "none")}, limit
