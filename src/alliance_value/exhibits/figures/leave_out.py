"""Estimates without each group -> one strip per grouping, sorted by the estimate."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns

from alliance_value.contracts.inference import IN_PAIRS
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.exhibits.hover import estimated, says
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "leave_out",
    label="a model's term without each group",
    inputs=("leave_out", "failures"),
    section="robustness",
    needs=("terms",),
    takes=("model",),
    asks=("inference.leave_out",),
    models=True,
)
def leave_out(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw a term's estimate without each group, the extreme groups named."""
    table = tables["leave_out"]
    model = figure.model or str(table.model.iloc[0])
    term = figure.terms[0]
    data = table[(table.model == model) & (table.term == term)]
    whole = float(data.estimate[data["by"].fillna("") == ""].iloc[0])
    data = data[(data["by"].fillna("") != "") & data.estimate.notna()]
    groupings = list(dict.fromkeys(data["by"]))
    picture, panels = plt.subplots(
        max(len(groupings), 1),
        1,
        figsize=(style.WIDTH, 0.4 + 1.9 * max(len(groupings), 1)),
        sharey=True,
        squeeze=False,
    )
    said = []
    for axes, by in zip(panels[:, 0], groupings, strict=False):
        part = data[data["by"] == by].sort_values("estimate", ignore_index=True)
        one = by.removesuffix(IN_PAIRS)
        name = context.label(one).lower().replace("_", " ")
        count = "one" if by == one else "two of"
        drawn = axes.errorbar(
            np.arange(len(part)),
            part.estimate,
            yerr=[part.estimate - part.ci_low, part.ci_high - part.estimate],
            fmt="o",
            markersize=3.5,
            linewidth=1.0,
            color=style.COLOURS[0],
        )
        said_of = part.to_dict("records")
        says(drawn[0], [estimated(f"without {r['left_out']}", r) for r in said_of])
        axes.axhline(whole, color=style.COLOURS[1], linewidth=1.2)
        ends = [0, len(part) - 1] if len(part) > 1 else [0]
        axes.set_xticks(ends, [f"without {part.left_out.iloc[i]}" for i in ends])
        axes.set_xlabel(
            f"{len(part)} estimates, each without {count} {name}", fontsize=8
        )
        said.append(
            f"{part.estimate.min():.4f} (without {name} {part.left_out.iloc[0]}) to "
            f"{part.estimate.max():.4f} (without {part.left_out.iloc[-1]})"
        )
    picture.supylabel(context.label(term), fontsize=8)
    sns.despine(picture)
    return Drawn(
        picture,
        data,
        f"{figure.title or 'Estimates without each group'}. Model: "
        f"{context.what(model)}; term: {context.label(term)}. The whole sample's "
        f"estimate is {whole:.4f} (line); leaving one group out gives "
        f"{'; '.join(said)}. Bars: {context.percent} confidence intervals.",
    )
