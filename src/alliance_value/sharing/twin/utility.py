"""Real rows and a twin's rows -> how well a model tells them apart.

References
----------
Woo, M.-J., Reiter, J. P., Oganian, A. and Karr, A. F. (2009). Global measures of data
utility for microdata masked for disclosure limitation. Journal of Privacy and
Confidentiality 1(1): the propensity-score mean squared error (pMSE).
Snoke et al. (2018): its expectation where the twin is drawn from the right model.
Raab et al. (2021): pMSE of one-way and two-way tables, as in ``utility.tables`` of R's
synthpop. Karr et al. (2006): the overlap of confidence intervals. `page` lists them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import special

GROUPS = 5
MOST_ROWS = 5_000  # of either kind, in a logistic regression
MOST_PARAMETERS = 120
PERMUTATIONS = 19
STEPS = 30


@dataclass(frozen=True)
class Propensity:
    """A propensity-score mean squared error and what it is without a difference.

    Parameters
    ----------
    pmse
        Mean of (p - c)^2, with p the fitted probability that a row is the twin's and c
        the twin's share in the rows.
    expected
        (k - 1) (1 - c)^2 c / N for k parameters and N independent rows.
    parameters
        k, the constant among them.
    permuted
        Mean over random exchanges of whole firms between real rows and twin; missing
        where none were made.
    """

    pmse: float
    expected: float
    parameters: int
    permuted: float = float("nan")

    @property
    def ratio(self) -> float:
        """Return the ratio to the expectation, 1 for a twin from the right model."""
        return self.pmse / self.expected if self.expected else float("nan")


def expectation(parameters: int, share: float, rows: int) -> float:
    """Return the expected pMSE of a twin drawn from the right model (Snoke et al.)."""
    return (parameters - 1) * (1 - share) ** 2 * share / rows


def table_propensity(real: np.ndarray, twin: np.ndarray) -> Propensity:
    """Return the pMSE by the cells of a table: p is the twin's share in each cell.

    Parameters
    ----------
    real, twin
        Numbers of cells of the rows, int64, shapes (n,) and (m,).
    """
    cells = max(real.max(initial=0), twin.max(initial=0)) + 1
    a = np.bincount(real, minlength=cells).astype("float64")
    b = np.bincount(twin, minlength=cells).astype("float64")
    total = a + b
    filled = total > 0
    n = total.sum()
    share = b.sum() / n
    p = b[filled] / total[filled]
    pmse = float((total[filled] * (p - share) ** 2).sum() / n)
    k = int(filled.sum())
    return Propensity(pmse, expectation(k, share, int(n)), k)


def groups(
    real: np.ndarray,
    twin: np.ndarray,
    count: int = GROUPS,
    like: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return groups, gaps apart, of about equal size in both or in ``like``."""
    both = np.concatenate([real, twin])
    known = both if like is None else like
    known = known[np.isfinite(known)]
    steps = np.linspace(0, 1, count + 1)[1:-1]
    cuts = np.unique(np.quantile(known, steps)) if len(known) else np.empty(0)
    out = np.where(np.isfinite(both), np.searchsorted(cuts, both), count)
    return out[: len(real)], out[len(real) :]


def one_and_two_way(
    real: Mapping[str, np.ndarray], twin: Mapping[str, np.ndarray]
) -> pd.DataFrame:
    """Return the pMSE of each column and of each pair of columns.

    Returns
    -------
    pandas.DataFrame
        first, second (empty for one column), pmse, ratio.
    """
    cut = {name: groups(real[name], twin[name]) for name in real}
    pairs: Iterable[tuple[str, ...]] = [
        *((name,) for name in cut),
        *combinations(cut, 2),
    ]
    rows = []
    for first, *second in pairs:
        a, b = cut[first]
        for name in second:
            c, d = cut[name]
            a, b = a * (GROUPS + 1) + c, b * (GROUPS + 1) + d
        propensity = table_propensity(a, b)
        rows.append([first, "".join(second), propensity.pmse, propensity.ratio])
    return pd.DataFrame(rows, columns=["first", "second", "pmse", "ratio"])


def general_propensity(
    real: pd.DataFrame,
    twin: pd.DataFrame,
    firms: tuple[np.ndarray, np.ndarray],
    rng: np.random.Generator,
) -> Propensity:
    """Return the pMSE of a logistic regression on columns and their products.

    Columns enter as normal scores of their ranks in both kinds of rows, with flags for
    gaps, and with squares and products as long as there are at most 120 parameters.

    Parameters
    ----------
    real, twin
        The same columns of numbers, shapes (n, k) and (m, k).
    firms
        The firm of each row of both, codes.
    rng
        Draws firms where there are more than 5,000 rows of either kind, and exchanges
        firms to see what a difference of nothing looks like in a panel.
    """
    parts = [
        sampled(real, firms[0], rng),
        sampled(twin, firms[1], rng),
    ]
    columns = pd.concat([part for part, _ in parts], ignore_index=True)
    owner = np.concatenate([parts[0][1], parts[1][1] + parts[0][1].max(initial=0) + 1])
    is_twin = np.repeat([0.0, 1.0], [len(part) for part, _ in parts])
    x = terms(columns)
    pmse = squared_error(x, is_twin)
    share = float(is_twin.mean())
    members, place = np.unique(owner, return_inverse=True)
    kind = np.zeros(len(members))
    kind[place] = is_twin
    draws = [
        squared_error(x, rng.permutation(kind)[place]) for _ in range(PERMUTATIONS)
    ]
    k = x.shape[1]
    return Propensity(pmse, expectation(k, share, len(x)), k, float(np.mean(draws)))


def sampled(
    table: pd.DataFrame, firms: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, np.ndarray]:
    """Return whole firms of a table with at most 5,000 rows, and their codes."""
    if len(table) <= MOST_ROWS:
        return table, firms
    order = rng.permutation(np.unique(firms))
    size = pd.Series(firms).value_counts().reindex(order).cumsum()
    kept = np.isin(firms, order[(size <= MOST_ROWS).to_numpy()])
    return table[kept], firms[kept]


def terms(columns: pd.DataFrame) -> np.ndarray:
    """Return a constant, scores, flags of gaps and products, shape (n, k), rank k."""
    n = len(columns)
    ranks = columns.rank()
    known = ranks.count().clip(lower=1)
    places = ((ranks - 0.5) / known).to_numpy()
    scores = pd.DataFrame(np.nan_to_num(special.ndtri(places)), None, columns.columns)
    parts = [np.ones((n, 1)), scores.to_numpy()]
    gaps = columns.isna().to_numpy(dtype="float64")
    parts.append(gaps[:, gaps.any(axis=0)])
    k = scores.shape[1]
    if k * (k + 1) / 2 + sum(part.shape[1] for part in parts) <= MOST_PARAMETERS:
        z = scores.to_numpy()
        a, b = np.triu_indices(k)
        parts.append(z[:, a] * z[:, b])
    x = np.column_stack(parts)
    x[:, 1:] -= x[:, 1:].mean(axis=0)
    spread = x[:, 1:].std(axis=0)
    x = np.column_stack([x[:, :1], x[:, 1:][:, spread > 1e-9] / spread[spread > 1e-9]])
    _, r = np.linalg.qr(x)
    keep = [j for j in range(x.shape[1]) if abs(r[j, j]) > 1e-6 * np.sqrt(n)]
    return np.asarray(x[:, keep])


def squared_error(x: np.ndarray, is_twin: np.ndarray) -> float:
    """Return the pMSE of a logistic regression, by iterated least squares."""
    share = is_twin.mean()
    beta = np.zeros(x.shape[1])
    ridge = 1e-6 * len(x) * np.eye(x.shape[1])
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-(x @ beta).clip(-30, 30)))
        weight = (p * (1 - p)).clip(1e-6)
        step = np.linalg.solve(
            (x * weight[:, None]).T @ x + ridge, x.T @ (is_twin - p) - ridge @ beta
        )
        beta = beta + step
        if np.abs(step).max() < 1e-6:
            break
    p = 1 / (1 + np.exp(-(x @ beta).clip(-30, 30)))
    return float(((p - share) ** 2).mean())


def side_by_side(real: pd.DataFrame, twin: pd.DataFrame) -> pd.DataFrame:
    """Set the estimates of a study beside those of its twin.

    Parameters
    ----------
    real, twin
        model, term, estimate, se, ci_low, ci_high.

    Returns
    -------
    pandas.DataFrame
        model, term, the estimate and standard error of both, ``distance`` (difference
        in standard errors of the real estimate) and ``overlap`` (mean share of the two
        confidence intervals that they have in common; below 0 where they are apart).
        Missing where the twin has no such estimate.
    """
    both = real.merge(
        twin, on=["model", "term"], how="left", suffixes=("", "_twin"), sort=False
    )
    low = np.maximum(both.ci_low, both.ci_low_twin)
    high = np.minimum(both.ci_high, both.ci_high_twin)
    common = high - low
    overlap = (
        common / (both.ci_high - both.ci_low)
        + common / (both.ci_high_twin - both.ci_low_twin)
    ) / 2
    return pd.DataFrame(
        {
            "model": both.model,
            "term": both.term,
            "estimate": both.estimate,
            "se": both.se,
            "estimate_twin": both.estimate_twin,
            "se_twin": both.se_twin,
            "distance": (both.estimate_twin - both.estimate) / both.se,
            "overlap": overlap,
        }
    )
