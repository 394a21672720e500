"""Scores of rows at places -> a covariance robust to dependence between neighbours."""

from __future__ import annotations

import numpy as np
from scipy import sparse, spatial

from alliance_value.models.covariance import (
    Covariance,
    Sample,
    cluster_sums,
    sandwich,
    with_rows_left,
)
from alliance_value.models.engine.blocks import dense_codes
from alliance_value.models.regression import Regression
from alliance_value.vocabulary.entries import standard_error

RADIUS = 6371.01
"""Mean radius of the Earth, km."""

AT_ONCE = 500


@standard_error(
    "conley",
    label="Conley",
    needs=("scores", "periods", "entities"),
    asks=("coordinates", "distance"),
    takes=("kernel", "lags"),
    words=(
        "Conley's standard errors: disturbances of rows of one {time} within a "
        "distance of each other may be correlated, and those of one {entity} over L "
        "{times}; t with n - k degrees of freedom."
    ),
    equation=(
        "V = n/(n - k) (X' X)^(-1) (sum_(d, e) w_(d e) s_d s'_e) (X' X)^(-1), quad "
        'w_(d e) = 1 "or" 1 - "distance"_(d e) / "cutoff"'
    ),
    source="Conley (1999); Hsiang (2010)",
)
def conley(fit: Regression, sample: Sample) -> Covariance:
    """Return Conley's covariance by great-circle distance.

    Within a period pairs count up to ``distance``, all alike (uniform) or less the
    farther (bartlett); of one entity periods up to ``lags`` apart count by Bartlett's
    weights, none unless given.
    """
    assert sample.places is not None and sample.periods is not None
    assert sample.entities is not None
    model = sample.model
    left = with_rows_left(fit, sample)
    lags = model.lags or 0
    meat = near_meat(fit.scores, sample, model.distance, model.kernel)
    if lags:
        meat += own_meat(fit.scores, sample.entities, sample.periods, lags)
    label = f"Conley, {model.distance:g} km, {model.kernel}"
    return Covariance(
        sandwich(fit, fit.n / left * meat),
        float(left),
        f"{label}, {lags} lags" if lags else label,
    )


def near_meat(
    scores: np.ndarray, sample: Sample, distance: float, kernel: str
) -> np.ndarray:
    """Sum products of scores over pairs of rows of a period within a distance.

    Parameters
    ----------
    scores
        float64, shape (n, k).
    sample
        Its ``places`` are latitude and longitude in degrees, shape (n, 2).
    distance
        Great-circle distance, km.
    kernel
        ``uniform`` or ``bartlett``.
    """
    assert sample.places is not None and sample.periods is not None
    points = on_sphere(sample.places)
    reach = 2 * np.sin(min(distance / RADIUS, np.pi) / 2)
    meat = np.zeros((scores.shape[1],) * 2)
    for period in np.unique(sample.periods):
        rows = np.flatnonzero(sample.periods == period)
        tree = spatial.cKDTree(points[rows])
        for first in range(0, len(rows), AT_ONCE):
            some = rows[first : first + AT_ONCE]
            pairs = spatial.cKDTree(points[some]).sparse_distance_matrix(
                tree, reach, output_type="ndarray"
            )
            weight = np.ones(len(pairs))
            if kernel == "bartlett":
                apart = 2 * RADIUS * np.arcsin(np.minimum(pairs["v"] / 2, 1.0))
                weight = np.maximum(1 - apart / distance, 0.0)
            shape = (len(some), len(rows))
            near = sparse.csr_array((weight, (pairs["i"], pairs["j"])), shape)
            meat += scores[some].T @ (near @ scores[rows])
    return meat


def on_sphere(places: np.ndarray) -> np.ndarray:
    """Return points of the unit sphere, shape (n, 3), from degrees, shape (n, 2)."""
    north, east = np.radians(places).T
    return np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )


def own_meat(
    scores: np.ndarray, entities: np.ndarray, periods: np.ndarray, lags: int
) -> np.ndarray:
    """Sum products of an entity's scores of different periods, Bartlett-weighted.

    Parameters
    ----------
    scores
        float64, shape (n, k).
    entities, periods
        Integer codes and integer periods, shape (n,).
    lags
        The most periods apart that count, L, with the weight 1 - l / (L + 1).
    """
    span = int(np.ptp(periods)) + lags + 1
    place, codes = dense_codes(entities * span + periods - periods.min())
    sums = cluster_sums(scores, place)
    meat = np.zeros((scores.shape[1],) * 2)
    for lag in range(1, lags + 1):
        now = np.flatnonzero(np.isin(codes - lag, codes))
        product = sums[now].T @ sums[np.searchsorted(codes, codes[now] - lag)]
        meat += (1 - lag / (lags + 1)) * (product + product.T)
    return meat
