"""A model's specification + the panel -> the rows and columns to estimate from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.tables import FIRM, YEAR
from alliance_value.study.expressions import ExpressionError, evaluate
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all

CONSTANT = "constant"


@dataclass(frozen=True)
class Design:
    """The complete rows of one model.

    Parameters
    ----------
    outcome
        float64, shape (n,).
    terms
        float64, shape (n, k): regressors by term; a constant last in pooled models.
    effects
        int64 codes, shape (n, number of effects).
    clusters
        int64 codes, shape (n, number of cluster dimensions).
    factors
        The variables that terms are made of, shape (n, number of variables).
    keys
        firm and fiscal year of each row, shape (n, 2).
    singletons_dropped
        Rows dropped because they are alone in an effect.
    """

    outcome: pd.Series
    terms: pd.DataFrame
    effects: pd.DataFrame
    clusters: pd.DataFrame
    factors: pd.DataFrame
    keys: pd.DataFrame
    singletons_dropped: int


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
    funnel.start(panel, "panel", "firm-years of the sample")
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
    numbers = dict.fromkeys([model.outcome, *(f for t in terms for f in t.factors)])
    groups = dict.fromkeys(
        name for text in (*model.effects, *model.clusters) for name in text.split(":")
    )
    for name in numbers:
        if not pd.api.types.is_numeric_dtype(rows[name]):
            problems.append(
                Problem(
                    rule=f"'{name}' is text and cannot be a regressor or outcome",
                    remedy=f"make a 0/1 variable of it, such as {name} == 'X', "
                    "or use it as an effect",
                    where=where,
                )
            )
    if len(problems) > known:
        return None
    for name in [*numbers, *groups]:
        kind = "outcome" if name == model.outcome else "term"
        kind = kind if name in numbers else "group"
        keep = rows[name].notna()
        if name not in (FIRM, YEAR):
            rows = funnel.keep(rows, keep, f"{kind} {name} observed", "missing value")
    before = len(rows)
    effects = codes(rows, model.effects)
    if model.effects and model.singletons == "drop":
        alone = singletons(effects.to_numpy())
        rows = funnel.keep(
            rows,
            pd.Series(~alone, index=rows.index),
            "not alone in a fixed effect",
            "singletons tell nothing about slopes within effects",
        )
    dropped = before - len(rows)
    effects = codes(rows, model.effects)
    matrix = pd.DataFrame(
        {t.name: rows[list(t.factors)].prod(axis=1) for t in terms}, dtype="float64"
    )
    if not model.effects:
        matrix[CONSTANT] = 1.0
    absorbed = int(sum(effects.nunique())) - max(0, effects.shape[1] - 1)
    if len(rows) <= matrix.shape[1] + absorbed:
        problems.append(
            Problem(
                rule=f"{len(rows)} rows are left for {matrix.shape[1]} terms and "
                f"{absorbed} effects",
                remedy="the funnel shows what takes rows away: "
                + "; ".join(f"{s['step']}: {s['rows_out']}" for s in funnel.steps),
                where=where,
            )
        )
        return None
    return Design(
        outcome=rows[model.outcome].astype("float64"),
        terms=matrix,
        effects=effects,
        clusters=codes(rows, model.clusters),
        factors=rows[[name for name in numbers if name != model.outcome]],
        keys=rows[[FIRM, YEAR]],
        singletons_dropped=dropped,
    )


def codes(rows: pd.DataFrame, groups: tuple[str, ...]) -> pd.DataFrame:
    """Return the number of each row's group, per column or combination ``a:b``."""
    columns = {}
    for text in groups:
        grouped = rows.groupby(text.split(":"), sort=True, observed=True)
        columns[text] = grouped.ngroup().astype("int64")
    return pd.DataFrame(columns, index=rows.index)


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
