"""An Excel workbook's first sheet -> its cells under their column names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.sources.csv_file import bounds, repeated_names
from alliance_value.sources.text_file import unreadable

# openpyxl's types of a cell such as #REF! and of a formula
ERROR, FORMULA = "e", "f"


@dataclass(frozen=True)
class Sheet:
    """One sheet: cells, the row of each record and of the header, decisions.

    Lines around the table and headers that stand again are told by their rows.
    """

    cells: pd.DataFrame
    rows: list[int]
    header_row: int
    decisions: tuple[str, ...]
    around: Mapping[int, str]
    repeated_headers: tuple[int, ...]


def read_sheet(
    path: Path, held: Path | BytesIO, wanted: str = "", missing: Sequence[str] = ()
) -> Sheet:
    """Read one sheet, the first where none is named; text stays text.

    Where the table begins is told as in a text file; notes below it fill one cell.
    Formulas count by the values that Excel stored with them; an error such as #N/A that
    the study lists under ``missing`` is blank.

    Raises
    ------
    UserError
        The sheet has no header or rows, merged or repeated column names, cells with
        errors, or formulas without a stored value; all at once.
    """
    from openpyxl import load_workbook

    stored, written = (load_workbook(held, data_only=data) for data in (True, False))
    name = chosen_sheet(path, stored.sheetnames, wanted)
    sheet, formulas = stored[name], written[name]
    grid = [[cell.value for cell in row] for row in sheet.iter_rows()]
    printed = {n: line for n, row in enumerate(grid) if (line := plain_line(row))}
    wide = [n for n, line in printed.items() if sum(map(bool, line)) > 1]
    if not wide:
        raise unreadable(
            path,
            f"has no table in its sheet '{name}'",
            f"name it under sheet; its sheets: {', '.join(stored.sheetnames)}",
        )
    top = max(wide[0], [*printed][bounds(as_wide([*printed.values()]))[0]])
    header = ["" if v is None else str(v).strip() for v in grid[top]]
    while not header[-1] and not any(row[len(header) - 1] for row in grid[top + 1 :]):
        header.pop()
    problems = [*repeated_names(path, header, top + 1)]
    problems += [
        Problem(
            rule=f"the cells {area} of the header are merged",
            remedy="unmerge them and give each column its own name in one row",
            where=path.name,
            row=top + 1,
        )
        for area in sorted(formulas.merged_cells.ranges, key=str)
        if area.max_col > area.min_col and area.min_row <= top + 1 <= area.max_row
    ]
    names = [h or f"unnamed_{n}" for n, h in enumerate(header, start=1)]
    body, rows, again = [], [], []
    around = {n: line for n, line in printed.items() if not top <= n <= wide[-1]}
    for number in (n for n in printed if top < n <= wide[-1]):
        if printed[number] == printed[top]:
            again.append(number + 1)
            continue
        cells: list[Any] = grid[number][: len(names)]
        for place, value in enumerate(cells):
            written_there = formulas.cell(number + 1, place + 1)
            rule = ""
            if sheet.cell(number + 1, place + 1).data_type == ERROR:
                if str(value) in missing:
                    cells[place] = None
                    continue
                rule = "the cell holds an error"
                remedy = f"mend the formula, or list '{value}' under missing"
            elif value is None and written_there.data_type == FORMULA:
                rule = "the formula has no stored value"
                remedy = "open the workbook in Excel and save it, or export CSV"
                value = written_there.value
            if rule:
                problems.append(
                    Problem(
                        rule,
                        remedy,
                        path.name,
                        row=number + 1,
                        column=names[place],
                        value=str(value),
                    )
                )
        body.append(cells)
        rows.append(number + 1)
    raise_if(problems, f"reading {path.name}")
    decisions = []
    if len(stored.sheetnames) > 1:
        others = ", ".join(f"'{n}'" for n in stored.sheetnames if n != name)
        decisions.append(f"sheet '{name}' is read, not {others}")
    if top:
        decisions.append(f"header in row {top + 1}")
    if around:
        decisions.append(f"{len(around)} lines around the table left out")
    if again:
        decisions.append(f"the header stands again in {len(again)} rows: left out")
    table = pd.DataFrame(body, columns=names, dtype=object).infer_objects()
    lines = {n + 1: ", ".join(filter(None, line)) for n, line in around.items()}
    return Sheet(table, rows, top + 1, tuple(decisions), lines, tuple(again))


def as_wide(lines: Sequence[list[str]]) -> list[list[str]]:
    """Return lines as a text has them: from the first widest one on all are as wide."""
    widest = max(map(len, lines))
    first = next(n for n, line in enumerate(lines) if len(line) == widest)
    return [
        line if n < first else line + [""] * (widest - len(line))
        for n, line in enumerate(lines)
    ]


def plain_line(row: Sequence[Any]) -> list[str]:
    """Return a row's cells as text, without the blank ones at its end."""
    line = [as_text(value).strip() for value in row]
    while line and not line[-1]:
        line.pop()
    return line


def chosen_sheet(path: Path, names: Sequence[str], wanted: str) -> str:
    """Return the name of the sheet to read; capitals make no difference."""
    if not wanted:
        return names[0]
    hit = [name for name in names if name.strip().lower() == wanted.strip().lower()]
    if not hit:
        raise unreadable(
            path, f"has no sheet '{wanted}'", f"name one of: {', '.join(names)}"
        )
    return hit[0]


def sheet_lines(path: Path, held: BytesIO, wanted: str) -> list[list[str]]:
    """Return every row of a sheet as text, as a CSV file would print it."""
    from openpyxl import load_workbook

    book = load_workbook(held, data_only=True)
    sheet = book[chosen_sheet(path, book.sheetnames, wanted)]
    return [
        [as_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
    ]


def as_text(value: Any) -> str:
    """Return a cell as text; days without a time, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
