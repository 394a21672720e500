"""Steps of the funnel: rows and firms are those of the tables, step by step."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.funnel import FunnelBranch


def test_steps_that_keep_all_rows_count_the_firms_of_their_own_table():
    table = pd.DataFrame({"firm": list("aabbc"), "x": range(5)})
    funnel = FunnelBranch("m")
    funnel.start(table, "panel", "")
    every = pd.Series(True, table.index)
    same = funnel.keep(table, every, "all", "")
    kept = funnel.keep(same, table.x < 4, "some", "")
    again = funnel.keep(kept, every[:4], "all of them", "")
    funnel.drop("further lines", 1, "")
    funnel.keep(again.iloc[:3], every[:3], "another table", "")
    assert [(s["rows_out"], s["firms_out"]) for s in funnel.steps] == [
        (5, 3),
        (5, 3),
        (4, 2),
        (4, 2),
        (3, 0),
        (3, 2),
    ]
    assert again.x.tolist() == [0, 1, 2, 3]
