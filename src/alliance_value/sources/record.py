"""Source files -> what the report says of them: size, hash, how they were read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Reading:
    """How one file was read.

    Parameters
    ----------
    file
        The file's name, without its folder.
    format
        csv, parquet, stata, sas, excel, or a vendor's own.
    compression
        none or gzip.
    encoding, delimiter, quote, decimal, thousands
        How text is written; empty in a file that stores types.
    header_row
        Row of the column names as a spreadsheet counts it; missing in a file that
        stores types.
    rows, columns
        Records under the header and columns.
    dates
        Column -> format -> number of cells, of every column that holds dates; cells
        that no format fits stand under ``unreadable``, in columns of several formats.
    """

    file: str
    format: str
    rows: int
    columns: int
    compression: str = "none"
    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    decimal: str = ""
    thousands: str = ""
    header_row: int | None = None
    dates: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def write_record(
    path: str,
    files: Sequence[str],
    decisions: Sequence[str],
    readings: Iterable[Reading] = (),
) -> None:
    """Write files' sizes and SHA-256 hashes and what was decided in reading them.

    ``reading`` of a file is null where its reader does not say how it was read.
    """
    how = {reading.file: asdict(reading) for reading in readings}
    entries = []
    for file in map(Path, files):
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        entries.append(
            {
                "file": file.name,
                "bytes": file.stat().st_size,
                "sha256": digest,
                "reading": how.get(file.name),
            }
        )
    text = json.dumps({"files": entries, "decisions": list(decisions)}, indent=1)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
