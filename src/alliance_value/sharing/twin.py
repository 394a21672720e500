"""A table that may not be shared -> a synthetic one with the same columns and formats.

Nothing of a row is kept: firms are invented, numbers are drawn independently from a
distribution with the column's rounded location and scale, and a text is drawn only
from values that many rows share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

FIRMS = 60
YEARS = 10
# A value counts as a category, not as an identity, from this share of rows on.
COMMON = 0.01
DATE = re.compile(r"(\d{4})([-/.]?)(\d{2})([-/.]?)(\d{2})$")


def twin_panel(
    table: pd.DataFrame, entity: str, time: str | None, rng: np.random.Generator
) -> pd.DataFrame:
    """Return a balanced panel of invented firms with the columns of a table.

    Parameters
    ----------
    table
        The real table, every cell as its text.
    entity, time
        Columns of firm and period; without a time there is a row per firm.
    rng
        Draws everything.

    Returns
    -------
    pandas.DataFrame
        60 firms times ten periods, every cell a text.
    """
    firms = invented(table[entity], FIRMS)
    periods = list_periods(table[time]) if time else [""]
    rows = len(firms) * len(periods)
    years = periods * len(firms)
    made: dict[str, list[str]] = {}
    for column in table.columns:
        if column == entity:
            made[column] = [firm for firm in firms for _ in periods]
        elif column == time:
            made[column] = years
        else:
            made[column] = twin_column(table[column], rows, years, rng)
    return pd.DataFrame(made, columns=table.columns, dtype=str)


def twin_columns(
    table: pd.DataFrame, like: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Give a simulated table the columns of a real one, in its order and spelling.

    Parameters
    ----------
    table
        The real table, every cell as its text.
    like
        A simulated table of the same vendor; its columns are taken by name, whatever
        their case, and others are drawn.
    rng
        Draws the columns that the simulated table lacks.
    """
    known = {str(column).lower(): column for column in like.columns}
    made: Mapping[str, object] = {
        column: like[known[column.lower()]].to_numpy()
        if column.lower() in known
        else twin_column(table[column], len(like), [""] * len(like), rng)
        for column in table.columns
    }
    return pd.DataFrame(made, columns=table.columns)


def invented(values: pd.Series, count: int) -> list[str]:
    """Return identities of the form that a column has: whole numbers or texts."""
    filled = values[values != ""]
    if filled.str.fullmatch(r"\d+").all() and len(filled):
        width = int(filled.str.len().max())
        first = 9 * 10 ** max(width - 1, 2)
        return [str(first + i) for i in range(count)]
    return [f"TWIN{i:03d}" for i in range(1, count + 1)]


def list_periods(values: pd.Series) -> list[str]:
    """Return the last periods that stand in a column, in its order."""
    counts = values[values != ""].value_counts()
    common = [str(v) for v in counts[counts >= COMMON * len(values)].index]
    return sorted(common or [str(v) for v in counts.index])[-YEARS:]


def twin_column(
    values: pd.Series, rows: int, years: list[str], rng: np.random.Generator
) -> list[str]:
    """Draw a column of the same kind as a real one."""
    filled = values[values != ""]
    if filled.empty:
        return [""] * rows
    counts = filled.value_counts()
    common = sorted(str(v) for v in counts[counts >= COMMON * len(filled)].index)
    share = counts[counts >= COMMON * len(filled)].sum() / len(filled)
    if share > 0.9 and len(common) <= 30:
        return [str(v) for v in rng.choice(common, rows)]
    if (shape := DATE.fullmatch(str(filled.iloc[0]))) and filled.str.match(DATE).all():
        return [
            f"{year if year.isdigit() and len(year) == 4 else 2000}{shape[2]}12"
            f"{shape[4]}31"
            for year in years
        ]
    numbers = pd.to_numeric(filled, errors="coerce")
    if numbers.notna().mean() > 0.95:
        return drawn_numbers(numbers.dropna().to_numpy("float64"), rows, rng)
    return [f"text {i}" for i in rng.integers(1, 1 + max(rows // 5, 1), rows)]


def drawn_numbers(values: np.ndarray, rows: int, rng: np.random.Generator) -> list[str]:
    """Draw numbers with a column's rounded location and scale, and its sign."""
    whole = bool((values == values.round()).all())
    if (values > 0).all():
        logs = np.log(values)
        drawn = np.exp(rng.normal(rounded(logs.mean()), rounded(logs.std()), rows))
    else:
        drawn = rng.normal(rounded(values.mean()), rounded(values.std()), rows)
        if (values >= 0).all():
            drawn = np.abs(drawn)
    return [f"{round(v)}" if whole else f"{v:.6g}" for v in drawn]


def rounded(value: float) -> float:
    """Round to one significant digit, so that no single value shows."""
    return float(f"{value:.1g}")
