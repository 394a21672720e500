"""Rows that repeat a firm-year, or another year's values -> one row each, all told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem
from alliance_value.contracts.rejects import rejects
from alliance_value.study.expressions import ExpressionError, evaluate
from alliance_value.study.spec import TableFile

FILE, ROW = "source_file", "source_row"
# no study can name such columns
STATED, PERIOD_END, LAST_DAY = "stated time", "period end", "last day"
KEY = [FIRM, YEAR]
OF_A_ROW = (*KEY, FILE, ROW, STATED, PERIOD_END, LAST_DAY)
# so many digits together are no coincidence
TELLING_DIGITS = 5
# a column moves where at least this share of a firm's years differs from the one before
MOVING = 0.5
# a year of the file is a copy where so many of its firms repeat another year
COPIED = 0.5


@dataclass(frozen=True)
class Settled:
    """One table after its repeats, with what became of them."""

    table: pd.DataFrame
    rejects: tuple[pd.DataFrame, ...] = ()
    problems: tuple[Problem, ...] = ()
    cautions: tuple[str, ...] = ()


def contents(table: pd.DataFrame) -> list[str]:
    """Return the columns that a row holds beside its key and its place."""
    return [str(c) for c in table.columns if c not in OF_A_ROW]


def settle_duplicates(
    table: pd.DataFrame, layout: TableFile, funnel: FunnelBranch
) -> Settled:
    """Stop at, keep, choose or add up rows that share firm and year.

    Repeats are identical where every column that the study uses is equal, and in
    conflict elsewhere; both are counted, also where all are kept.

    Parameters
    ----------
    table
        Rows in the order of the files, with typed columns.
    layout
        ``duplicates`` of it says what is done.
    funnel
        Gets a step where there are repeats.
    """
    table = table.reset_index(drop=True)
    last = layout.duplicates == "last"
    again = table.duplicated(KEY, keep="last" if last else "first")
    if not again.any():
        if layout.duplicates not in ("stop", "keep"):
            funnel.keep(table, ~again, "one row per firm and year", WHY["first"])
        return Settled(table)
    compared = table[[*KEY, *contents(table)]]
    whole = compared.drop_duplicates().groupby(KEY).size()
    several = whole.gt(1).reindex(pd.MultiIndex.from_frame(table[KEY])).to_numpy()
    differs = again & several
    counts = int((again & ~differs).sum()), int(differs.sum())
    sentence = (
        f"{sum(counts):,} rows repeat a firm-year: {counts[0]:,} with the same values, "
        f"{counts[1]:,} with others"
    )
    if layout.duplicates == "stop":
        return Settled(table, problems=tuple(stopped(table, differs, layout)))
    note = []
    for rule, rows in (
        ("duplicate_firm_year", again & ~differs),
        ("conflicting_firm_year", differs),
    ):
        bad = table[rows]
        note.append(
            rejects(
                file=bad[FILE],
                row=bad[ROW],
                column=layout.time,
                value=bad[STATED].astype("string"),
                rule=rule,
                action="kept" if layout.duplicates == "keep" else "rejected",
            )
        )
    words = f"{sentence}; {DONE[layout.duplicates]}"
    why = f"{WHY[layout.duplicates]}: {sentence}"
    if layout.duplicates == "keep":
        kept = funnel.keep(table, again | ~again, "repeated firm-years kept", sentence)
        return Settled(kept, tuple(note), cautions=(words,))
    if layout.duplicates == "sum":
        summed, mixed = added_up(table, again, layout)
        funnel.record("one row per firm and year", len(table), summed, why)
        return Settled(summed, (*note, *mixed), cautions=(words,))
    shown = WHY["first"] if layout.duplicates == "first" and not counts[1] else why
    kept = funnel.keep(table, ~again, "one row per firm and year", shown)
    return Settled(kept, tuple(note), cautions=(words,) if counts[1] else ())


WHY = {
    "first": "later rows of the same firm-year",
    "last": "earlier rows of the same firm-year",
    "sum": "rows of a firm-year added up",
    "keep": "rows of the same firm-year",
}
DONE = {
    "first": "the first of each is kept",
    "last": "the last of each is kept",
    "sum": "each firm-year is their sum",
    "keep": "all are kept, so that N counts such firm-years more than once",
}


def stopped(
    table: pd.DataFrame, differs: pd.Series, layout: TableFile
) -> list[Problem]:
    """Return a problem per firm-year that stands several times, and how."""
    shared = table[table.duplicated(KEY, keep=False)]
    problems = []
    for (firm, year), group in shared.groupby(KEY, sort=True):
        rows = ", ".join(str(r) for r in group[ROW])
        if not alike(group[FILE]):
            places = zip(group[FILE], group[ROW], strict=True)
            rows = ", ".join(f"{file} {row}" for file, row in places)
        apart = [c for c in contents(group) if not alike(group[c])]
        if differs[group.index].any():
            how = f"they differ in {', '.join(apart[:5])}"
            remedy = "correct the file, filter it by where, or set duplicates: sum"
        else:
            how = "they are alike"
            remedy = "correct the file, or set duplicates: first"
        problems.append(
            Problem(
                rule=f"{len(group)} rows for firm '{firm}' in {year}: rows {rows}; "
                f"{how}",
                remedy=f"{remedy}, or keep",
                where=str(group[FILE].iloc[0]),
                row=int(group[ROW].iloc[1]),
                column=f"{layout.entity}, {layout.time}",
            )
        )
    return problems


def chosen_too_early(
    table: pd.DataFrame, kept: pd.DataFrame, layout: TableFile, require: Sequence[str]
) -> list[Problem]:
    """Return a problem where a condition of the sample drops what was chosen by place.

    That is, where another row of the firm-year, left out before, would meet it.
    """
    if layout.duplicates not in ("first", "last"):
        return []
    left = ~table.index.isin(kept.index)
    problems = []
    for condition in require:
        try:
            meets = evaluate(condition, {str(c): table[c] for c in table}).eq(1.0)
        except ExpressionError:
            continue
        lost = table[left & meets][KEY]
        chosen = table[~left & ~meets][KEY]
        both = len(lost.merge(chosen, on=KEY).drop_duplicates())
        if both:
            problems.append(
                Problem(
                    rule=f"duplicates: {layout.duplicates} leaves out rows that meet "
                    f"{condition}, in {both:,} firm-years, for rows that do not, and "
                    "the condition then drops those",
                    remedy="write the condition under sources.firm_years.where, which "
                    "chooses rows before duplicates are judged",
                    where="sample.require",
                )
            )
    return problems


def alike(column: pd.Series) -> bool:
    """Return whether all cells are equal, missing ones too."""
    return len(column.drop_duplicates()) == 1


def added_up(
    table: pd.DataFrame, again: pd.Series, layout: TableFile
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Add numbers of a firm-year up; texts that differ are missing, and noted.

    A sum of missing values alone is missing.
    """
    first = table[~again].set_index(KEY)
    grouped = table.groupby(KEY, sort=False)
    noted = []
    for name in contents(table):
        column = table[name]
        if pd.api.types.is_numeric_dtype(column):
            first[name] = grouped[name].sum(min_count=1).reindex(first.index)
            continue
        mixed = grouped[name].nunique(dropna=False).gt(1).reindex(first.index)
        noted.append(
            rejects(
                file=first[FILE][mixed],
                row=first[ROW][mixed],
                column=layout.columns.get(name, name),
                value=first[name][mixed].astype("string"),
                rule="texts_of_added_rows_differ",
                action="repaired",
            )
        )
        first[name] = first[name].mask(mixed)
    return first.reset_index()[table.columns], noted


def stale_rows(table: pd.DataFrame) -> Settled:
    """Find firm-years whose numbers all repeat those of another year of the firm.

    Compared are columns that move, that is, differ from a firm's year before in half
    of the cases or more; the repeated numbers must have five digits together, since
    small counts repeat by chance. The later year is noted, and stays.

    Parameters
    ----------
    table
        Firm-years in the order of their key.
    """
    ordered = table[~table.duplicated(KEY)]
    names = moving(ordered)
    if not names:
        return Settled(table)
    same = ordered
    for name in names:  # each leaves few rows to the next
        same = same[same.duplicated([FIRM, name], keep=False) & same[name].notna()]
    same = same[same.duplicated([FIRM, *names])]
    if same.empty:
        return Settled(table)
    telling = sum((digits(same[name]) for name in names), start=np.zeros(len(same)))
    bad = same[telling >= TELLING_DIGITS]
    if bad.empty:
        return Settled(table)
    again = pd.Series(ordered.index.isin(bad.index), ordered.index)
    note = rejects(
        file=bad[FILE],
        row=bad[ROW],
        column=None,
        value=bad[YEAR].astype("string"),
        rule="values_of_another_year",
        action="kept",
    )
    shares = again.groupby(ordered[YEAR]).mean()
    years = [f"{year}" for year, share in shares.items() if share >= COPIED]
    whole = f"; nearly all of {', '.join(years)}" if years else ""
    words = (
        f"{len(bad):,} firm-years repeat all numbers of another year of the "
        f"firm{whole}: they may be stale, see values_of_another_year in rejects.csv"
    )
    return Settled(table, (note,), cautions=(words,))


FEW = 1000
"""Rows that mostly tell whether a column has more than two values."""


def moving(ordered: pd.DataFrame) -> list[str]:
    """Return the numeric columns that mostly change from year to year."""
    numbers = [
        name
        for name in contents(ordered)
        if pd.api.types.is_float_dtype(ordered[name])
        and (ordered[name].head(FEW).nunique() > 2 or ordered[name].nunique() > 2)
    ]
    same_firm = ordered[FIRM].eq(ordered[FIRM].shift()).fillna(False).to_numpy(bool)
    moved: list[str] = []
    for name in numbers:
        column = ordered[name].to_numpy("float64")
        before, now = column[:-1], column[1:]
        pair = same_firm[1:] & ~np.isnan(before) & ~np.isnan(now)
        if pair.any() and (now != before)[pair].mean() >= MOVING:
            moved.append(name)
    return moved


def digits(values: pd.Series) -> np.ndarray:
    """Return how many significant digits a number is printed with; none for zero."""
    text = values.abs().map("{:.10g}".format)
    mantissa = text.str.partition("e")[0].str.replace(".", "")
    plain = mantissa.str.strip("0").str.len()
    return plain.where(values.notna(), 0).to_numpy("float64")
