"""Cross-products and residuals -> what may be wrong with a fixed-effects model.

References
----------
Belsley, Kuh and Welsch (1980), Regression diagnostics. Wooldridge (2010), Econometric
analysis of cross section and panel data, section 10.6.3. Drukker (2003), Testing for
serial correlation in linear panel-data models. Pesaran (2015), Testing weak cross-
sectional dependence in large panels. Carter, Schnepel and Steigerwald (2017).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from alliance_value.models.engine.grams import Grams

BLOCK = 512  # firms whose pairs are computed at a time


@dataclass(frozen=True)
class Test:
    """A test's outcome.

    Parameters
    ----------
    statistic, p
        The statistic and its p-value.
    df
        Degrees of freedom of the reference distribution; infinite for the normal.
    n
        What entered: rows, or pairs of firms.
    """

    __test__ = False

    statistic: float
    p: float
    df: float
    n: int


def variance_inflation(grams: Grams, terms: Sequence[str]) -> np.ndarray:
    """Return 1 / (1 - R2) of each term on the others, effects out, shape (k,)."""
    k = grams.index(terms)
    gram = grams.cells[:, k[:, None], k].sum(axis=0)
    scale = np.sqrt(gram.diagonal())
    return np.asarray(np.linalg.inv(gram / np.outer(scale, scale)).diagonal())


def within_share(columns: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Return the share of each column's variance that effects leave, shape (p,).

    Parameters
    ----------
    columns, within
        float64, shape (n, p): before and after taking effects out.
    """
    spread = ((columns - columns.mean(axis=0)) ** 2).sum(axis=0)
    left = (within**2).sum(axis=0)
    share = np.divide(left, spread, out=np.zeros_like(left), where=spread > 0)
    return np.asarray(share)


@dataclass(frozen=True)
class Clusters:
    """How clusters are distributed.

    Parameters
    ----------
    count
        Number of clusters.
    smallest, median, largest
        Rows per cluster.
    variation
        Coefficient of variation of rows per cluster; t tests with G - 1 degrees of
        freedom grow unreliable as it grows.
    leverage_largest
        The largest cluster's leverage over the mean; 1 where all are alike.
    """

    count: int
    smallest: int
    median: float
    largest: int
    variation: float
    leverage_largest: float


def clusters(grams: Grams, leverage: np.ndarray) -> Clusters:
    """Describe the clusters.

    Parameters
    ----------
    grams
        Cross-products.
    leverage
        float64, shape (G,), from ``jackknife.jackknife``.
    """
    rows = grams.rows
    return Clusters(
        count=len(rows),
        smallest=int(rows.min()),
        median=float(np.median(rows)),
        largest=int(rows.max()),
        variation=float(rows.std() / rows.mean()),
        leverage_largest=float(leverage.max() / leverage.mean()),
    )


def serial_correlation(
    outcome: np.ndarray, terms: np.ndarray, firms: np.ndarray, years: np.ndarray
) -> Test:
    """Test that errors are not serially correlated, from first differences.

    Without serial correlation, first differences of errors have autocorrelation -1/2.
    Residuals of the regression in differences, without a constant, are regressed on
    their lags; a t test clustered by firm, G/(G-1) (n-1)/(n-1), compares with -1/2.

    Parameters
    ----------
    outcome, terms
        float64, shapes (n,) and (n, k). Give year dummies among the terms where the
        model has year effects.
    firms, years
        Integer, shape (n,). Only years that follow each other make differences.

    Returns
    -------
    Test
        ``statistic`` is F(1, G - 1), as Stata's xtserial.
    """
    order = np.lexsort((years, firms))
    firms, years = firms[order], years[order]
    columns = np.column_stack([outcome, terms])[order]
    follows = (firms[1:] == firms[:-1]) & (years[1:] == years[:-1] + 1)
    change = (columns[1:] - columns[:-1])[follows]
    firm, year = firms[1:][follows], years[1:][follows]
    slope, *_ = np.linalg.lstsq(change[:, 1:], change[:, 0], rcond=None)
    residual = change[:, 0] - change[:, 1:] @ slope
    follows = (firm[1:] == firm[:-1]) & (year[1:] == year[:-1] + 1)
    now, before, firm = residual[1:][follows], residual[:-1][follows], firm[1:][follows]
    if not len(now):
        raise ValueError("no firm has four years in a row")
    squares = before @ before
    rho = before @ now / squares
    _, codes = np.unique(firm, return_inverse=True)
    scores = np.bincount(codes, before * (now - rho * before))
    count = len(scores)
    variance = count / (count - 1) * (scores @ scores) / squares**2
    f = float((rho + 0.5) ** 2 / variance)
    return Test(f, float(stats.f.sf(f, 1, count - 1)), count - 1, len(now))


def cross_section_dependence(
    residuals: np.ndarray, firms: np.ndarray, years: np.ndarray
) -> Test:
    """Test weak cross-sectional dependence by Pesaran's CD.

    The statistic is sqrt(2 / (N (N-1))) times the sum over pairs of firms of
    sqrt(T_ij) r_ij, r the correlation of residuals over the T_ij years that both have,
    and is standard normal under weak dependence. Year effects bias it downwards
    (Juodis and Reese 2022): with them, read it as a description.

    Parameters
    ----------
    residuals
        float64, shape (n,).
    firms, years
        Integer codes, shape (n,), each pair once.
    """
    _, row = np.unique(firms, return_inverse=True)
    _, column = np.unique(years, return_inverse=True)
    shape = (int(row.max()) + 1, int(column.max()) + 1)
    u, seen = np.zeros(shape), np.zeros(shape)
    u[row, column], seen[row, column] = residuals, 1.0
    total, pairs = 0.0, 0
    for first in range(0, shape[0], BLOCK):
        a, sa = u[first : first + BLOCK], seen[first : first + BLOCK]
        common = sa @ seen.T
        later = np.arange(shape[0]) > np.arange(first, first + len(a))[:, None]
        safe = np.maximum(common, 1.0)
        sum_a, sum_b = a @ seen.T, sa @ u.T
        cross = a @ u.T - sum_a * sum_b / safe
        square_a = a**2 @ seen.T - sum_a**2 / safe
        square_b = sa @ (u**2).T - sum_b**2 / safe
        size = square_a * square_b
        used = later & (common > 2) & (size > 0)
        total += float(
            (np.sqrt(common[used]) * cross[used] / np.sqrt(size[used])).sum()
        )
        pairs += int(used.sum())
    if not pairs:
        raise ValueError("no two firms have three years in common")
    statistic = total / np.sqrt(pairs)
    return Test(statistic, float(2 * stats.norm.sf(abs(statistic))), np.inf, pairs)
