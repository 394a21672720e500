"""Results of the event study and of dyads -> figures of value and its division."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.ticker import MaxNLocator, PercentFormatter
from scipy import stats

from alliance_value.exhibits import style
from alliance_value.exhibits.cells import TESTS
from alliance_value.exhibits.drawing import Context, Drawn
from alliance_value.study.spec import Figure

PERCENT = PercentFormatter(1.0, decimals=1)


def caar_paths(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw the cumulative average abnormal return of groups, with bands."""
    caar = tables["caar"]
    unit = figure.unit or str(caar.unit.iloc[0])
    data = caar[(caar.unit == unit) & (caar["sample"] == "all")]
    model = figure.model or str(data.model.iloc[0])
    data = data[data.model == model]
    groups = list(figure.groups) or list(dict.fromkeys(data.group))
    data = data[data.group.isin(groups)]
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.6))
    for i, group in enumerate(g for g in groups if (data.group == g).any()):
        rows = data[data.group == group].sort_values("day")
        colour = style.COLOURS[i % len(style.COLOURS)]
        axes.plot(
            rows.day,
            rows.caar,
            color=colour,
            marker=style.MARKERS[i % len(style.MARKERS)],
            markersize=3.5,
            markevery=2,
            label=f"{group} (n = {int(rows.n.max()):,})",
        )
        axes.fill_between(rows.day, rows.lower, rows.upper, color=colour, alpha=0.15)
    axes.axvline(0, color=style.QUIET, linewidth=0.8, linestyle=":")
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("Trading days from the announcement")
    axes.set_ylabel("Cumulative average\nabnormal return")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    last = data[data.day == data.day.max()].set_index("group")
    ends = "; ".join(f"{g} {last.caar[g]:.2%}" for g in groups if g in last.index)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Abnormal returns around announcements'}. At the end of the "
        f"path: {ends}. Model: {model.replace('_', ' ')}; bands: "
        f"{context.confidence:.0%} confidence intervals.",
    )


def joint_value(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw the mean combined abnormal return by type and symmetry."""
    dyads = tables["dyads"]
    kinds = ["marketing", "R&D", "marketing and R&D", "other"]
    shapes = ["symmetric", "asymmetric"]
    rows = []
    z = float(stats.norm.ppf((1 + context.confidence) / 2))
    for kind in kinds:
        for shape in shapes:
            values = dyads.combined_car[dyads.deal_class == f"{kind} {shape}"].dropna()
            if len(values) > 1:
                se = values.std() / np.sqrt(len(values))
                mean = values.mean()
                rows.append(
                    (kind, shape, len(values), mean, mean - z * se, mean + z * se)
                )
    data = pd.DataFrame(
        rows, columns=["type", "symmetry", "n", "mean", "ci_low", "ci_high"]
    )
    shown = [k for k in kinds if (data.type == k).any()]
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    for i, shape in enumerate(shapes):
        part = data[data.symmetry == shape].set_index("type").reindex(shown)
        x = np.arange(len(shown)) + (i - 0.5) * 0.26
        axes.errorbar(
            x,
            part["mean"],
            yerr=[part["mean"] - part.ci_low, part.ci_high - part["mean"]],
            fmt=style.MARKERS[i],
            color=style.COLOURS[i],
            capsize=4,
            label=f"{shape} structures",
        )
        for place, n, top in zip(x, part.n, part.ci_high, strict=True):
            if np.isfinite(top):
                axes.annotate(
                    f"n = {n:,.0f}",
                    (place, top),
                    xytext=(0, 4),
                    textcoords="offset points",
                    ha="center",
                    fontsize=7,
                    color=style.QUIET,
                )
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_xticks(range(len(shown)), shown)
    axes.set_xlim(-0.5, len(shown) - 0.5)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.set_ylabel("Mean combined\nabnormal return")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    means = data.set_index(["type", "symmetry"])["mean"]
    said = []
    for kind in shown[:2]:
        if {(kind, s) for s in shapes} <= set(means.index):
            said.append(
                f"{kind} deals: {means[kind, 'asymmetric']:.2%} asymmetric against "
                f"{means[kind, 'symmetric']:.2%} symmetric"
            )
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Value created together'}. {'; '.join(said)}. Points: "
        f"means; bars: {context.confidence:.0%} confidence intervals.",
    )


def division(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw how the difference between partners' returns is spread, by structure."""
    mixed = tables["dyads"].query("asymmetric == 1")
    own_is_i = mixed.customer_centric_i == 1
    gap = mixed.car_difference.where(own_is_i, -mixed.car_difference).dropna()
    data = gap.rename("difference").reset_index(drop=True).to_frame()
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.2))
    limit = float(np.quantile(np.abs(gap), 0.99)) if len(gap) else 1.0
    edges = np.linspace(-limit, limit, 41)
    axes.hist(
        gap.clip(-limit, limit).to_numpy(), bins=edges.tolist(), color=style.COLOURS[5]
    )
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.axvline(gap.mean(), color=style.COLOURS[1], label=f"mean {gap.mean():.2%}")
    axes.axvline(
        gap.median(),
        color=style.COLOURS[0],
        linestyle="--",
        label=f"median {gap.median():.2%}",
    )
    axes.xaxis.set_major_formatter(PERCENT)
    axes.set_xlabel("Customer-centric less product-centric partner's abnormal return")
    axes.set_ylabel("Deals")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    share = float((gap > 0).mean()) if len(gap) else float("nan")
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Who appropriates the value'}. The customer-centric partner "
        f"gains more in {share:.0%} of {len(gap):,} asymmetric deals; the outermost "
        "bars hold the values beyond.",
    )


def both_gain(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw both partners' abnormal returns, so that one sees who gains with whom."""
    dyads = tables["dyads"].dropna(subset=["car_i", "car_j"])
    data = dyads[["alliance", "car_i", "car_j", "asymmetric", "sign_class"]]
    cars = data[["car_i", "car_j"]].to_numpy("float64")
    limit = float(np.quantile(np.abs(cars), 0.985)) if len(cars) else 1.0
    picture, axes = plt.subplots(figsize=(4.6, 4.4))
    for i, (value, name) in enumerate(((0.0, "symmetric"), (1.0, "asymmetric"))):
        part = data[data.asymmetric == value]
        axes.scatter(
            part.car_i.clip(-limit, limit),
            part.car_j.clip(-limit, limit),
            s=9,
            alpha=0.45,
            color=style.COLOURS[i],
            marker=style.MARKERS[i],
            linewidths=0,
            label=f"{name} (n = {len(part):,})",
        )
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.axvline(0, color=style.INK, linewidth=0.8)
    rate = data.sign_class.value_counts(normalize=True)
    corner = {"both": (0.97, 0.97), "none": (0.03, 0.03)}
    for name, (x, y) in corner.items():
        axes.text(
            x,
            y,
            f"{'both gain' if name == 'both' else 'none gains'}\n"
            f"{rate.get(name, 0):.0%}",
            transform=axes.transAxes,
            ha="right" if x > 0.5 else "left",
            va="top" if y > 0.5 else "bottom",
            fontsize=9,
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8},
        )
    axes.xaxis.set_major_formatter(PERCENT)
    axes.yaxis.set_major_formatter(PERCENT)
    axes.set_xlabel("Abnormal return of partner i")
    axes.set_ylabel("Abnormal return of partner j")
    axes.set_aspect("equal")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Do both partners gain?'}. Both gain in "
        f"{rate.get('both', 0):.0%} of {len(data):,} deals, one in "
        f"{rate.get('one', 0):.0%}, none in {rate.get('none', 0):.0%}; points beyond "
        "the axes stand at their edge.",
    )


def whale(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw cumulative gains over deals, from the largest gain to the largest loss."""
    data = tables["whale_curve"]
    groups = list(figure.groups) or ["all"]
    data = data[data.group.isin(groups)]
    picture, axes = plt.subplots(figsize=(style.WIDTH, 3.4))
    said = []
    for i, group in enumerate(groups):
        one = data[data.group == group]
        if one.empty:
            continue
        axes.plot(
            [0.0, *one.share_of_deals],
            [0.0, *one.cumulative_share],
            color=style.COLOURS[i % len(style.COLOURS)],
            linestyle=("-", "--", ":", "-.")[i % 4],
            label=group,
        )
        heights = one.cumulative_share.to_numpy("float64")
        peak = heights.max()
        place = one.share_of_deals.to_numpy("float64")[int(heights.argmax())]
        said.append(f"{group}: {peak:.0%} of the total after {place:.0%} of the deals")
    axes.axhline(1, color=style.QUIET, linewidth=0.8)
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel("Deals, from the largest gain to the largest loss")
    axes.set_ylabel("Cumulative share\nof joint gains")
    if len(groups) > 1:
        picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Whale curve of alliance value'}. The curve peaks, "
        f"{'; '.join(said)}; the remaining deals lose what lies above 100 %.",
    )


def size_power(
    figure: Figure, tables: Mapping[str, pd.DataFrame], context: Context
) -> Drawn:
    """Draw how often each test rejects on samples without an event, by design."""
    table = tables["size_power"]
    window = list(dict.fromkeys(table.window))[-1]
    data = table[table.window == window]
    designs = list(dict.fromkeys(data.design))
    tests = list(dict.fromkeys(data.test))
    level, samples = float(data.level.iloc[0]), int(data.samples.iloc[0])
    z = float(stats.norm.ppf((1 + context.confidence) / 2))
    reach = z * np.sqrt(level * (1 - level) / samples)
    low, high = max(level - reach, 0.0), level + reach
    picture, axes = plt.subplots(figsize=(style.WIDTH, 0.8 + 0.34 * len(tests)))
    axes.axvspan(low, high, color=style.QUIET, alpha=0.2)
    axes.axvline(level, color=style.QUIET, linewidth=0.8)
    for i, design in enumerate(designs):
        rates = data[data.design == design].set_index("test").rate.reindex(tests)
        axes.plot(
            rates.to_numpy(),
            np.arange(len(tests)) + (i - (len(designs) - 1) / 2) * 0.12,
            linestyle="",
            color=style.COLOURS[i % len(style.COLOURS)],
            marker=style.MARKERS[i % len(style.MARKERS)],
            markersize=4,
            label=design,
        )
    axes.set_yticks(range(len(tests)), [TESTS.get(t, t) for t in tests])
    axes.invert_yaxis()
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.set_xlabel("Samples in which the test rejects")
    picture.legend(loc="outside upper left", ncols=2)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Size and power of the tests'}. Share of {samples:,} "
        f"samples of {int(data.events.iloc[0])} events at random firms and days, "
        f"window {window}, in which a test of level {level:g} rejects. The band, "
        f"{low:.1%} to {high:.1%}, is what chance allows a test of the right size.",
    )
