"""What marks say on a page: a title each, in the SVG alone."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import matplotlib.pyplot as plt
import pytest

from alliance_value.exhibits import style
from alliance_value.exhibits.hover import estimated, says

USE = "{http://www.w3.org/2000/svg}use"
TITLE = "{http://www.w3.org/2000/svg}title"


def titles(tmp_path, texts, limits=None):
    style.apply()
    picture, axes = plt.subplots()
    (points,) = axes.plot([1, 2, 3], [2, 1, 3], "o")
    says(points, texts)
    if limits:
        axes.set_xlim(*limits)
    for kind in ("svg", "pdf", "png"):
        style.save(picture, tmp_path / f"f.{kind}")
    plt.close(picture)
    text = (tmp_path / "f.svg").read_text("utf-8")
    assert "hover" not in text
    marks = ET.fromstring(text).iter(USE)
    return [mark.find(TITLE).text for mark in marks if mark.find(TITLE) is not None]


@pytest.mark.parametrize(
    "texts",
    [["a", "b", "c"], ['R&D "x" <1>', "it's 5%", "é → ×"], ["</title>", "a\\b", "{}"]],
)
def test_each_mark_has_its_title_whatever_characters_it_has(tmp_path, texts):
    assert titles(tmp_path, texts) == texts


def test_marks_beyond_the_axes_leave_none_with_anothers_title(tmp_path):
    assert titles(tmp_path, ["a", "b", "c"], limits=(50, 60)) == []


def test_an_estimate_is_said_with_its_interval():
    row = {"estimate": 0.17718, "ci_low": 0.1674, "ci_high": 0.187}
    assert estimated("Main", row) == "Main: 0.177 (0.167 to 0.187)"
