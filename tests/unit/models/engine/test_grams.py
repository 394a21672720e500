"""Cross-products by cluster: shards, left-out clusters and missing data, exactly.

1e-12 of the size of the cells: sums of the same rows in another order.
"""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.engine import absorb
from alliance_value.models.engine import grams as module
from alliance_value.models.engine.regress import covariance, regress

from .panels import grams, simulated


@pytest.fixture(params=["numpy", "compiled"])
def way(request, monkeypatch):
    if request.param == "compiled":
        monkeypatch.setattr(module, "COMPILE_FROM", 0)
        monkeypatch.setattr(absorb, "COMPILE_FROM", 0)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("effects", ["pooled", "entity", "time", "entity_time"])
def test_dummies_change_no_estimate(effects):
    panel = simulated(seed=5)
    rows = [grams(panel, effects, carry=c) for c in (False, None)]
    one, other = (regress(g, "y", panel.terms) for g in rows)
    np.testing.assert_allclose(one.coefficients, other.coefficients, rtol=1e-11)
    np.testing.assert_allclose(covariance(one), covariance(other), rtol=1e-10)
    assert rows[1].exact


def test_memory_decides_whether_dummies_are_carried(monkeypatch):
    monkeypatch.setattr(module, "MOST_BYTES", 1000)
    assert not grams(simulated()).exact


def test_same_bytes_again():
    one, other = grams(simulated()), grams(simulated())
    assert one.cells.tobytes() == other.cells.tobytes()


@pytest.mark.usefixtures("way")
def test_many_dummies_beside_a_nested_effect_are_solved_by_steps(monkeypatch):
    panel = simulated(seed=7)
    arguments = (panel.columns, panel.names, panel.effects, panel.firm // 2)
    dense = module.cross_products(*arguments, carry=False)
    monkeypatch.setattr(module, "MOST_DENSE", 3)
    monkeypatch.setattr(absorb, "MOST_DENSE", 3)
    steps = module.cross_products(*arguments, carry=False)
    np.testing.assert_allclose(steps.cells, dense.cells, atol=1e-9)
    np.testing.assert_array_equal(steps.groups, dense.groups)
    assert (steps.rank, steps.exact) == (dense.rank, False)
