"""Samples without an event -> the rates at which a test of the right size rejects."""

from __future__ import annotations

import numpy as np
from scipy import stats


def chance_band(level: float, samples: int, confidence: float) -> tuple[float, float]:
    """Return the ends of what chance allows a test's rate of rejections.

    Parameters
    ----------
    level
        Of the test (decimal).
    samples
        Number of independent samples.
    confidence
        Probability that the rate lies inside, by the normal law (decimal).
    """
    z = float(stats.norm.ppf((1 + confidence) / 2))
    reach = z * float(np.sqrt(level * (1 - level) / samples))
    return max(level - reach, 0.0), level + reach
