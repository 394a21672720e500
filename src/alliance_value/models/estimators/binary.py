"""A design with a 0/1 outcome -> probit or logit, and average marginal effects."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from importlib.metadata import version

import numpy as np
from scipy import optimize, special
from statsmodels.discrete.discrete_model import Logit, Probit

from alliance_value.contracts.firm_years import FIRM
from alliance_value.models.columns import CONSTANT, Columns, plain, way_back
from alliance_value.models.covariance import covariance
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import raw_columns, sample_of
from alliance_value.models.estimators.random_effects import dummies
from alliance_value.models.estimators.result import (
    Equation,
    EstimationError,
    Fit,
    Test,
)
from alliance_value.models.regression import Regression, regress
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import StandardError, estimator

MOST_STEPS = 100
STEP = 1e-12
CERTAIN = 1e-7
KINDS = {"probit": Probit, "logit": Logit}


@dataclass(frozen=True)
class Maximum:
    """A likelihood at its maximum.

    Parameters
    ----------
    regression
        Scores and inverse information in the form of a regression, for covariances.
    index
        x'b of each row, shape (n,).
    likelihood
        Its log.
    """

    regression: Regression
    index: np.ndarray
    likelihood: float


@estimator(
    "probit",
    label="Probit",
    gives=("scores", "variance", "periods", "entities"),
    entity="none",
    effects=False,
    takes=(),
    words=(
        "Maximum likelihood of a 0/1 outcome, disturbances normal; effects as dummies; "
        "average marginal effects beside the estimates."
    ),
    equation='"P"(y = 1) = Phi(x\' b)',
)
@estimator(
    "logit",
    label="Logit",
    gives=("scores", "variance", "periods", "entities"),
    entity="none",
    effects=False,
    takes=(),
    words=(
        "Maximum likelihood of a 0/1 outcome, disturbances logistic; effects as "
        "dummies; average marginal effects beside the estimates."
    ),
    equation='"P"(y = 1) = 1 / (1 + exp(-x\' b))',
)
def binary(design: Design, model: Model) -> Fit:
    """Estimate ``P(y = 1) = F(x'b)`` by statsmodels' Newton steps.

    Raises
    ------
    EstimationError
        The outcome is not 0/1, the entity is among the effects, terms depend on each
        other, or a combination of terms predicts rows perfectly.
    """
    y = zero_one(design, model)
    spread = dummies(design.effects).to_numpy()
    marks = plain(spread, [f"dummy {i}" for i in range(spread.shape[1])])
    likeliest = maximum(y, raw_columns(design).x.beside(marks), model)
    sample = replace(sample_of(design, model), terms=1, variance=1.0, parameters=0)
    fitted = covariance(likeliest.regression, sample)
    estimates = likeliest.regression.estimates
    by_cluster = entries(StandardError)[model.standard_errors].by_cluster
    df = fitted.df if by_cluster else float(len(y) - len(estimates))
    shown = slice(0, len(design.names))
    names, effects, weights = average_effects(design, model, likeliest.index, estimates)
    unadjusted = model.standard_errors == "unadjusted"
    share = y.mean()
    alone = len(y) * (share * np.log(share) + (1 - share) * np.log(1 - share))
    return Fit(
        names=design.names,
        estimates=estimates[shown],
        covariance=fitted.matrix[shown, shown],
        df=df,
        se_type="observed information" if unadjusted else fitted.label,
        r2_within=np.nan,
        r2_overall=np.nan,
        residuals=y - curves(model, likeliest.index)[0],
        n=len(y),
        library="statsmodels",
        library_version=version("statsmodels"),
        tests=(
            Test("log_likelihood", likeliest.likelihood),
            Test("pseudo_r2", 1 - likeliest.likelihood / alone, note="McFadden's"),
        ),
        equations=(
            Equation(
                "average marginal effects",
                names,
                effects,
                weights @ fitted.matrix @ weights.T,
                df,
            ),
        ),
    )


def zero_one(design: Design, model: Model) -> np.ndarray:
    """Return the outcome, float64, shape (n,).

    Raises
    ------
    EstimationError
        It is not 0/1, does not vary, or the entity's effect would have dummies.
    """
    y = design.outcome.to_numpy("float64")
    kind = model.estimator
    if FIRM in model.effects:
        raise EstimationError(
            f"a {kind} with a dummy per entity is inconsistent",
            "take the entity out of effects, such as effects: [time]",
        )
    if not np.isin(y, (0.0, 1.0)).all():
        other = y[~np.isin(y, (0.0, 1.0))][0]
        raise EstimationError(
            f"the outcome '{model.outcome}' of a {kind} has values other than 0 and 1, "
            f"such as {other:g}",
            f"make a 0/1 variable of it, such as {model.outcome} > 0",
        )
    if np.ptp(y) == 0:
        raise EstimationError(
            f"the outcome '{model.outcome}' is {y[0]:g} in all rows",
            "choose another outcome or sample",
        )
    return y


def maximum(y: np.ndarray, x: Columns, model: Model) -> Maximum:
    """Maximize the likelihood on standardized columns.

    Raises
    ------
    EstimationError
        Terms depend on each other, or predict rows perfectly.
    """
    target = plain(y[:, None], (model.outcome,))
    regress(target, x)
    likelihood = KINDS[model.estimator](y, x.values, check_rank=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = likelihood.fit(
            method="newton", maxiter=MOST_STEPS, tol=STEP, disp=0, warn_convergence=0
        )
    b = np.asarray(result.params)
    index = x.values @ b
    chance = curves(model, index)[0]
    if not result.mle_retvals["converged"] or (
        np.minimum(chance, 1 - chance).min() < CERTAIN and separated(y, x.values)
    ):
        raise EstimationError(
            f"the {model.estimator} has no maximum: a combination of terms or effects "
            f"predicts some values of '{model.outcome}' perfectly",
            "leave out the term, or the rows or effects in which the outcome does not "
            "vary",
        )
    turn, offset = way_back(target, x)
    inverse = np.linalg.inv(-likelihood.hessian(b))
    return Maximum(
        Regression(
            names=x.names,
            b=b,
            basis=np.asarray(likelihood.score_obs(b)),
            residuals=np.ones(len(y)),
            root=inverse,
            bread=inverse,
            turn=turn,
            offset=offset,
        ),
        index,
        float(result.llf),
    )


def separated(y: np.ndarray, x: np.ndarray) -> bool:
    """Return whether a combination of columns tells 0 and 1 apart in some rows.

    It does where the sum of signed combinations, none of them negative, can be
    positive (Konis 2007, a linear program).
    """
    signed = x * np.where(y == 1, 1.0, -1.0)[:, None]
    solution = optimize.linprog(
        -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(y)), bounds=(-1, 1)
    )
    gained = signed.sum(axis=0) @ np.asarray(solution.x) if solution.success else 0.0
    return bool(gained > CERTAIN * len(y))


def curves(model: Model, index: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return F, its density and the density's slope at x'b, shape (n,) each."""
    if model.estimator == "logit":
        chance = special.expit(index)
        density = chance * (1 - chance)
        return chance, density, density * (1 - 2 * chance)
    density = np.exp(-0.5 * index**2) / np.sqrt(2 * np.pi)
    return special.ndtr(index), density, -index * density


def average_effects(
    design: Design, model: Model, index: np.ndarray, estimates: np.ndarray
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Return variables, the means of dP/dv, and their derivatives by the estimates.

    A variable's products move with it. A 0/1 variable counts like any other.

    Returns
    -------
    names, effects, weights
        m variables, shapes (m,) and (m, k); the delta method's covariance is
        ``weights @ V @ weights.T``.
    """
    _, density, slope = curves(model, index)
    terms = [t for t in expand_all([*model.terms, *model.controls])]
    terms = [t for t in terms if t.name in design.names]
    x = np.column_stack(
        [design.terms.to_numpy("float64"), dummies(design.effects).to_numpy()]
    )
    names = tuple(dict.fromkeys(f for t in terms for f in t.factors if f != CONSTANT))
    effects, weights = np.empty(len(names)), np.empty((len(names), len(estimates)))
    for row, name in enumerate(names):
        moves = np.zeros_like(x)
        for term in terms:
            rest = list(term.factors)
            for _ in range(term.factors.count(name)):
                others = rest.copy()
                others.remove(name)
                values = design.factors[others].to_numpy("float64").prod(axis=1)
                moves[:, design.names.index(term.name)] += values
        by_name = moves @ estimates
        effects[row] = (density * by_name).mean()
        weights[row] = ((slope * by_name)[:, None] * x + density[:, None] * moves).mean(
            axis=0
        )
    return names, effects, weights
