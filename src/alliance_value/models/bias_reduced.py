"""Least squares with few clusters -> one contrast with CR2 and Satterthwaite's df."""

from __future__ import annotations

import numpy as np

ROUNDING = 1e-10


def bias_reduced(
    y: np.ndarray, x: np.ndarray, clusters: np.ndarray, contrast: np.ndarray
) -> tuple[float, float, float]:
    """Estimate a contrast of coefficients with bias-reduced clustered errors.

    Residuals of each cluster are multiplied by (I - H_gg)^(-1/2), which makes the
    variance unbiased where errors are independent and alike; the degrees of freedom
    match its first two moments there.

    Parameters
    ----------
    y
        Outcome, shape (n,).
    x
        Regressors of full rank, shape (n, k).
    clusters
        Cluster of each row, shape (n,).
    contrast
        Weights of the coefficients, shape (k,).

    Returns
    -------
    estimate, se, df : float

    References
    ----------
    Bell and McCaffrey (2002), Survey Methodology 28; Imbens and Kolesar (2016), Review
    of Economics and Statistics 98; Pustejovsky and Tipton (2018), Journal of Business
    and Economic Statistics 36 on what cannot be inverted.
    """
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    residual, reach = y - x @ beta, bread @ contrast
    scores, squares, sums = [], [], []
    for cluster in np.unique(clusters):
        rows = clusters == cluster
        own = x[rows]
        values, vectors = np.linalg.eigh(np.eye(len(own)) - own @ bread @ own.T)
        kept = values > ROUNDING
        root = vectors[:, kept] / np.sqrt(values[kept]) @ vectors[:, kept].T
        weights = root @ own @ reach
        scores.append(weights @ residual[rows])
        squares.append(weights @ weights)
        sums.append(own.T @ weights)
    moments = np.diag(squares) - np.array(sums) @ bread @ np.array(sums).T
    df = np.trace(moments) ** 2 / (moments**2).sum()
    se = np.sqrt(np.sum(np.square(scores)))
    return float(contrast @ beta), float(se), float(df)
