"""First stages -> how strong instruments are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import optimize, stats

from alliance_value.models.columns import Columns, powers_of_two
from alliance_value.models.covariance import Sample, cluster_meat, counted
from alliance_value.models.estimators.result import Test, wald
from alliance_value.models.joint import joint
from alliance_value.models.regression import Regression, residuals_on
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import StandardError

# Critical values of |t| at 5 % by the root of the first stage's F, 2.0 to 10.3 in steps
# of .1: Lee, McCrary, Moreira and Porter (2022), table 3.
ROOTS = np.linspace(2.0, 10.3, 84)
CRITICAL = np.array(
    [
        *(18.66, 9.74, 7.37, 6.18, 5.43, 4.92, 4.54, 4.25, 4.01, 3.82, 3.65, 3.51),
        *(3.39, 3.29, 3.19, 3.11, 3.03, 2.97, 2.91, 2.85, 2.80, 2.75, 2.71, 2.67),
        *(2.63, 2.60, 2.57, 2.54, 2.51, 2.48, 2.46, 2.43, 2.41, 2.39, 2.37, 2.35),
        *(2.33, 2.32, 2.30, 2.29, 2.27, 2.26, 2.24, 2.23, 2.22, 2.21, 2.20, 2.19),
        *(2.17, 2.16, 2.16, 2.15, 2.14, 2.13, 2.12, 2.11, 2.10, 2.10, 2.09, 2.08),
        *(2.08, 2.07, 2.06, 2.06, 2.05, 2.04, 2.04, 2.03, 2.03, 2.02, 2.02, 2.01),
        *(2.01, 2.00, 2.00, 1.99, 1.99, 1.99, 1.98, 1.98, 1.97, 1.97, 1.97, 1.96),
    ]
)
TABULATED = 0.95

ANGLES = 4_000
"""Slopes, evenly spread by angle, between which the ends of a set are looked for."""


def partial_f(first: Regression, v: np.ndarray, excluded: slice, df2: float) -> Test:
    """Test that the excluded instruments are nil in a first stage."""
    return wald(
        "first_stage_f",
        first.estimates[excluded],
        v[excluded, excluded],
        "excluded instruments have no effect under the null",
        df2,
    )


def effective_f(
    first: Regression, v: np.ndarray, z: Columns, exogenous: Columns
) -> Test:
    """Return the effective F of Montiel Olea and Pflueger (2013).

    ``F = p'Qp / tr(V Q)`` with p the excluded instruments' coefficients in the first
    stage, V their covariance, and Q the cross-products of the instruments once the
    exogenous terms are out. For one endogenous term. The critical value for a bias of
    10 % of the worst case at the 5 % level is Patnaik's approximation with the
    simplified (conservative) nu = x: effective degrees of freedom K.
    """
    left = residuals_on(z.values, exogenous.values) * z.scale
    q = left.T @ left
    chosen = slice(0, len(z.names))
    p, v = first.estimates[chosen], v[chosen, chosen]
    w = v @ q
    trace = float(np.trace(w))
    statistic = float(p @ q @ p) / trace
    largest = float(np.linalg.eigvals(w).real.max())
    x = 10.0
    square = float(np.trace(w @ w))
    size = trace**2 * (1 + 2 * x) / (square + 2 * x * trace * largest)
    critical = float(stats.ncx2.ppf(0.95, size, size * x)) / size
    return Test(
        "effective_f",
        statistic,
        len(z.names),
        np.nan,
        f"weak where below {critical:.2f}: bias over 10 % of the worst case, level 5 %",
    )


def anderson_rubin(
    reduced: Regression,
    first: Regression,
    excluded: slice,
    sample: Sample,
    confidence: float,
) -> Test:
    """Test that the endogenous term's slope is nil, however weak the instruments.

    With g and p the instruments' coefficients in the reduced form and in the first
    stage, ``(g - b p)'V(b)^-1 (g - b p) / L`` is F under a slope of b (Anderson and
    Rubin 1949), V(b) from the joint covariance of both equations. The note has the set
    of slopes that the test does not reject; it is unbounded where the first stage's
    own F is insignificant. For one endogenous term.
    """
    both, spread = joint((reduced, first), sample)
    k = len(first.names)
    place = np.arange(k)[excluded]
    g, p = both.estimates[place], both.estimates[k + place]
    v = spread.matrix[np.ix_([*place, *(k + place)], [*place, *(k + place)])]
    count = len(place)
    gg, gp, pp = v[:count, :count], v[:count, count:], v[count:, count:]
    note = "slope nil under the null, valid with weak instruments"
    if spread.df < 2 * count:
        why = "not computed: fewer degrees of freedom than coefficients of both"
        return Test("anderson_rubin", np.nan, count, np.nan, f"{note}; {why}")

    def statistic(b: float) -> float:
        gap = g - b * p
        spread_of = gg - b * (gp + gp.T) + b**2 * pp
        return float(gap @ np.linalg.solve(spread_of, gap)) / count

    critical = float(stats.f.ppf(confidence, count, spread.df))
    centre = float(g @ p / (p @ p))
    width = float(np.sqrt(np.trace(gg) / (p @ p)))
    # tan runs over all slopes
    angles = np.linspace(-np.pi / 2, np.pi / 2, ANGLES + 2)[1:-1]

    def over(angle: float) -> float:
        return statistic(centre + width * np.tan(angle)) - critical

    values = np.array([over(a) for a in angles])
    turns = np.flatnonzero(np.diff(np.sign(values)) != 0)
    ends = [
        centre + width * np.tan(optimize.brentq(over, angles[i], angles[i + 1]))
        for i in turns
    ]
    if values[0] <= 0:
        ends = [-np.inf, *ends]
    if values[-1] <= 0:
        ends = [*ends, np.inf]
    spans = [f"{a:.4g} to {b:.4g}" for a, b in zip(ends[::2], ends[1::2], strict=True)]
    at_zero = statistic(0.0)
    return Test(
        "anderson_rubin",
        at_zero,
        count,
        float(stats.f.sf(at_zero, count, spread.df)),
        f"{note}; F, second df {spread.df:g}, {spread.label}; {confidence:.0%} set: "
        + (" and ".join(spans) or "empty"),
    )


def t_f(estimate: float, se: float, first_f: float, confidence: float) -> Test:
    """Return the interval of Lee, McCrary, Moreira and Porter (2022).

    ``b -+ c(F) se``: the critical value c takes from the first stage's F, by the same
    standard errors, how far the t ratio is from normal. It is tabulated at 5 % and
    interpolated linearly in the root of F; up to an F of 4 the interval is the whole
    line, from 106.09 (a root of 10.3) on it is the usual one. For one instrument and
    one endogenous term.

    Returns
    -------
    Test
        The statistic is the critical value; the note has the interval.
    """
    root = float(np.sqrt(first_f))
    if not np.isclose(confidence, TABULATED):
        why = "not computed: tabulated for 95 % intervals alone"
        return Test("tf", np.nan, note=why)
    if not root > ROOTS[0]:
        return Test("tf", np.nan, note="95% interval: the whole line, F is at most 4")
    critical = float(np.interp(root, ROOTS, CRITICAL))
    low, high = estimate - critical * se, estimate + critical * se
    note = (
        f"critical value of t by the first stage's F of {first_f:.4g}; 95% interval: "
    )
    return Test("tf", critical, note=f"{note}{low:.4g} to {high:.4g}")


def kleibergen_paap(
    x: np.ndarray, z: np.ndarray, exogenous: np.ndarray, sample: Sample
) -> Test:
    """Return the rank test of Kleibergen and Paap (2006) as an F statistic.

    The smallest singular value of the scaled first-stage coefficients, with the
    covariance that the model's standard errors allow for; the Wald statistic is divided
    by the number of excluded instruments. With one endogenous term it is the robust
    first-stage F; with homoskedastic errors that of Cragg and Donald (1993). Where one
    first stage's residuals follow from the others' there is no statistic.

    Parameters
    ----------
    x, z, exogenous
        float64, shapes (n, m), (n, l) and (n, k - m), free of effects.
    """
    n, m = x.shape
    count = z.shape[1]
    x, z = residuals_on(x, exogenous), residuals_on(z, exogenous)
    x, z = x / powers_of_two(x), z / powers_of_two(z)
    pi = np.linalg.lstsq(z, x, rcond=None)[0]
    u = x - z @ pi
    left = n - count - exogenous.shape[1] - sample.parameters
    # G pi F' with G'G = z'z and F'F = inverse of the residual covariance
    null = "instruments identify fewer terms than there are under the null"
    try:
        g = np.linalg.cholesky(z.T @ z).T
        f = np.linalg.cholesky(np.linalg.inv(u.T @ u / n)).T
    except np.linalg.LinAlgError:
        why = "not computed: first stages' residuals are collinear"
        return Test(
            "kleibergen_paap_f", np.nan, count - m + 1, np.nan, f"{null}; {why}"
        )
    theta = g @ pi @ f.T
    left_vectors, _, right_t = np.linalg.svd(theta)
    u2, v2 = left_vectors[:, m - 1 :], right_t.T[:, m - 1 :]
    # the part of theta that is nil when the rank is m - 1: A' theta B
    u22, v22 = u2[m - 1 :, :], v2[m - 1 :, :]
    a = u2 @ np.linalg.pinv(u22) @ square_root(u22 @ u22.T)
    b = square_root(v22 @ v22.T) @ np.linalg.pinv(v22.T) @ v2.T
    lam = (a.T @ theta @ b.T).ravel(order="F")
    w = np.linalg.inv(z.T @ z)
    scores = (u[:, :, None] * z[:, None, :]).reshape(n, m * count)
    kind = sample.model.standard_errors
    if kind == "unadjusted":
        omega = np.kron(u.T @ u / left, z.T @ z)
    elif entries(StandardError)[kind].by_cluster:
        k = count + exogenous.shape[1] + counted(sample)
        omega = cluster_meat(scores, sample.clusters) * (n - 1) / (n - k)
    else:
        omega = scores.T @ scores * n / left
    spread = np.kron(np.eye(m), w)
    v = spread @ omega @ spread
    turn = np.kron(b @ f, a.T @ g)
    test = wald(
        "kleibergen_paap_f",
        lam,
        turn @ v @ turn.T,
        f"{null}; p of the Wald statistic, which is divided by the number of "
        "instruments",
    )
    return replace(test, statistic=test.statistic / count)


def square_root(matrix: np.ndarray) -> np.ndarray:
    """Return the symmetric root of a positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)) @ vectors.T)
