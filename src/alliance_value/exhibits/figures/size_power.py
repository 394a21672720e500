"""Rejections on samples without an event -> one row per test, one mark per design."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.ticker import PercentFormatter

from alliance_value.events.chance import chance_band
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.labels import label
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import EventTest, figure


@figure(
    "size_power",
    label="how often each test rejects",
    inputs=("size_power",),
    section="events",
    asks=("event_study.size_power",),
)
def size_power(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw how often each test rejects on samples without an event, by design."""
    table = tables["size_power"]
    window = list(dict.fromkeys(table.window))[-1]
    # a column that is blank throughout is read as one of numbers
    whole = table.part.astype("string").fillna("").eq("")
    data = table[table.window.eq(window) & whole]
    designs = list(dict.fromkeys(data.design))
    tests = list(dict.fromkeys(data.test))
    level, samples = float(data.level.iloc[0]), int(data.samples.iloc[0])
    low, high = chance_band(level, samples, context.confidence)
    picture, axes = plt.subplots(figsize=(style.WIDTH, 0.8 + 0.34 * len(tests)))
    axes.axvspan(low, high, color=style.QUIET, alpha=0.2)
    axes.axvline(level, color=style.QUIET, linewidth=0.8)
    for i, design in enumerate(designs):
        rates = data[data.design == design].set_index("test").rate.reindex(tests)
        axes.plot(
            rates.to_numpy(),
            np.arange(len(tests)) + (i - (len(designs) - 1) / 2) * 0.12,
            linestyle="",
            **style.marks(i),
            markersize=4,
            label=design,
        )
    axes.set_yticks(range(len(tests)), [label(EventTest, t) for t in tests])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("Samples in which the test rejects")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Size and power of the tests'}. Share of {samples:,} "
        f"samples of {int(data.events.iloc[0])} events at random "
        f"{context.words.entities} and days, window {window}, in which a test of level "
        f"{level:g} rejects. The band, {low:.1%} to {high:.1%}, is what chance allows "
        "a test of the right size.",
    )
