"""A design with instruments -> least squares with the first stage's residual added."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from alliance_value.models.design import Design
from alliance_value.models.estimators.bootstrap import cluster_bootstrap
from alliance_value.models.estimators.linear import (
    groups_of,
    root_of,
    total_variation,
)
from alliance_value.models.estimators.regression import (
    Regression,
    clustered,
    regress,
    se_type,
    smallest,
)
from alliance_value.models.estimators.result import Equation, Fit, Test, wald
from alliance_value.models.estimators.weak import partial_f
from alliance_value.models.within import demean
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator

PREFIX = "residual of "


@estimator(
    "control_function",
    label="Control function",
    errors=("bootstrap",),
    needs=("endogenous", "instruments"),
    dimensions=1,
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
    raw = np.column_stack([design.outcome, design.terms, design.instruments])
    effects, base = design.effects.to_numpy(), root_of(design) ** 2
    k = len(names)
    labels = (*names, *(f"{PREFIX}{n}" for n in model.endogenous))
    order = [names.index(n) for n in model.endogenous]

    def stages(w: np.ndarray) -> tuple[Regression, list[Regression]]:
        rows = w > 0
        inside = (
            demean(raw[rows], effects[rows], w[rows]) if effects.shape[1] else raw[rows]
        )
        inside = inside * np.sqrt(w[rows])[:, None]
        x, z = inside[:, 1 : 1 + k], inside[:, 1 + k :]
        kept = tuple(n for n, t in zip(names, touched, strict=True) if not t)
        first = np.column_stack([z, x[:, ~touched]])
        firsts = [regress((*design.z_names, *kept), x[:, i], first) for i in order]
        left = np.column_stack([f.residuals for f in firsts])
        return regress(labels, inside[:, 0], np.column_stack([x, left])), firsts

    second, firsts = stages(base)
    spread, failed = cluster_bootstrap(
        lambda times: stages(base * times)[0].estimates,
        design.clusters.to_numpy()[:, 0],
        model.draws,
        model.seed,
    )
    groups = groups_of(design)
    df = smallest(groups.clusters) - 1.0
    excluded = slice(0, design.instruments.shape[1])
    tests, equations = [], []
    for name, first in zip(model.endogenous, firsts, strict=True):
        v = clustered(first, groups, model)
        test = partial_f(first, v, excluded, df)
        tests.append(replace(test, name=f"first_stage_f: {name}"))
        equations.append(
            Equation(f"first stage of {name}", first.names, first.estimates, v, df)
        )
    added = slice(k, None)
    tests.append(
        wald(
            "wu_hausman",
            second.estimates[added],
            spread[added, added],
            "endogenous terms exogenous under the null: residuals' coefficients",
            df,
        )
    )
    tests.append(Test("bootstrap_failures", failed, note=f"of {model.draws} draws"))
    return Fit(
        names=labels,
        estimates=second.estimates,
        covariance=spread,
        df=df,
        se_type=se_type(model),
        r2_within=np.nan,
        r2_overall=1
        - float(second.residuals @ second.residuals) / total_variation(design),
        residuals=second.residuals,
        n=len(second.residuals),
        tests=tuple(tests),
        equations=tuple(equations),
    )


def touched_terms(names: tuple[str, ...], endogenous: tuple[str, ...]) -> np.ndarray:
    """Return which terms are an endogenous one or a product with it, shape (k,)."""
    factors = {f for name in endogenous for f in name.split(":")}
    if all(":" not in name for name in endogenous):
        return np.array([bool(factors & set(n.split(":"))) for n in names])
    return np.array([n in endogenous for n in names])
