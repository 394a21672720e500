"""Permutations of whole paths: by rows, and where they are valid."""

import numpy as np
import pytest

from alliance_value.multiverse.estimate import equation, solved
from alliance_value.multiverse.paths import exchange, moved, permits, permuted
from alliance_value.multiverse.products import Products
from alliance_value.multiverse.rows import Frame, RowSet, Specification, row_sets
from tests.unit.multiverse.worlds import MODEL, panel


@pytest.fixture(scope="module")
def frame():
    return Frame(panel(firms=30, years=4).dropna(ignore_index=True))


def one_set(frame, **changes):
    model = {**MODEL, **changes, "term": "x"}
    one = Specification((0,), model)
    (shared,) = row_sets(frame, [one], "firm")
    return one, shared


def test_products_of_paths_are_sums_over_permuted_rows(frame):
    one, shared = one_set(frame)
    products = Products(frame, shared, [one], "firm")
    regression = solved(products, equation(one, products.absorbed))
    groups = frame.codes("firm").max() + 1
    exchanged = exchange(frame, [shared], groups, 7, 0)
    found = permuted(products, regression, 0, exchanged)
    columns, k = products.inside.values, regression.place
    x = columns[:, k] @ regression.bread[:, 0] / regression.bread[0, 0]
    y = columns[:, regression.outcome]
    others = np.delete(columns[:, k], 0, axis=1)
    u = y - others @ np.linalg.lstsq(others, y, rcond=None)[0]
    firms = frame.codes("firm")[shared.rows]
    years = frame.codes("fiscal_year")[shared.rows]
    place = {(f, t): i for i, (f, t) in enumerate(zip(firms, years, strict=True))}
    size = np.bincount(exchanged.classes[exchanged.classes >= 0])
    free = size[exchanged.classes[firms]] > 1
    assert 0 < free.mean() < 1
    assert moved(exchanged, firms) == free.mean()
    for draw, places in enumerate(exchanged.places):
        other = np.array(
            [
                u[place[places[f], t]] if free[i] else 0.0
                for i, (f, t) in enumerate(zip(firms, years, strict=True))
            ]
        )
        expected = (x * other).sum() / (x[free] ** 2).sum()
        assert found.coefficients[draw] == pytest.approx(expected, rel=1e-9)
    own = (x * u)[free].sum() / (x[free] ** 2).sum()
    assert found.coefficient == pytest.approx(own, rel=1e-9)


def test_firms_change_places_only_with_the_same_pattern_in_every_set(frame):
    _, shared = one_set(frame)
    _, crossed = one_set(frame, effects=["firm", "industry:fiscal_year"])
    groups = frame.codes("firm").max() + 1
    exchanged = exchange(frame, [shared, crossed], groups, 5, 0)
    for effects, rows in (
        (("fiscal_year",), shared.rows),
        (crossed.effects[1:], crossed.rows),
    ):
        codes = frame.grouped(("firm", *effects), rows)
        has = {f: sorted(codes[codes[:, 0] == f, 1]) for f in np.unique(codes[:, 0])}
        for places in exchanged.places:
            assert sorted(places) == list(range(groups))
            for firm, given in enumerate(places):
                assert has.get(firm) == has.get(given)


def test_paths_stay_where_groups_are_no_firms_or_their_effect_is_in(frame):
    rows = np.arange(len(frame.panel))
    assert permits(frame, RowSet(rows, ("firm", "fiscal_year")), "firm")
    assert not permits(frame, RowSet(rows, ("fiscal_year",)), "firm")
    assert not permits(frame, RowSet(rows, ("firm",)), "industry")
    twice = Frame(frame.panel.iloc[[0, 0, *range(1, 20)]].reset_index(drop=True))
    assert not permits(twice, RowSet(np.arange(21), ("firm",)), "firm")
