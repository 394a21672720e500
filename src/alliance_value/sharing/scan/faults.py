"""What can be read in files + the licensed tables -> what must not be where."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from alliance_value.contracts.problems import Problem
from alliance_value.sharing.scan.identities import Names, naming_columns, values_of
from alliance_value.sharing.scan.licensed_rows import Evidence, FiledRows
from alliance_value.sharing.scan.named import named_in
from alliance_value.sharing.scan.private import credentials, machine_paths
from alliance_value.sharing.scan.unpack import Readable, add_table
from alliance_value.sharing.scan.values import keys_of

# What people wrote, what the run made, raw files that may be shared.
Kind = Literal["written", "result", "data"]
Parts = Callable[[str], Iterator[pl.DataFrame]]
PROGRAMS = (".py", ".smk", ".sh", ".j2", ".typ", ".R", ".do", "Makefile", "Snakefile")
EXAMPLES = 3
NAMED = "it names firms or deals of licensed files"
REMEDIES = {
    "written": "take it out of the file, or the file out of git, then package again",
    "result": "take it out of the study file, the raw files or the programs from "
    "which the run has it, then run the study again",
    "twin": "take another seed in the study file, run it again, and report this",
}


@dataclass(frozen=True)
class Licensed:
    """A file of which no row may be in a package, and no name.

    Parameters
    ----------
    path
        Where it lies.
    section
        What the study says of its source.
    own
        Columns that the study says elsewhere to name firms.
    """

    path: str
    section: Mapping[str, Any] = field(default_factory=dict)
    own: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What must not be in a file.

    Parameters
    ----------
    file
        Its path in the package.
    rule
        What it holds, in words.
    value
        An example, empty where it is secret or says nothing.
    licensed
        Whether it comes from licensed files: a result that holds it stays out.
    """

    file: str
    rule: str
    value: str = ""
    licensed: bool = False

    def problem(self, kind: str | None) -> Problem:
        """Return it as a problem, with the next step."""
        remedy = REMEDIES.get(kind or "", REMEDIES["written"])
        return Problem(self.rule, remedy, self.file, value=self.value or None)


@dataclass
class Learned:
    """What licensed files hold, as far as it is looked for.

    Parameters
    ----------
    names
        Names and codes of firms.
    by_column
        The same as they stand, by the column's name.
    rows
        How many rows the files have.
    """

    names: Names = field(default_factory=Names)
    by_column: dict[str, set[str]] = field(default_factory=dict)
    rows: int = 0


def table_in(parts: Iterable[pl.DataFrame]) -> Readable:
    """Return the texts of a raw file."""
    content = Readable()
    for part in parts:
        add_table(content, part)
    return content


def private_faults(files: Mapping[str, Readable], root: str) -> Iterator[Fault]:
    """Yield what of one person or machine stands in files, and what is hidden in them.

    Parameters
    ----------
    files
        What can be read in each.
    root
        The checkout's path on this machine.
    """
    for name, content in files.items():
        for words in content.sealed:
            yield Fault(name, f"it holds what cannot be looked into: {words}")
        code = name.endswith(PROGRAMS)
        secrets = {words for text in content.texts for words in credentials(text, code)}
        for words in sorted(secrets):
            yield Fault(name, f"it holds {words}")
        paths = {path for text in content.texts for path in machine_paths(text, root)}
        for path in sorted(paths)[:EXAMPLES]:
            yield Fault(name, "it holds a path of one machine", path)


def row_faults(
    files: Mapping[str, Readable],
    licensed: Sequence[Licensed],
    parts: Parts,
    learned: Learned | None = None,
) -> Iterator[Fault]:
    """Yield the files that hold licensed rows.

    Parameters
    ----------
    files
        What can be read in each.
    licensed
        The licensed files.
    parts
        Reads a licensed file in parts.
    learned
        Grows by the names in these; where there is none, the files are synthetic.
    """
    filed = FiledRows({n: f.rows for n, f in files.items()}, drawn=learned is None)
    for file in licensed:
        evidence, columns = Evidence(), list[str]()
        for part in parts(file.path):
            columns = columns or naming_columns(part, file.section, file.own)
            if learned is not None:
                learn(part, columns, file.section, learned)
            keyed = [keys_of(column) for column in part.get_columns()]
            names = [column in columns for column in part.columns]
            filed.meet(keyed, evidence, names)
        for name in sorted(filed.holding(evidence)):
            yield Fault(name, f"it holds rows of {file.path}", licensed=True)


def named_faults(
    files: Mapping[str, Readable],
    learned: Learned,
    common: Collection[str],
    results: Collection[str],
) -> Iterator[Fault]:
    """Yield the files in which names or codes of licensed files stand."""
    for name, content in files.items():
        named = named_in(content, learned.names, common, name not in results)
        if named:
            yield Fault(name, NAMED, ", ".join(named[:EXAMPLES]), licensed=True)


def real_faults(files: Mapping[str, Readable], learned: Learned) -> Iterator[Fault]:
    """Yield the synthetic files that hold real names, or codes under their heads."""
    for name, content in files.items():
        if named := real_in(content, learned):
            yield Fault(name, NAMED, ", ".join(named[:EXAMPLES]), licensed=True)


def learn(
    part: pl.DataFrame,
    columns: Sequence[str],
    section: Mapping[str, Any],
    into: Learned,
) -> None:
    """Add the names and codes in a part of a licensed file, and count its rows."""
    into.rows += len(part)
    for column in columns:
        seen = into.by_column.setdefault(column.lower(), set())
        new = values_of(part, [column]) - seen
        seen |= new
        for value in new:
            into.names.add(value)
    if section.get("reader") == "wide":
        for column in part.columns:
            if column != section.get("date"):
                into.names.add(column)


def real_in(content: Readable, learned: Learned) -> list[str]:
    """Return the names in a synthetic table that stand in real ones under its heads."""
    heads = content.rows[0] if content.rows else ()
    seen = set()
    for place, head in enumerate(heads):
        real = learned.by_column.get(head.lower())
        for row in content.rows[1:] if real else ():
            if len(row) == len(heads) and row[place] in (real or ()):
                seen.add(row[place])
    long = {name for name in seen if len(name) > EXAMPLES}
    phrases = {
        " ".join(phrase)
        for text in content.texts
        for phrase in learned.names.in_words(tuple(text.casefold().split()))
    }
    return sorted(long | phrases)


def licensed_files(
    study: Mapping[str, Any],
    closed: Sequence[str],
    paths: Mapping[str, Sequence[str]],
) -> list[Licensed]:
    """Return the files of sources that may not be shared, but for simulated ones.

    Parameters
    ----------
    study
        The resolved study.
    closed
        Names of the sources.
    paths
        Files by source.
    """
    sources = study["sources"]
    overlay = sources.get("overlay", {})
    laid = f"data/raw/{study['study']}/" if overlay else None
    licensed = []
    for source in closed:
        section = sources[source]
        renamed = section.get("columns", {})
        name = overlay.get("name", "")
        own = (renamed.get(name, name),) if name else ()
        licensed += [
            Licensed(path, section, own)
            for path in paths[source]
            if not (laid and path.startswith(laid))
        ]
    return licensed
