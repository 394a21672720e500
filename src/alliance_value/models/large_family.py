"""A family of models + a panel larger than the study's memory -> its tables, in passes.

Tables that need rows (margins, slopes, a second opinion) are empty; a model that would
have them, or that cannot be had in passes, is not estimated, for that reason.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.failures import failures_of
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import PANEL_ROWS, FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.results import OF_FAMILIES
from alliance_value.models.design import columns_needed
from alliance_value.models.estimate import (
    covariance_table,
    diagnostics_table,
    estimates_table,
    known_of,
)
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.family import FamilyTables, joined
from alliance_value.models.in_passes import LargeFit, fit_in_passes
from alliance_value.models.second_opinion import Opinion
from alliance_value.models.shards import Shards
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all

COPIES = 6
"""Times that a family in memory holds its columns (benchmarks/README.md)."""


def megabytes_held(panel: Shards, models: Sequence[Model]) -> float:
    """Return what the models' columns take when all rows are in memory."""
    return COPIES * 8 * panel.rows * len(columns_needed(models)) / 1e6


def estimate_large_family(
    panel: Shards,
    models: Sequence[Model],
    megabytes: float,
    tell: Callable[[str], None] = lambda message: None,
    trace: Callable[[str], None] = lambda message: None,
    *,
    stop: bool = True,
) -> FamilyTables:
    """Estimate models on a panel of which a batch of rows is held at a time.

    Parameters
    ----------
    panel
        The analysis panel.
    models
        Specifications, such as `study.resolve` gives; their columns are in the panel.
    megabytes
        Memory that sums may take.
    tell, trace
        Told how it is done, and of each step.
    stop
        Whether a model that cannot be estimated stops the others; where it does not,
        ``failures`` says why.

    Raises
    ------
    UserError
        With the problems of all models, if ``stop``.
    """
    parts: dict[str, list[pd.DataFrame]] = {key: [] for key in OF_FAMILIES}
    for number, model in enumerate(models, start=1):
        trace(f"model {number} of {len(models)}: {model.name}")
        try:
            if rule := beyond_passes(model):
                raise EstimationError(
                    f"{rule}: that cannot be had in passes over a panel that "
                    f"takes more than memory ({megabytes:,.0f} MB)",
                    "change the model, or raise memory",
                )
            large = fit_in_passes(panel, model, megabytes, trace)
        except EstimationError as error:
            problem = Problem(error.rule, error.remedy, f"models.{model.name}")
            parts["failures"].append(failures_of(model.name, [problem]))
            continue
        tell(
            f"{model.name}: {panel.rows:,} rows in passes, sums of "
            f"{large.megabytes:,.0f} MB (memory: {megabytes:,.0f})"
        )
        parts["estimates"].append(estimates_table(model, large.fit))
        parts["covariances"].append(covariance_table(model, large.fit))
        parts["diagnostics"].append(diagnostics_table(model, large.fit))
        parts["funnel"].append(funnel_of(model, large))
        parts["fits"].append(pd.DataFrame([fits_row(model, large)]))
    return joined(parts, stop)


def beyond_passes(model: Model) -> str:
    """Return what the tables of a study need rows for; empty where nothing does."""
    if any(len(t.factors) > 1 for t in expand_all([*model.terms, *model.controls])):
        return "products have margins and slopes, which are taken from rows"
    if set(model.effects) != {FIRM, YEAR}:
        return "its effects are not those of entity and time"
    return ""


def funnel_of(model: Model, large: LargeFit) -> pd.DataFrame:
    """Return the steps from the panel to the model's N."""
    branch = FunnelBranch(model.name)
    branch.count(
        "panel", large.rows, large.rows, large.groups, f"{PANEL_ROWS} of the sample"
    )
    branch.count(
        "where and complete",
        large.rows,
        large.complete,
        large.passed.groups_seen,
        "where of the model, or missing value",
    )
    branch.count(
        "not alone in a fixed effect",
        large.complete,
        large.fit.n,
        large.passed.groups,
        "singletons tell nothing about slopes within effects",
    )
    return branch.table()


def fits_row(model: Model, large: LargeFit) -> dict[str, object]:
    """Return a fit as a row of the fits table."""
    fit, passed = large.fit, large.passed
    second = Opinion(note="no second opinion on rows that are not held in memory")
    return {
        **known_of(model, fit, second),
        "effects": ", ".join(model.effects),
        "entities": passed.groups,
        "periods": int(passed.levels.sum()),
        "smallest_cluster_count": len(passed.grams.clusters),
        "singletons_dropped": passed.alone,
        "terms_absorbed": "",
        "outcome_mean": passed.means[0],
        "outcome_sd": np.sqrt(passed.variations[0] / (fit.n - 1)),
    }
