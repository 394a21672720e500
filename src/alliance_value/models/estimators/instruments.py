"""A design with instruments -> two-stage least squares within effects."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from alliance_value.models.collinearity import absorbed_terms, dependences
from alliance_value.models.columns import Columns, plain
from alliance_value.models.covariance import (
    Sample,
    cluster_meat,
    smallest,
)
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import (
    auxiliary,
    centred,
    linear_fit,
    raw_columns,
    sample_of,
    total_variation,
    within,
)
from alliance_value.models.estimators.result import (
    Equation,
    EstimationError,
    Fit,
    Test,
    wald,
)
from alliance_value.models.estimators.weak import (
    anderson_rubin,
    effective_f,
    kleibergen_paap,
    partial_f,
    t_f,
)
from alliance_value.models.regression import Regression, regress
from alliance_value.models.second_opinion import Again
from alliance_value.models.within import without
from alliance_value.study.spec import Model
from alliance_value.vocabulary.entries import estimator


@dataclass(frozen=True)
class Stages:
    """The columns of a model with instruments, free of effects and weighted.

    Parameters
    ----------
    y, x, z
        Outcome, regressors and excluded instruments that vary within the effects.
    endogenous
        Positions of the endogenous terms in x.
    sample
        What a covariance needs.
    """

    y: Columns
    x: Columns
    z: Columns
    endogenous: list[int]
    sample: Sample

    @property
    def exogenous(self) -> Columns:
        """Regressors that instrument themselves, k - m."""
        return self.x.take(np.delete(np.arange(len(self.x.names)), self.endogenous))

    @property
    def instruments(self) -> Columns:
        """All instruments, the excluded ones first."""
        return self.z.beside(self.exogenous)


@estimator(
    "iv",
    label="2SLS",
    gives=("scores", "variance", "periods", "entities", "refits"),
    needs=("endogenous", "instruments"),
    takes=("weights", "interactions"),
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
    regression = regress(stages.y, stages.x, stages.instruments)
    y = stages.y.values[:, 0]
    if not design.effects.shape[1]:
        y = centred(y, stages.sample.root)
    fit = linear_fit(regression, stages.sample, y, total_variation(design))
    firsts = first_stages(stages)
    tests = [
        *fit.tests,
        *weakness(stages, firsts, model),
        *by_first_stage(stages, fit, firsts, model),
        *over_identification(stages, regression, model),
        exogeneity(stages, firsts),
    ]
    equations = [
        first_equation(stages.x.names[i], first, stages)
        for i, first in zip(stages.endogenous, firsts, strict=True)
    ]
    raw = raw_columns(design)
    again = Again(raw.y, raw.x, stages.sample, tuple(stages.endogenous), raw.z)
    return replace(fit, tests=tuple(tests), equations=tuple(equations), again=again)


def stages_of(design: Design, model: Model) -> Stages:
    """Take the effects out of terms and instruments.

    Raises
    ------
    EstimationError
        The effects absorb an instrument, or others make it superfluous.
    """
    columns = within(design)
    names = design.names
    centred_z = raw_columns(design).z
    for name in absorbed_terms(centred_z, columns.z):
        raise EstimationError(
            f"the instrument '{name}' does not vary within "
            f"{' and '.join(model.effects) or 'the sample'}",
            "use an instrument that does, or fewer effects",
        )
    stages = Stages(
        columns.y,
        columns.x,
        columns.z,
        [names.index(name) for name in model.endogenous],
        sample_of(design, model),
    )
    for dependence in dependences(stages.exogenous.beside(stages.z)):
        raise EstimationError(
            f"instruments and exogenous terms are exactly collinear: {dependence}",
            f"leave out '{dependence.term}'",
        )
    raw = raw_columns(design)
    effects, root = stages.sample.effects, raw.root
    every = raw.y.beside(raw.x, raw.z)
    count = len(names)

    def refit(times: np.ndarray) -> np.ndarray:
        rows = times > 0
        heavy = np.sqrt(times[rows]) * (1.0 if root is None else root[rows])
        part = without(every.with_values(every.values[rows]), effects[rows], heavy)
        again = replace(
            stages,
            y=part.take(slice(0, 1)),
            x=part.take(slice(1, 1 + count)),
            z=part.take(slice(1 + count, None)),
        )
        return regress(again.y, again.x, again.instruments).b

    return replace(stages, sample=replace(stages.sample, refit=refit))


def first_stages(stages: Stages) -> list[Regression]:
    """Regress each endogenous term on all instruments."""
    return [regress(stages.x.take([i]), stages.instruments) for i in stages.endogenous]


def first_equation(name: str, first: Regression, stages: Stages) -> Equation:
    """Return a first stage as an equation with the model's standard errors."""
    spread = auxiliary(first, stages.sample)
    return Equation(
        f"first stage of {name}",
        first.names,
        first.estimates,
        spread.matrix,
        spread.df,
    )


def weakness(stages: Stages, firsts: list[Regression], model: Model) -> list[Test]:
    """Return what says how strongly the instruments move the endogenous terms."""
    excluded = slice(0, len(stages.z.names))
    tests: list[Test] = []
    for i, first in zip(stages.endogenous, firsts, strict=True):
        spread = auxiliary(first, stages.sample)
        name = stages.x.names[i]
        test = partial_f(first, spread.matrix, excluded, spread.df)
        tests.append(replace(test, name=f"first_stage_f: {name}"))
        if len(firsts) == 1:
            tests.append(effective_f(first, spread.matrix, stages.z, stages.exogenous))
            reduced = regress(stages.y, stages.instruments)
            level = model.confidence
            tests.append(anderson_rubin(reduced, first, excluded, stages.sample, level))
    if len(firsts) > 1 or model.standard_errors != "unadjusted":
        tests.append(
            kleibergen_paap(
                stages.x.take(stages.endogenous).values,
                stages.z.values,
                stages.exogenous.values,
                stages.sample,
            )
        )
    return tests


def by_first_stage(
    stages: Stages, fit: Fit, firsts: list[Regression], model: Model
) -> list[Test]:
    """Return the tF interval where one instrument stands for one endogenous term."""
    if len(stages.z.names) > 1:
        return []
    (place,), (first,) = stages.endogenous, firsts
    spread = auxiliary(first, stages.sample)
    f = partial_f(first, spread.matrix, slice(0, 1), spread.df).statistic
    se = float(np.sqrt(fit.covariance[place, place]))
    return [t_f(float(fit.estimates[place]), se, f, model.confidence)]


def over_identification(
    stages: Stages, regression: Regression, model: Model
) -> list[Test]:
    """Test that the surplus instruments are uncorrelated with the disturbance.

    Homoskedastic: Sargan's (1958) n R^2. Else Hansen's (1982) J of two-step efficient
    GMM, whose weights are the (clustered) moments of the 2SLS residuals, without
    small-sample factors.
    """
    surplus = len(stages.z.names) - len(stages.endogenous)
    if surplus <= 0:
        return []
    u = regression.residuals
    x, z = stages.x.values, stages.instruments.values
    note = "all instruments valid under the null"
    if model.standard_errors == "unadjusted":
        g = z.T @ u
        statistic = float(g @ np.linalg.solve(z.T @ z, g)) / float(u @ u) * len(u)
        name = "sargan"
    else:
        clusters = stages.sample.clusters
        if clusters.shape[1] and smallest(clusters) <= z.shape[1]:
            why = "not computed: no more clusters than instruments"
            return [Test("hansen_j", np.nan, surplus, np.nan, f"{note}; {why}")]
        scores = z * u[:, None]
        s = scores.T @ scores
        if clusters.shape[1]:
            s = cluster_meat(scores, clusters, small_sample=False)
        weight = np.linalg.pinv(s, hermitian=True)
        zx, zy = z.T @ x, z.T @ stages.y.values[:, 0]
        b = np.linalg.solve(zx.T @ weight @ zx, zx.T @ weight @ zy)
        g = zy - zx @ b
        statistic = float(g @ weight @ g)
        name = "hansen_j"
    p = float(stats.chi2.sf(statistic, surplus))
    return [Test(name, statistic, surplus, p, note)]


def exogeneity(stages: Stages, firsts: list[Regression]) -> Test:
    """Test that the endogenous terms are exogenous: first-stage residuals added.

    With homoskedastic errors it is the F test of Wu (1973) and Hausman (1978).
    """
    left = np.column_stack([f.residuals for f in firsts])
    names = tuple(f"residual {i}" for i in range(left.shape[1]))
    both = regress(stages.y, stages.x.beside(plain(left, names)))
    spread = auxiliary(both, stages.sample)
    chosen = slice(len(stages.x.names), None)
    return wald(
        "wu_hausman",
        both.estimates[chosen],
        spread.matrix[chosen, chosen],
        "endogenous terms exogenous under the null",
        spread.df,
    )
