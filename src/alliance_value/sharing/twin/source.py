"""A study's firm-year files and table of firms -> real rows to draw a twin from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import TEXTS, Column, column
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sources.cells import text_column
from alliance_value.sources.keys import fiscal_year_of, time_key
from alliance_value.sources.raw_table import RawTable, plain_text
from alliance_value.sources.read_file import read_file, read_files
from alliance_value.study.needs import grouping_columns, required_columns
from alliance_value.study.spec import TableFile, build

# A period is one of the panel's where so many firms have it.
FIRMS_OF_PERIOD = 3


@dataclass(frozen=True)
class PanelSource:
    """Real rows of a study's firm-years, with the columns of its table of firms.

    Parameters
    ----------
    study
        The resolved study.
    layout, firm_layout
        How the files are written.
    rows
        Firm and slot of each row.
    firms
        The firms as text, by their code.
    periods, period_texts
        The period of each slot, and how the file writes it.
    columns
        Columns by the study's name for them, else by file and name.
    own, joined
        Columns of the firm-year files, and of the table of firms, in their order:
        column in the file -> name among ``columns``, or "" where it is a key.
    names
        The study's name of a column -> name among ``columns``.
    files
        Share of each firm-year file in the rows of each slot, shape (slots, files).
    relative
        Columns of days that are counted from the begin of their row's period.
    """

    study: Mapping[str, Any]
    layout: TableFile
    firm_layout: TableFile | None
    rows: Rows
    firms: tuple[str, ...]
    periods: tuple[int, ...]
    period_texts: tuple[str, ...]
    columns: Mapping[str, Column]
    own: Mapping[str, str]
    joined: Mapping[str, str]
    names: Mapping[str, str]
    files: np.ndarray
    relative: frozenset[str]

    def texts(self, places: Mapping[str, str]) -> list[str]:
        """Return the columns of a file that hold names, codes or categories."""
        period = (self.layout.time, self.layout.period_end)
        return [
            name
            for name, key in places.items()
            if (self.columns[key].kind in TEXTS if key else name not in period)
        ]

    def begins(self, slot: np.ndarray) -> np.ndarray:
        """Return the first day of slots' periods, in days since 1970."""
        first = np.array([f"{y:04d}-01-01" for y in self.periods], "datetime64[D]")
        return np.asarray(first.astype("int64")[slot])


def panel_source(
    study: dict[str, Any], paths: Mapping[str, Sequence[str]]
) -> tuple[PanelSource, RawTable]:
    """Read the real rows of a study with ready tables.

    Rows without firm or period, periods of fewer than three firms, and repeated
    firm-years that the study does not keep are no rows of the twin's model.

    Raises
    ------
    UserError
        A file cannot be read.

    Returns
    -------
    source : PanelSource
        The rows.
    raw : RawTable
        Their cells in the firm-year files.
    """
    layout = build(TableFile, study["sources"]["firm_years"])
    raws = read_files(paths["firm_years"], layout)
    raw = RawTable(
        pd.concat([r.cells for r in raws], ignore_index=True),
        pd.concat([r.rows for r in raws], ignore_index=True),
        raws[0].file,
        raws[0].typed,
        (),
    )
    file = np.repeat(np.arange(len(raws)), [len(r.cells) for r in raws])
    firm_layout, firms_raw = None, None
    if "firms" in study["sources"]:
        firm_layout = build(TableFile, study["sources"]["firms"])
        firms_raw = read_file(paths["firms"][0], firm_layout)
    firm = text_column(raw, layout.entity)
    period = time_key(raw.cells[layout.time], layout)
    if layout.period_end:
        period = fiscal_year_of(raw.cells[layout.period_end]).fillna(period)
    keys = pd.DataFrame({"firm": firm, "period": period})
    kept = usable(keys, layout.duplicates == "keep")
    raw = replace(
        raw,
        cells=raw.cells[kept].reset_index(drop=True),
        rows=raw.rows[kept].reset_index(drop=True),
    )
    keys, file = keys[kept].reset_index(drop=True), file[kept]
    copy = keys.groupby(["firm", "period"]).cumcount().to_numpy()
    copies = int(copy.max()) + 1
    firm_code, firm_names = pd.factorize(keys.firm, sort=True)
    period_code, periods = pd.factorize(keys.period.astype("int64"), sort=True)
    slot = period_code * copies + copy
    rows = Rows(firm_code, slot, len(firm_names), len(periods) * copies)
    texts = plain_text(raw.cells[layout.time])
    printed = texts.groupby(period_code).agg(lambda cells: cells.mode().iloc[0])
    joined = firms_of_rows(firms_raw, firm_layout, keys.firm)
    columns, own, others, names = all_columns(
        study, raw, layout, joined, firm_layout, rows
    )
    source = PanelSource(
        study=study,
        layout=layout,
        firm_layout=firm_layout,
        rows=rows,
        firms=tuple(map(str, firm_names)),
        periods=tuple(int(p) for p in periods for _ in range(copies)),
        period_texts=tuple(str(text) for text in printed for _ in range(copies)),
        columns=columns,
        own=own,
        joined=others,
        names=names,
        files=shares(slot, file, rows.slots, len(raws)),
        relative=frozenset(),
    )
    return source, raw


def usable(keys: pd.DataFrame, keep_copies: bool) -> pd.Series:
    """Return which rows have a firm and a period that several firms have."""
    kept = keys.notna().all(axis=1)
    holders = keys[kept].groupby("period").firm.nunique()
    least = min(FIRMS_OF_PERIOD, int(keys.firm[kept].nunique()))
    kept &= keys.period.isin(holders[holders >= least].index)
    return kept if keep_copies else kept & ~keys.duplicated()


def firms_of_rows(
    raw: RawTable | None, layout: TableFile | None, firm: pd.Series
) -> RawTable | None:
    """Return the row of the table of firms that belongs to each firm-year."""
    if raw is None or layout is None:
        return None
    key = text_column(raw, layout.entity)
    place = pd.Series(np.arange(len(key)), key)[~key.duplicated().to_numpy()]
    at = firm.map(place)
    cells = raw.cells.reindex(at.fillna(-1).astype(int)).reset_index(drop=True)
    return replace(raw, cells=cells, rows=pd.Series(range(len(cells))))


def all_columns(
    study: dict[str, Any],
    raw: RawTable,
    layout: TableFile,
    joined: RawTable | None,
    firm_layout: TableFile | None,
    rows: Rows,
) -> tuple[dict[str, Column], dict[str, str], dict[str, str], dict[str, str]]:
    """Return columns, their names by file, and the study's names for them."""
    needed = required_columns(study)
    grouping = grouping_columns(study)
    columns: dict[str, Column] = {}
    own: dict[str, str] = {}
    others: dict[str, str] = {}
    names: dict[str, str] = {}
    parts = [("", raw, layout, own)]
    if joined is not None and firm_layout is not None:
        parts.append(("firms/", joined, firm_layout, others))
    for prefix, table, written, places in parts:
        asked = {n: written.columns.get(n, n) for n in needed if n not in names}
        texts = {*grouping, *written.text}
        words = {n for n, c in asked.items() if n in texts or c in written.text}
        for name in map(str, table.cells.columns):
            if name in (written.entity, written.time, written.period_end):
                places[name] = ""
                continue
            uses = [n for n, c in asked.items() if c == name]
            key = uses[0] if uses else f"{prefix}{name}"
            places[name] = key
            names |= {n: key for n in uses}
            columns[key] = column(
                table,
                name,
                rows.firm,
                written,
                numeric=[name] if set(uses) - words else [],
                text=[name] if set(uses) & words or name in written.text else [],
            )
    return columns, own, others, names


def shares(slot: np.ndarray, file: np.ndarray, slots: int, files: int) -> np.ndarray:
    """Return the share of each file in the rows of each slot."""
    count = np.zeros((slots, files))
    np.add.at(count, (slot, file), 1.0)
    count[count.sum(axis=1) == 0] = 1.0
    return np.asarray(count / count.sum(axis=1, keepdims=True))
