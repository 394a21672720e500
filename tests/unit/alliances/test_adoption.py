"""Adoption of structures by year against counts by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.adoption import adoption


def test_shares_and_switches_are_of_the_coded_firms_of_each_year():
    panel = pd.DataFrame(
        {
            "firm": [*"aaabbbc"],
            "fiscal_year": [2000, 2001, 2002, 2000, 2001, 2002, 2001],
            "own_cc": [0.0, 1.0, 1.0, 1.0, np.nan, 0.0, 0.0],
        }
    )
    found = adoption(panel)
    assert found.columns.tolist() == ["fiscal_year", "share", "switched", "n"]
    assert found.to_numpy().tolist() == [
        [2000, 0.5, 0.0, 2],
        [2001, 0.5, 0.5, 2],  # a switched; c is new
        [2002, 0.5, 0.5, 2],  # b's last known structure was another
    ]
