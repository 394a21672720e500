"""Rules that a file's rows break -> the rows that stay, and rejects or a stop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.rejects import in_words, rejects
from alliance_value.sources.columns import as_printed, nothing_left
from alliance_value.sources.identifiers import scientific
from alliance_value.sources.raw_table import RawTable

Rules = Sequence[tuple[str, str, pd.Series]]
REMEDY = "correct the row, or take it out"


def code_rules(name: str, codes: pd.Series, rule: str) -> Rules:
    """Return the rules of a column of codes: there is one, with all of its digits.

    Parameters
    ----------
    name
        The canonical column.
    codes
        Its codes, shape (n,).
    rule
        What a blank one breaks.
    """
    return [
        (name, rule, codes.isna()),
        (name, "code_in_scientific_notation", scientific(codes)),
    ]


def judged(
    raw: RawTable,
    table: pd.DataFrame,
    named: Mapping[str, str],
    rules: Rules,
    unique: Sequence[str] = (),
    action: Literal["reject", "stop"] = "reject",
) -> tuple[pd.DataFrame, list[pd.DataFrame]]:
    """Return the rows that break no rule, and rejects of the others.

    Parameters
    ----------
    raw
        The file.
    table
        Its rows as read, shape (n, columns), with the index of the file's cells.
    named
        Canonical column -> the file's column; columns that it lacks are computed.
    rules
        Canonical column, rule and bool of shape (n,), true where a row breaks the rule.
    unique
        The key. Of the rows that share it and break no rule the first one stays.
    action
        Whether a row is rejected by the first rule that it breaks, or all that any row
        breaks stops the run.

    Returns
    -------
    kept, rejects
        Rows of the table, and parts for `collect`, those of the file itself first.

    Raises
    ------
    UserError
        No row is left; with ``stop``, every broken rule of every row.
    """
    lost = pd.Series(False, table.index)
    broken, stops = [], action == "stop"
    for name, rule, rows in rules:
        now = rows.fillna(False).astype(bool)
        judgement = (in_words(rule), now) if stops else (rule, now & ~lost)
        broken.append((name, *judgement))
        lost |= now
    if unique:
        again = table[~lost].duplicated(list(unique))
        again = again.reindex(table.index, fill_value=False)
        key = ", ".join(named.get(name, name) for name in unique)
        rule = f"the row repeats {key}" if stops else f"{unique[-1]}_repeated"
        broken.append((unique[-1], rule, again))
        lost |= again
    if stops:
        problems = [p for each in broken for p in problems_of(raw, named, *each)]
        raise_if(sorted(problems, key=lambda p: p.row or 0), f"reading {raw.file}")
    log = [raw.rejects]
    for name, rule, rows in broken:
        column = named.get(name)
        log.append(
            rejects(
                file=raw.file,
                row=raw.rows[rows],
                column=column,
                value=None if column is None else as_printed(raw, column)[rows],
                rule=rule,
                action="rejected",
            )
        )
    raise_if(nothing_left(raw, lost, log), f"reading {raw.file}")
    return table[~lost], log


def problems_of(
    raw: RawTable, named: Mapping[str, str], name: str, rule: str, rows: pd.Series
) -> list[Problem]:
    """Return a problem for each row that breaks a rule."""
    column = named.get(name)
    cells = None if column is None else as_printed(raw, column).astype(object)
    return [
        Problem(
            rule=rule,
            remedy=REMEDY,
            where=raw.file,
            row=int(raw.rows.iloc[place]),
            column=column,
            value=None
            if cells is None or pd.isna(cells.iloc[place])
            else str(cells.iloc[place]),
        )
        for place in rows.to_numpy().nonzero()[0]
    ]
