"""The certificate's scores -> the package's copy, and the tables of docs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from alliance_value.certificate.contracts import Scores
from alliance_value.certificate.page import markdown
from alliance_value.contracts.storage import load, store

SCORES = Path(__file__).with_name("certificate.csv")
PAGE = "docs/certificate.md"
BEGIN, END = "<!-- certificate: begin -->", "<!-- certificate: end -->"


def with_tables(text: str) -> str:
    """Return the page with the tables of the package's scores between its marks."""
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{markdown(load(SCORES, Scores))}{END}{after}"


def with_scores(given: Sequence[Path]) -> pd.DataFrame:
    """Return the package's scores with those of some files in their designs' place."""
    old, new = load(SCORES, Scores), [load(path, Scores) for path in given]
    drawn = {name for part in new for name in part.design}
    kept = old[~old.design.isin(drawn)]
    return pd.concat([*new, kept], ignore_index=True)


if __name__ == "__main__":
    if files := sys.argv[1:]:
        store(with_scores([Path(file) for file in files]), Scores, SCORES)
    page = Path(PAGE)
    page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
