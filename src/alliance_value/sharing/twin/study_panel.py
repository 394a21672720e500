"""Firm-years of a study -> its analysis panel, as far as firm-years alone make it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from alliance_value.contracts.catalogue import variables_of
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.models.design import roles_of
from alliance_value.panel.build import joined, panel_rows
from alliance_value.panel.industry import industry_measures
from alliance_value.panel.variables import formulas, reads
from alliance_value.study.expressions import names_in
from alliance_value.study.spec import Model, Sample, Variable, build, flags_of
from alliance_value.study.terms import expand_all

# The number of a firm-years' row in its twin; no study can name such a column.
TWIN_ROW = "row of the twin"


@dataclass(frozen=True)
class PanelRecipe:
    """The part of a study that firm-years alone make.

    Parameters
    ----------
    study
        The resolved study.
    variables
        Variables that need no other table.
    models
        Models whose variables are all there.
    """

    study: Mapping[str, Any]
    variables: tuple[Variable, ...]
    models: tuple[Model, ...]

    def panel(self, firm_years: pd.DataFrame) -> pd.DataFrame:
        """Return the panel of firm-years, its index the rows' numbers in the twin.

        Raises
        ------
        UserError
            A condition leaves no row, or a formula cannot be computed.
        """
        parts = [
            industry_measures(
                firm_years[[FIRM, YEAR]].assign(
                    sic=firm_years[rule["code"]], sale=firm_years[rule["sales"]]
                ),
                rule["digits"],
            )
            for rule in [self.study.get("industry")]
            if rule
        ]
        panel, _, _ = panel_rows(
            joined(firm_years, parts),
            self.variables,
            build(Sample, self.study["sample"]),
            FunnelBranch("sample"),
        )
        return panel.reset_index(drop=True).set_index(TWIN_ROW)


def panel_recipe(study: Mapping[str, Any], columns: Sequence[str]) -> PanelRecipe:
    """Return what of a study the columns of its firm-years are enough for.

    Parameters
    ----------
    study
        The resolved study.
    columns
        Columns of the firm-years, by the study's names.
    """
    here = {FIRM, YEAR, *columns}
    if "industry" in study:
        here |= {*variables_of("industries")}
    waiting = {n: Variable.of(n, v) for n, v in study["variables"].items()}
    flags = flags_of(study["variables"])
    variables: dict[str, Variable] = {}
    known = set(here)
    while True:
        ready = {n: v for n, v in waiting.items() if needs(v, here) <= known}
        if not ready:
            break
        variables |= ready
        known |= ready.keys() | {flag for flag, n in flags.items() if n in ready}
        waiting = {n: v for n, v in waiting.items() if n not in ready}
    conditions = {n for c in study["sample"]["where"] for n in names_in(c)}
    models = [Model.of(m) for m in study["models"]]
    able = [m for m in models if names_of(m) | conditions <= known]
    return PanelRecipe(study, tuple(variables.values()), tuple(able))


def needs(variable: Variable, columns: set[str]) -> set[str]:
    """Return what a variable is made of; its own name is the source's column."""
    return made_of(variable) - ({variable.name} & columns)


def made_of(variable: Variable) -> set[str]:
    """Return the names that a variable is made of; its own where it has no formula."""
    return reads(variable) | (set() if formulas(variable) else {variable.name})


def names_of(model: Model) -> set[str]:
    """Return the variables that a model reads."""
    further = model.selection.terms if model.selection else model.instruments
    terms = expand_all([*model.terms, *model.controls])
    names = {*roles_of(model, terms, expand_all(further))}
    names |= {n for text in (*model.effects, *model.clusters) for n in text.split(":")}
    names |= {n for condition in model.where for n in names_in(condition)}
    return names | {*(model.gmm.instruments if model.gmm else ())}
