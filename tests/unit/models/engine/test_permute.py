"""Randomization inference: the same permutations done one at a time by rows."""

from __future__ import annotations

import numpy as np
import pytest

from alliance_value.models.engine import permute
from alliance_value.models.engine.permute import permutations, places, randomize
from alliance_value.models.engine.regress import IllConditioned

from .panels import simulated


def case(panel):
    x, z, a = panel.columns[:, 1:].T
    return {
        "outcome": panel.columns[:, 0],
        "variable": x,
        "factors": np.column_stack([np.ones(len(x)), z]),
        "controls": np.column_stack([z, a]),
        "effects": panel.effects,
        "firms": panel.firm,
        "times": panel.year,
    }


@pytest.mark.parametrize("cells", [10**9, 1])
@pytest.mark.parametrize("scheme", ["within", "across"])
def test_equals_permutations_one_at_a_time(scheme, cells, monkeypatch):
    panel = simulated(firms=25, years=4, share=0.9)
    order = np.lexsort((panel.year, panel.firm))
    panel = panel._replace(
        columns=panel.columns[order], firm=panel.firm[order], year=panel.year[order]
    )
    monkeypatch.setattr(permute, "BLOCK_CELLS", cells)
    found = randomize(**case(panel), scheme=scheme, draws=30, seed=4)
    generator = np.random.default_rng(4)
    parts = places(panel.firm, panel.year, scheme)
    sizes = [30] if cells > 1 else [1] * 30
    x, z, a = panel.columns[:, 1:].T
    drawn = [permutations(x, parts, scheme, s, generator) for s in sizes]
    dummies = np.hstack([(c[:, None] == np.unique(c)) for c in panel.effects.T])

    def slopes(x):
        design = np.column_stack([x, x * z, z, a, dummies])
        return np.linalg.lstsq(design, panel.columns[:, 0])[0][:2]

    observed = slopes(x)
    np.testing.assert_allclose(found.coefficients, observed, rtol=1e-9)
    each = np.array([slopes(d) for d in np.hstack(drawn).T])
    reached = (np.abs(each) >= np.abs(observed) * (1 - 1e-9)).sum(axis=0)
    np.testing.assert_array_equal(found.p, (1 + reached) / 31)


def test_values_stay_within_firms_or_move_as_blocks():
    panel = simulated(firms=30, years=3, share=0.85)
    order = np.lexsort((panel.year, panel.firm))
    firm, year = panel.firm[order], panel.year[order]
    value = np.arange(len(firm), dtype=float)
    generator = np.random.default_rng(0)
    within = permutations(value, places(firm, year, "within"), "within", 5, generator)
    for f in np.unique(firm):
        rows = firm == f
        np.testing.assert_array_equal(
            np.sort(within[rows], axis=0).T, [value[rows]] * 5
        )
    parts = places(firm, year, "across")
    across = permutations(value, parts, "across", 5, generator)
    np.testing.assert_array_equal(np.sort(across, axis=0).T, [value] * 5)
    source = across[:, 0].astype(int)
    assert (year[source] == year).all()
    for f in np.unique(firm):
        assert len(np.unique(firm[source][firm == f])) == 1


def test_row_order_changes_nothing():
    panel = simulated()
    rows = np.random.default_rng(1).permutation(len(panel.firm))
    other = panel._replace(
        columns=panel.columns[rows], firm=panel.firm[rows], year=panel.year[rows]
    )
    one, two = (randomize(**case(p), draws=40) for p in (panel, other))
    np.testing.assert_array_equal(one.p, two.p)


def test_p_is_uniform_without_effect_and_small_with_one():
    p = []
    for seed in range(120):
        rng = np.random.default_rng([1, seed])
        panel = simulated(firms=12, years=4, seed=seed, share=1)
        given = case(panel) | {"outcome": rng.normal(size=len(panel.firm))}
        p.append(randomize(**given, draws=39).p)
    share = (np.array(p) <= 0.05).mean(axis=0)
    assert (np.abs(share - 0.05) < 0.05).all()
    given["outcome"] = given["outcome"] + 5 * given["variable"]
    assert randomize(**given, draws=199).p[0] == 1 / 200


def test_firms_that_cannot_move_are_counted():
    panel = simulated(firms=6, years=3, share=1)
    year = panel.year + 100 * (panel.firm == 2)
    found = randomize(**case(panel._replace(year=year)), scheme="across", draws=9)
    assert found.moved == pytest.approx(5 / 6)


def test_collinear_controls_are_refused():
    panel = simulated()
    given = case(panel)
    given["controls"] = np.column_stack([given["controls"], given["controls"][:, 0]])
    with pytest.raises(IllConditioned):
        randomize(**given)
