"""A design with instruments -> two-stage least squares within effects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from alliance_value.models.collinearity import dependences
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import (
    centred,
    linear_fit,
    total_variation,
    within,
    without_effects,
)
from alliance_value.models.estimators.regression import (
    Groups,
    Regression,
    cluster_sums,
    covariance,
    degrees_of_freedom,
    powers_of_two,
    regress,
    residual_df,
    smallest,
)
from alliance_value.models.estimators.result import (
    Equation,
    EstimationError,
    Fit,
    Test,
    wald,
)
from alliance_value.models.estimators.weak import (
    effective_f,
    kleibergen_paap,
    partial_f,
)
from alliance_value.study.spec import BY_CLUSTER, Model
from alliance_value.vocabulary.entries import estimator


@dataclass(frozen=True)
class Stages:
    """The columns of a model with instruments, free of effects and weighted.

    Parameters
    ----------
    names, y, x
        Terms, outcome and regressors.
    endogenous
        Positions of the endogenous terms in x.
    z_names, z
        Excluded instruments that vary within the effects.
    groups
        What a covariance needs.
    """

    names: tuple[str, ...]
    y: np.ndarray
    x: np.ndarray
    endogenous: list[int]
    z_names: tuple[str, ...]
    z: np.ndarray
    groups: Groups

    @property
    def exogenous(self) -> np.ndarray:
        """Regressors that instrument themselves, shape (n, k - m)."""
        return np.delete(self.x, self.endogenous, axis=1)

    @property
    def instruments(self) -> np.ndarray:
        """All instruments, the excluded ones first."""
        return np.column_stack([self.z, self.exogenous])


@estimator(
    "iv",
    label="2SLS",
    needs=("endogenous", "instruments"),
    words=(
        "Two-stage least squares, effects taken out of outcome, terms and instruments "
        "alike."
    ),
    equation="hat(b) = (X' P X)^(-1) X' P y, quad P = Z (Z' Z)^(-1) Z'",
)
def two_stage(design: Design, model: Model) -> Fit:
    """Estimate by two-stage least squares within effects.

    Effects are taken out of outcome, terms and instruments alike, and their parameters
    count as in least squares. Standard errors are those of the second stage with the
    structural residuals. Beside the estimates: first stages, their partial F, Montiel
    Olea and Pflueger's effective F, Kleibergen and Paap's rank test, tests of
    over-identification (Sargan, or Hansen's J where errors are robust) and Wu and
    Hausman's of exogeneity.
    """
    stages = stages_of(design, model)
    regression = regress(stages.names, stages.y, stages.x, stages.instruments)
    columns = within(design)
    fit = linear_fit(
        regression,
        stages.groups,
        model,
        stages.y if effects_in(design) else centred(stages.y, columns.root),
        total_variation(design),
    )
    firsts = first_stages(stages)
    tests = [
        *weakness(stages, firsts, model),
        *over_identification(stages, regression, model),
        exogeneity(stages, firsts, model),
    ]
    equations = [
        first_equation(stages.names[i], first, stages, model)
        for i, first in zip(stages.endogenous, firsts, strict=True)
    ]
    return replace(fit, tests=tuple(tests), equations=tuple(equations))


def effects_in(design: Design) -> bool:
    """Return whether the design has effects that were taken out."""
    return design.effects.shape[1] > 0


def stages_of(design: Design, model: Model) -> Stages:
    """Take the effects out of terms and instruments.

    Raises
    ------
    EstimationError
        The effects absorb an instrument, or others make it superfluous.
    """
    columns = within(design)
    z = without_effects(design.instruments.to_numpy(), design)
    raw = design.instruments.to_numpy() * columns.root[:, None]
    spread = z - z.mean(axis=0)
    size = np.sqrt((raw**2).mean(axis=0))
    for name, left, whole in zip(
        design.instruments, np.sqrt((spread**2).mean(axis=0)), size, strict=True
    ):
        if left <= 1e-9 * whole:
            raise EstimationError(
                f"the instrument '{name}' does not vary within "
                f"{' and '.join(model.effects) or 'the sample'}",
                "use an instrument that does, or fewer effects",
            )
    names = design.names
    own = [n for n in names if n not in model.endogenous]
    exogenous = columns.x[:, [names.index(n) for n in own]]
    for found in dependences(
        [*own, *design.instruments], np.column_stack([exogenous, z])
    ):
        raise EstimationError(
            f"instruments and exogenous terms are exactly collinear: {found}",
            f"leave out '{found.term}'",
        )
    return Stages(
        names,
        columns.y,
        columns.x,
        [names.index(name) for name in model.endogenous],
        design.z_names,
        z,
        columns.groups,
    )


def first_stages(stages: Stages) -> list[Regression]:
    """Regress each endogenous term on all instruments."""
    others = [n for i, n in enumerate(stages.names) if i not in stages.endogenous]
    names = (*stages.z_names, *others)
    return [
        regress(names, stages.x[:, i], stages.instruments) for i in stages.endogenous
    ]


def first_equation(
    name: str, first: Regression, stages: Stages, model: Model
) -> Equation:
    """Return a first stage as an equation with the model's standard errors."""
    return Equation(
        f"first stage of {name}",
        first.names,
        first.estimates,
        covariance(first, stages.groups, model),
        degrees_of_freedom(first, stages.groups, model),
    )


def weakness(stages: Stages, firsts: list[Regression], model: Model) -> list[Test]:
    """Return what says how strongly the instruments move the endogenous terms."""
    excluded = slice(0, len(stages.z_names))
    tests: list[Test] = []
    for i, first in zip(stages.endogenous, firsts, strict=True):
        v = covariance(first, stages.groups, model)
        df2 = degrees_of_freedom(first, stages.groups, model)
        name = stages.names[i]
        test = partial_f(first, v, excluded, df2)
        tests.append(replace(test, name=f"first_stage_f: {name}"))
        if len(firsts) == 1:
            tests.append(effective_f(first, v, stages.z, stages.exogenous))
    if len(firsts) > 1 or model.standard_errors != "unadjusted":
        tests.append(
            kleibergen_paap(
                stages.x[:, stages.endogenous],
                stages.z,
                stages.exogenous,
                stages.groups,
                model,
            )
        )
    return tests


def over_identification(
    stages: Stages, regression: Regression, model: Model
) -> list[Test]:
    """Test that the surplus instruments are uncorrelated with the disturbance.

    Homoskedastic: Sargan's (1958) n R^2. Else Hansen's (1982) J of two-step efficient
    GMM, whose weights are the (clustered) moments of the 2SLS residuals, without
    small-sample factors.
    """
    surplus = len(stages.z_names) - len(stages.endogenous)
    if surplus <= 0:
        return []
    u = regression.residuals
    x = stages.x / powers_of_two(stages.x)
    z = stages.instruments / powers_of_two(stages.instruments)
    note = "all instruments valid under the null"
    if model.standard_errors == "unadjusted":
        g = z.T @ u
        statistic = float(g @ np.linalg.solve(z.T @ z, g)) / float(u @ u) * len(u)
        name = "sargan"
    else:
        clusters = stages.groups.clusters
        if clusters.shape[1] and smallest(clusters) <= z.shape[1]:
            why = "not computed: no more clusters than instruments"
            return [Test("hansen_j", np.nan, surplus, np.nan, f"{note}; {why}")]
        s = moments(z * u[:, None], clusters)
        weight = np.linalg.pinv(s, hermitian=True)
        zx, zy = z.T @ x, z.T @ stages.y
        b = np.linalg.solve(zx.T @ weight @ zx, zx.T @ weight @ zy)
        g = zy - zx @ b
        statistic = float(g @ weight @ g)
        name = "hansen_j"
    p = float(stats.chi2.sf(statistic, surplus))
    return [Test(name, statistic, surplus, p, note)]


def moments(scores: np.ndarray, clusters: np.ndarray) -> np.ndarray:
    """Return the sum of outer products of scores, by cluster where there are any."""
    if not clusters.shape[1]:
        return np.asarray(scores.T @ scores)

    def one(code: np.ndarray) -> np.ndarray:
        sums = cluster_sums(scores, np.unique(code, return_inverse=True)[1])
        return np.asarray(sums.T @ sums)

    if clusters.shape[1] == 1:
        return one(clusters[:, 0])
    first, second = clusters.T
    both = first * (int(second.max()) + 1) + second
    return np.asarray(one(first) + one(second) - one(both))


def exogeneity(stages: Stages, firsts: list[Regression], model: Model) -> Test:
    """Test that the endogenous terms are exogenous: first-stage residuals added.

    With homoskedastic errors it is the F test of Wu (1973) and Hausman (1978).
    """
    left = np.column_stack([f.residuals for f in firsts])
    names = tuple(f"residual {i}" for i in range(left.shape[1]))
    both = regress((*stages.names, *names), stages.y, np.column_stack([stages.x, left]))
    v = covariance(both, stages.groups, model)
    chosen = slice(len(stages.names), None)
    df2 = (
        degrees_of_freedom(both, stages.groups, model)
        if model.standard_errors in BY_CLUSTER
        else float(residual_df(both, stages.groups))
    )
    return wald(
        "wu_hausman",
        both.estimates[chosen],
        v[chosen, chosen],
        "endogenous terms exogenous under the null",
        df2,
    )
