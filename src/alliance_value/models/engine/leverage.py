"""Codes of effects -> each row's leverage that is due to them."""

from __future__ import annotations

import numpy as np
from scipy import linalg

from alliance_value.models.engine.blocks import blocks, joint_sizes, reduced


def effects_leverage(
    effects: np.ndarray, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return the diagonal of the hat matrix of all fixed effects.

    Parameters
    ----------
    effects
        Integer codes, shape (n, e).
    weights
        float64, shape (n,).

    Returns
    -------
    numpy.ndarray
        float64, shape (n,), in (0, 1]; they add up to the rank of the effects, and
        with the leverage of terms without effects to the number of parameters.

    Notes
    -----
    The projection splits into group means of the largest effect and what the other
    effects' dummies add. With P the shares of a group's weight by level and L the
    inverse of D'MD, the second is L_tt - 2 (PL)_gt + (PLP')_gg.
    """
    w = np.ones(len(effects)) if weights is None else weights
    parts = blocks(effects)
    size = np.bincount(parts.codes, w, parts.groups)
    hat = 1 / size[parts.codes]
    q = len(parts.labels)
    if q:
        shares = (joint_sizes(parts, w) / size[:, None]).toarray()
        solver = reduced(parts, w)
        inverse = np.zeros((q, q))
        middle = linalg.cho_solve((solver.factor, False), np.eye(solver.rank))
        scale = solver.scale[solver.pivots]
        place = np.ix_(solver.pivots, solver.pivots)
        inverse[place] = middle / np.outer(scale, scale)
        mixed = shares @ inverse
        several = parts.levels
        for a in range(several.shape[1]):
            for b in range(several.shape[1]):
                hat += inverse[several[:, a], several[:, b]]
            hat -= 2 * mixed[parts.codes, several[:, a]]
        hat += (mixed * shares).sum(axis=1)[parts.codes]
    return np.asarray(w * hat)
