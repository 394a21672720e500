"""A file's first bytes, then its name -> what it holds."""

from __future__ import annotations

import re
from pathlib import Path

from alliance_value.sources.text_file import ZIP, guesses, other_kind, unpacked

TEXT = ("csv", "fixed")
ENDINGS = {".parquet": "parquet", ".dta": "stata", ".sas7bdat": "sas"} | {
    ".xpt": "xport",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
STARTS = (
    (b"PAR1", "parquet"),
    (b"<stata_dta>", "stata"),
    (bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf", "sas"),
    (b"HEADER RECORD*******LIB", "xport"),
)
STATA_BEFORE_117 = re.compile(rb"[\x69\x6c\x6e\x6f\x71-\x73][\x01\x02]\x01")


def kind_of(path: Path) -> str:
    """Return what a file holds: csv, fixed, parquet, stata, sas, xport or excel."""
    with unpacked(path) as stream:
        head = stream.read(1000)
    if head.startswith(ZIP):
        return "excel"
    for start, kind in STARTS:
        if head.startswith(start):
            return kind
    if STATA_BEFORE_117.match(head) and b"\x00" in head:
        return "stata"
    text = b"\x00" not in head or guesses(head) != ["utf-8-sig"]
    return "csv" if text or other_kind(head) else kind_by_name(path)


def kind_by_name(path: Path) -> str:
    """Return what a file's name says that it holds."""
    suffixes = [s for s in path.suffixes if s.lower() not in (".gz", ".zip")]
    return ENDINGS.get(suffixes[-1].lower() if suffixes else "", "csv")
