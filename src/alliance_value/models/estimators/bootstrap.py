"""A statistic of weighted rows -> its covariance over clusters drawn anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from alliance_value.models.estimators.result import EstimationError

MOST_FAILURES = 0.1


def cluster_bootstrap(
    statistic: Callable[[np.ndarray], np.ndarray],
    cluster: np.ndarray,
    draws: int,
    seed: int,
) -> tuple[np.ndarray, int]:
    """Draw clusters with replacement and compute a statistic of each sample.

    A cluster drawn twice counts as a weight of two for its rows, which is the same as
    two copies with effects of their own where effects are nested in clusters (Cameron,
    Gelbach and Miller 2008, pairs cluster bootstrap).

    Parameters
    ----------
    statistic
        Whole weights of the rows, shape (n,) -> estimates, shape (k,); what it cannot
        estimate raises ``EstimationError`` or ``LinAlgError``.
    cluster
        Integer codes, shape (n,).
    draws, seed
        How many samples, and the seed of their draws.

    Returns
    -------
    covariance : numpy.ndarray
        float64, shape (k, k), around the mean of the draws, divisor draws - 1.
    failed : int
        Samples on which the statistic could not be computed.

    Raises
    ------
    EstimationError
        More than a tenth of the samples failed.
    """
    code = np.unique(cluster, return_inverse=True)[1]
    groups = int(code.max()) + 1
    rng = np.random.default_rng(seed)
    drawn, failed = [], 0
    for _ in range(draws):
        times = np.bincount(rng.integers(groups, size=groups), minlength=groups)
        try:
            drawn.append(statistic(times[code].astype("float64")))
        except (EstimationError, np.linalg.LinAlgError):
            failed += 1
    if failed > MOST_FAILURES * draws:
        raise EstimationError(
            f"{failed} of {draws} bootstrap samples cannot be estimated",
            "use larger clusters, fewer terms or fewer effects",
        )
    return np.atleast_2d(np.cov(np.array(drawn), rowvar=False)), failed
