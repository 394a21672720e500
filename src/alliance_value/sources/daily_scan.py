"""Daily files, long, wide or CRSP's, of any format -> lazy tables in common columns.

Nothing is read here but heads: filters are put on plain columns of Parquet files, so
that row groups are skipped by their statistics and memory follows what is asked for.
Text is written to Parquet once, in a stream; Stata and SAS files in pieces.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import (
    Problem,
    UserError,
    gathered,
    nearest,
    raise_if,
)
from alliance_value.sources.archives import members
from alliance_value.sources.cells import (
    BLANKS,
    MINUS,
    hint,
    numerals,
    printed_number,
    printed_otherwise,
)
from alliance_value.sources.columns import locate
from alliance_value.sources.daily_containers import PIECE, PLACE, opened
from alliance_value.sources.daily_dates import dated, frequency
from alliance_value.sources.file_kind import TEXT, kind_of
from alliance_value.sources.identifiers import WITH_DECIMALS
from alliance_value.sources.printed_dates import Order
from alliance_value.sources.raw_table import PLAIN
from alliance_value.sources.typed_file import UNREADABLE
from alliance_value.study.spec import ReturnsFile, TableFile
from alliance_value.vocabulary.entries import reader

CRSP: dict[str, tuple[str, ...]] = {
    "security": ("permno",),
    "date": ("date", "dlycaldt", "caldt"),
    "price": ("prc", "dlyprc"),
    "ret": ("ret", "dlyret"),
    "shares": ("shrout",),
}
CRSP_OPTIONAL: dict[str, tuple[str, ...]] = {
    "company": ("permco",),
    "missing_flag": ("dlyretmissflg",),
    "delisting_flag": ("dlydelflg",),
    "volume": ("vol", "dlyvol"),
}
NO_NUMBER = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", "null", "None")
BESIDE = ("market_value", "shares", "adjustment", "volume")
LABELS = {"ret": "returns", "price": "prices", "market_value": "market values"} | {
    name: name for name in BESIDE[1:]
}
# of so many days' returns, half are not above a tenth
LOOKED_AT, FEWEST_MOVES, LARGE = 10_000, 50, 0.1
# $ million per unit; shares are counted so that price x shares is in $ million.
MILLIONS = {"ones": 1e-6, "thousands": 1e-3, "millions": 1.0}


@dataclass(frozen=True)
class Source:
    """One daily file, ready to be filtered.

    Parameters
    ----------
    name
        The file's name for messages and rejects.
    lazy
        Its rows: as they stand in a Parquet file, or in the common columns.
    columns
        Canonical name -> column; one column per security stands under ``wide``.
    dtypes
        Types of the columns of ``lazy``.
    date
        The day of a row; null where it cannot be read.
    ready
        Whether the rows are in the common columns already.
    words
        What was decided on the way.
    wide
        One column per security.
    holds_delistings
        Whether delisting returns stand in rows of their own, as in CIZ files.
    layout
        How the file is written.
    """

    name: str
    lazy: pl.LazyFrame
    columns: Mapping[str, str]
    dtypes: Mapping[str, pl.DataType]
    date: pl.Expr
    ready: bool
    words: tuple[str, ...]
    wide: tuple[str, ...] = ()
    holds_delistings: bool = False
    layout: TableFile = PLAIN


@reader(
    "crsp",
    of="returns",
    label="CRSP's daily file, legacy or CIZ",
    reads="CRSP's daily file: one row per security and day.",
    columns=("CRSP", "CRSP_OPTIONAL"),
    takes=("first", "last", "largest_return", "smallest_return"),
    repairs=(
        "Letters, flags and numbers up to -1.01 are codes for a missing return.",
        "A negative price is the average of bid and ask; a price of 0 is missing.",
        "Returns that no security earns are missing.",
        "Repeated days, and rows without readable security or day, are rejected.",
    ),
    stops=("Columns are absent.", "No security asked for has a row."),
    makes=("returns",),
)
@reader(
    "long",
    of="returns",
    label="any table with one row per security and day",
    reads="One row per security and day, under columns that the study names.",
    needs=("security", "date"),
    takes=(
        "ret",
        "price",
        "adjustment",
        "market_value",
        "market_value_unit",
        "shares",
        "shares_unit",
        "volume",
        "volume_unit",
        "unit",
        "first",
        "last",
        "largest_return",
        "smallest_return",
        "longest_gap",
        "thin_day",
    ),
    decides=(
        "Days with few rows beside the other days of their month are no trading days.",
    ),
    repairs=(
        "Returns made from prices are missing across gaps.",
        "Returns that no security earns are missing.",
        "Market values, shares, volumes and adjustments that are no numbers are "
        "missing.",
        "Repeated days, and rows without readable security or day, are rejected.",
    ),
    stops=("Columns are absent.", "No security asked for has a row."),
    makes=("returns",),
)
@reader(
    "wide",
    of="returns",
    label="one date column and one column per security",
    reads="One row per day and one column per security.",
    needs=("date",),
    takes=(
        "holds",
        "unit",
        "first",
        "last",
        "largest_return",
        "smallest_return",
        "longest_gap",
        "thin_day",
    ),
    decides=(
        "Days with few cells beside the other days of their month are no trading days.",
    ),
    repairs=(
        "Returns made from prices are missing across gaps.",
        "Returns that no security earns are missing.",
        "Repeated days, and rows without a readable day, are rejected.",
    ),
    stops=("There is no column of a day, or of a security.",),
    makes=("returns",),
)
def open_sources(
    paths: Sequence[str | Path],
    spec: ReturnsFile,
    folder: Path,
    layout: TableFile = PLAIN,
) -> list[Source]:
    """Open files, which together are one table, in the order of their names.

    Parameters
    ----------
    paths, spec
        The files and how they are laid out.
    folder
        Where files of other kinds are put as Parquet while they are used.
    layout
        How the files are written.

    Raises
    ------
    UserError
        Files are not there, are damaged, or lack columns; all at once.
    """
    problems: list[Problem] = []
    sources: list[Source] = []
    ordered: list[Path] = []
    for number, path in enumerate(
        sorted(map(Path, paths), key=lambda p: (p.name, str(p)))
    ):
        with gathered(problems):
            ordered += [f for _, f in members(path, folder=folder / f"of {number}")]
    for number, path in enumerate(ordered):
        try:
            copy = folder / f"{number}.parquet"
            source = open_source(path, spec, copy, layout, problems)
        except UserError as error:
            problems += error.problems
            continue
        except (pl.exceptions.PolarsError, *UNREADABLE) as error:
            problems.append(damaged(path, error))
            continue
        if source is not None:
            sources.append(source)
    if not paths:
        problems.append(Problem("there is no daily file", "name one in the study file"))
    raise_if(problems, "reading the daily returns")
    return sources


def damaged(path: Path, error: BaseException) -> Problem:
    """Return the problem of a file that cannot be read."""
    if isinstance(error, FileNotFoundError) or not path.is_file():
        return Problem("the file is not there", "check the path", path.name)
    first = (str(error).splitlines() or [""])[0][:200]
    return Problem(
        "the file cannot be read", f"fetch it again ({first})", where=path.name
    )


def open_source(
    path: Path,
    spec: ReturnsFile,
    copy: Path,
    layout: TableFile,
    problems: list[Problem],
) -> Source | None:
    """Open one file; missing columns go to the problems."""
    absent_file = no_file(path)
    if absent_file is not None:
        raise UserError([absent_file], f"reading {path.name}")
    kind = layout.format if layout.format != "auto" else kind_of(path)
    lazy, first, words = opened(path, kind, copy, layout)
    schema = lazy.collect_schema()
    names = [n for n in schema.names() if n != PLACE]
    required, optional = wanted_columns(spec)
    located, absent = locate(names, required, optional, path.name)
    problems += absent
    if absent:
        return None
    unnamed = [n for n in names if n.strip() in layout.missing]
    wide = tuple(n for n in names if n not in (*located.values(), *unnamed))
    if spec.reader != "wide":
        wide = ()
    elif not wide:
        remedy = nearest(spec.date, names)
        problems.append(Problem("there is no column of a security", remedy, path.name))
        return None
    elif unnamed:
        shown = ", ".join(f"'{name}'" for name in unnamed)
        words.append(f"columns named {shown}, which means missing, left out")
    ciz = False
    if spec.reader == "crsp":
        legacy = located["ret"].lower() == "ret"
        ciz = not legacy
        words.append("legacy columns" if legacy else "CIZ columns")
    source = Source(
        path.name,
        lazy,
        located,
        dict(schema),
        pl.lit(None, pl.Date),
        False,
        (),
        wide,
        layout=layout,
    )
    if kind in TEXT:
        # text is gone through once, into numbers; days are read from the copy
        copied = copy.with_suffix(".text.parquet")
        common = in_common_columns(source, lazy, spec, first=first)
        try:
            common.drop("date").sink_parquet(
                copied, compression="lz4", row_group_size=PIECE
            )
        except pl.exceptions.ComputeError as error:
            if layout.encoding != "auto" or "utf-8" not in str(error).lower():
                raise
            western = replace(layout, encoding="cp1252")
            return open_source(path, spec, copy, western, problems)
        lazy = pl.scan_parquet(copied)
        located = {n: n for n in ("security", "company") if n in located}
        located |= {"security": "security", "date": "date_text"}
        schema = lazy.collect_schema()
    usual: Order = "month_first" if spec.reader == "crsp" else ""
    unread: list[Problem] = []  # with the places of distinct cells
    day, how = dated(lazy, located["date"], schema, path, kind, layout, unread, usual)
    problems += [replace(p, row=None, column=source.columns["date"]) for p in unread]
    if kind in TEXT:
        lazy = lazy.with_columns(date=day).select(*common.collect_schema().names())
        schema, day = lazy.collect_schema(), pl.col("date")
        located["date"] = "date"
    words += [how, f"read as {kind}"] if kind not in (*TEXT, "parquet") else [how]
    if spec.reader == "crsp":  # other readers look at all days
        problems += frequency(lazy, day, path)
    opened_source = Source(
        path.name,
        lazy,
        located,
        dict(schema),
        day,
        kind in TEXT,
        tuple(words),
        () if kind in TEXT else wide,
        holds_delistings=ciz,
        layout=layout,
    )
    problems += numbers_unread(opened_source, spec, source.columns)
    problems += no_decimals(opened_source, spec, source.columns)
    return opened_source


def no_decimals(
    source: Source, spec: ReturnsFile, named: Mapping[str, str]
) -> list[Problem]:
    """Return a problem where a file's first returns are too large for decimals."""
    if spec.reader == "crsp":
        return []
    head = source.lazy.head(LOOKED_AT)
    size = in_common_columns(source, head, spec).select(pl.col("ret").abs())
    moves = size.filter(pl.col("ret") > 0).collect()["ret"]
    usual = moves.median()
    if len(moves) < FEWEST_MOVES or not isinstance(usual, float) or usual <= LARGE:
        return []
    return [
        Problem(
            rule=f"half of the returns are above {usual:.3g} in size: as decimals, "
            f"{usual:.0%} a day",
            remedy="set unit: percent under sources.returns, or write decimals",
            where=source.name,
            column=named.get("ret"),
        )
    ]


def numbers_unread(
    source: Source, spec: ReturnsFile, named: Mapping[str, str]
) -> list[Problem]:
    """Return a problem where numbers in text are printed in another way than stated.

    In few rows, what holds digits and is no number is dirt or a code.
    """
    numbers = [source.columns[n] for n in LABELS if n in source.columns]
    holds = {source.dtypes[n] for n in (*numbers, *source.wide)}
    if not source.ready and pl.String not in holds:
        return []
    rows = in_common_columns(source, source.lazy, spec)
    counted = [
        expression.alias(f"{name}{what}")
        for name in LABELS
        for value, printed, lost in [text_lost(name)]
        for what, expression in (
            ("_read", value.count()),
            ("_lost", printed.filter(lost).len()),
            ("_first", printed.filter(lost).first()),
            ("_row", pl.col("row").filter(lost).first()),
        )
    ]
    counts = rows.select(counted).collect(engine="streaming").row(0, named=True)
    return [
        Problem(
            rule=f"{lost:,} of {lost + read:,} {label} are no numbers",
            remedy=hint(str(counts[f"{name}_first"]), "correct the cells"),
            where=source.name,
            row=counts[f"{name}_row"],
            column=named.get(name),
            value=counts[f"{name}_first"],
        )
        for name, label in LABELS.items()
        for read, lost in [(counts[f"{name}_read"], counts[f"{name}_lost"])]
        if printed_otherwise(lost, read)
    ]


def text_lost(name: str) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
    """Return a column's numbers, its texts, and where digits are no number."""
    if name in BESIDE:
        printed, own = pl.col("unread_text"), pl.col("unread").eq(name)
        value = pl.col("value" if name == "market_value" else name)
    else:
        printed, value, own = pl.col(f"{name}_text"), pl.col(name), pl.lit(True)
    lost = own & value.is_null() & printed.str.contains(r"\d")
    return value, printed, lost.fill_null(False)


def wanted_columns(
    spec: ReturnsFile,
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """Return required and optional columns: canonical name -> spellings."""
    if spec.reader == "crsp":
        optional = {**CRSP_OPTIONAL}
        volume = {"volume": optional.pop("volume")}
        return (CRSP | volume if spec.traded else CRSP), optional
    names = ["date"]
    if spec.reader == "long":
        names += ["security", "ret", "price", "adjustment", "market_value", "shares"]
        names += ["volume"] if spec.traded else []
    written = {name: getattr(spec, name) for name in names}
    return {n: (c, c.lower()) for n, c in written.items() if c}, {}


def securities(source: Source, spec: ReturnsFile) -> pl.Expr:
    """Return the identifier of a row: a whole number in CRSP's files, else text."""
    if source.wide:
        return pl.col("security")
    name = source.columns["security"]
    dtype = source.dtypes[name]
    if source.ready:
        return pl.col(name)
    if spec.reader == "crsp":
        return whole(name, source.dtypes)
    if dtype.is_numeric():
        return whole(name, source.dtypes).cast(pl.String)
    text = pl.col(name).cast(pl.String).str.strip_chars()
    text = text.str.replace(WITH_DECIMALS, "$1")
    absent = pl.Series(["", *source.layout.missing]).implode()
    return pl.when(~text.is_in(absent)).then(text)


def rows_of(
    source: Source, spec: ReturnsFile, spans: pl.DataFrame | None
) -> pl.LazyFrame:
    """Return a file's rows in the common columns, those of the spans alone.

    Parameters
    ----------
    source, spec
        The file.
    spans
        security (as `securities` has it), first, last: days wanted, which do not
        overlap within a security; all rows where it is None. Rows whose security
        cannot be read are there in any case, and so are rows of a security asked for
        whose day cannot be read.
    """
    lazy = source.lazy
    if spans is None:
        return in_common_columns(source, lazy, spec)
    if source.wide:
        asked = set(spans["security"].to_list())
        kept = tuple(n for n in source.wide if n.strip() in asked)
        source = Source(**{**vars(source), "wide": kept})
        common = in_common_columns(source, lazy, spec)
        return within(common, spans, pl.col("security"), pl.col("date"))
    lazy = lazy.filter(near(source, spec, spans))
    lazy = within(lazy, spans, securities(source, spec), source.date)
    return in_common_columns(source, lazy, spec)


def within(
    lazy: pl.LazyFrame, spans: pl.DataFrame, security: pl.Expr, date: pl.Expr
) -> pl.LazyFrame:
    """Keep rows in the spans, and those whose security or day cannot be read."""
    named = spans.select(_security="security", _first="first", _last="last")
    own = pl.col("_first"), pl.col("_last")
    lost = pl.col("_security").is_null() | pl.col("_date").is_null()
    return (
        lazy.with_columns(_security=security, _date=date)
        .join(named.lazy(), on="_security", how="left")
        .filter(pl.col("_date").is_between(*own) | lost)
        .drop("_security", "_date", "_first", "_last")
    )


def near(source: Source, spec: ReturnsFile, spans: pl.DataFrame) -> pl.Expr:
    """Return the filter that a file can answer from the statistics of row groups."""
    name = source.columns["security"]
    dtype = source.dtypes[name]
    asked = spans["security"].unique().sort()
    if dtype.is_integer():
        numbers = asked.cast(pl.Int64, strict=False).drop_nulls()
        fits = numbers.cast(dtype, strict=False).drop_nulls()
        asked_for = pl.col(name).is_in(fits.implode()) | pl.col(name).is_null()
    else:
        key = securities(source, spec)
        asked_for = key.is_in(asked.implode()) | key.is_null()
    first, last = spans["first"].min(), spans["last"].max()
    day_type = source.dtypes[source.columns["date"]]
    day = pl.col(source.columns["date"])
    if isinstance(day_type, pl.Datetime) and day_type.time_zone is None:
        after = last + dt.timedelta(days=1)  # type: ignore[operator]
        within = (day >= pl.lit(first).cast(day_type)) & (
            day < pl.lit(after).cast(day_type)
        )
    elif day_type == pl.Date:
        within = day.is_between(pl.lit(first), pl.lit(last))
    else:
        within = source.date.is_between(pl.lit(first), pl.lit(last))
    return asked_for & (within | source.date.is_null())


def in_common_columns(
    source: Source,
    lazy: pl.LazyFrame,
    spec: ReturnsFile,
    first: int = 1,
) -> pl.LazyFrame:
    """Return rows under canonical names.

    Returns
    -------
    polars.LazyFrame
        file, row, security, company (a number), date (null where it cannot be read),
        price as printed, ret as a decimal (null where no number), ret_text (what is
        printed there if it is no number), value ($ million, where the file has it),
        shares (so that price x shares is in $ million), adjustment, volume (shares
        traded), missing_flag, delisting_flag, the printed texts of security, date and
        price; of market value, shares, adjustment and volume the first that is no
        number (unread) and what is printed there (unread_text).
    """
    if source.ready:
        return lazy
    columns, dtypes, layout = source.columns, dict(source.dtypes), source.layout
    empty_text, empty_number = pl.lit(None, pl.String), pl.lit(None, pl.Float64)
    if source.wide:
        kind = "ret" if spec.holds == "returns" else "price"
        lazy = lazy.select(PLACE, columns["date"], *source.wide).unpivot(
            on=list(source.wide),
            index=[PLACE, columns["date"]],
            variable_name="security",
            value_name=kind,
        )
        numeric = all(dtypes[n].is_numeric() for n in source.wide)
        dtypes[kind] = pl.Float64() if numeric else pl.String()
        if numeric:
            lazy = lazy.filter(pl.col(kind).is_not_null())
        else:
            lazy = lazy.filter(pl.col(kind).str.strip_chars() != "")
        columns = {"date": columns["date"], "security": "security", kind: kind}
        lazy = lazy.with_columns(pl.col("security").str.strip_chars())

    def numbers(name: str, factor: float = 1.0) -> pl.Expr:
        if name not in columns:
            return empty_number
        value = number(columns[name], layout, typed=dtypes[columns[name]] != pl.String)
        return value if factor == 1 else value * factor

    absent = [*NO_NUMBER, *layout.missing]
    markers = numerals(layout.missing)

    def printed(name: str) -> pl.Expr:
        if name not in columns or dtypes[columns[name]] != pl.String:
            return empty_text
        text = pl.col(columns[name]).str.strip_chars()
        given = ~text.is_in(absent)
        if markers:
            value = text.cast(pl.Float64, strict=False)
            given &= ~value.is_in(markers).fill_null(False)
        return pl.when(given).then(text)

    def no_number(name: str) -> pl.Expr:
        return pl.when(numbers(name).is_null()).then(printed(name))

    unread = {name: no_number(name) for name in BESIDE}
    ret = numbers("ret")
    if spec.unit == "percent" and spec.reader != "crsp":
        ret = ret / 100
    shares = MILLIONS[spec.shares_unit] if spec.reader == "long" else 1e-3
    return lazy.select(
        file=pl.lit(source.name),
        row=pl.col(PLACE).cast(pl.Int64) + first,
        security=securities(source, spec),
        company=whole(columns["company"], dtypes)
        if "company" in columns
        else pl.lit(None, pl.Int64),
        date=source.date,
        price=numbers("price"),
        ret=ret,
        ret_text=no_number("ret"),
        value=numbers("market_value", MILLIONS[spec.market_value_unit]),
        shares=numbers("shares", shares),
        adjustment=numbers("adjustment"),
        volume=numbers("volume", MILLIONS[spec.volume_unit] / MILLIONS["ones"]),
        missing_flag=flag(columns.get("missing_flag")),
        delisting_flag=flag(columns.get("delisting_flag")),
        security_text=pl.col(columns["security"]).cast(pl.String),
        date_text=pl.col(columns["date"]).cast(pl.String),
        price_text=printed("price"),
        unread=pl.coalesce(
            pl.when(text.is_not_null()).then(pl.lit(name))
            for name, text in unread.items()
        ),
        unread_text=pl.coalesce(unread.values()),
    )


def number(name: str, layout: TableFile = PLAIN, *, typed: bool) -> pl.Expr:
    """Return a column as finite numbers, null elsewhere and where marked as missing.

    Text is read by the marks, signs and units of its layout, as in
    `cells.numeric_column`.
    """
    value, factor = pl.col(name), None
    if not typed:
        value, factor = unmarked(value, layout)
    value = value.cast(pl.Float64, strict=False)
    markers = numerals(layout.missing)
    if markers:
        value = pl.when(~value.is_in(markers)).then(value)
    value = value if factor is None else value * factor
    return pl.when(value.is_finite()).then(value)


def unmarked(value: pl.Expr, layout: TableFile) -> tuple[pl.Expr, pl.Expr | None]:
    """Write printed numbers with a point alone, and return what their units count."""
    factor: pl.Expr | None = None
    if layout.units:
        longest = sorted(layout.units, key=len, reverse=True)
        pattern = rf"\s*({'|'.join(map(re.escape, longest))})\s*$"
        factor = value.str.extract(pattern, 1).replace_strict(
            layout.units, default=1.0, return_dtype=pl.Float64
        )
        value = value.str.replace(pattern, "")
    if layout.ignore:
        value = value.str.replace_all(f"[{re.escape(layout.ignore)}]", "")
        value = value.str.strip_chars()
    value = value.str.replace_all(MINUS, "-", literal=True)
    if layout.thousands == " ":
        value = value.str.replace_all(BLANKS, " ")
    if layout.thousands or layout.decimal != ".":
        fits = value.str.contains(rf"^\s*(?:{printed_number(layout)})\s*$")
        value = pl.when(fits).then(value)
    if layout.thousands:
        value = value.str.replace_all(layout.thousands, "", literal=True)
    if layout.decimal != ".":
        value = value.str.replace(layout.decimal, ".", literal=True)
    return value, factor


def whole(name: str, dtypes: Mapping[str, pl.DataType]) -> pl.Expr:
    """Return a column of identifiers as integers, null where it holds none."""
    if dtypes[name].is_integer():
        return pl.col(name).cast(pl.Int64)
    value = number(name, typed=dtypes[name] != pl.String)
    return pl.when(value == value.round()).then(value).cast(pl.Int64)


def flag(name: str | None) -> pl.Expr:
    """Return a column of flags as text, null where blank or absent."""
    if name is None:
        return pl.lit(None, pl.String)
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)
