"""Further tables of a study, such as events -> their twins with the same identities."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import Column, column, may_stay
from alliance_value.sharing.twin.identities import Identities, relabelled
from alliance_value.sharing.twin.marginals import marginal
from alliance_value.sharing.twin.panel import panel_model
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sharing.twin.synthetic import drawn_labels, written_cells
from alliance_value.sharing.twin.written import day_texts
from alliance_value.sources.cells import text_column
from alliance_value.sources.read_file import RawTable

# Columns by which vendors' tables name firms and securities, the usual ones first.
ENTITIES = (
    *("gvkey", "permno", "lpermno", "security", "ticker", "tic", "cusip", "ncusip"),
    *("firm", "firm_id", "cik", "isin", "permco"),
)


def twin_table(
    raw: RawTable,
    entity: str,
    identities: Identities,
    named: set[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Return a table like a real one, in which each row belongs to a firm.

    Firms have as many rows as real ones; other columns are drawn from a copula over
    the rows and between firms. Identities are those of the study's other files.

    Parameters
    ----------
    raw
        Real rows.
    entity
        The column of the firm or security.
    identities, named, rng
        As `drawn_twin` has them.
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
    rows, scores = model.draw(rng)
    values = model.values(scores)
    labels = drawn_labels(
        list(map(str, firms)), columns, real, model, rows, identities, named, rng
    )
    table = {
        name: labels.firms[rows.firm]
        if name == entity
        else written_cells(columns[name], name, values, labels, len(rows.firm))
        for name in map(str, raw.cells.columns)
    }
    return pd.DataFrame(table)


def twin_columns(
    raw: RawTable,
    like: pd.DataFrame,
    identities: Identities,
    named: set[str],
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Give a simulated table the columns of a real one, in its order and spelling.

    Parameters
    ----------
    raw
        The real table.
    like
        A simulated table of the same vendor; its columns are taken by name, whatever
        their case. Others are drawn one by one; a text among them stays only where
        several firms have it, and nowhere in a table without a column of firms.
    identities, named, rng
        As `drawn_twin` has them.
    """
    known = {str(name).lower(): name for name in like.columns}
    mine = {str(name).lower(): str(name) for name in raw.cells.columns}
    entity = next((mine[e] for e in ENTITIES if e in mine), None)
    firms = np.arange(len(raw.cells))
    if entity is not None:
        firms = pd.factorize(text_column(raw, entity))[0]
    table: dict[str, object] = {}
    for name in map(str, raw.cells.columns):
        if name.lower() in known:
            table[name] = like[known[name.lower()]].to_numpy()
            continue
        own = column(raw, name, firms)
        if entity is None:
            own = replace(own, firms_of_level=(0,) * len(own.levels))
        table[name] = drawn_cells(own, firms, len(like), identities, named, rng)
    return pd.DataFrame(table)


def drawn_cells(
    own: Column,
    firms: np.ndarray,
    n: int,
    identities: Identities,
    named: set[str],
    rng: np.random.Generator,
) -> np.ndarray:
    """Draw the cells of a column by itself."""
    if own.kind == "empty":
        return np.full(n, own.absent, dtype=object)
    missing = ~np.isfinite(own.values)
    gap = rng.random(n) < missing.mean()
    if own.kind in ("identity", "serial"):
        known = [t for t in own.texts if t]
        identities.real |= {t.casefold() for t in known}
        out = np.array(identities.invent(list(rng.choice(known, n))), dtype=object)
    else:
        x = marginal(own.values, firms, own.kind == "category").quantiles(
            rng.standard_normal(n)
        )
        if own.kind == "category":
            kept = may_stay(own.levels, own.firms_of_level, named)
            shown = relabelled(own.levels, kept, rng)
            levels = np.array([shown[level] for level in own.levels], dtype=object)
            out = levels[np.round(x).astype(int)]
        elif own.kind == "day":
            out = day_texts(np.round(x), own.pattern)
        else:
            out = own.written.texts(x)
    out[gap] = own.absent
    return out


def as_csv(table: pd.DataFrame) -> bytes:
    """Write a table as CSV."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def dealt(table: pd.DataFrame, parts: int) -> Sequence[pd.DataFrame]:
    """Deal the rows of a table into parts, none twice."""
    return [table.iloc[turn::parts] for turn in range(parts)]
