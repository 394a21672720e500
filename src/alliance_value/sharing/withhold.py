"""Files of a package + the licensed tables -> what may not be inside, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import StringIO

import pandas as pd

# Values in more rows than this share are categories, not identities.
COMMON = 0.05
SHORTEST_ROW = 12
CREDENTIALS = {
    "a key of a cloud": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a password in an address": re.compile(r"://[^/\s:@{}$<]+:[^/\s@{}$<]+@"),
    "a password": re.compile(
        r"(?im)^\s*(?:password|passwd|secret_access_key|access_key_id|api_key)"
        r"\s*[:=]\s*['\"]?[^\s'\"{}()$<]{4,}['\"]?\s*$"
    ),
}
ABSOLUTE = re.compile(r"(?<![\w.])/(?:home|Users|root|mnt|tmp)/\w|\b[A-Z]:\\Users\\")
DELIMITER = re.compile(r"[,;\t|]")
CELLS = re.compile(r"<t[dh][^>]*>([^<>]+)<")
TEXTS = (
    *(".py", ".smk", ".yaml", ".yml", ".toml", ".md", ".txt", ".csv", ".tex", ".html"),
    *(".json", ".svg", ".cff", ".lock", ".rst", ".j2", ".ini", ".cfg", ".sh"),
)
# Names of two words or with a digit, words in capitals, codes of six digits or more.
IDENTITY = re.compile(r"(?=.*[A-Za-z])(?=.*[\d\s]).{6,}|[A-Z]{6,}|0\d{5,}|\d{6,12}")
CODE = re.compile(r"(?<![\w.-])(?=\w*\d)[A-Za-z0-9]{6,12}(?![\w.])")


def rows_of(table: pd.DataFrame) -> set[str]:
    """Return each row of a table as one text, its cells without blanks around them."""
    cells = table.astype(str).apply(lambda column: column.str.strip())
    lines = [",".join(row) for row in cells.itertuples(index=False)]
    return {line for line in lines if len(line.strip(",")) >= SHORTEST_ROW}


def identities(table: pd.DataFrame) -> set[str]:
    """Return values that tell rows of a table apart, such as names and codes."""
    found: set[str] = set()
    for column in table.columns:
        counts = table[column].astype(str).str.strip().value_counts()
        rare = counts[counts <= max(COMMON * len(table), 1)].index
        found.update(value for value in rare if IDENTITY.fullmatch(value))
    return {value for value in found if not is_decimal(value)}


def is_decimal(value: str) -> bool:
    """Whether a text is a number with a decimal point or an exponent."""
    return bool(re.fullmatch(r"-?\d*\.\d*(?:[eE][-+]?\d+)?", value))


def names_firms(content: bytes, known: set[str]) -> bool:
    """Whether a CSV, or a page's table, has a cell that identifies a licensed row."""
    text = content.decode("utf-8", "replace")
    if not known or not text.strip():
        return False
    if not known.isdisjoint(CODE.findall(text)):
        return True
    if not text.lstrip().startswith("<") and "," not in text.partition("\n")[0]:
        return False
    if text.lstrip().startswith("<"):
        return not known.isdisjoint(cell.strip() for cell in CELLS.findall(text))
    table = pd.read_csv(StringIO(text), dtype=str, keep_default_na=False)
    return any(not known.isdisjoint(table[c].str.strip()) for c in table.columns)


def mask(content: bytes, columns: Iterable[str], files: Iterable[str] = ()) -> bytes:
    """Take the values of columns out of a table, of certain files alone if any."""
    table = pd.read_csv(
        StringIO(content.decode("utf-8")), dtype=str, keep_default_na=False
    )
    mine = table.file.isin(list(files)) if files else slice(None)
    table.loc[mine, list(columns)] = "withheld"
    return table.to_csv(index=False).encode()


def faults(
    files: Mapping[str, bytes], licensed: Iterable[pd.DataFrame], root: str
) -> list[tuple[str, str]]:
    """Return what is wrong with a package: file and reason.

    Parameters
    ----------
    files
        Contents by path.
    licensed
        Tables of which no row may be inside, whole or in parts.
    root
        The checkout's path on this machine.
    """
    found = []
    lines: dict[str, str] = {}
    for name, content in files.items():
        if not content:
            found.append((name, "the file is empty"))
        if not name.endswith(TEXTS) and "." in name.rpartition("/")[2]:
            continue
        text = content.decode("utf-8", "replace")
        for words, pattern in CREDENTIALS.items():
            if pattern.search(text):
                found.append((name, f"it holds {words}"))
        if root in text or ABSOLUTE.search(text):
            found.append((name, "it holds a path of one machine"))
        for line in text.splitlines():
            if len(line) >= SHORTEST_ROW:
                cells = (cell.strip().strip('"') for cell in DELIMITER.split(line))
                lines.setdefault(",".join(cells), name)
    inside = {
        lines[line] for table in licensed for line in rows_of(table).intersection(lines)
    }
    return [
        *found,
        *((name, "it holds a row of licensed data") for name in sorted(inside)),
    ]
