"""A fixed-effects model -> what other inference and sensitivity say of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.inference import (
    OF_INFERENCE,
    OF_OUTCOME,
    OF_TERM,
    Inference,
    Influence,
    Sensitivity,
)
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.storage import conform
from alliance_value.models.coefficients import coefficient_table
from alliance_value.models.columns import CONSTANT
from alliance_value.models.covariance import Kind, counted, covariance
from alliance_value.models.design import Design
from alliance_value.models.engine.bootstrap import wild_bootstrap
from alliance_value.models.engine.diagnostics import (
    clusters,
    cross_section_dependence,
    serial_correlation,
    variance_inflation,
    within_share,
)
from alliance_value.models.engine.grams import Grams, cross_products
from alliance_value.models.engine.jackknife import Jackknife, jackknife
from alliance_value.models.engine.permute import randomize
from alliance_value.models.engine.regress import (
    IllConditioned,
    Regression,
    Rows,
    regress,
)
from alliance_value.models.engine.sensitivity import (
    adjusted,
    benchmark,
    oster_beta,
    oster_delta,
    residual_squares,
    robustness,
    stability,
)
from alliance_value.models.estimators.least_squares import estimated
from alliance_value.models.estimators.linear import raw_columns, sample_of
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.family import one_table, prepared
from alliance_value.models.within import demean
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import StandardError

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


def inference_of(
    panel: pd.DataFrame,
    models: Sequence[Model],
    settings: Repeated,
    tell: Callable[[str], None],
    trace: Callable[[str], None],
) -> InferenceTables:
    """Judge the terms of several models; those that cannot be estimated have no rows.

    Parameters
    ----------
    panel
        The analysis panel.
    models
        Specifications.
    settings
        How often to draw.
    tell
        Told of each model without repeated inference.
    trace
        Told of each step.
    """
    parts = []
    for model in models:
        problems: list[Problem] = []
        data, _ = prepared(panel, model, FunnelBranch(model.name), problems)
        for problem in problems:
            tell(f"{model.name} is not judged again: {problem.rule}")
        if data is None:
            continue
        try:
            parts.append(repeated_inference(data, model, settings, trace))
        except (EstimationError, IllConditioned) as error:
            tell(f"{model.name} is not judged again: {error}")
    return InferenceTables(
        **{
            name: one_table([getattr(part, name) for part in parts], contract)
            for name, contract in OF_INFERENCE.items()
        }
    )


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
    raw = raw_columns(data)
    terms = [n for n in data.names if n != CONSTANT]
    every = raw.y.beside(raw.x.take([data.names.index(n) for n in terms]))
    columns, names = every.values, [OUTCOME, *terms]
    # estimates and covariances of these columns are in standardized units
    unit = every.scale[0] / every.scale[1:]
    effects = data.effects.to_numpy("int64")
    codes = data.clusters.to_numpy("int64")
    inside = demean(columns, effects)
    rows = Rows(inside, codes[:, 0])
    tell("cross-products by cluster")
    grams = cross_products(columns, names, effects, codes[:, 0], carry=True)
    fit = regress(grams, OUTCOME, terms, rows)
    sample = replace(sample_of(data, model), clusters=codes[:, :1])
    counts = counted(sample) if effects.shape[1] else 1
    left_out = jackknife(grams, fit)
    wanted = [t.name for t in expand_all(model.terms) if t.name in terms] or terms
    tests = by_covariance(data, model, terms)
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
                counted=counts,
            )
            scale = unit[terms.index(term)]
            tests.append(
                {
                    "term": term,
                    "method": f"wild cluster bootstrap ({weights})",
                    "estimate": fit.coefficients[terms.index(term)] * scale,
                    "se": np.nan,
                    "t": drawn.t,
                    "p": drawn.p,
                    "ci_low": drawn.ci_low * scale,
                    "ci_high": drawn.ci_high * scale,
                    "draws": drawn.draws,
                    "note": f"by {model.clusters[0]}; null imposed; the interval "
                    "inverts the test",
                }
            )
    tell("randomization")
    tests += permuted(data, model, terms, effects, settings)
    inference = pd.DataFrame(tests)
    inference = inference[inference.term.isin(wanted)]
    order = {t: i for i, t in enumerate(wanted)}
    inference = inference.sort_values(
        "term", key=lambda c: c.map(order), kind="stable", ignore_index=True
    )
    inference.insert(0, "model", model.name)
    return InferenceTables(
        conform(inference, Inference),
        sensitivity(data, model, grams, fit, left_out, inside, columns, wanted, unit),
        influence(data, model, left_out, terms, wanted, unit),
    )


def methods() -> dict[str, Kind]:
    """Return the standard errors set beside a model's own, as in its own table."""
    errors = [e for e in entries(StandardError).values() if e.beside]
    errors = sorted(errors, key=lambda error: error.order)
    return {error.beside: implementation(error) for error in errors}


def by_covariance(
    data: Design, model: Model, terms: Sequence[str]
) -> list[dict[str, object]]:
    """Return rows of the inference table, one per kind of covariance and term."""
    rows: list[dict[str, object]] = []
    for method, kind in methods().items():
        regression, sample = estimated(data, model)
        note = ""
        try:
            spread = covariance(regression, sample, kind)
            matrix, df, note = spread.matrix, spread.df, spread.label
        except EstimationError as error:
            matrix = np.full((len(regression.names),) * 2, np.nan)
            df, note = np.nan, error.rule
        table = coefficient_table(
            regression.names, regression.estimates, matrix, df, model.confidence
        )
        table = table[table.term.isin(terms)].drop(columns="df")
        table = table.assign(method=method, draws=0, note=note)
        rows += [{str(k): v for k, v in r.items()} for r in table.to_dict("records")]
    return rows


def permuted(
    data: Design,
    model: Model,
    terms: Sequence[str],
    effects: np.ndarray,
    settings: Repeated,
) -> list[dict[str, object]]:
    """Permute the first variable of interest within firms, its products made anew."""
    expanded = [t for t in expand_all(model.terms) if t.name in terms]
    if not expanded or data.keys.duplicated().any():
        return []
    variable = expanded[0].factors[0]
    own = [t for t in expanded if variable in t.factors]
    factors = []
    for term in own:
        rest = list(term.factors)
        rest.remove(variable)
        product = np.ones(len(data.keys))
        for name in rest:
            product = product * data.factors[name].to_numpy("float64")
        factors.append(product)
    others = [t for t in terms if t not in {m.name for m in own}]
    permutation = randomize(
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
            "method": "randomization within {entities}",
            "estimate": permutation.coefficients[j],
            "se": np.nan,
            "t": np.nan,
            "p": permutation.p[j],
            "ci_low": np.nan,
            "ci_high": np.nan,
            "draws": permutation.draws,
            "note": f"{variable} permuted; {permutation.moved:.0%} of rows can change "
            "place",
        }
        for j, term in enumerate(own)
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
    unit: np.ndarray,
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
    rest = len(residuals) - len(terms) - max(data.rank, int(not data.effects.shape[1]))
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
            moments = stability(grams, OUTCOME, term, controls)
            most = min(1.0, R2_FACTOR * moments.full_r2)
            solutions = oster_beta(moments, most)
            nearest = min(solutions, key=lambda b: abs(b - moments.full))
            rows.append(
                (
                    term,
                    "Oster's bound",
                    nearest * unit[j],
                    np.nan,
                    f"estimate if unobservables matter as much; R2 up to {most:.3f}",
                )
            )
            rows.append(
                (
                    term,
                    "Oster's delta",
                    oster_delta(moments, most),
                    np.nan,
                    "selection on unobservables over that on the other terms that "
                    f"brings the estimate to zero; R2 up to {most:.3f}",
                )
            )
        for control, value, shares, note in benchmarks(
            grams, term, controls, (fit.coefficients[j], spread[j], rest)
        ):
            rows.append(
                (term, f"as strong as {control}", value * unit[j], np.nan, note)
            )
            for end, share_of in zip((OF_TERM, OF_OUTCOME), shares, strict=True):
                measure = f"{control}{end}"
                rows.append((term, measure, share_of, np.nan, "residual variance"))
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
        name = "cross-sectional dependence"
        try:
            test = cross_section_dependence(residuals, firms, years)
            note = "Pesaran's CD; year effects bias it downwards"
            rows.append(("", name, test.statistic, test.p, note))
        except ValueError as error:
            rows.append(("", name, np.nan, np.nan, str(error)))
    names = ["term", "measure", "value", "p_value", "note"]
    table = pd.DataFrame(rows, columns=names)
    table.insert(0, "model", model.name)
    return conform(table, Sensitivity)


def benchmarks(
    grams: Grams,
    term: str,
    controls: Sequence[str],
    estimated: tuple[float, float, float],
) -> Iterator[tuple[str, float, tuple[float, float], str]]:
    """Yield the estimate had a confounder been as strong as each control.

    With it come the confounder's shares of the residual variance of term and outcome.

    Parameters
    ----------
    estimated
        Estimate, homoskedastic standard error and degrees of freedom.
    """
    for control in controls:
        others = [c for c in controls if c != control]
        of_term, of_outcome = (
            1
            - residual_squares(grams, y, [*x, control]) / residual_squares(grams, y, x)
            for y, x in ((term, others), (OUTCOME, [term, *others]))
        )
        bounds = benchmark(of_term, of_outcome)
        note = (
            f"estimate with a confounder as strong as {control}: it explains "
            f"{bounds[0]:.3g} of the term's residual variance and {bounds[1]:.3g} of "
            "the outcome's"
        )
        if bounds[0] >= 1:
            note = f"{control} explains the term too well for a bound"
            yield control, np.nan, bounds, note
            continue
        yield control, adjusted(*estimated, *bounds)[0], bounds, note


def influence(
    data: Design,
    model: Model,
    left_out: Jackknife,
    terms: Sequence[str],
    wanted: Sequence[str],
    unit: np.ndarray,
) -> pd.DataFrame:
    """Return what each cluster adds to each estimate of interest, largest first."""
    parts = [
        pd.DataFrame(
            {
                "model": model.name,
                "term": term,
                "cluster": data.cluster_names,
                "influence": left_out.influence[:, j] * unit[j],
                "leverage": left_out.leverage,
            }
        )
        for term in wanted
        for j in [list(terms).index(term)]
    ]
    table = pd.concat(parts, ignore_index=True)
    place = pd.Categorical(table.term, list(wanted))
    table = table.assign(place=place, size=-table.influence.abs())
    table = table.sort_values(["place", "size", "cluster"], ignore_index=True)
    return conform(table.drop(columns=["place", "size"]), Influence)
