"""A family of models + the panel -> their estimates, fits, margins and funnels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.tables import (
    Covariances,
    Estimates,
    Fits,
    Margins,
    conform,
    empty,
)
from alliance_value.models.collinearity import absorbed_terms, dependences
from alliance_value.models.design import CONSTANT, Design, design
from alliance_value.models.estimate import (
    covariance_table,
    estimates_table,
    fit,
    fits_row,
)
from alliance_value.models.margins import margins_table
from alliance_value.models.within import demean
from alliance_value.study.spec import Model


@dataclass(frozen=True)
class FamilyTables:
    """What the estimation of a family hands on."""

    estimates: pd.DataFrame
    fits: pd.DataFrame
    covariances: pd.DataFrame
    margins: pd.DataFrame
    funnel: pd.DataFrame


def estimate_family(
    panel: pd.DataFrame,
    models: Sequence[Model],
    progress: Callable[[str], None] = lambda message: None,
) -> FamilyTables:
    """Estimate models on the panel.

    Parameters
    ----------
    panel
        The analysis panel.
    models
        Specifications; their columns are in the panel.
    progress
        Told of each model before it is estimated.

    Raises
    ------
    UserError
        With the problems of all models: absorbed or collinear terms, too few rows.
    """
    problems: list[Problem] = []
    parts: dict[str, list[pd.DataFrame]] = {
        key: [] for key in ("estimates", "covariances", "margins", "funnel")
    }
    fits: list[dict[str, object]] = []
    for number, model in enumerate(models, start=1):
        progress(f"model {number} of {len(models)}: {model.name}")
        funnel = FunnelBranch(model.name)
        rows = design(panel, model, funnel, problems)
        if rows is None:
            continue
        rows, absorbed = identified(rows, model, problems)
        if rows is None:
            continue
        result = fit(rows, model)
        parts["estimates"].append(estimates_table(model, result))
        parts["covariances"].append(covariance_table(model, result))
        margins = margins_table(model, rows, result)
        if len(margins):
            parts["margins"].append(margins)
        parts["funnel"].append(funnel.table())
        fits.append(fits_row(model, rows, result, absorbed))
    raise_if(problems, "the models")
    return FamilyTables(
        estimates=conform(pd.concat(parts["estimates"]), Estimates),
        fits=conform(pd.DataFrame(fits), Fits),
        covariances=conform(pd.concat(parts["covariances"]), Covariances),
        margins=(
            conform(pd.concat(parts["margins"]), Margins)
            if parts["margins"]
            else empty(Margins)
        ),
        funnel=pd.concat(parts["funnel"], ignore_index=True),
    )


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
    names = list(rows.terms.columns)
    raw = rows.terms.to_numpy()
    within = demean(raw, rows.effects.to_numpy()) if model.effects else raw
    spread = within - within.mean(axis=0) if not model.effects else within
    absorbed = absorbed_terms(names, raw, spread, not model.effects)
    effects = " and ".join(model.effects) or "the constant"
    if absorbed and model.absorbed == "stop":
        problems += [
            Problem(
                rule=f"'{name}' does not vary within {effects}: the effects absorb it",
                remedy="leave it out (write 'a' and 'a:b' instead of 'a*b' to keep an "
                "interaction), use fewer effects, or set absorbed: drop",
                where=where,
            )
            for name in absorbed
        ]
        return None, absorbed
    kept = [n for n in names if n not in absorbed]
    if not [n for n in kept if n != CONSTANT]:
        problems.append(
            Problem("the effects absorb every term", "use fewer effects", where)
        )
        return None, absorbed
    columns = np.array([names.index(n) for n in kept])
    found = dependences(kept, within[:, columns])
    problems += [
        Problem(
            rule=f"terms are exactly collinear: {dependence}",
            remedy=f"leave out '{dependence.term}' or one of the others",
            where=where,
        )
        for dependence in found
    ]
    centred = rows.outcome.to_numpy()[:, None]
    left = demean(centred, rows.effects.to_numpy())
    if np.sqrt((left**2).mean()) <= 1e-12 * np.sqrt((centred**2).mean()):
        problems.append(
            Problem(
                rule=f"the outcome '{model.outcome}' does not vary within {effects}",
                remedy="choose another outcome or fewer effects",
                where=where,
            )
        )
        return None, absorbed
    if found:
        return None, absorbed
    return replace(rows, terms=rows.terms[kept]), absorbed
