"""Daily files + delistings + listings -> returns in parts, and what was rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from alliance_value.sources.delistings import MissingDelisting, read_delistings
from alliance_value.sources.listings import spells_in
from alliance_value.sources.raw_table import RawTable, decisions_of, in_their_files
from alliance_value.sources.read_file import rows_of
from alliance_value.sources.returns import ReturnsReader, of_batches
from alliance_value.study.spec import ReturnsFile, TableFile, layout_of

SOURCE = {"source_file": "file", "source_row": "row"}
Read = Callable[[RawTable], tuple[pd.DataFrame, pd.DataFrame]]


@dataclass
class Account:
    """What was rejected and decided so far."""

    rejected: list[pd.DataFrame] = field(default_factory=list)
    decided: list[str] = field(default_factory=list)

    def one_table(
        self, paths: Sequence[str], layout: TableFile, read: Read
    ) -> pd.DataFrame | None:
        """Read files as one table, None where there are no files."""
        if not paths:
            return None
        table, rejected, raw = rows_of(read, paths, layout)
        self.rejected.append(rejected)
        self.decided += decisions_of(raw)
        if SOURCE.keys() <= {*table.columns}:
            back = {own: name for name, own in SOURCE.items()}
            table = in_their_files(table.rename(columns=SOURCE), raw)
            table = table.rename(columns=back)
        return table.reset_index(drop=True)


@dataclass(frozen=True)
class DailyFiles:
    """Daily files of a study, opened.

    Parameters
    ----------
    reader
        Reads them in batches of securities.
    account
        What was rejected and decided, filled while they are read.
    """

    reader: ReturnsReader
    account: Account

    def parts(self) -> Iterator[pd.DataFrame]:
        """Yield canonical returns, batch by batch."""
        for part in self.reader.batches():
            self.account.rejected.append(part.rejects)
            yield part.returns

    def rejects(self) -> pd.DataFrame:
        """Return what was rejected so far."""
        return of_batches(self.account.rejected)

    def decisions(self) -> list[str]:
        """Return what was decided, in the files beside the daily ones first."""
        return [*self.account.decided, *self.reader.decisions()]


def daily_files(
    files: Sequence[str],
    spec: ReturnsFile,
    folder: Path,
    *,
    delistings: Sequence[str] = (),
    listings: Sequence[str] = (),
    sources: Mapping[str, Mapping[str, Any] | None] | None = None,
    names: pd.DataFrame | None = None,
    windows: pd.DataFrame | None = None,
) -> DailyFiles:
    """Open daily files together with what tells of their securities.

    Parameters
    ----------
    files, spec, folder, names, windows
        As `ReturnsReader` has them.
    delistings, listings
        Files of delistings and of listings.
    sources
        What the study says of ``returns``, ``delistings`` (with the returns that stand
        for missing ones) and ``listings`` (with the names of their columns).
    """
    account = Account()
    known = pd.DataFrame(columns=["security", "name_from"]) if names is None else names
    if "exchange_code" not in known.columns:
        known = known.assign(exchange_code=None)
    said = sources or {}
    assumed = said.get("delistings") or {"missing": 0, "missing_nasdaq": 0}
    rule = MissingDelisting(other=assumed["missing"], nasdaq=assumed["missing_nasdaq"])
    layouts = {n: layout_of(said.get(n)) for n in ("returns", "delistings", "listings")}
    gone = account.one_table(
        delistings,
        layouts["delistings"],
        lambda raw: read_delistings(raw, known, rule),
    )
    columns = said.get("listings") or {}
    spells = account.one_table(
        listings, layouts["listings"], lambda raw: spells_in(raw, columns)
    )
    if columns.get("identifier"):
        spells = None
    reader = ReturnsReader(
        files, spec, folder, gone, names, spells, windows, layouts["returns"]
    )
    return DailyFiles(reader, account)
