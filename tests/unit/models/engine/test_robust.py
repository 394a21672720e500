"""HC0-3, leverage and Driscoll-Kraay: R's sandwich and plm, stored; 1e-8 relative."""

from __future__ import annotations

import numpy as np
import pytest
from linearmodels.panel import PanelOLS

from alliance_value.models.engine.absorb import demean
from alliance_value.models.engine.robust import (
    LeverageOne,
    driscoll_kraay,
    leverage,
    white,
)

from .panels import (
    CASES,
    EFFECTS,
    grams,
    r_results,
    r_value,
    simulated,
    stored,
    with_dummies,
)


def fitted(panel, effects, weights=None):
    """Return terms within effects, residuals, leverage and the number of parameters."""
    codes = panel.effects[:, EFFECTS[effects]]
    absorbed = demean(panel.columns, codes, weights)
    y, x = absorbed.columns[:, 0], absorbed.columns[:, 1:]
    root = np.sqrt(np.ones(len(y)) if weights is None else weights)
    b = np.linalg.lstsq(x * root[:, None], y * root)[0]
    rank = x.shape[1] + absorbed.rank
    return x, y - x @ b, leverage(x, codes, weights), rank


@pytest.mark.parametrize("kind", ["HC0", "HC1", "HC2", "HC3"])
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("dataset", CASES)
def test_white_equals_sandwich(dataset, effects, kind):
    panel = stored(dataset)
    x, u, hat, parameters = fitted(panel, effects)
    assert hat.sum() == pytest.approx(parameters)
    if kind in ("HC2", "HC3") and hat.max() > 1 - 1e-8:
        with pytest.raises(LeverageOne, match="alone in an effect"):
            white(x, u, kind, parameters=parameters, hat=hat)
        return
    found = white(x, u, kind, parameters=parameters, hat=hat)
    expected = r_results(dataset, effects, "sandwich", kind)[list(panel.terms)]
    if effects == "pooled":
        # the constant's column is out: slopes are the same
        assert len(expected) == len(panel.terms)
    np.testing.assert_allclose(np.sqrt(found.diagonal()), expected, rtol=1e-8)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("effects", EFFECTS)
def test_leverage_equals_the_hat_matrix(effects, weighted):
    panel = simulated(firms=15)
    w = np.random.default_rng(0).uniform(0.5, 2, len(panel.firm))
    w = w if weighted else np.ones(len(w))
    _, _, hat, _ = fitted(panel, effects, w)
    design = with_dummies(panel, effects) * np.sqrt(w)[:, None]
    expected = (design @ np.linalg.pinv(design)).diagonal()
    np.testing.assert_allclose(hat, expected, atol=1e-11)


@pytest.mark.parametrize("dataset", ["Grunfeld", "EmplUK"])
def test_weighted_white_equals_sandwich(dataset):
    panel = stored(dataset)
    order = np.lexsort((panel.year, panel.firm))
    w = np.empty(len(order))
    w[order] = 1.0 + np.arange(len(order)) % 3
    x, u, _, parameters = fitted(panel, "entity_time", w)
    found = white(x, u, "HC1", parameters=parameters, weights=w)
    expected = r_value(dataset, "weighted_hc1")[list(panel.terms)]
    np.testing.assert_allclose(np.sqrt(found.diagonal()), expected, rtol=1e-8)


@pytest.mark.parametrize("lag", range(4))
@pytest.mark.parametrize("small_sample", [False, True])
@pytest.mark.parametrize("effects", ["entity", "time", "entity_time"])
@pytest.mark.parametrize("dataset", CASES)
def test_driscoll_kraay_equals_plm(dataset, effects, small_sample, lag):
    panel = stored(dataset)
    x, u, _, _ = fitted(panel, effects)
    found = driscoll_kraay(x, u, panel.year, lag, small_sample=small_sample)
    kind = "sss" if small_sample else "HC0"
    expected = r_results(dataset, effects, "plm", f"driscoll_kraay:{kind}:maxlag={lag}")
    se = np.sqrt(found.diagonal())
    np.testing.assert_allclose(se, expected[list(panel.terms)], rtol=1e-8)


def test_driscoll_kraay_equals_linearmodels():
    import pandas as pd

    panel = simulated()
    x, u, _, _ = fitted(panel, "entity_time")
    found = driscoll_kraay(x, u, panel.year, 2, small_sample=False)
    table = pd.DataFrame(panel.columns, columns=list(panel.names))
    table = table.set_index(pd.MultiIndex.from_arrays([panel.firm, panel.year]))
    fit = PanelOLS(
        table.y, table[list(panel.terms)], entity_effects=True, time_effects=True
    ).fit(
        cov_type="kernel",
        kernel="bartlett",
        bandwidth=2,
        debiased=False,
        auto_df=False,
        count_effects=False,
    )
    np.testing.assert_allclose(found, fit.cov, rtol=1e-9)


def test_leverage_is_needed_for_hc2():
    panel = simulated()
    x, u, _, _ = fitted(panel, "entity")
    with pytest.raises(ValueError, match="HC2 needs the leverage"):
        white(x, u, "HC2", parameters=3)
    assert grams(panel).n == len(u)
