"""Joint tests: against the engine's own bootstrap, simpler forms, and known cases."""

import itertools

import numpy as np
import pytest

from alliance_value.models.engine.bootstrap import wild_bootstrap
from alliance_value.multiverse.draws import shared_weights, under_null
from alliance_value.multiverse.estimate import factor, solved
from alliance_value.multiverse.joint import (
    Judged,
    as_normal,
    average_interval,
    effective_number,
    joint_tests,
    own_p,
    step_down,
    weighted_medians,
)
from alliance_value.multiverse.judge import judge
from alliance_value.multiverse.moves import pairs, shares
from alliance_value.multiverse.products import Products
from alliance_value.multiverse.rows import Frame, Specification, row_sets
from alliance_value.multiverse.solve import Settings, solve
from alliance_value.study.multiverse import (
    combinations,
    complete_grid,
    named,
    specified,
)
from tests.unit.multiverse.worlds import GRID, MODEL, panel


def of_grid(grid, largest=None):
    return [
        Specification(tuple(places), specified(grid, MODEL, named(grid, places)))
        for places in combinations(grid, 3, largest)
    ]


def test_draws_are_those_of_the_bootstrap_of_one_model():
    frame, grid = Frame(panel()), complete_grid(GRID)
    one = of_grid(grid)[0]
    (shared,) = row_sets(frame, [one], "firm")
    products = Products(frame, shared, [one], "firm")
    outcome, names, followed = ("= y", ("x", "z", "x:z", "a", "b"), "x")
    regression = solved(products, (outcome, names, followed))
    groups = len(products.grams.clusters)
    weights = shared_weights(groups, 199, 5)
    _, t = under_null(
        products.grams, regression, 0, weights, factor(products, one, regression)
    )
    own = wild_bootstrap(products.grams, regression, "x", draws=199, seed=5)
    assert own_p(np.array([own.t]), t[None])[0] == pytest.approx(own.p, abs=1e-12)


def test_parts_of_a_grid_have_the_draws_of_the_whole():
    frame, grid = Frame(panel()), complete_grid(GRID)
    every = of_grid(grid, 40)
    settings = Settings(draws=99, permutations=0, seed=1)
    whole, part = (solve(frame, some, settings) for some in (every, every[11:]))
    for i, one in enumerate(every[11:], start=11):
        a, b = whole.equations[i], part.equations[i - 11]
        assert (a < 0) == (b < 0), one
        np.testing.assert_allclose(whole.drawn[a].t, part.drawn[b].t, rtol=1e-9)


def test_workers_do_not_change_results():
    grid = {**complete_grid(GRID), "specifications": 30}
    model = {**MODEL, "confidence": 0.95}
    one, two = (
        judge(panel(), grid, model, Settings(draws=99, workers=workers))
        for workers in (1, 2)
    )
    assert one.multiverse.equals(two.multiverse)
    assert one.multiverse_tests.equals(two.multiverse_tests)


@pytest.mark.parametrize("seed", range(5))
def test_step_down_is_westfall_and_young_by_its_definition(seed):
    rng = np.random.default_rng(seed)
    t = rng.normal(size=6) * 2
    drawn = rng.normal(size=(6, 99))
    df = np.full(6, 30.0)
    order = np.argsort(-np.abs(t))
    adjusted = np.empty(6)
    before = 0.0
    for place, i in enumerate(order):
        largest = np.abs(drawn[order[place:]]).max(axis=0)
        before = max(before, (1 + (largest >= abs(t[i])).sum()) / 100)
        adjusted[i] = before
    np.testing.assert_allclose(step_down(t, df, drawn), adjusted)


def test_step_down_is_no_smaller_than_the_own_p_and_knows_dependence():
    rng = np.random.default_rng(1)
    common = rng.normal(size=199)
    same = np.tile(common, (50, 1))
    t = np.full(50, 2.2)
    df = np.full(50, 60.0)
    np.testing.assert_allclose(step_down(t, df, same), own_p(t, same))
    apart = rng.normal(size=(50, 199))
    assert (step_down(t, df, apart) >= own_p(t, apart)).all()
    assert step_down(t, df, apart).min() > 0.3


def test_as_normal_has_the_p_value_of_t():
    from scipy import stats

    for df in (5.0, 15.0, 600.0):
        t = np.array([0.5, 2.0, 4.0])
        exact = stats.norm.isf(stats.t.sf(t, df))
        np.testing.assert_allclose(as_normal(t, np.array(df)), exact, rtol=0.01)


def test_weighted_medians_are_medians_of_repeated_values():
    rng = np.random.default_rng(2)
    values = rng.normal(size=(7, 5))
    times = np.array([1, 3, 2, 1, 4, 2, 1])
    found = weighted_medians(values, times / times.sum())
    np.testing.assert_allclose(
        found, np.median(np.repeat(values, times, axis=0), axis=0)
    )


def test_a_null_that_is_far_exceeded_has_the_smallest_p():
    rng = np.random.default_rng(3)
    drawn_t = rng.normal(size=(20, 199))
    t = np.full(20, 6.0)
    w = np.full(20, 0.05)
    judged = Judged(t / 10, t, np.full(20, 50.0), w, drawn_t / 10, drawn_t)
    found = {name: (value, p) for name, value, p, _ in joint_tests(judged, 0.05)}
    assert found["median effect"] == (pytest.approx(0.6), 1 / 200)
    assert found["share significant and positive"] == (pytest.approx(1), 1 / 200)
    assert found["share significant and negative"][1] == 1


def test_effective_number_counts_independent_groups():
    rng = np.random.default_rng(4)
    two = np.repeat(rng.normal(size=(2, 4000)), 10, axis=0)
    assert effective_number(two) == pytest.approx(2, abs=0.05)


def test_the_average_interval_holds_zero_where_its_test_does_not_reject():
    rng = np.random.default_rng(6)
    drawn = rng.normal(size=(4, 999)) + rng.normal(size=999)
    w = np.array([0.4, 0.3, 0.2, 0.1])
    rejected = set()
    for estimate in np.linspace(0, 4, 41):
        judged = Judged(np.full(4, estimate), *[np.ones(4)] * 2, w, drawn, drawn)
        low, high = average_interval(judged, 0.05)
        p = {name: p for name, _, p, _ in joint_tests(judged, 0.05)}["average effect"]
        assert (p <= 0.05) == (low > 0)
        assert low + high == pytest.approx(2 * estimate)
        rejected.add(p <= 0.05)
    assert rejected == {True, False}


def test_shares_of_a_full_grid_are_those_of_the_analysis_of_variance():
    levels = np.array(list(itertools.product(range(3), range(2), range(4))))
    a, b, c = levels.T
    estimates = 2.0 * (a == 1) + 1.0 * b + 0.0 * c + 1.5 * (a == 2) * b
    w = np.full(len(levels), 1 / len(levels))
    found = shares(estimates, levels, w)
    total = estimates.var()
    for place, codes in enumerate((a, b, c)):
        means = np.array([estimates[codes == v].mean() for v in codes])
        assert found[place] == pytest.approx(means.var() / total, abs=1e-9)
    gains = {(i, j): gain for i, j, gain in pairs(estimates, levels, w)}
    assert gains[0, 1] == pytest.approx(1 - found.sum(), abs=1e-9)
    assert gains[0, 2] == pytest.approx(0, abs=1e-9)


def test_drawn_orders_come_near_the_shares_of_all(monkeypatch):
    rng = np.random.default_rng(5)
    levels = rng.integers(0, 2, (200, 5))
    estimates = levels @ np.array([3.0, 2.0, 1.0, 0.5, 0.0]) + rng.normal(size=200)
    w = np.full(200, 1 / 200)
    exact = shares(estimates, levels, w)
    monkeypatch.setattr("alliance_value.multiverse.moves.MOST_CHOICES", 2)
    np.testing.assert_allclose(shares(estimates, levels, w), exact, atol=0.01)
