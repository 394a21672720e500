"""Files of a package + the licensed tables -> whether it may be shared, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass

from alliance_value.contracts.problems import Problem
from alliance_value.sharing.scan.faults import (
    Fault,
    Kind,
    Learned,
    Licensed,
    Parts,
    named_faults,
    private_faults,
    real_faults,
    row_faults,
    table_in,
)
from alliance_value.sharing.scan.named import common_words
from alliance_value.sharing.scan.unpack import readable


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
        readables = {name: readable(content) for name, content in metadata.items()}
        faults = [*private_faults(readables, self.root)]
        faults += named_faults(readables, self.learned, self.common, ())
        return [fault.problem(None) for fault in faults]

    def problems_of_twin(
        self, twin: Mapping[str, bytes], licensed: Sequence[Licensed], parts: Parts
    ) -> list[Problem]:
        """Return what must not be in synthetic files, which are made after the check.

        Parameters
        ----------
        twin
            Contents by path.
        licensed, parts
            The licensed files, and what reads one in parts.
        """
        readables = {name: readable(content) for name, content in twin.items()}
        faults = [*private_faults(readables, self.root)]
        faults += row_faults(readables, licensed, parts)
        faults += real_faults(readables, self.learned)
        return [fault.problem("twin") for fault in faults]

    def in_words(self, inside: int, twin: int, out: int, masked: int) -> str:
        """Return what was checked, and no more.

        Parameters
        ----------
        inside, twin, out, masked
            How many files are in the package, how many of them are synthetic, and how
            many results are left out, or are not there with all values.
        """
        counts = Counter(self.kinds.values())
        parts = {
            "programs, pages and study files": counts["written"],
            "results": counts["result"] - out,
            "raw files that may be shared": counts["data"],
            "synthetic files": twin,
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
    readables = {
        name: table_in(parts(name)) if kinds[name] == "data" else readable(content)
        for name, content in files.items()
    }
    faults = [
        Fault(name, "the file is empty")
        for name, content in files.items()
        if not content.strip() and not name.endswith("__init__.py")
    ]
    faults += private_faults(readables, root)
    guarded = {name: f for name, f in readables.items() if kinds[name] != "data"}
    used = (text for n, f in readables.items() if n in programs for text in f.texts)
    common = common_words(used, spoken)
    learned = Learned()
    if licensed:
        faults += row_faults(guarded, licensed, parts, learned)
        learned.names.leave_out(spoken)
        results = {name for name, kind in kinds.items() if kind == "result"}
        faults += named_faults(guarded, learned, common, results)
    return Checked(tuple(faults), kinds, learned, common, root)
