"""Regressors without their fixed effects -> absorbed and exactly dependent terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.models.columns import EPS, Columns
from alliance_value.models.within import ROUNDING

ABSORBED = 1e-10
"""Share of a column's spread that effects must leave."""

WELL = 1e-6
"""Share of the largest eigenvalue that speaks against any dependence."""


@dataclass(frozen=True)
class Dependence:
    """A term that is a linear combination of earlier ones.

    Parameters
    ----------
    term
        The dependent term.
    combination
        Coefficients by term: ``term = sum of coefficient * other``, up to the effects.
    """

    term: str
    combination: dict[str, float]

    def __str__(self) -> str:
        parts = [f"{c:+.4g} {name}" for name, c in self.combination.items()]
        return f"{self.term} = {' '.join(parts)}".replace("= +", "= ")


def absorbed_terms(raw: Columns, within: Columns) -> list[str]:
    """Return terms that do not vary once the effects are out, beyond rounding.

    Parameters
    ----------
    raw, within
        The same k terms, standardized, before and after the within transformation.
    """
    spread, left = (
        np.sqrt([np.mean(column**2) for column in columns.values.T])
        for columns in (raw, within)
    )
    nothing = left <= np.maximum(ABSORBED * spread, ROUNDING * raw.noise)
    return [name for name, none in zip(raw.names, nothing, strict=True) if none]


def dependences(within: Columns) -> list[Dependence]:
    """Return terms that depend on terms before them, exactly but for rounding.

    Columns are scaled to unit length and orthogonalised in order, so that the term
    named is the one listed last.

    Parameters
    ----------
    within
        k terms, standardized, effects out.
    """
    names, count = within.names, len(within.values)
    gram = within.values.T @ within.values
    length = np.sqrt(gram.diagonal())
    length[length == 0] = 1.0
    spectrum = np.linalg.eigvalsh(gram / np.outer(length, length)) if names else [1]
    if spectrum[0] > WELL * spectrum[-1] and within.noise.max(initial=0.0) < WELL:
        return []  # far from any dependence
    scaled = within.values / length
    noise = np.maximum(within.noise * np.sqrt(count) / length, EPS)
    basis: list[int] = []
    dependent: list[Dependence] = []
    for j, name in enumerate(names):
        if not basis:
            basis.append(j)
            continue
        weights, *_ = np.linalg.lstsq(scaled[:, basis], scaled[:, j], rcond=None)
        rest = scaled[:, j] - scaled[:, basis] @ weights
        rounding = noise[j] + float(np.abs(weights) @ noise[basis])
        if np.sqrt((rest**2).sum()) > ROUNDING * rounding:
            basis.append(j)
            continue
        weights = weights * length[j] / length[basis]
        raw = weights * within.scale[j] / within.scale[basis]
        combination = {
            names[i]: float(r)
            for i, w, r in zip(basis, weights, raw, strict=True)
            if abs(w) * length[i] > 1e-7 * length[j]
        }
        dependent.append(Dependence(name, combination))
    return dependent
