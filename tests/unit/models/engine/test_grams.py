"""Cross-products by cluster: shards, left-out clusters and missing data, exactly.

1e-12 of the size of the cells: sums of the same rows in another order.
"""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.engine import absorb
from alliance_value.models.engine import grams as module
from alliance_value.models.engine.grams import (
    by_missing,
    cross_products,
    merge,
    without,
)
from alliance_value.models.engine.regress import covariance, regress

from .panels import EFFECTS, grams, simulated


@pytest.fixture(params=["numpy", "compiled"])
def way(request, monkeypatch):
    if request.param == "compiled":
        monkeypatch.setattr(module, "COMPILE_FROM", 0)
        monkeypatch.setattr(absorb, "COMPILE_FROM", 0)


def shard(panel, rows, clusters, weights=None, effects="entity_time"):
    return cross_products(
        panel.columns[rows],
        panel.names,
        panel.effects[rows][:, EFFECTS[effects]],
        clusters[rows],
        None if weights is None else weights[rows],
    )


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("by", ["firm", "group"])
@pytest.mark.parametrize("effects", EFFECTS)
def test_shards_add_up(effects, by, weighted):
    panel = simulated(seed=3)
    # the last year is in one shard only
    rare = (panel.year == 2006) & (panel.firm < 20)
    panel = panel._replace(
        columns=panel.columns[~rare], firm=panel.firm[~rare], year=panel.year[~rare]
    )
    clusters = panel.firm if by == "firm" else panel.firm % 6
    weights = np.random.default_rng(0).uniform(0.5, 2, len(panel.firm))
    weights = weights if weighted else None
    parts = [panel.firm < 20, (panel.firm >= 20) & (panel.firm < 33), panel.firm >= 33]
    added = merge([shard(panel, rows, clusters, weights, effects) for rows in parts])
    whole = shard(panel, np.ones(len(panel.firm), bool), clusters, weights, effects)
    size = np.abs(whole.cells).max()
    np.testing.assert_allclose(added.cells / size, whole.cells / size, atol=1e-12)
    np.testing.assert_array_equal(added.rows, whole.rows)
    assert added.rank == whole.rank
    one, other = (regress(g, "y", panel.terms) for g in (added, whole))
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-12)
    np.testing.assert_allclose(covariance(one), covariance(other), rtol=1e-11)


def test_shards_without_dummies_or_with_other_columns_are_refused():
    panel = simulated()
    bare = grams(panel, carry=False)
    assert not bare.exact
    with pytest.raises(ValueError, match="carry"):
        merge([bare, bare])
    with pytest.raises(ValueError, match="carry"):
        without(bare, bare.clusters < 5)
    other = grams(panel._replace(names=("y", "a", "b", "c")))
    with pytest.raises(ValueError, match="different columns"):
        merge([grams(panel), other])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("effects", ["pooled", "entity", "time", "entity_time"])
def test_dummies_change_no_estimate(effects):
    panel = simulated(seed=5)
    rows = [grams(panel, effects, carry=c) for c in (False, None)]
    one, other = (regress(g, "y", panel.terms) for g in rows)
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-11)
    np.testing.assert_allclose(covariance(one), covariance(other), rtol=1e-10)
    assert rows[1].exact


@pytest.mark.usefixtures("way")
def test_without_clusters_is_the_sample_without_them():
    panel = simulated(seed=1)
    kept = panel.firm % 5 != 0
    part = without(grams(panel), np.unique(panel.firm) % 5 == 0)
    anew = shard(panel, kept, panel.firm)
    size = np.abs(anew.cells).max()
    np.testing.assert_allclose(part.cells / size, anew.cells / size, atol=1e-12)
    assert (part.n, part.rank) == (anew.n, anew.rank)


def test_one_set_of_rows_per_pattern_of_missing_values():
    missing = np.zeros((6, 4), dtype=bool)
    missing[0, 1] = missing[3, 2] = True
    specifications = [
        ("y", "a"),
        ("y", "b"),
        ("y", "a", "b"),
        ("y", "c"),
        ("y", "a", "c"),
    ]
    found = by_missing(missing, ("y", "a", "b", "c"), specifications)
    assert [members for _, members in found] == [[0, 4], [1], [2], [3]]
    assert [int(rows.sum()) for rows, _ in found] == [5, 5, 4, 6]


def test_memory_decides_whether_dummies_are_carried(monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    assert not grams(simulated()).exact


def test_same_bytes_again():
    one, other = grams(simulated()), grams(simulated())
    assert one.cells.tobytes() == other.cells.tobytes()
