"""Numbers and days <-> the texts in which a column writes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.sources.date_formats import UNSLASHED, date_formats
from alliance_value.sources.printed_dates import dates

DATED = 0.9  # a column is one of days where this share of its cells is
PRINTED = {name: pattern for name, (pattern, _) in UNSLASHED.items()} | {
    "MM/DD/YYYY": "%m/%d/%Y",
    "DD/MM/YYYY": "%d/%m/%Y",
    "typed": "%Y-%m-%d",
}
MOST_DECIMALS = 15
ROUND = (1e6, 1e5, 1e4, 1e3, 100.0, 10.0)


@dataclass(frozen=True)
class Number:
    """How a column writes numbers.

    Parameters
    ----------
    decimals
        Digits after the decimal mark, of every cell or at most.
    fixed
        Whether every cell has all of them.
    step
        Whole numbers are multiples of it; 0 where they are not whole.
    width
        Characters to which zeros are put in front; 0 for none.
    decimal, thousands
        The marks.
    """

    decimals: int = 0
    fixed: bool = False
    step: float = 0.0
    width: int = 0
    decimal: str = "."
    thousands: str = ""

    def rounded(self, values: np.ndarray) -> np.ndarray:
        """Return values as they will be read back."""
        if self.step:
            return np.asarray(np.round(values / self.step) * self.step)
        return np.asarray(np.round(values, self.decimals))

    def texts(self, values: np.ndarray) -> np.ndarray:
        """Return cells; missing values become the empty cell."""
        form = f"{{:{',' if self.thousands else ''}.{self.decimals}f}}"
        known = np.isfinite(values)
        out = np.full(len(values), "", dtype=object)
        plain = [form.format(v) for v in self.rounded(values[known]) + 0.0]
        if self.decimals and not self.fixed:
            plain = [text.rstrip("0").rstrip(".") for text in plain]
        marked = self.decimal != "." or self.thousands not in ("", ",") or self.width
        out[known] = [self.mark(text) for text in plain] if marked else plain
        return out

    def mark(self, text: str) -> str:
        """Give a plainly formatted number the column's marks and zeros."""
        if self.decimal != "." or self.thousands not in ("", ","):
            marks = {",": self.thousands, ".": self.decimal}
            text = "".join(marks.get(c, c) for c in text)
        return text.zfill(self.width)


def number(cells: pd.Series, values: np.ndarray, decimal: str, mark: str) -> Number:
    """Return how a column writes its numbers.

    Parameters
    ----------
    cells
        Texts of the cells that hold a number, shape (n,).
    values
        What they mean, float64, shape (n,).
    decimal, mark
        Decimal mark and thousands separator of the file.
    """
    scientific = cells.str.contains(r"\d[eE][-+]?\d", regex=True)
    mark_at = cells.str.find(decimal)
    after = (cells.str.len() - mark_at - 1).where(mark_at >= 0, 0)
    whole = bool((values == np.round(values)).all())
    decimals = min(int(after.max()), MOST_DECIMALS)
    if scientific.any() and not whole:
        decimals = MOST_DECIMALS
    after = after[~scientific]
    widths = set(cells.str.len())
    padded = bool(cells.str.fullmatch(r"0\d+").any()) and len(widths) == 1
    return Number(
        decimals=decimals,
        fixed=bool((after == decimals).all()),
        step=next((s for s in ROUND if not (values % s).any()), 1.0) if whole else 0.0,
        width=int(widths.pop()) if padded else 0,
        decimal=decimal,
        thousands=mark if mark and cells.str.contains(mark, regex=False).any() else "",
    )


def day_form(cells: pd.Series) -> str:
    """Return the pattern by which a column writes its days, empty if it has none."""
    filled = cells[cells.notna() & cells.astype("string").str.strip().ne("")]
    formats = date_formats(filled)
    if not formats:
        return ""
    common = max(formats, key=lambda name: formats[name])
    mostly = formats[common] >= DATED * len(filled)
    return PRINTED.get(common, "") if mostly else ""


def days(cells: pd.Series) -> np.ndarray:
    """Return printed days as numbers of days since 1970, NaN where there is none."""
    if pd.api.types.is_datetime64_any_dtype(cells):
        stamps = cells.dt.tz_localize(None)
    else:
        stamps = dates(cells)
    known = stamps.notna()
    out = np.full(len(cells), np.nan)
    out[known] = stamps[known].to_numpy("datetime64[D]").astype("int64")
    return out


def day_texts(values: np.ndarray, pattern: str) -> np.ndarray:
    """Return days as printed by a pattern; missing ones become the empty cell."""
    known = np.isfinite(values)
    out = np.full(len(values), "", dtype=object)
    stamps = pd.to_datetime(np.round(values[known]), unit="D")
    change: Callable[[str], str] = str.upper if pattern == "%d%b%Y" else str
    out[known] = [change(text) for text in stamps.strftime(pattern)]
    return out
