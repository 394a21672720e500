"""Dyads + what partners are to each other -> what it adds to value and its division."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.alliances import functions, positions
from alliance_value.alliances.appropriation import (
    WITH_JACKKNIFE,
    antisymmetric_model,
)
from alliance_value.alliances.dependence import (
    ages,
    alternatives,
    both_sides,
    customer_dependence,
    industry_dependence,
    knowledge_overlap,
)
from alliance_value.alliances.dyad_models import (
    BASE,
    CONTROLS,
    sample_of,
    with_measures,
)
from alliance_value.models.small_samples import fitted
from alliance_value.vocabulary.entries import method

CREATION, CAPTURE = "creation", "capture"
COLUMNS = ["model", "outcome", "se_type", "term", "estimate", "se", "df", "t", "p"]
COLUMNS += ["ci_low", "ci_high", "n"]
ALIKE = 1 - 1e-9  # correlation at which two measures are one
DIFFERENCES = ("log_value_difference", "experience_difference")


@dataclass(frozen=True)
class Construct:
    """What one construct says of a deal.

    Parameters
    ----------
    measures
        Columns that know no order of the partners: they moderate creation.
    differences
        Columns i less j: they explain who takes more.
    """

    measures: tuple[str, ...]
    differences: tuple[str, ...] = ()


CONSTRUCTS = {
    "dependence": Construct(
        ("mutual_dependence", "dependence_imbalance"), ("dependence_difference",)
    ),
    "customer_dependence": Construct(
        ("mutual_customer_dependence", "customer_dependence_imbalance"),
        ("customer_dependence_difference",),
    ),
    "alternatives": Construct(
        ("alternatives", "concentration"), ("alternatives_difference",)
    ),
    "age": Construct(("age_gap", "young_established"), ("age_difference",)),
    "knowledge": Construct(("knowledge_overlap",)),
    "position": Construct(
        ("joint_betweenness", "both_in_core"), ("betweenness_difference",)
    ),
    "function": Construct(("functions",), ("function_difference",)),
}


def measured(
    dyads: pd.DataFrame, asked: Sequence[str], tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return the dyads with the columns of the constructs that are asked for.

    Parameters
    ----------
    dyads
        One row per deal.
    asked
        Names among `CONSTRUCTS`.
    tables
        The canonical tables that they need, by name.
    """
    measures = {
        "dependence": lambda: both_sides(
            industry_dependence(dyads, tables["input_output"]), "dependence"
        ),
        "customer_dependence": lambda: both_sides(
            customer_dependence(dyads, tables["major_customers"]), "customer_dependence"
        ),
        "alternatives": lambda: alternatives(dyads, tables["industries"]),
        "age": lambda: ages(dyads, tables["firm_years"]),
        "knowledge": lambda: knowledge_overlap(
            dyads, tables["firm_classes"]
        ).to_frame(),
        "position": lambda: positions.of_dyads(dyads, tables["network_years"]),
        "function": lambda: functions.of_dyads(dyads, tables["function_spells"]),
    }
    return pd.concat([dyads, *(measures[name]() for name in asked)], axis=1)


@method(
    "moderators",
    under="Deals",
    asks=("event_study", "constructs"),
    order=65,
    words="Measures of what partners are to each other, less their means, "
    "are added to the model of the combined return; a model of each construct has its "
    "products with asymmetric structures too. Differences between the partners "
    "explain who takes more.",
)
def moderator_models(
    dyads: pd.DataFrame, asked: Sequence[str], confidence: float
) -> pd.DataFrame:
    """Estimate what constructs add to the value of deals and to its division.

    Parameters
    ----------
    dyads
        From `measured`.
    asked
        Names among `CONSTRUCTS`.
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        `COLUMNS`. Models: ``creation`` with every measure; ``creation by <construct>``
        with the products of its measures and asymmetric structures beside; ``capture``
        of the difference of both abnormal returns by differences between partners. A
        measure that does not vary, is known of less than half of the deals, or is the
        same as one before it, is left out.
    """
    table = with_measures(dyads)
    measures = usable(table, [m for name in asked for m in CONSTRUCTS[name].measures])
    table = table.assign(**{m: table[m] - table[m].mean() for m in measures})
    parts = [creation(table, CREATION, measures, [], confidence)]
    for name in asked:
        own = [m for m in CONSTRUCTS[name].measures if m in measures]
        if own:
            title = f"{CREATION} by {name.replace('_', ' ')}"
            parts.append(creation(table, title, measures, own, confidence))
    differences = usable(table, [d for n in asked for d in CONSTRUCTS[n].differences])
    taken = antisymmetric_model(
        table,
        "car_difference",
        controls=(*DIFFERENCES, *differences),
        confidence=confidence,
        kinds=WITH_JACKKNIFE,
    )
    parts.append(taken.assign(model=CAPTURE))
    kept = [part[COLUMNS] for part in parts if len(part)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=COLUMNS)


def usable(table: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Return columns that vary, are known of half of the deals, and repeat no other."""
    kept: list[str] = []
    for name in names:
        known = table[name].dropna()
        if len(known) < len(table) / 2 or float(np.ptp(known)) == 0:
            continue
        alike = table[kept].corrwith(table[name]).abs() if kept else pd.Series([0.0])
        if alike.max() < ALIKE:
            kept.append(name)
    return kept


def creation(
    table: pd.DataFrame,
    name: str,
    measures: Sequence[str],
    moderating: Sequence[str],
    confidence: float,
) -> pd.DataFrame:
    """Estimate the model of the combined return with further measures."""
    products = [f"asymmetric:{m}" for m in moderating]
    model = replace(BASE, name=name, controls=(*CONTROLS, *measures, *products))
    sample = replace(sample_of(table, model), jackknife=True)
    estimates, fit = fitted(sample, confidence)
    return estimates.assign(outcome=sample.outcome, n=fit["n"])
