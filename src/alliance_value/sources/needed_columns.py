"""Names that a study refers to -> the columns of its files that hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.sources.raw_table import RawTable
from alliance_value.study.spec import TableFile
from alliance_value.vocabulary.collect import readers_of


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


def named_columns(layout: TableFile, needed: Needed) -> list[str]:
    """Return the file's columns as the study names them."""
    keys = [k for k in (layout.entity, layout.time, layout.period_end) if k]
    columns = [layout.columns.get(name, name) for name in needed.uses]
    return [*keys, *filter(None, columns)]


def in_vendors_letters(layout: TableFile) -> TableFile:
    """Return a layout that names columns in small letters, as the reader does."""
    return replace(
        layout,
        entity=layout.entity.lower(),
        time=layout.time.lower(),
        period_end=layout.period_end.lower(),
        text=tuple({*layout.text, *(name.lower() for name in layout.text)}),
        columns={name: c and c.lower() for name, c in layout.columns.items()},
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
        with_time = replace(firm_layout, time=tables[0][1].time)
        problems += ambiguous_words(firm_raw, with_time, needed)
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
            for heading, its in zip(own, columns, strict=True):
                if its is not None:
                    heading[name] = its
            continue
        named = any(name in layout.columns for _, layout in tables)
        if firm_raw is not None and firm_layout is not None and not named:
            of_firm = firm_layout.columns.get(name, name)
            if of_firm is not None and of_firm in firm_raw.cells.columns:
                joined[name] = of_firm
                continue
        for raw, lacking in absent:
            names = {n for _, layout in tables for n in layout.columns}
            known = [*raw.cells.columns, *needed.variables, *sorted(names)]
            if firm_raw is not None:
                known += list(firm_raw.cells.columns)
            others = [k for k in dict.fromkeys(known) if k != lacking]
            remedy = nearest(lacking, others)
            if set(uses) == {"sample.require"} and name in needed.variables:
                remedy = "conditions on variables stand under sample.where"
            problems.append(
                Problem(
                    rule=f"there is no column or variable '{lacking}', "
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
        named = [str(c).strip().lower() for c in raw.cells.columns if c != key]
        if word in named and key != word:
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
