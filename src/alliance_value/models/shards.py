"""Parquet, one file or a folder of shards -> batches of rows, never all held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from alliance_value.models.engine.passes import Batch

ROWS = 2**16
"""Rows of a batch, whose columns fit a processor's cache."""

BUFFER = 2**22
"""Bytes of a column that are read at a time, so that row groups of any size do."""

Item = TypeVar("Item")

Design = Callable[[pa.RecordBatch], tuple[np.ndarray, np.ndarray | None]]
"""Columns of a batch -> outcome and terms, float64, shape (n, p), and which rows meet
the conditions; None where there are none."""


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield what an iterator does; a thread prepares the next item meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


@dataclass(frozen=True)
class Shards:
    """Rows of a table in Parquet.

    Parameters
    ----------
    files
        In any order.
    """

    files: tuple[Path, ...]

    @classmethod
    def of(cls, path: str | Path) -> Shards:
        """Take one file, or all Parquet files directly in a folder."""
        place = Path(path)
        files = sorted(place.glob("*.parquet")) if place.is_dir() else [place]
        return cls(tuple(files))

    @cached_property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(pq.read_metadata(file).num_rows for file in self.files)

    def read(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Yield batches of some columns."""
        for file in self.files:
            with pq.ParquetFile(file, buffer_size=BUFFER) as parquet:
                yield from parquet.iter_batches(
                    ROWS, columns=list(columns), use_threads=False
                )


@dataclass(frozen=True)
class Numbering:
    """The values of a column -> whole numbers from 0, in the order of the values.

    Parameters
    ----------
    values
        Distinct, increasing, without missing ones.
    """

    values: pa.Array

    @cached_property
    def sorted(self) -> np.ndarray:
        """The values as NumPy compares them."""
        return plain(self.values)

    @cached_property
    def table(self) -> np.ndarray | None:
        """The number of each whole value from the first on; None where too wide."""
        if self.sorted.dtype != "int64" or not len(self.sorted):
            return None
        span = int(self.sorted[-1]) - int(self.sorted[0]) + 1
        if span > 4 * len(self.sorted) + 1_000_000:
            return None
        table = np.full(span, -1, dtype="int64")
        table[self.sorted - self.sorted[0]] = np.arange(len(self.sorted))
        return table

    def codes(self, column: pa.Array) -> np.ndarray:
        """Return the number of each value, int64, -1 for missing ones."""
        if not pa.types.is_dictionary(column.type):
            if self.table is not None and not column.null_count:
                return np.asarray(self.table[plain(column) - self.sorted[0]])
            column = column.dictionary_encode()
        if not len(self.sorted):
            return np.full(len(column), -1, dtype="int64")
        known = plain(column.dictionary)
        places = np.searchsorted(self.sorted, known)
        inside = np.minimum(places, len(self.sorted) - 1)
        places = np.append(np.where(self.sorted[inside] == known, places, -1), -1)
        at = column.indices.fill_null(len(places) - 1).to_numpy(zero_copy_only=False)
        return np.asarray(places[at], dtype="int64")


def plain(column: pa.Array) -> np.ndarray:
    """Return whole numbers as int64, others as float64, texts as bytes."""
    if pa.types.is_integer(column.type):
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype="int64")
    if pa.types.is_floating(column.type):
        return np.asarray(column.to_numpy(zero_copy_only=False), dtype="float64")
    texts = [text.encode() for text in column.cast(pa.large_string()).to_pylist()]
    return np.array(texts, dtype="S")


def numberings(shards: Shards, keys: Sequence[str]) -> dict[str, Numbering]:
    """Pass over the keys alone, each in a thread, and number their values."""

    def number(key: str) -> Numbering:
        seen: list[pa.Array] = []
        for batch in shards.read([key]):
            column = batch.column(key)
            if pa.types.is_dictionary(column.type):
                column = column.dictionary_decode()
            seen.append(pc.unique(column))
            if len(seen) > 64:
                seen = [distinct(seen)]
        return numbered(seen)

    with ThreadPoolExecutor() as threads:
        return dict(zip(keys, threads.map(number, keys), strict=True))


def distinct(parts: Sequence[pa.Array]) -> pa.Array:
    """Return the distinct values of several arrays."""
    return pc.unique(pa.chunked_array(parts)) if parts else pa.array([])


def numbered(parts: Sequence[pa.Array]) -> Numbering:
    """Return the numbering of values that stand in several arrays."""
    values = pc.drop_null(distinct(parts))
    if pa.types.is_floating(values.type):
        values = values.filter(pc.is_finite(values))
    return Numbering(values.take(pc.sort_indices(values)))


def homes(
    shards: Shards, inner: tuple[str, Numbering], outer: tuple[str, Numbering]
) -> np.ndarray | None:
    """Return the one group of an outer key that each of an inner one lies in.

    Returns
    -------
    numpy.ndarray or None
        int64, shape (inner groups,); None where a group lies in several.
    """
    if inner[0] == outer[0]:
        return np.arange(len(inner[1].values))
    home = np.full(len(inner[1].values), -1, dtype="int64")
    for batch in ahead(shards.read([inner[0], outer[0]])):
        one = inner[1].codes(batch.column(inner[0]))
        other = outer[1].codes(batch.column(outer[0]))
        both = (one >= 0) & (other >= 0)
        one, other = one[both], other[both]
        new = home[one] < 0
        home[one[new]] = other[new]
        if (home[one] != other).any():
            return None
    return np.asarray(np.maximum(home, 0))


def numbered_batches(
    shards: Shards,
    columns: Sequence[str],
    design: Design,
    group: tuple[str, Numbering],
    levels: Sequence[tuple[str, Numbering]],
) -> Iterator[Batch]:
    """Yield the rows in numbers, those that are left out in no group.

    Parameters
    ----------
    shards
        The table.
    columns
        What the design is made of.
    design
        Turns them into numbers.
    group, levels
        The large effect's key and the small ones'.
    """
    keys = [group[0], *(name for name, _ in levels)]
    for batch in ahead(shards.read(list(dict.fromkeys([*keys, *columns])))):
        numbers, used = design(batch)
        codes = group[1].codes(batch.column(group[0]))
        if used is not None:
            codes = np.where(used, codes, -1)
        first, places = 0, np.empty((len(codes), len(levels)), dtype="int64")
        for a, (name, numbering) in enumerate(levels):
            own = numbering.codes(batch.column(name))
            if own.min(initial=0) < 0:
                codes = np.where(own >= 0, codes, -1)
            np.add(own, first, out=places[:, a])
            first += len(numbering.values)
        yield Batch(numbers, codes, places)
