"""An archive of files -> its members, each as a file of its own."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import UserError, clip, nearest
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.text_file import DOCUMENTS, unreadable

HIDDEN = ("__MACOSX", ".")
WORKBOOK = "[Content_Types].xml"
BAD_ARCHIVE = (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError)


def members(
    path: Path, wanted: str = "", folder: Path | None = None
) -> Iterator[tuple[str, Path]]:
    """Yield the name and place of a file, or of each member of an archive.

    Parameters
    ----------
    path, wanted
        The file, and a pattern of the members that count.
    folder
        Where the members stay; without it each is gone when the next one comes.
    """
    if no_file(path) is not None or not zipfile.is_zipfile(path):
        yield path.name, path
        return
    try:
        with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as brief:
            inside = [
                name
                for name in sorted(archive.namelist())
                if not name.endswith("/")
                and not any(p.startswith(HIDDEN) for p in PurePosixPath(name).parts)
            ]
            alone = len(inside) == 1 and not wanted
            if alone or {WORKBOOK, *DOCUMENTS} & {*inside}:
                yield path.name, path
                return
            chosen = [name for name in inside if not wanted or fits(name, wanted)]
            if not chosen:
                rule = f"has no member '{wanted}'" if wanted else "is empty"
                raise unreadable(path, rule, nearest(wanted, inside))
            for number, name in enumerate(chosen):
                own = Path(brief) if folder is None else folder / f"{number}"
                own.mkdir(parents=True, exist_ok=True)
                place = own / PurePosixPath(name).name
                place.write_bytes(archive.read(name))
                yield f"{path.name}/{name}", place
                if folder is None:
                    place.unlink()
    except BAD_ARCHIVE as error:
        words = f"fetch or export it again ({clip(str(error), 100)})"
        raise unreadable(path, "is no readable archive", words) from None


@contextmanager
def named(path: Path, file: Path, name: str) -> Iterator[None]:
    """Tell problems of an archive's member, and not of the study, by its name there."""
    try:
        yield
    except UserError as error:
        if file == path:
            raise
        moved = [
            p if p.where.startswith("sources.") else replace(p, where=name)
            for p in error.problems
        ]
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
