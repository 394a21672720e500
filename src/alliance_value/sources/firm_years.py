"""Source files of a study -> the canonical firm-years, rejects and funnel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR, FirmYears
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, gathered, nearest, raise_if
from alliance_value.contracts.rejects import (
    collect,
    in_words,
    rejected_by_rule,
    rejects,
)
from alliance_value.contracts.storage import conform
from alliance_value.sources.cells import (
    cell_problems,
    numeric_column,
    plain_text,
    text_column,
)
from alliance_value.sources.compustat import standard_rows
from alliance_value.sources.identifiers import scientific
from alliance_value.sources.keys import fiscal_year_of, period_problems, time_key
from alliance_value.sources.printed_dates import dates
from alliance_value.sources.read_file import (
    RawTable,
    read_file,
    read_files,
    readings_of,
)
from alliance_value.sources.record import Reading
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.entries import reader

FILE, ROW = "source_file", "source_row"
STATED, PERIOD_END = "stated time", "period end"  # no study can name such columns
# A reader turns a vendor's export into plain rows before keys and types are looked at.
Standardize = Callable[[RawTable, TableFile], tuple[RawTable, list[pd.DataFrame]]]
STANDARDIZE: dict[str, Standardize] = {
    "table": lambda raw, layout: (raw, []),
    "compustat": lambda raw, layout: standard_rows(raw, layout.decimal, layout.keyset),
}

# what the funnel calls the columns of the key, in the words of the study
KEYS = {FIRM: "{entity}", YEAR: "{time}"}


@dataclass(frozen=True)
class Needed:
    """The columns that a study refers to.

    Parameters
    ----------
    uses
        Column name in the study -> the places of the study file that use it.
    grouping
        Those used only as effects or clusters: text or number alike.
    variables
        Names of the study's variables, for hints on misspelt names.
    """

    uses: Mapping[str, Sequence[str]]
    grouping: frozenset[str] = frozenset()
    variables: Sequence[str] = ()


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
    with gathered(unread):
        whole = read_files(files, layout)
    with gathered(unread):
        firm_raw = read_file(firm_files[0], firm_layout) if firm_layout else None
    raise_if(unread, "the source files")
    raws, parted = [], [raw.rejects for raw in whole]
    for raw in whole:
        with gathered(unread):
            kept, part_rejects = STANDARDIZE[layout.reader](raw, layout)
            raws.append(kept)
            parted += part_rejects
    raise_if(unread, "the source files")
    if layout.reader == "compustat":
        layout = in_vendors_letters(layout)
    own, joined = locate(raws, layout, firm_raw, firm_layout, needed)
    parts: list[pd.DataFrame] = []
    rejected: list[pd.DataFrame] = [*parted]
    problems: list[Problem] = []
    for raw in raws:
        part, part_rejects, part_problems = typed_rows(raw, layout, own, needed)
        parts.append(part)
        rejected += part_rejects
        problems += part_problems
    table = pd.concat(parts, ignore_index=True)
    funnel = FunnelBranch("sample")
    all_firms = [text_column(raw, layout.entity) for raw in whole]
    all_rows = pd.concat(all_firms).to_frame(FIRM)
    funnel.start(all_rows, "rows in the files", ", ".join(raw.file for raw in raws))
    if len(table) < len(all_rows):
        step = f"rows of the {layout.reader} standard"
        gone = rejected_by_rule(collect(parted))
        why = "; ".join(f"{in_words(rule)} {n:,}" for rule, n in gone.items())
        funnel.record(step, len(all_rows), table, why)
    table = keyed_rows(table, layout, funnel, rejected, problems)
    firms_table = None
    if firm_raw is not None and firm_layout is not None:
        firms_table = firm_attributes(
            firm_raw, firm_layout, joined, needed, rejected, problems
        )
    raise_if(problems, f"the source files {', '.join(raw.file for raw in raws)}")
    if firms_table is not None:
        before = len(table)
        table = table.merge(firms_table, on=FIRM, how="left", validate="many_to_one")
        assert len(table) == before
    table = table.sort_values([FIRM, YEAR, FILE, ROW], kind="stable")
    decisions = [f"{raw.file}: {d}" for raw in raws for d in raw.decisions]
    cautions = tuple(f"{raw.file}: {word}" for raw in raws for word in raw.cautions)
    if firm_raw is not None:
        decisions += [f"{firm_raw.file}: {d}" for d in firm_raw.decisions]
    return SourceTables(
        firm_years=conform(table, FirmYears),
        rejects=collect(rejected),
        funnel=funnel.table(),
        decisions=(*decisions, *cautions),
        cautions=cautions,
        readings=readings_of([*raws, *([firm_raw] if firm_raw else [])]),
    )


def in_vendors_letters(layout: TableFile) -> TableFile:
    """Return a layout that names columns in small letters, as Compustat does."""
    return replace(
        layout,
        entity=layout.entity.lower(),
        time=layout.time.lower(),
        period_end=layout.period_end.lower(),
        text=tuple({*layout.text, *(name.lower() for name in layout.text)}),
        columns={name: column.lower() for name, column in layout.columns.items()},
    )


def locate(
    raws: Sequence[RawTable],
    layout: TableFile,
    firm_raw: RawTable | None,
    firm_layout: TableFile | None,
    needed: Needed,
) -> tuple[dict[str, str], dict[str, str]]:
    """Find each needed column in the firm-year files or in the table of firms.

    Returns
    -------
    own, joined : dict
        Name in the study -> column in the firm-year files, or in the table of firms.
    """
    problems: list[Problem] = []
    keys = {"entity": layout.entity, "time": layout.time}
    if layout.period_end:
        keys["period_end"] = layout.period_end
    for raw in raws:
        for key, column in keys.items():
            if column not in raw.cells.columns:
                problems.append(missing_column(raw, column, f"firm_years.{key}"))
    if (
        firm_raw is not None
        and firm_layout is not None
        and firm_layout.entity not in firm_raw.cells.columns
    ):
        problems.append(missing_column(firm_raw, firm_layout.entity, "firms.entity"))
    own: dict[str, str] = {}
    joined: dict[str, str] = {}
    for name, uses in needed.uses.items():
        column = layout.columns.get(name, name)
        if layout.reader == "compustat":
            column = column.lower()
        absent = [raw for raw in raws if column not in raw.cells.columns]
        if not absent:
            own[name] = column
            continue
        if (
            firm_raw is not None
            and firm_layout is not None
            and name not in layout.columns
        ):
            column = firm_layout.columns.get(name, name)
            if column in firm_raw.cells.columns:
                joined[name] = column
                continue
        for raw in absent:
            known = [*raw.cells.columns, *needed.variables, *layout.columns]
            if firm_raw is not None:
                known += list(firm_raw.cells.columns)
            remedy = nearest(column, [k for k in dict.fromkeys(known) if k != column])
            if set(uses) == {"sample.require"} and name in needed.variables:
                remedy = "conditions on variables stand under sample.where"
            problems.append(
                Problem(
                    rule=f"there is no column or variable '{column}', "
                    f"which {', '.join(dict.fromkeys(uses))} needs",
                    remedy=remedy,
                    where=raw.file,
                )
            )
    raise_if(problems, "the columns that the study refers to")
    return own, joined


def missing_column(raw: RawTable, column: str, key: str) -> Problem:
    """Return the problem of a key column that the file does not have."""
    return Problem(
        rule=f"there is no column '{column}', which sources.{key} names",
        remedy=nearest(column, raw.cells.columns),
        where=raw.file,
        row=1,
    )


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
    ),
    repairs=(
        "A fiscal year that is missing or not that of `period_end` is taken from it.",
        "Rows without entity or readable time are rejected (`missing_key`).",
        "Cells that are no finite number are missing (`invalid: missing`).",
        "Of rows that share their key the first stays (`duplicates: first`).",
    ),
    stops=(
        "Columns that the study refers to are absent.",
        "Cells of a numeric column are no finite number, unless `invalid` says.",
        "Rows share their key, unless `duplicates` says.",
        "Codes of entities that a spreadsheet turned into numbers such as 1.2E+05.",
    ),
    makes=("firm_years",),
)
def typed_rows(
    raw: RawTable, layout: TableFile, own: Mapping[str, str], needed: Needed
) -> tuple[pd.DataFrame, list[pd.DataFrame], list[Problem]]:
    """Return a file's rows with typed columns; the key is still as stated."""
    data: dict[str, pd.Series] = {
        FIRM: text_column(raw, layout.entity),
        YEAR: time_key(raw.cells[layout.time], layout),
        STATED: raw.cells[layout.time].astype("string"),
        FILE: pd.Series(raw.file, raw.cells.index, dtype="string"),
        ROW: raw.rows,
    }
    if layout.period_end:
        data[PERIOD_END] = raw.cells[layout.period_end]
    typed, rejected, problems = typed_columns(raw, layout, own, needed)
    problems = [
        *period_problems(raw, layout),
        *damaged_codes(raw, layout.entity),
        *problems,
    ]
    return pd.DataFrame({**data, **typed}), rejected, problems


def damaged_codes(raw: RawTable, column: str) -> list[Problem]:
    """Return a problem per code of a firm that a spreadsheet made a number of."""
    if pd.api.types.is_numeric_dtype(raw.cells[column]):
        return []
    codes = text_column(raw, column)
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
        for row, code in zip(
            raw.rows[scientific(codes)], codes[scientific(codes)], strict=True
        )
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
            typed[name] = text_column(raw, column)
            continue
        values, invalid = numeric_column(raw, column, layout)
        typed[name] = values
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


def keyed_rows(
    table: pd.DataFrame,
    layout: TableFile,
    funnel: FunnelBranch,
    rejected: list[pd.DataFrame],
    problems: list[Problem],
) -> pd.DataFrame:
    """Give every row its firm and fiscal year, or reject it, and settle duplicates."""
    if layout.period_end:
        table = repaired_years(table, layout, rejected)
    for key, column, rule in (
        (FIRM, layout.entity, "firm_missing"),
        (YEAR, layout.time, "time_missing_or_unreadable"),
    ):
        absent = table[key].isna()
        if absent.any():
            bad = table[absent]
            value = bad[STATED] if key == YEAR else None
            if layout.missing_key == "stop" or absent.all():
                problems += key_problems(bad, column, rule, value)
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
        table = funnel.keep(table, ~absent, f"has {KEYS[key]}", f"{rule} in '{column}'")
    table = table.assign(**{YEAR: table[YEAR].astype("int64")})
    table = settle_duplicates(table, layout, funnel, rejected, problems)
    if layout.period_end:
        table["datadate"] = dates(table[PERIOD_END])
    return table.drop(columns=[STATED, PERIOD_END], errors="ignore")


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
    derived = fiscal_year_of(table[PERIOD_END])
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
                value=bad[STATED],
                rule=rule,
                action="repaired",
                new_value=derived[bad.index].astype("string"),
            )
        )
    return table.assign(**{YEAR: derived.fillna(stated)})


def settle_duplicates(
    table: pd.DataFrame,
    layout: TableFile,
    funnel: FunnelBranch,
    rejected: list[pd.DataFrame],
    problems: list[Problem],
) -> pd.DataFrame:
    """Stop at, keep, or reject all but the first of rows that share firm and year."""
    again = table.duplicated([FIRM, YEAR], keep="first")
    if layout.duplicates == "stop" and again.any():
        shared = table[table.duplicated([FIRM, YEAR], keep=False)]
        for (firm, year), group in shared.groupby([FIRM, YEAR], sort=True):
            rows = ", ".join(str(r) for r in group[ROW])
            problems.append(
                Problem(
                    rule=f"{len(group)} rows for firm '{firm}' in {year}: rows {rows}",
                    remedy="correct the file, or set duplicates: first or keep",
                    where=str(group[FILE].iloc[0]),
                    row=int(group[ROW].iloc[1]),
                    column=f"{layout.entity}, {layout.time}",
                )
            )
    if layout.duplicates != "first":
        return table
    bad = table[again]
    rejected.append(
        rejects(
            file=bad[FILE],
            row=bad[ROW],
            column=layout.time,
            value=bad[STATED],
            rule="duplicate_firm_year",
            action="rejected",
        )
    )
    return funnel.keep(
        table, ~again, "one row per firm and year", "later rows of the same firm-year"
    )


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
    table = pd.DataFrame({FIRM: text_column(raw, layout.entity), **typed})
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
