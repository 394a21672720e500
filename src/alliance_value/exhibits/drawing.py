"""What every figure needs to know, and what drawing one gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.figure import Figure as Picture


@dataclass(frozen=True)
class Context:
    """What every figure of a study needs to know.

    Parameters
    ----------
    labels, titles, outcomes
        Label of each variable; title and outcome of each model.
    confidence
        Level of the intervals drawn (decimal).
    simulated
        What is simulated, in words.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    outcomes: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.95
    simulated: str = ""


@dataclass(frozen=True)
class Drawn:
    """A figure, the numbers that it shows, and its caption."""

    figure: Picture
    data: pd.DataFrame
    caption: str
