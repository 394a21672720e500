"""A study's firm-year files and table of firms -> real rows to draw a twin from."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.sharing.twin.columns import Column, column
from alliance_value.sharing.twin.spells import Rows
from alliance_value.sharing.twin.written import day_form, days
from alliance_value.sources.cells import plain_text, text_column
from alliance_value.sources.keys import PLAUSIBLE_YEARS, fiscal_year_of, time_key
from alliance_value.sources.read_file import RawTable, read_file, read_files
from alliance_value.study.expressions import ExpressionError, parse, rename
from alliance_value.study.needs import grouping_columns, required_columns
from alliance_value.study.spec import TableFile, build

PERIOD_END = "period end"  # no study can name such a column
# A period is one of the panel's where so many firms have it.
FIRMS_OF_PERIOD = 3
NEAR = 2.0 * 366  # a day belongs to its period where it is mostly this near


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

    def begins(self, slot: np.ndarray) -> np.ndarray:
        """Return the first day of slots' periods, in days since 1970."""
        first = np.array([f"{y:04d}-01-01" for y in self.periods], "datetime64[D]")
        return np.asarray(first.astype("int64")[slot])


def panel_source(
    study: Mapping[str, Any], paths: Mapping[str, Sequence[str]]
) -> PanelSource:
    """Read the real rows of a study with ready tables.

    Rows without firm or period, periods of fewer than three firms, and repeated
    firm-years that the study does not keep are no rows of the twin's model.

    Raises
    ------
    UserError
        A file cannot be read.
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
    repeat = np.repeat(np.arange(len(periods)), copies)
    source = PanelSource(
        study=study,
        layout=layout,
        firm_layout=firm_layout,
        rows=rows,
        firms=tuple(map(str, firm_names)),
        periods=tuple(int(periods[i]) for i in repeat),
        period_texts=tuple(str(printed.iloc[i]) for i in repeat),
        columns=columns,
        own=own,
        joined=others,
        names=names,
        files=shares(slot, file, rows.slots, len(raws)),
        relative=frozenset(),
    )
    return with_relative_days(with_period_ends(source, raw))


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
    study: Mapping[str, Any],
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
            mine = [n for n, c in asked.items() if c == name]
            key = mine[0] if mine else f"{prefix}{name}"
            places[name] = key
            names |= {n: key for n in mine}
            columns[key] = column(
                table,
                name,
                rows.firm,
                written,
                numeric=[name] if set(mine) - words else [],
                text=[name] if set(mine) & words or name in written.text else [],
            )
    return columns, own, others, names


def shares(slot: np.ndarray, file: np.ndarray, slots: int, files: int) -> np.ndarray:
    """Return the share of each file in the rows of each slot."""
    count = np.zeros((slots, files))
    np.add.at(count, (slot, file), 1.0)
    count[count.sum(axis=1) == 0] = 1.0
    return np.asarray(count / count.sum(axis=1, keepdims=True))


def with_period_ends(source: PanelSource, raw: RawTable) -> PanelSource:
    """Add the last day of the period as a category: years after it, month and day."""
    name = source.layout.period_end
    if not name:
        return source
    stamps = pd.to_datetime(pd.Series(days(raw.cells[name])), unit="D")
    after = stamps.dt.year - np.array(source.periods)[source.rows.slot]
    text = after.astype("Int64").astype("string") + stamps.dt.strftime("-%m-%d")
    level, levels = pd.factorize(text, sort=True)
    pairs = np.unique(np.column_stack([level, source.rows.firm]), axis=0)
    holders = np.bincount(pairs[pairs[:, 0] >= 0, 0], minlength=len(levels))
    shown = Column(
        name,
        "category",
        np.where(level >= 0, level, np.nan),
        levels=tuple(map(str, levels)),
        firms_of_level=tuple(map(int, holders)),
        pattern=day_form(raw.cells[name]) or "%Y-%m-%d",
    )
    return replace(source, columns={**source.columns, PERIOD_END: shown})


def with_relative_days(source: PanelSource) -> PanelSource:
    """Count days that lie near their row's period from its begin."""
    low, high = PLAUSIBLE_YEARS
    if not all(low <= period <= high for period in source.periods):
        return source
    begin = source.begins(source.rows.slot)
    near = {
        name: c
        for name, c in source.columns.items()
        if c.kind == "day" and np.nanmedian(np.abs(c.values - begin)) <= NEAR
    }
    moved = {
        name: replace(c, values=c.values - begin, steady=False)
        for name, c in near.items()
    }
    return replace(
        source, columns={**source.columns, **moved}, relative=frozenset(near)
    )


def scales_of(source: PanelSource) -> dict[str, str]:
    """Return column -> the denominator of the study's ratio whose numerator it is in.

    Columns that enter with a constant weight count, so that the ratio is a sum of
    what is drawn; each has the first denominator that is not made of it. Those of a
    denominator come before the columns that it divides.
    """
    found: dict[str, str] = {}
    below: dict[str, set[str]] = {}
    for above, denominator in ratios(source.study):
        names = known_names(denominator, source)
        for name in linear_names(parse(above)) if names else ():
            key = source.names.get(name, "")
            number = key and source.columns[key].kind == "number"
            if number and key not in found and not reaches(names, key, below):
                found[key] = rename(denominator, dict(source.names))
                below[key] = names
    order = sorted(found, key=lambda key: depth(key, below))
    return {key: found[key] for key in order}


def reaches(names: set[str], key: str, below: Mapping[str, set[str]]) -> bool:
    """Whether columns are divided, directly or not, by a column."""
    return key in names or any(
        reaches(below[name], key, below) for name in names if name in below
    )


def depth(key: str, below: Mapping[str, set[str]]) -> int:
    """Return how many divisors stand one upon the other below a column."""
    return 1 + max((depth(n, below) for n in below.get(key, set())), default=0)


def ratios(study: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield numerator and denominator of each variable of the study that is a ratio."""
    for variable in study["variables"].values():
        if "numerator" in variable:
            yield variable["numerator"], variable["denominator"]
        elif variable.get("value"):
            tree = parse(variable["value"])
            if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div):
                yield ast.unparse(tree.left), ast.unparse(tree.right)


def known_names(formula: str, source: PanelSource) -> set[str]:
    """Return the columns of a formula, none where it reads anything else."""
    try:
        tree = parse(formula)
    except ExpressionError:
        return set()
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    keys = {source.names.get(n, "") for n in names}
    numbers = all(k and source.columns[k].kind == "number" for k in keys)
    return keys if keys and numbers else set()


def linear_names(node: ast.AST) -> set[str]:
    """Return the names that enter a formula with a constant weight."""
    match node:
        case ast.Name(id=name):
            return {name}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            return linear_names(inner)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return linear_names(left) | linear_names(right)
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=inner):
            return linear_names(inner)
        case ast.BinOp(left=inner, op=ast.Mult() | ast.Div(), right=ast.Constant()):
            return linear_names(inner)
    return set()
