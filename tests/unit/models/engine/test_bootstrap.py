"""Wild cluster bootstrap: against the bootstrap done by rows with dummies.

1e-9: the same weights, the same statistics, computed from rows by least squares.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from alliance_value.models.engine import bootstrap
from alliance_value.models.engine.bootstrap import draw_weights, wild_bootstrap
from alliance_value.models.engine.regress import correction, regress

from .panels import grams, simulated, with_dummies


def by_rows(panel, effects, clusters, weights, j, null):
    """Return t of the sample and of every draw, all from rows."""
    design, y = with_dummies(panel, effects), panel.columns[:, 0]
    codes = np.unique(clusters, return_inverse=True)[1]
    bread = np.linalg.pinv(design.T @ design)
    factor = correction(len(y), 3, len(np.unique(codes)))

    def t(y, r):
        b = bread @ (design.T @ y)
        scores = (design @ bread[:, j]) * (y - design @ b)
        se = np.sqrt(factor * (np.bincount(codes, scores) ** 2).sum())
        return (b[j] - r) / se

    others = np.delete(design, j, axis=1)
    lifted = y - null * design[:, j]
    fitted = others @ np.linalg.lstsq(others, lifted)[0] + null * design[:, j]
    u = y - fitted
    return t(y, null), np.array([t(fitted + w[codes] * u, null) for w in weights])


@pytest.mark.parametrize("few", [0, 100])
@pytest.mark.parametrize("weights", ["rademacher", "webb"])
@pytest.mark.parametrize("effects", ["pooled", "entity", "entity_time"])
def test_equals_the_bootstrap_by_rows(effects, weights, few, monkeypatch):
    monkeypatch.setattr(bootstrap, "FEW", few)
    panel = simulated(firms=24, years=5, seed=1)
    clusters = panel.firm if effects != "entity" else panel.firm % 12
    made = grams(panel, effects, clusters=clusters)
    fit = regress(made, "y", panel.terms)
    null = 0.25
    found = wild_bootstrap(
        made,
        fit,
        "x2",
        null=null,
        draws=199,
        weights=weights,
        seed=5,
    )
    drawn = np.concatenate(list(draw_weights(weights, len(made.cells), 199, 5)))
    t, draws = by_rows(panel, effects, clusters, drawn, 1, null)
    assert found.t == pytest.approx(t, rel=1e-9)
    at_least = (np.abs(draws) >= abs(t) * (1 - 1e-9)).sum()
    assert found.p == (1 + at_least) / 200
    for end in (found.ci_low, found.ci_high):
        values = []
        for r in (end - 1e-6, end + 1e-6):
            t, draws = by_rows(panel, effects, clusters, drawn, 1, r)
            values.append((1 + (np.abs(draws) >= abs(t)).sum()) / 200 > 0.05)
        # inside is accepted, outside is not
        assert values == ([False, True] if end == found.ci_low else [True, False])


@pytest.mark.parametrize(("weights", "groups"), [("rademacher", 6), ("webb", 3)])
def test_few_clusters_are_enumerated(weights, groups):
    panel = simulated(firms=18, seed=3)
    clusters = panel.firm % groups
    made = grams(panel, clusters=clusters)
    fit = regress(made, "y", ("x1",))
    found = wild_bootstrap(made, fit, "x1", weights=weights, draws=999)
    points = bootstrap.POINTS[weights]
    every = np.array(list(itertools.product(points, repeat=groups)))
    assert found.enumerated
    assert found.draws == len(every) == len(points) ** groups
    narrow = panel._replace(columns=panel.columns[:, :2], names=panel.names[:2])
    t, draws = by_rows(narrow, "entity_time", clusters, every, 0, 0.0)
    assert found.p == (np.abs(draws) >= abs(t) * (1 - 1e-9)).mean()
    # the sample and its mirror image are among the draws
    assert found.p >= 2 / len(every)


def test_memory_and_seed():
    panel = simulated(firms=30)
    made = grams(panel)
    fit = regress(made, "y", panel.terms)
    draws = {}
    for size in (2**25, 5000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bootstrap, "BLOCK_BYTES", size)
            draws[size] = wild_bootstrap(made, fit, "x1", draws=500, seed=1)
    one, other = draws.values()
    assert one.p == other.p
    assert one.ci_low == pytest.approx(other.ci_low, rel=1e-9)
    assert wild_bootstrap(made, fit, "x3", draws=500, seed=1) != wild_bootstrap(
        made, fit, "x3", draws=500, seed=2
    )


def test_weights_have_mean_zero_and_variance_one():
    for points in bootstrap.POINTS.values():
        assert points.mean() == pytest.approx(0, abs=1e-15)
        assert (points**2).mean() == pytest.approx(1)


def test_what_cannot_be_done_is_said():
    panel = simulated()
    made = grams(panel, carry=False)
    fit = regress(made, "y", panel.terms)
    with pytest.raises(ValueError, match="carry the dummies"):
        wild_bootstrap(made, fit, "x1")
    with pytest.raises(ValueError, match="rademacher, webb"):
        wild_bootstrap(grams(panel), fit, "x1", weights="mammen")


def test_interval_is_open_where_nothing_is_rejected():
    panel = simulated(firms=8)
    made = grams(panel, clusters=panel.firm % 4)
    fit = regress(made, "y", ("x1",))
    # of 16 draws, none can be rarer than 2 in 16
    found = wild_bootstrap(made, fit, "x1")
    assert found.enumerated
    assert (found.ci_low, found.ci_high) == (-np.inf, np.inf)
