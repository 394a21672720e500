"""Kenneth French's or WRDS's daily factor files -> canonical factors as decimals."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, gathered, nearest, raise_if
from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.contracts.vendor_tables import Factors
from alliance_value.sources.archives import members, named
from alliance_value.sources.cells import lost_numbers, numeric_column
from alliance_value.sources.columns import dates
from alliance_value.sources.csv_file import likely_delimiter
from alliance_value.sources.daily_calendar import frequency_problems
from alliance_value.sources.dated_columns import (
    CONTAINERS,
    EPOCHS,
    stated_order,
    vendor_days,
)
from alliance_value.sources.file_kind import kind_of
from alliance_value.sources.raw_table import PLAIN, RawTable
from alliance_value.sources.read_file import printed_grid
from alliance_value.sources.record import Reading
from alliance_value.sources.text_file import decode
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader

SPELLINGS = {
    "mktrf": "mkt_rf",
    "mkt": "mkt_rf",
    "smb": "smb",
    "hml": "hml",
    "umd": "umd",
    "mom": "umd",
    "wml": "umd",
    "rmw": "rmw",
    "cma": "cma",
    "rf": "rf",
}
NAMES = ("mkt_rf", "smb", "hml", "umd", "rmw", "cma", "rf")
MISSING = (-99.99, -999.0, -99.0)
# The market's daily standard deviation is about 0.01 as a decimal, 1 in percent.
PERCENT_ABOVE = 0.1
FEWEST_DAYS = 50
FIRST_CELL = (
    r"^\d{4}-\d{2}-\d{2}$|^\d{8}$|^\d{1,2}/\d{1,2}/\d{4}$|^\d{2}[A-Za-z]{3}\d{4}$"
)
Unit = Literal["auto", "percent", "decimal"]


@dataclass(frozen=True)
class FactorFiles:
    """Factors, what was left out or repaired, and what was decided."""

    factors: pd.DataFrame
    rejects: pd.DataFrame
    decisions: tuple[str, ...]


@reader(
    "french",
    of="factors",
    label="Kenneth French's files with the text around them, or WRDS's",
    reads="One row per day under the factors' names, with text above and below.",
    takes=("unit",),
    decides=(
        "Percent or decimals, by the standard deviation of the largest factor.",
        "Of days that several files have the first file's count, by name.",
    ),
    repairs=(
        "-99.99 and -999 are missing.",
        "Lines around the table are skipped and counted.",
        "A day that stands twice, or cannot be read, is rejected.",
    ),
    stops=(
        "No line holds names of factors, or none under it begins with a day.",
        "The file is weekly or monthly.",
        "Two files disagree on a factor.",
    ),
    makes=("factors",),
)
def read_factors(
    paths: Sequence[str | Path], unit: Unit = "auto", layout: TableFile = PLAIN
) -> FactorFiles:
    """Read factor files and put them side by side by date.

    Text above the line of column names and below the last dated line is skipped.
    ``auto`` takes a file for percent where the standard deviation of its largest
    factor is above 0.1. -99.99 and -999 are missing. A factor that several files have
    is taken from the first one by name, and from the next ones on days that it lacks.
    Days without the market factor are rejected.

    Parameters
    ----------
    paths
        One file or more, such as the five factors and momentum.
    unit
        How returns are written.
    layout
        How the files are written.

    Raises
    ------
    UserError
        Files are not there or have no line of factor names or no dated line, no file
        has the market factor, or files disagree by more than rounding; all at once.
    """
    problems: list[Problem] = []
    log: list[pd.DataFrame] = []
    decisions: list[str] = []
    columns: dict[str, pd.Series] = {}
    for path in sorted(map(Path, paths), key=lambda p: p.name):
        with gathered(problems):
            for file, place in members(path):
                own: list[Problem] = []
                parts: list[pd.DataFrame] = []
                with gathered(problems), named(path, place, file):
                    table, words = factor_lines(place, unit, layout, own, parts)
                    raise_if(own, f"reading {file}")
                    decisions += [f"{file}: {word}" for word in words]
                    log += [part.assign(file=file) for part in parts]
                    for name in table.columns:
                        before = columns.get(name, table[name])
                        problems += disagreement(name, before, table[name], file)
                        columns[name] = before.combine_first(table[name])
    if not problems and "mkt_rf" not in columns:
        problems.append(
            Problem(
                "no file has the market factor",
                "add the file with the column Mkt-RF",
                ", ".join(Path(p).name for p in paths),
            )
        )
    raise_if(problems, "reading the factors")
    table = pd.DataFrame(columns).reindex(columns=list(NAMES)).rename_axis("date")
    table = table.astype("float64").reset_index()
    absent = table.mkt_rf.isna()
    decisions.append(f"{int(absent.sum()):,} days without the market factor left out")
    kept = table[~absent].sort_values("date")
    return FactorFiles(conform(kept, Factors), collect(log), tuple(decisions))


def factor_lines(
    path: Path,
    unit: Unit,
    layout: TableFile,
    problems: list[Problem],
    log: list[pd.DataFrame],
) -> tuple[pd.DataFrame, list[str]]:
    """Return a file's dated lines as decimals, by date, and what was decided."""
    nothing = pd.DataFrame()
    if not path.is_file():
        problems.append(Problem("the file is not there", "check the path", path.name))
        return nothing, []
    records, how, first = printed_records(path, layout)
    plain = [[c.strip().lower().replace("-", "") for c in r] for r in records]
    head = next((n for n, r in enumerate(plain) if SPELLINGS.keys() & set(r)), None)
    if head is None:
        words = [w for r in records[:20] for w in r if w.strip()]
        problems.append(
            Problem(
                rule="no line holds names of factors such as Mkt-RF",
                remedy=nearest("Mkt-RF", words[:12]),
                where=path.name,
            )
        )
        return nothing, []
    if plain[head][0] in SPELLINGS:  # the days have no name
        records[head], plain[head] = ["", *records[head]], ["", *plain[head]]
    width = max(map(len, records[head:]))
    padded = [[*r, *[""] * (width - len(r))] for r in records[head + 1 :]]
    body = pd.DataFrame(padded, columns=range(width), dtype="string")
    body = body.apply(lambda c: c.str.strip())
    body["row"] = range(head + first, head + first + len(body))
    if body.shape[1] > 1 and len(body):
        printed = body[0].str.fullmatch(FIRST_CELL).fillna(False).astype(bool)
        dated = printed | first_days(body, path, layout).notna()
    else:
        dated = pd.Series(False, body.index)
    if not dated.any():
        problems.append(
            Problem(
                rule="no line under the factors' names begins with a day",
                remedy="give the daily file, not the monthly or annual one",
                where=path.name,
                row=head + first - 1,
            )
        )
        return nothing, []
    around = len(records) - int(dated.sum()) - 1
    lines = body[dated]
    lines = lines.assign(date=first_days(lines, path, layout))
    unread, again = lines.date.isna(), lines.duplicated("date") & lines.date.notna()
    for rule, broken in (("date_unreadable", unread), ("repeated_day", again)):
        bad = lines[broken]
        log.append(
            rejects(
                file=path.name,
                row=bad["row"],
                column=records[head][0].strip() or None,
                value=bad[0],
                rule=rule,
                action="rejected",
            )
        )
    lines = lines[~unread & ~again]
    raw = as_raw(lines, path, layout)
    problems += frequency_problems(lines.date, path.name)
    factors: dict[str, pd.Series] = {}
    for place, printed in enumerate(plain[head]):
        name = SPELLINGS.get(printed)
        if name is None or name in factors:
            continue
        values, invalid = numeric_column(raw, str(place), layout)
        problems += [
            replace(problem, column=records[head][place].strip())
            for problem in lost_numbers(raw, str(place), values, invalid)
        ]
        missing = values.isna() | values.isin(MISSING)
        log.append(
            rejects(
                file=path.name,
                row=lines["row"][missing],
                column=records[head][place].strip(),
                value=lines[place][missing],
                rule="factor_missing",
                action="repaired",
            )
        )
        factors[name] = values.mask(missing)
    table = pd.DataFrame(factors).set_axis(pd.DatetimeIndex(lines.date), axis=0)
    spread = float(table.drop(columns="rf", errors="ignore").std().max())
    if unit == "auto" and np.isnan(spread):
        problems.append(
            Problem(
                rule="too few days to tell percent from decimals",
                remedy="say which: unit percent or decimal",
                where=path.name,
            )
        )
    problems += other_unit(spread, unit, len(table), path.name)
    percent = unit == "percent" or (unit == "auto" and spread > PERCENT_ABOVE)
    words = [
        how,
        f"{around} lines around the table skipped",
        f"{'percent' if percent else 'decimals'} "
        f"({'as told' if unit != 'auto' else f'standard deviation {spread:.3g}'})",
    ]
    return table / 100 if percent else table, words


def other_unit(spread: float, unit: Unit, days: int, file: str) -> list[Problem]:
    """Return a problem where what the study says of the unit cannot be.

    Parameters
    ----------
    spread
        Standard deviation of the largest column, as printed.
    unit
        What the study says.
    days, file
        How many days there are, too few of which tell nothing, and where.
    """
    large = spread > PERCENT_ABOVE
    if days < FEWEST_DAYS or unit != ("decimal" if large else "percent"):
        return []
    other = "percent" if large else "decimal"
    return [
        Problem(
            rule=f"a standard deviation of {spread:.3g} a day is none of unit: {unit}",
            remedy=f"set unit: {other}, or auto",
            where=file,
        )
    ]


def first_days(lines: pd.DataFrame, path: Path, layout: TableFile) -> pd.Series:
    """Return the days of a file's first column; of serial numbers where it tells."""
    read = dates(lines[0], stated_order(layout))
    container = kind_of(path) in CONTAINERS or layout.dates in EPOCHS
    if read.notna().any() or not container:
        return read
    return vendor_days(as_raw(lines, path, layout), "0")


def as_raw(lines: pd.DataFrame, path: Path, layout: TableFile) -> RawTable:
    """Return lines of text as a table whose columns are named after their places."""
    cells = lines.drop(columns=["row", "date"], errors="ignore").rename(columns=str)
    reading = Reading(path.name, kind_of(path), *cells.shape)
    return RawTable(cells, lines["row"], path.name, False, (), reading, layout=layout)


def printed_records(path: Path, layout: TableFile) -> tuple[list[list[str]], str, int]:
    """Return a file's cells as text, how they were read, the row under its first."""
    grid = printed_grid(path, layout)
    if grid is not None:
        return grid, f"read as {kind_of(path)}", 1 if kind_of(path) != "excel" else 2
    text, encoding = decode(path, layout.encoding)
    mark = layout.delimiter if layout.delimiter != "auto" else likely_delimiter(text)
    records = list(
        csv.reader(StringIO(text, newline=""), delimiter=mark, quotechar=layout.quote)
    )
    if max(map(len, records)) < 2:
        records = [line.split() for line in text.splitlines()]
    return records, f"encoding {encoding}", 2


def disagreement(
    name: str, first: pd.Series, second: pd.Series, file: str
) -> list[Problem]:
    """Return a problem where two files' values of one factor differ."""
    both = pd.concat([first, second], axis=1, join="inner").dropna()
    apart = (both.iloc[:, 0] - both.iloc[:, 1]).abs() > 1e-4
    if not apart.any():
        return []
    day = both.index[apart][0]
    return [
        Problem(
            rule=f"{name} differs from an earlier file on {int(apart.sum())} days, "
            f"first on {day:%Y-%m-%d}",
            remedy="give files of one vintage, or one file only",
            where=file,
            column=name,
            value=f"{both.loc[day].iloc[1]:g}",
        )
    ]
