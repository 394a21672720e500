"""Days and moments as vendors print them -> dates, decided once for a whole column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

Order = Literal["", "day_first", "month_first", "year_first", "undecided", "mixed"]

CLOCK = (
    r"(?:(?<=\d)[Tt_]|,?\s+(?:at\s+)?|(?<=[A-Za-z]\d{4}):|(?<=[A-Za-z]\d\d):)"
    r"(?P<clock>\d{1,2}[:h]\d{2}(?::\d{2})?(?:[.,]\d+)?|(?<=\d[Tt])\d{4}(?:\d\d)?"
    r"|(?:(?<=\d{4} )|(?<=\d{4}-\d\d-\d\d ))\d{1,2}\.\d{2}(?:\.\d{2})?"
    r"|(?<=\d{4} )\d{4}(?:\d\d)?|\d{1,2}(?=\s*[AaPp]\.?[Mm]))"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?(?:\s*(?:[Uu]hr|hrs?))?"
    r"\s*(?P<zone>Z|z|(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d{2})?)?|[ECMP][SD]?T|CEST|BST|JST"
    r"|[+-]\d{2}(?::?\d{2})?)?"
)
CLOCK_FIRST = r"^(\d{1,2}:\d{2}(?::\d{2})?(?:\s*[AaPp]\.?[Mm]\.?)?),?\s+(\S.*)$"
MOMENT = rf"^(?P<day>.*?)(?:{CLOCK})?$"
ZONES = {"EST": "-05:00", "EDT": "-04:00", "CET": "+01:00", "CEST": "+02:00"}
ZONES |= {"CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00"}
ZONES |= {"PST": "-08:00", "PDT": "-07:00", "BST": "+01:00", "JST": "+09:00"}
ZONES |= dict.fromkeys(("Z", "UTC", "GMT"), "+00:00")
# names of a clock that is put forward in summer
REGIONS = {"ET": "America/New_York", "CT": "America/Chicago"}
REGIONS |= {"MT": "America/Denver", "PT": "America/Los_Angeles"}
MONTHS = {
    name: str(number)
    for number, name in enumerate(
        "jan feb mar apr may jun jul aug sep oct nov dec".split(), start=1
    )
}
MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DAY, YEAR = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?", r"(?P<y>\d{4}|\d{2})"
WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
# in the order of trial; where a and b stand the column decides which is the day
FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})(?P<s>[-/. ])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})",
        r"(?P<y>1[6-9]\d\d|2[0-2]\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>[0-3]\d)(?:\.0+)?",
        rf"{WEEKDAY}{DAY}[-\s./]*{MONTH}[-\s./,]*{YEAR}",
        rf"{WEEKDAY}{MONTH}[-\s./]*{DAY}(?:,\s*|[-\s./]+){YEAR}",
        rf"(?P<y>\d{{4}})[-\s./]*{MONTH}[-\s./]*{DAY}",
        r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})",
        r"(?P<a>\d{1,2})(?P<s>[-/ ])(?P<b>\d{1,2})(?P=s)(?P<y>\d{4}|\d{2})",
    )
)
STAMP = r"^((?:19|20)\d{6})(\d{2})(\d{2})(\d{2})$"  # EDGAR's headers
PAIR = r"\d{1,2}([-/ ])\d{1,2}\1\d{2}(?:\d{2})?(?!\d)"
# what pandas holds in nanoseconds
FIRST, LAST = pd.Timestamp("1678-01-01"), pd.Timestamp("2262-01-01")
# this share of the cells that can be read in one way only decides for the others
DECISIVE = 0.95
# 99999999, 99991231, 9999-12-31: a day that never comes
NEVER = (
    r"9{6,8}(?:\.0+)?|[3-9]\d{3}[01]\d[0-3]\d|[3-9]\d{3}[-/. ]\d{1,2}[-/. ]\d{1,2}.*"
    r"|\d{1,2}(?:[-/. ]\d{1,2}[-/. ]|[- ]?[A-Za-z]{3}[- ]?)[3-9]\d{3}.*"
)
LONGEST_MONTH, END_OF_MONTH, SEVERAL = 31, 28, 3
PIVOT = 69  # two-digit years from here on are of the last century, as in POSIX


@dataclass(frozen=True)
class Moments:
    """What a column's cells say, shape (n,) each.

    Parameters
    ----------
    wall
        datetime64[ns]: day and clock time as printed; missing where unreadable.
    clock
        bool: whether a time other than midnight is printed.
    offset
        timedelta64: what the printed zone is ahead of UTC; missing where none is.
    order
        How day and month follow each other where only the column can tell.
    """

    wall: pd.Series
    clock: pd.Series
    offset: pd.Series
    order: Order


def dates(cells: pd.Series, order: Order = "") -> pd.Series:
    """Return the printed or typed days of a column as datetime64[ns], without time.

    Read are ISO dates, 20041231, 31DEC2004, 31-Dec-04, December 31, 2004, 31.12.2004,
    12/31/2004, 31-12-2004 and the like, with any clock time and zone behind. Where a
    number may be day or month the column's own cells decide (`day_first`); where none
    of them can tell, the month comes first, as American vendors print it. A zoned day
    is that of its own wall clock. What no form fits is missing.
    """
    if pd.api.types.is_datetime64_any_dtype(cells):
        return pd.Series(own_clock(cells).dt.normalize())
    wall: pd.Series = moments(cells, order).wall
    return pd.Series(wall.dt.normalize())


def own_clock(stamps: pd.Series) -> pd.Series:
    """Return typed moments by their own clock as datetime64[ns].

    Missing are those that nanoseconds cannot hold, such as an open end of 9999-12-31.
    """
    wall = stamps.dt.tz_localize(None)
    held: pd.Series = wall.where(wall.ge(FIRST) & wall.lt(LAST))
    return held.astype("datetime64[ns]")


def moments(cells: pd.Series, order: Order = "") -> Moments:
    """Read a column of text; each distinct cell is looked at once.

    Parameters
    ----------
    cells
        Text, or whole numbers as 20041231.
    order
        ``day_first`` or ``month_first`` where the study says so.
    """
    text = cells.astype("string").str.strip()
    codes, distinct = pd.factorize(text.mask(text == ""))
    counts = np.bincount(codes[codes >= 0], minlength=len(distinct))
    read = of_distinct(tuple(distinct), tuple(counts.tolist()), order)
    taken = pd.Series(codes, cells.index)

    def of_cells(values: pd.Series) -> pd.Series:
        return pd.Series(values.reindex(taken).to_numpy(), cells.index)

    return Moments(
        of_cells(read.wall).astype("datetime64[ns]"),
        of_cells(read.clock).fillna(False).astype(bool),
        of_cells(read.offset).astype("timedelta64[ns]"),
        read.order,
    )


def order_of_others(cells: pd.DataFrame, column: str) -> Order:
    """Return what the other columns of a file tell of day and month, where they agree.

    Parameters
    ----------
    cells
        The file's cells; columns that are typed tell nothing.
    column
        The column that cannot tell.
    """
    orders: set[Order] = set()
    for name in cells.columns.drop(column):
        if pd.api.types.is_string_dtype(cells[name]):
            text = cells[name].astype("string").str.strip()
            if text.str.match(PAIR).fillna(False).any():
                orders.add(moments(text).order)
    orders &= {"day_first", "month_first"}
    return orders.pop() if len(orders) == 1 else ""


# A column is asked for its days, its formats and its order, one after the other.
@lru_cache(maxsize=4)
def of_distinct(
    cells: tuple[str, ...], counts: tuple[int, ...], order: Order
) -> Moments:
    """Read the distinct cells of a column.

    Parameters
    ----------
    cells
        Their texts.
    counts
        How often each stands in the column.
    order
        As `moments` has it.
    """
    numbers = [day_numbers(cell) for cell in cells]
    other = [place for place, read in enumerate(numbers) if not read]
    parts = clock_parts(pd.Series([cells[n] for n in other], other, dtype="string"))
    for place, text in parts.day.items():
        numbers[int(str(place))] = day_numbers(text)
    table = pd.DataFrame(numbers, range(len(cells)), [*"ymdab"], dtype="string")
    parts = parts.reindex(table.index)
    day, decided = days_of_numbers(table, np.array(counts), order)
    after, zoned = clock_times(parts)
    wall = day + after.fillna(pd.Timedelta(0)).where(after.notna() | parts.clock.isna())
    for name in sorted(REGIONS.keys() & {*parts.zone.dropna()}):
        there = parts.zone.eq(name).fillna(False) & wall.notna()
        zoned = zoned.mask(there, ahead_of_utc(wall[there], REGIONS[name]))
    late = (after > pd.Timedelta(0)).fillna(False)
    return Moments(wall, late, zoned, decided)


def ahead_of_utc(wall: pd.Series, region: str) -> pd.Series:
    """Return what a region's clock is ahead of UTC; of an hour twice, summer's."""
    local = wall.dt.tz_localize(region, ambiguous=True, nonexistent="shift_forward")
    return pd.Series(local.dt.tz_localize(None) - local.dt.tz_convert(None))


def day_numbers(text: object) -> dict[str, str | None]:
    """Return the numbers of a day as the first form that fits has them, if any."""
    if isinstance(text, str):
        for form in FORMS:
            if match := form.fullmatch(text):
                return match.groupdict()
    return {}


def clock_parts(printed: pd.Series) -> pd.DataFrame:
    """Return days apart from the clock time, half and zone that stand beside them."""
    stamped = printed.str.replace(STAMP, r"\1T\2:\3:\4", regex=True)
    turned = stamped.str.replace(CLOCK_FIRST, r"\2 \1", regex=True)
    parts: pd.DataFrame = turned.str.extract(MOMENT)
    return parts.assign(day=parts.day.str.strip())


def days_of_numbers(
    numbers: pd.DataFrame, counts: np.ndarray, order: Order
) -> tuple[pd.Series, Order]:
    """Return the days of distinct texts, and the order of day and month.

    Parameters
    ----------
    numbers
        Columns y, m and d, or a and b where either may be the day.
    counts
        How many cells hold each text.
    """
    year, month, day, a, b = (numbers[name] for name in "ymdab")
    month = month.str.lower().str[:3].replace(MONTHS)
    decided: Order = ""
    if not order and year_first(a, b, year):
        decided = "year_first"
        year, month, day = (
            own.mask(a.notna(), part)
            for own, part in ((year, a), (month, b), (day, year))
        )
        year = year.str.zfill(2)
    elif a.notna().any():
        first, decided = day_first(a, b, pd.Series(counts, numbers.index), order)
        last = first.fillna(False).astype(bool)
        known = first.notna()
        day = day.mask(known, a.where(last, b))
        month = month.mask(known, b.where(last, a))
    short = pd.to_numeric(year).astype("float64")
    century = pd.Series(np.where(short >= PIVOT, "19", "20"), year.index, "string")
    year = year.mask((short < 100).to_numpy(), century + year)
    iso = year + "-" + month + "-" + day
    read = pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce")
    return read.where(read.between(FIRST, LAST)).astype("datetime64[ns]"), decided


def year_first(first: pd.Series, second: pd.Series, third: pd.Series) -> bool:
    """Return whether three numbers of two digits begin with the year, as in 04-12-31.

    Then the last ones are days of months. A first number that is no day tells it, or
    days that take more values than the years before them or are ends of months.

    Parameters
    ----------
    first, second, third
        The numbers as texts, of the distinct cells; missing in cells of other forms.
    """
    there = first.notna() & third.str.len().le(2).fillna(False)
    if not there.any():
        return False
    a, b, c = (pd.to_numeric(part[there]) for part in (first, second, third))
    days = c.between(1, LONGEST_MONTH).all() and b.between(1, 12).all()
    no_day = not a.between(1, LONGEST_MONTH).all()
    ends = c.min() >= END_OF_MONTH and a.nunique() >= SEVERAL
    few = a.min() < END_OF_MONTH <= c.max() and (a.nunique() < c.nunique() or ends)
    return bool(days and (no_day or few))


def clock_times(parts: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the printed clock times and what their zones are ahead of UTC."""
    if parts.clock.isna().all():
        never = pd.Series(pd.NaT, parts.index, dtype="timedelta64[ns]")
        return never, never
    dotted = r"^(\d{1,2})\.(\d\d)(?:\.(\d\d))?$"
    clock = parts.clock.str.replace(dotted, r"\1:\2:\3", regex=True)
    clock = clock.str.removesuffix(":").str.replace(",", ".").str.replace("h", ":")
    clock = clock.str.replace(r"^(\d\d)(\d\d)(\d\d)?$", r"\1:\2:\3", regex=True)
    clock = clock.str.removesuffix(":")
    for colons in (0, 1):
        clock = clock.mask(clock.str.count(":").eq(colons), clock + ":00")
    after = pd.to_timedelta(clock, errors="coerce")
    half = parts.half.str.lower().str[0]
    noon = pd.Timedelta(12, "h")
    after = after.mask(half.notna() & (after < pd.Timedelta(1, "h")))
    after = after.mask(half.notna() & (after >= noon), after - noon)
    after = after.mask(half.eq("p").fillna(False), after + noon)
    zone = parts.zone.mask(parts.zone.isin(list(REGIONS))).str.upper().replace(ZONES)
    zone = zone.str.replace(r"^(?:UTC|GMT)(?=.)", "", regex=True)
    zone = zone.str.replace(r"^([+-])(\d)(?!\d)", r"\g<1>0\2", regex=True)
    zone = zone.str.replace(r"^([+-]\d\d)(\d\d)?$", r"\1:\2", regex=True)
    sign = zone.str[0].map({"+": 1.0, "-": -1.0}).astype("float64")
    hours = pd.to_numeric(zone.str[1:3]).astype("float64")
    minutes = pd.to_numeric(zone.str[4:]).astype("Float64").fillna(0.0)
    ahead = sign * (hours * 60 + minutes.astype("float64"))
    zoned = pd.to_timedelta(ahead, unit="min")
    return after.where(after < pd.Timedelta(1, "D")), zoned


def day_first(
    first: pd.Series, second: pd.Series, counts: pd.Series, order: Order = ""
) -> tuple[pd.Series, Order]:
    """Tell of each pair of numbers whether the first one is the day.

    A number above 12 is a day. Those pairs decide for the whole column where 95 in 100
    of their cells agree; where they do not, pairs that could be either stay undecided.
    Where there is none, the month comes first, and the order is undecided; it is blank
    where no pair could be either. What the study says goes before all of it.

    Returns
    -------
    pandas.Series
        boolean, shape (n,); missing where undecided.
    order : str
    """
    a, b = (pd.to_numeric(part).astype("Float64") for part in (first, second))
    day_month = ((a > 12) & (b <= 12)).fillna(False).astype(bool)
    month_day = ((b > 12) & (a <= 12)).fillna(False).astype(bool)
    votes, against = int(counts[day_month].sum()), int(counts[month_day].sum())
    open_pairs = (
        a.notna() & a.ne(b).fillna(False).astype(bool) & ~day_month & ~month_day
    )
    if order not in ("day_first", "month_first"):
        if votes + against == 0:
            order = "undecided" if open_pairs.any() else ""
        elif against >= DECISIVE * (votes + against):
            order = "month_first"
        elif votes >= DECISIVE * (votes + against):
            order = "day_first"
        else:
            order = "mixed"
    known = pd.Series(pd.NA, first.index, dtype="boolean")
    known = known.mask(day_month, True).mask(month_day, False)
    known = known.mask(a.eq(b).fillna(False).astype(bool), False)
    if order != "mixed":
        known = known.fillna(order == "day_first").mask(a.isna())
    return known, order
