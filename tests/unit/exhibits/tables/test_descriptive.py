"""Moments and correlations laid out: below the diagonal, over complete rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.study.spec import Table


def test_variables_are_numbered_and_correlate_below_the_diagonal():
    rng = np.random.default_rng(4)
    panel = pd.DataFrame(
        {
            "firm": np.repeat([f"f{i}" for i in range(30)], 4),
            "fiscal_year": np.tile(range(2000, 2004), 30),
            **{name: rng.normal(size=120) for name in "xyz"},
        }
    )
    panel["y"] += panel.x
    panel.loc[panel.firm == "f3", "z"] = np.nan
    spec = Table("t", kind="descriptive", terms=("x", "none", "y", "z"))
    table = lay_out(spec, {"panel": panel}, Context({"y": "Yield"}))
    used = panel.dropna()
    assert [head for _, head in table.columns] == [
        *("Mean", "s.d.", "Between", "Within", "(1)", "(2)", "(3)")
    ]
    assert [head for head, _ in table.rows] == ["(1) x", "(2) Yield", "(3) z"]
    for place, name in enumerate("xyz"):
        values = used[name].to_numpy().reshape(-1, 4)
        means = values.mean(axis=1)
        rest = (values - means[:, None]).ravel()
        moments = (values.mean(), values.std(ddof=1), means.std(ddof=1))
        within = np.sqrt(rest @ rest / (values.size - 1))
        correlations = [
            f"{np.corrcoef(used[name], used[other])[0, 1]:.2f}"
            for other in "xyz"[:place]
        ]
        assert table.rows[place][1] == (
            *(f"{m:.3f}" for m in (*moments, within)),
            *correlations,
            "1",
            *[""] * (2 - place),
        )
    assert table.notes[0].startswith("116 entity-periods of 29 entities ")
