"""Returns and the market's -> abnormal returns without an estimated parameter."""

from __future__ import annotations

import numpy as np

from alliance_value.events.normal_returns import (
    Abnormal,
    Days,
    mean_of,
    residual_variance,
)
from alliance_value.vocabulary.entries import normal_return


@normal_return(
    "market_adjusted",
    label="market-adjusted returns",
    factors=("mkt",),
    estimation=False,
    words="Returns less the market's.",
    equation='"AR"_(i t) = R_(i t) - R_(m t)',
    source="Brown and Warner (1985), Journal of Financial Economics 14",
)
def market_adjusted(days: Days) -> Abnormal:
    """Take the market's return off; where there are estimation days, for variances."""
    n = len(days.y)
    residuals, event = days.less(np.broadcast_to([0.0, 1.0], (n, 2)))
    errors = np.where(days.known, residuals, 0.0)
    errors = np.where(days.known, errors - mean_of(errors, days.count)[:, None], 0.0)
    df = days.count - 1
    variance = residual_variance(errors, days.filled, df)
    bread = np.zeros((n, 2, 2))
    raw = days.windows.event
    return Abnormal(residuals, event, raw, variance, df, bread, days.x0)
