"""The wild cluster bootstrap as a model's own errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import UserError
from alliance_value.models.design import design
from alliance_value.models.family import estimate_family
from alliance_value.models.inference import Repeated, repeated_inference
from tests.unit.models.test_estimate import BASE, estimate, panel

WILD = replace(BASE, standard_errors="wild_bootstrap", draws=999, seed=4)
SHOWN = ["p", "ci_low", "ci_high"]


@pytest.mark.parametrize("pooled", [False, True])
def test_equals_repeated_inference(pooled):
    """The same draws of the same signs give the same p-values and intervals."""
    changes = {"estimator": "pooled_ols", "effects": ()} if pooled else {}
    model = replace(WILD, **changes)
    ours = estimate(model)
    rows = design(panel(), model, FunnelBranch("m"), [])
    assert rows is not None
    repeated = repeated_inference(rows, model, Repeated(999, 99, 4)).inference
    theirs = repeated[repeated.method == "wild cluster bootstrap (rademacher)"]
    theirs = theirs.set_index("term")[SHOWN]
    np.testing.assert_allclose(ours.loc[theirs.index, SHOWN], theirs, rtol=1e-9)


def test_p_is_the_share_of_samples_with_a_larger_statistic():
    """By hand: residuals under the null times signs, estimated by dummies anew."""
    table = panel(12, 6).dropna()
    table = table[table.groupby("firm").firm.transform("size") > 1]
    found = estimate(replace(WILD, terms=("x", "z"), effects=("firm",)), table)
    code, firms = pd.factorize(table.firm)
    marks = pd.get_dummies(table.firm, dtype=float).to_numpy()
    x = np.column_stack([table.x, table.z, marks])
    bread = np.linalg.inv(x.T @ x)

    def t(y: np.ndarray) -> float:
        b = bread @ x.T @ y
        scores = x * (y - x @ b)[:, None]
        sums = np.array([scores[code == g].sum(axis=0) for g in range(len(firms))])
        return float(b[0] / np.sqrt((bread @ sums.T @ sums @ bread)[0, 0]))

    y = table.y.to_numpy()
    others = x[:, 1:]
    fitted = others @ np.linalg.lstsq(others, y, rcond=None)[0]
    signs = np.random.default_rng(1).choice([-1.0, 1.0], size=(999, len(firms)))
    drawn = np.array([t(fitted + (y - fitted) * s[code]) for s in signs])
    p = (1 + (np.abs(drawn) >= abs(t(y))).sum()) / 1000
    assert found.p["x"] == pytest.approx(p, abs=0.04)


def test_the_constant_and_the_errors_are_clustered():
    pooled = {"estimator": "pooled_ols", "effects": ()}
    wild = estimate(replace(WILD, **pooled))
    clustered = estimate(replace(BASE, **pooled))
    np.testing.assert_array_equal(wild.se, clustered.se)
    np.testing.assert_array_equal(
        wild.loc["constant", SHOWN], clustered.loc["constant", SHOWN]
    )
    assert (wild.p[["x", "z"]] != clustered.p[["x", "z"]]).all()


def test_a_study_in_other_units_has_the_same_p_and_scaled_limits():
    table = panel()
    one, other = estimate(WILD, table), estimate(WILD, table.assign(x=table.x / 1000))
    np.testing.assert_allclose(one.p, other.p)
    np.testing.assert_allclose(one.ci_low["x"], other.ci_low["x"] * 1e-3, rtol=1e-6)


def test_weights_are_refused():
    table = panel().assign(w=1.5)
    with pytest.raises(UserError, match="does not have weights"):
        estimate_family(table, [replace(WILD, weights="w")])
