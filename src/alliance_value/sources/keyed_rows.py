"""Typed rows with their key as stated -> rows with firm and fiscal year, one each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.rejects import rejects
from alliance_value.sources.keys import MOSTLY, fiscal_year_of
from alliance_value.sources.raw_table import plain_text
from alliance_value.sources.repeats import (
    FILE,
    LAST_DAY,
    PERIOD_END,
    ROW,
    STATED,
    Settled,
    chosen_too_early,
    settle_duplicates,
)
from alliance_value.study.spec import TableFile

# what the funnel calls the columns of the key, in the words of the study
KEYS = {FIRM: "{entity}", YEAR: "{time}"}


def keyed_rows(
    table: pd.DataFrame,
    layout: TableFile,
    funnel: FunnelBranch,
    rejected: list[pd.DataFrame],
    problems: list[Problem],
    require: Sequence[str],
) -> Settled:
    """Give every row its firm and fiscal year, or reject it, and settle duplicates."""
    if layout.period_end:
        table = repaired_years(table, layout, rejected)
    keys = [(FIRM, layout.entity, "firm", "missing")]
    if layout.time:
        keys.append((YEAR, layout.time, "time", "missing or unreadable"))
    for key, column, what, why in keys:
        rule = f"{what}_{why.replace(' ', '_')}"
        absent = table[key].isna()
        if absent.any():
            bad = table[absent]
            value = bad[STATED].astype("string") if key == YEAR else None
            if layout.missing_key == "stop" or absent.all():
                problems += key_problems(bad, column, rule, value)
            elif key == YEAR:
                problems += mostly_unread(bad, column, len(table), layout.missing)
            rejected.append(
                rejects(
                    file=bad[FILE],
                    row=bad[ROW],
                    column=column,
                    value=value,
                    rule=rule,
                    action="rejected",
                )
            )
        table = funnel.keep(table, ~absent, f"has {KEYS[key]}", f"{column} {why}")
    table = table.assign(**{YEAR: table[YEAR].astype("int64")})
    table = table.reset_index(drop=True)
    settled = settle_duplicates(table, layout, funnel)
    problems += settled.problems
    problems += chosen_too_early(table, settled.table, layout, require)
    table = settled.table
    if layout.period_end:
        table = table.assign(datadate=table[LAST_DAY])
    table = table.drop(columns=[STATED, PERIOD_END, LAST_DAY], errors="ignore")
    return replace(settled, table=table)


def mostly_unread(
    bad: pd.DataFrame, column: str, rows: int, missing: Sequence[str]
) -> list[Problem]:
    """Return a problem where most times are written in a form that is not read.

    Parameters
    ----------
    bad
        The rows without a time, of ``rows``.
    column
        The file's column of times.
    rows, missing
        How many rows there are, and what marks a missing time.
    """
    text = bad[STATED].astype("string").str.strip()
    unread = bad[text.fillna("").ne("") & ~text.isin(missing)]
    filled = rows - len(bad) + len(unread)
    if len(unread) <= MOSTLY * filled:
        return []
    first = unread.iloc[0]
    return [
        Problem(
            rule=f"{len(unread):,} of {filled:,} times cannot be read",
            remedy="give the right time_format, or write them as 2004, 2004Q1, 2004-01 "
            "or days",
            where=str(first[FILE]),
            row=int(first[ROW]),
            column=column,
            value=str(first[STATED]),
        )
    ]


def key_problems(
    bad: pd.DataFrame, column: str, rule: str, values: pd.Series | None
) -> list[Problem]:
    """Return one problem per row whose key is missing or cannot be read."""
    return [
        Problem(
            rule=rule.replace("_", " "),
            remedy="correct the row, give the right time_format, or set "
            "missing_key: reject",
            where=str(file),
            row=int(row),
            column=column,
            value=None if value is None or pd.isna(value) else str(value),
        )
        for file, row, value in zip(
            bad[FILE],
            bad[ROW],
            [None] * len(bad) if values is None else values,
            strict=True,
        )
    ]


def repaired_years(
    table: pd.DataFrame, layout: TableFile, rejected: list[pd.DataFrame]
) -> pd.DataFrame:
    """Take the fiscal year from the period's last day and report what that changes."""
    derived = fiscal_year_of(table[LAST_DAY])
    stated = table[YEAR]
    known = derived.notna()
    unread = ~known & plain_text(table[PERIOD_END]).fillna("").ne("")
    unread &= ~table[PERIOD_END].astype("string").isin(layout.missing)
    bad = table[unread]
    rejected.append(
        rejects(
            file=bad[FILE],
            row=bad[ROW],
            column=layout.period_end,
            value=bad[PERIOD_END].astype("string"),
            rule="period_end_unreadable",
            action="repaired",
        )
    )
    far = (stated - derived).abs().gt(1).fillna(False)
    repeated = table.duplicated([FIRM, YEAR]) & table[FIRM].notna()
    rules = {
        "fiscal_year_missing": known & stated.isna(),
        "fiscal_year_implausible": known & stated.notna() & far,
        "fiscal_year_differs_from_period_end": known
        & stated.notna()
        & ~far
        & stated.ne(derived).fillna(False),
        "duplicate_firm_year_as_stated": known & repeated,
    }
    for rule, broken in rules.items():
        bad = table[broken.astype(bool)]
        rejected.append(
            rejects(
                file=bad[FILE],
                row=bad[ROW],
                column=layout.time,
                value=bad[STATED].astype("string"),
                rule=rule,
                action="repaired",
                new_value=derived[bad.index].astype("string"),
            )
        )
    return table.assign(**{YEAR: derived.fillna(stated)})
