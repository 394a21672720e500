"""Propensity scores tell tables apart that differ, and no others."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.sharing.twin.utility import (
    expectation,
    general_propensity,
    groups,
    one_and_two_way,
    side_by_side,
    squared_error,
    table_propensity,
    terms,
)


def test_equal_tables_have_no_error_and_apart_ones_all_of_it():
    a = np.repeat([0, 1, 2], [10, 20, 30])
    assert table_propensity(a, a).pmse == 0
    told = table_propensity(np.zeros(40, dtype=int), np.ones(40, dtype=int))
    assert told.pmse == pytest.approx(0.25)
    assert told.parameters == 2


def test_the_error_of_a_table_by_hand():
    # cells of 30 and 10, 10 and 30 rows: shares 1/4 and 3/4, all rows 1/4 off
    told = table_propensity(np.repeat([0, 1], [30, 10]), np.repeat([0, 1], [10, 30]))
    assert told.pmse == pytest.approx(1 / 16)
    assert told.expected == pytest.approx(1 * 0.25 * 0.5 / 80)
    assert told.ratio == pytest.approx(40.0)


def test_the_expectation_is_that_of_rows_drawn_from_the_fitted_table():
    rng = np.random.default_rng(1)
    real = rng.integers(0, 6, 400)
    share = np.bincount(real) / len(real)
    drawn = [
        table_propensity(real, rng.choice(6, 400, p=share)).pmse for _ in range(400)
    ]
    assert np.mean(drawn) == pytest.approx(expectation(6, 0.5, 800), rel=0.1)


def test_a_logistic_regression_on_cells_gives_the_tables_error():
    rng = np.random.default_rng(2)
    cell = np.concatenate(
        [rng.integers(0, 3, 500), rng.choice(3, 300, p=[0.6, 0.3, 0.1])]
    )
    kind = np.repeat([0.0, 1.0], [500, 300])
    x = np.column_stack([cell == 0, cell == 1, cell == 2]).astype(float)
    table = table_propensity(cell[:500], cell[500:])
    assert squared_error(x, kind) == pytest.approx(table.pmse, rel=1e-3)


def test_a_lost_product_is_seen_and_chance_is_not():
    rng = np.random.default_rng(3)
    firms = np.repeat(np.arange(100), 8)

    def draw(product: float) -> pd.DataFrame:
        x, z = rng.standard_normal((2, 800))
        y = product * x * z + rng.standard_normal(800)
        return pd.DataFrame({"x": x, "z": z, "y": y})

    real = draw(0.8)
    good = general_propensity(real, draw(0.8), (firms, firms), rng)
    lost = general_propensity(real, draw(0.0), (firms, firms), rng)
    assert good.pmse < 2.5 * good.permuted
    assert lost.pmse > 1.5 * good.pmse
    assert lost.parameters == 10


def test_gaps_and_constant_columns_are_no_trouble():
    rng = np.random.default_rng(4)
    table = pd.DataFrame({"a": rng.standard_normal(50), "b": 1.0, "c": np.nan})
    table.loc[:9, "a"] = np.nan
    x = terms(table)
    assert np.isfinite(x).all()
    assert np.linalg.matrix_rank(x) == x.shape[1]


def test_pairs_show_a_correlation_that_single_columns_hide():
    rng = np.random.default_rng(5)
    x = rng.standard_normal(2000)
    real = {"a": x, "b": x}
    twin = {"a": rng.permutation(x), "b": x}
    table = one_and_two_way(real, twin).set_index(["first", "second"])
    assert (table.loc[[("a", ""), ("b", "")], "ratio"] < 3).all()
    assert table.loc[("a", "b"), "ratio"] > 20


def test_gaps_are_a_group_of_their_own():
    a, b = groups(np.array([np.nan, 1.0, 2.0, 3.0]), np.array([1.0, np.nan]))
    assert a[0] == b[1]
    assert a[0] not in a[1:]


def test_estimates_stand_side_by_side_with_their_overlap():
    base = {"model": "m", "se": 1.0}
    real = pd.DataFrame(
        [
            {**base, "term": "x", "estimate": 0.0, "ci_low": -2.0, "ci_high": 2.0},
            {**base, "term": "z", "estimate": 1.0, "ci_low": -1.0, "ci_high": 3.0},
        ]
    )
    twin = real.iloc[:1].assign(estimate=1.0, ci_low=0.0, ci_high=2.0)
    table = side_by_side(real, twin)
    assert table.distance[0] == 1.0
    # two of four units, and two of two
    assert table.overlap[0] == pytest.approx((0.5 + 1.0) / 2)
    assert table.loc[1, ["estimate_twin", "distance", "overlap"]].isna().all()
