"""Figures of every kind draw the numbers of their tables, and say them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.inference import IN_PAIRS
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import Drawn, draw
from alliance_value.exhibits.style import COLOURS, PERCENT
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.words import Words

CONTEXT = Context(
    labels={"x": "Size", "roa": "ROA"}, titles={"b": "Second"}, outcomes={"a": "roa"}
)


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


def drawn(kind: str, table: pd.DataFrame, **settings: object) -> Drawn:
    tables = dict.fromkeys(
        ("caar", "claims", "estimates", "leave_out", "margins", "panel", "size_power"),
        table,
    )
    # the settings of a figure are of several types
    return draw(Figure("f", kind, **settings), tables, CONTEXT)  # type: ignore[arg-type]


def intervals(axes) -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """Return label, points, lower and upper end of each series of error bars."""
    series = []
    for bars in axes.containers:
        points, _, (lines,) = bars.lines
        ends = np.array([line for line in lines.get_segments() if len(line)])
        moving = int((bars.has_xerr, bars.has_yerr) == (False, True))
        series.append(
            (
                bars.get_label(),
                points.get_xydata(),
                ends[:, 0, moving],
                ends[:, 1, moving],
            )
        )
    return series


def ticks(axis) -> dict[float, str]:
    labels = [t.get_text() for t in axis.get_ticklabels()]
    return dict(zip(map(float, axis.get_ticklocs()), labels, strict=True))


def estimates(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns).assign(
        ci_low=lambda t: t.estimate - [0.05, 0.1, 0.2, 0.4][: len(t)],
        ci_high=lambda t: t.estimate + [0.06, 0.12, 0.24, 0.48][: len(t)],
    )


def test_paths_of_groups_run_by_day_with_their_bands():
    rows = [
        {
            **{"unit": unit, "sample": sample, "group": group, "model": model},
            **{"day": day, "n": 2000 + 10 * day, "caar": (day + 3) / 100 + g / 10},
        }
        for unit in ("partners", "dyads")
        for sample in ("all", "unconfounded")
        for g, group in enumerate(("all", "x"))
        for model in ("market_model", "ff3")
        for day in (2, -2, 0, -1, 1)
    ]
    table = pd.DataFrame(rows).assign(
        lower=lambda t: t.caar - 0.01, upper=lambda t: t.caar + 0.02
    )
    found = drawn("caar", table)
    (axes,) = found.figure.axes
    assert len(found.data) == 10
    for place, level in enumerate((0.0, 0.1)):
        path = axes.lines[place]
        np.testing.assert_allclose(path.get_xdata(), [-2, -1, 0, 1, 2])
        caar = np.arange(1, 6) / 100 + level
        np.testing.assert_allclose(path.get_ydata(), caar)
        corners = axes.collections[place].get_paths()[0].vertices
        assert corners[:, 1].min() == pytest.approx(caar[0] - 0.01)
        assert corners[:, 1].max() == pytest.approx(caar[-1] + 0.02)
        assert path.get_color() == COLOURS[place]
    assert [line.get_label() for line in axes.lines[:2]] == [
        *("all (n = 2,020)", "x (n = 2,020)")
    ]
    across, along = axes.lines[2:]
    assert set(across.get_xdata()) == set(along.get_ydata()) == {0}
    assert axes.yaxis.get_major_formatter() is PERCENT
    assert "path: all 5.00%; x 15.00%. Model: market model; bands: 95%" in found.caption
    chosen = drawn("caar", table, unit="dyads", groups=("none", "x"), model="ff3")
    assert set(chosen.data.unit) == {"dyads"}
    assert set(chosen.data.model) == {"ff3"}
    assert "path: x 15.00%. Model: ff3" in chosen.caption


def test_each_claim_has_a_panel_of_its_own():
    table = pd.DataFrame(
        {
            "claim": ["one", "one", "two", "three", "four"],
            "label": ["Ratio", "Ratio again", "Level", "Nothing", "Ratio at zero"],
            "published": [4.0, 9.0, 0.2, 1.0, 2.0],
            "neutral": [1.0, 1.0, 0.0, 0.0, 1.0],
            "estimate": [3.5, 8.0, 0.1, np.nan, 1.5],
            "ci_low": [2.0, 7.0, np.nan, np.nan, 0.0],
            "ci_high": [5.0, 9.0, 0.3, np.nan, np.inf],
            "verdict": ["interval contains it", "no", "opposite", "none", "no"],
        }
    )
    found = drawn("claims", table)
    panels = found.figure.axes
    assert len(panels) == 3
    assert [axes.get_xscale() for axes in panels] == ["log", "linear", "linear"]
    ends = [tuple(float(v[0]) for v in intervals(axes)[0][2:]) for axes in panels]
    assert ends == [(2.0, 5.0), (0.1, 0.3), (0.0, 1.5)]
    for axes, neutral, estimate, published, label, verdict in zip(
        panels,
        (1, 0, 1),
        (3.5, 0.1, 1.5),
        (4.0, 0.2, 2.0),
        ("Ratio", "Level", "Ratio at zero"),
        ("interval contains it", "opposite", "no"),
        strict=True,
    ):
        assert intervals(axes)[0][1].tolist() == [[estimate, 0.0]]
        lines = {line.get_label(): line for line in axes.lines}
        assert lines["published"].get_xydata().tolist() == [[published, 0.0]]
        assert any(set(line.get_xdata()) == {neutral} for line in axes.lines)
        assert ticks(axes.yaxis) == {0.0: label}
        assert axes.get_title(loc="right") == verdict
    assert [t.get_text() for t in found.figure.legends[0].get_texts()] == [
        *("published", "estimate")
    ]
    assert "1 of 3 headlines" in found.caption
    none = drawn("claims", table.iloc[3:4])
    assert "0 of 0 headlines" in none.caption


def test_terms_stand_in_rows_and_models_beside_each_other():
    table = estimates(
        model=["a", "b", "a", "c"], term=["x", "x", "z", "x"], estimate=[1.0, 2, 3, 4]
    )
    context = Context({"x": "Size"}, {"b": "Second"}, {"a": "roa", "b": "roa"})
    figure = Figure("f", "coefficients", models=("a", "b"), terms=("x", "z", "none"))
    found = draw(figure, {"estimates": table}, context)
    (axes,) = found.figure.axes
    first, second = intervals(axes)
    assert [first[0], second[0]] == ["A", "Second"]
    np.testing.assert_allclose(first[1], [[1, -0.175], [3, 0.825]])
    np.testing.assert_allclose(second[1][0], [2, 0.175])
    np.testing.assert_allclose(first[2], [0.95, 2.8])
    np.testing.assert_allclose(first[3], [1.06, 3.24])
    assert ticks(axes.yaxis) == {0.0: "Size", 1.0: "z"}
    assert axes.get_ylim() == (1.5, -0.5)
    assert len(found.data) == 3
    assert found.figure.legends
    assert "Models: A, outcome roa; Second, outcome roa." in found.caption
    one = Figure("f", "coefficients", models=("a",), terms=("x",))
    assert not draw(one, {"estimates": table}, context).figure.legends


def test_estimates_without_each_group_are_sorted_and_their_ends_named():
    table = pd.DataFrame(
        {
            "model": ["b", *"aaaaaa", "a"],
            "by": ["", None, "year", "year", "year", "fund_type", "year", "year"],
            "left_out": ["", "", "2001", "2000", "2002", "20", "2003", "2004"],
            "term": [*["x"] * 7, "z"],
            "estimate": [9.0, 0.25, 0.3, 0.1, 0.2, 0.4, np.nan, 7.0],
        }
    ).assign(ci_low=lambda t: t.estimate - 0.1, ci_high=lambda t: t.estimate + 0.2)
    found = drawn("leave_out", table, terms=("x",), model="a")
    years, types = found.figure.axes
    ((_, points, low, high),) = intervals(years)
    np.testing.assert_allclose(points, [[0, 0.1], [1, 0.2], [2, 0.3]])
    np.testing.assert_allclose(low, [0.0, 0.1, 0.2], atol=1e-12)
    np.testing.assert_allclose(high, [0.3, 0.4, 0.5])
    assert ticks(years.xaxis) == {0.0: "without 2000", 2.0: "without 2001"}
    assert ticks(types.xaxis) == {0.0: "without 20"}
    assert set(years.lines[-1].get_ydata()) == {0.25}
    assert years.get_xlabel() == "3 estimates, each without one year"
    assert types.get_xlabel() == "1 estimates, each without one fund type"
    assert len(found.data) == 4
    assert (
        "estimate is 0.2500 (line); leaving one group out gives 0.1000 (without year "
        "2000) to 0.3000 (without 2001); 0.4000 (without fund type 20) to 0.4000"
    ) in found.caption
    first = drawn("leave_out", table.iloc[[1, 2]], terms=("x",))
    assert first.data.estimate.tolist() == [0.3]


def test_estimates_without_two_groups_are_called_so():
    table = estimates(
        model="a",
        by=["", f"year{IN_PAIRS}", f"year{IN_PAIRS}"],
        left_out=["", "2000, 2001", "2000, 2002"],
        term="x",
        estimate=[0.2, 0.1, 0.3],
    )
    found = drawn("leave_out", table, terms=("x",))
    (axes,) = found.figure.axes
    assert axes.get_xlabel() == "2 estimates, each without two of year"
    assert "0.1000 (without year 2000, 2001) to" in found.caption


def test_rejections_stand_by_test_and_chance_has_a_band():
    table = pd.DataFrame(
        {
            "design": np.repeat(["null", "1 %", "2 %"], 4),
            "part": np.nan,  # as a column that is blank throughout is read
            "window": np.tile(np.repeat(["[0,0]", "[-1,1]"], 2), 3),
            "test": np.tile(["bmp", "own_test"], 6),
            "level": 0.05,
            "events": 30,
            "samples": 2000,
            "rate": np.arange(12) / 20,
        }
    )
    # of several windows the last is drawn
    more = table.assign(window=table.window.replace({"[-1,1]": "[-2,2]"}))
    first = table[table.window == "[-1,1]"]
    assert set(drawn("size_power", pd.concat([first, more])).data.window) == {"[-2,2]"}
    eras = [table.assign(part=part) for part in ("", "1990 to 1999")]
    assert len(drawn("size_power", pd.concat(eras)).data) == 6
    found = drawn("size_power", table)
    (axes,) = found.figure.axes
    assert len(found.data) == 6
    level, *series = axes.lines
    assert set(level.get_xdata()) == {0.05}
    for place, line in enumerate(series):
        rates = [(4 * place + 2) / 20, (4 * place + 3) / 20]
        np.testing.assert_allclose(line.get_xdata(), rates)
        np.testing.assert_allclose(line.get_ydata(), np.arange(2) + 0.12 * (place - 1))
    assert [line.get_label() for line in series] == ["null", "1 %", "2 %"]
    assert list(ticks(axes.yaxis).values()) == ["Boehmer-Musumeci-Poulsen", "Own test"]
    low, top = axes.get_ylim()
    assert low > top
    assert "Share of 2,000 samples of 30 events" in found.caption
    assert "window [-1,1], in which a test of level 0.05" in found.caption


def test_a_curve_rises_with_the_main_model_marked_and_placebos_below():
    table = estimates(
        model=["a", "b", "p", "q"],
        term=["x", "x2", "x", "x"],
        estimate=[0.3, 0.1, 0.2, 1],
    )
    context = Context(
        {"x": "Size"}, {"b": "Second"}, {"a": "y", "p": "z"}, placebos=("p", "q")
    )
    figure = Figure("f", "specification_curve", terms=("x", "x2"), model="a")
    found = draw(figure, {"estimates": table}, context)
    (axes,) = found.figure.axes
    series = {name: (at, low, high) for name, at, low, high in intervals(axes)}
    assert {n: s[0].tolist() for n, s in series.items()} == {
        "interval without zero": [[0.3, 3.0]],
        "interval with zero": [[0.1, 2.0]],
        "placebo": [[0.2, 0.0], [1.0, 1.0]],
    }
    np.testing.assert_allclose(series["placebo"][1], [0.0, 0.6], atol=1e-12)
    np.testing.assert_allclose(series["placebo"][2], [0.44, 1.48])
    (main,) = [line for line in axes.lines if line.get_label() == "main model"]
    assert main.get_xydata().tolist() == [[0.3, 3.0]]
    assert ticks(axes.yaxis) == {0.0: "P", 1.0: "Q", 2.0: "Second", 3.0: "A"}
    assert axes.get_ylim() == (-0.7, pytest.approx(3.7))
    assert "Size on y. 2 variations; 100% have the sign" in found.caption
    assert "apart: P 0.2 (0 to 0.44), passes." in found.caption
    assert "apart: Q 1 (0.6 to 1.48), fails: its interval excludes" in found.caption
    assert "clear" not in found.data
    unmarked = Figure("f", "specification_curve", terms=("x",), models=("a",))
    (axes,) = draw(unmarked, {"estimates": table}, context).figure.axes
    assert "main model" not in [line.get_label() for line in axes.lines]


def test_each_variable_runs_over_time_in_a_panel_of_its_own():
    panel = pd.DataFrame(
        {
            "firm": [*"aabbc"],
            "fiscal_year": [2002, 2001, 2002, 2001, 2001],
            "x": [1.0, 3.0, 2.0, 4.0, 8.0],
            "roa": [0.1, 0.2, np.nan, 0.4, 0.6],
        }
    )
    found = drawn("trends", panel, terms=("x", "roa"))
    for place, (axes, name, means) in enumerate(
        zip(found.figure.axes, ("Size", "ROA"), ([5.0, 1.5], [0.4, 0.1]), strict=True)
    ):
        (line,) = axes.lines
        np.testing.assert_allclose(line.get_xydata(), np.c_[[2001, 2002], means])
        assert axes.get_title(loc="left") == name
        assert line.get_color() == COLOURS[place]
    corners = found.figure.axes[0].collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (1.25, 6.0)
    assert "Mean, Size from 5 to 1.5; ROA from 0.4 to 0.1" in found.caption
    assert found.figure.axes[1].get_xlabel() == "Period"
    first, second = found.figure.axes
    assert not first.get_xlabel()
    assert first.get_shared_x_axes().joined(first, second)


def test_bins_have_points_and_a_line_for_each_value():
    rng = np.random.default_rng(3)
    panel = pd.DataFrame(
        {
            "firm": np.repeat([f"f{i}" for i in range(60)], 10),
            "fiscal_year": np.tile(range(10), 60),
            "x": rng.normal(size=600),
            "kind": np.repeat(rng.integers(0, 2, 60).astype(float), 10),
        }
    )
    panel["roa"] = np.where(panel.kind == 1, -2, 3) * panel.x
    found = drawn("binned_scatter", panel, of="roa", over="x", by="kind")
    (axes,) = found.figure.axes
    for place, slope in enumerate((3.0, -2.0)):
        points, line = axes.lines[2 * place : 2 * place + 2]
        one = found.data[found.data["group"] == f"kind = {place}"]
        np.testing.assert_allclose(points.get_xydata(), one[["x", "roa"]])
        x, y = line.get_data()
        assert (x[0], x[1]) == (one.x.min(), one.x.max())
        assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(slope, abs=0.7)
        assert points.get_label() == f"kind = {place}"
        assert line.get_color() == points.get_color() == COLOURS[place]
        fit = np.polyval(np.polyfit(one.x, one.roa, 1), one.x)
        np.testing.assert_allclose(np.interp(one.x, x, y), fit, atol=0.3)
    assert found.figure.legends
    assert "kind = 0: slope " in found.caption
    assert "means of 20 equally large bins" in found.caption
    whole = drawn("binned_scatter", panel, of="roa", over="x")
    assert not whole.figure.legends
    assert "Binned scatter. slope " in whole.caption


def test_effects_at_a_few_values_have_intervals_and_shares():
    table = pd.DataFrame(
        {
            "model": ["a", "a", "a", "b", "a"],
            "of": ["x", "x", "x", "x", "z"],
            "over": "kind",
            "at": [0.0, 1.0, 3.0, 1.0, 1.0],
            "effect": [0.2, -0.1, 0.05, 7, 8],
            "ci_low": [0.1, -0.2, -0.1, 6, 7],
            "ci_high": [0.3, -0.05, 0.3, 8, 9],
            "share_below": [0.5, 0.8, 1.0, 1, 1],
        }
    )
    found = drawn("marginal_effect", table, model="a", of="x", over="kind")
    axes, below = found.figure.axes
    ((_, points, low, high),) = intervals(axes)
    np.testing.assert_allclose(points, [[0, 0.2], [1, -0.1], [3, 0.05]])
    np.testing.assert_allclose(low, [0.1, -0.2, -0.1])
    np.testing.assert_allclose(high, [0.3, -0.05, 0.3])
    bars = [(b.get_x() + b.get_width() / 2, b.get_height()) for b in below.patches]
    np.testing.assert_allclose(bars, [[0, 0.5], [1, 0.3], [3, 0.2]])
    assert {b.get_width() for b in below.patches} == {0.25}
    assert ticks(below.xaxis) == {0.0: "0", 1.0: "1", 3.0: "3"}
    assert set(axes.lines[-1].get_ydata()) == {0}
    assert (
        "The effect of Size is positive for kind at 0, and negative for kind at 1."
    ) in found.caption
    flat = table.assign(ci_low=-1.0, ci_high=1.0)
    one = drawn("marginal_effect", flat.iloc[:1], model="a", of="x", over="kind")
    assert one.figure.axes[1].patches[0].get_width() == 0.5
    assert "cannot be told from zero at any kind shown" in one.caption


def test_an_effect_along_many_values_is_a_line_over_their_distribution():
    at = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0])
    table = pd.DataFrame(
        {
            **{"model": "a", "of": "x", "over": "z"},
            "at": at,
            "effect": at - 1.0,
            "ci_low": at - 1.5,
            "ci_high": at - 0.25,
            "share_below": [0.1, 0.2, 0.4, 0.5, 0.7, 0.9, 1.0],
        }
    )
    others = [
        table.assign(**{name: other})
        for name in ("model", "of", "over")
        for other in ("0", "~")
    ]
    among = pd.concat([table, *others])
    found = drawn("marginal_effect", among, model="a", of="x", over="z")
    axes, below = found.figure.axes
    np.testing.assert_allclose(axes.lines[0].get_xydata(), np.c_[at, at - 1])
    corners = axes.collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (-1.5, 5.75)
    bars = [(b.get_x(), b.get_width(), b.get_height()) for b in below.patches]
    widths, heights = np.diff(at), [0.2, 0.2, 0.1, 0.2, 0.2, 0.1]
    np.testing.assert_allclose(bars, np.c_[at[:-1], widths, heights])
    assert axes.get_ylabel() == "Effect of Size\non ROA"
    assert (below.get_ylabel(), below.get_xlabel()) == ("Share", "z")
    # the ends of stretches are grid points: above zero from 2, below it at 0 alone
    assert found.caption == (
        "Effect of Size over z. The effect of Size is positive for z from 2 to 6, and "
        "negative for z at 0. Model: A, outcome ROA. Intervals: 95%; bars below: "
        "distribution of z in the estimation sample."
    )
    few = drawn("marginal_effect", table.head(6), model="a", of="x", over="z")
    assert few.figure.axes[0].containers and len(few.figure.axes[1].patches) == 6


def test_paths_that_are_no_returns_are_numbers():
    table = pd.DataFrame(
        {
            **{"unit": "events", "sample": "all", "group": "all", "model": "mean"},
            "day": [-1, 0],
            "n": [5, 6],
            "caar": [0.25, -0.00001],
            "lower": 0.0,
            "upper": 0.5,
        }
    )
    words = Words(measure="volume", measures="volumes", measure_unit="log units")
    found = draw(Figure("f", "caar"), {"caar": table}, Context(words=words))
    (axes,) = found.figure.axes
    assert axes.yaxis.get_major_formatter() is not PERCENT
    assert axes.get_ylabel() == "Cumulative average\nabnormal volume"
    assert found.caption == (
        "Abnormal volumes around announcements. At the end of the path: all 0.000. "
        "Model: mean; bands: 95% confidence intervals."
    )
    assert axes.lines[0].get_label() == "all (n = 6)"
