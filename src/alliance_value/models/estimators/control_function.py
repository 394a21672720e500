"""A design with instruments -> least squares with the first stage's residual added."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import (
    auxiliary,
    linear_fit,
    raw_columns,
    root_of,
    sample_of,
    total_variation,
)
from alliance_value.models.estimators.result import Equation, Fit, wald
from alliance_value.models.estimators.weak import partial_f
from alliance_value.models.regression import Regression, regress
from alliance_value.models.within import without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

PREFIX = "residual of "


@estimator(
    "control_function",
    label="Control function",
    gives=("refits",),
    needs=("endogenous", "instruments"),
    words="Residuals of the endogenous terms' equations join the outcome's equation.",
    equation=(
        "x_(i t) = z'_(i t) p + v_(i t), quad y_(i t) = x'_(i t) b + d hat(v)_(i t) + "
        "e_(i t)"
    ),
)
def control_function(design: Design, model: Model) -> Fit:
    """Estimate with first-stage residuals as controls (Wooldridge 2015).

    Each endogenous term is regressed on the instruments and on all terms made of no
    endogenous one; its residual joins the outcome's equation. Interactions with an
    endogenous term stay in that equation and need no first stage of their own, which
    holds where the disturbance depends on the first stage's residual linearly. Without
    such interactions the estimates are those of two-stage least squares. Standard
    errors draw clusters anew for both stages.
    """
    names = design.names
    touched = touched_terms(names, model.endogenous)
    raw, effects = raw_columns(design), design.effects.to_numpy("int64")
    every = raw.y.beside(raw.x, raw.z)
    base = root_of(design) ** 2
    k = len(names)
    labels = [f"{PREFIX}{n}" for n in model.endogenous]
    order = [names.index(n) for n in model.endogenous]

    def stages(w: np.ndarray) -> tuple[Regression, list[Regression]]:
        rows = w > 0
        part = every.with_values(every.values[rows])
        inside = without(part, effects[rows], np.sqrt(w[rows]))
        x, z = inside.take(slice(1, 1 + k)), inside.take(slice(1 + k, None))
        first = z.beside(x.take(np.flatnonzero(~touched)))
        firsts = [regress(x.take([i]), first) for i in order]
        left = np.column_stack([f.residuals for f in firsts])
        added = x.take(order).deviations().named(labels).with_values(left)
        return regress(inside.take(slice(0, 1)), x.beside(added)), firsts

    second, firsts = stages(base)
    sample = replace(
        sample_of(design, model), refit=lambda times: stages(base * times)[0].b
    )
    y = second.residuals  # the share that terms explain within effects is not defined
    fit = linear_fit(second, sample, y, total_variation(design))
    excluded = slice(0, len(design.z_names))
    tests, equations = [], []
    for name, first in zip(model.endogenous, firsts, strict=True):
        spread = auxiliary(first, sample)
        test = partial_f(first, spread.matrix, excluded, spread.df)
        tests.append(replace(test, name=f"first_stage_f: {name}"))
        equations.append(
            Equation(
                f"first stage of {name}",
                first.names,
                first.estimates,
                spread.matrix,
                spread.df,
            )
        )
    added = slice(k, None)
    tests.append(
        wald(
            "wu_hausman",
            fit.estimates[added],
            fit.covariance[added, added],
            "endogenous terms exogenous under the null: residuals' coefficients",
            fit.df,
        )
    )
    return replace(
        fit, r2_within=np.nan, tests=(*tests, *fit.tests), equations=tuple(equations)
    )


def touched_terms(names: tuple[str, ...], endogenous: tuple[str, ...]) -> np.ndarray:
    """Return which terms are an endogenous one or a product with it, shape (k,)."""
    factors = {f for name in endogenous for f in name.split(":")}
    if all(":" not in name for name in endogenous):
        return np.array([bool(factors & set(n.split(":"))) for n in names])
    return np.array([n in endogenous for n in names])
