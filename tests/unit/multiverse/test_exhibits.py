"""What a multiverse shows: its tables, figure, section and page."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alliance_value
from alliance_value.contracts.failures import any_failed, check_estimated
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.storage import read, write_csv
from alliance_value.exhibits.context import Context
from alliance_value.multiverse.figure import multiverse as draw
from alliance_value.multiverse.judge import judge
from alliance_value.multiverse.page import multiverse_page
from alliance_value.multiverse.section import multiverse as section
from alliance_value.multiverse.section import not_estimated
from alliance_value.multiverse.solve import Settings
from alliance_value.multiverse.words import differs, levels_of
from alliance_value.report.content import Grid
from alliance_value.report.inputs import Inputs
from alliance_value.study.multiverse import complete_grid, size
from alliance_value.study.spec import Figure
from tests.unit.multiverse.worlds import GRID, MODEL, panel

ROOT = Path(alliance_value.__file__).parent
CHOICES = ("outcome", "sample", "clusters")


@pytest.fixture(scope="module")
def grid():
    few = {c: dict(GRID["choices"][c]) for c in CHOICES}
    # one level that no row meets, and one of a term that is in no row different
    few["sample"]["nobody"] = {"where": ["a > 1000"]}
    few["variable"] = {"x": {}, "flat": {"replace": {"x": "flat"}}}
    return complete_grid(
        {
            **GRID,
            "choices": few,
            "exclude": [{"variable": "flat", "clusters": ["both", "industry"]}],
            "plausibility": {"outcome": {"y_late": 0.5}},
            "title": "A <grid>",
            "permutations": 99,
        }
    )


@pytest.fixture(scope="module")
def tables(grid):
    table = panel().assign(flat=lambda t: t.groupby("firm").x.transform("first"))
    settings = Settings(draws=99, permutations=99, seed=1)
    said = []
    found = judge(table, grid, {**MODEL, "confidence": 0.95}, settings, said.append)
    assert said[0] == size(grid)
    return found


@pytest.fixture(scope="module")
def study(grid):
    return {"title": "T", "simulated": "", "multiverse": [grid]}


def test_specifications_that_fail_stay_with_a_reason(tables):
    table = tables.multiverse
    assert len(table) == 2 * 3 * 3 * 2 * 4 - 2 * 3 * 2 * 4
    failed = table[table.estimate.isna()]
    reasons = failed.note.str.replace(r" \w+$", "", regex=True)
    assert set(reasons) == {"no row is", "effects absorb"}
    assert (failed.note.str.contains("flat") == (failed.term == "flat")).mean() > 0.5
    tests = tables.multiverse_tests.set_index(["method", "statistic"]).value
    assert tests["count", "without an estimate"] == len(failed)
    assert tests["count", "specifications"] == len(table)
    few = table.note.str.contains("few clusters")
    assert tests["count", "few clusters"] == few.sum() > 0
    assert (table.clusters[few] < 40).all()
    assert table.p_adjusted.notna().sum() == table.estimate.notna().sum()
    assert (table.p_adjusted >= table.p_drawn)[table.p_drawn.notna()].all()


def test_plausibility_is_the_product_of_levels(tables):
    table = tables.multiverse
    late = table.levels.str.contains("outcome: y_late")
    np.testing.assert_allclose(table.plausibility, np.where(late, 0.5, 1.0))


def test_the_figure_shows_every_estimate(tables):
    results = {
        "multiverse": tables.multiverse,
        "multiverse_tests": tables.multiverse_tests,
    }
    drawn = draw(Figure("all", "multiverse", title="All"), results, Context())
    has = tables.multiverse.estimate.notna()
    assert len(drawn.data) == has.sum()
    assert drawn.data.estimate.is_monotonic_increasing
    assert f"{has.sum()} specifications" in drawn.caption
    labels = [t.get_text() for t in drawn.figure.axes[1].get_yticklabels()]
    assert "outcome: y" in labels and "y late" in labels


@pytest.mark.parametrize("every", [True, False])
def test_a_preregistered_one_without_an_estimate_is_told_and_the_rest_stands(
    grid, tables, tmp_path, every
):
    table = tables.multiverse.copy()
    failed = table.preregistered | every
    table.loc[failed, ["estimate", "se", "p", "rank"]] = np.nan
    table.loc[failed, "note"] = "terms are collinear"
    why = "The preregistered specification is not estimated: terms are collinear."
    results = {"multiverse": table, "multiverse_tests": tables.multiverse_tests}
    drawn = draw(Figure("all", "multiverse", title="All"), results, Context())
    assert (
        why in drawn.caption
        and len(drawn.data) == (~failed & table.estimate.notna()).sum()
    )
    results["multiverse_choices"] = tables.multiverse_choices
    study = {"title": "T", "simulated": "", "multiverse": [grid]}
    none = pd.DataFrame()
    inputs = Inputs(
        *(study, Context(), {}, none, none, none, none, none, none, []), results=results
    )
    assert why in str(section(inputs, []).blocks)
    assert not_estimated(inputs) == [f"A <grid>. {why}"]
    write_csv(table, tmp_path / "multiverse.csv")
    with pytest.raises(UserError, match="terms are collinear") as raised:
        check_estimated(tmp_path / "failures.csv", tmp_path / "multiverse.csv")
    assert [p.where for p in raised.value.problems] == ["multiverse.all"]
    assert not any_failed(tmp_path / "failures.csv", tmp_path / "none.csv")


def test_the_section_says_what_stands_moves_and_is_doubtful(tables, study, tmp_path):
    def as_stored(name):
        write_csv(getattr(tables, name), tmp_path / f"{name}.csv")
        return read(tmp_path / f"{name}.csv")

    none = pd.DataFrame()
    inputs = Inputs(
        study, Context(), {}, none, none, none, none, none, none, [],
        results={
            name: as_stored(name)
            for name in ("multiverse", "multiverse_tests", "multiverse_choices")
        },
    )  # fmt: skip
    shown = section(inputs, [])
    grids = [block for block in shown.blocks if isinstance(block, Grid)]
    names = [block.table.name for block in grids]
    assert names == [f"report-{n}-all" for n in ("joint", "moves", "ends", "counts")]
    rows = dict(grids[0].table.rows)
    assert rows["Median effect"][2] and rows["Average effect"][1]
    moves = dict(grids[1].table.rows)
    assert {"outcome", "variable", "a"} <= moves.keys()
    assert "y late" in moves["outcome"][1]
    text = str([block.table.rows for block in grids])
    assert "nan" not in text and "<NA>" not in text


def test_the_page_holds_every_specification_and_nothing_from_elsewhere(tables, study):
    names = {"page.html.j2": "report", "multiverse.html.j2": "multiverse"}
    templates = {n: (ROOT / room / n).read_text("utf-8") for n, room in names.items()}
    page = multiverse_page(tables.multiverse, study, templates)
    held = re.search(r'application/json">(.*?)</script>', page, re.S)
    (data,) = json.loads(held[1])
    assert len(data["levels"]) == len(tables.multiverse)
    assert data["own"] == [int(np.flatnonzero(tables.multiverse.preregistered)[0])]
    assert "A &lt;grid&gt;" in page
    assert not re.search(r"https?://", page.replace("http://www.w3.org", ""))


def test_words_say_what_is_not_preregistered(grid):
    text = "outcome: y_late; sample: all; clusters: firm; variable: x; a: in; b: out"
    assert differs(levels_of(text), grid) == "outcome: y late; b: out"
    usual = "; ".join(f"{c}: {v}" for c, v in grid["preregistered"].items())
    assert differs(levels_of(usual), grid) == "the preregistered specification"
