"""Cells as they stand in a file -> typed columns, with every bad cell accounted for."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import Problem, clip
from alliance_value.sources.raw_table import RawTable, plain_text
from alliance_value.study.spec import TableFile

HINTS = (
    (
        r"-?\d{1,3}(?:[,.' ]\d{3})+(?:[.,]\d*)?",
        "give thousands (and decimal) in the study file, or correct the cell",
    ),
    (r"-?\d+,\d+", "set decimal: ',' in the study file, or correct the cell"),
    (r"\(.*\d.*\)", "write the negative number with a minus sign"),
    (r".*\d\s*%", "state units: {'%': 0.01} in the study file, or correct the cell"),
    (
        r"(?=.*[$€£¥.,])[^\w\s]*[\d\s.,'-]*\d\s*[A-Za-z]{1,8}",
        "state what its unit counts, such as units: {B: 1000, M: 1}, and a sign such "
        "as $ under ignore",
    ),
    (r"[^\w\s]*[$€£¥].*|.*[$€£¥]", "state the sign under ignore, or take it out"),
)
BLANKS = "[\u00a0\u2009\u202f]"  # between groups of digits, as printed
MINUS = "\u2212"
NUMERAL = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
OTHERWISE = "correct the cell, list it under missing, or set invalid: missing"
# a column with more cells of text than these, and than this share, is one of text
FEW, MOSTLY = 5, 0.5
# cells with digits that are no number are dirt where they are this rare
FEWEST, SELDOM = 2, 0.05
TRUTH = {"TRUE": 1.0, "FALSE": 0.0, "T": 1.0, "F": 0.0, "YES": 1.0, "NO": 0.0}


def text_column(raw: RawTable, column: str, missing: Sequence[str] = ()) -> pd.Series:
    """Return a column of codes or names as text; blank and marked cells are missing.

    Whole numbers of a typed file are written without a decimal point, so that a code
    has the same spelling in every format.
    """
    text = plain_text(raw.cells[column])
    return text.mask(text.eq("") | text.isin(list(missing)), pd.NA)


def numeric_column(
    raw: RawTable, column: str, layout: TableFile
) -> tuple[pd.Series, pd.Series]:
    """Return a column as float64, and where a cell is neither number nor missing.

    Returns
    -------
    values : pandas.Series
        float64, shape (n,); NaN where missing or invalid. TRUE and FALSE are 1 and 0
        in a column that holds nothing else.
    invalid : pandas.Series
        bool, shape (n,): text, or a number that is not finite.
    """
    cells = raw.cells[column]
    if pd.api.types.is_bool_dtype(cells) or pd.api.types.is_numeric_dtype(cells):
        values = cells
        if cells.dtype != "float64":
            values = cells.astype("Float64").astype("float64")
        values = values.mask(values.isin(numerals(layout.missing)))
        infinite = pd.Series(np.isinf(values.to_numpy()), values.index)
        return values.mask(infinite) if infinite.any() else values, infinite
    text = cells.astype("string").str.strip()
    absent = text.isna() | text.eq("") | text.isin(layout.missing)
    known = text[~absent].str.upper()
    if len(known) and known.isin(list(TRUTH)).all():
        values = known.map(TRUTH).astype("float64").reindex(text.index)
        return values, pd.Series(False, text.index)
    text, factor = without_units(text, layout)
    plain, fits = without_marks(text, layout)
    values = pd.to_numeric(plain.mask(absent), errors="coerce").astype("float64")
    marked = values.isin(numerals(layout.missing))
    values = values.mask(marked)
    values = values if factor is None else values * factor
    # a number that is written with other marks would be read as another number
    invalid = ~absent & ~((np.isfinite(values) | marked) & fits)
    return values.mask(invalid), invalid


def numerals(markers: Sequence[str]) -> list[float]:
    """Return the markers of missing values that are numbers, such as -99."""
    return [float(marker) for marker in markers if NUMERAL.fullmatch(marker)]


def without_units(
    text: pd.Series, layout: TableFile
) -> tuple[pd.Series, pd.Series | None]:
    """Take the units that the study states from the ends of cells.

    Returns
    -------
    text : pandas.Series
        What is left: 177.2 of ``177.2 B``.
    factor : pandas.Series or None
        float64, what each number counts; None where no units are stated.
    """
    if not layout.units:
        return text, None
    longest = sorted(layout.units, key=len, reverse=True)
    ends = "|".join(map(re.escape, longest))
    parts = text.str.extract(rf"^(.*?)\s*({ends})?$")
    return parts[0], parts[1].map(layout.units).astype("float64").fillna(1.0)


def without_marks(text: pd.Series, layout: TableFile) -> tuple[pd.Series, pd.Series]:
    """Write numbers with a decimal point alone, and tell which fit the layout.

    Returns
    -------
    plain : pandas.Series
        Text without thousands separators, with a point as decimal mark.
    fits : pandas.Series
        bool, shape (n,): thousands stand in groups of three before the decimal mark,
        and there is no point where the decimal mark is another one.
    """
    if layout.ignore:
        text = text.str.replace(f"[{re.escape(layout.ignore)}]", "", regex=True)
        text = text.str.strip()
    text = text.str.replace(MINUS, "-")
    if layout.thousands == " ":
        text = text.str.replace(BLANKS, " ", regex=True)
    if not layout.thousands and layout.decimal == ".":
        return text, pd.Series(True, text.index)
    fits = text.str.fullmatch(printed_number(layout)).fillna(False).astype(bool)
    plain = text.str.replace(layout.thousands, "") if layout.thousands else text
    return plain.str.replace(layout.decimal, "."), fits


def printed_number(layout: TableFile) -> str:
    """Return the pattern of a number with the marks of a layout."""
    separator, decimal = re.escape(layout.thousands), re.escape(layout.decimal)
    groups = rf"\d{{1,3}}(?:{separator}\d{{3}})+|" if separator else ""
    return rf"[+-]?(?:{groups}\d*)(?:{decimal}\d*)?(?:[eE][+-]?\d+)?"


def printed_otherwise(lost: int, read: int) -> bool:
    """Return whether cells with digits that are no number are too many for dirt.

    They are numbers then that are printed in another way than the study says, perhaps
    the negative ones alone, and what is left of their column would be no fair part.
    """
    return lost >= FEWEST and lost > SELDOM * (lost + read)


def lost_numbers(
    raw: RawTable, column: str, values: pd.Series, invalid: pd.Series
) -> list[Problem]:
    """Return a problem where numbers of a column are printed in another way.

    Parameters
    ----------
    raw, column
        The cells.
    values, invalid
        As `numeric_column` read them.
    """
    cells = raw.cells.loc[invalid, column].astype("string")
    cells = cells[cells.str.contains(r"\d").fillna(False).astype(bool)]
    read = int(values.notna().sum())
    if not printed_otherwise(len(cells), read):
        return []
    first = cells.index[0]
    return [
        Problem(
            rule=f"{len(cells):,} of {len(cells) + read:,} numbers are printed in "
            "another way than the study says",
            remedy=hint(str(cells[first]), "correct the cells"),
            where=raw.file,
            row=int(raw.rows[first]),
            column=column,
            value=str(cells[first]),
        )
    ]


def cell_problems(raw: RawTable, column: str, invalid: pd.Series) -> list[Problem]:
    """Return one problem per invalid cell, or one of a column that holds text."""
    cells = raw.cells.loc[invalid, column].astype("string")
    filled = int(raw.cells[column].astype("string").str.strip().ne("").sum())
    if len(cells) > max(FEW, MOSTLY * filled) and hint(str(cells.iloc[0])) == OTHERWISE:
        shown = ", ".join(f"'{clip(text, 20)}'" for text in cells.unique()[:3])
        return [
            Problem(
                rule=f"{len(cells)} of {filled} cells are text, such as {shown}",
                remedy="list the column under text if it holds codes or names, and "
                "compare it with texts in quotes",
                where=raw.file,
                row=int(raw.rows[invalid].iloc[0]),
                column=column,
            )
        ]
    return [
        Problem(
            rule="is not a finite number",
            remedy=hint(str(value)),
            where=raw.file,
            row=int(row),
            column=column,
            value=str(value),
        )
        for row, value in zip(raw.rows[invalid], cells, strict=True)
    ]


def hint(value: str, otherwise: str = OTHERWISE) -> str:
    """Return the next step for a cell that is no number."""
    for pattern, remedy in HINTS:
        if re.fullmatch(pattern, value.strip()):
            return remedy
    return otherwise
