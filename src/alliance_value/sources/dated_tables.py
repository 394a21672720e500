"""Plain tables by day, such as factors or an index -> canonical tables in decimals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import Rejects, collect, rejects
from alliance_value.contracts.storage import conform, empty
from alliance_value.contracts.vendor_tables import (
    Factors,
    MarketFactors,
    MarketReturns,
)
from alliance_value.sources.columns import no_column, numbers, respelled, texts
from alliance_value.sources.daily_calendar import frequency_problems
from alliance_value.sources.dated_columns import days, no_day
from alliance_value.sources.french import (
    MISSING,
    NAMES,
    PERCENT_ABOVE,
    FactorFiles,
    Unit,
    disagreement,
    other_unit,
)
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader


@dataclass(frozen=True)
class MarketFiles:
    """Returns of an index, what was left out or repaired, and what was decided."""

    market: pd.DataFrame
    rejects: pd.DataFrame
    decisions: tuple[str, ...]


@reader(
    "table",
    of="factors",
    label="any table whose columns are named under columns",
    reads="One row per day.",
    needs=("columns",),
    takes=("date", "unit", "market"),
    decides=("Percent or decimals, by the standard deviation of the largest factor.",),
    repairs=(
        "-99.99 and -999 are missing.",
        "A day that stands twice, or cannot be read, is rejected.",
    ),
    stops=(
        "Columns are absent.",
        "The file is weekly or monthly.",
        "Two files disagree on a factor.",
    ),
    makes=("factors",),
)
def read_factor_tables(
    raws: Sequence[RawTable],
    date: str,
    columns: Mapping[str, str],
    unit: Unit,
    market: str = "",
) -> FactorFiles:
    """Read factors from tables with named columns and put them together by date.

    Parameters
    ----------
    raws
        The files; a factor may stand in several, for other days or with equal values.
    date, columns
        Column with the day, and factor -> column; of any file, capitals included.
    unit
        ``auto`` takes all files for percent where the standard deviation of the
        largest factor is above 0.1.
    market
        Column with the market, where there are several: each has days, factors and a
        unit of its own (`MarketFactors`).

    Raises
    ------
    UserError
        Columns are missing, or files disagree; all at once.
    """
    if market:
        return by_market(raws, date, columns, unit, market)
    table, log, words = by_day(raws, date, columns, unit)
    table = table.reindex(columns=list(NAMES)).astype("float64")
    absent = table.mkt_rf.isna()
    words.append(f"{int(absent.sum()):,} days without the market factor left out")
    kept = table[~absent].rename_axis("date").reset_index()
    return FactorFiles(conform(kept, Factors), collect(log), tuple(words))


def by_market(
    raws: Sequence[RawTable],
    date: str,
    columns: Mapping[str, str],
    unit: Unit,
    market: str,
) -> FactorFiles:
    """Read the factors of each market and put them one after another."""
    raws = [respelled(raw, [market]) for raw in raws]
    raise_if(
        [
            no_column(market, raw.cells.columns, raw.file)
            for raw in raws
            if market not in raw.cells.columns
        ],
        "reading the daily factors",
    )
    named = [texts(raw, market) for raw in raws]
    log = [raw.rejects for raw in raws]
    log += [
        rejects(
            file=raw.file,
            row=raw.rows[names.isna()],
            column=market,
            value=names[names.isna()],
            rule="market_missing",
            action="rejected",
        )
        for raw, names in zip(raws, named, strict=True)
    ]
    tables, words = [], []
    for name in sorted({str(name) for names in named for name in names.dropna()}):
        parts = [
            replace(
                raw,
                cells=raw.cells[inside],
                rows=raw.rows[inside],
                rejects=empty(Rejects),
            )
            for raw, names in zip(raws, named, strict=True)
            for inside in [names.eq(name).fillna(False).to_numpy(bool)]
            if inside.any()
        ]
        read = read_factor_tables(parts, date, columns, unit)
        tables.append(read.factors.assign(market=name))
        log.append(read.rejects)
        words += [f"{name}: {word}" for word in read.decisions]
    factors = pd.concat(tables or [empty(MarketFactors)], ignore_index=True)
    return FactorFiles(conform(factors, MarketFactors), collect(log), tuple(words))


@reader(
    "table",
    of="market",
    label="daily returns of an index",
    reads="One row per day.",
    needs=("date", "ret"),
    takes=("unit",),
    repairs=("A day that stands twice, or cannot be read, is rejected.",),
    stops=(
        "Columns are absent.",
        "The file is weekly or monthly.",
        "Two files disagree on a day.",
    ),
    makes=("market",),
)
def read_market(
    raws: Sequence[RawTable], date: str, ret: str, unit: Unit
) -> MarketFiles:
    """Read an index's daily total return as a decimal, such as CRSP's vwretd.

    Raises
    ------
    UserError
        Columns are missing, or files disagree; all at once.
    """
    table, log, words = by_day(raws, date, {"ret": ret}, unit)
    kept = table.dropna().rename_axis("date").reset_index()
    return MarketFiles(conform(kept, MarketReturns), collect(log), tuple(words))


def by_day(
    raws: Sequence[RawTable], date: str, columns: Mapping[str, str], unit: Unit
) -> tuple[pd.DataFrame, list[pd.DataFrame], list[str]]:
    """Return named columns of tables by date as decimals, rejects and decisions."""
    problems: list[Problem] = []
    log = [raw.rejects for raw in raws]
    factors: dict[str, pd.Series] = {}
    words = []
    for raw in sorted(raws, key=lambda raw: raw.file):
        raw = respelled(raw, [date, *columns.values()])
        words += [f"{raw.file}: {word}" for word in raw.decisions]
        names = list(raw.cells.columns)
        here = {name: column for name, column in columns.items() if column in names}
        lacking = [date] if date not in names else []
        lacking += [] if here else [next(iter(columns.values()))]
        problems += [no_column(column, names, raw.file) for column in lacking]
        if lacking:
            continue
        part = lines_by_day(raw, date, here, log, problems)
        problems += frequency_problems(part.index, raw.file)
        for name in here:
            values = part[name]
            if name in factors:
                problems += disagreement(name, factors[name], values, raw.file)
                values = values[~values.index.isin(factors[name].dropna().index)]
                before = factors[name].drop(values.index, errors="ignore")
                values = pd.concat([before, values])
            factors[name] = values
    if not problems:
        problems += [
            Problem(
                rule=f"no file has the column '{column}'",
                remedy="correct its name in the study file, or add the file",
                where=", ".join(raw.file for raw in raws),
            )
            for name, column in columns.items()
            if name not in factors
        ]
    raise_if(problems, "reading the daily factors")
    table = pd.DataFrame(factors).sort_index()
    spread = float(table.drop(columns="rf", errors="ignore").std().max())
    named = ", ".join(raw.file for raw in raws)
    raise_if(other_unit(spread, unit, len(table), named), "reading the daily factors")
    percent = unit == "percent" or (unit == "auto" and spread > PERCENT_ABOVE)
    kind = "percent" if percent else "decimals"
    why = "as told" if unit != "auto" else f"standard deviation {spread:.3g}"
    words.append(f"{', '.join(factors)}: {kind} ({why})")
    return table / 100 if percent else table, log, words


def lines_by_day(
    raw: RawTable,
    date: str,
    columns: Mapping[str, str],
    log: list[pd.DataFrame],
    problems: list[Problem],
) -> pd.DataFrame:
    """Return a file's readable days and numbers; what cannot be read is logged.

    Of a day that stands twice the line with the smallest values counts, wherever it
    stands; equal lines are rejected too.
    """
    printed = texts(raw, date)
    day = days(raw, date, problems)
    if not problems:
        problems += no_day(raw, date, day)
    table = pd.DataFrame({n: numbers(raw, c) for n, c in columns.items()})
    for name, column in columns.items():
        missing = table[name].isna() | table[name].isin(MISSING)
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[missing & day.notna()],
                column=column,
                value=texts(raw, column)[missing & day.notna()],
                rule="factor_missing",
                action="repaired",
            )
        )
        table[name] = table[name].mask(missing)
    table = table.assign(day=day, row=raw.rows.to_numpy())
    table = table.sort_values(["day", *columns, "row"])
    unread = table.day.isna()
    again = table.duplicated("day") & ~unread
    for rule, broken in (("date_unreadable", unread), ("repeated_day", again)):
        bad = table[broken]
        log.append(
            rejects(
                file=raw.file,
                row=bad["row"],
                column=date,
                value=printed[bad.index],
                rule=rule,
                action="rejected",
            )
        )
    kept = table[~unread & ~again].set_index("day")
    return kept[list(columns)]
