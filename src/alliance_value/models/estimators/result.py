"""What every estimator returns: a fit, its tests and its other equations."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version

import numpy as np
from scipy import special

RANK = 1e-10  # of a correlation matrix


class EstimationError(ValueError):
    """A model that cannot be estimated as it stands: the user's to change.

    Parameters
    ----------
    rule, remedy
        What is broken, and the next step.
    """

    def __init__(self, rule: str, remedy: str):
        super().__init__(rule)
        self.rule, self.remedy = rule, remedy


@dataclass(frozen=True)
class Test:
    """A test or a figure that says how far an estimate can be trusted.

    Parameters
    ----------
    name
        Name in diagnostics.csv.
    statistic, df, p
        Of an F test the first degree of freedom; NaN where there is none.
    note
        What it tests, its null hypothesis, its second degree of freedom.
    """

    __test__ = False  # no test of pytest's

    name: str
    statistic: float
    df: float = np.nan
    p: float = np.nan
    note: str = ""


@dataclass(frozen=True)
class Equation:
    """An equation beside the one of interest, such as a first stage.

    Parameters
    ----------
    name
        Name in equations.csv.
    names, estimates, covariance
        Terms and float64 arrays of shapes (k,) and (k, k).
    df
        Degrees of freedom of its t statistics; infinite for normal ones.
    """

    name: str
    names: tuple[str, ...]
    estimates: np.ndarray
    covariance: np.ndarray
    df: float


@dataclass(frozen=True)
class Left:
    """What a step of an estimator leaves of a design's rows.

    Parameters
    ----------
    step, why
        As the funnel says them.
    rows
        Positions of the design's rows that are left, shape (m,).
    """

    step: str
    why: str
    rows: np.ndarray


@dataclass(frozen=True)
class Fit:
    """One estimated model.

    Parameters
    ----------
    names
        The k terms, in the order of the specification.
    estimates
        float64, shape (k,): units of the outcome per unit of the term.
    covariance
        float64, shape (k, k).
    df
        Degrees of freedom of t statistics: the smallest number of clusters less one,
        or rows less parameters where errors are not clustered.
    se_type
        What the standard errors are robust to and what the correction counts.
    r2_within, r2_overall
        Share of the outcome's variance that terms explain once the effects are out,
        and that terms and effects explain together (decimal).
    residuals
        float64, one per row that the estimator used, after its transformation.
    n
        Rows used; of a panel in differences the differences.
    library, library_version
        What computed the estimates.
    tests, equations
        Diagnostics and further equations.
    again
        What another library may estimate the model from (``second_opinion.Again``).
    turn, offset
        The way from the units of those columns to raw ones.
    judged
        p-values and intervals that do not follow from the covariance, shape (k, 3).
    left
        Steps from the design's rows to the n that the estimator used.
    """

    names: tuple[str, ...]
    estimates: np.ndarray
    covariance: np.ndarray
    df: float
    se_type: str
    r2_within: float
    r2_overall: float
    residuals: np.ndarray = field(default_factory=lambda: np.empty(0))
    n: int = 0
    library: str = "alliance_value"
    library_version: str = field(default_factory=lambda: version("alliance_value"))
    tests: tuple[Test, ...] = ()
    equations: tuple[Equation, ...] = ()
    again: object = None
    turn: np.ndarray = field(default_factory=lambda: np.eye(0))
    offset: np.ndarray = field(default_factory=lambda: np.empty(0))
    judged: np.ndarray | None = None
    left: tuple[Left, ...] = ()


def wald(
    name: str,
    estimates: np.ndarray,
    covariance: np.ndarray,
    note: str,
    df2: float = np.inf,
) -> Test:
    """Test that all estimates are zero: chi-squared, or F where ``df2`` is finite.

    Fewer clusters than restrictions leave the covariance without full rank: the test
    then has no statistic, and its note says why.
    """
    q = len(estimates)
    scale = np.sqrt(np.diag(covariance))
    scaled = covariance / np.outer(scale, scale) if (scale > 0).all() else covariance
    if np.linalg.matrix_rank(scaled, tol=RANK, hermitian=True) < q:
        why = "not computed: fewer clusters than restrictions"
        return Test(name, np.nan, q, np.nan, f"{note}; {why}")
    z = estimates / scale
    statistic = float(z @ np.linalg.solve(scaled, z))
    # a covariance by several clusters may have a negative eigenvalue
    beyond = max(statistic, 0.0)
    if np.isinf(df2):
        return Test(name, statistic, q, float(special.chdtrc(q, beyond)), note)
    p = float(special.fdtrc(q, df2, beyond / q))
    return Test(name, statistic / q, q, p, f"{note}; F, second df {df2:g}")
