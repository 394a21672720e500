"""Trading days -> daily factor returns with volatility that clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import autoregression, stream

NAMES = ["mktrf", "smb", "hml", "rmw", "cma", "umd"]
# Daily, decimal; s.d. and correlations as in the real library, 1996-2015.
MEAN = np.array([0.00028, 0.00006, 0.00010, 0.00015, 0.00012, 0.00020])
SD = np.array([0.0123, 0.0060, 0.0063, 0.0052, 0.0045, 0.0098])
CORRELATION = np.array(
    [
        [1.00, 0.05, -0.15, -0.40, -0.30, -0.20],
        [0.05, 1.00, -0.05, -0.25, -0.05, 0.05],
        [-0.15, -0.05, 1.00, 0.10, 0.50, -0.25],
        [-0.40, -0.25, 0.10, 1.00, 0.15, 0.15],
        [-0.30, -0.05, 0.50, 0.15, 1.00, 0.10],
        [-0.20, 0.05, -0.25, 0.15, 0.10, 1.00],
    ]
)


def garch(
    shocks: Iterable[np.ndarray], news: float, persistence: float
) -> Iterator[np.ndarray]:
    """Yield GARCH(1,1) innovations of unit unconditional variance, day by day.

    h(t) = (1 - news - persistence) + news e(t-1)^2 + persistence h(t-1),
    e(t) = sqrt(h(t)) z(t) (Bollerslev 1986).

    Parameters
    ----------
    shocks : iterable of ndarray, shape (n,)
        Independent z of unit variance of each day.
    news, persistence : float
    """
    variance: float | np.ndarray = 1.0
    for shock in shocks:
        innovation = np.sqrt(variance) * shock
        yield innovation
        variance = (
            1 - news - persistence + news * innovation**2 + persistence * variance
        )


def draw_factors(settings: WorldSettings, days: np.ndarray) -> pd.DataFrame:
    """Draw the factors and the riskless rate.

    Returns
    -------
    DataFrame, T rows
        date, mktrf, smb, hml, rmw, cma, umd, rf; decimals.
    """
    rng = stream(settings.seed, "factors")
    n = len(days)
    draws = rng.standard_t(6, (n, len(NAMES))) / np.sqrt(6 / 4)
    shocks = draws @ np.linalg.cholesky(CORRELATION).T
    values = MEAN + SD * np.stack([*garch(shocks, 0.08, 0.90)])
    slow = autoregression(stream(settings.seed, "riskless"), (1, n), 0.999)[0]
    annual = np.clip(0.026 + 0.018 * slow, 0.0002, 0.065)
    # The library prints percent with two decimals, three for the riskless rate.
    table = pd.DataFrame(values.round(4), columns=NAMES)
    table.insert(0, "date", days)
    table["rf"] = np.round(annual / 252, 5)
    return table
