"""The SEC's Financial Statement Data Sets, in any layout -> filings and facts."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd
import polars as pl

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import (
    Problem,
    UserError,
    clip,
    gathered,
    nearest,
    raise_if,
)
from alliance_value.contracts.rejects import rejects
from alliance_value.sources.columns import no_column
from alliance_value.sources.edgar.filings import Filings, annual_form, month_end
from alliance_value.sources.keys import fiscal_year_of

SUB = ("adsh", "cik", "name", "form", "period", "filed")
NUM = ("adsh", "tag", "version", "ddate", "qtrs", "uom", "value")
EQUITY = "EquityComponents"  # of whose statement every row has a dimension
NO_DIMENSION = "0x00000000"  # of the data sets with notes
REMEDY = "fetch the file again from the SEC's Financial Statement Data Sets"
FACT = ["cik", "adsh", "tag", "ddate", "qtrs", "uom"]


def read_statement_files(
    paths: Sequence[str], tags: Collection[str], forms: Sequence[str]
) -> Filings:
    """Read archives of the data sets: quarterly, monthly or daily ones.

    Columns go by their names: old files have no ``segments``, later ones have it, and
    daily ones have another order. Of a filing that stands in several files the first
    counts. Facts are those of standard taxonomies, without dimensions and
    co-registrants.

    Raises
    ------
    UserError
        With the problems of all files: no archive, members or columns that are absent,
        lines that do not fit their header.
    """
    problems: list[Problem] = []
    listed: list[pd.DataFrame] = []
    parts: list[tuple[pd.DataFrame, pd.DataFrame]] = []
    log: list[pd.DataFrame] = []
    lost: list[pd.DataFrame] = []
    seen: set[str] = set()
    for path in map(Path, paths):
        with gathered(problems), tempfile.TemporaryDirectory() as folder:
            sub, num = unpacked_members(path, Path(folder))
            filings = submissions(sub, f"{path.name}/{sub.name}", lost)
            listed.append(filings)
            new = filings[~filings.adsh.isin(seen)].drop_duplicates("adsh")
            seen |= {*new.adsh}
            wanted = new.loc[new.form.map(annual_form).isin([*forms]), ["adsh", "cik"]]
            parts.append(numbers(num, f"{path.name}/{num.name}", wanted, tags, log))
    raise_if(problems, "the SEC's data sets")
    every = pd.concat(listed, ignore_index=True)
    again = every.duplicated("adsh")
    log.append(rejected(every[again], "adsh", "filing_stands_again"))
    return Filings(
        filings=every[~again].reset_index(drop=True),
        facts=pd.concat([facts for facts, _ in parts], ignore_index=True),
        dimensioned=pd.concat([others for _, others in parts], ignore_index=True),
        rejected=[*lost, *log],
        listed=len(every) + sum(map(len, lost)),
    )


def days_of_filing(paths: Sequence[str], forms: Sequence[str]) -> pd.DataFrame:
    """Return when annual reports were filed: the first of a firm's fiscal year.

    Returns
    -------
    pandas.DataFrame
        Index cik, fiscal_year; filed, adsh.
    """
    parts: list[pd.DataFrame] = []
    for path in map(Path, paths):
        with tempfile.TemporaryDirectory() as folder:
            (sub,) = unpacked_members(path, Path(folder), ("sub",))
            parts.append(submissions(sub, f"{path.name}/{sub.name}", []))
    filings = pd.concat(parts).dropna(subset=["period"])
    annual = filings[filings.form.map(annual_form).isin([*forms])]
    annual = annual.assign(fiscal_year=fiscal_year_of(annual.period))
    annual = annual.sort_values(["filed", "adsh"], kind="stable")
    return annual.groupby(["cik", "fiscal_year"])[["filed", "adsh"]].first()


def rejected(filings: pd.DataFrame, column: str, rule: str) -> pd.DataFrame:
    """Return the rejects of filings that leave by a rule."""
    return rejects(
        file=filings.file,
        row=filings.row,
        column=column,
        value=filings[column].astype("string"),
        rule=rule,
        action="rejected",
    )


def unpacked_members(
    path: Path, folder: Path, stems: Sequence[str] = ("sub", "num")
) -> list[Path]:
    """Write an archive's submissions and numbers into a folder, and return both."""
    absent = no_file(path)
    subject = f"reading {path.name}"
    if absent is not None:
        raise UserError([absent], subject)
    try:
        with zipfile.ZipFile(path) as archive:
            places = [*members(archive, path, stems)]
            for name, place in places:
                with archive.open(name) as inside, (folder / place).open("wb") as out:
                    while block := inside.read(1 << 20):
                        out.write(block)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        rule = f"is no readable zip archive ({clip(str(error), 100)})"
        raise UserError([Problem(rule, REMEDY, path.name)], subject) from None
    return [folder / place for _, place in places]


def members(
    archive: zipfile.ZipFile, path: Path, stems: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield the names of the members that are read, and those without folders."""
    inside = [n for n in archive.namelist() if not n.startswith("__MACOSX")]
    problems = []
    for stem in stems:
        fits = [n for n in inside if PurePosixPath(n).stem.lower() == stem]
        if len(fits) == 1:
            yield fits[0], f"{stem}{PurePosixPath(fits[0]).suffix}"
            continue
        rule = f"the archive has {len(fits) or 'no'} members '{stem}.txt'"
        near = nearest(f"{stem}.txt", inside)
        problems.append(Problem(rule, f"{near} {REMEDY}", path.name))
    raise_if(problems, f"reading {path.name}")


def scanned(place: Path, file: str, needed: Sequence[str]) -> Any:
    """Return a member's cells lazily as text, its columns in small letters.

    Raises
    ------
    UserError
        The member is empty or lacks columns.
    """
    subject = f"reading {file}"
    try:
        lazy = pl.scan_csv(
            place,
            separator="\t",
            quote_char=None,
            infer_schema=False,
            encoding="utf8-lossy",
            row_index_name="line",
            row_index_offset=2,
        )
        names = lazy.collect_schema().names()
    except pl.exceptions.NoDataError:
        raise UserError([Problem("is empty", REMEDY, file)], subject) from None
    lower = {name: name.lower().strip().lstrip("\ufeff") for name in names}
    raise_if(
        [
            no_column(name, names[1:], file)
            for name in needed
            if name not in lower.values()
        ],
        subject,
    )
    return lazy.rename(lower)


def collected(lazy: Any, file: str) -> pl.DataFrame:
    """Return what a lazy frame holds.

    Raises
    ------
    UserError
        A line has more cells than the header.
    """
    try:
        frame: pl.DataFrame = lazy.collect(engine="streaming")
    except pl.exceptions.ComputeError as error:
        rule = f"a line does not fit the header ({clip(str(error).splitlines()[0])})"
        raise UserError([Problem(rule, REMEDY, file)], f"reading {file}") from None
    return frame


def day(name: str) -> pl.Expr:
    """Return a column of days written as 20091231, null where it is none."""
    return pl.col(name).str.strip_chars().str.to_date("%Y%m%d", strict=False)


def submissions(place: Path, file: str, log: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the filings that a file lists; those without key or days are rejected."""
    lazy = scanned(place, file, SUB)
    sic = "sic" in lazy.collect_schema().names()
    frame = collected(
        lazy.select(
            *(pl.col(n).str.strip_chars() for n in ("adsh", "cik", "name", "form")),
            (pl.col("sic") if sic else pl.lit(None, pl.String)).alias("sic"),
            month_end(day("period")).alias("period"),
            day("filed").alias("filed"),
            pl.col("line").cast(pl.Int64).alias("row"),
        ),
        file,
    )
    table = frame.to_pandas()
    table[["period", "filed"]] = table[["period", "filed"]].astype("datetime64[us]")
    table["file"] = file
    for name, rule in (
        ("adsh", "accession_number_missing"),
        ("cik", "firm_missing"),
        ("form", "form_missing"),
        ("filed", "date_missing_or_unreadable"),
    ):
        bad = table[name].astype("string").fillna("").eq("")
        log.append(rejected(table[bad], name, rule))
        table = table[~bad]
    table["cik"] = table.cik.str.zfill(10)
    return table.reset_index(drop=True)


def numbers(
    place: Path,
    file: str,
    wanted: pd.DataFrame,
    tags: Collection[str],
    log: list[pd.DataFrame],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the facts of some filings, and which stand with dimensions."""
    lazy = scanned(place, file, NUM)
    names = lazy.collect_schema().names()

    def blank(name: str) -> pl.Expr:
        cell = pl.col(name) if name in names else pl.lit(None, pl.String)
        return cell.fill_null("").str.strip_chars().is_in(["", NO_DIMENSION])

    segments = pl.col("segments") if "segments" in names else pl.lit("")
    copy = pl.col("iprx") if "iprx" in names else pl.lit("0")
    lazy = lazy.filter(
        pl.col("tag").is_in([*tags])
        & pl.col("version").str.contains("/", literal=True)
        & pl.col("qtrs").str.strip_chars().is_in(["0", "4"])
        & blank("coreg")
        & (copy.fill_null("0") == "0")
    ).select(
        "adsh",
        "tag",
        "version",
        "uom",
        "line",
        pl.col("value").str.strip_chars().alias("printed"),
        month_end(day("ddate")).alias("ddate"),
        pl.col("qtrs").str.strip_chars().cast(pl.Int64),
        (blank("segments") & blank("dimh")).alias("whole"),
        segments.fill_null("").str.contains(EQUITY, literal=True).alias("equity"),
    )
    keys = pl.from_pandas(wanted.astype("str")).lazy()
    facts = collected(lazy.join(keys, on="adsh").sort("line"), file).to_pandas()
    facts["ddate"] = facts.ddate.astype("datetime64[us]")
    facts["value"] = pd.to_numeric(facts.printed, errors="coerce")
    for rule, column, broken in (
        ("date_unreadable", "ddate", facts.ddate.isna()),
        ("not_a_finite_number", "value", facts.value.isna() & facts.printed.notna()),
    ):
        log.append(
            rejects(
                file=file,
                row=facts.line[broken],
                column=column,
                value=facts.printed[broken] if column == "value" else None,
                rule=rule,
                action="rejected",
            )
        )
    facts = facts.dropna(subset=["ddate", "value"])
    whole = facts[facts.whole.to_numpy(bool)]
    whole = whole.sort_values([*FACT, "version", "line"], kind="stable")
    parts = ~facts.whole.to_numpy(bool) & ~facts.equity.to_numpy(bool)
    others = facts.loc[parts, FACT[:-1]].drop_duplicates()
    return whole.drop_duplicates(FACT, keep="last")[[*FACT, "value"]], others
