"""Cross-products by group and draws of weights -> coefficients under the null.

All specifications share one draw of weights for the groups that stay whole, so that the
draws of any two are as dependent as their estimates. The null is imposed on each.

References
----------
Cameron, Gelbach and Miller (2008); Roodman and others (2019); Romano and Wolf (2005),
Exact and approximate stepdown methods for multiple hypothesis testing.
"""

from __future__ import annotations

import numpy as np

from alliance_value.models.engine.bootstrap import (
    NEVER,
    Weights,
    bootstrap_moments,
    draw_weights,
    residual_scores,
)
from alliance_value.models.engine.grams import Grams
from alliance_value.models.engine.regress import Regression

FEWEST_SIGNED = 13
"""Groups below which signs alone have too few combinations."""


def shared_weights(groups: int, draws: int, seed: int) -> np.ndarray:
    """Return the weights of all groups, one draw a row, shape (B, groups)."""
    points: Weights = "rademacher" if groups >= FEWEST_SIGNED else "webb"
    return np.concatenate([*draw_weights(points, groups, draws, seed)])


def under_null(
    grams: Grams, regression: Regression, j: int, weights: np.ndarray, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return a coefficient and its t statistic in every draw, its null imposed.

    Parameters
    ----------
    grams, regression, j
        Cross-products by group, an equation, and the coefficient's place in it.
    weights
        float64, shape (B, G): of the groups in ``grams``.
    factor
        Small-sample correction of variances.

    Returns
    -------
    coefficients, t
        float64, shape (B,) each; the first in the units of the regression.
    """
    at_estimate, slope = residual_scores(grams, regression, j)
    base = at_estimate - regression.coefficients[j] * slope
    moments = bootstrap_moments(
        grams, regression, j, base, np.zeros_like(base), iter([weights])
    )
    square = moments.squares[0]
    none = square <= NEVER * np.abs(moments.size[0])
    error = np.sqrt(factor * np.where(none, 1.0, square))
    top = moments.top[0]
    return top, np.where(none, np.copysign(np.inf, top), top / error)
