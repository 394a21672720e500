"""Clean coding sheets -> odd labels, classes outside the protocol, repeated rows."""

from __future__ import annotations

import numpy as np

from alliance_value.simulate.dirt.sheet import Sheet, choose


def label(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Write classes with capitals and stray blanks."""
    chosen = choose(rng, sheet.table, rate)
    values = (" " + sheet.table.loc[chosen, "unit_class"].str.title()).to_numpy(object)
    return sheet.rewrite("coding_label", chosen, "unit_class", values, True)


def unknown_class(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Write a class that the protocol does not have, where the coders agreed."""
    firm_unit = ["gvkey", "fyear", "unit_name"]
    settled = ~sheet.table.duplicated(firm_unit, keep=False) | (
        sheet.table.groupby(firm_unit)["coder"].transform("size") == 2
    )
    chosen = choose(rng, sheet.table, rate, settled & (sheet.table["coder"] == "A"))
    return sheet.rewrite("coding_unknown_class", chosen, "unit_class", "matrix", False)


def duplicate(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Repeat whole rows."""
    rows = sheet.table.loc[choose(rng, sheet.table, rate)]
    return sheet.insert("coding_duplicate", rows, "repeated row", True)
