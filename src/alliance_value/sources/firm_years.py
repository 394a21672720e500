"""Source files of a study -> the canonical firm-years, rejects and funnel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from pandas.api.types import is_integer_dtype

from alliance_value.contracts.firm_years import FIRM, YEAR, FirmYears
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, gathered, raise_if
from alliance_value.contracts.rejects import (
    collect,
    in_words,
    rejected_by_rule,
    rejects,
)
from alliance_value.contracts.storage import conform
from alliance_value.sources.cells import cell_problems, numeric_column, text_column
from alliance_value.sources.columns import respelled
from alliance_value.sources.dated_columns import days
from alliance_value.sources.identifiers import firm_codes, scientific
from alliance_value.sources.keyed_rows import keyed_rows
from alliance_value.sources.keys import period_problems, time_key, with_quarters
from alliance_value.sources.many_files import tables_of
from alliance_value.sources.needed_columns import (
    Needed,
    in_vendors_letters,
    locate,
    named_columns,
)
from alliance_value.sources.printed_dates import dates
from alliance_value.sources.raw_table import (
    Opened,
    RawTable,
    decisions_of,
    in_places,
    in_their_files,
    readings_of,
)
from alliance_value.sources.read_file import read_as_one
from alliance_value.sources.record import Reading
from alliance_value.sources.repeats import (
    FILE,
    LAST_DAY,
    PERIOD_END,
    ROW,
    STATED,
    stale_rows,
)
from alliance_value.study.expressions import (
    ExpressionError,
    evaluate,
    names_in,
)
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.collect import implementation, readers_of
from alliance_value.vocabulary.entries import reader

__all__ = ["Needed", "SourceTables", "firm_years"]

# A reader turns a vendor's export into plain rows before keys and types are looked at.
Standardize = Callable[[RawTable, TableFile], tuple[RawTable, list[pd.DataFrame]]]
NAMED_FILES = 5  # as many names a funnel shows


@dataclass(frozen=True)
class SourceTables:
    """What the sources stage hands on."""

    firm_years: pd.DataFrame
    rejects: pd.DataFrame
    funnel: pd.DataFrame
    decisions: tuple[str, ...]
    cautions: tuple[str, ...] = ()
    readings: tuple[Reading, ...] = ()


def firm_years(
    files: Sequence[str],
    layout: TableFile,
    needed: Needed,
    firm_files: Sequence[str] = (),
    firm_layout: TableFile | None = None,
) -> SourceTables:
    """Read a study's firm-year files, and its table of firms where it has one.

    Parameters
    ----------
    files, layout
        Files with one row per firm and year, and how they are written.
    needed
        Columns to keep.
    firm_files, firm_layout
        A file with one row per firm, joined to each of the firm's years.

    Returns
    -------
    SourceTables
        Firm-years sorted by firm, year and source row; every other row of the files
        stands in the rejects and is counted in the funnel.

    Raises
    ------
    UserError
        Columns are missing, cells are invalid or keys repeat, and the study says stop.
    """
    unread: list[Problem] = []
    whole: list[tuple[RawTable, TableFile]] = []
    kind = readers_of("firm_years")[layout.reader]
    parted: list[pd.DataFrame] = []
    branches: list[pd.DataFrame] = []
    with gathered(unread):
        if kind.opens:
            opened: Opened = implementation(kind)(files, layout)
            whole = [(raw, layout) for raw in opened.tables]
            parted, branches = opened.rejects, [opened.funnel]
        else:
            whole = tables_of(files, layout, lambda raw, own: cut(raw, own, needed))
    with gathered(unread):
        firm_raw = None
        if firm_layout is not None:
            firm_raw = read_as_one(firm_files, firm_layout)
            firm_raw = respelled(firm_raw, named_columns(firm_layout, needed))
    raise_if(unread, "the source files")
    tables: list[tuple[RawTable, TableFile]] = []
    parted += [raw.rejects for raw, _ in whole]
    standardize: Standardize = as_they_stand if kind.opens else implementation(kind)
    for raw, own_layout in whole:
        with gathered(unread):
            raw = respelled(raw, named_columns(own_layout, needed))
            kept, part_rejects = standardize(raw, own_layout)
            if kind.small_letters:
                own_layout = in_vendors_letters(own_layout)
            tables.append((kept, own_layout))
            parted += part_rejects
    raise_if(unread, "the source files")
    raws = [raw for raw, _ in tables]
    own, joined = locate(tables, firm_raw, firm_layout, needed)
    tables = with_quarters(tables)
    chosen: list[tuple[RawTable, TableFile]] = []
    parts: list[pd.DataFrame] = []
    rejected: list[pd.DataFrame] = [*parted]
    problems: list[Problem] = []
    funnel = FunnelBranch("sample")
    for (raw, own_layout), columns in zip(tables, own, strict=True):
        with gathered(problems):
            if raw.before is None:
                raw = rows_where(raw, own_layout, columns, needed)
            chosen.append((raw, own_layout))
            part, part_rejects, more = typed_rows(raw, own_layout, columns, needed)
            parts.append(part)
            rejected += part_rejects
            problems += more
    problems += period_problems(chosen)
    shown = f"the source files {', '.join(raw.file for raw in raws)}"
    if not parts:
        raise_if(problems, shown)
    table = parts[0] if len(parts) == 1 else pd.concat(parts)
    table = table.reset_index(drop=True)
    in_files, usual = (
        sum(raw.rows_in_file for raw, _ in each) for each in (whole, tables)
    )
    all_rows = table if len(table) == in_files else firms_in(whole)
    firms, names = all_rows[FIRM].nunique(), named_files([raw.file for raw in raws])
    step = "rows that filings state" if kind.opens else "rows in the files"
    funnel.count(step, in_files, in_files, firms, names)
    standard = table if len(table) == usual else firms_in(tables)
    if usual < in_files:
        step = f"rows of the {layout.reader} standard"
        gone = rejected_by_rule(collect(parted))
        why = "; ".join(f"{in_words(rule)} {n:,}" for rule, n in gone.items())
        funnel.record(step, in_files, standard, why)
    if layout.where:
        shown_where = " and ".join(layout.where)
        funnel.record(f"where {shown_where}", usual, table, "where of the source")
    settled = keyed_rows(table, layout, funnel, rejected, problems, needed.require)
    table = settled.table
    firms_table = None
    if firm_raw is not None and firm_layout is not None:
        of_firms: list[pd.DataFrame] = []
        with_firms: list[Problem] = []
        firms_table = firm_attributes(
            firm_raw, firm_layout, joined, needed, of_firms, with_firms
        )
        rejected += [in_their_files(part, firm_raw) for part in of_firms]
        problems += in_places(with_firms, firm_raw)
    raise_if(problems, shown)
    table = table.take(key_order(table))
    stale = stale_rows(table)
    rejected += [*settled.rejects, *stale.rejects]
    if firms_table is not None:
        before = len(table)
        table = table.merge(firms_table, on=FIRM, how="left", validate="many_to_one")
        assert len(table) == before
    decisions = [
        f"{raw.file}: {d}"
        for raw, columns in zip(raws, own, strict=True)
        for d in (*raw.decisions, *markers(raw, (layout.entity, *columns.values())))
    ]
    cautions = tuple(f"{raw.file}: {word}" for raw in raws for word in raw.cautions)
    cautions += (*settled.cautions, *stale.cautions)
    if firm_raw is not None:
        decisions += decisions_of(firm_raw)
        marked = markers(firm_raw, joined.values())
        decisions += [f"{firm_raw.file}: {words}" for words in marked]
    return SourceTables(
        firm_years=conform(table, FirmYears),
        rejects=collect(rejected),
        funnel=pd.concat([funnel.table(), *branches], ignore_index=True),
        decisions=(*decisions, *cautions),
        cautions=cautions,
        readings=readings_of([*raws, *([firm_raw] if firm_raw else [])]),
    )


def named_files(files: Sequence[str]) -> str:
    """Return the names of files, of more than five the first and the last."""
    if len(files) > NAMED_FILES:
        return f"{len(files)} files, {files[0]} to {files[-1]}"
    return ", ".join(files)


def in_one_period(raw: RawTable) -> RawTable:
    """Return rows without times as those of one period: their time has no name."""
    return replace(raw, cells=raw.cells.assign(**{"": 0}))


def key_order(table: pd.DataFrame) -> np.ndarray:
    """Return the order of rows by firm, year, file and row in the file, shape (n,)."""
    keys = [pd.factorize(table[name], sort=True)[0] for name in (FIRM, FILE)]
    firm, file, row = *keys, table[ROW].to_numpy("int64")
    if (np.diff(file) < 0).any() or (np.diff(row)[np.diff(file) == 0] < 0).any():
        return np.lexsort((row, file, table[YEAR].to_numpy("int64"), firm))
    year = table[YEAR].to_numpy("int64")
    year = year - year.min(initial=0)
    return np.argsort(firm * (year.max(initial=0) + 1) + year, kind="stable")


def firms_in(tables: Iterable[tuple[RawTable, TableFile]]) -> pd.DataFrame:
    """Return the firms of all rows of files, once where rows were left out."""
    each = [
        firms_of(raw, layout) if raw.before is None else raw.before[1]
        for raw, layout in tables
    ]
    return pd.DataFrame({FIRM: pd.concat(each)})


def firms_of(raw: RawTable, layout: TableFile) -> pd.Series:
    """Return the firm of each row, as its vendor's identifiers are whole."""
    by_lower = {str(name).lower(): name for name in raw.cells.columns}
    known = layout.entity in raw.cells.columns
    column = layout.entity if known else by_lower[layout.entity.lower()]
    codes = text_column(raw, column, layout.missing)
    return firm_codes(codes, column)


def cut(raw: RawTable, layout: TableFile, needed: Needed) -> RawTable:
    """Leave out the rows of a ready table that no condition of the source keeps.

    Nothing is left out yet where a condition's columns are not in the file, where a
    reader has to bring the rows to its standard, or where a condition is on quarters,
    of which all files together tell how they are written.
    """
    raw = raw if layout.time else in_one_period(raw)
    used = {name for text in layout.where for name in names_in(text)}
    columns = {name: layout.columns.get(name, name) for name in used}
    raw = respelled(raw, named_columns(layout, needed))
    there = {layout.entity, layout.time, *columns.values()} <= {*raw.cells.columns}
    quarters = layout.time_format == "quarter" and used & {YEAR, layout.time}
    if layout.reader != "table" or quarters or not (used and there):
        return raw
    firms = firms_of(raw, layout).drop_duplicates()
    own = {name: column for name, column in columns.items() if column is not None}
    kept = rows_where(raw, layout, own, needed)
    return replace(kept, before=(len(raw.cells), firms))


def rows_where(
    raw: RawTable, layout: TableFile, own: Mapping[str, str], needed: Needed
) -> RawTable:
    """Return the rows of a file that meet the conditions of the source.

    Cells that are no numbers count as missing here; a row for which a condition is
    unknown leaves.

    Raises
    ------
    UserError
        A condition cannot be computed.
    """
    if not layout.where:
        return raw
    used = {name for text in layout.where for name in names_in(text)}
    lenient = replace(layout, invalid="missing")
    columns = {name: column for name, column in own.items() if name in used}
    typed, _, _ = typed_columns(raw, lenient, columns, needed)
    typed[FIRM] = firms_of(raw, layout)
    typed[YEAR] = (
        time_key(raw.cells[layout.time], layout).astype("Float64").astype("float64")
    )
    kept = pd.Series(True, raw.cells.index)
    problems = []
    for number, condition in enumerate(layout.where):
        try:
            kept &= evaluate(condition, typed).eq(1.0)
        except ExpressionError as error:
            problems.append(
                Problem(
                    rule=f"{condition}: {error}",
                    remedy="compare texts with texts in quotes, numbers with numbers",
                    where=f"sources.firm_years.where[{number}]",
                )
            )
    raise_if(problems, "the conditions of the source")
    return replace(
        raw,
        cells=raw.cells[kept].reset_index(drop=True),
        rows=raw.rows[kept].reset_index(drop=True),
    )


def markers(raw: RawTable, columns: Iterable[str]) -> Iterator[str]:
    """Yield how many cells of each column hold a marker of missing values, in words."""
    for column in dict.fromkeys(columns):
        if column not in raw.cells:
            continue
        cells = raw.cells[column]
        if pd.api.types.is_string_dtype(cells) and raw.layout.missing:
            text = cells.str.strip()
            counts = text[text.isin(list(raw.layout.missing))].value_counts()
            for marker, count in sorted(counts.items()):
                yield f"column '{column}': {count:,} cells '{marker}' are missing"


@reader(
    "table",
    of="firm_years",
    label="a ready table",
    reads="One row per entity and period, under the column names of the study.",
    needs=("entity", "time"),
    takes=(
        "time_format",
        "period_end",
        "columns",
        "text",
        "duplicates",
        "invalid",
        "missing_key",
        "where",
        "member",
        "from_name",
        "constants",
        "scale",
        "by_file",
    ),
    decides=(
        "Members of archives and files that a pattern fits are one table.",
        "An entity's gvkey has six digits, its CIK ten, however it is written.",
    ),
    repairs=(
        "A fiscal year that is missing or not that of `period_end` is taken from it.",
        "Rows without entity or readable time are rejected (`missing_key`).",
        "Cells that are no finite number are missing (`invalid: missing`).",
        "Of rows that share their key one stays, or their sum (`duplicates`).",
    ),
    stops=(
        "Columns that the study refers to are absent.",
        "Cells of a numeric column are no finite number, unless `invalid` says.",
        "Rows share their key, unless `duplicates` says.",
        "Codes of entities that a spreadsheet turned into numbers such as 1.2E+05.",
        "A column bears a word of the program's own that the study writes.",
        "`duplicates` chooses rows that `sample.require` then drops for others.",
    ),
    makes=("firm_years",),
)
def as_they_stand(
    raw: RawTable, layout: TableFile
) -> tuple[RawTable, list[pd.DataFrame]]:
    """Return the rows of a ready table, which need no standard."""
    return raw, []


def typed_rows(
    raw: RawTable, layout: TableFile, own: Mapping[str, str], needed: Needed
) -> tuple[pd.DataFrame, list[pd.DataFrame], list[Problem]]:
    """Return a file's rows with typed columns; the key is still as stated."""
    data: dict[str, pd.Series] = {
        FIRM: firms_of(raw, layout),
        YEAR: time_key(raw.cells[layout.time], layout),
        STATED: as_stated(raw.cells[layout.time]),
        FILE: pd.Series(raw.file, raw.cells.index, dtype="string"),
        ROW: raw.rows,
    }
    undecided: list[Problem] = []
    if layout.period_end:
        end = layout.period_end
        ready = layout.reader == "table"
        data[PERIOD_END] = raw.cells[end]
        data[LAST_DAY] = days(raw, end, undecided) if ready else dates(raw.cells[end])
    typed, rejected, problems = typed_columns(raw, layout, own, needed)
    problems = [
        *undecided,
        *damaged_codes(raw, layout.entity),
        *problems,
    ]
    return pd.DataFrame({**data, **typed}, copy=False), rejected, problems


def as_stated(time: pd.Series) -> pd.Series:
    """Return a time column as it will be quoted; whole numbers are printed then."""
    return time if is_integer_dtype(time) else time.astype("string")


def damaged_codes(raw: RawTable, column: str) -> list[Problem]:
    """Return a problem per code of a firm that a spreadsheet made a number of."""
    if pd.api.types.is_numeric_dtype(raw.cells[column]):
        return []
    codes = text_column(raw, column)
    each = codes.drop_duplicates()
    bad = each[scientific(each)]
    lost = codes.isin(bad) if len(bad) else pd.Series(False, codes.index)
    return [
        Problem(
            rule="is a code that a spreadsheet turned into a number; its digits are "
            "lost, and firms would be taken for one",
            remedy="export the file again and open it as text",
            where=raw.file,
            row=int(row),
            column=column,
            value=str(code),
        )
        for row, code in zip(raw.rows[lost], codes[lost], strict=True)
    ]


def typed_columns(
    raw: RawTable, layout: TableFile, own: Mapping[str, str], needed: Needed
) -> tuple[dict[str, pd.Series], list[pd.DataFrame], list[Problem]]:
    """Return the needed columns as numbers or text, with their invalid cells."""
    typed: dict[str, pd.Series] = {}
    rejected: list[pd.DataFrame] = []
    problems: list[Problem] = []
    for name, column in own.items():
        if name in layout.text or column in layout.text or name in needed.grouping:
            typed[name] = text_column(raw, column, layout.missing)
            continue
        values, invalid = numeric_column(raw, column, layout)
        factor = layout.scale.get(name)
        typed[name] = values if factor is None else values * factor
        if not invalid.any():
            continue
        if layout.invalid == "stop":
            problems += cell_problems(raw, column, invalid)
            continue
        rejected.append(
            rejects(
                file=raw.file,
                row=raw.rows[invalid],
                column=column,
                value=raw.cells.loc[invalid, column].astype("string"),
                rule="not_a_finite_number",
                action="repaired",
            )
        )
    return typed, rejected, problems


@reader(
    "table",
    of="firms",
    label="a table of entities",
    reads="One row per entity, joined to each of its periods.",
    needs=("entity",),
    takes=("columns", "text", "duplicates", "invalid"),
    repairs=(
        "Rows without entity are rejected.",
        "Cells that are no finite number are missing (`invalid: missing`).",
        "Of rows of one entity the first stays (`duplicates: first`).",
    ),
    stops=(
        "An entity has two rows, unless `duplicates` says.",
        "Cells of a numeric column are no finite number, unless `invalid` says.",
    ),
    makes=("firm_years",),
)
def firm_attributes(
    raw: RawTable,
    layout: TableFile,
    joined: Mapping[str, str],
    needed: Needed,
    rejected: list[pd.DataFrame],
    problems: list[Problem],
) -> pd.DataFrame:
    """Return the table of firms with one row per firm."""
    typed, bad_cells, cell_errors = typed_columns(raw, layout, joined, needed)
    rejected += bad_cells
    rejected.append(raw.rejects)
    problems += [*damaged_codes(raw, layout.entity), *cell_errors]
    table = pd.DataFrame({FIRM: firms_of(raw, layout), **typed})
    again = table.duplicated(FIRM) & table[FIRM].notna()
    if layout.duplicates == "stop":
        problems += [
            Problem(
                rule="the firm has an earlier row",
                remedy="correct the file, or set duplicates: first",
                where=raw.file,
                row=int(row),
                column=layout.entity,
                value=str(firm),
            )
            for row, firm in zip(raw.rows[again], table.loc[again, FIRM], strict=True)
        ]
    for mask, rule in ((again, "duplicate_firm"), (table[FIRM].isna(), "firm_missing")):
        rejected.append(
            rejects(
                file=raw.file,
                row=raw.rows[mask],
                column=layout.entity,
                value=table.loc[mask, FIRM],
                rule=rule,
                action="rejected",
            )
        )
    return table[~again & table[FIRM].notna()]
