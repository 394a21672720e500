"""Files, archives of files and what their names tell -> one raw table per file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from alliance_value.contracts.problems import (
    Problem,
    UserError,
    gathered,
    nearest,
    raise_if,
)
from alliance_value.sources.archives import fits, members, named, parts_of, renamed
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")


def tables_of(
    paths: Sequence[str | Path],
    layout: TableFile,
    cut: Callable[[RawTable, TableFile], RawTable] = lambda raw, _: raw,
) -> list[tuple[RawTable, TableFile]]:
    """Read files, and the members of archives, each in its own layout.

    What ``layout.by_file`` says of a pattern that a file's name fits goes before what
    the layout says of all; of several patterns the first one counts. Names between
    braces in ``layout.from_name`` and constants become columns. A member of an archive
    is named ``archive.zip/member``; patterns may be of the whole or of either part.
    Each table is cut before the next one is read: of many files only what is left of
    them is held.

    Raises
    ------
    UserError
        With the problems of all files: what cannot be read, names that do not fit,
        columns that stand in a file and are constants too, patterns of no file.
    """
    problems: list[Problem] = []
    tables: list[tuple[RawTable, TableFile]] = []
    for path in map(Path, paths):
        with gathered(problems):
            for name, file in members(path, layout.member):
                own = own_layout(name, layout)
                with gathered(problems), named(path, file, name):
                    raw = renamed(read_file(file, own), name)
                    tables.append((cut(with_constants(raw, own), own), own))
    names = [raw.file for raw, _ in tables]
    problems += [
        Problem(
            rule=f"no file fits the pattern '{pattern}'",
            remedy=nearest(pattern, names),
            where="sources.firm_years.by_file",
        )
        for pattern in layout.by_file
        if names and not any(fits(name, pattern) for name in names)
    ]
    raise_if(problems, f"reading {', '.join(Path(path).name for path in paths[:5])}")
    return tables


def own_layout(name: str, layout: TableFile) -> TableFile:
    """Return the layout of a file by its name.

    Raises
    ------
    UserError
        The name does not fit ``from_name``.
    """
    own = next((o for p, o in layout.by_file.items() if fits(name, p)), {})
    constants = {**layout.constants, **own.get("constants", {})}
    patterns = layout.from_name
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        constants |= constants_of(name, pattern)
    own = {k: tuple(v) if isinstance(v, list) else v for k, v in own.items()}
    columns = {**layout.columns, **own.get("columns", {})}
    scale = {**layout.scale, **own.get("scale", {})}
    merged = {"columns": columns, "scale": scale, "constants": constants}
    return replace(layout, **{**own, **merged})


def constants_of(name: str, pattern: str) -> dict[str, str]:
    """Return what a file's name tells by a pattern such as ``list_{year}.csv``."""
    pieces = PLACE.split(pattern)
    written = "".join(
        f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece).replace(r"\*", ".*")
        for place, piece in enumerate(pieces)
    )
    for part in parts_of(name):
        match = re.fullmatch(written, part)
        if match is not None:
            return match.groupdict()
    problem = Problem(
        rule=f"the name does not fit from_name: '{pattern}'",
        remedy="name what all files' names tell, with * for what differs",
        where=name,
    )
    raise UserError([problem], f"reading {name}")


def with_constants(raw: RawTable, layout: TableFile) -> RawTable:
    """Return a table with the constants of its file as columns.

    Raises
    ------
    UserError
        The file has a column of that name.
    """
    constants: Mapping[str, object] = layout.constants
    raise_if(
        [
            Problem(
                rule=f"'{name}' is a column of the file and a constant of the study",
                remedy="give the constant another name, or take it out",
                where=raw.file,
                column=name,
            )
            for name in constants
            if name in raw.cells.columns
        ],
        f"reading {raw.file}",
    )
    if not constants:
        return raw
    columns = {
        name: pd.Series(str(value), raw.cells.index, dtype="str")
        for name, value in constants.items()
    }
    shown = ", ".join(f"{name} {value}" for name, value in constants.items())
    return replace(
        raw,
        cells=raw.cells.assign(**columns),
        decisions=(*raw.decisions, f"constants of the file: {shown}"),
    )
