"""The panel -> its trends, the adoption of structures and binned scatters."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import MaxNLocator, PercentFormatter

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.exhibits import style
from alliance_value.exhibits.drawing import Context, Drawn
from alliance_value.exhibits.regression_table import term_label
from alliance_value.study.spec import Figure

BINS = 20


def trends(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw the yearly mean of variables, with the middle half of firms."""
    panel = tables["panel"]
    names = list(figure.terms)
    parts = []
    for name in names:
        grouped = panel.dropna(subset=[name]).groupby(YEAR)[name]
        part = grouped.agg(
            mean="mean",
            low=lambda v: v.quantile(0.25),
            high=lambda v: v.quantile(0.75),
            n="size",
        ).reset_index()
        parts.append(part.assign(variable=name))
    data = pd.concat(parts, ignore_index=True)
    rows = len(names)
    picture, panels = plt.subplots(
        rows, 1, figsize=(style.WIDTH, 0.4 + 1.5 * rows), sharex=True, squeeze=False
    )
    for i, (axes, name) in enumerate(zip(panels[:, 0], names, strict=True)):
        one = data[data.variable == name]
        colour = style.COLOURS[i % len(style.COLOURS)]
        axes.fill_between(one[YEAR], one.low, one.high, color=colour, alpha=0.15)
        axes.plot(one[YEAR], one["mean"], color=colour, marker=style.MARKERS[i % 6])
        axes.set_title(term_label(name, context.labels), fontsize=9, loc="left")
    panels[-1, 0].xaxis.set_major_locator(MaxNLocator(integer=True))
    panels[-1, 0].set_xlabel("Fiscal year")
    sns.despine(picture)
    said = []
    for name in names:
        one = data[data.variable == name]
        said.append(
            f"{term_label(name, context.labels)} from {one['mean'].iloc[0]:.3g} to "
            f"{one['mean'].iloc[-1]:.3g}"
        )
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Trends'}. Mean, {'; '.join(said)}; bands: middle half of "
        "the firms.",
    )


def adoption(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw the share of firms with a customer-centric structure over time."""
    panel = tables["panel"].dropna(subset=["own_cc"])
    before = panel.groupby(FIRM)["own_cc"].shift()
    switched = (before.notna() & (before != panel.own_cc)).astype(float)
    data = (
        panel.assign(switched=switched)
        .groupby(YEAR)
        .agg(
            share=("own_cc", "mean"),
            switched=("switched", "mean"),
            n=("own_cc", "size"),
        )
        .reset_index()
    )
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.0))
    axes.plot(data[YEAR], data.share, color=style.COLOURS[0], marker="o", label="share")
    axes.bar(
        data[YEAR],
        data.switched,
        color=style.QUIET,
        width=0.6,
        label="switched this year",
    )
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Fiscal year")
    axes.set_ylabel("Share of coded firms")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Adoption of customer-centric structures'}. "
        f"{data.share.iloc[0]:.0%} of firms in {data[YEAR].iloc[0]}, "
        f"{data.share.iloc[-1]:.0%} in {data[YEAR].iloc[-1]}; "
        f"{data.switched.mean():.1%} change structure in a year on average.",
    )


def binned_scatter(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw outcome and regressor less their firm and year means, in bins, by structure.

    Both are demeaned by firm and year (two-way, by alternating means to 1e-10), their
    grand means put back; bins hold equally many firm-years.
    """
    panel = tables["panel"]
    outcome, regressor = figure.of, figure.over
    used = panel.dropna(subset=[outcome, regressor, "own_cc"])
    within = {
        name: used[name].mean() + demeaned(used[name], used)
        for name in (outcome, regressor)
    }
    frame = pd.DataFrame({**within, "own_cc": used.own_cc})
    names = {0.0: "product-centric", 1.0: "customer-centric"}
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    parts, said = [], []
    for i, (value, name) in enumerate(names.items()):
        one = frame[frame.own_cc == value]
        if len(one) < BINS:
            continue
        place = np.floor(one[regressor].rank(method="first").sub(1) * BINS / len(one))
        bins = one.groupby(place)[[regressor, outcome]].mean()
        slope, level = np.polyfit(one[regressor], one[outcome], 1)
        ends = np.array([bins[regressor].min(), bins[regressor].max()])
        axes.scatter(
            bins[regressor],
            bins[outcome],
            color=style.COLOURS[i],
            marker=style.MARKERS[i],
            s=22,
            label=f"{name} firms",
        )
        axes.plot(ends, level + slope * ends, color=style.COLOURS[i], linewidth=1)
        parts.append(bins.assign(structure=name))
        said.append(f"{name}: slope {slope:.3f}")
    axes.set_xlabel(
        f"{term_label(regressor, context.labels)}, less firm and year means"
    )
    axes.set_ylabel(f"{term_label(outcome, context.labels)},\nless firm and year means")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    data = pd.concat(parts, ignore_index=True) if parts else frame.head(0)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Binned scatter'}. {'; '.join(said)}. Points: means of "
        f"{BINS} equally large bins; no other controls.",
    )


def demeaned(values: pd.Series, table: pd.DataFrame) -> pd.Series:
    """Return values less firm and year means."""
    rest = values - values.mean()
    for _ in range(1000):
        before = rest
        rest = rest - rest.groupby(table[FIRM]).transform("mean")
        rest = rest - rest.groupby(table[YEAR]).transform("mean")
        if float((rest - before).abs().max()) < 1e-10:
            break
    return rest
