"""Typed columns -> the text that a vendor would print."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

WRITTEN = (2016, 1, 1, 0, 0, 0)  # the one time that every member of an archive bears


def number(
    values: np.ndarray | pd.Series | Sequence[float], decimals: int = 3
) -> list[str]:
    """Print numbers with fixed decimals and no trailing zeros; blank where NaN."""
    out = []
    for value in np.asarray(values, float).tolist():
        if value != value:
            out.append("")
            continue
        text = f"{value:.{decimals}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        out.append("0" if text == "-0" else text)
    return out


def day(values: np.ndarray | pd.Series, pattern: str = "%Y-%m-%d") -> list[str]:
    """Print dates; blank where NaT."""
    stamps = pd.DatetimeIndex(np.asarray(values, "datetime64[ns]"))
    text = stamps.strftime(pattern)
    return [
        "" if missing else str(t)
        for t, missing in zip(text, stamps.isna(), strict=True)
    ]


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write text columns as CSV with Unix line ends."""
    table.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write_stata(table: pd.DataFrame, path: Path) -> None:
    """Write text columns as a Stata file, numbers as numbers where all of them are."""
    typed = table.copy()
    for name in typed:
        values = typed[name].astype(object)
        if name in ("gvkey", "liid", "linkprim", "linktype") or "name" in str(name):
            typed[name] = values
            continue
        numeric = pd.to_numeric(values.where(values != "", None), errors="coerce")
        blank = values == ""
        typed[name] = numeric.astype(float) if numeric[~blank].notna().all() else values
    typed.to_stata(
        path, write_index=False, version=118, time_stamp=pd.Timestamp("2016-01-01")
    )


def write_archive(members: Mapping[str, str], path: Path) -> None:
    """Write texts by name into a zip archive; the same texts give the same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            member = zipfile.ZipInfo(name, WRITTEN)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text)
