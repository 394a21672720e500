"""A source file of any format -> its rows, in parts that memory holds."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
from pyarrow.parquet import ParquetFile

from alliance_value.sources.csv_file import DELIMITERS
from alliance_value.sources.profile import as_text
from alliance_value.sources.text_file import LARGEST_CELL, decode

CHUNK = 200_000
# Larger text files are read in parts, their header in the first line.
LARGE = 50_000_000
LOOKED_AT = 200
GAPS = re.compile(r"\t|\s{2,}")


def parts(path: str) -> Iterator[pl.DataFrame]:
    """Yield a source file in parts, columns typed as the file stores them.

    Text files hold text alone. Of a workbook every sheet is a part, the first one
    first.

    Raises
    ------
    UserError
        The file is no table of a known format.
    """
    ending = Path(path).suffix.lower()
    if ending == ".parquet":
        for batch in ParquetFile(path).iter_batches(CHUNK):
            yield pl.DataFrame(batch)
    elif ending == ".dta":
        for part in pd.read_stata(path, convert_categoricals=False, chunksize=CHUNK):
            yield pl.from_pandas(part)
    elif ending == ".sas7bdat":
        for part in pd.read_sas(path, encoding="latin-1", chunksize=CHUNK):
            yield pl.from_pandas(part)
    elif ending == ".xlsx":
        sheets = pd.read_excel(path, None, header=None, dtype=str, na_filter=False)
        yield from (table_of(sheet.to_numpy().tolist()) for sheet in sheets.values())
    elif Path(path).stat().st_size <= LARGE:
        yield table_of(records(decode(Path(path), "auto")[0]))
    elif ending == ".gz":
        for part in pd.read_csv(
            path,
            sep=delimiter(first_lines(path)),
            dtype=str,
            keep_default_na=False,
            encoding_errors="replace",
            on_bad_lines="skip",
            chunksize=CHUNK,
        ):
            yield pl.from_pandas(part)
    else:
        scan = pl.scan_csv(
            path,
            separator=delimiter(first_lines(path)),
            infer_schema=False,
            encoding="utf8-lossy",
            truncate_ragged_lines=True,
        )
        yield from scan.collect_batches(chunk_size=CHUNK)


def chunks(path: str) -> Iterator[pd.DataFrame]:
    """Yield a source file in parts, every cell as its text, a missing one empty."""
    for part in parts(path):
        yield as_text(part).fill_null("").to_pandas()


def first(path: str) -> pd.DataFrame:
    """Return the first part of a source file, every cell as its text."""
    return next(chunks(path))


def first_lines(path: str) -> str:
    """Return the first lines of a text file, which may be compressed."""
    table = pd.read_csv(
        path,
        sep="\0",
        header=None,
        names=["line"],
        nrows=LOOKED_AT,
        dtype=str,
        quoting=csv.QUOTE_NONE,
        encoding_errors="replace",
    )
    return "\n".join(table.line.fillna(""))


def delimiter(text: str) -> str:
    """Return what cuts most lines into the same, largest number of cells."""

    def fit(mark: str) -> int:
        widths = Counter(line.count(mark) for line in text.splitlines()[:LOOKED_AT])
        width, times = widths.most_common(1)[0] if widths else (0, 0)
        return width * times

    return max(DELIMITERS, key=fit)


def records(text: str) -> list[list[str]]:
    """Cut a text into records: by its delimiter, or where blanks are wide."""
    csv.field_size_limit(LARGEST_CELL)
    mark = delimiter(text)
    if not any(mark in line for line in text.splitlines()[:LOOKED_AT]):
        return [GAPS.split(line.strip()) for line in text.splitlines() if line.strip()]
    try:
        return [
            r for r in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if r
        ]
    except csv.Error:  # a quotation mark that never closes
        return [line.split(mark) for line in text.splitlines() if line]


def table_of(rows: list[list[str]]) -> pl.DataFrame:
    """Put records under the first one that is as wide as most are."""
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return pl.DataFrame()
    usual = widths.most_common(1)[0][0]
    start = next(n for n, row in enumerate(rows) if len(row) == usual and any(row))
    if usual > 1:  # a workbook's titles above its header fill one cell
        filled = (n for n in range(start, len(rows)) if sum(map(bool, rows[n])) > 1)
        start = next(filled, start)
    width = max(widths)
    names = [str(name).strip() for name in rows[start]]
    names += [""] * (width - len(names))
    seen = Counter[str]()
    for n, name in enumerate(names):
        seen[name] += 1
        names[n] = name if name and seen[name] == 1 else f"{name}_{n + 1}"
    body = rows[start + 1 :] + rows[:start]
    filled_up = [[*row, *[""] * (width - len(row))] for row in body]
    return pl.DataFrame(filled_up, schema=dict.fromkeys(names, pl.String), orient="row")
