"""The rules defined so far -> the files that they make, by rule, table and folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import PurePosixPath
from typing import Any, Protocol

from alliance_value.contracts.catalogue import table_of
from alliance_value.running.places import Places
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Canonical

# A wildcard, with the constraint that Snakemake may have put behind its name.
WILDCARD = re.compile(r"\{(\w+)(?:,[^{}]*)?\}")


class Rule(Protocol):
    """A rule of Snakemake: its name and its output, a list with names."""

    name: str
    output: Any


@dataclass(frozen=True)
class Outputs:
    """What the rules of a workflow make.

    Parameters
    ----------
    rules
        Returns the rules defined so far.
    places
        Where the study's files lie.
    """

    rules: Callable[[], Iterable[Rule]]
    places: Places

    def named(self) -> Iterator[tuple[str, str, list[str]]]:
        """Yield rule, name and files of each named output."""
        for rule in self.rules():
            for name, files in rule.output.items():
                several = [files] if isinstance(files, str) else files
                yield rule.name, name, [plain(file) for file in several]

    def made_by(self, rule: str, output: str) -> list[str]:
        """Return the files of a rule's output, none where there is no such rule."""
        there = (files for *maker, files in self.named() if maker == [rule, output])
        return next(there, [])

    def of_all(self, output: str) -> list[str]:
        """Return the files of one output of every rule but the one of this name."""
        return [
            file
            for rule, name, files in self.named()
            if name == output and rule != output
            for file in files
        ]

    def tables(self) -> dict[str, list[str]]:
        """Return the files of each canonical table, as `tables_among` finds them."""
        files = tuple(file for *_, files in self.named() for file in files)
        return tables_among(files, self.places.processed, self.places.results)

    def intermediates(self) -> list[str]:
        """Return the files of the canonical tables that are kept as Parquet."""
        every = [file for files in self.tables().values() for file in files]
        return [file for file in every if not file.endswith(".csv")]

    def results(self) -> list[str]:
        """Return the files of the canonical tables that are among the results alone."""
        every = [file for files in self.tables().values() for file in files]
        return [file for file in every if file.endswith(".csv")]

    def joined(self) -> dict[str, list[str]]:
        """Return the tables that are joined to firm-years, in the codebook's order."""
        tables = self.tables()
        return {
            table.name: tables[table.name]
            for table in entries(Canonical).values()
            if table.joined and table.name in tables
        }

    def inputs(self, names: Iterable[str]) -> list[str]:
        """Return the file of each of some tables, that of its plain columns."""
        tables = self.tables()
        return [tables[name][0] for name in names if name in tables]

    def below(self, folder: str, values: Mapping[str, Iterable[str]]) -> list[str]:
        """Return every file that the rules make below a folder.

        Parameters
        ----------
        folder
            Such as that of the results.
        values
            The values of each wildcard.
        """
        patterns = [plain(file) for rule in self.rules() for file in rule.output]
        return [
            file
            for pattern in patterns
            if pattern.startswith(f"{folder}/")
            for file in expanded(pattern, values)
        ]

    def rule_of(self, path: str, asked: Sequence[str]) -> str:
        """Return the rule that writes a path, empty where none does.

        What git holds of the results is written only where it is among what is asked.
        """
        outputs = (
            (rule.name, output)
            for rule in self.rules()
            if rule.name != "record" or {"record", path} & {*asked}
            for output in rule.output
        )
        return next((name for name, output in outputs if output.match(path)), "")


@cache
def tables_among(
    files: tuple[str, ...], processed: str, results: str
) -> dict[str, list[str]]:
    """Return the files of each canonical table that is among some files.

    A table is kept as Parquet in the folder of intermediates, or as a folder of its
    variants there; one that is not stands as CSV among the results.
    """
    known = entries(Canonical)
    kept: dict[str, list[str]] = {}
    written: dict[str, list[str]] = {}
    for file in files:
        path, (name, _) = PurePosixPath(file), table_of(file)
        if name not in known:
            continue
        several = known[name].variants and path.stem != name
        folder = str(path.parent.parent if several else path.parent)
        if path.suffix == ".parquet" and folder == processed:
            kept.setdefault(name, []).append(file)
        if path.suffix == ".csv" and folder == results:
            written.setdefault(name, []).append(file)
    return {**written, **kept}


def plain(file: str) -> str:
    """Return an output without the constraints of its wildcards."""
    return WILDCARD.sub(r"{\1}", str(file))


def expanded(pattern: str, values: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the files of a pattern, one per combination of its wildcards' values."""
    names = list(dict.fromkeys(WILDCARD.findall(pattern)))
    return [
        pattern.format(**dict(zip(names, chosen, strict=True)))
        for chosen in product(*(values[name] for name in names))
    ]
