"""Standardized columns without effects -> least squares, by one stage or by two.

Cross-products square the condition number. Up to ``MOST_CONDITION`` of the scaled
columns they are solved as they are, and the residuals once more; beyond, columns are
factored by Householder reflections, which lose only half as many digits.

References
----------
Golub and Van Loan, Matrix Computations, section 5.3. Longley (1967).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from alliance_value.models.columns import EPS, Columns, way_back
from alliance_value.models.estimators.result import EstimationError, Test

MOST_CONDITION = 1e6
"""Largest condition number of scaled cross-products that are solved as they are."""

RANK = 1e-10


@dataclass(frozen=True)
class Regression:
    """A linear regression on standardized columns, times the root of the weights.

    Parameters
    ----------
    names
        The k terms.
    b
        float64, shape (k,): estimates in standardized units.
    basis
        float64, shape (n, k): an orthonormal basis of the regressors without effects;
        in two-stage least squares of their projections on the instruments. ``basis *
        residuals`` are the scores.
    residuals
        float64, shape (n,), in units of ``unit``.
    root
        float64, shape (k, k): turns what is known of the basis into what is known of
        ``b``. Sandwiches are made of the basis, since the inverse of ill-conditioned
        cross-products would lose twice the digits.
    bread
        float64, shape (k, k): ``root @ root.T``, the inverse of x'x.
    turn, offset
        The way back to raw units (``columns.way_back``).
    unit
        Raw units of the outcome in one standardized unit.
    condition
        Condition number of the scaled regressors.
    digits
        Decimal digits of the estimates that rounding leaves.
    """

    names: tuple[str, ...]
    b: np.ndarray
    basis: np.ndarray
    residuals: np.ndarray
    root: np.ndarray
    bread: np.ndarray
    turn: np.ndarray
    offset: np.ndarray
    unit: float = 1.0
    condition: float = 1.0
    digits: float = 15.0

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.residuals)

    @property
    def estimates(self) -> np.ndarray:
        """Estimates in raw units, shape (k,)."""
        return np.asarray(self.turn @ self.b + self.offset)

    @property
    def scores(self) -> np.ndarray:
        """Scores of the rows in the basis, shape (n, k)."""
        return np.asarray(self.basis * self.residuals[:, None])

    @property
    def squares(self) -> float:
        """Sum of squared residuals in raw units."""
        return float(self.residuals @ self.residuals) * self.unit**2

    def back(self, matrix: np.ndarray) -> np.ndarray:
        """Return a covariance of ``b`` as one of the estimates, shape (k, k)."""
        return np.asarray(self.turn @ matrix @ self.turn.T)


def regress(y: Columns, x: Columns, instruments: Columns | None = None) -> Regression:
    """Regress y on x by least squares, or by two stages with instruments.

    Parameters
    ----------
    y, x
        One outcome and k regressors, free of effects and weighted.
    instruments
        All l >= k instruments, exogenous regressors included.

    Raises
    ------
    EstimationError
        The (projected) regressors depend on each other, or so nearly that no digit of
        the estimates would be right.
    """
    target = y.values[:, 0]
    seen = x.values
    if instruments is not None:
        seen = projected(seen, instruments.values)
    length = np.sqrt((seen**2).sum(axis=0))
    if len(target) < len(x.names) or not (length > 0).all():
        raise no_rank(x.names[int(np.argmin(length))] if len(length) else "all")
    basis = seen / length
    gram = basis.T @ basis
    spectrum = np.linalg.eigvalsh(gram)
    if spectrum[-1] <= MOST_CONDITION * spectrum[0]:
        condition = float(np.sqrt(spectrum[-1] / spectrum[0]))
        root = linalg.solve_triangular(linalg.cholesky(gram), np.eye(len(gram)))
        basis = basis @ root
    else:
        basis, r = linalg.qr(basis, mode="economic", check_finite=False)
        diagonal = np.abs(r.diagonal())
        if diagonal.min() <= 4 * EPS:
            raise no_rank(x.names[int(np.argmin(diagonal))])
        condition = float(np.linalg.cond(r))
        root = linalg.solve_triangular(r, np.eye(len(r)))
    root = root / length[:, None]
    b = root @ (basis.T @ target)
    b = b + root @ (basis.T @ (target - x.values @ b))
    rounding = (x.noise * np.sqrt(len(target)) / length).max()
    digits = float(-np.log10(max(rounding, EPS) * condition))
    if digits < 1:
        raise EstimationError(
            f"the terms {', '.join(x.names)} are so nearly collinear that no digit of "
            f"their estimates holds (condition number {condition:.1e} once centred, "
            "scaled and without effects)",
            "leave out terms that are close to combinations of others, such as the "
            "highest powers",
        )
    turn, offset = way_back(y, x)
    return Regression(
        names=x.names,
        b=b,
        basis=basis,
        residuals=target - x.values @ b,
        root=root,
        bread=root @ root.T,
        turn=turn,
        offset=offset,
        unit=float(y.scale[0]),
        condition=condition,
        digits=digits,
    )


def no_rank(name: str) -> EstimationError:
    """Return the error of a term that others make up."""
    return EstimationError(
        f"'{name}' cannot be told from the other terms in the rows and transformation "
        "of this estimator: they are exactly collinear",
        "leave it out, or use other instruments",
    )


def precision(fit: Regression) -> Test:
    """Return how many digits of the estimates hold, as a row of the diagnostics."""
    return Test(
        "digits",
        float(np.floor(min(fit.digits, 15.0))),
        note="decimal digits of the estimates that rounding leaves; condition number "
        f"of the terms, centred, scaled and without effects: {fit.condition:.1e}",
    )


def projected(columns: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Return the fitted values of columns on others, by an orthogonal basis.

    Columns of ``on`` that depend on the others count nothing.
    """
    if not on.shape[1]:
        return np.zeros_like(columns)
    length = np.sqrt((on**2).sum(axis=0))
    length[length == 0] = 1.0
    basis, size, _ = np.linalg.svd(on / length, full_matrices=False)
    basis = basis[:, size > RANK * size.max(initial=0.0)]
    return np.asarray(basis @ (basis.T @ columns))


def residuals_on(columns: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return columns less their projections on others."""
    return np.asarray(columns - projected(columns, others))
