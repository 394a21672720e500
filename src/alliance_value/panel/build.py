"""Firm-years + a study's variables and sample -> the analysis panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.contracts.catalogue import BASE
from alliance_value.contracts.firm_years import FIRM, PROVENANCE, YEAR, Panel
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.panel.variables import Built, build_variables
from alliance_value.study.expressions import ExpressionError, evaluate
from alliance_value.study.spec import Sample, Variable, build


@dataclass(frozen=True)
class PanelTables:
    """What the panel stage hands on."""

    panel: pd.DataFrame
    rejects: pd.DataFrame
    funnel: pd.DataFrame
    cut_points: pd.DataFrame


def build_panel(
    firm_years: pd.DataFrame,
    source_funnel: pd.DataFrame,
    variables: Sequence[Variable],
    sample: Sample,
) -> PanelTables:
    """Build the panel: required rows, variables, then the sample.

    Parameters
    ----------
    firm_years
        Canonical firm-years.
    source_funnel
        The funnel up to them; the panel's steps follow on it.
    variables
        Variables that the study declares.
    sample
        Conditions; ``require`` holds before variables are computed, so that a row that
        fails it is no lead or lag of another, ``where`` and the period hold after.

    Raises
    ------
    UserError
        A formula or condition cannot be computed, or no row is left.
    """
    funnel = FunnelBranch("sample")
    panel, built, table = panel_rows(firm_years, variables, sample, funnel)
    steps = (
        pd.concat([source_funnel, funnel.table()]) if funnel.steps else source_funnel
    )
    return PanelTables(
        panel=conform(panel, Panel),
        rejects=collect(
            [undefined_values(table, *breach) for breach in built.undefined]
        ),
        funnel=steps,
        cut_points=built.cut_point_table(),
    )


def study_panel(
    firm_years: pd.DataFrame,
    source_funnel: pd.DataFrame,
    parts: Iterable[tuple[pd.DataFrame, str]],
    study: Mapping[str, Any],
) -> PanelTables:
    """Join firm-years with a study's further tables and build its panel.

    Parameters
    ----------
    firm_years, source_funnel
        As of `build_panel`.
    parts
        Tables with at most one row per firm-year, each with the name of its variant.
    study
        Resolved: variables, sample.
    """
    return build_panel(
        joined(firm_years, [named_by_variant(*part) for part in parts]),
        source_funnel,
        [Variable.of(name, v) for name, v in study["variables"].items()],
        build(Sample, study["sample"]),
    )


def panel_rows(
    firm_years: pd.DataFrame,
    variables: Sequence[Variable],
    sample: Sample,
    funnel: FunnelBranch,
) -> tuple[pd.DataFrame, Built, pd.DataFrame]:
    """Return the panel's rows with the index of the firm-years.

    Parameters
    ----------
    firm_years, variables, sample
        As `build_panel` has them.
    funnel
        Counts the rows that conditions take away.

    Returns
    -------
    panel : pandas.DataFrame
        Rows of the sample.
    built : Built
        What computing the variables brought to light.
    table : pandas.DataFrame
        The firm-years that they were computed over.
    """
    problems: list[Problem] = []
    table = firm_years
    for condition in sample.require:
        keep = holds(table, condition, "sample.require", problems)
        table = funnel.keep(table, keep, f"requires {condition}", "sample.require")
    built = build_variables(table, variables)
    problems += built.problems
    raise_if(problems, "the study's variables and conditions")
    panel = pd.DataFrame(built.columns, index=table.index, copy=False)
    panel = panel.drop(columns=list(PROVENANCE))
    bounds = ((sample.first, "ge", "from"), (sample.last, "le", "to"))
    for bound, compare, word in bounds:
        if bound is not None:
            keep = getattr(panel[YEAR], compare)(bound)
            why = "period of the sample"
            if word == "to" and len(panel) and panel[YEAR].max() < bound:
                why += f"; the files end before it, in {panel[YEAR].max()}"
            panel = funnel.keep(panel, keep, f"{word} {bound}", why)
    for condition in sample.where:
        keep = holds(panel, condition, "sample.where", problems)
        panel = funnel.keep(panel, keep, f"where {condition}", "sample.where")
    if panel.empty and not problems:
        problems.append(
            Problem(
                rule="no firm-year is left in the sample",
                remedy="see which condition takes the rows away: "
                + "; ".join(
                    f"{s['step']} leaves {s['rows_out']}" for s in funnel.steps
                ),
                where="sample",
            )
        )
    raise_if(problems, "the study's sample")
    return panel, built, table


def joined(firm_years: pd.DataFrame, parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join firm-years with tables that have at most one row for each of them."""
    table = firm_years
    for part in parts:
        table = table.merge(part, on=[FIRM, YEAR], how="left", validate="many_to_one")
    assert len(table) == len(firm_years)
    return table


def named_by_variant(table: pd.DataFrame, variant: str) -> pd.DataFrame:
    """Return a joined table whose columns bear the name of its variant, if any."""
    if variant == BASE:
        return table
    return table.rename(
        columns={c: f"{c}_{variant}" for c in table if c not in (FIRM, YEAR)}
    )


def holds(
    table: pd.DataFrame, condition: str, where: str, problems: list[Problem]
) -> pd.Series:
    """Return where a condition is true; a missing value does not meet it."""
    try:
        columns = {str(name): table[name] for name in table.columns}
        return evaluate(condition, columns).fillna(0.0).ne(0.0)
    except ExpressionError as error:
        problems.append(Problem(str(error), "correct the condition", where))
        return pd.Series(True, index=table.index)


def undefined_values(
    table: pd.DataFrame, variable: str, rule: str, rows: np.ndarray
) -> pd.DataFrame:
    """Return rejects for values that a formula could not give."""
    bad = table[rows]
    return rejects(
        file=bad.source_file,
        row=bad.source_row,
        column=variable,
        value=None,
        rule=rule,
        action="repaired",
    )
