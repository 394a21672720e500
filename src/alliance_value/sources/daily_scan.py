"""Daily stock files, Parquet or CSV(.gz), legacy or CIZ -> one lazy table.

Nothing is read here: filters put on the result are pushed down into the files, so
that memory follows what is asked for and not the size of the files.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.sources.columns import locate

REQUIRED = {
    "security": ("permno",),
    "date": ("date", "dlycaldt", "caldt"),
    "price": ("prc", "dlyprc"),
    "ret": ("ret", "dlyret"),
    "shares": ("shrout",),
}
OPTIONAL = {
    "company": ("permco",),
    "missing_flag": ("dlyretmissflg",),
    "delisting_flag": ("dlydelflg",),
}
DATE_PATTERNS = {
    r"^\d{4}-\d{2}-\d{2}$": "%Y-%m-%d",
    r"^\d{8}$": "%Y%m%d",
    r"^\d{1,2}[A-Za-z]{3}\d{4}$": "%d%b%Y",
    r"^\d{1,2}/\d{1,2}/\d{4}$": "%m/%d/%Y",
}
LOOKED_AT = 1000


def scan_daily(
    paths: Sequence[str | Path], securities: Sequence[int] | None = None
) -> tuple[pl.LazyFrame, tuple[str, ...]]:
    """Return a lazy table over daily files and what was decided on the way.

    Parameters
    ----------
    paths
        Files; together they are one table, in whatever order they are given.
    securities
        Where given, rows of others are skipped; rows without one are not.

    Returns
    -------
    rows : polars.LazyFrame
        file, row, security, company (null where the file has none), date (null where
        it cannot be read), price as printed, ret (null where no number), ret_text
        (what is printed there if it is no number), shares in thousands, missing_flag,
        delisting_flag, the printed texts of security and date, and of price in a text
        file.
    decisions : tuple of str

    Raises
    ------
    UserError
        Files are not there, are damaged, or lack columns; all at once.
    """
    problems: list[Problem] = []
    parts: list[pl.LazyFrame] = []
    decisions: list[str] = []
    for path in sorted(map(Path, paths), key=lambda p: p.name):
        try:
            part, words = scan_file(path, securities, problems)
        except (pl.exceptions.PolarsError, OSError) as error:
            problems.append(damaged(path, error))
            continue
        parts.append(part)
        decisions += [f"{path.name}: {word}" for word in words]
    if not paths:
        problems.append(Problem("there is no daily file", "name one in the study file"))
    raise_if(problems, "reading the daily returns")
    return pl.concat(parts), tuple(decisions)


def damaged(path: Path, error: Exception) -> Problem:
    """Return the problem of a file that cannot be read."""
    if isinstance(error, FileNotFoundError) or not path.is_file():
        return Problem("the file is not there", "check the path", path.name)
    first = (str(error).splitlines() or [""])[0][:200]
    return Problem(
        "the file cannot be read", f"fetch it again ({first})", where=path.name
    )


def scan_file(
    path: Path, securities: Sequence[int] | None, problems: list[Problem]
) -> tuple[pl.LazyFrame, list[str]]:
    """Return one file in the common columns; missing columns go to the problems."""
    typed = path.suffix.lower() == ".parquet"
    if typed:
        lazy, first = pl.scan_parquet(path, row_index_name="row"), 1
    else:
        # every cell as text: guessed types would differ between chunks of a file
        lazy = pl.scan_csv(path, row_index_name="row", infer_schema=False)
        first = 2
    schema = lazy.collect_schema()
    names = [n for n in schema.names() if n != "row"]
    found, absent = locate(names, REQUIRED, OPTIONAL, path.name)
    problems += absent
    if absent:
        return lazy, []
    head = lazy.select(found.values()).head(LOOKED_AT).collect()
    words = ["legacy columns" if found["ret"].lower() == "ret" else "CIZ columns"]
    date, how = dated(pl.col(found["date"]), head[found["date"]])
    words.append(how)
    if securities is not None:
        # on the plain column, so that Parquet's statistics can skip row groups
        plain = schema[found["security"]].is_integer()
        security = pl.col(found["security"]) if plain else whole(found["security"])
        lazy = lazy.filter(security.is_in(list(securities)) | security.is_null())
    ret_text = (
        pl.col(found["ret"]).str.strip_chars()
        if schema[found["ret"]] == pl.String
        else pl.lit(None, pl.String)
    )
    ret = number(found["ret"])
    chosen = lazy.select(
        file=pl.lit(path.name),
        row=pl.col("row").cast(pl.Int64) + first,
        security=whole(found["security"]),
        company=whole(found["company"])
        if "company" in found
        else pl.lit(None, pl.Int64),
        date=date,
        price=number(found["price"]),
        ret=ret,
        ret_text=pl.when(ret.is_null() & (ret_text != "")).then(ret_text),
        shares=number(found["shares"]),
        missing_flag=flag(found.get("missing_flag")),
        delisting_flag=flag(found.get("delisting_flag")),
        security_text=pl.col(found["security"]).cast(pl.String),
        date_text=pl.col(found["date"]).cast(pl.String),
        price_text=pl.col(found["price"])
        if schema[found["price"]] == pl.String
        else pl.lit(None, pl.String),
    )
    return chosen, words


def dated(column: pl.Expr, head: pl.Series) -> tuple[pl.Expr, str]:
    """Return the expression of a date column, and its format in words."""
    if head.dtype == pl.Date:
        return column, "dates are typed"
    if isinstance(head.dtype, pl.Datetime):
        return column.cast(pl.Date), "dates are typed"
    text = column.cast(pl.Int64) if head.dtype.is_numeric() else column
    shown = head.cast(pl.Int64) if head.dtype.is_numeric() else head
    printed = shown.cast(pl.String).str.strip_chars().drop_nulls()
    counts = {p: int(printed.str.contains(p).sum()) for p in DATE_PATTERNS}
    pattern = DATE_PATTERNS[max(counts, key=lambda p: counts[p])]
    stripped = text.cast(pl.String).str.strip_chars()
    return stripped.str.to_date(pattern, strict=False), f"dates as {pattern}"


def number(name: str) -> pl.Expr:
    """Return a column as finite numbers, null elsewhere."""
    value = pl.col(name).cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def whole(name: str) -> pl.Expr:
    """Return a column of identifiers as integers, null where it holds none."""
    value = number(name)
    return pl.when(value == value.round()).then(value).cast(pl.Int64)


def flag(name: str | None) -> pl.Expr:
    """Return a column of flags as text, null where blank or absent."""
    if name is None:
        return pl.lit(None, pl.String)
    text = pl.col(name).cast(pl.String).str.strip_chars()
    return pl.when(text != "").then(text)
