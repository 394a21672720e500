"""Further tables of a study, such as events -> their twins with the same identities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import TEXTS, Column, column
from alliance_value.sharing.twin.identities import Drawing
from alliance_value.sharing.twin.labels import drawn_labels, shown_levels
from alliance_value.sharing.twin.marginals import marginal
from alliance_value.sharing.twin.panel import panel_model
from alliance_value.sharing.twin.printed import written_cells
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sources.cells import text_column
from alliance_value.sources.raw_table import RawTable

# Columns by which vendors' tables name firms and securities, the usual ones first.
ENTITIES = (
    *("gvkey", "permno", "lpermno", "security", "ticker", "tic", "cusip", "ncusip"),
    *("firm", "firm_id", "cik", "isin", "permco"),
)


def twin_table(
    raw: RawTable, entity: str, drawing: Drawing
) -> tuple[pd.DataFrame, list[str]]:
    """Return a table like a real one, in which each row belongs to a firm.

    Firms have as many rows as real ones; other columns are drawn from a copula over
    the rows and between firms. Identities are those of the study's other files.

    Parameters
    ----------
    raw
        Real rows.
    entity
        The column of the firm or security.
    drawing
        What the study's files are drawn with.

    Returns
    -------
    table : pandas.DataFrame
        Every cell a text.
    texts : list of str
        Its columns of names, codes and categories.
    """
    firm = text_column(raw, entity)
    kept = firm.notna()
    raw = replace(raw, cells=raw.cells[kept].reset_index(drop=True))
    code, firms = pd.factorize(firm[kept], sort=True)
    slot = pd.Series(code).groupby(code).cumcount().to_numpy()
    real = Rows(code, slot, len(firms), int(slot.max()) + 1)
    names = [str(n) for n in raw.cells.columns if n != entity]
    columns = {name: column(raw, name, code) for name in names}
    model = panel_model(columns, real)
    rows, scores = model.draw(drawing.rng)
    values = model.values(scores)
    owners = (entity, list(map(str, firms)))
    labels = drawn_labels(owners, columns, real, model, rows, drawing)
    table = {
        name: labels.firms[rows.firm]
        if name == entity
        else written_cells(columns[name], name, values, labels, len(rows.firm))
        for name in map(str, raw.cells.columns)
    }
    texts = [n for n in table if n == entity or columns[n].kind in TEXTS]
    return pd.DataFrame(table), texts


def twin_columns(
    raw: RawTable, like: pd.DataFrame, drawing: Drawing
) -> tuple[pd.DataFrame, list[str]]:
    """Give a simulated table the columns of a real one, in its order and spelling.

    Parameters
    ----------
    raw
        The real table.
    like
        A simulated table of the same vendor; its columns are taken by name, whatever
        their case. Others are drawn one by one; a text among them stays only where
        several firms have it, and nowhere in a table without a column of firms.
    drawing
        What the study's files are drawn with.

    Returns
    -------
    As `twin_table`; texts among the columns of the simulated table do not count.
    """
    known = {str(name).lower(): name for name in like.columns}
    real = {str(name).lower(): str(name) for name in raw.cells.columns}
    entity = next((real[e] for e in ENTITIES if e in real), None)
    firms = np.arange(len(raw.cells))
    if entity is not None:
        firms = pd.factorize(text_column(raw, entity))[0]
    table: dict[str, object] = {}
    texts: list[str] = []
    for name in map(str, raw.cells.columns):
        if name.lower() in known:
            table[name] = like[known[name.lower()]].to_numpy()
            continue
        own = column(raw, name, firms)
        if entity is None:
            own = replace(own, firms_of_level=(0,) * len(own.levels))
        texts += [name] if own.kind in TEXTS else []
        table[name] = drawn_cells(own, firms, len(like), drawing)
    return pd.DataFrame(table), texts


def drawn_cells(own: Column, firms: np.ndarray, n: int, drawing: Drawing) -> np.ndarray:
    """Draw the cells of a column by itself."""
    identities, rng = drawing.identities, drawing.rng
    if own.kind == "empty":
        return np.full(n, own.absent, dtype=object)
    gap = rng.random(n) < (~np.isfinite(own.values)).mean()
    if own.kind in ("identity", "serial"):
        known = [t for t in own.texts if t]
        identities.know(known)
        cells = np.array(identities.invent(list(rng.choice(known, n))), dtype=object)
        cells[gap] = own.absent
        return cells
    codes = own.kind == "category"
    x = marginal(own.values, firms, codes).quantiles(rng.standard_normal(n))
    levels = shown_levels(own.name, own, drawing) if codes else []
    values = np.where(gap, np.nan, np.round(x) if codes else x)
    return own.cells(values, np.array(levels, dtype=object))


def as_csv(table: pd.DataFrame) -> bytes:
    """Write a table as CSV."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def dealt(table: pd.DataFrame, parts: int) -> Sequence[pd.DataFrame]:
    """Deal the rows of a table into parts, none twice."""
    return [table.iloc[turn::parts] for turn in range(parts)]
