"""A clean table -> the same with defects, each one remembered for the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

LEDGER = ["file", "row", "kind", "column", "true_value", "written_value", "repairable"]


@dataclass(frozen=True)
class Sheet:
    """A vendor's table on its way to a file.

    Parameters
    ----------
    file : str
    table : DataFrame of text
        Sorted by its index; an index label never changes, so that defects find
        their row whatever is inserted or shuffled later.
    defects : tuple of DataFrame
        Ledger rows with the index label in place of the row number; NaN stands for
        the file as a whole.
    """

    file: str
    table: pd.DataFrame
    defects: tuple[pd.DataFrame, ...] = ()

    def note(
        self,
        kind: str,
        labels: Sequence[float] | pd.Index | np.ndarray,
        column: str,
        true: Any,
        written: Any,
        repairable: bool,
    ) -> Sheet:
        """Remember a defect in some rows; none in no row."""
        if not len(labels):
            return self
        rows = pd.DataFrame({"row": np.asarray(labels, float), "kind": kind})
        rows["column"] = column
        rows["true_value"] = np.asarray(true, object) if np.ndim(true) else true
        rows["written_value"] = (
            np.asarray(written, object) if np.ndim(written) else written
        )
        rows["repairable"] = "yes" if repairable else "no"
        return replace(self, defects=(*self.defects, rows))

    def rewrite(
        self,
        kind: str,
        labels: pd.Index,
        column: str,
        values: Sequence[str] | np.ndarray | str,
        repairable: bool,
    ) -> Sheet:
        """Overwrite one column in some rows and remember it."""
        if not len(labels):
            return self
        table = self.table.copy()
        true = table.loc[labels, column].to_numpy()
        table.loc[labels, column] = values
        return replace(self, table=table).note(
            kind, labels, column, true, table.loc[labels, column].to_numpy(), repairable
        )

    def insert(
        self, kind: str, rows: pd.DataFrame, note: str, repairable: bool
    ) -> Sheet:
        """Insert rows, each right after the row whose label it bears."""
        if not len(rows):
            return self
        rows = rows.copy()
        taken = set(self.table.index)
        labels = []
        for label in rows.index:
            while label in taken:
                label += 2**-10
            taken.add(label)
            labels.append(label)
        rows.index = pd.Index(labels)
        table = pd.concat([self.table, rows]).sort_index()
        return replace(self, table=table).note(
            kind, rows.index, "", "", note, repairable
        )


Defect = Callable[[Sheet, np.random.Generator, float], Sheet]


def choose(
    rng: np.random.Generator, table: pd.DataFrame, rate: float, mask: object = True
) -> pd.Index:
    """Choose rows at random, each with the given probability, among a mask's."""
    drawn = rng.random(len(table)) < rate
    result: pd.Index = table.index[drawn & np.asarray(mask)]
    return result


def ledger_rows(sheet: Sheet) -> pd.DataFrame:
    """Return a sheet's ledger with row numbers from 1; 0 is the file as a whole."""
    if not sheet.defects:
        return pd.DataFrame(columns=LEDGER)
    rows = pd.concat(sheet.defects, ignore_index=True)
    index = sheet.table.index
    place = pd.Series(np.arange(1, len(index) + 1), index=index)
    rows["row"] = rows["row"].map(place).fillna(0).astype(int)
    rows.insert(0, "file", sheet.file)
    return rows[LEDGER]
