"""Cells -> keys that are equal where values are, however written, and their digits.

1234.50, 1.2345E3 and 1,234.5 have one key, and so have 2001-12-31 and 20011231, or
Acme and ACME. The digits of a value say how telling it is that another file holds it
too: seven of 1234.567, one of 100, none of a missing cell.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

# Single precision keeps seven digits: a Stata file's numbers equal printed ones.
DIGITS, TEXT_DIGITS = 7, 2
MISSING = ("", "nan", "na", "n/a", "#n/a", "none", "null", ".", "nat", "<na>")
DAY = r"^(\d{4})[-/](\d{2})[-/](\d{2})(?:[t ]00:00(?::00(?:\.0+)?)?)?$"
THOUSANDS = r"^[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"
DECIMAL_COMMA = r"^[-+]?\d+,\d+$"
YEARS = (1800, 2200)
SEED = 1
ABSENT, ZERO = 0, 2
# stands for the exponent of days, whose eighth digit counts
DAYS = 999

Keyed = NDArray[np.uint64]


def keys_of(cells: pl.Series) -> Keyed:
    """Return the keys of cells: even of numbers and days, odd of texts, 0 if missing.

    Numbers are rounded to seven significant digits; a day is its number 20011231.
    """
    if cells.dtype in (pl.Date, pl.Datetime):
        cells = cells.dt.strftime("%Y%m%d").cast(pl.Float64)
    if cells.dtype.is_numeric():
        return of_numbers(cells.cast(pl.Float64).fill_null(np.nan).to_numpy())
    text = cells.cast(pl.String, strict=False).fill_null("").str.strip_chars()
    values = text.cast(pl.Float64, strict=False)
    key = of_numbers(values.fill_null(np.nan).to_numpy())
    other = values.is_null() | values.is_infinite()
    if other.any():
        words = pl.DataFrame({"word": text.filter(other)})
        each = words.unique()
        each = each.with_columns(key=pl.Series(of_words(each["word"])))
        placed = words.join(each, on="word", how="left", maintain_order="left")
        key[other.to_numpy()] = placed["key"].to_numpy()
    return key


def of_words(words: pl.Series) -> Keyed:
    """Return the keys of cells that do not read as plain numbers."""
    words = words.str.to_lowercase()
    printed = pl.select(
        pl.when(words.str.contains(THOUSANDS))
        .then(words.str.replace_all(",", ""))
        .when(words.str.contains(DECIMAL_COMMA))
        .then(words.str.replace(",", "."))
        .otherwise(words.str.replace(DAY, "$1$2$3"))
    ).to_series()
    values = printed.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
    text = words.hash(SEED).to_numpy() | np.uint64(1)
    missing = words.is_in(MISSING).to_numpy()
    return np.where(
        missing,
        np.uint64(ABSENT),
        np.where(np.isfinite(values), of_numbers(values), text),
    )


def of_numbers(values: NDArray[np.float64]) -> Keyed:
    """Return the keys of numbers: mantissa, exponent and sign, in one whole number."""
    size = np.abs(values)
    filled = np.isfinite(size) & (size > 1e-300)
    size = np.where(filled, size, 1.0)
    exponent = np.floor(np.log10(size))
    mantissa = np.rint(size * 10.0 ** ((DIGITS - 1) - exponent))
    carried = mantissa >= 10**DIGITS
    mantissa[carried], exponent[carried] = 10 ** (DIGITS - 1), exponent[carried] + 1
    days = are_days(size)
    mantissa[days], exponent[days] = size[days], DAYS - 400
    code = ((mantissa * 1000 + exponent + 400) * 2 + (values < 0)) * 2
    return np.where(filled, code, np.where(values == 0, ZERO, ABSENT)).astype("uint64")


def digits_of(keys: Keyed, texts: pl.Series) -> NDArray[np.float64]:
    """Return how telling values are: the digits of numbers, 0 to 7, and less of texts.

    Words are much the same everywhere, unlike numbers; names are looked for apart.
    """
    letters = texts.str.count_matches(r"\w").to_numpy().clip(0, TEXT_DIGITS)
    mantissa = (keys >> np.uint64(2)) // np.uint64(1000)
    digits = np.full(len(keys), DIGITS)
    for place in range(1, DIGITS):
        digits[mantissa % np.uint64(10**place) == 0] = DIGITS - place
    small = (keys == ABSENT) | (keys == ZERO)
    return np.where(keys % 2 == 1, letters, np.where(small, 0, digits)).astype(
        "float64"
    )


def are_days(size: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether positive numbers read as days, such as 20011231."""
    first, last = YEARS
    is_day = (size >= first * 10_000) & (size < last * 10_000)
    day = size[is_day]
    month_of, day_of = day // 100 % 100, day % 100
    is_day[is_day] = (
        (day == np.rint(day))
        & (month_of >= 1)
        & (month_of <= 12)
        & (day_of >= 1)
        & (day_of <= 31)
    )
    return is_day


def are_times(keys: Keyed) -> NDArray[np.bool_]:
    """Whether numbers read as years, months or days, which many tables share."""
    code = keys >> np.uint64(2)
    exponent = (code % np.uint64(1000)).astype("int64")
    mantissa = (code // np.uint64(1000)).astype("float64")
    small = np.where(np.isin(exponent, (403, 405)), exponent - 406.0, 0.0)
    size = np.where(small < 0, np.round(mantissa * 10.0**small, 6), 0.5)
    first, last = YEARS
    year = (size >= first) & (size < last)
    month = (size >= first * 100) & (size < last * 100)
    month &= (size % 100 >= 1) & (size % 100 <= 12)
    whole = (size == np.rint(size)) & (year | month)
    return np.asarray((keys % 2 == 0) & (whole | (exponent == DAYS)))
