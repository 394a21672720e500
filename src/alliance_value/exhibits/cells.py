"""Numbers and names of results -> the words and cells of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from alliance_value.exhibits.drawing import Context
from alliance_value.exhibits.regression_table import STARS, TextTable
from alliance_value.study.spec import Table

Rows = list[tuple[str, tuple[str, ...]]]
Results = Mapping[str, pd.DataFrame]

LEAST_P = 1e-4
STARRED = "Two-sided: " + ", ".join(f"{m} p < {p:.2f}" for p, m in STARS) + "."
TESTS = {
    "cross_sectional": "Cross-sectional t",
    "patell": "Patell",
    "bmp": "Boehmer-Musumeci-Poulsen",
    "kolari_pynnonen": "Kolari-Pynnönen",
    "kolari_pynnonen_patell": "Kolari-Pynnönen, Patell",
    "corrado": "Corrado rank",
    "corrado_zivney": "Corrado-Zivney rank",
    "generalized_rank": "Generalized rank",
    "sign": "Sign",
    "generalized_sign": "Generalized sign",
    "calendar_time": "Calendar time",
    "bootstrap": "Bootstrap t",
}
# The one that stands for all, the first that a study has
HEADLINE_TESTS = ("kolari_pynnonen", "bmp", "cross_sectional")
NORMAL_RETURNS = {
    "mean": "constant mean",
    "market_adjusted": "market-adjusted returns",
    "market": "market model",
    "ff3": "Fama-French three factors",
    "carhart": "Carhart four factors",
    "ff5": "Fama-French five factors",
    "scholes_williams": "Scholes-Williams",
    "dimson": "Dimson",
}
# A 0/1 variable's values, in words
STRUCTURES = {0.0: "product-centric firms", 1.0: "customer-centric firms"}
ACRONYMS = {"car": "CAR", "cars": "CARs", "roa": "ROA", "r&d": "R&D"}
ACRONYMS |= {"(rademacher)": "(Rademacher)", "(webb)": "(Webb)"}


def finished(
    table: Table,
    heads: Sequence[str | tuple[str, str]],
    rows: Rows,
    notes: Sequence[str],
    context: Context,
    rules: Sequence[int] = (),
) -> TextTable:
    """Return a table, the study's own note last; a head may have one above it."""
    said = [*notes, *([table.note] if table.note else [])]
    if context.simulated:
        said.append(f"Simulated: {context.simulated}")
    return TextTable(
        table.name,
        table.title,
        tuple(("", head) if isinstance(head, str) else head for head in heads),
        tuple(rows),
        frozenset(rules),
        tuple(said),
    )


def plain(name: str) -> str:
    """Write the name of a column in words, acronyms in capitals."""
    words = name.replace("_", " ").split(" ")
    return " ".join(ACRONYMS.get(word, word) for word in words)


def sentence(name: str) -> str:
    """Write a name in words that begin with a capital."""
    words = plain(name)
    return words[:1].upper() + words[1:]


def p_value(p: float) -> str:
    """Write a p-value with four decimals, never as zero."""
    if pd.isna(p):
        return ""
    return f"<{LEAST_P:.4f}" if p < LEAST_P else f"{p:.4f}"


def fixed(value: float, places: int = 4) -> str:
    """Write a number with so many decimals, nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:z,.{places}f}"


def interval(low: float, high: float, places: int = 4) -> str:
    """Write an interval, nothing where it is missing."""
    if pd.isna(low) or pd.isna(high):
        return ""
    return f"{fixed(low, places)} to {fixed(high, places)}"


def share(value: float, places: int = 2) -> str:
    """Write a decimal in percent, nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:z.{places}%}"
