"""Buy-and-hold abnormal returns laid out by window and group."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.study.spec import Table


def bhars() -> pd.DataFrame:
    rows = [
        {
            "sample": sample,
            "model": model,
            "group": group,
            "window": window,
            "mean": 0.01 * (m + 1) + 0.002 * w - 0.03 * g + (sample != "all"),
            "t": 1.234 + m,
            "t_skewness": np.nan if g else 2.345 + w,
            "p_skewness": (0.009, 0.2)[g],
            "n": 1500 - g,
        }
        for sample in ("unconfounded", "0", "all")
        for m, model in enumerate(("market", "ff3", "zero"))
        for g, group in enumerate(("all", "R&D symmetric"))
        for w, window in enumerate(("[0,250]", "[0,500]"))
    ]
    return pd.DataFrame(rows)


def test_each_window_has_four_rows_of_the_first_model():
    table = lay_out(Table("t", kind="bhar"), {"bhar": bhars()}, Context())
    assert [head for _, head in table.columns] == ["All", "R&D symmetric"]
    assert table.rows[:4] == (
        ("[0,250]", ("1.00%***", "-2.00%")),
        ("t", ("1.23", "1.23")),
        ("t, skewness-adjusted", ("2.35", "")),
        ("Events", ("1,500", "1,499")),
    )
    assert [head for head, _ in table.rows[4:]] == [
        *("[0,500]", "t", "t, skewness-adjusted", "Events")
    ]
    assert "normal returns by market model;" in table.notes[0]


def test_another_model_is_shown_where_it_is_named():
    spec = Table("t", kind="bhar", model="ff3")
    table = lay_out(spec, {"bhar": bhars()}, Context())
    assert table.rows[0] == ("[0,250]", ("2.00%***", "-1.00%"))
    assert table.rows[1] == ("t", ("2.23", "2.23"))
