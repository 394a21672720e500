"""Approximate factors of graphs: exact for trees, good ones for any graph."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from alliance_value.models.engine import elimination
from alliance_value.models.engine.absorb import by_matrices
from alliance_value.models.engine.blocks import blocks, connected
from alliance_value.models.engine.gradients import conjugate_gradients, descent
from alliance_value.models.engine.kernels import connected_parts, rows_of_groups

NONE = np.empty(0)


def laplacian(q: int, ends: np.ndarray, masses: np.ndarray) -> np.ndarray:
    graph = np.zeros((q, q))
    np.add.at(graph, (ends[:, 0], ends[:, 1]), masses)
    graph += graph.T
    return np.diag(graph.sum(axis=0)) - graph


def tree(q: int, draws: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return links of a tree whose vertices are numbered at random."""
    child = np.arange(1, q)
    ends = np.column_stack([child, (draws.random(q - 1) * child).astype("int64")])
    return draws.permutation(q)[ends], draws.uniform(0.1, 9, q - 1)


@pytest.mark.parametrize("q", [1, 2, 3, 50])
def test_a_tree_is_factored_exactly(q):
    draws = np.random.default_rng(q)
    ends, masses = tree(q, draws)
    right = draws.normal(size=(q, 2))
    right -= right.mean(axis=0)
    solved = right.copy()
    factor = elimination.eliminated(q, ends, masses)
    elimination.solve(*factor, solved)
    assert sorted(factor[0].tolist()) == [*range(q)]
    np.testing.assert_allclose(
        laplacian(q, ends, masses) @ solved, right, atol=1e-11 * np.abs(right).max()
    )


def test_parts_that_hang_apart_and_single_vertices():
    ends, masses = np.array([[0, 1], [1, 2], [4, 5]]), np.array([1.0, 2.0, 3.0])
    right = np.array([[1.0], [-3.0], [2.0], [0.0], [1.0], [-1.0]])
    solved = right.copy()
    factor = elimination.eliminated(6, ends, masses)
    elimination.solve(*factor, solved)
    np.testing.assert_allclose(laplacian(6, ends, masses) @ solved, right, atol=1e-14)
    assert (factor[4] == 0).sum() == 3


def test_links_have_the_expected_masses():
    """Over many draws the links of one group are those of its complete graph."""
    rows, w = 4, np.array([0.5, 2.0, 1.0, 3.0])
    groups = 20_000
    start, order = rows_of_groups(np.repeat(np.arange(groups), rows), groups)
    levels = np.tile(np.arange(rows), groups)
    links = elimination.links_of_groups(np.tile(w, groups), start, order, levels)
    exact = np.diag(w) - np.outer(w, w) / w.sum()
    np.testing.assert_allclose(laplacian(rows, *links) / groups, exact, atol=0.02)


def test_rows_of_a_level_in_its_group_have_no_link():
    start, order = np.array([0, 3]), np.empty(0, dtype="int64")
    ends, masses = elimination.links_of_groups(NONE, start, order, np.zeros(3, "int64"))
    assert ends.shape == (0, 2)
    assert masses.shape == (0,)


@pytest.mark.parametrize("weighted", [False, True])
def test_a_slow_table_takes_few_steps(weighted):
    """Workers who move to the next firm only: levels' sizes alone take ten times it."""
    draws = np.random.default_rng(0)
    worker, year = np.divmod(np.arange(6000), 5)
    firm = (worker // 3 + (draws.random(6000) < 0.4)) % 400
    order = draws.permutation(6000)
    codes = np.column_stack([worker, firm, year])[order]
    columns = draws.normal(size=(6000, 2)) + firm[order, None] / 10
    w = draws.uniform(0.5, 2, 6000) if weighted else NONE
    out = conjugate_gradients(columns, blocks(codes), w)
    exact = by_matrices(columns, blocks(codes), w)
    np.testing.assert_allclose(out.columns, exact.columns, atol=1e-10)
    assert out.steps < 100
    again = conjugate_gradients(columns, blocks(codes), w)
    assert again.columns.tobytes() == out.columns.tobytes()


def test_what_no_level_can_take_does_not_keep_it_going():
    """Rounding leaves residuals whose sum over a part of the graph is not zero."""
    draws, q = np.random.default_rng(4), 300
    one = np.repeat(np.arange(q), 3)
    ends = np.column_stack([one, (one + np.tile([1, 2, 3], q)) % q])
    masses = draws.uniform(0.5, 2, 3 * q)
    graph, factor = laplacian(q, ends, masses), elimination.eliminated(q, ends, masses)

    def towards(residual: np.ndarray) -> np.ndarray:
        solved = residual.copy()
        elimination.solve(*factor, solved)
        return solved

    residual = graph @ draws.normal(size=(q, 2))
    residual[factor[0][-1]] += 1e-3
    change, steps = descent(
        lambda v: graph @ v, towards, residual, np.ones(q), np.full(2, 1e-9), 1000
    )
    assert steps < 150
    left = residual - graph @ change
    np.testing.assert_allclose(left.sum(axis=0), 1e-3)
    np.testing.assert_allclose(np.abs(left).sum(axis=0), 1e-3, rtol=1e-3)


def test_a_long_chain_is_solved():
    """A tree of levels, which the outcome is fitted by without a rest."""
    place = np.arange(20_000)
    codes = np.column_stack([place // 2, (place + 1) // 2])
    columns = np.random.default_rng(0).normal(size=(20_000, 1))
    out = conjugate_gradients(columns, blocks(codes), NONE)
    np.testing.assert_allclose(out.columns, 0, atol=1e-9)
    assert out.rank == 20_000


def test_connected_parts_are_those_of_scipy():
    draws = np.random.default_rng(1)
    one, other = draws.integers(0, 300, 250), draws.integers(0, 200, 250)
    one, other = (
        np.unique(one, return_inverse=True)[1],
        np.unique(other, return_inverse=True)[1],
    )
    first = int(one.max()) + 1
    vertices = first + int(other.max()) + 1
    graph = sparse.coo_array((np.ones(250), (one, other + first)), (vertices,) * 2)
    expected, _ = sparse.csgraph.connected_components(graph, directed=False)
    assert connected_parts(one, other + first, vertices) == expected
    assert connected(one, other) == expected
