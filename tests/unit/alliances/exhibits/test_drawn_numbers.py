"""The paper's figures draw the numbers of their tables, and say them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.exhibits.network import places
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import Drawn, draw
from alliance_value.exhibits.style import COLOURS
from alliance_value.study.spec import Figure
from tests.unit.exhibits.figures.test_drawn_numbers import intervals, ticks


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn(kind: str, tables: dict[str, pd.DataFrame], **settings: object) -> Drawn:
    # the settings of a figure are of several types
    return draw(Figure("f", kind, **settings), tables, Context())  # type: ignore[arg-type]


def test_adoption_is_a_line_over_bars_of_switches():
    panel = pd.DataFrame(
        {
            "firm": [*"aabb"],
            "fiscal_year": [2000, 2001] * 2,
            "own_cc": [0.0, 1.0, 1.0, 1.0],
        }
    )
    found = drawn("adoption", {"panel": panel})
    (axes,) = found.figure.axes
    assert axes.lines[0].get_xydata().tolist() == [[2000, 0.5], [2001, 1.0]]
    bars = [(b.get_x() + b.get_width() / 2, b.get_height()) for b in axes.patches]
    assert bars == [(2000, 0.0), (2001, 0.5)]
    assert axes.get_ylim()[0] == 0
    assert ". 50% of firms in 2000, 100% in 2001; 25.0% change" in found.caption


def test_both_returns_are_points_within_the_limit():
    dyads = pd.DataFrame(
        {
            "alliance": [*"abc"],
            "car_i": [0.01, -0.02, 0.04],
            "car_j": [0.05, 0.03, -0.9],
            "asymmetric": [0.0, 1.0, 1.0],
            "sign_class": ["both", "one", "one"],
        }
    )
    found = drawn("both_gain", {"dyads": dyads})
    (axes,) = found.figure.axes
    limit = np.quantile(dyads[["car_i", "car_j"]].abs(), 0.985)
    points = [c.get_offsets().tolist() for c in axes.collections]
    assert points == [[[0.01, 0.05]], [[-0.02, 0.03], [0.04, pytest.approx(-limit)]]]
    labels = [c.get_label() for c in axes.collections]
    assert labels == ["symmetric (n = 1)", "asymmetric (n = 2)"]
    assert [set(axes.lines[0].get_ydata()), set(axes.lines[1].get_xdata())] == [{0}] * 2
    said = {
        t.get_text(): (t.get_position(), t.get_ha(), t.get_va()) for t in axes.texts
    }
    assert said == {
        "both gain\n33%": ((0.97, 0.97), "right", "top"),
        "none gains\n0%": ((0.03, 0.03), "left", "bottom"),
    }
    assert "Both gain in 33% of 3 deals, one in 67%, none in 0%" in found.caption


def test_differences_are_counted_in_forty_bars():
    gap = np.linspace(-0.02, 0.1, 200)
    dyads = pd.DataFrame(
        {"asymmetric": 1.0, "customer_centric_i": 1.0, "car_difference": gap}
    )
    found = drawn("division", {"dyads": dyads})
    (axes,) = found.figure.axes
    limit = np.quantile(np.abs(gap), 0.99)
    counts, edges = np.histogram(
        gap.clip(-limit, limit), np.linspace(-limit, limit, 41)
    )
    assert [b.get_height() for b in axes.patches] == counts.tolist()
    np.testing.assert_allclose([b.get_x() for b in axes.patches], edges[:-1])
    assert axes.patches[0].get_facecolor() == pytest.approx(
        plt.matplotlib.colors.to_rgba(COLOURS[5])
    )
    zero, mean, median = ({*map(float, line.get_xdata())} for line in axes.lines)
    assert (zero, mean, median) == ({0.0}, {gap.mean()}, {float(np.median(gap))})
    assert axes.lines[1].get_label() == axes.lines[2].get_label().replace(
        "median", "mean"
    )
    assert "more in 83% of 200 asymmetric deals" in found.caption


def test_classes_of_deals_stand_beside_each_other():
    table = pd.DataFrame(
        {
            "type": ["marketing", "marketing", "other", "R&D"],
            "symmetry": ["symmetric", "asymmetric", "symmetric", "asymmetric"],
            "n": [1500, 20, 5, 7],
            "mean": [0.01, 0.02, -0.01, 0.03],
            "ci_low": [0.005, 0.01, -0.03, 0.0],
            "ci_high": [0.02, 0.04, 0.01, 0.08],
        }
    )
    found = drawn("joint_value", {"joint_value": table})
    (axes,) = found.figure.axes
    even, mixed = intervals(axes)
    assert (even[0], mixed[0]) == ("symmetric structures", "asymmetric structures")
    np.testing.assert_allclose(even[1], [[-0.13, 0.01], [0.87, np.nan], [1.87, -0.01]])
    np.testing.assert_allclose(mixed[1], [[0.13, 0.02], [1.13, 0.03], [2.13, np.nan]])
    np.testing.assert_allclose(mixed[2], [0.01, 0.0], atol=1e-12)
    np.testing.assert_allclose(mixed[3], [0.04, 0.08])
    assert list(ticks(axes.xaxis).values()) == ["marketing", "R&D", "other"]
    assert axes.get_xlim() == (-0.5, 2.5)
    counts = {t.get_text(): t.xy for t in axes.texts}
    assert counts["n = 1,500"] == pytest.approx((-0.13, 0.02))
    assert len(counts) == 4
    assert (
        "Value created together. marketing deals: 2.00% asymmetric against 1.00% "
        "symmetric. Points"
    ) in found.caption


def test_whale_curves_begin_at_zero_and_say_their_peak():
    curve = pd.DataFrame(
        {
            "group": ["all", "all", "x"],
            "share_of_deals": [0.5, 1.0, 1.0],
            "cumulative_share": [1.5, 1.0, 1.0],
        }
    )
    summary = pd.DataFrame(
        {"group": ["all", "x"], "peak": [1.5, 1.0], "peak_at": [0.5, 1.0]}
    )
    tables = {"whale_curve": curve, "whale_summary": summary}
    found = drawn("whale_curve", tables)
    (axes,) = found.figure.axes
    path, one, zero = axes.lines
    assert path.get_xydata().tolist() == [[0, 0], [0.5, 1.5], [1, 1]]
    assert (set(one.get_ydata()), set(zero.get_ydata())) == ({1}, {0})
    assert not found.figure.legends
    assert "peaks, all: 150% of the total after 50% of the deals; the" in found.caption
    both = drawn("whale_curve", tables, groups=("none", "x", "all"))
    assert [line.get_color() for line in both.figure.axes[0].lines[:2]] == [
        *(COLOURS[1], COLOURS[2])
    ]
    assert both.figure.legends
    assert len(both.data) == 3


def network() -> dict[str, pd.DataFrame]:
    return {
        "panel": pd.DataFrame(
            {
                "firm": [*"abcd"],
                "fiscal_year": [2001, 2003, 2002, 2002],
                "sale": [10.0, 40.0, 20.0, 5.0],
                "own_cc": [0.0, 1.0, 0.0, np.nan],
            }
        ),
        "partnerships": pd.DataFrame(
            {
                "firm": [*"aaacd"],
                "partner_firm": [*"bbcbb"],
                "alliance": [*"12345"],
            }
        ),
        "participants": pd.DataFrame(
            {"firm": ["a"], "name": ["A company of a very long name"]}
        ),
        "links": pd.DataFrame({"firm": ["b"], "security": [1]}),
        "security_names": pd.DataFrame(
            {"security": [1], "name_from": [0], "name": ["B"]}
        ),
    }


def test_firms_stand_on_the_circle_and_lines_are_as_wide_as_they_have_deals():
    found = drawn("network", network(), over="sale", firms=4)
    (axes,) = found.figure.axes
    # c and a, a gap, b, a gap, d, a gap: seven places, the first one free
    turns = {"c": 1 / 7, "a": 2 / 7, "b": 4 / 7, "d": 6 / 7}
    angles = {firm: np.pi / 2 - 2 * np.pi * turn for firm, turn in turns.items()}
    spots = {
        mark.get_label(): (mark.get_offsets().tolist(), mark.get_sizes().tolist())
        for mark in axes.collections
    }

    def at(*firms):
        return [pytest.approx([np.cos(angles[f]), np.sin(angles[f])]) for f in firms]

    assert spots == {
        "product-centric firm": (at("c", "a"), pytest.approx([75.0, 45.0])),
        "customer-centric firm": (at("b"), [135.0]),
        "structure unknown firm": (at("d"), [30.0]),
    }
    assert [p.get_linewidth() for p in axes.patches] == pytest.approx([2, 3.2, 2, 2])
    curves = [p.get_path().vertices for p in axes.patches]
    for curve, (one, other) in zip(curves, ("ac", "ab", "bc", "bd"), strict=True):
        ends = np.array([[np.cos(angles[f]), np.sin(angles[f])] for f in (one, other)])
        np.testing.assert_allclose(curve[[0, 2]], ends, atol=1e-12)
        length = np.hypot(*(ends[0] - ends[1]))
        np.testing.assert_allclose(
            curve[1], ends.mean(axis=0) * (1 - 0.4 * length), atol=1e-12
        )
    names = {t.get_text(): t for t in axes.texts}
    assert set(names) == {"c", "A company of a very…", "B", "d"}
    for text, firm in (("c", "c"), ("B", "b"), ("d", "d")):
        x, y = 1.07 * np.cos(angles[firm]), 1.07 * np.sin(angles[firm])
        assert names[text].get_position() == pytest.approx((x, y))
        assert names[text].get_ha() == ("right" if x < 0 else "left")
        turn = np.degrees(angles[firm]) + (180 if x < 0 else 0)
        assert names[text].get_rotation() == pytest.approx(turn % 360)
    labels = [t.get_text() for t in found.figure.legends[0].get_texts()]
    assert labels[3:] == [
        *("within one structure", "across structures", "with a structure unknown")
    ]
    assert axes.get_xlim() == axes.get_ylim() == (-1.5, 1.5)
    assert (
        "The 4 largest firms have 5 alliances with each other; 3 of 4" in found.caption
    )
    assert "fiscal year-end of 2001 to 2003" in found.caption


def test_structures_are_a_gap_apart_on_the_circle():
    firms = pd.DataFrame({"structure": ["p", "p", "c"]}, index=[*"abc"])
    steps = -np.diff(places(firms)) / (2 * np.pi)
    assert steps == pytest.approx([1 / 5, 2 / 5])


def test_without_an_alliance_there_is_no_line():
    tables = network()
    tables["partnerships"] = tables["partnerships"].head(0)
    found = drawn("network", tables, over="sale", firms=2)
    assert not found.figure.axes[0].patches
    assert "The 2 largest firms have no alliance with each other." in found.caption


def curve(grouping: str, group: str, **columns: object) -> pd.DataFrame:
    """Two ends, after two years and after six and a half."""
    whole = {"survival": [0.8, 0.4], "incidence": [0.1, 0.3], "at_risk": [1200, 7]}
    table = pd.DataFrame({"years": [2.0, 6.5], **whole, **columns})
    table["ci_low"], table["ci_high"] = table.survival - 0.1, table.survival + 0.1
    return table.assign(grouping=grouping, group=group, spells=1500)


def test_survival_falls_from_one_with_the_numbers_at_risk_below():
    groups = [
        *(("all", "all"), ("structures", "asymmetric"), ("structures", "symmetric")),
        *(("equity", "contract"), ("type", "marketing"), ("type", "other")),
    ]
    table = pd.concat([curve(*names) for names in groups], ignore_index=True)
    found = drawn("survival", {"survival": table})
    first, second, third = found.figure.axes
    assert [ax.get_legend_handles_labels()[1] for ax in found.figure.axes] == [
        ["asymmetric", "symmetric"],
        ["contract"],
        ["marketing"],
    ]
    for line in first.lines:
        assert line.get_xydata().tolist() == [[0, 1], [2, 0.8], [6.5, 0.4]]
    assert first.lines[0].get_color() != first.lines[1].get_color()
    said = [(t.get_position()[0], t.get_text()) for t in second.texts]
    assert said == [(0, "1,200"), (5, "7")]
    assert second.get_xticks().tolist() == [0, 5] and second.get_ylim() == (0, 1)
    heights = [t.get_position()[1] for t in first.texts]
    # one row a group, and the word beside the first
    assert heights[0] == heights[1] == heights[-1] > heights[2] == heights[3]
    assert first.texts[-1].get_text() == "At risk" and len(third.texts) == 2
    assert "other" not in set(found.data.group)
    assert "Half of 1,500 alliances have ended after 6.5 years." in found.caption
    alive = drawn("survival", {"survival": table.assign(survival=0.500001)})
    assert "Less than half have ended in the period." in alive.caption
    half = drawn("survival", {"survival": table.assign(survival=0.5)})
    assert "Half of 1,500 alliances have ended after 2.0 years." in half.caption
    assert len(drawn("survival", {"survival": table[:0]}).figure.axes) == 3


def test_ways_to_end_rise_from_zero_in_each_panel():
    table = pd.concat(
        [
            curve(*names, cause=cause)
            for names in (("all", "all"), ("equity", "equity"), ("equity", "contract"))
            for cause in ("dissolved", "acquired", "party left")
        ],
        ignore_index=True,
    )
    table.loc[table.group == "equity", "spells"] = 12
    found = drawn("incidence", {"incidence": table})
    for ax in found.figure.axes:
        assert [line.get_label() for line in ax.lines] == [
            *("dissolved", "acquired", "party left")
        ]
        for line in ax.lines:
            assert line.get_xydata().tolist() == [[0, 0], [2, 0.1], [6.5, 0.3]]
    assert [ax.get_title() for ax in found.figure.axes] == [
        *("all (n = 1,500)", "equity (n = 12)", "contract (n = 1,500)")
    ]
    (legend,) = found.figure.legends
    assert len(legend.get_texts()) == 3
    none = drawn("incidence", {"incidence": table[table.group == "all"]})
    assert none.figure.axes[1].get_title() == "equity (n = 0)"
    assert "95% confidence intervals" in none.caption
