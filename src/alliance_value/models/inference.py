"""A fixed-effects model -> what other inference and sensitivity say of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.inference import Inference, Influence, Sensitivity
from alliance_value.contracts.storage import conform
from alliance_value.models.design import Design
from alliance_value.models.engine import absorb, robust
from alliance_value.models.engine.bootstrap import wild_bootstrap
from alliance_value.models.engine.diagnostics import (
    clusters,
    cross_section_dependence,
    serial_correlation,
    variance_inflation,
    within_share,
)
from alliance_value.models.engine.grams import Grams, cross_products
from alliance_value.models.engine.jackknife import (
    Jackknife,
    jackknife,
    jackknife_covariance,
)
from alliance_value.models.engine.permute import randomize
from alliance_value.models.engine.regress import (
    Regression,
    Rows,
    counted_parameters,
    covariance,
    regress,
)
from alliance_value.models.engine.sensitivity import oster_beta, robustness, stability
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all

OUTCOME = "outcome"
# Oster's suggestion for the R-squared with all confounders observed.
R2_FACTOR = 1.3


@dataclass(frozen=True)
class Repeated:
    """How often to draw.

    Parameters
    ----------
    draws
        Draws of each wild bootstrap.
    permutations
        Permutations of each randomization test.
    seed
        Seed of both.
    """

    draws: int = 9999
    permutations: int = 1999
    seed: int = 0


@dataclass(frozen=True)
class InferenceTables:
    """Inference, sensitivity and influence of one model."""

    inference: pd.DataFrame
    sensitivity: pd.DataFrame
    influence: pd.DataFrame


def repeated_inference(
    data: Design,
    model: Model,
    settings: Repeated,
    tell: Callable[[str], None] = lambda message: None,
) -> InferenceTables:
    """Judge the terms of interest of a model by other ways of inference.

    Effects are taken out once; clustered errors, jackknife, wild bootstrap and
    influence then follow from the cross-products of each cluster.

    Parameters
    ----------
    data
        The model's complete rows; its first cluster dimension is the one resampled.
    model
        Its specification, with fixed effects or none.
    settings
        How often to draw.
    tell
        Told of each step.

    Returns
    -------
    InferenceTables
        ``inference``: per term and method estimate, standard error, t, p and interval.
        ``sensitivity``: how strong a confounder would have to be, and diagnostics.
        ``influence``: what each cluster adds to each estimate.

    References
    ----------
    docs/inference.md.
    """
    columns = np.column_stack([data.outcome, data.terms]).astype("float64")
    names = [OUTCOME, *map(str, data.terms.columns)]
    terms = [n for n in names[1:] if n != "constant"]
    columns = columns[:, [names.index(n) for n in [OUTCOME, *terms]]]
    names = [OUTCOME, *terms]
    effects = data.effects.to_numpy("int64")
    codes = data.clusters.to_numpy("int64")
    absorbed = absorb.demean(columns, effects)
    rows = Rows(absorbed.columns, codes[:, 0])
    tell("cross-products by cluster")
    grams = cross_products(columns, names, effects, codes[:, 0], carry=True)
    fit = regress(grams, OUTCOME, terms, rows)
    rule = model.count_effects
    counted = counted_parameters(effects, codes[:, :1], absorbed.rank, rule)
    within = absorbed.columns[:, 1:]
    residuals = absorbed.columns[:, 0] - within @ fit.coefficients
    left_out = jackknife(grams, fit)
    wanted = [t.name for t in expand_all(model.terms) if t.name in terms] or terms
    found = by_covariance(
        data, fit, left_out, within, residuals, effects, counted, model
    )
    for term in wanted:
        tell(f"wild bootstrap of {term}")
        for weights in ("rademacher", "webb"):
            drawn = wild_bootstrap(
                grams,
                fit,
                term,
                draws=settings.draws,
                weights=weights,
                confidence=model.confidence,
                seed=settings.seed,
                counted=counted,
            )
            found.append(
                {
                    "term": term,
                    "method": f"wild cluster bootstrap ({weights})",
                    "estimate": fit.coefficients[terms.index(term)],
                    "se": np.nan,
                    "t": drawn.t,
                    "p": drawn.p,
                    "ci_low": drawn.ci_low,
                    "ci_high": drawn.ci_high,
                    "draws": drawn.draws,
                    "note": "null imposed; the interval inverts the test",
                }
            )
    tell("randomization")
    found += permuted(data, model, fit, terms, effects, settings)
    inference = pd.DataFrame(found)
    inference = inference[inference.term.isin(wanted)]
    order = {t: i for i, t in enumerate(wanted)}
    inference = inference.sort_values(
        "term", key=lambda c: c.map(order), kind="stable", ignore_index=True
    )
    inference.insert(0, "model", model.name)
    return InferenceTables(
        conform(inference, Inference),
        sensitivity(
            data, model, grams, fit, left_out, absorbed.columns, columns, wanted
        ),
        influence(model, data, codes[:, 0], left_out, terms, wanted),
    )


def by_covariance(
    data: Design,
    fit: Regression,
    left_out: Jackknife,
    within: np.ndarray,
    residuals: np.ndarray,
    effects: np.ndarray,
    counted: int,
    model: Model,
) -> list[dict[str, object]]:
    """Return rows of the inference table, one per kind of covariance and term."""
    n, k = within.shape
    periods = data.keys[YEAR].to_numpy("int64")
    several = len(np.unique(periods))
    bandwidth = robust.usual_lags(several)
    hat = robust.leverage(within, effects)
    groups = fit.clusters - 1
    parameters = k + (counted if not effects.shape[1] else absorb_rank(effects))
    rest = n - parameters
    kinds: Mapping[str, tuple[np.ndarray, float, str]] = {
        "clustered (CR1)": (covariance(fit, counted), groups, ""),
        "jackknife by cluster (CR3)": (
            jackknife_covariance(left_out, fit),
            groups,
            "each cluster left out in turn",
        ),
        "HC2": (white(within, residuals, "HC2", parameters, hat), rest, ""),
        "HC3": (white(within, residuals, "HC3", parameters, hat), rest, ""),
        "Driscoll-Kraay": (
            robust.driscoll_kraay(within, residuals, periods, bandwidth),
            several - 1,
            f"Bartlett weights over {bandwidth} lags",
        ),
    }
    rows: list[dict[str, object]] = []
    for method, (matrix, df, note) in kinds.items():
        se = np.sqrt(np.diag(matrix))
        t = fit.coefficients / se
        reach = stats.t.ppf((1 + model.confidence) / 2, df) * se
        rows += [
            {
                "term": term,
                "method": method,
                "estimate": fit.coefficients[j],
                "se": se[j],
                "t": t[j],
                "p": 2 * stats.t.sf(abs(t[j]), df),
                "ci_low": fit.coefficients[j] - reach[j],
                "ci_high": fit.coefficients[j] + reach[j],
                "draws": 0,
                "note": note,
            }
            for j, term in enumerate(fit.terms)
        ]
    return rows


def white(
    within: np.ndarray,
    residuals: np.ndarray,
    kind: robust.Kind,
    parameters: int,
    hat: np.ndarray,
) -> np.ndarray:
    """Return a heteroskedasticity-consistent covariance, NaN where there is none."""
    try:
        return robust.white(within, residuals, kind, parameters=parameters, hat=hat)
    except robust.LeverageOne:
        return np.full((within.shape[1],) * 2, np.nan)


def absorb_rank(effects: np.ndarray) -> int:
    """Return the parameters that effects use."""
    return absorb.demean(np.zeros((len(effects), 1)), effects).rank


def permuted(
    data: Design,
    model: Model,
    fit: Regression,
    terms: Sequence[str],
    effects: np.ndarray,
    settings: Repeated,
) -> list[dict[str, object]]:
    """Permute the first variable of interest within firms, its products made anew."""
    expanded = [t for t in expand_all(model.terms) if t.name in terms]
    if not expanded or data.keys.duplicated().any():
        return []
    variable = expanded[0].factors[0]
    mine = [t for t in expanded if variable in t.factors]
    factors = []
    for term in mine:
        rest = list(term.factors)
        rest.remove(variable)
        product = np.ones(len(data.keys))
        for name in rest:
            product = product * data.factors[name].to_numpy("float64")
        factors.append(product)
    others = [t for t in terms if t not in {m.name for m in mine}]
    found = randomize(
        data.outcome.to_numpy("float64"),
        data.factors[variable].to_numpy("float64"),
        np.column_stack(factors),
        data.terms[others].to_numpy("float64"),
        effects,
        pd.factorize(data.keys[FIRM], sort=True)[0],
        data.keys[YEAR].to_numpy("int64"),
        draws=settings.permutations,
        seed=settings.seed,
    )
    return [
        {
            "term": term.name,
            "method": "randomization within firms",
            "estimate": found.coefficients[j],
            "se": np.nan,
            "t": np.nan,
            "p": found.p[j],
            "ci_low": np.nan,
            "ci_high": np.nan,
            "draws": found.draws,
            "note": f"{variable} permuted; {found.moved:.0%} of rows can change place",
        }
        for j, term in enumerate(mine)
    ]


def sensitivity(
    data: Design,
    model: Model,
    grams: Grams,
    fit: Regression,
    left_out: Jackknife,
    within: np.ndarray,
    columns: np.ndarray,
    wanted: Sequence[str],
) -> pd.DataFrame:
    """Return how strong a confounder would have to be, and what the data allow.

    Returns
    -------
    pandas.DataFrame
        model, term (empty for the model as a whole), measure, value, p_value, note.
    """
    rows: list[tuple[str, str, float, float, str]] = []
    terms = list(fit.terms)
    residuals = within[:, 0] - within[:, 1:] @ fit.coefficients
    rest = len(residuals) - len(terms) - absorb_rank(data.effects.to_numpy("int64"))
    spread = np.sqrt(residuals @ residuals / rest * np.diag(fit.bread))
    inflation = variance_inflation(grams, terms)
    share = within_share(columns, within)[1:]
    for term in wanted:
        j = terms.index(term)
        strength = robustness(fit.coefficients[j] / spread[j], rest)
        controls = [t for t in terms if t != term]
        rows += [
            (term, "partial R2", strength.partial_r2, np.nan, "of the outcome"),
            (
                term,
                "robustness value",
                strength.value,
                np.nan,
                "residual variance of term and outcome that a confounder must explain "
                "to bring the estimate to zero",
            ),
            (
                term,
                "robustness value, 5 %",
                strength.value_significance,
                np.nan,
                "the same, to make it insignificant at 5 %",
            ),
            (term, "variance inflation", inflation[j], np.nan, "within effects"),
            (term, "within variation", share[j], np.nan, "share that effects leave"),
        ]
        if controls:
            made = stability(grams, OUTCOME, term, controls)
            most = min(1.0, R2_FACTOR * made.full_r2)
            solutions = oster_beta(made, most)
            nearest = min(solutions, key=lambda b: abs(b - made.full))
            rows.append(
                (
                    term,
                    "Oster's bound",
                    nearest,
                    np.nan,
                    f"estimate if unobservables matter as much; R2 up to {most:.3f}",
                )
            )
    count = clusters(grams, left_out.leverage)
    rows += [
        ("", "clusters", count.count, np.nan, "of the first cluster dimension"),
        ("", "largest cluster", count.largest, np.nan, "rows"),
        ("", "largest leverage", count.leverage_largest, np.nan, "over the mean"),
    ]
    if not data.keys.duplicated().any():
        firms = pd.factorize(data.keys[FIRM], sort=True)[0]
        years = data.keys[YEAR].to_numpy("int64")
        dummies = np.column_stack([years == y for y in np.unique(years)[1:]])
        try:
            test = serial_correlation(
                columns[:, 0], np.column_stack([columns[:, 1:], dummies]), firms, years
            )
            note = f"Wooldridge's F(1, {test.df:g}) of no serial correlation"
            rows.append(("", "serial correlation", test.statistic, test.p, note))
        except ValueError:
            rows.append(
                ("", "serial correlation", np.nan, np.nan, "no four years in a row")
            )
        test = cross_section_dependence(residuals, firms, years)
        note = "Pesaran's CD; year effects bias it downwards"
        rows.append(("", "cross-sectional dependence", test.statistic, test.p, note))
    names = ["term", "measure", "value", "p_value", "note"]
    table = pd.DataFrame(rows, columns=names)
    table.insert(0, "model", model.name)
    return conform(table, Sensitivity)


def influence(
    model: Model,
    data: Design,
    codes: np.ndarray,
    left_out: Jackknife,
    terms: Sequence[str],
    wanted: Sequence[str],
) -> pd.DataFrame:
    """Return what each cluster adds to each estimate of interest, largest first."""
    firms = data.keys[FIRM].astype("string").groupby(codes, sort=True)
    label = firms.first().to_numpy()
    many = firms.nunique().to_numpy() > 1
    names = np.where(many, [f"cluster {c}" for c in np.unique(codes)], label)
    parts = [
        pd.DataFrame(
            {
                "model": model.name,
                "term": term,
                "cluster": names,
                "influence": left_out.influence[:, list(terms).index(term)],
                "leverage": left_out.leverage,
            }
        )
        for term in wanted
    ]
    table = pd.concat(parts, ignore_index=True)
    place = pd.Categorical(table.term, list(wanted))
    table = table.assign(place=place, size=-table.influence.abs())
    table = table.sort_values(["place", "size", "cluster"], ignore_index=True)
    return conform(table.drop(columns=["place", "size"]), Influence)
