"""Scores of dyads -> a covariance that allows for every pair that shares a member."""

from __future__ import annotations

import numpy as np


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
    members = int(max(first.max(), second.max())) + 1 if len(first) else 0
    by_member = np.zeros((members, scores.shape[1]))
    np.add.at(by_member, first, scores)
    apart = first != second
    np.add.at(by_member, second[apart], scores[apart])
    low, high = np.minimum(first, second), np.maximum(first, second)
    _, pair = np.unique(low * members + high, return_inverse=True)
    by_pair = np.zeros((int(pair.max()) + 1 if len(pair) else 0, scores.shape[1]))
    np.add.at(by_pair, pair, scores)
    # a dyad of one member with itself stands in one sum of members only
    own = np.zeros(len(by_pair), bool)
    own[pair[~apart]] = True
    twice = by_pair[~own]
    meat: np.ndarray = by_member.T @ by_member - twice.T @ twice
    return meat
