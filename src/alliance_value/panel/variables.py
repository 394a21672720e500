"""Declared variables + firm-years -> columns of the panel, in order of need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype

from alliance_value.contracts.firm_years import FIRM, YEAR, CutPoints
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.storage import conform, empty
from alliance_value.panel.peers import relative_to_peers, sum_without
from alliance_value.study.expressions import (
    Domain,
    ExpressionError,
    evaluate,
    finite,
    names_in,
)
from alliance_value.study.spec import Variable, Winsorize


@dataclass
class Built:
    """Variables computed so far and what computing them brought to light.

    Parameters
    ----------
    columns
        Every column by name, shape (n,) each.
    undefined
        Variable, rule and the rows (boolean array, shape (n,)) on which a formula has
        no value although its inputs have one.
    cut_points
        Rows of the cut-point table.
    problems
        Variables that cannot be computed.
    failed
        Their names, and those of variables that read them.
    """

    columns: dict[str, pd.Series]
    undefined: list[tuple[str, str, np.ndarray]] = field(default_factory=list)
    cut_points: list[pd.DataFrame] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    failed: set[str] = field(default_factory=set)

    def fail(self, variable: Variable, rule: str, remedy: str) -> None:
        """Note why a variable cannot be computed."""
        where = f"variables.{variable.name}"
        self.problems.append(Problem(rule=rule, remedy=remedy, where=where))
        self.failed |= {variable.name, f"{variable.name}_missing"}

    def cut_point_table(self) -> pd.DataFrame:
        """Return the cut points of all variables as one table."""
        if not self.cut_points:
            return empty(CutPoints)
        return conform(pd.concat(self.cut_points, ignore_index=True), CutPoints)


def build_variables(table: pd.DataFrame, variables: Sequence[Variable]) -> Built:
    """Compute every declared variable over the firm-years.

    Per variable the order is: formula or ratio, rule for zeros and missing values,
    winsorizing, adjusting for peers, lead or lag or horizon. A formula that names
    another variable sees its finished values; its own name is the source's column.

    Parameters
    ----------
    table
        Canonical firm-years, shape (n, columns).
    variables
        Declared variables, free of cycles.
    """
    built = Built({str(name): table[name] for name in table.columns})
    source = dict(built.columns)
    for variable in in_order(variables):
        if reads(variable) & built.failed:
            built.failed |= {variable.name, f"{variable.name}_missing"}
            continue
        try:
            values = formula_values(variable, source, built)
            if variable.mean_of_others:
                values = mean_of_others(values, table[FIRM], group_of(variable, built))
        except ExpressionError as error:
            built.fail(variable, str(error), "correct the formula")
            continue
        if not is_numeric_dtype(values) and treated(variable):
            built.fail(
                variable,
                f"'{variable.name}' is text and can carry no more than a label",
                "take the treatment out, or the column out of 'text'",
            )
            continue
        if variable.adjust is not None and variable.adjust.by not in built.columns:
            built.fail(
                variable,
                f"there is no column '{variable.adjust.by}' of groups",
                "name a column of the source, or 'industry' beside the key industry",
            )
            continue
        if variable.missing != "keep":
            if variable.missing == "zero_and_flag":
                flag = values.isna().astype("float64")
                built.columns[f"{variable.name}_missing"] = flag
            values = values.fillna(0.0)
        if variable.winsorize is not None:
            values, cuts = winsorize(
                values, table[YEAR], variable.winsorize, variable.name
            )
            built.cut_points.append(cuts)
        if variable.adjust is not None:
            rule = variable.adjust
            group = built.columns[rule.by]
            values = relative_to_peers(values, group, table, rule.usual, rule.peers)
        if variable.lead or variable.lag or variable.horizon:
            if table.duplicated([FIRM, YEAR]).any():
                built.fail(
                    variable,
                    "leads and lags need one row per firm and year",
                    "set sources.firm_years.duplicates to first or stop",
                )
                continue
            if variable.horizon:
                values = mean_over(values, table, *variable.horizon)
            else:
                values = shift(values, table, variable.lead - variable.lag)
        built.columns[variable.name] = values
    return built


def treated(variable: Variable) -> bool:
    """Return whether a variable's values change after its formula."""
    moved = variable.lead or variable.lag or variable.horizon
    changed = variable.missing != "keep" or variable.zero != "observed"
    return bool(
        moved
        or changed
        or variable.winsorize is not None
        or variable.adjust is not None
    )


def in_order(variables: Sequence[Variable]) -> list[Variable]:
    """Sort variables so that each comes after those that it reads."""
    waiting = {v.name: v for v in variables}
    flags = {
        f"{v.name}_missing": v.name for v in variables if v.missing == "zero_and_flag"
    }
    done: list[Variable] = []
    while waiting:
        before = len(done)
        for name, variable in list(waiting.items()):
            used = {flags.get(n, n) for n in reads(variable)}
            if not (used - {name}) & waiting.keys():
                done.append(waiting.pop(name))
        assert len(done) > before, f"defined in a circle: {', '.join(waiting)}"
    return done


def formulas(variable: Variable) -> list[str]:
    """Return the formulas of a variable that are given."""
    given = (
        variable.value,
        variable.numerator,
        variable.denominator,
        variable.mean_of_others,
    )
    return [text for text in given if text]


def reads(variable: Variable) -> set[str]:
    """Return the names that a variable's formulas and its groups read."""
    groups = {variable.adjust.by} if variable.adjust else set()
    return (
        {n for f in formulas(variable) for n in names_in(f)}
        | groups
        | {*variable.among}
    )


def formula_values(
    variable: Variable, source: Mapping[str, pd.Series], built: Built
) -> pd.Series:
    """Compute a variable's formula or ratio; a ratio needs a positive denominator.

    A column of codes or names that is declared for its label alone stays as it is.
    """
    columns = dict(built.columns)
    if variable.name in source:
        columns[variable.name] = source[variable.name]
    if variable.zero == "missing":
        used = names_in(variable.numerator or variable.value or variable.name)
        columns |= {n: columns[n].where(columns[n] != 0) for n in used}
    domain = Domain()
    if not formulas(variable) and not is_numeric_dtype(columns[variable.name]):
        return columns[variable.name]
    if variable.numerator:
        above = evaluate(variable.numerator, columns, domain)
        below = evaluate(variable.denominator, columns, domain)
        rule = f"denominator {variable.denominator} is not positive"
        domain.note(rule, (below <= 0).to_numpy() & above.notna().to_numpy())
        ratio = f"({variable.numerator}) / ({variable.denominator})"
        known = above.notna() & (below > 0)
        values = finite(above / below.where(below > 0), known, domain, ratio)
    else:
        text = variable.value or variable.mean_of_others or variable.name
        values = evaluate(text, columns, domain)
    built.undefined += [(variable.name, rule, rows) for rule, rows in domain.breaches]
    return values


def group_of(variable: Variable, built: Built) -> pd.Series:
    """Return the group of each row by ``among``, missing where a column is."""
    parts = pd.DataFrame({name: built.columns[name] for name in variable.among})
    number = parts.groupby(list(parts.columns)).ngroup()
    return number.where(parts.notna().all(axis=1))


def mean_of_others(values: pd.Series, firm: pd.Series, group: pd.Series) -> pd.Series:
    """Return the mean over the group's other firms: leave-one-out.

    All rows of the own firm are left out, so that a group of several years holds none
    of the firm's own values.

    Parameters
    ----------
    values
        float64, shape (n,); missing values count nowhere.
    firm, group
        Of each row, shape (n,).

    Returns
    -------
    pandas.Series
        float64, shape (n,); missing where no other firm of the group has a value.
    """
    keys = pd.DataFrame({"group": group, "firm": firm})
    known, filled = values.notna().astype("float64"), values.fillna(0.0)

    def others(column: pd.Series) -> pd.Series:
        whole = column.groupby(keys["group"]).transform("sum")
        own = column.groupby([keys["group"], keys["firm"]]).transform("sum")
        return sum_without(whole, own, [keys["group"]], keys["firm"])

    count = others(known)
    return (others(filled) / count).where(count > 0)


def shift(values: pd.Series, table: pd.DataFrame, periods: int) -> pd.Series:
    """Return each firm's value of ``periods`` later, by the calendar.

    A firm-year without an observed firm-year at that distance is missing, so gaps in
    a firm's history never shift a neighbour's value in.
    """
    later = pd.DataFrame(
        {FIRM: table[FIRM], YEAR: table[YEAR] - periods, "value": values}
    )
    keys = table[[FIRM, YEAR]]
    shifted = keys.merge(later, on=[FIRM, YEAR], how="left", validate="one_to_one")
    return pd.Series(shifted["value"].to_numpy("float64"), index=values.index)


def mean_over(
    values: pd.Series, table: pd.DataFrame, first: int, last: int
) -> pd.Series:
    """Return each firm's mean over ``first`` to ``last`` years later, if all are."""
    later = [shift(values, table, periods) for periods in range(first, last + 1)]
    return pd.concat(later, axis=1).mean(axis=1, skipna=False)


def winsorize(
    values: pd.Series, year: pd.Series, rule: Winsorize, name: str
) -> tuple[pd.Series, pd.DataFrame]:
    """Pull values beyond the quantiles in to them, within years or over all rows.

    Quantiles interpolate linearly between order statistics (Hyndman and Fan's type 7,
    the default of NumPy, R and pandas).

    Returns
    -------
    values : pandas.Series
        float64, shape (n,).
    cuts : pandas.DataFrame
        Cut points per group and how many values they moved.
    """
    group = year if rule.by == "time" else pd.Series("all", year.index)
    grouped = values.groupby(group)
    lower, upper = grouped.quantile(rule.lower), grouped.quantile(rule.upper)
    low, high = group.map(lower), group.map(upper)
    cuts = pd.DataFrame(
        {
            "variable": name,
            "group": [str(g) for g in lower.index],
            "lower": lower.to_numpy(),
            "upper": upper.to_numpy(),
            "values": grouped.count().to_numpy(),
            "raised": (values < low).groupby(group).sum().to_numpy(),
            "lowered": (values > high).groupby(group).sum().to_numpy(),
        }
    )
    return values.clip(low, high), cuts
