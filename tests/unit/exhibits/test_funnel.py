"""The funnel's figure and table say what was dropped, and why."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from alliance_value.alliances.source_funnel import row_funnel
from alliance_value.contracts.events import REASONS
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.funnel import (
    LEFT_AFTER,
    all_of,
    block_height,
    continued,
    draw_block,
    draw_funnel,
    funnel_table,
    models_of,
    row_height,
    step_label,
    steps_of,
)
from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.render import to_csv, to_html
from alliance_value.exhibits.style import save
from alliance_value.vocabulary.words import Words
from tests.integration.test_funnel import empty_rejects

LABELS = {"cc_share": "Customer-centric partner share", "y": "ROA"}
WORDS = Words("firm", "firms", "year", "years")
TITLES = {"second": "Second"}
CONTEXT = Context(LABELS, TITLES, words=WORDS, simulated="everything.")


@pytest.fixture
def funnel():
    sample = FunnelBranch("sample")
    sample.count("rows in the files", 100, 100, 9, "a_b.csv")
    sample.count("has firm", 100, 100, 9, "nothing")
    sample.count("requires at > 0", 100, 80, 9, "sample.require")
    branches = [sample]
    for name in ("first", "second"):
        branch = FunnelBranch(name)
        branch.count("panel", 80, 80, 9, "firm-years")
        branch.count("where cc_share >= 0", 80, 50, 7, "where of the model")
        branch.count("outcome y observed", 50, 45, 7, "missing value")
        branches.append(branch)
    deals = FunnelBranch("source:deals", unit="lines")
    deals.count("lines in the files", 30, 30, 0, "")
    deals.unit = "deals"
    deals.drop("deals", 10, "further lines")
    parts = [deals, row_funnel("links", 5, empty_rejects()), *branches]
    return CONTEXT.words.fill(pd.concat([b.table() for b in parts], ignore_index=True))


def test_steps_that_take_no_row_away_are_left_out_of_the_figure(funnel):
    steps = steps_of(funnel, "sample", CONTEXT)
    assert [s[:2] for s in steps] == [
        ("rows in the files", 100),
        ("requires at > 0", 80),
    ]
    assert steps[1][2] == "−20: sample.require"


def test_models_say_what_their_lost_rows_are_like_and_not_twice(funnel):
    assert models_of(funnel, CONTEXT) == [
        ("panel", 80, "firm-years"),
        (
            "first, Second",
            45,
            "−30: unless Customer-centric partner share ≥ 0; −5: ROA missing",
        ),
    ]


@pytest.mark.parametrize(
    ("titles", "words"),
    [("a", "a"), ("abc", "a, b, c"), ("abcde", "a, b, c and 2 more")],
)
def test_of_many_models_the_first_are_named(titles, words):
    assert all_of(list(titles)) == words


@pytest.mark.parametrize(
    ("step", "label"),
    [
        (
            "term cc_share:y observed",
            "term Customer-centric partner share × ROA observed",
        ),
        ("where cc_share >= 0", "where Customer-centric partner share ≥ 0"),
        ("where a != b", "where a ≠ b"),
        ("without: unknown status", "without: unknown status"),
        ("where (", "where ("),
        ("no_event_day_return", "with a return on the event day"),
        ("a_b", "a b"),
    ],
)
def test_steps_carry_labels(step, label):
    assert step_label(step, CONTEXT) == label


def test_the_figure_has_a_block_per_kind_and_the_same_bytes_twice(funnel, tmp_path):
    pictures = []
    for name in ("a.svg", "b.svg"):
        drawn = draw_funnel(funnel, CONTEXT)
        assert len(drawn.figure.axes) == 3
        save(drawn.figure, tmp_path / name)
        plt.close(drawn.figure)
        pictures.append((tmp_path / name).read_bytes())
    assert pictures[0] == pictures[1]
    assert "100 rows of firm-years lead to 80 in the panel, and 45" in drawn.caption
    assert drawn.caption.endswith("Simulated: everything.")


def test_no_text_of_the_figure_lies_outside_it_or_on_another(funnel):
    drawn = draw_funnel(funnel, CONTEXT)
    drawn.figure.canvas.draw()
    page = drawn.figure.bbox
    for axes in drawn.figure.axes:
        boxes = [t.get_window_extent() for t in axes.texts]
        boxes += [t.get_window_extent() for t in axes.get_yticklabels()]
        assert all(page.x0 <= b.x0 and b.x1 <= page.x1 for b in boxes)
        for n, box in enumerate(boxes):
            assert not any(box.overlaps(other) for other in boxes[n + 1 :])
    plt.close(drawn.figure)


def test_the_table_holds_every_step_in_every_format(funnel):
    table = funnel_table(funnel, CONTEXT)
    assert len(table.rows) == len(funnel)
    assert table.rows[0][0] == "deals: lines in the files"
    for text in (to_html(table), to_latex(table), to_csv(table)):
        assert "rows in the files" in text
        assert text.count("100") >= 2
    latex = to_latex(table)
    assert r"a\_b.csv" in latex
    assert "multicolumn{5}{c}{}" not in latex
    # words keep their hyphens, numbers get a minus sign
    assert "firm-years" in to_html(table)


def test_a_branch_that_begins_where_another_ended_continues_its_block():
    first, second = FunnelBranch("events", "events"), FunnelBranch("quiet", "events")
    first.count("announced", 9, 9, 2, "")
    first.count("overlapping", 9, 7, 2, "overlap")
    second.count("with returns", 7, 7, 2, "")
    second.count("confounded", 7, 4, 2, "news")
    steps = pd.concat([first.table(), second.table()], ignore_index=True)
    assert [*continued(steps, ["events", "quiet"], CONTEXT)] == [
        (
            "Events",
            [
                ("announced", 9, ""),
                ("apart from the firm's earlier events", 7, "−2: overlap"),
                ("without other news", 4, "−3: news"),
            ],
        )
    ]


def test_the_table_counts_every_step_and_begins_each_branch_with_its_name(funnel):
    steps = funnel[funnel.branch.isin(["sample", "second"])]
    table = funnel_table(steps, CONTEXT)
    assert [head for _, head in table.columns] == [
        *("Rows in", "Dropped", "Rows out", "Firms", "Why")
    ]
    outcome = ("50", "5", "45", "7", "missing value")
    assert table.rows == (
        ("sample: rows in the files", ("100", "0", "100", "9", "a_b.csv")),
        ("has firm", ("100", "0", "100", "9", "nothing")),
        ("requires at > 0", ("100", "20", "80", "9", "sample.require")),
        ("Second: panel", ("80", "0", "80", "9", "firm-years")),
        (
            "where Customer-centric partner share ≥ 0",
            ("80", "30", "50", "7", "where of the model"),
        ),
        ("outcome ROA observed", outcome),
    )
    assert table.rules == {0, 3}
    assert len(table.align) == 5
    none = funnel_table(funnel[funnel.branch == "source:deals"], CONTEXT)
    assert {cells[3] for _, cells in none.rows} == {""}


def models(*sizes: int) -> pd.DataFrame:
    """Return a sample of 9,000 rows and models that keep so many of them."""
    sample = FunnelBranch("sample")
    sample.count("rows in the files", 9000, 9000, 9, "a.csv")
    branches = [sample]
    for number, size in enumerate(sizes):
        branch = FunnelBranch(f"model_{number}")
        branch.count("panel", 9000, size, 9, "firm-years")
        branches.append(branch)
    table = pd.concat([b.table() for b in branches], ignore_index=True)
    return CONTEXT.words.fill(table)


def test_of_many_samples_the_first_five_are_drawn():
    for count, bars in ((5, 6), (7, 6)):
        drawn = draw_funnel(models(*range(8000, 8000 + count)), CONTEXT)
        axes = drawn.figure.axes[-1]
        assert len(axes.patches) == bars
        more = ", the first 5 of 7 samples" if count == 7 else ""
        assert axes.get_title(loc="left") == f"Models (firm-years){more}"
        assert f"and 8,000 to 8,00{count - 1} in the models." in drawn.caption
        plt.close(drawn.figure)
    assert "and 8,000 in the models." in draw_funnel(models(8000), CONTEXT).caption
    assert "in the models" not in draw_funnel(models(), CONTEXT).caption
    plt.close("all")


def test_bars_stand_under_each_other_as_high_as_their_words_need():
    rows = [
        ("first", 1200, "a.csv"),
        ("a label of more than thirty-six characters", 300, "x" * 70),
        ("none", 0, ""),
    ]
    _, axes = plt.subplots()
    draw_block(axes, "Title", rows)
    heights = [0.18, 0.315, 0.18]
    assert [row_height(row) for row in rows] == pytest.approx(heights)
    assert block_height(rows) == pytest.approx(sum(heights) + 0.35)
    middle = [0.09, 0.18 + 0.1575, 0.495 + 0.09]
    spots = [(b.get_y() + b.get_height() / 2, b.get_width()) for b in axes.patches]
    assert spots == [
        (pytest.approx(y), r[1]) for y, r in zip(middle, rows, strict=True)
    ]
    assert axes.get_ylim() == pytest.approx((0.675, 0))
    assert axes.get_xlim() == (0, 4800)
    counts, whys = axes.texts[::2], axes.texts[1::2]
    assert [t.get_text() for t in counts] == ["1,200", "300", "0"]
    assert [t.get_position()[0] for t in counts] == pytest.approx([1218, 318, 18])
    assert [t.get_position()[0] for t in whys] == pytest.approx([1680] * 3)
    for texts in (counts, whys):
        assert [t.get_position()[1] for t in texts] == pytest.approx(middle)
    assert max(map(len, whys[1].get_text().split("\n"))) == 64
    labels = [t.get_text() for t in axes.get_yticklabels()]
    assert labels[1] == "a label of more than thirty-six\ncharacters"
    draw_block(axes, "Empty", rows[2:])
    assert axes.get_xlim() == (0, 4)
    plt.close("all")


def test_sources_say_how_much_of_them_goes_on(funnel):
    caption = draw_funnel(funnel, CONTEXT).caption
    plt.close("all")
    assert "100 rows of firm-years lead to 80 in the panel, and 45 in the" in caption
    assert "; of 20 deals 20 reach it. Simulated" in caption
    assert "links" not in caption


def test_every_reason_of_exclusion_has_words_for_the_events_that_stay():
    assert set(REASONS) == set(LEFT_AFTER)
