"""Figures: the numbers drawn are the estimates, and the bytes do not change."""

from __future__ import annotations

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from alliance_value.exhibits import style
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import draw
from alliance_value.exhibits.figures.marginal_effect import reading, runs
from alliance_value.exhibits.style import numbered_clips, save
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Figure
from tests.unit.models.test_estimate import BASE, panel

CONTEXT = Context(outcomes={"m": "y"}, simulated="all of it.")
EFFECT = Figure("effect", "marginal_effect", model="m", of="x", over="z")
COEFFICIENTS = Figure("coefs", "coefficients", models=("m",), terms=("x", "z"))


@pytest.fixture(scope="module")
def tables():
    return estimate_family(panel(), [BASE])


@pytest.mark.parametrize("figure", [EFFECT, COEFFICIENTS], ids=lambda f: f.kind)
@pytest.mark.parametrize("kind", ["svg", "pdf", "png"])
def test_the_same_figure_has_the_same_bytes(figure, kind, tables, tmp_path):
    for name in ("a", "b"):
        drawn = draw(figure, vars(tables), CONTEXT)
        save(drawn.figure, tmp_path / f"{name}.{kind}")
        plt.close(drawn.figure)
    first, second = (tmp_path / f"{n}.{kind}" for n in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size > 1000


def test_the_line_goes_through_the_margins(tables):
    drawn = draw(EFFECT, vars(tables), CONTEXT)
    (line, zero) = drawn.figure.axes[0].lines
    assert line.get_xdata() == pytest.approx(drawn.data["at"].to_numpy())
    assert line.get_ydata() == pytest.approx(drawn.data.effect.to_numpy())
    assert set(zero.get_ydata()) == {0}
    plt.close(drawn.figure)


def test_the_bars_hold_every_observation_up_to_the_last_point(tables):
    drawn = draw(EFFECT, vars(tables), CONTEXT)
    heights = [bar.get_height() for bar in drawn.figure.axes[1].patches]
    assert sum(heights) == pytest.approx(drawn.data.share_below.iloc[-1])
    plt.close(drawn.figure)


def test_the_caption_says_what_is_simulated_and_where_the_effect_is(tables):
    drawn = draw(EFFECT, vars(tables), CONTEXT)
    assert "Simulated: all of it." in drawn.caption
    assert "positive for z from" in drawn.caption
    plt.close(drawn.figure)


@pytest.mark.parametrize(
    ("mask", "stretches"),
    [
        ([1, 1, 0, 1], [(0.0, 1.0), (3.0, 3.0)]),
        ([0, 0, 0, 0], []),
        ([1, 1, 1, 1], [(0.0, 3.0)]),
    ],
)
def test_stretches_of_the_grid(mask, stretches):
    import numpy as np

    assert runs(np.arange(4.0), np.array(mask, dtype=bool)) == stretches


def test_clipping_areas_are_named_by_order_whatever_their_last_digits():
    def drawing(first, second):
        return (
            f'<path clip-path="url(#{second})"/><path clip-path="url(#{first})"/>'
            f'<clipPath id="{first}"/><clipPath id="{second}"/><use href="#glyph"/>'
        )

    assert numbered_clips(drawing("pa1", "pb2")) == numbered_clips(drawing("pz", "py"))
    assert numbered_clips(drawing("pa1", "pb2")) == drawing("clip1", "clip2")


def test_categories_stand_in_the_words_of_the_study():
    data = pd.DataFrame(
        {"at": [0.0, 1.0], "effect": [0.2, -0.1], "ci_low": [0.1, -0.2], "ci_high": 0.3}
    )
    context = Context(values={"z": {"0": "small firms", "1": "large firms"}})
    assert reading(data, "Share", "z", context) == (
        "The effect of Share is 0.2 (0.1 to 0.3) for small firms and -0.1 (-0.2 to "
        "0.3) for large firms."
    )


def test_series_differ_without_their_colours():
    marks = [style.marks(i) for i in range(6)]
    assert len({(m["marker"], m["fillstyle"]) for m in marks}) == 6
    assert marks[0]["fillstyle"] != marks[1]["fillstyle"]


def test_models_that_failed_are_told_in_their_place():
    failing = replace(BASE, name="bad", terms=("x", "twice"))
    data = panel().assign(twice=lambda d: 2 * d.x)
    tables = vars(estimate_family(data, [BASE, failing], stop=False))
    why = "Bad is not estimated: terms are exactly collinear"
    both = draw(replace(COEFFICIENTS, models=("m", "bad")), tables, CONTEXT)
    assert set(both.data.model) == {"m"}
    none = draw(replace(EFFECT, model="bad"), tables, CONTEXT)
    assert none.data.empty
    curve = Figure("c", "specification_curve", terms=("x",), model="bad")
    every = draw(curve, tables, CONTEXT)
    assert set(every.data.model) == {"m"}
    for drawn in (both, none, every):
        assert why in drawn.caption
        plt.close(drawn.figure)
    assert "not estimated" not in draw(COEFFICIENTS, tables, CONTEXT).caption
    plt.close("all")
