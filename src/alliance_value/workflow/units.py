"""A study's units of work -> their parameters, kept in files that are inputs."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from alliance_value.running.fingerprints import Fingerprints
from alliance_value.running.stamps import stamp

# What every table passes through.
TABULAR = ("pandas", "numpy", "pyarrow")


@dataclass(frozen=True)
class Units:
    """The units of work of one study in one checkout.

    Parameters
    ----------
    build
        The folder that a run keeps for itself.
    sources
        The files of each source.
    made
        The raw files that rules make: their times tell of a change.
    prints
        Hashes of files.
    """

    build: str
    sources: Mapping[str, Sequence[str]]
    made: Container[str]
    prints: Fingerprints

    def stamped(
        self, unit: str, values: Mapping[str, Any], libraries: Iterable[str] = ()
    ) -> str:
        """Return the file with a unit's parameters, an input of its rule."""
        file = f"{self.build}/params/{unit}.json"
        return stamp(file, values, [*TABULAR, *libraries])

    def stamped_each(
        self,
        unit: str,
        names: Iterable[str],
        values: Callable[[str], Mapping[str, Any]],
        libraries: Iterable[str] = (),
    ) -> Callable[[Sequence[str]], str]:
        """Return the same for units that differ by one wildcard, as an input function.

        All are written while the workflow is read: Snakemake lists the folder once.
        """
        files = {n: self.stamped(f"{unit}.{n}", values(n), libraries) for n in names}
        return lambda wildcards: files[wildcards[0]]

    def in_words(self, unit: str, values: Mapping[str, Any]) -> str:
        """Return the file with what only messages need, which changes no result."""
        return stamp(f"{self.build}/words/{unit}.json", values, [])

    def contents_of(self, *sources: str) -> list[str]:
        """Return the hashes of given files, whose times may be before the results'."""
        paths = [path for source in sources for path in self.sources.get(source, ())]
        return [self.prints.of(path) for path in paths if path not in self.made]
