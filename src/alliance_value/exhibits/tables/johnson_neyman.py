"""Bounds of interactions -> where an effect differs from zero, and with what sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance_value.exhibits.cells import Rows, fixed
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table


@table(
    "johnson_neyman",
    label="where the effect of one variable along another differs from zero",
    inputs=("slopes", "failures"),
    takes=("models", "terms"),
    models=True,
    of="products",
)
def johnson_neyman(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out the bounds of Johnson and Neyman, one row for each effect that has them.

    The effect is linear in the other variable: of one sign at both bounds it differs
    from zero between them, of two signs outside.
    """
    bounds = results["slopes"]
    bounds = bounds[bounds.kind == "boundary"]
    bounds = bounds[bounds.model.isin([*table.models])] if table.models else bounds
    bounds = bounds[bounds.of.isin([*table.terms])] if table.terms else bounds
    several = len(set(bounds.model)) > 1
    rows: Rows = []
    for key, pair in bounds.groupby(["model", "of", "over"], sort=False):
        model, of, over = map(str, key)
        head = f"{context.label(of)} along {context.label(over)}"
        low, high = pair.sort_values("at").to_dict("records")
        cells = (bound(low), bound(high), where(low["estimate"], high["estimate"]))
        rows.append((f"{context.title(model)}: {head}" if several else head, cells))
    notes = [
        f"Bounds of the values at which the {context.interval} of the "
        "effect holds zero (Johnson and Neyman 1936); in parentheses those that the "
        "sample does not reach. An effect without bounds, or along a variable of few "
        "values, has no row."
    ]
    heads = ["Lower bound", "Upper bound", "Effect differs from zero"]
    return finished(table, heads, rows, notes, context)


def bound(row: Mapping[Any, Any]) -> str:
    """Write a bound, in parentheses where its note says that it is not observed."""
    text = fixed(row["at"], 3)
    return f"({text})" if "outside the observed" in row["note"] else text


def where(low: float, high: float) -> str:
    """Say where an effect of these values at its bounds differs from zero."""
    signs = ["positive" if value > 0 else "negative" for value in (low, high)]
    if signs[0] == signs[1]:
        return f"{signs[0]} between"
    return f"{signs[0]} below, {signs[1]} above"
