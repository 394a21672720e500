"""Tables of a multiverse -> a page that filters specifications by choice, offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from alliance_value.multiverse.words import levels_of, plain
from alliance_value.report.page import fill_page

COLUMNS = ("estimate", "ci_low", "ci_high", "p", "p_adjusted", "n", "clusters")
DIGITS = 6


def multiverse_page(
    table: pd.DataFrame, study: Mapping[str, Any], templates: Mapping[str, str]
) -> str:
    """Fill the page.

    Parameters
    ----------
    table
        The canonical multiverse.
    study
        The resolved study, its title and grids among it.
    templates
        Sources of ``multiverse.html.j2`` and of the page that it extends.
    """
    grids = [
        of_grid(table[table.grid == grid["name"]], grid) for grid in study["multiverse"]
    ]
    return fill_page(
        templates,
        "multiverse.html.j2",
        study=study,
        title=study["title"],
        grids=grids,
        data=embedded([grid.pop("data") for grid in grids]),
        width="wide",
    )


def of_grid(table: pd.DataFrame, grid: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows of one grid."""
    names = {choice: list(levels) for choice, levels in grid["choices"].items()}
    levels = [
        [names[c].index(level) for c, level in levels_of(text).items()]
        for text in table.levels
    ]
    numbers = {
        name: [None if pd.isna(v) else float(f"{v:.{DIGITS}g}") for v in table[name]]
        for name in COLUMNS
    }
    own = [i for i, mark in enumerate(table.preregistered) if mark]
    notes = ["" if pd.isna(note) else str(note) for note in table.note]
    return {
        "name": grid["name"],
        "title": grid["title"] or plain(grid["name"]),
        "choices": [
            (plain(choice), [plain(level) for level in of])
            for choice, of in names.items()
        ],
        "count": len(table),
        "data": {"levels": levels, **numbers, "notes": notes, "own": own},
    }


def embedded(data: object) -> str:
    """Return JSON that may stand within a script of a page."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
