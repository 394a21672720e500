"""Cross-products in passes over batches equal those of all rows in memory.

1e-9 of the estimates and errors, as the document says; sums are added in another order.
"""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from alliance_value.models.design import singletons
from alliance_value.models.engine import passes as module
from alliance_value.models.engine.grams import cross_products
from alliance_value.models.engine.passes import (
    Batch,
    Layout,
    NotInPasses,
    cross_products_in_passes,
)
from alliance_value.models.engine.regress import covariance, regress

from .panels import Panel, simulated

ROOM = 10**9


def batches_of(panel: Panel, levels: np.ndarray, size: int = 37):
    def begin():
        for first in range(0, len(panel.firm), size):
            some = slice(first, first + size)
            yield Batch(panel.columns[some], panel.firm[some], levels[some])

    return begin


def both(panel, levels, clusters=None):
    """Return a regression in passes and one of the rows in memory."""
    firms = int(panel.firm.max()) + 1
    clusters = np.arange(firms) if clusters is None else clusters
    layout = Layout(panel.names, int(levels.max(initial=-1)) + 1, clusters)
    passed = cross_products_in_passes(batches_of(panel, levels), layout, ROOM)
    kept = ~singletons(panel.firm[:, None])
    effects = np.column_stack([panel.firm, levels])[kept]
    memory = cross_products(
        panel.columns[kept],
        panel.names,
        effects,
        clusters[panel.firm][kept],
        carry=False,
    )
    return passed, memory


@pytest.mark.parametrize("order", ["shuffled", "sorted"])
@pytest.mark.parametrize("effects", [0, 1, 2])
@pytest.mark.parametrize("nested", [False, True])
def test_equals_all_rows_in_memory(order, effects, nested, monkeypatch):
    monkeypatch.setattr(module, "AT_ONCE", 7)
    panel = simulated(seed=3, share=0.4)
    assert singletons(panel.firm[:, None]).any()
    if order == "sorted":
        rows = np.argsort(panel.firm, kind="stable")
        panel = Panel(
            panel.columns[rows], panel.names, panel.firm[rows], panel.year[rows]
        )
    panel = panel._replace(columns=panel.columns + 1e4)
    levels = np.column_stack([panel.year - 2000, 7 + panel.firm % 3])[:, :effects]
    if effects == 2:  # firms do not change theirs: the dummies' rank is less
        levels[::5, 1] = 7
    clusters = np.arange(40) // 4 if nested else None
    passed, memory = both(panel, levels, clusters)
    one, other = (regress(g, "y", panel.terms) for g in (passed.grams, memory))
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-9)
    np.testing.assert_allclose(covariance(one), covariance(other), rtol=1e-9)
    assert (one.n, one.clusters) == (other.n, other.clusters)
    assert passed.grams.rank == memory.rank
    kept = ~singletons(panel.firm[:, None])
    y = panel.columns[kept, 0]
    assert passed.alone == (~kept).sum()
    np.testing.assert_allclose(passed.means[0], y.mean())
    np.testing.assert_allclose(passed.variations[0], ((y - y.mean()) ** 2).sum())


def test_size_of_batches_and_order_change_nothing_that_shows():
    panel = simulated(seed=4)
    levels = panel.year[:, None] - 2000
    layout = Layout(panel.names, 7, np.arange(40))
    fits = [
        regress(
            cross_products_in_passes(
                batches_of(panel, levels, size), layout, ROOM
            ).grams,
            "y",
            panel.terms,
        )
        for size in (1, 10_000)
    ]
    np.testing.assert_allclose(fits[0].coefficients, fits[1].coefficients, rtol=1e-11)


@pytest.mark.parametrize("p", [2, 4, 5, 9])
def test_rows_in_no_group_or_not_finite_are_left_out(p):
    """With as many columns as tiles hold, and more, and rows in runs of any length."""
    panel = simulated(p=p, seed=8)
    levels = panel.year[:, None] - 2000
    layout = Layout(panel.names, 7, np.arange(40) // 3)
    draws = np.random.default_rng(0)
    out = draws.random(len(panel.firm)) < 0.3
    holes = panel.columns.copy()
    holes[out, draws.integers(0, holes.shape[1], out.sum())] = np.nan
    firm = np.where(draws.random(len(out)) < 0.1, -1, panel.firm)
    used = ~out & (firm >= 0)
    part = Panel(panel.columns[used], panel.names, firm[used], panel.year[used])
    one, other = (
        cross_products_in_passes(batches_of(rows, some), layout, ROOM)
        for rows, some in (
            (panel._replace(columns=holes, firm=firm), levels),
            (part, levels[used]),
        )
    )
    np.testing.assert_allclose(one.grams.cells, other.grams.cells, atol=1e-9)
    np.testing.assert_array_equal(one.grams.rows, other.grams.rows)
    assert (one.alone, one.groups_seen) == (other.alone, other.groups_seen)


def test_stops_before_reading_where_sums_do_not_fit():
    def never():
        raise AssertionError("rows were read")
        yield

    layout = Layout(("y", "x"), 5, np.arange(1000))
    with pytest.raises(NotInPasses, match="MB, more than"):
        cross_products_in_passes(never, layout, layout.bytes_needed - 1)
    crossed = Layout(("y", "x"), 100_000, np.arange(1000))
    with pytest.raises(NotInPasses, match="two large crossed effects"):
        cross_products_in_passes(never, crossed, 10**15)


def test_a_level_with_one_row_is_said():
    panel = simulated(seed=5)
    levels = panel.year[:, None] - 2000
    first = np.flatnonzero(np.bincount(panel.firm)[panel.firm] > 1)[0]
    levels[first] = 7
    layout = Layout(panel.names, 8, np.arange(40))
    with pytest.raises(NotInPasses, match="1 levels of the smaller effects have one"):
        cross_products_in_passes(batches_of(panel, levels), layout, ROOM)


@pytest.mark.parametrize(("firms", "years"), [(20_000, 4), (300, 90)])
def test_stated_memory_holds(firms, years):
    panel = simulated(firms, years, p=6, seed=6)
    levels = panel.year[:, None] - 2000
    layout = Layout(panel.names, years, np.arange(firms))
    begin = batches_of(panel, levels, 1000)
    regress(cross_products_in_passes(begin, layout, ROOM).grams, "y", panel.terms)
    tracemalloc.start()
    try:
        regress(cross_products_in_passes(begin, layout, ROOM).grams, "y", panel.terms)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    batch = 10 * 8 * 1000 * (len(panel.names) + 2)
    assert layout.bytes_needed / 3 < peak < layout.bytes_needed + batch
