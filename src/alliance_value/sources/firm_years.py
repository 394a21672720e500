"""Source files of a study -> the canonical firm-years, rejects and funnel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR, FirmYears
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.identifiers import WIDTHS
from alliance_value.contracts.problems import Problem, gathered, nearest, raise_if
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
from alliance_value.sources.identifiers import padded, scientific
from alliance_value.sources.keys import fiscal_year_of, period_problems, time_key
from alliance_value.sources.many_files import tables_of
from alliance_value.sources.printed_dates import dates
from alliance_value.sources.read_file import (
    RawTable,
    plain_text,
    read_file,
    readings_of,
)
from alliance_value.sources.record import Reading
from alliance_value.sources.repeats import (
    FILE,
    LAST_DAY,
    PERIOD_END,
    ROW,
    STATED,
    Settled,
    chosen_too_early,
    settle_duplicates,
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

# A reader turns a vendor's export into plain rows before keys and types are looked at.
Standardize = Callable[[RawTable, TableFile], tuple[RawTable, list[pd.DataFrame]]]
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
    own_words
        The program's words for columns of its own -> where the study writes them.
    require
        Conditions of the sample on the source's columns.
    """

    uses: Mapping[str, Sequence[str]]
    grouping: frozenset[str] = frozenset()
    variables: Sequence[str] = ()
    own_words: Mapping[str, Sequence[str]] = field(default_factory=dict)
    require: Sequence[str] = ()


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
    with gathered(unread):
        whole = tables_of(files, layout)
    with gathered(unread):
        firm_raw = read_file(firm_files[0], firm_layout) if firm_layout else None
        if firm_raw is not None and firm_layout is not None:
            firm_raw = respelled(firm_raw, named_columns(firm_layout, needed))
    raise_if(unread, "the source files")
    tables: list[tuple[RawTable, TableFile]] = []
    parted = [raw.rejects for raw, _ in whole]
    kind = readers_of("firm_years")[layout.reader]
    standardize: Standardize = implementation(kind)
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
    parts: list[pd.DataFrame] = []
    rejected: list[pd.DataFrame] = [*parted]
    problems: list[Problem] = []
    funnel = FunnelBranch("sample")
    for (raw, own_layout), columns in zip(tables, own, strict=True):
        with gathered(problems):
            chosen = rows_where(raw, own_layout, columns, needed)
            part, part_rejects, more = typed_rows(chosen, own_layout, columns, needed)
            parts.append(part)
            rejected += part_rejects
            problems += more
    shown = f"the source files {', '.join(raw.file for raw in raws)}"
    if not parts:
        raise_if(problems, shown)
    table = pd.concat(parts, ignore_index=True)
    all_firms = [firms_of(raw, own_layout) for raw, own_layout in whole]
    all_rows = pd.concat(all_firms).to_frame(FIRM)
    funnel.start(all_rows, "rows in the files", ", ".join(raw.file for raw in raws))
    standard = pd.concat([firms_of(*each) for each in tables]).to_frame(FIRM)
    if len(standard) < len(all_rows):
        step = f"rows of the {layout.reader} standard"
        gone = rejected_by_rule(collect(parted))
        why = "; ".join(f"{in_words(rule)} {n:,}" for rule, n in gone.items())
        funnel.record(step, len(all_rows), standard, why)
    if layout.where:
        shown_where = " and ".join(layout.where)
        funnel.record(
            f"where {shown_where}", len(standard), table, "where of the source"
        )
    settled = keyed_rows(table, layout, funnel, rejected, problems, needed.require)
    table = settled.table
    firms_table = None
    if firm_raw is not None and firm_layout is not None:
        firms_table = firm_attributes(
            firm_raw, firm_layout, joined, needed, rejected, problems
        )
    raise_if(problems, shown)
    stale = stale_rows(table)
    rejected += [*settled.rejects, *stale.rejects]
    if firms_table is not None:
        before = len(table)
        table = table.merge(firms_table, on=FIRM, how="left", validate="many_to_one")
        assert len(table) == before
    table = table.sort_values([FIRM, YEAR, FILE, ROW], kind="stable")
    decisions = [
        f"{raw.file}: {d}"
        for raw, columns in zip(raws, own, strict=True)
        for d in (*raw.decisions, *markers(raw, columns.values()))
    ]
    cautions = tuple(f"{raw.file}: {word}" for raw in raws for word in raw.cautions)
    cautions += (*settled.cautions, *stale.cautions)
    if firm_raw is not None:
        every = (*firm_raw.decisions, *markers(firm_raw, joined.values()))
        decisions += [f"{firm_raw.file}: {d}" for d in every]
    return SourceTables(
        firm_years=conform(table, FirmYears),
        rejects=collect(rejected),
        funnel=funnel.table(),
        decisions=(*decisions, *cautions),
        cautions=cautions,
        readings=readings_of([*raws, *([firm_raw] if firm_raw else [])]),
    )


def firms_of(raw: RawTable, layout: TableFile) -> pd.Series:
    """Return the firm of each row, as its vendor's identifiers are whole."""
    by_lower = {str(name).lower(): name for name in raw.cells.columns}
    known = layout.entity in raw.cells.columns
    column = layout.entity if known else by_lower[layout.entity.lower()]
    codes = text_column(raw, column, layout.missing)
    digits = WIDTHS.get(column.lower())
    return codes if digits is None else padded(codes, digits)


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


def named_columns(layout: TableFile, needed: Needed) -> list[str]:
    """Return the file's columns as the study names them."""
    keys = [k for k in (layout.entity, layout.time, layout.period_end) if k]
    columns = [layout.columns.get(name, name) for name in needed.uses]
    return [*keys, *filter(None, columns)]


def markers(raw: RawTable, columns: Iterable[str]) -> Iterator[str]:
    """Yield how many cells of each column hold a marker of missing values, in words."""
    for column in dict.fromkeys(columns):
        cells = raw.cells[column]
        if pd.api.types.is_string_dtype(cells) and raw.layout.missing:
            text = cells.str.strip()
            counts = text[text.isin(list(raw.layout.missing))].value_counts()
            for marker, count in sorted(counts.items()):
                yield f"column '{column}': {count:,} cells '{marker}' are missing"


def in_vendors_letters(layout: TableFile) -> TableFile:
    """Return a layout that names columns in small letters, as the reader does."""
    return replace(
        layout,
        entity=layout.entity.lower(),
        time=layout.time.lower(),
        period_end=layout.period_end.lower(),
        text=tuple({*layout.text, *(name.lower() for name in layout.text)}),
        columns={name: column.lower() for name, column in layout.columns.items()},
    )


def locate(
    tables: Sequence[tuple[RawTable, TableFile]],
    firm_raw: RawTable | None,
    firm_layout: TableFile | None,
    needed: Needed,
) -> tuple[list[dict[str, str]], dict[str, str]]:
    """Find each needed column in the firm-year files or in the table of firms.

    Returns
    -------
    own : list of dict
        Per file: name in the study -> column; of what the study says the file has not,
        nothing.
    joined : dict
        Name in the study -> column in the table of firms.
    """
    problems: list[Problem] = []
    for raw, layout in tables:
        keys = {"entity": layout.entity, "time": layout.time}
        if layout.period_end:
            keys["period_end"] = layout.period_end
        for key, column in keys.items():
            if column not in raw.cells.columns:
                problems.append(missing_column(raw, column, f"firm_years.{key}"))
        problems += ambiguous_words(raw, layout, needed)
    if firm_raw is not None and firm_layout is not None:
        if firm_layout.entity not in firm_raw.cells.columns:
            key = "firms.entity"
            problems.append(missing_column(firm_raw, firm_layout.entity, key))
        keys = replace(firm_layout, time=tables[0][1].time)
        problems += ambiguous_words(firm_raw, keys, needed)
    own: list[dict[str, str]] = [{} for _ in tables]
    joined: dict[str, str] = {}
    for name, uses in needed.uses.items():
        columns = [column_of(name, layout) for _, layout in tables]
        if not any(columns):
            problems.append(
                Problem(
                    rule=f"no file has '{name}', which "
                    f"{', '.join(dict.fromkeys(uses))} needs",
                    remedy="name its column in one of the files, or take it out",
                    where="sources.firm_years.by_file",
                )
            )
        absent = [
            (raw, column)
            for (raw, _), column in zip(tables, columns, strict=True)
            if column is not None and column not in raw.cells.columns
        ]
        if not absent:
            for found, column in zip(own, columns, strict=True):
                if column is not None:
                    found[name] = column
            continue
        named = any(name in layout.columns for _, layout in tables)
        if firm_raw is not None and firm_layout is not None and not named:
            column = firm_layout.columns.get(name, name)
            if column in firm_raw.cells.columns:
                joined[name] = column
                continue
        for raw, column in absent:
            names = {n for _, layout in tables for n in layout.columns}
            known = [*raw.cells.columns, *needed.variables, *sorted(names)]
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


def column_of(name: str, layout: TableFile) -> str | None:
    """Return the file's column of a name; nothing where the study says it has none."""
    column = layout.columns.get(name, name)
    small = readers_of("firm_years")[layout.reader].small_letters
    return column.lower() if small and column is not None else column


def ambiguous_words(
    raw: RawTable, layout: TableFile, needed: Needed
) -> Iterator[Problem]:
    """Yield the program's own words that the study writes and a column bears too."""
    for word, uses in needed.own_words.items():
        meant = {"firm": layout.entity, "entity": layout.entity}
        key = meant.get(word, layout.time)
        if word in raw.cells.columns and key != word:
            yield Problem(
                rule=f"'{word}' in {', '.join(dict.fromkeys(uses))} is the program's "
                f"name for '{key}', and a column of the file bears it too",
                remedy=f"write {key} for the key; for the column give it another name "
                f"under columns, such as own_{word}: {word}",
                where=raw.file,
                column=word,
            )


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
        STATED: raw.cells[layout.time].astype("string"),
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
    table = table.reset_index(drop=True)
    settled = settle_duplicates(table, layout, funnel)
    problems += settled.problems
    problems += chosen_too_early(table, settled.table, layout, require)
    table = settled.table
    if layout.period_end:
        table = table.assign(datadate=table[LAST_DAY])
    table = table.drop(columns=[STATED, PERIOD_END, LAST_DAY], errors="ignore")
    return replace(settled, table=table)


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
                value=bad[STATED],
                rule=rule,
                action="repaired",
                new_value=derived[bad.index].astype("string"),
            )
        )
    return table.assign(**{YEAR: derived.fillna(stated)})


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
