"""A study's panel and models -> what each term could have shown, and its test's size.

Under a placebo the term is what it is but for signs drawn anew, of each entity's whole
path or of each period, and the outcome is what the model does not explain: no such term
moves it. Signs by entity keep dependence in time and the entities' unequal weights,
signs by period keep dependence between entities.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.certificate.caution import cautions
from alliance_value.certificate.contracts import DesignCheck
from alliance_value.certificate.measure import movers
from alliance_value.certificate.score import SIZE, binomial_error
from alliance_value.contracts.firm_years import YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.storage import conform, empty
from alliance_value.models.columns import Columns
from alliance_value.models.covariance import Covariance, Sample, covariance
from alliance_value.models.covariances.clustered import clustered
from alliance_value.models.design import Design
from alliance_value.models.estimators.linear import sample_of
from alliance_value.models.estimators.result import EstimationError, Fit
from alliance_value.models.family import fitted, prepared
from alliance_value.models.regression import regress, residuals_on
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import StandardError

LINEAR = ("fixed_effects", "pooled_ols")
"""Estimators whose columns without effects are those of the regression."""
REFIT = {"refits", "clusters_drawn"}
POWER = 0.80
FEWEST = 7
"""Groups below which signs have too few combinations to tell a share of 5 %."""


@dataclass(frozen=True)
class Placebos:
    """How often placebos are drawn.

    Parameters
    ----------
    draws
        Placebos of each term and kind; none where it is 0.
    seed
        Of all.
    """

    draws: int = 0
    seed: int = 0


def design_check(
    panel: pd.DataFrame,
    models: Sequence[Model],
    scores: pd.DataFrame,
    placebos: Placebos,
    tell: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Return what each term of interest of each model could have shown.

    Parameters
    ----------
    panel
        The canonical panel.
    models
        Specifications; those that are not linear or cannot be estimated have no rows.
    scores
        Rows of `contracts.Scores`: the certificate.
    placebos
        How often placebos are drawn.
    tell
        Told of each model before its placebos.

    Returns
    -------
    pandas.DataFrame
        Rows of `contracts.DesignCheck`.
    """
    parts = []
    for model in models:
        if model.estimator in LINEAR:
            if placebos.draws:
                tell(f"placebos of {model.name}")
            parts += [*of_terms(panel, model, placebos)]
    if not parts:
        return empty(DesignCheck)
    table = pd.DataFrame(parts)
    return conform(table.assign(caution=cautions(table, scores)), DesignCheck)


def of_terms(
    panel: pd.DataFrame, model: Model, placebos: Placebos
) -> Iterator[dict[str, Any]]:
    """Yield a row for each term of interest of a model."""
    problems: list[Problem] = []
    rows, _ = prepared(panel, model, FunnelBranch(model.name), problems)
    fit = fitted(rows, model, problems) if rows is not None else None
    if rows is None or fit is None:
        return
    spread = np.asarray(rows.outcome, "float64").std(ddof=1)
    wanted = expand_all(model.terms or model.controls)
    for term in [t for t in wanted if t.name in fit.names]:
        j = fit.names.index(term.name)
        se = float(np.sqrt(max(fit.covariance[j, j], 0.0)))
        values = rows.terms[term.name].to_numpy("float64")
        left = alone(rows, term.name)
        yield {
            "model": model.name,
            "term": term.name,
            "kind": kind_of(vars(model)),
            "n": fit.n,
            "clusters": clusters(rows, fit),
            "movers": movers(panel, rows.keys, {term.name: 1.0}),
            "within_share": float(left.values[:, 0].var() * left.scale[0] ** 2)
            / float(values.var()),
            "estimate": float(fit.estimates[j]),
            "se": se,
            "smallest": (smallest := least(se, fit.df)),
            "smallest_in_sd": smallest
            * float(left.values[:, 0].std() * left.scale[0])
            / spread,
            **sizes(rows, model, term.name, placebos),
        }


def kind_of(model: Mapping[str, Any]) -> str:
    """Return what tells a model's way of inference from others, in words."""
    errors = str(model["standard_errors"])
    if errors == "clustered":
        errors = f"clustered by {len(model['clusters'])}"
    products = "" if model["interactions"] == "product" else ", products within"
    effects = "" if model["effects"] else " without effects"
    return f"{model['estimator']}{effects}, {errors}{products}"


def least(se: float, df: float) -> float:
    """Return the effect that a t test at 5 % finds with 80 % power.

    References
    ----------
    Bloom (1995), Minimum detectable effects, Evaluation Review 19.
    """
    both = stats.t.ppf(1 - SIZE / 2, df) + stats.t.ppf(POWER, df)
    return float(both * se)


def clusters(rows: Design, fit: Fit) -> int:
    """Return the fewest clusters of a dimension, the rows where errors have none."""
    codes = rows.clusters
    return int(codes.nunique().min()) if codes.shape[1] else fit.n


def alone(rows: Design, term: str) -> Columns:
    """Return a term's column without effects and all other terms, in its own units."""
    x = rows.inside.x
    j = x.names.index(term)
    others = np.delete(x.values, j, axis=1)
    own = x.take([j])
    return own.with_values(residuals_on(own.values, others))


def sizes(
    rows: Design, model: Model, term: str, placebos: Placebos
) -> dict[str, float]:
    """Return how often the model's test rejects placebos of a term, by kind."""
    names = ("size_by_entity", "size_by_period")
    if not placebos.draws:
        return dict.fromkeys((*names, "size_error"), np.nan)
    x, y = rows.inside.x, rows.inside.y
    left = alone(rows, term)
    outcome = y.with_values(residuals_on(y.values, x.values))
    sample = replace(sample_of(rows, model), terms=len(x.names))
    groups = (rows.firms, np.unique(rows.keys[YEAR], return_inverse=True)[1])
    shares = [rejections(outcome, left, group, sample, placebos) for group in groups]
    worst = np.nanmax([*shares, 0.0])
    return {
        **dict(zip(names, shares, strict=True)),
        "size_error": binomial_error(float(worst), placebos.draws),
    }


def rejections(
    outcome: Columns,
    left: Columns,
    group: np.ndarray,
    sample: Sample,
    placebos: Placebos,
) -> float:
    """Return the share of placebos that are rejected at 5 %; missing with few groups.

    Parameters
    ----------
    outcome, left
        What the model does not explain; the term without effects and other terms.
    group
        Codes of the groups that have a sign each, shape (n,).
    sample
        What the standard errors need.
    placebos
        How many, and their seed.
    """
    if group.max() + 1 < FEWEST:
        return np.nan
    generator = np.random.default_rng(placebos.seed)
    signs = generator.choice([-1.0, 1.0], size=(placebos.draws, group.max() + 1))
    kind = error_kind(sample.model)
    rejected = []
    for drawn in signs:
        placebo = left.with_values(left.values * drawn[group][:, None])
        fit = regress(outcome, placebo)
        try:
            spread = covariance(fit, sample, kind)
        except EstimationError:
            return np.nan
        variance = float(spread.matrix[0, 0])
        t = float(fit.estimates[0]) / np.sqrt(variance) if variance > 0 else np.inf
        rejected.append(2 * stats.t.sf(abs(t), spread.df) <= SIZE)
    return float(np.mean(rejected))


def error_kind(model: Model) -> Callable[..., Covariance] | None:
    """Return clustered errors where the model's are refits, None for its own."""
    needs = set(entries(StandardError)[model.standard_errors].needs)
    return clustered if needs & REFIT else None
