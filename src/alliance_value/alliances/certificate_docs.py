"""Scores, and what tests noticed -> the package's copy, and the tables of docs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from alliance_value.certificate.contracts import Scores
from alliance_value.certificate.page import markdown
from alliance_value.contracts.storage import load, store

SCORES = Path(__file__).with_name("certificate.csv")
PAGE, TESTING = "docs/certificate.md", "docs/testing.md"
# workflow/tools/mutants.py writes it; a survivor's word is added by hand
MUTANTS = Path("docs/mutants.csv")
EQUIVALENT = "equivalent"


def between(text: str, name: str, body: str) -> str:
    """Return a page with other text between the marks of a name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, rest = text.split(begin, 1)
    return f"{before}{begin}\n{body}{end}{rest.split(end, 1)[1]}"


def with_tables(text: str) -> str:
    """Return the page with the tables of the package's scores between its marks."""
    return between(text, "certificate", markdown(load(SCORES, Scores)))


def with_mutants(text: str, mutants: pd.DataFrame) -> str:
    """Return a page with the share of changes of code that tests notice.

    Parameters
    ----------
    text
        A page with the marks ``mutants``, and ``survivors`` where it lists these.
    mutants
        One row per change: room, seed, module, line, noticed (yes, no), word.
    """
    lines = ["| room | seed | judged | equivalent | noticed | of the others |"]
    lines += ["|---|---:|---:|---:|---:|---:|"]
    groups = [*mutants.groupby(["room", "seed"]), (("**all**", ""), mutants)]
    for (room, seed), part in groups:
        equivalent = int(part.word.str.startswith(EQUIVALENT).sum())
        noticed = int(part.noticed.eq("yes").sum())
        share = noticed / (len(part) - equivalent)
        counts = f"{len(part)} | {equivalent} | {noticed} | {share:.0%}"
        lines.append(f"| {room} | {seed} | {counts} |")
    text = between(text, "mutants", "\n".join(lines) + "\n")
    if "<!-- survivors: begin -->" not in text:
        return text
    rows = mutants[mutants.noticed.eq("no")]
    lines = ["| where | seed | what became of it |", "|---|---:|---|"]
    for row in rows.itertuples():
        lines.append(f"| `{row.module}:{row.line}` | {row.seed} | {row.word} |")
    return between(text, "survivors", "\n".join(lines) + "\n")


def with_scores(given: Sequence[Path]) -> pd.DataFrame:
    """Return the package's scores with those of some files in their designs' place."""
    old, new = load(SCORES, Scores), [load(path, Scores) for path in given]
    drawn = {name for part in new for name in part.design}
    kept = old[~old.design.isin(drawn)]
    return pd.concat([*new, kept], ignore_index=True)


if __name__ == "__main__":
    if files := sys.argv[1:]:
        store(with_scores([Path(file) for file in files]), Scores, SCORES)
    mutants = pd.read_csv(MUTANTS, keep_default_na=False)
    for file in (PAGE, TESTING):
        text = with_mutants(Path(file).read_text(encoding="utf-8"), mutants)
        text = with_tables(text) if file == PAGE else text
        Path(file).write_text(text, encoding="utf-8")
