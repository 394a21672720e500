"""Regressors without their fixed effects -> absorbed and exactly dependent terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ABSORBED = 1e-9
DEPENDENT = 1e-9


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


def absorbed_terms(names: list[str], raw: np.ndarray, within: np.ndarray) -> list[str]:
    """Return terms that do not vary once the effects are out.

    Parameters
    ----------
    names
        The k terms.
    raw, within
        float64, shape (n, k), before and after the within transformation.
    """
    spread = np.sqrt((raw**2).mean(axis=0))
    left = np.sqrt((within**2).mean(axis=0))
    return [n for n, a, b in zip(names, left, spread, strict=True) if a <= ABSORBED * b]


def dependences(names: list[str], within: np.ndarray) -> list[Dependence]:
    """Return terms that depend exactly on terms before them.

    Columns are scaled to unit length and orthogonalised in order (modified
    Gram-Schmidt by least squares), so that the term named is the one listed last.
    """
    length = np.sqrt((within**2).sum(axis=0))
    length[length == 0] = 1.0
    scaled = within / length
    basis: list[int] = []
    found: list[Dependence] = []
    for j, name in enumerate(names):
        if not basis:
            basis.append(j)
            continue
        weights, *_ = np.linalg.lstsq(scaled[:, basis], scaled[:, j], rcond=None)
        rest = scaled[:, j] - scaled[:, basis] @ weights
        if np.sqrt((rest**2).sum()) > DEPENDENT:
            basis.append(j)
            continue
        weights = weights * length[j] / length[basis]
        combination = {
            names[i]: float(w)
            for i, w in zip(basis, weights, strict=True)
            if abs(w) * length[i] > 1e-7 * length[j]
        }
        found.append(Dependence(name, combination))
    return found
