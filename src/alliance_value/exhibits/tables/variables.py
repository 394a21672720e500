"""The codebook -> what each of some variables measures, in what unit, from where."""

from __future__ import annotations

from dataclasses import replace

from alliance_value.exhibits.cells import Rows
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.entries import table

SHOWN = {"formula": "Definition", "unit": "Unit", "source": "Source"}


@table(
    "variables",
    label="definitions of variables (terms), with units and sources",
    inputs=("codebook",),
    section="sample",
    needs=("terms",),
    shows=("terms",),
)
def variables(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out what the codebook says of the panel's columns, those that it has."""
    codebook = results["codebook"]
    panel = codebook[codebook["table"] == "panel"].set_index("column")
    said = panel[list(SHOWN)].fillna("")
    rows: Rows = [
        (
            context.label(name),
            (
                context.named(str(said.formula[name])),
                str(said.unit[name]),
                capital(context.named(str(said.source[name]))),
            ),
        )
        for name in table.terms
        if name in said.index
    ]
    laid_out = finished(table, list(SHOWN.values()), rows, [], context)
    return replace(laid_out, align=("p", "l", "p"))


def capital(text: str) -> str:
    """Return a text that begins with a capital, names of columns as they are."""
    return text[:1].upper() + text[1:]
