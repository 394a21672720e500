"""Files, archives of files and what their names tell -> one raw table per file."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import pandas as pd

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import (
    Problem,
    UserError,
    clip,
    gathered,
    nearest,
    raise_if,
)
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_file
from alliance_value.sources.text_file import unreadable
from alliance_value.study.spec import TableFile

PLACE = re.compile(r"\{([A-Za-z_]\w*)\}")
HIDDEN = ("__MACOSX", ".")
WORKBOOK = "[Content_Types].xml"
BAD_ARCHIVE = (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError)


def tables_of(
    paths: Sequence[str | Path], layout: TableFile
) -> list[tuple[RawTable, TableFile]]:
    """Read files, and the members of archives, each in its own layout.

    What ``layout.by_file`` says of a pattern that a file's name fits goes before what
    the layout says of all; of several patterns the first one counts. Names between
    braces in ``layout.from_name`` and constants become columns. A member of an archive
    is named ``archive.zip/member``; patterns may be of the whole or of either part.

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
                    tables.append((with_constants(raw, own), own))
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


def members(path: Path, wanted: str) -> Iterator[tuple[str, Path]]:
    """Yield the name and place of a file, or of each member of an archive."""
    if no_file(path) is not None or not zipfile.is_zipfile(path):
        yield path.name, path
        return
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
            inside = [
                name
                for name in sorted(archive.namelist())
                if not name.endswith("/")
                and not any(p.startswith(HIDDEN) for p in PurePosixPath(name).parts)
            ]
            alone = len(inside) == 1 and not wanted
            if WORKBOOK in inside or alone:
                yield path.name, path
                return
            chosen = [name for name in inside if not wanted or fits(name, wanted)]
            if not chosen:
                rule = f"the archive has no member '{wanted}'" if wanted else "is empty"
                raise unreadable(path, rule, nearest(wanted, inside))
            for name in chosen:
                place = Path(folder) / PurePosixPath(name).name
                place.write_bytes(archive.read(name))
                yield f"{path.name}/{name}", place
                place.unlink()
    except BAD_ARCHIVE as error:
        words = f"fetch or export it again ({clip(str(error), 100)})"
        raise unreadable(path, "is no readable archive", words) from None


@contextmanager
def named(path: Path, file: Path, name: str) -> Iterator[None]:
    """Tell problems of an archive's member by its name in the archive."""
    try:
        yield
    except UserError as error:
        if file == path:
            raise
        moved = [replace(p, where=name) for p in error.problems]
        raise UserError(moved, f"reading {name}") from None


def renamed(raw: RawTable, name: str) -> RawTable:
    """Return a table under another name of its file."""
    if raw.file == name:
        return raw
    reading = None if raw.reading is None else replace(raw.reading, file=name)
    return replace(
        raw, file=name, reading=reading, rejects=raw.rejects.assign(file=name)
    )


def fits(name: str, pattern: str) -> bool:
    """Return whether a file's name, its archive's or its member's fits a pattern."""
    return any(fnmatchcase(part, pattern) for part in parts_of(name))


def parts_of(name: str) -> tuple[str, ...]:
    """Return a name as a whole, its archive's and its last part."""
    return (name, name.partition("/")[0], name.rpartition("/")[2])


def own_layout(name: str, layout: TableFile) -> TableFile:
    """Return the layout of a file by its name.

    Raises
    ------
    UserError
        The name does not fit ``from_name``.
    """
    own = next((o for p, o in layout.by_file.items() if fits(name, p)), {})
    constants = {**layout.constants, **own.get("constants", {})}
    told = layout.from_name
    for pattern in [told] if isinstance(told, str) else told:
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
