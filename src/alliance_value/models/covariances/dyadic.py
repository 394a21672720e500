"""Scores of dyads -> a covariance that allows for every pair that shares a member."""

from __future__ import annotations

import numpy as np

from alliance_value.models.covariance import (
    Covariance,
    Sample,
    cluster_sums,
    sandwich,
    with_rows_left,
)
from alliance_value.models.engine.blocks import dense_codes
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error

ALONE = 1e-8


@standard_error(
    "dyadic",
    label="dyadic",
    needs=("scores",),
    dimensions=2,
    exactly=True,
    words=(
        "Standard errors of dyads, whose two members the clusters name: disturbances "
        "of any two dyads that share a member may be correlated; t with the members "
        "less one."
    ),
    equation=(
        "V = n/(n - k) (X' X)^(-1) (sum_(d, e \" share a member\") s_d s'_e) "
        "(X' X)^(-1)"
    ),
    source="Aronow, Samii and Assenova (2015); Fafchamps and Gubert (2007)",
)
def dyadic(fit: Regression, sample: Sample) -> Covariance:
    """Return the dyadic covariance; the two clusters have one common numbering."""
    left = with_rows_left(fit, sample)
    first, second = sample.clusters.T
    members = len(np.unique(sample.clusters))
    meat = fit.n / left * dyadic_meat(fit.scores, first, second)
    return Covariance(
        sandwich(fit, meat), members - 1.0, f"dyadic, members {sample.by}"
    )


def dyadic_jackknife(fit: Regression, sample: Sample) -> Covariance:
    """Return the jackknife by member, less that by pair of members.

    `dyadic` with each sum of scores S replaced by (I - H)^(-1) S, H the part that its
    rows have in x'x: what leaving them out changes the estimates by. The residuals of a
    member in many dyads have followed its own disturbances, so that the scores' sum is
    too small; with few members `dyadic` is so too (cf. CR3: Bell and McCaffrey 2002).

    Raises
    ------
    EstimationError
        Without one of the members the model cannot be estimated.
    """
    first, second = sample.clusters.T
    members = np.unique(sample.clusters)
    count = len(members)
    low, high = np.minimum(first, second), np.maximum(first, second)
    pair, pairs = dense_codes(low * (int(members.max()) + 1) + high)
    own = [left_out(fit, (first == m) | (second == m)) for m in members]
    twice = [left_out(fit, pair == p) for p in range(len(pairs))]
    meat = (count - 1) / count * np.transpose(own) @ own - np.transpose(twice) @ twice
    return Covariance(
        sandwich(fit, meat), count - 1.0, f"dyadic jackknife, members {sample.by}"
    )


def left_out(fit: Regression, rows: np.ndarray) -> np.ndarray:
    """Return by what the estimates, on the basis, change without some rows."""
    basis = fit.basis[rows]
    rest = np.eye(basis.shape[1]) - basis.T @ basis
    if np.linalg.eigvalsh(rest)[0] < ALONE:
        raise EstimationError(
            "the model cannot be estimated without one of the members",
            "use dyadic errors, or fewer terms",
        )
    return np.asarray(np.linalg.solve(rest, basis.T @ fit.residuals[rows]))


def dyadic_meat(
    scores: np.ndarray, first: np.ndarray, second: np.ndarray
) -> np.ndarray:
    """Sum the products of scores over all pairs of dyads with a member in common.

    With S_m the sum of scores of the dyads of member m and S_g that of dyads of the
    same two members, the sum is that of S_m S_m' over members less that of S_g S_g'
    over pairs: dyads of the same two members would count twice.

    Parameters
    ----------
    scores
        Residual times regressors, shape (n, k).
    first, second
        Codes of the members from 0, one common numbering, shape (n,).

    Returns
    -------
    numpy.ndarray
        Shape (k, k), symmetric; with few members it may not be positive definite.

    References
    ----------
    Aronow, Samii and Assenova (2015), Political Analysis 23, eq. 4. Fafchamps and
    Gubert (2007), Journal of Development Economics 83.
    """
    apart = first != second
    each = np.concatenate([first, second[apart]])
    by_member = cluster_sums(
        np.concatenate([scores, scores[apart]]), dense_codes(each)[0]
    )
    members = int(each.max(initial=0)) + 1
    low, high = np.minimum(first, second), np.maximum(first, second)
    # a dyad of one member with itself stands in one sum of members only
    pair, _ = dense_codes((low * members + high)[apart])
    twice = cluster_sums(scores[apart], pair)
    return np.asarray(by_member.T @ by_member - twice.T @ twice)
