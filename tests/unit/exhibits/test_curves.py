"""Curves of groups as they are drawn."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color

from alliance_value.exhibits.context import Context
from alliance_value.exhibits.curves import cumulative_picture, step_with_band
from alliance_value.exhibits.drawing import Drawn, blank, marked
from alliance_value.exhibits.style import (
    COLOURS,
    FILLS,
    INK,
    LINES,
    MARKERS,
    QUIET,
    marks,
    numbered_clips,
)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def curve(*points):
    return pd.Series(points, index=np.linspace(0.5, 1, len(points)))


def test_cumulative_shares_begin_at_nothing():
    groups = {"a": curve(1.2, 1.0), "none": pd.Series(dtype="float64"), "b": curve(1.0)}
    picture = cumulative_picture(groups, "Firms", "Profit")
    (axes,) = picture.axes
    first, second, whole, nothing = axes.lines
    assert first.get_xydata().tolist() == [[0, 0], [0.5, 1.2], [1.0, 1.0]]
    assert second.get_xydata().tolist() == [[0, 0], [0.5, 1.0]]
    assert [line.get_label() for line in (first, second)] == ["a", "b"]
    assert [line.get_linestyle() for line in (first, second)] == [LINES[0], LINES[2]]
    assert [line.get_color() for line in (first, second)] == [COLOURS[0], COLOURS[2]]
    assert set(whole.get_ydata()) == {1} and set(nothing.get_ydata()) == {0}
    assert (whole.get_color(), nothing.get_color()) == (QUIET, INK)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("Firms", "Profit")
    for axis in (axes.xaxis, axes.yaxis):
        assert axis.get_major_formatter()(0.5) == "50%"
    assert picture.legends
    assert not cumulative_picture({"a": curve(1.0)}, "", "").legends


def test_steps_hold_until_the_next_with_their_band():
    _, axes = plt.subplots()
    table = pd.DataFrame(
        {
            "years": [1.0, 3.0],
            "s": [0.8, 0.5],
            "ci_low": [0.7, 0.3],
            "ci_high": [0.9, 0.6],
        }
    )
    colour = step_with_band(axes, table, "s", 1.0, 7, "group")
    (line,) = axes.lines
    assert line.get_xydata().tolist() == [[0, 1.0], [1.0, 0.8], [3.0, 0.5]]
    assert line.get_drawstyle() == "steps-post" and line.get_label() == "group"
    assert (line.get_color(), line.get_linestyle()) == (COLOURS[1], LINES[3])
    (band,) = axes.collections
    corners = band.get_paths()[0].vertices
    assert sorted({y for x, y in corners if 1.0 < x < 3.1}) == [0.3, 0.6, 0.7, 0.9]
    assert colour == COLOURS[1] and same_color(band.get_facecolor()[0][:3], colour)


def test_marks_of_a_series_differ_in_colour_shape_and_fill():
    assert marks(0) == {"color": COLOURS[0], "marker": MARKERS[0], "fillstyle": "full"}
    assert marks(7) == {
        "color": COLOURS[1],
        "marker": MARKERS[1],
        "fillstyle": FILLS[1],
    }
    assert len({tuple(marks(n).values()) for n in range(6)}) == 6


def test_a_figure_of_nothing_and_what_is_simulated():
    drawn = blank(pd.DataFrame(), "curve of it.")
    (axes,) = drawn.figure.axes
    (text,) = axes.texts
    assert text.get_text() == "not estimated" and text.get_position() == (0.5, 0.5)
    assert not axes.axison and drawn.caption == "Curve of it."
    plain = marked(drawn, Context())
    assert plain is drawn and drawn.figure.texts == []
    said = marked(Drawn(drawn.figure, drawn.data, "A."), Context(simulated="all."))
    assert said.caption == "A. Simulated: all."
    (mark,) = drawn.figure.texts
    assert mark.get_text() == "simulated" and mark.get_position() == (1.0, 1.0)


def test_clips_are_numbered_in_their_order():
    svg = '<clipPath id="zz"/><clipPath id="aa"/> url(#aa) url(#zz) url(#other)'
    assert numbered_clips(svg) == (
        '<clipPath id="clip1"/><clipPath id="clip2"/> url(#clip2) url(#clip1) '
        "url(#other)"
    )
