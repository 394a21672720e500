"""A source file of any format -> its cells as texts, in parts."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pandas as pd
from pyarrow.parquet import ParquetFile

CHUNK = 200_000


def chunks(path: str) -> Iterator[pd.DataFrame]:
    """Yield a source file in parts, every cell as its text: it may be a daily file."""
    if path.endswith(".parquet"):
        for batch in ParquetFile(path).iter_batches(CHUNK):
            yield batch.to_pandas().astype(str)
    elif path.endswith(".dta"):
        for part in pd.read_stata(path, convert_categoricals=False, chunksize=CHUNK):
            yield part.astype(str)
    elif path.endswith((".xlsx", ".xls")):
        yield pd.read_excel(path, dtype=str, keep_default_na=False)
    elif path.endswith(".sas7bdat"):
        for part in pd.read_sas(path, encoding="latin-1", chunksize=CHUNK):
            yield part.astype(str)
    else:
        yield from pd.read_csv(
            path,
            sep=delimiter(path),
            dtype=str,
            keep_default_na=False,
            encoding_errors="replace",
            on_bad_lines="skip",
            chunksize=CHUNK,
        )


def delimiter(path: str) -> str:
    """Return the commonest delimiter of a text file's first line."""
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8", errors="replace") as stream:
        head = stream.readline()
    return max(",\t;|", key=head.count)


def first(path: str) -> pd.DataFrame:
    """Return the first part of a source file."""
    return next(chunks(path))
