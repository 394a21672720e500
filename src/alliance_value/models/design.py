"""A model's specification + the panel -> the rows and columns to estimate from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import prod

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, PROVENANCE, YEAR
from alliance_value.contracts.funnel import PANEL_ROWS, FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.models.columns import CONSTANT, Columns, standardized
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.within import deviations, without
from alliance_value.study.expressions import ExpressionError, evaluate, names_in
from alliance_value.study.spec import Model
from alliance_value.study.terms import Term, expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator, StandardError


@dataclass(frozen=True)
class Raw:
    """A design's columns, centred and scaled.

    Parameters
    ----------
    y, x, z
        Outcome, terms and instruments.
    root
        Roots of the weights, shape (n,), or None.
    """

    y: Columns
    x: Columns
    z: Columns
    root: np.ndarray | None


@dataclass(frozen=True)
class Design:
    """The complete rows of one model.

    Parameters
    ----------
    outcome
        float64, shape (n,); in a selection model missing where not observed.
    terms
        float64, shape (n, k): regressors by term; a constant last in models without
        absorbed effects.
    effects
        int64 codes, shape (n, number of effects): those that the estimator takes out,
        or gives dummies.
    clusters
        int64 codes, shape (n, number of cluster dimensions).
    factors
        The variables that products are made of, shape (n, number of variables): less
        the entity's means in products within entities.
    keys
        firm and fiscal year of each row, shape (n, 2).
    singletons_dropped
        Rows dropped because they are alone in an effect.
    weights
        float64, shape (n,), or None.
    instruments
        float64, shape (n, l): excluded instruments; or the selection equation's terms.
    observed
        bool, shape (n,): rows whose outcome is observed.
    rank
        Parameters that the effects take: the rank of all their dummies, or a bound of
        it (``engine.blocks.effect_rank``).
    levels
        firm, fiscal year and variables of all rows that meet the model's conditions,
        complete or not: what lagged instruments are taken from.
    cluster_values
        The columns of the first cluster dimension, shape (n, number of columns).
    places
        Latitude and longitude, shape (n, 2), where the model names them.
    ordinary
        The same rows with ordinary products, where these are within entities.
    """

    outcome: pd.Series
    terms: pd.DataFrame
    effects: pd.DataFrame
    clusters: pd.DataFrame
    factors: pd.DataFrame
    keys: pd.DataFrame
    singletons_dropped: int
    rank: int = 0
    weights: np.ndarray | None = None
    instruments: pd.DataFrame = field(default_factory=pd.DataFrame)
    observed: np.ndarray = field(default_factory=lambda: np.ones(0, dtype=bool))
    levels: pd.DataFrame = field(default_factory=pd.DataFrame)
    cluster_values: pd.DataFrame = field(default_factory=pd.DataFrame)
    places: pd.DataFrame = field(default_factory=pd.DataFrame)
    ordinary: Design | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The terms' names, the constant's among them."""
        return tuple(map(str, self.terms.columns))

    @property
    def z_names(self) -> tuple[str, ...]:
        """The names of the instruments, or of the selection equation's terms."""
        return tuple(map(str, self.instruments.columns))

    @property
    def effect_names(self) -> tuple[str, ...]:
        """The names of the effects."""
        return tuple(map(str, self.effects.columns))

    @cached_property
    def raw(self) -> Raw:
        """The columns in units that suit them, effects in."""
        w = self.weights
        z = self.instruments.to_numpy("float64").reshape(len(self.outcome), -1)
        return Raw(
            standardized(self.outcome.to_numpy("float64")[:, None], ["outcome"], w),
            standardized(self.terms.to_numpy("float64"), self.names, w),
            standardized(z, self.z_names, w),
            None if w is None else np.sqrt(w),
        )

    @cached_property
    def inside(self) -> Raw:
        """The columns without effects, times the roots of weights."""
        raw, count = self.raw, len(self.names)
        effects = self.effects.to_numpy("int64")
        every = without(raw.y.beside(raw.x, raw.z), effects, raw.root)
        return Raw(
            every.take(slice(0, 1)),
            every.take(slice(1, 1 + count)),
            every.take(slice(1 + count, None)),
            raw.root,
        )

    @property
    def cluster_names(self) -> tuple[str, ...]:
        """The values of the first cluster dimension, in the order of its codes."""
        columns = list(self.cluster_values.columns)
        if not columns:
            return ()
        values = self.cluster_values.drop_duplicates().sort_values(columns)
        return tuple(" : ".join(map(in_words, row)) for row in values.to_numpy(object))

    @property
    def firms(self) -> np.ndarray:
        """Integer codes of the rows' firms from 0 on, shape (n,)."""
        return np.asarray(codes(self.keys, (FIRM,))[FIRM])


def columns_needed(models: Sequence[Model]) -> list[str]:
    """Return the columns of the panel that models read, the key first."""
    names: dict[str, None] = {}
    for model in models:
        further = model.selection.terms if model.selection else model.instruments
        roles = roles_of(
            model, expand_all([*model.terms, *model.controls]), expand_all(further)
        )
        groups = [n for e in (*model.effects, *model.clusters) for n in e.split(":")]
        lagged = model.gmm.instruments if model.gmm else ()
        conditions = [name for text in model.where for name in names_in(text)]
        names |= dict.fromkeys([*roles, *groups, *lagged, *conditions])
    return [*dict.fromkeys([FIRM, YEAR, *names])]


def design(
    panel: pd.DataFrame, model: Model, funnel: FunnelBranch, problems: list[Problem]
) -> Design | None:
    """Select a model's rows and columns, counting every row that falls out.

    Returns
    -------
    Design or None
        None when a problem was noted.
    """
    where = f"models.{model.name}"
    known = len(problems)
    funnel.start(panel, "panel", f"{PANEL_ROWS} of the sample")
    rows = panel
    for condition in model.where:
        try:
            columns = {str(name): rows[name] for name in rows.columns}
            keep = evaluate(condition, columns).fillna(0.0).ne(0.0)
        except ExpressionError as error:
            problems.append(Problem(str(error), "correct the condition", where))
            continue
        rows = funnel.keep(rows, keep, f"where {condition}", "where of the model")
    terms = expand_all([*model.terms, *model.controls])
    further = model.selection.terms if model.selection else model.instruments
    instruments = expand_all(further)
    roles = roles_of(model, terms, instruments)
    groups = dict.fromkeys(
        name for text in (*model.effects, *model.clusters) for name in text.split(":")
    )
    lagged = dict.fromkeys(model.gmm.instruments if model.gmm else ())
    for name in [*roles, *lagged]:
        if not pd.api.types.is_numeric_dtype(rows[name]):
            problems.append(
                Problem(
                    rule=f"'{name}' is text and cannot be a regressor or outcome",
                    remedy=f"make a 0/1 variable of it, such as {name} == 'X', "
                    "or use it as an effect",
                    where=where,
                )
            )
    problems += weight_problems(rows, model)
    problems += place_problems(rows, model)
    if len(problems) > known:
        return None
    levels = rows[list(dict.fromkeys([FIRM, YEAR, *lagged]))]
    observed = observed_rows(rows, model)
    for name, role in {**roles, **dict.fromkeys(groups, "group")}.items():
        keep = rows[name].notna()
        if model.selection and role in ("outcome", "term"):
            keep |= ~observed.loc[rows.index]  # what is not observed may be missing
        if name not in (FIRM, YEAR):
            rows = funnel.keep(rows, keep, f"{role} {name} observed", "missing value")
    problems += series_problems(rows, model)
    before = len(rows)
    names = effects_out(model)
    by_member = entries(StandardError)[model.standard_errors].exactly
    clusters = () if by_member else model.clusters
    absorbing = entries(Estimator)[model.estimator].entity == "absorbed"
    grouping = tuple(dict.fromkeys((*names, *clusters)))
    numbered = codes(rows, grouping)
    if names and absorbing and model.singletons == "drop":
        alone = singletons(numbered[list(names)].to_numpy())
        rows = funnel.keep(
            rows,
            pd.Series(~alone, index=rows.index),
            "not alone in a fixed effect",
            "singletons tell nothing about slopes within effects",
        )
    dropped = before - len(rows)
    if dropped:
        numbered = codes(rows, grouping)
    effects = numbered[list(names)]
    matrix = products(rows, terms)
    if has_constant(model):
        matrix[CONSTANT] = 1.0
    absorbed, exact = effect_rank(effects.to_numpy("int64"))
    if len(rows) <= matrix.shape[1] + absorbed:
        problems.append(
            Problem(
                rule=f"{len(rows)} rows are left for {matrix.shape[1]} terms and "
                f"{'' if exact else 'up to '}{absorbed} parameters of effects",
                remedy="the funnel shows what takes rows away: "
                + "; ".join(f"{s['step']}: {s['rows_out']}" for s in funnel.steps),
                where=where,
            )
        )
    if len(problems) > known:
        return None
    kept = list(dict.fromkeys(name for t in terms for name in t.factors))
    data = Design(
        outcome=rows[model.outcome].astype("float64"),
        terms=matrix,
        effects=effects,
        clusters=(member_codes(rows, model) if by_member else numbered[list(clusters)]),
        cluster_values=rows[first_cluster(model)],
        factors=rows[kept],
        keys=rows[[FIRM, YEAR]],
        singletons_dropped=dropped,
        rank=absorbed,
        weights=rows[model.weights].to_numpy("float64") if model.weights else None,
        instruments=products(rows, instruments),
        observed=observed.loc[rows.index].to_numpy(),
        levels=levels,
        places=rows[list(model.coordinates)],
    )
    if model.interactions == "product":
        return data
    return with_products_within(data, rows, terms, instruments)


def with_products_within(
    data: Design, rows: pd.DataFrame, terms: list[Term], instruments: list[Term]
) -> Design:
    """Return a design whose products are of deviations from the entity's means.

    The other terms stay as they are: the effects take their means out.
    """
    names = [n for t in (*terms, *instruments) for n in t.factors if len(t.factors) > 1]
    names = list(dict.fromkeys(names))
    values = rows[names].to_numpy("float64")
    apart = rows.copy()
    apart[names] = deviations(values, data.firms, data.weights)
    several = [t for t in (*terms, *instruments) if len(t.factors) > 1]
    within = products(apart, several)

    def with_made(columns: pd.DataFrame) -> pd.DataFrame:
        changed = columns.copy()
        shown = within.columns.intersection(columns.columns)
        changed[shown] = within[shown]
        return changed

    return replace(
        data,
        terms=with_made(data.terms),
        instruments=with_made(data.instruments),
        factors=apart[list(data.factors.columns)],
        ordinary=data,
    )


def roles_of(
    model: Model, terms: list[Term], instruments: list[Term]
) -> dict[str, str]:
    """Return what each column of numbers is there for.

    A term of the selection equation must be known in every row; the outcome's terms
    only where it is observed.
    """
    roles = {model.outcome: "outcome"}
    roles |= {name: "term" for t in terms for name in t.factors}
    for name in (name for t in instruments for name in t.factors):
        if model.selection:
            roles[name] = "selection term"
        else:
            roles.setdefault(name, "instrument")
    if model.selection and model.selection.observed:
        roles.setdefault(model.selection.observed, "selection")
    if model.weights:
        roles.setdefault(model.weights, "weight")
    for name in model.coordinates:
        roles.setdefault(name, "coordinate")
    return roles


def observed_rows(rows: pd.DataFrame, model: Model) -> pd.Series:
    """Return whether each row's outcome counts as observed."""
    if model.selection and model.selection.observed:
        return rows[model.selection.observed].fillna(0.0).ne(0.0)
    if model.selection:
        return rows[model.outcome].notna()
    return pd.Series(True, index=rows.index)


def products(rows: pd.DataFrame, terms: list[Term]) -> pd.DataFrame:
    """Return terms as columns of products."""
    columns = {}
    for term in terms:
        first, *others = (rows[name].astype("float64") for name in term.factors)
        columns[term.name] = prod(others, start=first)
    return pd.DataFrame(columns, index=rows.index, dtype="float64", copy=False)


def effects_out(model: Model) -> tuple[str, ...]:
    """Return the effects that the estimator takes out or gives dummies."""
    entity = entries(Estimator)[model.estimator].entity
    if entity == "absorbed":
        return model.effects
    others = tuple(e for e in model.effects if e != FIRM)
    return (FIRM, *others) if entity == "differenced" else others


def has_constant(model: Model) -> bool:
    """Return whether the model has a constant among its terms."""
    entity = entries(Estimator)[model.estimator].entity
    return entity in ("random", "none") or not effects_out(model)


def weight_problems(rows: pd.DataFrame, model: Model) -> list[Problem]:
    """Return weights that are none."""
    if not model.weights:
        return []
    bad = rows[rows[model.weights].le(0)]
    if bad.empty:
        return []
    first = bad.iloc[0]
    place = f"of {first[FIRM]} in {first[YEAR]}"
    if "source_row" in bad:
        place = f"in row {first.source_row} of {first.source_file}, {place}"
    return [
        Problem(
            rule=f"{len(bad)} weights are not positive, the first {place}",
            remedy="take these rows out with 'where', such as "
            f'where: ["{model.weights} > 0"]',
            where=f"models.{model.name}.weights",
        )
    ]


def place_problems(rows: pd.DataFrame, model: Model) -> list[Problem]:
    """Return coordinates that are no degrees."""
    problems = []
    for name, most in zip(model.coordinates, (90, 180), strict=False):
        values = rows[name]
        if not pd.api.types.is_numeric_dtype(values):
            continue  # said of all columns of numbers
        bad = rows[values.abs().gt(most).fillna(False)]
        if len(bad):
            first = bad.iloc[0]
            problems.append(
                Problem(
                    rule=f"'{name}' is beyond {most} degrees in {len(bad)} rows, such "
                    f"as {first[name]:g} of {first[FIRM]} in {first[YEAR]}",
                    remedy="name latitude, then longitude, in degrees: west and south "
                    "are negative",
                    where=f"models.{model.name}.coordinates",
                )
            )
    return problems


def with_places(panel: pd.DataFrame, firm_years: pd.DataFrame) -> pd.DataFrame:
    """Return a panel with the file and row that each of its rows was read from."""
    keys = [FIRM, YEAR]
    places = firm_years[[*keys, *PROVENANCE]].drop_duplicates(keys)
    return panel.merge(places, on=keys, how="left", validate="many_to_one")


def series_problems(rows: pd.DataFrame, model: Model) -> list[Problem]:
    """Return repeated firm-years where the estimator compares a firm's years."""
    if not entries(Estimator)[model.estimator].series:
        return []
    twice = rows[rows.duplicated([FIRM, YEAR], keep=False)]
    if twice.empty:
        return []
    first = twice.iloc[0]
    return [
        Problem(
            rule=f"{len(twice)} rows share their firm and year with another, such as "
            f"{first[FIRM]} in {first[YEAR]}; {model.estimator} compares a firm's "
            "years and needs one row for each",
            remedy="set sources.firm_years.duplicates to first or stop, or use an "
            "estimator that does not compare years",
            where=f"models.{model.name}",
        )
    ]


def codes(rows: pd.DataFrame, groups: tuple[str, ...]) -> pd.DataFrame:
    """Return the number of each row's group, per column or combination ``a:b``."""
    columns: dict[str, np.ndarray] = {}
    for text in groups:
        names = text.split(":")
        if len(names) == 1:
            numbers, _ = pd.factorize(rows[text], sort=True)
            columns[text] = numbers.astype("int64", copy=False)
        else:
            grouped = rows.groupby(names, sort=True, observed=True)
            columns[text] = np.asarray(grouped.ngroup(), dtype="int64")
    return pd.DataFrame(columns, index=rows.index, dtype="int64")


def member_codes(rows: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the codes of dyads' members, in one common numbering."""
    members = [
        rows[text.split(":")].astype("string").agg(" : ".join, axis=1)
        for text in model.clusters
    ]
    numbers, _ = pd.factorize(np.concatenate(members), sort=True)
    shaped = numbers.reshape(len(members), -1).T.astype("int64")
    return pd.DataFrame(shaped, index=rows.index, columns=list(model.clusters))


def first_cluster(model: Model) -> list[str]:
    """Return the columns of a model's first cluster dimension."""
    return model.clusters[0].split(":") if model.clusters else []


def in_words(value: object) -> str:
    """Return a value as text, whole numbers without a decimal point."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def singletons(effects: np.ndarray) -> np.ndarray:
    """Return rows that are alone in an effect, again and again until none is left.

    Parameters
    ----------
    effects
        Integer codes, shape (n, number of effects).

    Returns
    -------
    numpy.ndarray
        bool, shape (n,). The rows kept are the 2-core of Correia (2015), "Singletons,
        cluster-robust standard errors and fixed effects".
    """
    alone = np.zeros(len(effects), dtype=bool)
    while True:
        again = alone.copy()
        for column in effects.T:
            size = np.bincount(column[~alone], minlength=column.max(initial=0) + 1)
            again |= size[column] == 1
        if (again == alone).all():
            return alone
        alone = again
