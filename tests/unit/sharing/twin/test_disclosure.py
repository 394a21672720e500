"""Rows that remember real rows are told from rows that do not."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.sharing.twin.columns import Column
from alliance_value.sharing.twin.disclosure import (
    attribution,
    copied_rows,
    nearest,
    share_closer,
    shown_identities,
    space,
    uniques,
)

RNG = np.random.default_rng(1)
ROWS = RNG.standard_normal((200, 4))


def test_distances_are_to_the_nearest_of_other_firms():
    points = np.array([[0.0], [1.0], [5.0]], dtype="float32")
    assert nearest(points, points) == pytest.approx([0, 0, 0])
    firms = np.array([0, 0, 1])
    apart = nearest(points, points, (firms, firms))
    assert apart == pytest.approx([5, 4, 4])


def test_copies_with_noise_are_nearer_to_what_was_seen():
    seen, held_out = ROWS[:100], ROWS[100:]
    copies = seen + 0.05 * RNG.standard_normal(seen.shape)
    assert share_closer(copies, seen, held_out) > 0.95
    fresh = RNG.standard_normal((100, 4))
    assert share_closer(fresh, seen, held_out) == pytest.approx(0.5, abs=0.15)


def test_a_copied_row_is_found_and_shared_numbers_are_none():
    real = {"a": ROWS[:, 0], "b": ROWS[:, 1], "flag": np.repeat([0.0, 1.0], 100)}
    fresh = {name: RNG.permutation(x) for name, x in real.items()}
    assert copied_rows(real, fresh) == 0
    copied = {name: np.append(x, real[name][7]) for name, x in fresh.items()}
    assert copied_rows(real, copied) == 1


def test_uniques_by_hand():
    real = pd.Series(["a", "a", "b", "c", "d"])
    twin = pd.Series(["a", "b", "c", "c", "e"])
    told = uniques(real, twin)
    assert told.unique == pytest.approx(3 / 5)
    # of b, c and d the twin has b alone once
    assert told.replicated == pytest.approx(1 / 5)


def test_attribution_by_hand():
    keys = pd.Series(["a", "a", "b", "c"])
    real = (keys, np.array([1, 2, 3, 4]))
    twin = (pd.Series(["a", "b", "c", "c"]), np.array([1, 3, 4, 5]))
    told = attribution(real, twin)
    # b and c determine the column among real rows
    assert told.original == pytest.approx(2 / 4)
    # the twin is sure of a and b: right for the first a and for b
    assert told.synthetic == pytest.approx(2 / 4)


def test_categories_and_gaps_keep_rows_apart():
    columns = {
        "x": Column("x", "number", np.arange(20.0)),
        "kind": Column("kind", "category", np.arange(20) % 2.0, levels=("a", "b")),
    }
    points = space(columns, np.arange(20)).points(
        {"x": np.array([5.0, 5.0, np.nan]), "kind": np.array([0.0, 1.0, 0.0])}
    )
    gap = np.linalg.norm(points[0] - points[1])
    assert gap == pytest.approx(2.0)
    assert np.linalg.norm(points[0] - points[2]) > 1.9


def test_real_identities_are_found_in_texts_alone():
    table = pd.DataFrame({"name": ["Nova", "ACME "], "kind": ["1", "2"]})
    real = {"acme", "1"}
    assert shown_identities({"f": table}, {"f": ["name"]}, real) == ["f: name"]
    assert shown_identities({"f": table}, {"f": []}, real) == []
