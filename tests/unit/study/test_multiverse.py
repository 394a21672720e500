"""Grids of choices: their specifications, names that go on, and what is excluded."""

import numpy as np
import pytest

from alliance_value.study.multiverse import (
    allowed,
    combinations,
    complete_grid,
    named,
    places_of,
    size,
    specified,
)
from tests.unit.multiverse.worlds import GRID, MODEL


@pytest.fixture
def grid():
    return complete_grid(GRID)


def test_the_grid_is_all_combinations_less_the_excluded(grid):
    keep = allowed(grid)
    assert keep.size == 2 * 2 * 2 * 3 * 2 * 2 * 3 * 2 * 2 * 2
    assert keep.size - keep.sum() == keep.size // (3 * 2)
    every = combinations(grid, 0)
    assert len(every) == keep.sum() == len({tuple(places) for places in every})
    assert not any(
        named(grid, p)["effects"] == "none" and named(grid, p)["products"] == "within"
        for p in every
    )


def test_an_exclusion_names_levels_of_several_choices():
    rule = {"effects": ["none", "two"], "clusters": "firm"}
    keep = allowed(complete_grid({**GRID, "exclude": [rule]}))
    assert keep.size - keep.sum() == keep.size * 2 // 9


def test_a_draw_holds_the_preregistered_and_depends_on_the_seed_alone(grid):
    grid["preregistered"]["clusters"] = "industry"
    own = places_of(grid, grid["preregistered"])
    one, again, other = (combinations(grid, seed, 25) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    assert all((drawn == own).all(axis=1).sum() == 1 for drawn in (one, other))
    assert len({tuple(p) for p in one}) == 25
    assert "25 of" in size({**grid, "specifications": 25})


def levels(grid, **changed):
    return {**grid["preregistered"], **changed}


def test_names_go_on_from_choice_to_choice(grid):
    made = specified(grid, MODEL, levels(grid, variable="other", rule="strict"))
    assert made["terms"] == ["x_other_strict*z"]
    assert made["term"] == "x_other_strict"
    made = specified(grid, MODEL, levels(grid, rule="strict", sample="covered"))
    assert made["where"] == ["a > -1 or x_strict > 0"]
    assert specified(grid, MODEL, levels(grid))["terms"] == ["x*z"]


def test_subsets_leave_controls_out_and_effects_may_be_none(grid):
    made = specified(grid, MODEL, levels(grid, a="out", effects="none"))
    assert made["controls"] == ["b"]
    assert (made["effects"], made["estimator"]) == ([], "pooled_ols")
    assert MODEL["controls"] == ["a", "b"]
    pooled = {**MODEL, "effects": [], "estimator": "pooled_ols"}
    made = specified(grid, pooled, levels(grid, effects="crossed"))
    assert made["estimator"] == "fixed_effects"
    assert specified(grid, pooled, levels(grid))["estimator"] == "pooled_ols"
