"""A table of true firm-years -> least squares with effects and jackknifed errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

CONTROLS = ["size", "leverage", "rd_intensity", "ad_intensity", "slack"]
CENTERS = {"marketing": 0.56, "asymmetry": 0.45}


@dataclass(frozen=True)
class Fit:
    """Estimates by term and their covariance, jackknifed by firm."""

    beta: pd.Series
    covariance: pd.DataFrame

    def contrast(self, **weights: float) -> tuple[float, float]:
        """Return a linear combination of the terms and its standard error.

        NaN where a term has no variation within firms.
        """
        if not set(weights) <= set(self.beta.index):
            return float("nan"), float("nan")
        w = pd.Series(weights).reindex(self.beta.index, fill_value=0.0)
        return float(w @ self.beta), float(np.sqrt(w @ self.covariance @ w))


def demean(values: np.ndarray, *groups: np.ndarray) -> np.ndarray:
    """Take out group means by alternating projections."""
    out = values.astype(float).copy()
    for _ in range(200):
        before = out.copy()
        for group in groups:
            size = np.bincount(group).astype(float)
            size[size == 0] = 1
            for k in range(out.shape[1]):
                out[:, k] -= (np.bincount(group, out[:, k], len(size)) / size)[group]
        if np.abs(out - before).max() < 1e-10:
            break
    return out


def main_terms(years: pd.DataFrame) -> pd.DataFrame:
    """Add the product and the seminar version's terms to firm-years with a share."""
    out = years.dropna(subset=["cc_share"]).copy()
    m = (out["mkt_intensity"] - CENTERS["marketing"]).fillna(0.0)
    a = out["asym_share"] - CENTERS["asymmetry"]
    return out.assign(
        product=out["cc_share"] * out["own_cc"], m=m, m_a=m * a, m_cc=m * out["own_cc"]
    )


def fit(data: pd.DataFrame, terms: list[str], firm_effects: bool = True) -> Fit:
    """Regress next year's ROA on terms with year and, by default, firm effects."""
    firm = pd.factorize(data["gvkey"])[0]
    year = pd.factorize(data["fyear"])[0]
    matrix = data[["roa_lead", *terms]].to_numpy(float)
    groups = (firm, year) if firm_effects else (year,)
    matrix = demean(matrix, *groups)
    y, x = matrix[:, 0], matrix[:, 1:]
    kept = x.std(0) > 1e-9
    x, names = x[:, kept], [t for t, k in zip(terms, kept, strict=True) if k]
    bread = np.linalg.pinv(x.T @ x)
    beta = bread @ x.T @ y
    # Leave one firm out (CR3): few firms carry most of a small panel's variation.
    clusters = firm.max() + 1
    gram = np.zeros((clusters, x.shape[1], x.shape[1]))
    cross = np.zeros((clusters, x.shape[1]))
    np.add.at(gram, firm, x[:, :, None] * x[:, None, :])
    np.add.at(cross, firm, x * y[:, None])
    left = np.array(
        [
            np.linalg.pinv(x.T @ x - g) @ (x.T @ y - c)
            for g, c in zip(gram, cross, strict=True)
        ]
    )
    covariance = (left - beta).T @ (left - beta) * (clusters - 1) / clusters
    return Fit(pd.Series(beta, names), pd.DataFrame(covariance, names, names))
