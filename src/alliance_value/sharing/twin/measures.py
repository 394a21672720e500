"""A twin and the real rows -> all measures of what it keeps and discloses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.sharing.twin.columns import Column, as_text
from alliance_value.sharing.twin.disclosure import (
    TARGET_GROUPS,
    Attribution,
    Nearness,
    Uniques,
    attribution,
    copied_rows,
    nearest,
    quantiles,
    share_closer,
    shown_identities,
    some,
    space,
    uniques,
)
from alliance_value.sharing.twin.labels import PERIOD_END
from alliance_value.sharing.twin.panel import panel_model
from alliance_value.sharing.twin.parts import TwinFiles
from alliance_value.sharing.twin.ratios import scales_of
from alliance_value.sharing.twin.source import PanelSource
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sharing.twin.study_panel import PanelRecipe, names_of
from alliance_value.sharing.twin.synthetic import firm_years
from alliance_value.sharing.twin.utility import (
    Propensity,
    general_propensity,
    groups,
    one_and_two_way,
)
from alliance_value.study.expressions import names_in

LEAST_FIRMS_HELD_OUT = 8
# Panels are halved again and again until so many rows were, up to twenty times.
ROWS_HELD_OUT = 20_000
MOST_HALVES = 20


@dataclass(frozen=True)
class Measures:
    """What the page of a twin shows.

    Parameters
    ----------
    tables
        pMSE of columns and of pairs of columns; empty where rows were not modelled.
    general
        pMSE of the variables of the study's models.
    nearness, unique, attributions
        Distances to real rows, rare combinations, and what keys tell of each outcome.
    exposed
        Columns of the twin's files in which a real identity stands.
    identities
        How many real identities were looked for.
    """

    tables: pd.DataFrame
    general: Propensity | None = None
    nearness: Nearness | None = None
    unique: Uniques | None = None
    attributions: Mapping[str, Attribution] = field(default_factory=dict)
    exposed: tuple[str, ...] = ()
    identities: int = 0


def measures(drawn: TwinFiles, rng: np.random.Generator) -> Measures:
    """Measure a twin.

    Parameters
    ----------
    drawn
        The twin's files and what they were drawn from.
    rng
        Draws rows where there are many, and a second twin for the holdout.
    """
    real = drawn.identities.spelled
    exposed = tuple(shown_identities(drawn.tables, drawn.texts, real))
    if drawn.source is None or drawn.model is None or drawn.twin is None:
        empty = pd.DataFrame(columns=["first", "second", "pmse", "ratio"])
        return Measures(empty, exposed=exposed, identities=len(real))
    columns = drawn.model.columns
    own = {name: c.values for name, c in columns.items()}
    values = drawn.twin.model.values(drawn.twin.scores)
    assert drawn.recipe is not None
    panels = (
        drawn.recipe.panel(firm_years(drawn.source, drawn.source.rows, own)),
        drawn.twin.panel(drawn.recipe),
    )
    keys = (
        keys_of(drawn.source.rows, own, columns, None),
        keys_of(drawn.twin.rows, values, columns, drawn.twin.labels.levels),
    )
    return Measures(
        tables=one_and_two_way(own, values),
        general=of_panels(drawn.recipe, *panels, rng),
        nearness=nearness(drawn.source, columns, own, values, rng),
        unique=uniques(*keys),
        attributions={
            name: attribution((keys[0], a), (keys[1], b))
            for name in outcome_columns(drawn)
            for a, b in [groups(own[name], values[name], TARGET_GROUPS, own[name])]
        },
        exposed=exposed,
        identities=len(real),
    )


def of_panels(
    recipe: PanelRecipe,
    real: pd.DataFrame,
    twin: pd.DataFrame,
    rng: np.random.Generator,
) -> Propensity | None:
    """Return the pMSE of the numbers that the study's models read."""
    read = {n for model in recipe.models for n in names_of(model)} - {FIRM, YEAR}
    names = [
        n for n in real.columns if n in read and pd.api.types.is_numeric_dtype(real[n])
    ]
    if not names:
        return None
    firms = (pd.factorize(real[FIRM])[0], pd.factorize(twin[FIRM])[0])
    return general_propensity(
        real[names].reset_index(drop=True),
        twin[names].reset_index(drop=True),
        firms,
        rng,
    )


def nearness(
    source: PanelSource,
    columns: Mapping[str, Column],
    real: Mapping[str, np.ndarray],
    twin: Mapping[str, np.ndarray],
    rng: np.random.Generator,
) -> Nearness:
    """Return how near a twin's rows, and real rows, are to real rows."""
    room = space(columns, source.rows.firm)
    a, b = room.points(real), room.points(twin)
    chosen, drawn = some(len(a), rng), some(len(b), rng)
    firm = source.rows.firm
    return Nearness(
        twin=quantiles(nearest(b[drawn], a)),
        real=quantiles(nearest(a[chosen], a, (firm[chosen], firm))),
        copies=copied_rows(real, twin),
        closer=held_out(source, columns, a, rng),
    )


def held_out(
    source: PanelSource,
    columns: Mapping[str, Column],
    points: np.ndarray,
    rng: np.random.Generator,
) -> float:
    """Return the share of rows of twins of halves that are nearer to their half."""
    if source.rows.firms < LEAST_FIRMS_HELD_OUT:
        return float("nan")
    again = min(-(-ROWS_HELD_OUT // len(points)), MOST_HALVES)
    return float(
        np.mean([half_closer(source, columns, points, rng) for _ in range(again)])
    )


def half_closer(
    source: PanelSource,
    columns: Mapping[str, Column],
    points: np.ndarray,
    rng: np.random.Generator,
) -> float:
    """Return the share of rows of a random half's twin that are nearer to that half."""
    order = rng.permutation(source.rows.firms)
    half = np.isin(source.rows.firm, order[: len(order) // 2])
    code, _ = pd.factorize(source.rows.firm[half], sort=True)
    rows = Rows(code, source.rows.slot[half], len(order) // 2, source.rows.slots)
    seen = {n: replace(c, values=c.values[half]) for n, c in columns.items()}
    known = {n: c for n, c in seen.items() if np.isfinite(c.values).any()}
    scales = {
        n: f
        for n, f in scales_of(source).items()
        if n in known and set(names_in(f)) <= known.keys()
    }
    model = panel_model(known, rows, scales)
    _, scores = model.draw(rng)
    values = model.values(scores)
    n = len(scores)
    drawn = {
        name: in_order(columns[name], model.columns[name], x)
        if columns[name].kind == "category"
        else x
        for name, x in values.items()
    }
    absent = {name: np.full(n, np.nan) for name in columns if name not in drawn}
    at = space(columns, source.rows.firm).points({**drawn, **absent})
    size = min(half.sum(), (~half).sum())
    own = rng.permutation(np.flatnonzero(half))[:size]
    others = rng.permutation(np.flatnonzero(~half))[:size]
    return share_closer(at[some(n, rng)], points[own], points[others])


def in_order(whole: Column, half: Column, codes: np.ndarray) -> np.ndarray:
    """Return categories by their number in the whole table."""
    number = {level: i for i, level in enumerate(whole.levels)}
    place = np.array([number[level] for level in half.levels], dtype="float64")
    return as_text(codes, place, np.nan).astype("float64")


def outcome_columns(drawn: TwinFiles) -> list[str]:
    """Return the columns of numbers that the models' outcomes are made of."""
    assert drawn.recipe is not None and drawn.model is not None
    variables = {v.name: v for v in drawn.recipe.variables}
    columns: dict[str, None] = {}
    for model in drawn.recipe.models:
        names = {model.outcome}
        if model.outcome in variables:
            variable = variables[model.outcome]
            names |= {variable.value, variable.numerator}
        for name in names:
            key = drawn.source.names.get(name, "") if drawn.source else ""
            if key in drawn.model.columns:
                columns[key] = None
    return list(columns)


def keys_of(
    rows: Rows,
    values: Mapping[str, np.ndarray],
    columns: Mapping[str, Column],
    levels: Mapping[str, np.ndarray] | None,
) -> pd.Series:
    """Return what someone may know of each firm-year, as one text.

    The period, the first and the last period of the firm, and its categories as they
    are shown.
    """
    slot = pd.Series(rows.slot)
    per_firm = slot.groupby(rows.firm)
    parts = [slot, per_firm.transform("min"), per_firm.transform("max")]
    for name, column in columns.items():
        if column.kind != "category" or name == PERIOD_END:
            continue
        texts = np.array(column.levels, object) if levels is None else levels[name]
        parts.append(pd.Series(as_text(values[name], texts)))
    return pd.concat([p.astype(str) for p in parts], axis=1).agg("|".join, axis=1)
