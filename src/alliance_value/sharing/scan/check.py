"""Files of a package + the licensed tables -> what must not be in which file."""

from __future__ import annotations

from collections import Counter
from collections.abc import (
    Callable,
    Collection,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from alliance_value.contracts.problems import Problem
from alliance_value.sharing.scan.identities import Names, naming_columns, values_of
from alliance_value.sharing.scan.licensed_rows import Evidence, FiledRows
from alliance_value.sharing.scan.named import common_words, named_in
from alliance_value.sharing.scan.private import credentials, machine_paths
from alliance_value.sharing.scan.unpack import Readable, add_table, readable
from alliance_value.sharing.scan.values import keys_of

# What people wrote, what the run made, raw files that may be shared, synthetic files.
Kind = Literal["written", "result", "data", "twin"]
Parts = Callable[[str], Iterator[pl.DataFrame]]
PROGRAMS = (".py", ".smk", ".sh", ".j2", ".typ", ".R", ".do", "Makefile", "Snakefile")
EXAMPLES = 3
REMEDIES = {
    "written": "take it out of the file, or the file out of git, then package again",
    "result": "take it out of the study file, raw file or program that it comes "
    "from, then run the study again",
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

    def problem(self, kind: Kind | None) -> Problem:
        """Return it as a problem, with the next step."""
        if kind == "result":
            remedy = (
                "take it out of the study file, the raw files or the programs from "
            )
            remedy += "which the run has it, then run the study again"
        elif kind == "twin":
            remedy = (
                "take another seed in the study file, run it again, and report this"
            )
        else:
            remedy = (
                "take it out of the file, or the file out of git, then package again"
            )
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


@dataclass(frozen=True)
class Checked:
    """A package that was looked through.

    Parameters
    ----------
    faults
        What must not be in which file.
    kinds
        What each file is.
    learned
        What was looked for of licensed files.
    common
        Words that are no names where they stand alone.
    root
        The checkout's path on this machine.
    """

    faults: tuple[Fault, ...]
    kinds: Mapping[str, Kind]
    learned: Learned
    common: Collection[str]
    root: str

    def in_results(self) -> dict[str, str]:
        """Return the results that hold what is licensed, each with a reason."""
        return {
            fault.file: fault.rule
            for fault in reversed(self.faults)
            if fault.licensed and self.kinds[fault.file] == "result"
        }

    def problems(self) -> list[Problem]:
        """Return what keeps the package from being made."""
        out = self.in_results()
        return [
            fault.problem(self.kinds.get(fault.file))
            for fault in self.faults
            if fault.file not in out or not fault.licensed
        ]

    def problems_of(self, metadata: Mapping[str, bytes]) -> list[Problem]:
        """Return what must not be in files that tell of the package."""
        found = {name: readable(content) for name, content in metadata.items()}
        faults = [*private_faults(found, self.root)]
        faults += named_faults(found, self.learned, self.common, dict.fromkeys(found))
        return [fault.problem(None) for fault in faults]

    def in_words(self, inside: int, out: int, masked: int) -> str:
        """Return what was checked, and no more.

        Parameters
        ----------
        inside, out, masked
            How many files are in the package, and how many results are not, or not
            with all values.
        """
        counts = Counter(self.kinds.values())
        parts = {
            "programs, pages and study files": counts["written"],
            "results": counts["result"] - out,
            "raw files that may be shared": counts["data"],
            "synthetic files": counts["twin"],
        }
        held = ", ".join(f"{times} {words}" for words, times in parts.items() if times)
        searched = "; no source is licensed"
        if self.learned.rows:
            searched = (
                f", values of {self.learned.rows:,} licensed rows, "
                f"{len(self.learned.names):,} names and codes in them"
            )
        lines = [
            f"{inside} files: {held}; the others tell of the package.",
            "By SHA-256 the results, and the raw files and programs behind them, are "
            "those of the recorded run.",
            "Looked for in all that can be read in each file, and not seen: passwords "
            f"and keys of known forms, absolute paths{searched}. Drawn letters and "
            "pixels are not read.",
        ]
        if out or masked:
            lines.append(
                f"Results left out: {out}, masked: {masked}; withheld.json says why."
            )
        return "\n".join(lines)


def check(
    files: Mapping[str, bytes],
    kinds: Mapping[str, Kind],
    licensed: Sequence[Licensed],
    parts: Parts,
    programs: Container[str],
    spoken: str,
    root: str,
) -> Checked:
    """Look through a package.

    Parameters
    ----------
    files
        Contents by path.
    kinds
        What each file is.
    licensed
        The licensed files.
    parts
        Reads a raw file in parts.
    programs
        Files that are as the recorded run read them: words that several of them use
        are no names alone.
    spoken
        The study file's text: what it says of a firm are the authors' own words.
    root
        The checkout's path on this machine.
    """
    found = {
        name: table_in(parts(name)) if kinds[name] == "data" else readable(content)
        for name, content in files.items()
    }
    faults = [
        Fault(name, "the file is empty")
        for name, content in files.items()
        if not content.strip() and not name.endswith("__init__.py")
    ]
    faults += private_faults(found, root)
    guarded = {name: f for name, f in found.items() if kinds[name] != "data"}
    used = (text for n, f in found.items() if n in programs for text in f.texts)
    common = common_words(used, spoken)
    learned = Learned()
    if licensed:
        faults += row_faults(guarded, kinds, licensed, parts, learned)
        learned.names.leave_out(spoken)
        faults += named_faults(guarded, learned, common, kinds)
    return Checked(tuple(faults), kinds, learned, common, root)


def table_in(parts: Iterable[pl.DataFrame]) -> Readable:
    """Return the texts of a raw file."""
    found = Readable()
    for part in parts:
        add_table(found, part)
    return found


def private_faults(files: Mapping[str, Readable], root: str) -> Iterator[Fault]:
    """Yield what of one person or machine stands in files, and what is hidden in them.

    Parameters
    ----------
    files
        What can be read in each.
    root
        The checkout's path on this machine.
    """
    for name, found in files.items():
        for words in found.sealed:
            yield Fault(name, f"it holds what cannot be looked into: {words}")
        code = name.endswith(PROGRAMS)
        secrets = {words for text in found.texts for words in credentials(text, code)}
        for words in sorted(secrets):
            yield Fault(name, f"it holds {words}")
        paths = {path for text in found.texts for path in machine_paths(text, root)}
        for path in sorted(paths)[:EXAMPLES]:
            yield Fault(name, "it holds a path of one machine", path)


def row_faults(
    files: Mapping[str, Readable],
    kinds: Mapping[str, Kind],
    licensed: Sequence[Licensed],
    parts: Parts,
    learned: Learned,
) -> Iterator[Fault]:
    """Yield the files that hold licensed rows; learn the names in those on the way."""
    twins = {name: f.rows for name, f in files.items() if kinds[name] == "twin"}
    others = {name: f.rows for name, f in files.items() if name not in twins}
    filed = FiledRows(others), FiledRows(twins, drawn=True)
    for file in licensed:
        evidence = Evidence(), Evidence()
        for part in parts(file.path):
            columns = naming_columns(part, file.section, file.own)
            learn(part, columns, file.section, learned)
            learned.rows += len(part)
            keyed = [keys_of(column) for column in part.get_columns()]
            names = [column in columns for column in part.columns]
            for rows, shared in zip(filed, evidence, strict=True):
                rows.meet(keyed, shared, names)
        found = [r.holding(e) for r, e in zip(filed, evidence, strict=True)]
        for name in sorted(found[0] | found[1]):
            yield Fault(name, f"it holds rows of {file.path}", licensed=True)


def named_faults(
    files: Mapping[str, Readable],
    learned: Learned,
    common: Collection[str],
    kinds: Mapping[str, Kind | None],
) -> Iterator[Fault]:
    """Yield the files in which names or codes of licensed files stand."""
    for name, found in files.items():
        if kinds[name] == "twin":
            named = real_in(found, learned)
        else:
            named = named_in(found, learned.names, common, kinds[name] != "result")
        if named:
            rule = "it names firms or deals of licensed files"
            yield Fault(name, rule, ", ".join(named[:EXAMPLES]), licensed=True)


def learn(
    part: pl.DataFrame,
    columns: Sequence[str],
    section: Mapping[str, Any],
    into: Learned,
) -> None:
    """Add the names and codes in a part of a licensed file."""
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


def real_in(found: Readable, learned: Learned) -> list[str]:
    """Return the names in a synthetic table that stand in real ones under its heads."""
    heads = found.rows[0] if found.rows else ()
    seen = set()
    for place, head in enumerate(heads):
        real = learned.by_column.get(head.lower())
        for row in found.rows[1:] if real else ():
            if len(row) == len(heads) and row[place] in (real or ()):
                seen.add(row[place])
    long = {name for name in seen if len(name) > EXAMPLES}
    phrases = {
        " ".join(phrase)
        for text in found.texts
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
    found = []
    for source in closed:
        section = sources[source]
        renamed = section.get("columns", {})
        name = overlay.get("name", "")
        own = (renamed.get(name, name),) if name else ()
        found += [
            Licensed(path, section, own)
            for path in paths[source]
            if not (laid and path.startswith(laid))
        ]
    return found
