"""A panel's model and invented identities -> the twin's rows, typed and as files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.sharing.twin.columns import Column, may_stay
from alliance_value.sharing.twin.identities import Identities, relabelled
from alliance_value.sharing.twin.panel import PanelModel
from alliance_value.sharing.twin.source import PERIOD_END, PanelSource
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sharing.twin.study_panel import TWIN_ROW
from alliance_value.sharing.twin.written import day_texts
from alliance_value.sources.cells import TRUTH


@dataclass(frozen=True)
class Labels:
    """What stands in the twin for texts.

    Parameters
    ----------
    firms
        Identities of invented firms, shape (firms,).
    stands_for
        The real firm whose identities each invented firm has got stand-ins of: nothing
        else ties the two together, but files of one study agree on it.
    texts
        Cells of columns of identities and serials, shape (n,) each.
    levels
        Categories as the twin writes them.
    """

    firms: np.ndarray
    stands_for: np.ndarray
    texts: Mapping[str, np.ndarray]
    levels: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Twin:
    """Rows of invented firms.

    Parameters
    ----------
    source
        What they were drawn after.
    model
        What they were drawn from.
    rows
        Firm and slot of each.
    scores
        float64, shape (n, k).
    labels
        Their texts.
    """

    source: PanelSource
    model: PanelModel
    rows: Rows
    scores: np.ndarray
    labels: Labels

    def firm_years(self) -> pd.DataFrame:
        """Return the rows as the study's canonical firm-years."""
        values = self.model.values(self.scores)
        return firm_years(self.source, self.rows, values, self.labels)


def drawn_twin(
    source: PanelSource,
    model: PanelModel,
    identities: Identities,
    named: set[str],
    rng: np.random.Generator,
) -> Twin:
    """Draw invented firms and give them identities.

    Parameters
    ----------
    source, model
        Real rows and what was fitted to them.
    identities
        Those of the study.
    named
        Texts that the study file names: as categories they may stay.
    rng
        Draws everything.
    """
    rows, scores = model.draw(rng)
    labels = drawn_labels(
        source.firms, source.columns, source.rows, model, rows, identities, named, rng
    )
    return Twin(source, model, rows, scores, labels)


def drawn_labels(
    firms: Sequence[str],
    columns: Mapping[str, Column],
    real: Rows,
    model: PanelModel,
    rows: Rows,
    identities: Identities,
    named: set[str],
    rng: np.random.Generator,
) -> Labels:
    """Invent the texts of drawn rows; parameters are those of `drawn_twin`."""
    stands_for = rng.permutation(rows.firms)
    own = identities.stand_ins(firms)
    texts: dict[str, np.ndarray] = {}
    for name, column in columns.items():
        if column.kind == "identity":
            first = first_texts(column, real)
            stand_ins = identities.stand_ins([t for t in dict.fromkeys(first) if t])
            cells = np.array([stand_ins.get(t, column.absent) for t in first], object)
            texts[name] = cells[stands_for][rows.firm]
        elif column.kind == "serial":
            forms = rng.choice([t for t in column.texts if t], len(rows.firm))
            identities.real |= {t.casefold() for t in column.texts if t}
            texts[name] = np.array(identities.invent(list(forms)), dtype=object)
    levels = {
        name: np.array(shown_levels(name, column, named, rng), dtype=object)
        for name, column in model.columns.items()
        if column.kind == "category"
    }
    shown = np.array([own[f] for f in firms], dtype=object)[stands_for]
    return Labels(shown, stands_for, texts, levels)


def first_texts(column: Column, rows: Rows) -> np.ndarray:
    """Return the first text of each firm, empty where it has none."""
    out = np.full(rows.firms, "", dtype=object)
    filled = np.flatnonzero(column.texts != "")[::-1]
    out[rows.firm[filled]] = column.texts[filled]
    return out


def shown_levels(
    name: str, column: Column, named: set[str], rng: np.random.Generator
) -> list[str]:
    """Return what the twin writes for each category of a column."""
    kept = may_stay(column.levels, column.firms_of_level, named)
    if name != PERIOD_END:
        shown = relabelled(column.levels, kept, rng)
        return [shown[level] for level in column.levels]
    common = column.levels[int(np.argmax(column.firms_of_level))]
    return [level if level in kept else common for level in column.levels]


def firm_years(
    source: PanelSource,
    rows: Rows,
    values: Mapping[str, np.ndarray],
    labels: Labels | None = None,
) -> pd.DataFrame:
    """Return rows as canonical firm-years with the columns that the study uses.

    Parameters
    ----------
    source
        Real rows.
    rows, values
        Firm, slot and values of the rows.
    labels
        Texts of invented rows; those of the real ones when absent.
    """
    firms = np.array(source.firms, dtype=object) if labels is None else labels.firms
    table: dict[str, object] = {
        FIRM: pd.array(firms[rows.firm], dtype="string"),
        YEAR: np.array(source.periods, dtype="int64")[rows.slot],
        TWIN_ROW: np.arange(len(rows.firm)),
        "source_file": pd.array(["twin"] * len(rows.firm), dtype="string"),
        "source_row": np.arange(1, len(rows.firm) + 1),
    }
    for name, key in source.names.items():
        column = source.columns[key]
        if column.kind == "category":
            levels = np.array(column.levels, dtype=object)
            if labels is not None:
                levels = labels.levels[key]
            texts = as_text(values[key], levels)
            words = texts.str.upper().map(TRUTH) if column.truth else texts
            table[name] = words.astype("float64") if column.truth else words
        elif column.kind in ("identity", "serial"):
            texts = column.texts if labels is None else labels.texts[key]
            table[name] = pd.array(texts, dtype="string")
        elif column.kind == "empty":
            table[name] = np.full(len(rows.firm), np.nan)
        else:
            table[name] = values[key]
    return pd.DataFrame(table).sort_values([FIRM, YEAR], kind="stable")


def as_text(codes: np.ndarray, levels: np.ndarray) -> pd.Series:
    """Return the texts of codes; missing codes are missing texts."""
    known = np.isfinite(codes)
    out = np.full(len(codes), None, dtype=object)
    out[known] = levels[codes[known].astype(int)]
    return pd.Series(out, dtype="string")


def file_tables(
    twin: Twin, rng: np.random.Generator
) -> tuple[list[pd.DataFrame], pd.DataFrame | None]:
    """Return the twin's firm-year files and its table of firms, every cell a text."""
    values = twin.model.values(twin.scores)
    source, rows = twin.source, twin.rows
    layout = source.layout
    keys = {
        layout.entity: twin.labels.firms[rows.firm],
        layout.time: np.array(source.period_texts, dtype=object)[rows.slot],
    }
    if layout.period_end:
        keys[layout.period_end] = period_ends(twin, values[PERIOD_END])
    order = np.lexsort((rows.slot, keys[layout.entity].astype(str)))
    table = pd.DataFrame(
        {
            name: cells(twin, values, key) if key else keys[name]
            for name, key in source.own.items()
        }
    ).iloc[order]
    place = in_files(twin, rng)[order]
    parts = [table[place == j] for j in range(source.files.shape[1])]
    if source.firm_layout is None:
        return parts, None
    firms = pd.DataFrame(
        {
            name: cells(twin, values, key) if key else keys[layout.entity]
            for name, key in source.joined.items()
        }
    ).iloc[order]
    return parts, firms.drop_duplicates(source.firm_layout.entity)


def cells(twin: Twin, values: Mapping[str, np.ndarray], key: str) -> np.ndarray:
    """Return a column of the twin as the file writes it."""
    if key in twin.source.relative:
        begin = twin.source.begins(twin.rows.slot)
        values = {**values, key: values[key] + begin}
    column = twin.source.columns[key]
    return written_cells(column, key, values, twin.labels, len(twin.rows.firm))


def written_cells(
    column: Column, key: str, values: Mapping[str, np.ndarray], labels: Labels, n: int
) -> np.ndarray:
    """Return a column's values or invented texts as its file writes them."""
    if column.kind in ("identity", "serial"):
        return labels.texts[key]
    if column.kind == "empty":
        return np.full(n, column.absent, dtype=object)
    x = values[key]
    if column.kind == "category":
        out = np.full(n, "", dtype=object)
        known = np.isfinite(x)
        out[known] = labels.levels[key][x[known].astype(int)]
    elif column.kind == "day":
        out = day_texts(x, column.pattern)
    else:
        out = column.written.texts(x)
    out[~np.isfinite(x)] = column.absent
    return out


def period_ends(twin: Twin, codes: np.ndarray) -> np.ndarray:
    """Return the last days of periods, as the file writes them."""
    column = twin.source.columns[PERIOD_END]
    levels = twin.labels.levels[PERIOD_END][np.nan_to_num(codes).astype(int)]
    year = np.array(twin.source.periods)[twin.rows.slot]
    days = [
        np.datetime64(
            f"{y + int(level[:-6]):04d}-{level[-5:].replace('02-29', '02-28')}"
        )
        for y, level in zip(year, levels, strict=True)
    ]
    return day_texts(np.array(days).astype("int64").astype("float64"), column.pattern)


def in_files(twin: Twin, rng: np.random.Generator) -> np.ndarray:
    """Return the file of each row, by the files' shares in its slot."""
    upper = twin.source.files.cumsum(axis=1)[twin.rows.slot]
    firm = (rng.permutation(twin.rows.firms) + 0.5) / twin.rows.firms
    return np.asarray((firm[twin.rows.firm][:, None] > upper).sum(axis=1)).clip(
        0, upper.shape[1] - 1
    )
