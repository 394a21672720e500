"""The cells of a column -> its kind, its values as numbers, and how it is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.marginals import LEAST_FIRMS, LEAST_VALUES
from alliance_value.sharing.twin.written import (
    Number,
    day_form,
    day_texts,
    days,
    number,
)
from alliance_value.sources.cells import TRUTH, numeric_column
from alliance_value.sources.raw_table import RawTable, plain_text
from alliance_value.study.spec import TableFile

Kind = Literal["number", "day", "category", "identity", "serial", "empty"]
TEXTS = ("category", "identity", "serial")
# A text stays as it is where so many firms have it, or the study file names it.
SHARED_BY = 5
NUMERIC = 0.95  # a column is numeric where this share of its filled cells is
STEADY = 0.99  # a column keeps a firm's value where it does for this share of firms
ONE_FIRM = 0.9  # identities: this share of the values belongs to one firm alone
SEVERAL = 0.5  # and there are at least so many values for each firm
TYPED = TableFile(entity="", file="")


@dataclass(frozen=True)
class Column:
    """One column of real rows.

    Parameters
    ----------
    name
        Its name in the file.
    kind
        Identities belong to one firm, serials to one row; both are invented.
    values
        float64, shape (n,), NaN is missing: numbers, days since 1970, or numbers of
        levels.
    texts
        The cells as text, shape (n,), where identities are to be invented.
    levels
        Categories as the file writes them.
    firms_of_level
        How many firms have each.
    written
        How numbers are written.
    pattern
        How days are written.
    absent
        What stands in the cell of a missing value.
    steady
        Whether a firm keeps its value.
    truth
        Whether the levels are words for true and false, which are 1 and 0 to formulas.
    """

    name: str
    kind: Kind
    values: np.ndarray
    texts: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=object))
    levels: tuple[str, ...] = ()
    firms_of_level: tuple[int, ...] = ()
    written: Number = field(default_factory=Number)
    pattern: str = ""
    absent: str = ""
    steady: bool = False
    truth: bool = False

    def cells(self, values: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Return values as the file writes them, with these texts for categories."""
        if self.kind == "category":
            cells = as_text(values, levels)
        elif self.kind == "day":
            cells = day_texts(values, self.pattern)
        else:
            cells = self.written.texts(values)
        cells[~np.isfinite(values)] = self.absent
        return cells


def column(
    raw: RawTable,
    name: str,
    firms: np.ndarray,
    layout: TableFile = TYPED,
    numeric: Collection[str] = (),
    text: Collection[str] = (),
) -> Column:
    """Tell what a column of a table holds.

    Parameters
    ----------
    raw
        Real rows.
    name
        The column.
    firms
        int64 codes of the rows' firms, shape (n,).
    layout
        Marks and missing cells of the file.
    numeric, text
        Columns that the study takes for numbers, or for codes and names.
    """
    cells = plain_text(raw.cells[name])
    absent = cells.isna() | cells.eq("") | cells.isin(layout.missing)
    token = cells[absent & cells.notna()].mode()
    blank = str(token.iloc[0]) if len(token) else ""
    nothing = np.full(len(cells), np.nan)
    known = ~absent.to_numpy(dtype=bool)
    firms_known = len(np.unique(firms[known]))
    few = known.sum() < LEAST_VALUES or firms_known < min(
        LEAST_FIRMS, len(np.unique(firms))
    )
    if few:
        return Column(name, "empty", nothing, absent=blank)
    pattern = "" if name in numeric or name in text else day_form(raw.cells[name])
    if pattern:
        stamps = days(raw.cells[name])
        return Column(
            name,
            "day",
            stamps,
            pattern=pattern,
            absent=blank,
            steady=is_steady(stamps, firms),
        )
    if name not in text and not truths(cells[known]):
        values, _ = numeric_column(raw, name, layout)
        figures = values.mask(absent).to_numpy("float64")
        read = np.isfinite(figures).sum() / max(known.sum(), 1)
        if read >= NUMERIC or (read and name in numeric):
            codes = firm_codes(figures, firms)
            if name in numeric or not codes:
                good = np.isfinite(figures)
                return Column(
                    name,
                    "number",
                    figures,
                    written=number(
                        cells[good], figures[good], layout.decimal, layout.thousands
                    ),
                    absent=blank,
                    steady=is_steady(figures, firms),
                )
    truth = name not in text and truths(cells[known])
    return replace(labels(name, cells, known, firms, blank), truth=truth)


def as_text(codes: np.ndarray, levels: np.ndarray, missing: object = "") -> np.ndarray:
    """Return the texts of numbers of levels, as objects."""
    texts = np.full(len(codes), missing, dtype=object)
    known = np.isfinite(codes)
    texts[known] = levels[codes[known].astype(int)]
    return texts


def firms_of(codes: np.ndarray, firms: np.ndarray, levels: int) -> np.ndarray:
    """Return how many firms have each level; codes below zero are none."""
    pairs = np.unique(np.column_stack([codes, firms]), axis=0)
    return np.bincount(pairs[pairs[:, 0] >= 0, 0], minlength=levels)


def labels(
    name: str,
    cells: pd.Series,
    known: np.ndarray,
    firms: np.ndarray,
    blank: str,
) -> Column:
    """Return a column of text as identities, serials or categories."""
    texts = np.where(known, cells.fillna("").to_numpy(dtype=object), "")
    codes, levels = pd.factorize(pd.Series(texts).where(known), sort=True)
    values = np.where(known, codes, np.nan)
    holders = firms_of(codes, firms, len(levels))
    rows, n_firms = int(known.sum()), len(np.unique(firms))
    alone = len(levels) > 0 and (holders == 1).mean() >= ONE_FIRM
    kind: Kind = "category"
    if alone and len(levels) >= SEVERAL * n_firms:
        once = len(levels) >= ONE_FIRM * rows and rows > 1.5 * n_firms
        kind = "serial" if once else "identity"
    return Column(
        name,
        kind,
        values,
        texts=texts,
        levels=tuple(map(str, levels)),
        firms_of_level=tuple(map(int, holders)),
        absent=blank,
        steady=is_steady(values, firms),
    )


def firm_codes(values: np.ndarray, firms: np.ndarray) -> bool:
    """Whether whole numbers are codes of firms: kept by each, shared by few."""
    known = np.isfinite(values)
    if not known.any() or (values[known] % 1).any() or not is_steady(values, firms):
        return False
    pairs = np.unique(np.column_stack([values[known], firms[known]]), axis=0)
    distinct, holders = np.unique(pairs[:, 0], return_counts=True)
    n_firms = len(np.unique(firms[known]))
    return bool(
        (holders == 1).mean() >= ONE_FIRM and len(distinct) >= SEVERAL * n_firms
    )


def truths(cells: pd.Series) -> bool:
    """Whether a column holds TRUE and FALSE, or other words for them."""
    return bool(len(cells)) and bool(cells.str.upper().isin(list(TRUTH)).all())


def is_steady(values: np.ndarray, firms: np.ndarray) -> bool:
    """Whether firms keep their value, where several of their rows have one."""
    table = pd.DataFrame({"firm": firms, "value": values}).dropna()
    per_firm = table.groupby("firm").value.agg(["size", "nunique"])
    several = per_firm[per_firm["size"] > 1]
    return len(several) > 0 and bool((several["nunique"] == 1).mean() >= STEADY)
