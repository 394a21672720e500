"""The certificate's scores -> the package's copy, and the tables of docs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from alliance_value.certificate.contracts import Scores
from alliance_value.certificate.page import markdown, markdown_table, replaced
from alliance_value.certificate.picture import coverage_map
from alliance_value.contracts.events import SizePower
from alliance_value.contracts.storage import load, store
from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.tables.size_within import size_within
from alliance_value.study.spec import Table
from alliance_value.vocabulary.words import Words

SCORES = Path(__file__).with_name("certificate.csv")
PAGE = "docs/certificate.md"
PICTURE, MAPPED = "docs/images/certificate.png", "share x own structure"
FIRMS = Words(entity="firm", entities="firms")


def with_tables(text: str) -> str:
    """Return the page with the tables of the package's scores."""
    return replaced(text, "certificate", markdown(load(SCORES, Scores)))


def with_sizes(text: str, rejections: pd.DataFrame) -> str:
    """Return the page with how often event tests reject where nothing is there.

    Parameters
    ----------
    text
        The page.
    rejections
        Rows of `contracts.events.SizePower`.
    """
    table = Table("within", title="Event tests on samples without an event")
    laid = size_within(table, {"size_power": rejections}, Context(words=FIRMS))
    heads = [head for _, head in laid.columns]
    rows = [(head, *cells) for head, cells in laid.rows]
    lines = [*markdown_table(laid.title, heads, rows), *laid.notes, ""]
    return replaced(text, "event tests", "\n".join(lines))


def with_scores(given: Sequence[Path]) -> pd.DataFrame:
    """Return the package's scores with those of some files in their designs' place."""
    old, new = load(SCORES, Scores), [load(path, Scores) for path in given]
    drawn = {name for part in new for name in part.design}
    kept = old[~old.design.isin(drawn)]
    return pd.concat([*new, kept], ignore_index=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scores", nargs="*", type=Path, help="certificate.csv")
    parser.add_argument("--sizes", type=Path, help="size_power.csv, on real returns")
    given = parser.parse_args()
    if given.scores:
        store(with_scores(given.scores), Scores, SCORES)
    page = Path(PAGE)
    text = with_tables(page.read_text(encoding="utf-8"))
    if given.sizes:
        text = with_sizes(text, load(given.sizes, SizePower))
    page.write_text(text, encoding="utf-8")
    style.apply()
    style.save(coverage_map(load(SCORES, Scores), MAPPED), PICTURE)
