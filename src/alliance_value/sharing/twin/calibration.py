"""A twin and a study's estimates -> the twin with outcomes that give them.

A copula keeps correlations, not products of variables, nor what is left of them within
firms and years. So the scores of each outcome's column are moved by as little as makes
the study's least-squares models come out as on the real rows.

References
----------
Burridge, J. (2003). Information preserving statistical obfuscation. Statistics and
Computing 13, 321-327: outcomes that keep the sufficient statistics of a regression.
Langsrud, O. (2019). Information preserving regression-based tools for statistical
disclosure control. Statistics and Computing 29, 965-976.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from alliance_value.sharing.twin.copula import normal_ranks
from alliance_value.sharing.twin.gaps import Gap, Target, gaps_of
from alliance_value.sharing.twin.slopes import outcome_slopes, pivot
from alliance_value.sharing.twin.study_panel import PanelRecipe
from alliance_value.sharing.twin.synthetic import Twin

ROUNDS = 20
PATIENCE = 4  # rounds without a step nearer
BETTER = 0.9  # what counts as one
NEAR = 0.1  # standard errors to which an estimate is to come
LARGEST = 1.0  # move of a score in a round


def calibrated(
    twin: Twin, recipe: PanelRecipe, aims: Sequence[Target]
) -> tuple[Twin, float]:
    """Move the scores of outcomes until the models give their targets.

    Outcomes take turns, so that a column of two of them settles between both. The
    round is kept in which the worst estimate is nearest to its target, in standard
    errors.

    Parameters
    ----------
    twin
        Drawn rows.
    recipe
        How the study's panel is made of them.
    aims
        What its models are to give.

    Returns
    -------
    twin : Twin
        The twin with moved scores.
    distance : float
        Of the worst estimate, in standard errors; infinite where there is no panel.
    """
    now, best, least, idle = twin, twin, np.inf, 0
    outcomes = dict.fromkeys(aim.model.outcome for aim in aims)
    makers = {
        outcome: (layer, outcome_slopes(twin, recipe, outcome, layer))
        for outcome in (outcomes if len(twin.panel(recipe)) else ())
        for layer in pivot(twin, recipe, outcome, aims)
    }
    for _ in range(ROUNDS):
        distance = worst(now.panel(recipe), aims)
        idle = 0 if distance < BETTER * least else idle + 1
        if distance < least:
            best, least = now, distance
        if least < NEAR or idle == PATIENCE:
            break
        for outcome, (layer, slopes) in makers.items():
            of_outcome = [aim for aim in aims if aim.model.outcome == outcome]
            now = moved(now, gaps_of(now.panel(recipe), of_outcome), layer, slopes)
    return best, least


def worst(panel: pd.DataFrame, aims: Sequence[Target]) -> float:
    """Return the largest distance from a target in standard errors."""
    if panel.empty:
        return float("inf")
    sizes = [np.abs(gap.missing / gap.se).max() for gap in gaps_of(panel, aims)]
    return float(max(sizes, default=0.0))


def moved(
    twin: Twin, gaps: Sequence[Gap], layer: int, slopes: sparse.csr_matrix
) -> Twin:
    """Move a layer's scores by the least that closes the gaps of one outcome's models.

    Estimates are sums of the outcome, ``A y``. With the outcome's slopes ``J`` by the
    scores the move is ``V J'A' (A J V J'A' + T)^-1 gap``; V weighs rows down whose
    outcome hardly moves, and T lets models that contradict each other settle.
    """
    if not gaps:
        return twin
    jacobian = np.vstack([(slopes[g.rows].T @ g.weights.T).T for g in gaps])
    gap = np.concatenate([g.missing for g in gaps])
    se = np.concatenate([g.se for g in gaps])
    size = np.asarray(abs(slopes).sum(axis=0)).ravel()
    usual = np.median(size[size > 0]) if (size > 0).any() else 1.0
    variance = 1.0 / (size**2 + usual**2)
    scaled = jacobian / se[:, None]
    inner = (scaled * variance) @ scaled.T
    ridge = (NEAR / 4) ** 2 * np.eye(len(gap)) * max(np.trace(inner) / len(gap), 1e-12)
    step = variance * (scaled.T @ np.linalg.solve(inner + ridge, gap / se))
    scores = twin.scores.copy()
    scores[:, layer] += step.clip(-LARGEST, LARGEST)
    if not twin.model.copula.steady[layer]:
        scores[:, layer] = normal_ranks(scores[:, layer])
    return replace(twin, scores=scores)
