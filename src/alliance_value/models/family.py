"""A family of models + the panel -> their estimates, fits, margins and funnels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.failures import Failures, failures_of, problems_in
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.results import OF_FAMILIES
from alliance_value.contracts.storage import Contract, conform, empty
from alliance_value.models.collinearity import absorbed_terms, dependences
from alliance_value.models.columns import CONSTANT, Columns, standardized
from alliance_value.models.design import Design, design
from alliance_value.models.estimate import (
    apart_table,
    covariance_table,
    diagnostics_table,
    equations_table,
    estimates_table,
    fit,
    fits_row,
)
from alliance_value.models.estimators.result import EstimationError, Fit
from alliance_value.models.margins import margins_table
from alliance_value.models.second_opinion import second_opinion
from alliance_value.models.slopes import slopes_table
from alliance_value.models.within import ROUNDING, demean
from alliance_value.study.spec import Model


@dataclass(frozen=True)
class FamilyTables:
    """What the estimation of a family hands on."""

    estimates: pd.DataFrame
    fits: pd.DataFrame
    covariances: pd.DataFrame
    margins: pd.DataFrame
    slopes: pd.DataFrame
    equations: pd.DataFrame
    diagnostics: pd.DataFrame
    failures: pd.DataFrame
    funnel: pd.DataFrame


def estimate_family(
    panel: pd.DataFrame,
    models: Sequence[Model],
    tell: Callable[[str], None] = lambda message: None,
    trace: Callable[[str], None] = lambda message: None,
    *,
    stop: bool = True,
) -> FamilyTables:
    """Estimate models on the panel.

    Parameters
    ----------
    panel
        The analysis panel.
    models
        Specifications, such as `study.resolve` gives; their columns are in the panel.
    tell
        Told of second opinions that differ.
    trace
        Told of each model before it is estimated.
    stop
        Whether one model that cannot be estimated voids the others; else its problems
        stand in ``failures``.

    Raises
    ------
    UserError
        With the problems of all models: absorbed or collinear terms, too few rows.
    """
    parts: dict[str, list[pd.DataFrame]] = {key: [] for key in OF_FAMILIES}
    fits: list[dict[str, object]] = []
    for number, model in enumerate(models, start=1):
        trace(f"model {number} of {len(models)}: {model.name}")
        funnel = FunnelBranch(model.name)
        problems: list[Problem] = []
        rows, absorbed = prepared(panel, model, funnel, problems)
        result = fitted(rows, model, problems) if rows is not None else None
        parts["failures"].append(failures_of(model.name, problems))
        if rows is None or result is None:
            continue
        parts["estimates"].append(estimates_table(model, result))
        parts["covariances"].append(covariance_table(model, result))
        parts["diagnostics"].append(diagnostics_table(model, result))
        parts["equations"].append(equations_table(model, result))
        parts["margins"].append(margins_table(model, rows, result))
        parts["slopes"].append(slopes_table(model, rows, result))
        count_left(funnel, rows, result)
        parts["funnel"].append(funnel.table())
        second = second_opinion(result)
        if second.apart:
            parts["diagnostics"].append(apart_table(model, second))
            tell(
                f"{model.name}: {second.library} {second.version} differs by "
                f"{np.nanmax([second.estimates, second.errors]):.1e} (see fits.csv)"
            )
        fits.append(fits_row(model, rows, result, absorbed, second))
    parts["fits"].append(pd.DataFrame(fits))
    return joined(parts, stop)


def joined(parts: dict[str, list[pd.DataFrame]], stop: bool) -> FamilyTables:
    """Return the models' parts as tables; failures raise where they are to stop."""
    if stop:
        failed = one_table(parts["failures"], Failures)
        raise_if(problems_in(failed), "the models")
    return FamilyTables(**{k: one_table(parts[k], c) for k, c in OF_FAMILIES.items()})


def prepared(
    panel: pd.DataFrame, model: Model, funnel: FunnelBranch, problems: list[Problem]
) -> tuple[Design | None, list[str]]:
    """Select a model's rows and columns, and check that they identify its terms.

    Returns
    -------
    rows : Design or None
        None when a problem was noted.
    absorbed : list of str
        The terms dropped.
    """
    rows = design(panel, model, funnel, problems)
    return (None, []) if rows is None else identified(rows, model, problems)


def fitted(rows: Design, model: Model, problems: list[Problem]) -> Fit | None:
    """Estimate a model, or note why its rows do not allow it."""
    try:
        return fit(rows, model)
    except EstimationError as error:
        problems.append(Problem(error.rule, error.remedy, f"models.{model.name}"))
        return None


def count_left(funnel: FunnelBranch, rows: Design, result: Fit) -> None:
    """Record what the estimator left of the design's rows, down to the model's N."""
    count = len(rows.keys)
    for left in result.left:
        funnel.record(left.step, count, rows.keys.iloc[left.rows], left.why)
        count = len(left.rows)
    assert count == result.n, f"the funnel ends at {count} rows, the fit at {result.n}"


def one_table(parts: list[pd.DataFrame], contract: Contract) -> pd.DataFrame:
    """Return the parts that have rows as one table of the contract."""
    filled = [part for part in parts if len(part)]
    return conform(pd.concat(filled), contract) if filled else empty(contract)


def identified(
    rows: Design, model: Model, problems: list[Problem]
) -> tuple[Design | None, list[str]]:
    """Check that every term can be told from the effects and from the other terms.

    Returns
    -------
    rows : Design or None
        The design, less absorbed terms where the model drops them; None on a problem.
    absorbed : list of str
        The terms dropped.
    """
    where = f"models.{model.name}"
    names = [n for n in rows.names if n != CONSTANT]
    seen = rows.observed
    groups = rows.effects.to_numpy("int64")[seen]
    raw, within, outcome, left = columns_seen(rows, names, seen, groups)
    absorbed = absorbed_terms(raw, within)
    effects = " and ".join(rows.effect_names) or "the constant"
    if absorbed and model.absorbed == "stop":
        problems += [absorption(name, effects, model) for name in absorbed]
        return None, absorbed
    kept = [n for n in names if n not in absorbed]
    if not kept:
        problems.append(
            Problem("the effects absorb every term", "use fewer effects", where)
        )
        return None, absorbed
    if absorbed:
        within = within.take([names.index(n) for n in kept])
    dependent = dependences(within)
    problems += [
        Problem(
            rule=f"terms are exactly collinear: {dependence}",
            remedy=f"leave out '{dependence.term}' or one of the others",
            where=where,
        )
        for dependence in dependent
    ]
    if np.sqrt((left**2).mean()) <= ROUNDING * outcome.noise[0]:
        problems.append(
            Problem(
                rule=f"the outcome '{model.outcome}' does not vary within {effects}",
                remedy="choose another outcome or fewer effects",
                where=where,
            )
        )
        return None, absorbed
    if dependent:
        return None, absorbed
    if absorbed:
        rows = without_terms(rows, absorbed)
    return rows, absorbed


def absorption(name: str, effects: str, model: Model) -> Problem:
    """Return the problem of a term that effects absorb."""
    where = f"models.{model.name}"
    if ":" in name and model.interactions == "within":
        return Problem(
            rule=f"no product '{name}' within entities is left once {effects} are "
            "out: its variables change together in no entity with three or more "
            "periods",
            remedy="use ordinary products (interactions: product), or set absorbed: "
            "drop",
            where=where,
        )
    return Problem(
        rule=f"'{name}' does not vary within {effects}: the effects absorb it",
        remedy="leave it out (write 'a' and 'a:b' instead of 'a*b' to keep an "
        "interaction), use fewer effects, or set absorbed: drop",
        where=where,
    )


def without_terms(rows: Design, names: list[str]) -> Design:
    """Return a design, and the one with ordinary products, without some terms."""
    ordinary = rows.ordinary
    return replace(
        rows,
        terms=rows.terms.drop(columns=names),
        ordinary=None if ordinary is None else without_terms(ordinary, names),
    )


def columns_seen(
    rows: Design, names: list[str], seen: np.ndarray, groups: np.ndarray
) -> tuple[Columns, Columns, Columns, np.ndarray]:
    """Return terms before and after the within transformation, and the outcome so.

    They are the design's own where its rows are all observed and not weighted, so that
    effects are taken out once.
    """
    if seen.all() and rows.weights is None and rows.effects.shape[1]:
        raw, inside = rows.raw.x, rows.inside.x
        if len(names) < len(rows.names):
            place = [rows.names.index(name) for name in names]
            raw, inside = raw.take(place), inside.take(place)
        return raw, inside, rows.raw.y, rows.inside.y.values
    raw = standardized(rows.terms[names].to_numpy("float64")[seen], names)
    outcome = standardized(rows.outcome.to_numpy("float64")[seen, None], ["outcome"])
    without = demean(np.column_stack([outcome.values, raw.values]), groups)
    return raw, raw.with_values(without[:, 1:]), outcome, without[:, :1]
