"""Rows of packaged files + licensed tables -> the files that hold licensed rows.

A licensed row is found by its values, whatever the format, the order or the choice of
columns. Each cell that a row of a file shares with a licensed row is so many decimal
digits of evidence: those that the value has, less those of the number of columns that
could hold it, or those of its share in its column if they are fewer. What is left of
their sum after the digits of the number of licensed rows is the surplus of a match: by
chance, one cell of a file in 10^surplus has it. The licensed tables pass by in parts;
held are the files' cells alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from alliance_value.sharing.scan.values import Keyed, are_times, digits_of, keys_of

Whole = NDArray[np.int64]
# Cells of fewer digits tell nothing.
LEAST_DIGITS = 2
# A match must share measured values of so many digits, not keys and days alone.
LEAST_MEASURED = 2.0
LEAST_SURPLUS = 1.0
# One match counts whose surplus exceeds the digits of the file's cells by this.
ALONE = 4.0
# Several matches count that are so many times those expected by chance.
TIMES, SEVERAL = 10, 3
# A whole row has so many filled cells, and digits.
WHOLE_CELLS, WHOLE_DIGITS = 4, 8
# Digits that more licensed rows may still take from a match.
DOUBT = 2.0
BATCH, PAIRS = 1000, 4_000_000
MIXED = 2


@dataclass
class Evidence:
    """What one licensed table has in common with the files.

    Parameters
    ----------
    digits
        By file and rarest cell of a match, its digits.
    held_by
        Files that hold licensed rows beyond doubt.
    rows
        Licensed rows seen so far.
    """

    digits: dict[tuple[int, int], float] = field(default_factory=dict)
    held_by: set[int] = field(default_factory=set)
    rows: int = 0


class FiledRows:
    """The rows of files, to be met by licensed ones.

    Parameters
    ----------
    rows
        Rows of cells, by file.
    drawn
        Whether the cells may have been drawn from the licensed columns one by one, as
        in a synthetic table: a value then says no more than its share in its column.
    """

    def __init__(
        self, rows: Mapping[str, Sequence[tuple[str, ...]]], drawn: bool = False
    ) -> None:
        self.names, self.drawn = list(rows), drawn
        filled = {name: [row for row in rows[name] if row] for name in rows}
        every = [row for of_file in filled.values() for row in of_file]
        counts = [len(of_file) for of_file in filled.values()]
        self.file = np.repeat(np.arange(len(counts)), counts)
        widths = np.array([len(row) for row in every], dtype="int64")
        cells = pl.Series([cell for row in every for cell in row], dtype=pl.String)
        row = np.repeat(np.arange(len(every)), widths)
        keys = keys_of(cells)
        digits = digits_of(keys, cells)
        row_digits = np.bincount(row, weights=digits, minlength=len(every))
        start = np.cumsum(widths) - widths
        self.wholes = np.where(row_digits >= WHOLE_DIGITS, whole_rows(keys, start), 0)
        order = np.argsort(self.wholes, kind="stable")
        self.wholes, self.whole_file = self.wholes[order], self.file[order]
        telling = digits >= LEAST_DIGITS
        self.keys, first, token = np.unique(
            keys[telling], return_index=True, return_inverse=True
        )
        self.digits = digits[telling][first]
        # words, years and days are evidence only beside measured values
        self.common = are_times(self.keys) | (self.keys % 2 == 1)
        # each pair of a row and a cell once
        self.pairs = np.unique(row[telling] * len(self.keys) + token)
        row, token = np.divmod(self.pairs, max(len(self.keys), 1))
        in_file = np.unique(self.file[row] * len(self.keys) + token)
        self.cells = np.bincount(
            in_file // max(len(self.keys), 1), minlength=len(counts)
        )
        self.leave_out(set())

    def leave_out(self, files: set[int]) -> None:
        """Look no more at files of which it is known that they hold licensed rows."""
        row, _ = np.divmod(self.pairs, max(len(self.keys), 1))
        self.pairs = self.pairs[~np.isin(self.file[row], list(files))]
        row, token = np.divmod(self.pairs, max(len(self.keys), 1))
        self.holders = row[np.argsort(token, kind="stable")]
        self.held = np.bincount(token, minlength=len(self.keys))
        self.start = np.cumsum(self.held) - self.held

    def tokens(self, cells: Keyed) -> Whole:
        """Return the place of each cell among the files' cells, -1 where none is."""
        place = np.searchsorted(self.keys, cells).clip(max=len(self.keys) - 1)
        held = (self.keys[place] == cells) & (self.held[place] > 0)
        return np.where(held, place, -1)

    def meet(
        self, keyed: Sequence[Keyed], evidence: Evidence, names: Sequence[bool]
    ) -> None:
        """Add what a part of a licensed table shares with the files.

        Parameters
        ----------
        keyed
            The keys of each column's cells, shape (rows,).
        evidence
            Grows.
        names
            Whether each column names firms: such cells are evidence only beside
            measured values.
        """
        if not keyed or not len(keyed[0]):
            return
        evidence.rows += len(keyed[0])
        self.meet_whole(keyed, evidence)
        self.leave_out(evidence.held_by)
        if not len(self.pairs):
            return
        token = np.column_stack([self.tokens(keys) for keys in keyed])
        width = len(keyed)
        digits = np.column_stack(
            [self.evidence_of(column, width) for column in token.T]
        )
        measured = np.where(self.common[token], 0.0, digits)
        measured[:, list(names)] = 0.0
        need = np.log10(evidence.rows) + LEAST_SURPLUS
        likely = np.flatnonzero(
            (digits.sum(axis=1) >= need) & (measured.sum(axis=1) >= LEAST_MEASURED)
        )
        for some in np.split(likely, range(BATCH, len(likely), BATCH)):
            self.match(token[some], digits[some], measured[some], need, evidence)
            if new := self.convicted(evidence, DOUBT) - evidence.held_by:
                evidence.held_by |= new
                self.leave_out(new)

    def evidence_of(self, token: Whole, columns: int) -> NDArray[np.float64]:
        """Return the digits of evidence of a column's cells, shape (rows,)."""
        seen = token >= 0
        times = np.bincount(token[seen], minlength=len(self.keys))
        # a value that stands once says no less than its digits, unless it was drawn
        often = times if self.drawn else np.maximum(times - 1, 0)
        share = -np.log10(often / len(token) + 1e-12)
        least = np.minimum(self.digits - np.log10(columns), share).clip(min=0)
        return np.where(seen, least[token], 0.0)

    def meet_whole(self, keyed: Sequence[Keyed], evidence: Evidence) -> None:
        """Note the files that hold a row of the part whole, its cells in any order."""
        table = np.column_stack(keyed)
        start = np.arange(len(table)) * table.shape[1]
        wholes = np.unique(whole_rows(table.ravel(), start))
        wholes = wholes[wholes != 0]
        first = np.searchsorted(self.wholes, wholes, "left")
        last = np.searchsorted(self.wholes, wholes, "right")
        for begin, end in zip(first[last > first], last[last > first], strict=True):
            evidence.held_by.update(self.whole_file[begin:end].tolist())

    def match(
        self,
        token: Whole,
        digits: NDArray[np.float64],
        measured: NDArray[np.float64],
        need: float,
        evidence: Evidence,
    ) -> None:
        """Find the rows of files that share enough cells with licensed rows.

        The rarest cells of a licensed row come first: a row that holds none of those
        but for which the others would not do need not be looked at.
        """
        rarity = np.where(token >= 0, self.held[token], np.iinfo("int64").max)
        order = np.argsort(rarity, axis=1, kind="stable")
        token = np.take_along_axis(token, order, axis=1)
        digits = np.take_along_axis(digits, order, axis=1)
        measured = np.take_along_axis(measured, order, axis=1)
        again = np.zeros(token.shape, dtype=bool)
        again[:, 1:] = token[:, 1:] == token[:, :-1]
        digits[again], measured[again] = 0.0, 0.0
        left = digits.sum(axis=1)
        for rank in range(token.shape[1]):
            some = np.flatnonzero(
                (token[:, rank] >= 0) & (left >= need) & ~again[:, rank]
            )
            left -= digits[:, rank]
            held = np.cumsum(self.held[token[some, rank]])
            slices = np.searchsorted(
                held, np.arange(PAIRS, (held[-1:].sum() or 1), PAIRS)
            )
            for rows in np.split(some, slices):
                self.compare(rows, rank, token, digits, measured, need, evidence)

    def compare(
        self,
        rows: Whole,
        rank: int,
        token: Whole,
        digits: NDArray[np.float64],
        measured: NDArray[np.float64],
        need: float,
        evidence: Evidence,
    ) -> None:
        """Sum the digits that licensed rows share with each holder of one cell."""
        pivot = token[rows, rank]
        count = self.held[pivot]
        row = np.repeat(rows, count)
        offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
        holder = self.holders[np.repeat(self.start[pivot], count) + offset]
        total, of_measured = np.zeros(len(row)), np.zeros(len(row))
        for place in range(token.shape[1]):
            pair = holder * len(self.keys) + token[row, place]
            at = np.searchsorted(self.pairs, pair).clip(max=len(self.pairs) - 1)
            both = (self.pairs[at] == pair) & (token[row, place] >= 0)
            total += np.where(both, digits[row, place], 0.0)
            of_measured += np.where(both, measured[row, place], 0.0)
        enough = (total >= need) & (of_measured >= LEAST_MEASURED)
        files, cells = self.file[holder[enough]], np.repeat(pivot, count)[enough]
        for key in zip(
            files.tolist(), cells.tolist(), total[enough].tolist(), strict=True
        ):
            best = evidence.digits.get(key[:2], 0.0)
            evidence.digits[key[:2]] = max(best, key[2])

    def holding(self, evidence: Evidence) -> set[str]:
        """Return the files that hold rows of a licensed table, all of it seen."""
        files = evidence.held_by | self.convicted(evidence)
        return {self.names[file] for file in files}

    def convicted(self, evidence: Evidence, doubt: float = 0.0) -> set[int]:
        """Return the files whose matches are too many, or too close, for chance."""
        surplus: dict[int, list[float]] = {}
        spent = np.log10(max(evidence.rows, 1)) + doubt
        for (file, _), digits in evidence.digits.items():
            surplus.setdefault(file, []).append(digits - spent)
        files = set()
        for file, values in surplus.items():
            best = np.sort(values)[::-1]
            ranks = np.arange(1, len(best) + 1)
            by_chance = self.cells[file] * 10.0**-best
            several = (ranks >= SEVERAL) & (ranks >= TIMES * by_chance)
            several &= best >= LEAST_SURPLUS
            if several.any() or best[0] >= ALONE + np.log10(self.cells[file]):
                files.add(file)
        return files


def whole_rows(keys: Keyed, start: Whole) -> Keyed:
    """Return a key of each row's filled cells in any order, 0 for rows too short.

    Parameters
    ----------
    keys
        Of the cells, row after row.
    start
        Where each row begins; none is empty.
    """
    if not len(start):
        return np.zeros(0, dtype="uint64")
    mixed = np.where(keys == 0, np.uint64(0), pl.Series(keys).hash(MIXED).to_numpy())
    count = np.add.reduceat((keys != 0).astype("int64"), start)
    total = np.add.reduceat(mixed, start)
    return np.where(count >= WHOLE_CELLS, total, np.uint64(0))
