"""Recorded results + a rerun's -> every cell that differs, and the likely cause."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import zip_longest
from typing import Literal

import pandas as pd

from alliance_value.running.provenance import (
    RAW,
    STAMPS,
    Provenance,
    environment_changes,
    under,
)
from alliance_value.sharing.keys import NUMBER, keyed

Verdict = Literal["differs", "missing", "extra"]
CELL = ["kind", "file", "cell", "recorded", "rerun", "verdict", "cause"]
# Relative to the larger of two numbers; numbers both below a hundredth of it count as
# zero. Text files hold ten digits, and processors differ in the last ones.
TOLERANCES: Mapping[str, float] = {
    "estimates": 1e-8,
    "tables": 1e-8,
    "figures": 1e-6,
    "counts": 0.0,
    "text": 1e-6,
}


@dataclass(frozen=True)
class Difference:
    """One cell that is not the same in both versions.

    Parameters
    ----------
    kind, file
        Kind of number and file.
    row, column
        The cell by its row's key and its column, which is empty for a whole row.
    recorded, rerun
        Both values as they stand in the files.
    verdict
        How they differ.
    """

    kind: str
    file: str
    row: str
    column: str
    recorded: str
    rerun: str
    verdict: Verdict = "differs"

    @property
    def cell(self) -> str:
        """The cell in one text."""
        return f"{self.row} / {self.column}" if self.column else self.row


@dataclass(frozen=True)
class Comparison:
    """What was compared in one file, or in all.

    Parameters
    ----------
    cells, within
        How many cells were compared, and how many of them differ within tolerance.
    differences
        Those that differ by more.
    """

    cells: int = 0
    within: int = 0
    differences: tuple[Difference, ...] = ()

    def __add__(self, other: Comparison) -> Comparison:
        """Join two comparisons."""
        return Comparison(
            self.cells + other.cells,
            self.within + other.within,
            self.differences + other.differences,
        )


def compare_results(
    recorded: Mapping[str, bytes],
    rerun: Mapping[str, bytes],
    tolerances: Mapping[str, float] = TOLERANCES,
) -> Comparison:
    """Compare two versions of a study's results.

    Tables in CSV are compared cell by cell under the tolerance of their kind; other
    files by their bytes, except pictures, whose numbers stand in a CSV beside them.

    Parameters
    ----------
    recorded, rerun
        Contents by path below the results folder.
    tolerances
        Largest relative difference by kind.
    """
    comparison = Comparison()
    for name in sorted({*recorded, *rerun}):
        kind = kind_of(name)
        if name not in rerun or name not in recorded:
            side: Verdict = "missing" if name in recorded else "extra"
            there = ("there", "") if name in recorded else ("", "there")
            comparison += Comparison(
                1, 0, (Difference(kind, name, "file", "", *there, side),)
            )
        elif name.endswith(".csv"):
            comparison += compare_tables(
                name, kind, cells_of(recorded[name]), cells_of(rerun[name]), tolerances
            )
        elif not name.endswith((".png", ".pdf", ".svg", "provenance.json")):
            comparison += compare_texts(
                name, recorded[name], rerun[name], tolerances["text"]
            )
    return comparison


def kind_of(name: str) -> str:
    """Return the kind of numbers that a result holds."""
    folder = name.partition("/")[0]
    if folder in ("tables", "figures"):
        return folder
    return "estimates" if name.endswith(".csv") else "text"


def cells_of(content: bytes) -> pd.DataFrame:
    """Read a CSV with each cell as its text."""
    text = content.decode("utf-8")
    if not text.strip():
        return pd.DataFrame()
    return pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)


def compare_tables(
    name: str,
    kind: str,
    recorded: pd.DataFrame,
    rerun: pd.DataFrame,
    tolerances: Mapping[str, float],
) -> Comparison:
    """Compare two tables cell by cell, rows matched by their key (`keyed`)."""
    ours, theirs = keyed(kind, recorded, rerun)
    columns = list(dict.fromkeys([*recorded.columns, *rerun.columns]))
    cells = within = 0
    differences = []
    for key in dict.fromkeys([*ours, *theirs]):
        if key not in theirs or key not in ours:
            side: Verdict = "missing" if key in ours else "extra"
            there = ("row", "") if key in ours else ("", "row")
            cells += 1
            row = " / ".join(key)
            differences.append(Difference(kind, name, row, "", *there, side))
            continue
        for column in columns:
            old, new = ours[key].get(column, ""), theirs[key].get(column, "")
            cells += 1
            if old == new:
                continue
            if close(old, new, tolerance_of(kind, old, new, tolerances)):
                within += 1
            else:
                row = " / ".join(key)
                differences.append(Difference(kind, name, row, column, old, new))
    return Comparison(cells, within, tuple(differences))


def tolerance_of(
    kind: str, old: str, new: str, tolerances: Mapping[str, float]
) -> float:
    """Return the tolerance of a cell: whole numbers are counts."""
    whole = all(text.lstrip("-").isdigit() for text in (old, new))
    return tolerances["counts" if whole else kind]


def close(old: str, new: str, tolerance: float) -> bool:
    """Whether two cells hold numbers that differ by no more than the tolerance."""
    try:
        a, b = float(old), float(new)
    except ValueError:
        return False
    return math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance * 1e-2)


def compare_texts(
    name: str, recorded: bytes, rerun: bytes, tolerance: float
) -> Comparison:
    """Compare two texts line by line, numbers in them under a tolerance."""
    ours, theirs = (
        side.decode("utf-8", "replace").splitlines() for side in (recorded, rerun)
    )
    differences, within = [], 0
    for number, (old, new) in enumerate(zip_longest(ours, theirs, fillvalue=""), 1):
        if old == new:
            continue
        if alike(old, new, tolerance):
            within += 1
        else:
            line = f"line {number}"
            differences.append(Difference("text", name, line, "", clip(old), clip(new)))
    return Comparison(max(len(ours), len(theirs)), within, tuple(differences))


def alike(old: str, new: str, tolerance: float) -> bool:
    """Whether two lines are the same but for small differences between numbers."""
    if NUMBER.sub("", old) != NUMBER.sub("", new):
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(a == b or close(a, b, tolerance) for a, b in pairs)


def clip(text: str, width: int = 120) -> str:
    """Shorten a line."""
    return text if len(text) <= width else f"{text[:width]}..."


def causes(
    recorded: Provenance, rerun: Provenance, results: str
) -> dict[str, tuple[str, ...]]:
    """Return the likely causes of a difference by file below the results folder.

    What stands behind a result in either record, input by input, is compared by hash;
    then the libraries, Python and platform. Where all agree the run itself is not
    reproducible.

    Parameters
    ----------
    recorded, rerun
        The records of what made the two versions.
    results
        The results folder in the records.
    """
    around = tuple(environment_changes(recorded.environment, rerun.environment))
    likely = {}
    for output in {**recorded.maker(), **rerun.maker()}:
        if not under(output, results):
            continue
        leaves = recorded.leaves(output, RAW) | rerun.leaves(output, RAW)
        changed = [
            words
            for leaf in sorted(leaves)
            if (words := leaf_change(leaf, recorded, rerun))
        ]
        likely[output.removeprefix(f"{results}/")] = (*changed, *around) or (
            "none found: the run itself does not repeat",
        )
    return likely


def leaf_change(leaf: str, recorded: Provenance, rerun: Provenance) -> str:
    """Say how an input differs between two records, nothing where it does not."""
    old, new = recorded.files.get(leaf), rerun.files.get(leaf)
    if old == new:
        return ""
    if under(leaf, STAMPS):
        if recorded.settings.get(leaf) == rerun.settings.get(leaf):
            return ""  # versions alone, which the environment names
        return f"study file or settings: {leaf.rpartition('/')[2]}"
    kind = "code" if leaf.startswith(("src/", "workflow/")) else "input"
    if old is None or new is None:
        return f"{kind}: {leaf} is used by one version alone"
    return f"{kind}: {leaf} was {old[:12]}, is {new[:12]}"


def verdict_table(
    comparison: Comparison, likely: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """Return one row per difference with its likely causes."""
    unknown = ("the file has no record of what made it",)
    rows = [
        [
            *(d.kind, d.file, d.cell, d.recorded, d.rerun, d.verdict),
            "; ".join(likely.get(d.file, unknown)),
        ]
        for d in comparison.differences
    ]
    return pd.DataFrame(rows, columns=CELL, dtype=str)
