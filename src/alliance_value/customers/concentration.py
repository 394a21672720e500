"""Customers' profits -> peak, ends and middle of their curve, with standard errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.panel.cumulative import TOP, cumulative_curve, curve_summary


def curve_quantities(profits: pd.Series, confidence: float) -> pd.DataFrame:
    """Describe the cumulative curve of profits.

    Parameters
    ----------
    profits
        Of independent customers, shape (n,).
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        quantity, estimate, se, ci_low, ci_high, n. Quantities: ``peak``, the profits
        of profitable customers over the total; ``profitable``, their share;
        ``whole_at``, the share with which the curve first reaches the total (no
        standard error); ``top``, ``middle`` and ``bottom``, what the first and last
        fifth and those between bring of the total. Shares of a total that is not
        positive are missing.

    References
    ----------
    Kaplan and Narayanan (2001), Journal of Cost Management 15. Standard errors
    linearize ratios of means; a sum above a quantile is linearized as by Beach and
    Davidson (1983), Review of Economic Studies 50.
    """
    p = np.sort(profits.dropna().to_numpy("float64"))[::-1]
    n, mean = len(p), float(p.mean())
    curve = curve_summary(cumulative_curve(pd.Series(p))).iloc[0]
    few = max(int(np.floor(TOP * n)), 1)

    def above(threshold: float, part: float) -> np.ndarray:
        # influence of each profit on the mean of profits above a threshold
        return np.maximum(p - threshold, 0) + part * threshold

    influences = {
        "peak": (curve.peak, above(0.0, 0.0)),
        "top": (curve.top_share, above(p[few - 1], few / n)),
        "bottom": (curve.bottom_share, p - above(p[n - few], 1 - few / n)),
    }
    middle = p - influences["top"][1] - influences["bottom"][1]
    influences["middle"] = (1 - curve.top_share - curve.bottom_share, middle)
    rows = []
    for quantity, (share, part) in influences.items():
        known = mean > 0
        linear = (part - share * p) / mean if known else p
        se = float(linear.std(ddof=1) / np.sqrt(n)) if known and n > 1 else np.nan
        rows.append((quantity, share if known else np.nan, se))
    rate = float((p > 0).mean())
    rows.append(("profitable", rate, float(np.sqrt(rate * (1 - rate) / n))))
    rows.append(("whole_at", curve.whole_at if mean > 0 else np.nan, np.nan))
    table = pd.DataFrame(rows, columns=["quantity", "estimate", "se"])
    reach = float(stats.norm.ppf((1 + confidence) / 2)) * table.se
    return table.assign(
        ci_low=table.estimate - reach, ci_high=table.estimate + reach, n=n
    )
