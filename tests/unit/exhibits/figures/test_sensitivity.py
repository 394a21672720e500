"""Contours of what a confounder would leave, and confounders as strong as controls."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.inference import OF_OUTCOME, OF_TERM
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import draw
from alliance_value.exhibits.figures.sensitivity import strengths
from alliance_value.exhibits.style import COLOURS
from alliance_value.study.spec import Figure

FIGURE = Figure("f", "sensitivity", terms=("x",), model="m")


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn(robust=0.3, figure=FIGURE, **shares):
    measures = {"partial R2": 0.2, "robustness value": robust, **shares}
    rows = [
        {"model": model, "term": term, "measure": name, "value": value / divide}
        for model, term, divide in (
            *(
                ("0", "x", 3),
                ("m", "a", 4),
                ("m", "x", 1),
                ("m", "z", 5),
                ("~", "x", 6),
            ),
        )
        for name, value in measures.items()
    ]
    inference = pd.DataFrame(
        [
            *(("m", "a", 9.0), ("m", "x", 0.5), ("0", "x", 8.0), ("~", "x", 7.0)),
            ("m", "z", 6.0),
        ],
        columns=["model", "term", "estimate"],
    )
    tables = {"sensitivity": pd.DataFrame(rows), "inference": inference}
    return draw(figure, tables, Context(labels={"size": "Size", "x": "Share"}))


def control(name, of_term, of_outcome):
    return {f"{name}{OF_TERM}": of_term, f"{name}{OF_OUTCOME}": of_outcome}


def test_axes_reach_beyond_the_robustness_value_and_the_controls():
    bare = drawn()
    (axes,) = bare.figure.axes
    # 1.4 times a robustness value of 0.3
    assert axes.get_xlim()[1] == axes.get_ylim()[1] == pytest.approx(0.42)
    assert not bare.figure.legends and bare.data.empty
    strong = drawn(**control("size", 0.05, 0.5), **control("age", 0.4, 0.1))
    (axes,) = strong.figure.axes
    assert axes.get_xlim()[1] == pytest.approx(0.56)
    assert axes.get_ylim()[1] == pytest.approx(0.7)
    most = drawn(robust=0.9)
    assert most.figure.axes[0].get_xlim()[1] == pytest.approx(0.95)


def test_controls_are_marked_where_their_shares_are():
    found = drawn(**control("size", 0.05, 0.5), **control("age", 0.4, 0.1))
    (axes,) = found.figure.axes
    nothing, size, age = axes.lines
    assert nothing.get_xydata().tolist() == [[0, 0]]
    assert size.get_xydata().tolist() == [[0.05, 0.5]]
    assert age.get_xydata().tolist() == [[0.4, 0.1]]
    assert [size.get_color(), age.get_color()] == [*COLOURS[:2]]
    # b (1 - sqrt(R2 of outcome R2 of term / (1 - R2 of term) (1 - f2) / f2))
    left = [
        0.5 * (1 - np.sqrt(y * d / (1 - d) * 0.8 / 0.2))
        for d, y in ((0.05, 0.5), (0.4, 0.1))
    ]
    assert found.data.estimate.tolist() == pytest.approx(left)
    labels = [line.get_label() for line in (size, age)]
    assert labels == [f"as Size: {left[0]:.3g}", f"as age: {left[1]:.3g}"]
    assert found.figure.legends


def test_lines_are_of_the_estimate_that_is_left():
    found = drawn()
    (axes,) = found.figure.axes
    assert axes.get_xlabel() == "Share of the residual variance of Share"
    dark = axes.collections[1]
    (zero,) = dark.get_paths()
    x, y = zero.vertices.T
    np.testing.assert_allclose(y * x / (1 - x) * 0.8 / 0.2, 1, rtol=0.01)
    assert found.caption == (
        "Sensitivity to an omitted variable. Model: M; term: Share. Lines: the "
        "estimate, 0.5 (triangle) without a confounder, that one with these shares "
        "would leave; the dark line is zero. A confounder that explains 30.0% of both "
        "brings it to zero. Points: confounders as strong as a control."
    )
    first = drawn(figure=Figure("f", "sensitivity", terms=("x",)))
    assert "Model: M; term: Share" in first.caption


def test_shares_below_one_are_strengths():
    measures = {
        **control("a", 0.5, 0.25),
        **control("b", 1.0, 0.1),
        **control("c", 0.1, 1.0),
        "partial R2": 0.3,
    }
    table = strengths(measures)
    assert table.to_numpy().tolist() == [["a", 0.5, 0.25]]
    assert strengths({"partial R2": 0.3}).empty
