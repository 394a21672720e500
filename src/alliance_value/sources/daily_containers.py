"""A daily file of any container -> lazy rows as they stand, without holding them."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from alliance_value.sources.csv_file import bounds, delimited, likely_delimiter
from alliance_value.sources.read_file import read_file
from alliance_value.sources.text_file import (
    compression,
    guesses,
    unguarded,
    unpacked,
    unreadable,
)
from alliance_value.study.spec import TableFile

PIECE = 500_000
PIECE_BYTES = 1 << 24
HEAD_BYTES = 1 << 16
PLACE = "row of the file"  # a column that no file has
PIECES = ("stata", "sas")  # what pandas reads piece by piece


def opened(
    path: Path, kind: str, copy: Path, layout: TableFile
) -> tuple[pl.LazyFrame, int, list[str]]:
    """Return a file's rows with their numbers, its first row, and what was decided.

    Every cell of a text is text: guessed types would differ between pieces of a file.
    """
    packed = compression(path)
    if kind == "csv":
        plain, words = plain_text(path, copy, layout)
        top, mark = head_of(plain, path, layout)
        if mark is not None:
            if top:
                words.append(f"{top} lines above the table left out")
            lazy = pl.scan_csv(
                plain,
                row_index_name=PLACE,
                infer_schema=False,
                separator=mark,
                quote_char=layout.quote,
                skip_lines=top,
            )
            return lazy.rename(lambda name: name.strip()), 2 + top, words
    if kind == "parquet" and packed == "none":
        return pl.scan_parquet(path, row_index_name=PLACE), 1, []
    if kind in PIECES and packed == "none":
        in_pieces(path, kind, copy)
    else:
        raw = read_file(path, layout)
        mixed = raw.cells.columns[raw.cells.dtypes == "object"]
        cells = raw.cells.astype(dict.fromkeys(mixed, "string"))
        cells.assign(**{PLACE: raw.rows}).to_parquet(copy, index=False)
        return pl.scan_parquet(copy), 0, []
    return pl.scan_parquet(copy, row_index_name=PLACE), 1, []


def plain_text(path: Path, copy: Path, layout: TableFile) -> tuple[Path, list[str]]:
    """Return a text file in UTF-8 that can be scanned, a copy where it is no such."""
    encoding, packed = layout.encoding, compression(path)
    with unpacked(path) as stream:
        head = stream.read(HEAD_BYTES)
    if encoding == "auto":
        encoding = guesses(head[:1000])[0]
    returns = b"\r" in head and b"\n" not in head  # which end the lines
    utf8 = encoding.lower() in ("utf-8", "utf8", "utf-8-sig")
    words = [f"encoding {encoding.removesuffix('-sig')}"]
    guarded = b'="' in head
    if utf8 and packed != "zip" and not returns and not guarded:
        return path, words
    plain = copy.with_suffix(".csv")
    with unpacked(path) as stream, plain.open("w", encoding="utf-8", newline="") as out:
        text, rest = codecs.getreader(encoding)(stream), ""
        while piece := text.read(PIECE_BYTES):
            whole = rest + (piece.replace("\r", "\n") if returns else piece)
            end = whole.rfind("\n") + 1
            out.write(unguarded(whole[:end]))
            rest = whole[end:]
        out.write(unguarded(rest))
    return plain, words


def head_of(plain: Path, path: Path, layout: TableFile) -> tuple[int, str | None]:
    """Return how many lines stand above a text's header, and its delimiter.

    No delimiter is that of columns of fixed width.
    """
    with unpacked(plain) as stream:
        text = stream.read(HEAD_BYTES).decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.splitlines()
    lines = lines[: max(1, len(lines) - 1)] if len(text) >= HEAD_BYTES - 4 else lines
    mark = layout.delimiter.replace("\\t", "\t")
    if mark == "auto":
        mark = likely_delimiter("\n".join(lines), layout.quote)
        if not delimited("\n".join(lines), layout.quote):
            return 0, None
    records = list(csv.reader(lines, delimiter=mark, quotechar=layout.quote))
    filled = [n for n, record in enumerate(records) if any(map(str.strip, record))]
    if not filled:
        raise unreadable(path, "has no header", "export it again with column names")
    return filled[bounds([records[n] for n in filled])[0]], mark


def in_pieces(path: Path, kind: str, copy: Path) -> None:
    """Write a Stata or SAS file as Parquet, a piece at a time."""
    sink: pq.ParquetWriter | None = None
    pieces: Iterator[pd.DataFrame]
    if kind == "stata":
        pieces = pd.read_stata(path, chunksize=PIECE, convert_categoricals=False)
    else:
        pieces = pd.read_sas(path, format="sas7bdat", encoding="infer", chunksize=PIECE)
    with pieces:  # type: ignore[attr-defined]
        for piece in pieces:
            table = pa.Table.from_pandas(piece, preserve_index=False)
            sink = sink or pq.ParquetWriter(copy, table.schema)
            sink.write_table(table.cast(sink.schema))
    if sink is None:
        raise ValueError("no rows")
    sink.close()
