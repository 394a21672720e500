"""Strength of a confounder -> contours of the estimate that it would leave."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns

from alliance_value.contracts.inference import OF_OUTCOME, OF_TERM
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.drawing import Drawn
from alliance_value.models.engine.sensitivity import left_by_confounder
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure

POINTS = 200
MOST = 0.95  # of the axes


@figure(
    "sensitivity",
    label="the estimate of a term that a confounder would leave, by its strength",
    inputs=("sensitivity", "inference", "failures"),
    section="robustness",
    needs=("terms",),
    takes=("model",),
    asks=("inference.repeated",),
    models=True,
    of="repeated",
)
def sensitivity(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw contours of the adjusted estimate, with confounders as strong as controls.

    On the axes the confounder's shares of the residual variance of term and outcome
    (Cinelli and Hazlett 2020, figure 2); the estimate moves towards zero.
    """
    term = figure.terms[0]
    inference = tables["inference"][tables["inference"].term == term]
    model = figure.model or str(inference.model.iloc[0])
    whole = inference[inference.model == model]
    own = tables["sensitivity"]
    own = own[(own.model == model) & (own.term == term)]
    measures = dict(zip(own.measure.astype(str), own.value, strict=True))
    estimate, partial = float(whole.estimate.iloc[0]), measures["partial R2"]
    value = measures["robustness value"]
    points = strengths(measures)
    strength = (points[name].to_numpy() for name in ("of_term", "of_outcome"))
    points["estimate"] = left_by_confounder(estimate, partial, *strength)
    ends = [
        min(MOST, 1.4 * max(value, points[name].max() if len(points) else 0.0))
        for name in ("of_term", "of_outcome")
    ]
    x, y = np.meshgrid(*(np.linspace(0, end, POINTS) for end in ends))
    picture, axes = plt.subplots(figsize=(style.WIDTH, 4.2))
    surface = left_by_confounder(estimate, partial, x, y)
    lines = axes.contour(x, y, surface, levels=9, colors=style.QUIET, linewidths=0.8)
    axes.clabel(lines, fontsize=7, fmt="%.3g")
    zero = axes.contour(x, y, surface, [0.0], colors=style.INK, linewidths=1.6)
    axes.clabel(zero, fontsize=7, fmt={0.0: "0"})
    axes.plot(0, 0, "^", color=style.INK, markersize=7, clip_on=False)
    for place, point in enumerate(points.to_dict("records")):
        mark = style.marks(place)
        axes.plot(
            point["of_term"],
            point["of_outcome"],
            linestyle="",
            markersize=6,
            clip_on=False,
            label=f"as {context.label(point['control'])}: {point['estimate']:.3g}",
            **mark,
        )
    axes.set_xlabel(f"Share of the residual variance of {context.label(term)}")
    axes.set_ylabel("Share of the residual\nvariance of the outcome")
    if len(points):
        picture.legend(loc="outside upper left", ncols=2, fontsize=7)
    sns.despine(picture)
    return Drawn(
        picture,
        points,
        f"{figure.title or 'Sensitivity to an omitted variable'}. Model: "
        f"{context.what(model)}; term: {context.label(term)}. Lines: the estimate, "
        f"{estimate:.4g} (triangle) without a confounder, that one with these shares "
        "would leave; the dark line is zero. A confounder that explains "
        f"{value:.1%} of both brings it to zero. Points: confounders as strong as a "
        "control.",
    )


def strengths(measures: Mapping[str, float]) -> pd.DataFrame:
    """Return the shares of confounders as strong as controls, those below one."""
    shares = [
        (control, of_term, measures[control + OF_OUTCOME])
        for measure, of_term in measures.items()
        if (control := measure.removesuffix(OF_TERM)) != measure
    ]
    table = pd.DataFrame(shares, columns=["control", "of_term", "of_outcome"])
    inside = (table[["of_term", "of_outcome"]] < 1).all(axis=1)
    return table[inside].reset_index(drop=True)
