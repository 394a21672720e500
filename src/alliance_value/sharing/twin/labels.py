"""Real names, codes and categories -> the texts of invented rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from alliance_value.sharing.twin.columns import SHARED_BY, Column
from alliance_value.sharing.twin.identities import Drawing, relabelled
from alliance_value.sharing.twin.panel import PanelModel
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sources.cells import TRUTH

# The last day of a period, as a category; no study can name such a column.
PERIOD_END = "period end"


@dataclass(frozen=True)
class Labels:
    """What stands in the twin for texts.

    Parameters
    ----------
    firms
        Identities of invented firms, shape (firms,): stand-ins of a real firm's, in any
        order, on which the files of one study agree.
    texts
        Cells of columns of identities and serials, shape (n,) each.
    levels
        Categories as the twin writes them.
    """

    firms: np.ndarray
    texts: Mapping[str, np.ndarray]
    levels: Mapping[str, np.ndarray]


def drawn_labels(
    entity: tuple[str, Sequence[str]],
    columns: Mapping[str, Column],
    real: Rows,
    model: PanelModel,
    rows: Rows,
    drawing: Drawing,
) -> Labels:
    """Invent the texts of drawn rows.

    Parameters
    ----------
    entity
        The column of the firms, and the real firms.
    columns, real, model
        Real columns, the firm of each row, and what was fitted to them.
    rows
        Invented rows.
    drawing
        What the study's files are drawn with.
    """
    identities, rng = drawing.identities, drawing.rng
    column_of_firms, firms = entity
    stands_for = rng.permutation(rows.firms)
    own = identities.stand_ins(firms, column_of_firms)
    texts: dict[str, np.ndarray] = {}
    for name, column in columns.items():
        if column.kind == "identity":
            first = first_texts(column, real)
            known = [t for t in dict.fromkeys(first) if t]
            stand_ins = identities.stand_ins(known, column.name)
            cells = np.array([stand_ins.get(t, column.absent) for t in first], object)
            texts[name] = cells[stands_for][rows.firm]
        elif column.kind == "serial":
            forms = rng.choice([t for t in column.texts if t], len(rows.firm))
            identities.know({t for t in column.texts if t})
            texts[name] = np.array(identities.invent(list(forms)), dtype=object)
    levels = {
        name: np.array(shown_levels(name, column, drawing), dtype=object)
        for name, column in model.columns.items()
        if column.kind == "category"
    }
    shown = np.array([own[f] for f in firms], dtype=object)[stands_for]
    return Labels(shown, texts, levels)


def first_texts(column: Column, rows: Rows) -> np.ndarray:
    """Return the first text of each firm, empty where it has none."""
    out = np.full(rows.firms, "", dtype=object)
    filled = np.flatnonzero(column.texts != "")[::-1]
    out[rows.firm[filled]] = column.texts[filled]
    return out


def shown_levels(name: str, column: Column, drawing: Drawing) -> list[str]:
    """Return what the twin writes for each category of a column."""
    kept = kept_levels(column, drawing)
    if name != PERIOD_END:
        shown = relabelled(column.levels, kept, drawing.rng)
        return [shown[level] for level in column.levels]
    common = column.levels[int(np.argmax(column.firms_of_level))]
    return [level if level in kept else common for level in column.levels]


def kept_levels(column: Column, drawing: Drawing) -> set[str]:
    """Return the categories that the twin may show as they are.

    Those that enough firms share and that are no identity, that the study file names,
    that are words for true and false, and single characters.
    """
    real = drawing.identities.spelled
    return {
        level
        for level, count in zip(column.levels, column.firms_of_level, strict=True)
        if (count >= SHARED_BY and level.casefold() not in real)
        or level in drawing.named
        or len(level) == 1
        or level.upper() in TRUTH
    }
