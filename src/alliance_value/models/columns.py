"""Columns in any units -> the same centred and scaled, and the way back.

Estimates must not depend on whether years count from 0 or from 2005, nor on euros or
millions. Every estimator therefore runs on columns less their mean, in units of a power
of two near their spread; its estimates and covariances are turned back at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

CONSTANT = "constant"
EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Columns:
    """Named columns, ``values = (raw - shift) / scale``.

    Parameters
    ----------
    names
        The p names.
    values
        float64, shape (n, p); effects may be out of them, and roots of weights in.
    shift, scale
        float64, shape (p,), in the units of the raw columns.
    noise
        float64, shape (p,): rounding of a raw value, in units of ``scale``.
    """

    names: tuple[str, ...]
    values: np.ndarray
    shift: np.ndarray
    scale: np.ndarray
    noise: np.ndarray

    def with_values(self, values: np.ndarray) -> Columns:
        """Return other values of the same columns, in the same units."""
        return replace(self, values=values)

    def take(self, which: Sequence[int] | np.ndarray | slice) -> Columns:
        """Return some of the columns."""
        place = np.arange(len(self.names))[which]
        return Columns(
            tuple(self.names[i] for i in place),
            self.values[:, which if isinstance(which, slice) else place],
            self.shift[place],
            self.scale[place],
            self.noise[place],
        )

    def named(self, names: Sequence[str]) -> Columns:
        """Return the same columns by other names."""
        return replace(self, names=tuple(names))

    def deviations(self) -> Columns:
        """Return columns that a shift of the raw ones leaves alone, such as changes."""
        return replace(self, shift=np.zeros(len(self.names)))

    def beside(self, *others: Columns) -> Columns:
        """Return these columns and, to their right, others."""
        every = (self, *others)
        return Columns(
            tuple(name for c in every for name in c.names),
            np.column_stack([c.values for c in every]),
            np.concatenate([c.shift for c in every]),
            np.concatenate([c.scale for c in every]),
            np.concatenate([c.noise for c in every]),
        )


def standardized(
    raw: np.ndarray,
    names: Iterable[str],
    weights: np.ndarray | None = None,
    centre: bool = True,
) -> Columns:
    """Centre columns by their mean and scale them by a power of two near their spread.

    A constant stays as it is. Subtraction of a mean that is within a factor of two of
    a value, and division by a power of two, round nothing.

    Parameters
    ----------
    raw
        float64, shape (n, p).
    names
        The p names; the column called ``constant`` is one.
    weights
        float64, shape (n,), positive; by default all one.
    centre
        Whether to centre: not where columns without a constant go through the origin.
    """
    names = tuple(map(str, names))
    raw = np.asarray(raw, dtype="float64")
    p = raw.shape[1]
    free = np.array([name != CONSTANT for name in names], dtype=bool)
    shift = np.zeros(p)
    if centre and len(raw):
        shift[free] = means(raw, weights)[free]
    values = raw - shift
    scale = np.ones(p)
    scale[free] = powers_of_two(values)[free]
    noise = np.where(free, EPS * largest(raw) / scale, 0.0)
    values /= scale
    return Columns(names, values, shift, scale, noise)


def plain(values: np.ndarray, names: Iterable[str]) -> Columns:
    """Return columns that have no units of their own, such as dummies."""
    p = values.shape[1]
    return Columns(
        tuple(map(str, names)), values, np.zeros(p), np.ones(p), np.full(p, EPS)
    )


def means(raw: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Return (weighted) means of columns, shape (p,), refined by a second pass."""
    w = np.ones(len(raw)) if weights is None else weights
    first = w @ raw / w.sum()
    return np.asarray(first + w @ (raw - first) / w.sum())


def largest(x: np.ndarray) -> np.ndarray:
    """Return the largest size of a value in each column, shape (k,)."""
    return np.asarray(
        np.maximum(x.max(axis=0, initial=0.0), -x.min(axis=0, initial=0.0))
    )


def powers_of_two(x: np.ndarray) -> np.ndarray:
    """Return the power of two next to each column's root mean square, shape (k,)."""
    rough = np.ldexp(1.0, np.frexp(largest(x))[1])  # squares must not leave the range
    size = rough
    if len(x):
        squares = [((c / r) ** 2).mean() for c, r in zip(x.T, rough, strict=True)]
        size = rough * np.sqrt(squares)
    return np.asarray(np.ldexp(1.0, np.frexp(np.where(size > 0, size, 0.5))[1]))


def way_back(y: Columns, x: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Return what turns estimates on standardized columns into those on raw ones.

    Returns
    -------
    turn, offset : numpy.ndarray
        Shapes (k, k) and (k,): raw estimates are ``turn @ b + offset``, their
        covariance is ``turn @ V @ turn.T``. Without a constant shifts are of no
        account: effects, or differences, have taken them out.
    """
    unit = float(y.scale[0])
    turn = np.diag(unit / x.scale)
    offset = np.zeros(len(x.names))
    if CONSTANT in x.names:
        constant = x.names.index(CONSTANT)
        turn[constant] -= unit * x.shift / x.scale
        offset[constant] = y.shift[0]
    return turn, offset
