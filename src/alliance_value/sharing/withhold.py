"""Results of licensed data -> what of them may be shared, and why the rest may not."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePosixPath

import pandas as pd

from alliance_value.sharing.verify import cells_of

WITHHELD = "withheld"
SINGLE = "single values are masked"
REJECTED = "values of licensed files are masked"
# Results that show single values of source files -> the columns that do.
COLUMNS = {
    "codebook.csv": ("min", "p1", "median", "p99", "max", "top"),
    "data_quality.csv": ("min", "max"),
}
# The same of pages, by the heads of their tables and lists.
HEADS = {
    "codebook.html": ("Range",),
    "data_quality.html": ("Smallest", "Largest", "Examples", "key", "dates"),
}
CELL = r'(<td data-head="(?:{heads})"[^>]*>|<dt>(?:{heads})</dt><dd>)(.*?)(</td>|</dd>)'


def masked(
    results: Mapping[str, bytes], licensed: Collection[str]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Take single values of licensed files out of the results that show them.

    Parameters
    ----------
    results
        Contents by path.
    licensed
        Names of the licensed files, without folders.

    Returns
    -------
    contents, reasons
        All results; and why some are not as the run made them.
    """
    contents, reasons = dict(results), {}
    for path, content in results.items():
        name = PurePosixPath(path).name
        if name in COLUMNS:
            contents[path] = without(content, COLUMNS[name])
        elif name in HEADS:
            pattern = CELL.format(heads="|".join(HEADS[name]))
            page = content.decode()
            shown = re.sub(pattern, rf"\g<1>{WITHHELD}\g<3>", page, flags=re.DOTALL)
            contents[path] = shown.encode()
        elif name == "rejects.csv":
            contents[path] = without(content, ("value", "new_value"), licensed)
        if contents[path] != content:
            reasons[path] = REJECTED if name == "rejects.csv" else SINGLE
    return contents, reasons


def without(
    content: bytes, columns: Iterable[str], files: Collection[str] = ()
) -> bytes:
    """Take the values of columns out of a table, of certain files alone if any."""
    table = cells_of(content)
    own = table.file.isin(list(files)) if files else pd.Series(True, table.index)
    for column in columns:
        table.loc[own & (table[column] != ""), column] = WITHHELD
    return table.to_csv(index=False).encode()


def left_out(
    names: Collection[str], faults: Mapping[str, str], masks: Mapping[str, str]
) -> dict[str, str]:
    """Return the results that stay out, each with the reason.

    A figure goes where its data go, and so does a table in all its formats. The report
    shows every exhibit, and the first of the rejected values.

    Parameters
    ----------
    names
        All results.
    faults
        What some of them hold of licensed files.
    masks
        Why others are masked.
    """
    out = dict(faults)
    for path in names:
        for other, reason in faults.items():
            if path != other and stem(path) == stem(other):
                out.setdefault(path, f"{PurePosixPath(other).name}: {reason}")
    exhibits = [p for p in out if PurePosixPath(p).parent.name in ("tables", "figures")]
    rejected = [p for p, reason in masks.items() if reason == REJECTED]
    why = "it lists rejected values of licensed files" if rejected else ""
    why = f"it shows {PurePosixPath(exhibits[0]).name}" if exhibits else why
    for path in names:
        if why and PurePosixPath(path).stem == "report":
            out.setdefault(path, why)
    return out


def stem(path: str) -> str:
    """Return a path without its ending."""
    return str(PurePosixPath(path).with_suffix(""))
