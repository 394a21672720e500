"""Published headlines beside estimates, one row for each claim."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.study.spec import Table

CLAIMS = pd.DataFrame(
    {
        "claim": ["one", "one", "two", "three"],
        "label": ["First", "First", "Second", "Third"],
        "reading": ["ratio", "difference", "slope", "none"],
        "published": [4.0, 3.0, 0.12345, 1.0],
        "estimate": [3.4567, 9.0, 0.1, np.nan],
        "ci_low": [2.0001, 8.0, np.nan, np.nan],
        "ci_high": [np.nan, 9.9, 0.3, np.nan],
        "verdict": ["holds", "does not", "opposite", "not estimated"],
    }
)


def test_each_claim_has_its_first_reading_and_its_interval():
    context = Context(confidence=0.9)
    table = lay_out(Table("t", kind="claims"), {"claims": CLAIMS}, context)
    heads = [head for _, head in table.columns]
    assert heads == ["Published", "Estimate", "90% interval", "Verdict"]
    assert table.rows == (
        ("First: ratio", ("4", "3.46", "2 to ∞", "holds")),
        ("Second: slope", ("0.123", "0.1", "−∞ to 0.3", "opposite")),
        ("Third: none", ("1", "", "", "not estimated")),
    )
    assert len(table.notes) == 2
    once = CLAIMS.drop_duplicates("claim")
    assert len(lay_out(Table("t", kind="claims"), {"claims": once}, context).notes) == 1
