"""The map of coverage says what the scores say."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd

from alliance_value.certificate.picture import coverage_map

SCORES = pd.DataFrame(
    {
        "design": ["no_trait", "no_trait", "none", "none", "none"],
        "method": ["fixed_effects", "pooled", "fixed_effects", "pooled", "pooled"],
        "quantity": ["share"] * 4 + ["other"],
        "worlds": [50, 48, 20, 20, 20],
        "cover_95": [0.944, 0.5, None, 0.7, 0.1],
        "verdict": ["covers", "fails", "", "covers", "fails"],
    }
)


def test_each_cell_is_its_share_and_marked_where_it_fails():
    picture = coverage_map(SCORES, "share")
    (axes,) = picture.axes
    cells = {
        (round(text.get_position()[0] - 0.5), round(text.get_position()[1] - 0.5)): text
        for text in axes.texts
    }
    assert {place: text.get_text() for place, text in cells.items()} == {
        (0, 0): "94",
        (0, 1): "50 ✗",
        (1, 1): "70",
    }
    assert [text.get_color() for text in cells.values()] == ["black", "white", "white"]
    assert [t.get_text() for t in axes.get_xticklabels()] == [
        "no trait (50)",
        "none (20)",
    ]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["fixed effects", "pooled"]
    plt.close(picture)
