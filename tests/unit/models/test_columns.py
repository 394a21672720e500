"""Columns centred and scaled by hand, and the way back to their units."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.collinearity import absorbed_terms, dependences
from alliance_value.models.columns import (
    EPS,
    largest,
    means,
    plain,
    powers_of_two,
    standardized,
    way_back,
)

RAW = np.array([[1.0, 10.0, 1.0], [2.0, 30.0, 1.0], [6.0, 20.0, 1.0]])
NAMES = ("x", "z", "constant")


def test_columns_are_centred_and_scaled_by_powers_of_two():
    x = standardized(RAW, NAMES)
    assert x.names == NAMES
    assert x.shift.tolist() == [3.0, 20.0, 0.0]
    # root mean squares of -2, -1, 3 and -10, 10, 0 are 2.16 and 8.16
    assert x.scale.tolist() == [4.0, 16.0, 1.0]
    assert x.values.tolist() == [
        [-0.5, -0.625, 1.0],
        [-0.25, 0.625, 1.0],
        [0.75, 0.0, 1.0],
    ]
    np.testing.assert_allclose(x.noise, [EPS * 6 / 4, EPS * 30 / 16, 0.0])


def test_weights_move_the_mean_and_some_columns_stay_where_they_are():
    weighted = standardized(RAW, NAMES, np.array([2.0, 1.0, 1.0]))
    assert weighted.shift.tolist() == [2.5, 17.5, 0.0]
    apart = standardized(RAW, NAMES, centre=False)
    assert apart.shift.tolist() == [0.0, 0.0, 0.0]
    # of 1, 2, 6 and 10, 30, 20: 3.70 and 21.6
    assert apart.scale.tolist() == [4.0, 32.0, 1.0]
    none = standardized(np.empty((0, 3)), NAMES)
    assert none.shift.tolist() == [0.0] * 3 and none.scale[2] == 1.0


def test_sizes_and_means():
    assert largest(np.array([[1.0, -5.0], [-2.0, 4.0]])).tolist() == [2.0, 5.0]
    assert largest(np.empty((0, 1))).tolist() == [0.0]
    assert means(np.array([[1.0], [4.0]]), np.array([3.0, 1.0])).tolist() == [1.75]
    columns = np.array([[0.0, 4.0, 3.0, 1e-200, 1e200], [0.0, 4.0, 3.0, 0.0, 0.0]])
    powers = powers_of_two(columns)
    assert powers.tolist()[:3] == [1.0, 8.0, 4.0]
    for power, size in zip(powers[3:], (1e-200, 1e200), strict=True):
        assert 1 < power / (size / np.sqrt(2)) <= 2


def test_columns_are_taken_and_put_together():
    x = standardized(RAW, NAMES)
    for which in ([2, 0], np.array([2, 0])):
        some = x.take(which)
        assert some.names == ("constant", "x")
        assert some.values.tolist() == x.values[:, [2, 0]].tolist()
        assert (some.shift.tolist(), some.scale.tolist()) == ([0, 3], [1, 4])
    tail = x.take(slice(1, None))
    assert tail.names == ("z", "constant") and tail.values.shape == (3, 2)
    both = some.beside(tail, x.take([0]))
    assert both.names == ("constant", "x", "z", "constant", "x")
    assert both.scale.tolist() == [1, 4, 16, 1, 4] and both.noise[0] == 0
    assert x.deviations().shift.tolist() == [0, 0, 0]
    assert x.named(["a", "b", "c"]).names == ("a", "b", "c")
    own = plain(RAW, NAMES)
    assert own.scale.tolist() == [1, 1, 1] and own.shift.tolist() == [0, 0, 0]
    assert own.noise.tolist() == [EPS] * 3


@pytest.mark.parametrize("constant", [True, False])
def test_estimates_turn_back_into_the_raw_units(constant):
    rng = np.random.default_rng(1)
    raw = rng.normal(7, 3, (20, 2)) * [1, 100]
    names = ("x", "z")
    if constant:
        raw, names = np.column_stack([raw, np.ones(20)]), (*names, "constant")
    y = 5 + raw @ rng.normal(size=raw.shape[1]) + rng.normal(size=20)
    left = standardized(y[:, None], ["y"], centre=constant)
    x = standardized(raw, names, centre=constant)
    b = np.linalg.lstsq(x.values, left.values[:, 0])[0]
    turn, offset = way_back(left, x)
    np.testing.assert_allclose(turn @ b + offset, np.linalg.lstsq(raw, y)[0], rtol=1e-9)


def test_a_term_that_effects_take_out_is_absorbed():
    raw = standardized(np.array([[1.0, 5.0], [2.0, 6.0], [4.0, 8.0]]), ["x", "z"])
    left = raw.values.copy()
    left[:, 1] = 0.0
    assert absorbed_terms(raw, raw.with_values(left)) == ["z"]
    left[:, 1] = 1e-9 * raw.values[:, 1]
    assert absorbed_terms(raw, raw.with_values(left)) == []
    left[:, 1] = 1e-11 * raw.values[:, 1]
    assert absorbed_terms(raw, raw.with_values(left)) == ["z"]


def test_a_dependent_term_says_of_what_it_is_made():
    rng = np.random.default_rng(5)
    x, z = rng.normal(2, 1, 50), rng.normal(0, 10, 50)
    columns = np.column_stack([x, z, 2 * x - 0.5 * z + 3, x])
    found = dependences(standardized(columns, ["x", "z", "sum", "again"]))
    assert [d.term for d in found] == ["sum", "again"]
    assert found[0].combination == pytest.approx({"x": 2.0, "z": -0.5})
    assert found[1].combination == pytest.approx({"x": 1.0})
    assert str(found[0]) == "sum = +2 x -0.5 z".replace("= +", "= ")
    assert dependences(standardized(columns[:, :2], ["x", "z"])) == []
    near = columns[:, 2] + 1e-4 * rng.normal(size=50)
    assert dependences(standardized(np.column_stack([x, z, near]), [*"xzn"])) == []
    assert dependences(standardized(np.empty((5, 0)), [])) == []
