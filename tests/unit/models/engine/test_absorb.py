"""Taking out effects: against least squares with dummies; all ways to the same result.

1e-11 of a column's spread: what is left of the effects is below 1e-12 of it.
"""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from alliance_value.models.engine import absorb, gradients
from alliance_value.models.engine import blocks as blocks_module
from alliance_value.models.engine.absorb import by_matrices, demean
from alliance_value.models.engine.blocks import blocks
from alliance_value.models.engine.compiled import sweep_rows
from alliance_value.models.engine.gradients import conjugate_gradients


def example(effects: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    codes = rng.integers(0, [30, 9, 5, 4][:effects], size=(400, effects)) * 3 - 5
    columns = rng.normal(size=(400, 3)) * [1, 1e6, 1e-6] + [0, 1e6, 0]
    return columns, codes, rng.uniform(0.2, 3, size=400)


def residuals(columns: np.ndarray, codes: np.ndarray, w: np.ndarray) -> np.ndarray:
    dummies = [np.ones((len(codes), 1))]
    dummies += [(c[:, None] == np.unique(c)).astype(float) for c in codes.T]
    design, root = np.hstack(dummies), np.sqrt(w)[:, None]
    return columns - design @ np.linalg.lstsq(design * root, columns * root)[0]


def compiled(columns, parts, weight):
    return sweep_rows(columns, parts, weight).absorbed


def preconditioned(columns, parts, weight):
    """Take effects out with the factors of blocks from the second step on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gradients, "PATIENCE", 1)
        return conjugate_gradients(columns, parts, weight)


WAYS = [by_matrices, compiled, conjugate_gradients, preconditioned]
ITERATIVE = WAYS[2:]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("effects", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("way", WAYS)
def test_equals_residuals_on_dummies(way, effects, weighted):
    if way in ITERATIVE and effects < 2:
        pytest.skip("means alone do it")
    columns, codes, w = example(effects)
    found = way(columns, blocks(codes), w if weighted else np.empty(0))
    expected = residuals(columns, codes, w if weighted else np.ones(len(columns)))
    spread = expected.std(axis=0)
    np.testing.assert_allclose(found.columns / spread, expected / spread, atol=1e-11)
    if way not in ITERATIVE:
        dummies = [(c[:, None] == np.unique(c)) for c in codes.T] or [np.ones((400, 1))]
        assert found.rank == np.linalg.matrix_rank(np.hstack(dummies).astype(float))


@pytest.mark.parametrize("order", ["C", "F"])
def test_order_of_rows_and_memory_changes_nothing(order):
    columns, codes, w = example(2)
    rows = np.random.default_rng(1).permutation(len(columns))
    one = compiled(columns, blocks(codes), w)
    shuffled = np.array(columns[rows], order=order)
    other = compiled(shuffled, blocks(codes[rows]), w[rows])
    spread = one.columns.std(axis=0)
    np.testing.assert_allclose(
        other.columns / spread, one.columns[rows] / spread, atol=1e-12
    )


def test_large_tables_take_the_compiled_way(monkeypatch):
    columns, codes, w = example(2)
    small = demean(columns, codes, w)
    monkeypatch.setattr(absorb, "COMPILE_FROM", 0)
    large = demean(columns, codes, w)
    spread = small.columns.std(axis=0)
    np.testing.assert_allclose(
        large.columns / spread, small.columns / spread, atol=1e-12
    )
    assert (small.method, large.method, large.rank) == ("exact", "exact", small.rank)


def test_too_many_dummies_are_solved_by_conjugate_gradients(monkeypatch):
    columns, codes, _ = example(2)
    exact = demean(columns, codes)
    monkeypatch.setattr(absorb, "MOST_DENSE", 3)
    found = demean(columns, codes)
    assert found.method == "conjugate gradients"
    assert found.left < 1e-11
    spread = exact.columns.std(axis=0)
    np.testing.assert_allclose(
        found.columns / spread, exact.columns / spread, atol=1e-11
    )


@pytest.mark.parametrize("way", WAYS)
def test_parts_that_hang_together_loosely_or_not(way):
    """A chain of firms linked by single years, and a part of its own."""
    firm = np.repeat(np.arange(40), 2)
    year = np.ravel([[f, f + 1] for f in range(40)])
    year[60:] += 100
    columns = np.random.default_rng(0).normal(size=(80, 2))
    codes = np.column_stack([firm, year])
    found = way(columns, blocks(codes), np.empty(0)).columns
    # such a chain is a tree: effects fit every row exactly
    np.testing.assert_allclose(found, 0, atol=1e-9)


def test_what_conjugate_gradients_cannot_reach_is_said(monkeypatch):
    columns, codes, _ = example(2)
    monkeypatch.setattr(blocks_module, "TOLERANCE", 0.0)
    monkeypatch.setattr(blocks_module, "ROUNDING", 0.0)
    with pytest.raises(blocks_module.ConvergenceError, match="standard deviations"):
        conjugate_gradients(columns, blocks(codes), np.empty(0))


@pytest.mark.parametrize("weights", [np.zeros(400), np.ones(3)])
def test_weights_are_positive_and_one_a_row(weights):
    columns, codes, _ = example(1)
    with pytest.raises(ValueError, match="weights"):
        demean(columns, codes, weights)


def test_small_tables_load_no_compiler():
    program = (
        "import sys, numpy as np\n"
        "from alliance_value.models.engine import grams, jackknife, bootstrap\n"
        "x = np.arange(12.0).reshape(6, 2) ** 2\n"
        "e = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 0], [2, 1]])\n"
        "grams.cross_products(x, 'yx', e, e[:, 0])\n"
        "sys.exit('numba' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], env=dict(os.environ))
    assert done.returncode == 0


@pytest.mark.parametrize("way", WAYS)
def test_units_by_powers_of_two_change_no_digit(way):
    columns, codes, w = example(3)
    one = way(columns, blocks(codes), w)
    for size in (2.0**-60, 2.0**60):
        other = way(columns * size, blocks(codes), w)
        np.testing.assert_array_equal(other.columns, one.columns * size)
        assert (other.steps, other.left) == (one.steps, one.left)
