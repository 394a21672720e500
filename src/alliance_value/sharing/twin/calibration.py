"""A twin and a study's estimates -> the twin with outcomes that give them.

A copula keeps correlations, not products of variables, nor what is left of them within
firms and years. So the scores of each outcome's column are moved by as little as makes
the study's least-squares models come out as on the real rows.

References
----------
Burridge, J. (2003). Information preserving statistical obfuscation. Statistics and
Computing 13, 321-327: outcomes that keep the sufficient statistics of a regression.
Langsrud, O. (2019). Information preserving regression-based tools for statistical
disclosure control. Statistics and Computing 29, 965-976.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, UserError
from alliance_value.models.design import Design, design
from alliance_value.models.within import demean
from alliance_value.sharing.twin.copula import normal_ranks
from alliance_value.sharing.twin.study_panel import PanelRecipe, made_of, names_of
from alliance_value.sharing.twin.synthetic import Twin
from alliance_value.study.spec import Model, Variable

LINEAR = ("fixed_effects", "pooled_ols", "iv")
ROUNDS = 12
NEAR = 0.1  # standard errors to which an estimate is to come
STEP = 0.25  # by which scores are moved to see what follows
LARGEST = 1.0  # move of a score in a round


@dataclass(frozen=True)
class Target:
    """What a model gives on the real rows.

    Parameters
    ----------
    model
        The model.
    estimates
        Estimate by term.
    se
        Standard error by term.
    """

    model: Model
    estimates: pd.Series
    se: pd.Series


@dataclass(frozen=True)
class Gap:
    """How a model of the twin differs from its target.

    Parameters
    ----------
    weights
        Estimates are these sums of the outcome: shape (k, n rows of the model).
    rows
        Those rows' numbers in the twin.
    missing
        Target less estimate, shape (k,).
    se
        Standard errors of the targets, shape (k,).
    """

    weights: np.ndarray
    rows: np.ndarray
    missing: np.ndarray
    se: np.ndarray


def targets(models: Sequence[Model], estimates: pd.DataFrame) -> list[Target]:
    """Return the targets of the models that outcomes can be moved for."""
    found = []
    for model in models:
        own = estimates[estimates.model == model.name].set_index("term")
        if model.estimator in LINEAR and len(own):
            found.append(Target(model, own.estimate, own.se))
    return found


def calibrated(twin: Twin, recipe: PanelRecipe, aims: Sequence[Target]) -> Twin:
    """Move the scores of outcomes until the models give their targets.

    Outcomes take turns, so that a column of two of them settles between both. The
    round is kept in which the worst estimate is nearest to its target, in standard
    errors.

    Parameters
    ----------
    twin
        Drawn rows.
    recipe
        How the study's panel is made of them.
    aims
        What its models are to give.
    """
    best, least = twin, worst(twin, recipe, aims)
    pivots = {
        outcome: pivot(twin, recipe, outcome, aims)
        for outcome in dict.fromkeys(a.model.outcome for a in aims)
    }
    now = twin
    for _ in range(ROUNDS):
        if least < NEAR:
            break
        for outcome, layer in pivots.items():
            mine = [a for a in aims if a.model.outcome == outcome]
            if layer is not None:
                now = moved(now, recipe, mine, layer)
        distance = worst(now, recipe, aims)
        if distance < least:
            best, least = now, distance
    return best


def worst(twin: Twin, recipe: PanelRecipe, aims: Sequence[Target]) -> float:
    """Return the largest distance from a target in standard errors."""
    try:
        panel = recipe.panel(twin.firm_years())
    except UserError:
        return np.inf
    sizes = [
        np.abs(gap.missing / gap.se).max()
        for aim in aims
        for gap in [gap_of(panel, aim)]
        if gap is not None
    ]
    return float(max(sizes, default=0.0))


def gap_of(panel: pd.DataFrame, aim: Target) -> Gap | None:
    """Return how a model of the panel differs from its target, if it can be told."""
    problems: list[Problem] = []
    rows = design(panel, aim.model, FunnelBranch(aim.model.name), problems)
    if rows is None:
        return None
    shared = [n for n in rows.names if n in aim.estimates.index]
    x = demean_design(rows, shared)
    z = instruments(rows, aim.model, shared, x)
    w = rows.weights if rows.weights is not None else np.ones(len(rows.outcome))
    fitted = z @ np.linalg.lstsq(z * np.sqrt(w)[:, None], x * np.sqrt(w)[:, None])[0]
    cross = (fitted * w[:, None]).T @ x
    if not shared or np.linalg.cond(cross) > 1e14:
        return None
    weights = np.linalg.solve(cross, (fitted * w[:, None]).T)
    return Gap(
        weights,
        rows.outcome.index.to_numpy(),
        aim.estimates[shared].to_numpy() - weights @ rows.outcome.to_numpy(),
        aim.se[shared].to_numpy(),
    )


def demean_design(rows: Design, names: Sequence[str]) -> np.ndarray:
    """Return the terms less the effects, shape (n, k)."""
    x = rows.terms[list(names)].to_numpy("float64")
    if not rows.effects.shape[1]:
        return x
    return demean(x, rows.effects.to_numpy(), rows.weights)


def instruments(
    rows: Design, model: Model, names: Sequence[str], x: np.ndarray
) -> np.ndarray:
    """Return what the terms are projected on: themselves, or their instruments."""
    if not model.instruments:
        return x
    exogenous = [j for j, n in enumerate(names) if n not in model.endogenous]
    outside = rows.instruments.to_numpy("float64")
    if rows.effects.shape[1]:
        outside = demean(outside, rows.effects.to_numpy(), rows.weights)
    return np.column_stack([x[:, exogenous], outside])


def pivot(
    twin: Twin, recipe: PanelRecipe, outcome: str, aims: Sequence[Target]
) -> int | None:
    """Return the layer whose scores an outcome is moved by.

    The one that moves the outcome most, among those that no term of its models is
    made of if there are any.
    """
    variables = {v.name: v for v in recipe.variables}
    base = twin.firm_years()
    before = recipe.panel(base)[outcome]
    terms = {
        n
        for a in aims
        if a.model.outcome == outcome
        for n in names_of(a.model) - {outcome}
    }
    taken = {c for t in terms for c in columns_of(t, variables, twin)}
    found: list[tuple[bool, float, int]] = []
    for j, layer in enumerate(twin.model.layers):
        name = layer.columns[0]
        if layer.gaps or name not in columns_of(outcome, variables, twin):
            continue
        after = recipe.panel(shifted(twin, j, STEP).firm_years())[outcome]
        move = (after - before).abs().mean()
        if move > 0:
            found.append((name not in taken, float(move), j))
    return max(found)[2] if found else None


def columns_of(name: str, variables: dict[str, Variable], twin: Twin) -> set[str]:
    """Return the columns that a variable is made of."""
    if name not in variables:
        key = twin.source.names.get(name)
        return {key} if key else set()
    found: set[str] = set()
    for used in made_of(variables[name]):
        if used == name:
            found |= {twin.source.names.get(name, name)}
        else:
            found |= columns_of(used, variables, twin)
    return found


def shifted(
    twin: Twin,
    layer: int,
    step: float | np.ndarray,
    rows: slice | np.ndarray = slice(None),
) -> Twin:
    """Return a twin with moved scores of a layer."""
    scores = twin.scores.copy()
    scores[rows, layer] += step
    return replace(twin, scores=scores)


def moved(twin: Twin, recipe: PanelRecipe, aims: Sequence[Target], layer: int) -> Twin:
    """Move a layer's scores by the least that closes the gaps of one outcome's models.

    Estimates are sums of the outcome, ``A y``. With the outcome's slopes ``J`` by the
    scores the move is ``V J'A' (A J V J'A' + T)^-1 gap``; V weighs rows down whose
    outcome hardly moves, and T lets models that contradict each other settle.
    """
    try:
        panel = recipe.panel(twin.firm_years())
    except UserError:
        return twin
    gaps = [g for a in aims for g in [gap_of(panel, a)] if g is not None]
    if not gaps:
        return twin
    slopes = outcome_slopes(twin, recipe, aims[0].model.outcome, layer)
    jacobian = np.vstack([(slopes[g.rows].T @ g.weights.T).T for g in gaps])
    gap = np.concatenate([g.missing for g in gaps])
    se = np.concatenate([g.se for g in gaps])
    size = np.asarray(abs(slopes).sum(axis=0)).ravel()
    usual = np.median(size[size > 0]) if (size > 0).any() else 1.0
    variance = 1.0 / (size**2 + usual**2)
    scaled = jacobian / se[:, None]
    inner = (scaled * variance) @ scaled.T
    ridge = (NEAR / 4) ** 2 * np.eye(len(gap)) * max(np.trace(inner) / len(gap), 1e-12)
    step = variance * (scaled.T @ np.linalg.solve(inner + ridge, gap / se))
    scores = twin.scores.copy()
    scores[:, layer] += step.clip(-LARGEST, LARGEST)
    steady = twin.model.found.steady[layer]
    if not steady:
        scores[:, layer] = normal_ranks(scores[:, layer])
    return replace(twin, scores=scores)


def outcome_slopes(
    twin: Twin, recipe: PanelRecipe, outcome: str, layer: int
) -> sparse.csr_matrix:
    """Return the slopes of an outcome by the scores of the rows that make it.

    Rows of a firm are moved by turns, far enough apart that each value of the outcome
    is moved by one row alone.

    Returns
    -------
    scipy.sparse.csr_matrix
        Shape (n, n): rows of the twin with the outcome, rows with the scores.
    """
    reach = sorted(offsets(outcome, {v.name: v for v in recipe.variables}))
    turns = reach[-1] - reach[0] + 1
    year = np.array(twin.source.periods)[twin.rows.slot]
    n = len(year)
    keys = pd.DataFrame({FIRM: twin.rows.firm, YEAR: year, "row": np.arange(n)})
    total = sparse.csr_matrix((n, n))
    for turn in range(turns):
        mine = np.flatnonzero(year % turns == turn)
        up, down = (
            recipe.panel(shifted(twin, layer, step, mine).firm_years())[outcome]
            for step in (STEP, -STEP)
        )
        slope = ((up - down) / (2 * STEP)).reindex(keys.row).fillna(0.0)
        for offset in reach:
            here = keys.assign(slope=slope.to_numpy(), later=year + offset)
            pairs = (
                here.assign(maker=here.row)
                if offset == 0
                else here.merge(
                    keys.iloc[mine].rename(columns={YEAR: "later", "row": "maker"}),
                    on=[FIRM, "later"],
                )
            )
            pairs = pairs[pairs.slope.ne(0) & pairs.maker.isin(mine)]
            total += sparse.csr_matrix(
                (pairs.slope, (pairs.row, pairs.maker)), shape=(n, n)
            )
    return total


def offsets(name: str, variables: dict[str, Variable]) -> set[int]:
    """Return how many periods later the values lie that a variable is made of."""
    if name not in variables:
        return {0}
    variable = variables[name]
    own = set(horizon(variable))
    inner: set[int] = set()
    for used in made_of(variable):
        inner |= {0} if used == name else offsets(used, variables)
    return {a + b for a in own for b in inner}


def horizon(variable: Variable) -> Iterator[int]:
    """Yield the leads of a variable's own treatment; lags are below zero."""
    if variable.horizon:
        yield from range(variable.horizon[0], variable.horizon[1] + 1)
    else:
        yield variable.lead - variable.lag
