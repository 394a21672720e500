"""An outcome of a twin -> the column that moves it, and by how much in each row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import sparse

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.sharing.twin.gaps import Target
from alliance_value.sharing.twin.study_panel import PanelRecipe, made_of, names_of
from alliance_value.sharing.twin.synthetic import Twin
from alliance_value.study.spec import Variable

STEP = 0.25  # by which scores are moved to see what follows


def pivot(
    twin: Twin, recipe: PanelRecipe, outcome: str, aims: Sequence[Target]
) -> list[int]:
    """Return the layer whose scores an outcome is moved by, none if nothing moves it.

    The one that moves the outcome most, among those that no term of its models is
    made of if there are any.
    """
    variables = {v.name: v for v in recipe.variables}
    before = twin.panel(recipe)[outcome]
    terms = {
        name
        for aim in aims
        if aim.model.outcome == outcome
        for name in names_of(aim.model) - {outcome}
    }
    taken = {c for term in terms for c in columns_of(term, variables, twin)}
    own = columns_of(outcome, variables, twin)
    movers: list[tuple[bool, float, int]] = []
    for j, layer in enumerate(twin.model.layers):
        name = layer.columns[0]
        if not layer.gaps and name in own:
            after = shifted(twin, j, STEP).panel(recipe).get(outcome, before)
            move = float((after - before).abs().mean())
            movers += [(name not in taken, move, j)] if move > 0 else []
    return [max(movers)[2]] if movers else []


def columns_of(name: str, variables: dict[str, Variable], twin: Twin) -> set[str]:
    """Return the columns that a variable is made of."""
    if name not in variables:
        key = twin.source.names.get(name)
        return {key} if key else set()
    columns: set[str] = set()
    for used in made_of(variables[name]):
        if used == name:
            columns |= {twin.source.names.get(name, name)}
        else:
            columns |= columns_of(used, variables, twin)
    return columns


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
        of_turn = np.flatnonzero(year % turns == turn)
        up, down = (
            shifted(twin, layer, step, of_turn).panel(recipe)[outcome]
            for step in (STEP, -STEP)
        )
        slope = ((up - down) / (2 * STEP)).reindex(keys.row).fillna(0.0)
        for offset in reach:
            here = keys.assign(slope=slope.to_numpy(), later=year + offset)
            pairs = (
                here.assign(maker=here.row)
                if offset == 0
                else here.merge(
                    keys.iloc[of_turn].rename(columns={YEAR: "later", "row": "maker"}),
                    on=[FIRM, "later"],
                )
            )
            pairs = pairs[pairs.slope.ne(0) & pairs.maker.isin(of_turn)]
            places = (pairs.row.to_numpy(), pairs.maker.to_numpy())
            part = sparse.csr_matrix((pairs.slope.to_numpy(), places), shape=(n, n))
            total = sparse.csr_matrix(total + part)
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
