"""The within transformation against dummy-variable regression."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.collinearity import dependences
from alliance_value.models.columns import standardized
from alliance_value.models.design import singletons
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.within import demean


def dummies(codes: np.ndarray) -> np.ndarray:
    return np.column_stack(
        [(c == g).astype(float) for c in codes.T for g in np.unique(c)]
    )


@pytest.mark.parametrize("effects", [0, 1, 2, 3])
def test_equals_residuals_on_dummies(effects):
    rng = np.random.default_rng(effects)
    codes = rng.integers(0, 12, size=(300, effects))
    columns = rng.normal(size=(300, 3)) * [1, 1e6, 1e-6]
    design = dummies(codes) if effects else np.ones((300, 1))
    fitted = design @ np.linalg.lstsq(design, columns, rcond=None)[0]
    scale = np.abs(columns).max(axis=0)
    np.testing.assert_allclose(
        demean(columns, codes) / scale, (columns - fitted) / scale, atol=1e-10
    )


@pytest.mark.parametrize("effects", [1, 2, 3])
def test_weights_equal_weighted_residuals(effects):
    rng = np.random.default_rng(effects)
    codes = rng.integers(0, 9, size=(200, effects))
    columns, w = rng.normal(size=(200, 2)), rng.integers(0, 4, size=200) * 1.0
    root = np.sqrt(w)[:, None]
    design = dummies(codes)
    b = np.linalg.lstsq(design * root, columns * root, rcond=None)[0]
    found = demean(columns, codes, w)
    np.testing.assert_allclose(found[w > 0], (columns - design @ b)[w > 0], atol=1e-9)


@pytest.mark.parametrize("effects", [1, 2, 3])
def test_parameters_are_the_rank_of_the_dummies(effects):
    rng = np.random.default_rng(effects)
    codes = rng.integers(0, 9, size=(60, effects))
    codes[:20] += 20  # groups that no other row connects
    assert effect_rank(codes) == (np.linalg.matrix_rank(dummies(codes)), True)


def test_chains_of_singletons_unravel():
    codes = np.array([[0, 0], [0, 1], [1, 1], [1, 2], [2, 3], [3, 3], [3, 4], [2, 4]])
    # row 3 is alone in year 2, then row 2 in firm 1, row 1 in year 1, row 0 in firm 0
    expected = [True, True, True, True, False, False, False, False]
    assert singletons(codes).tolist() == expected


def test_dependence_is_found_at_any_scale():
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 200))
    columns = np.column_stack([1e8 * a, 1e-8 * b, a - b])
    (found,) = dependences(standardized(columns, "abc"))
    assert found.term == "c"
    assert found.combination == pytest.approx({"a": 1e-8, "b": -1e8})


def test_near_dependence_is_no_dependence():
    rng = np.random.default_rng(0)
    a = rng.normal(size=2000)
    columns = np.column_stack([a, a + 1e-5 * rng.normal(size=2000)])
    assert dependences(standardized(columns, "ab")) == []
