"""Which estimators recover a planted slope, and which are biased, on simulated panels.

Each claim is about the mean over panels: within three of its standard errors of the
planted value, or further away than five.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from alliance_value.study.spec import Model
from tests.unit.models import alone

FIRMS, YEARS, PANELS = 150, 7, 10
TWO_WAY = ("firm", "fiscal_year")
STATIC = {"outcome": "y", "terms": ("x",)}
DYNAMIC = {"outcome": "d", "terms": ("d_l1", "x"), "effects": TWO_WAY}
GMM = {"endogenous": ("d_l1",), "gmm": {"instruments": {"d": [2, 4]}}}
ENDOGENOUS = {"outcome": "e", "terms": ("w",), "effects": TWO_WAY}
OUTSIDE = {"endogenous": ("w",), "instruments": ("z",)}
MODELS = {
    "pooled": {"estimator": "pooled_ols", **STATIC},
    "between": {"estimator": "between", **STATIC},
    "random": {"estimator": "random_effects", "effects": ("firm",), **STATIC},
    "within": {"effects": TWO_WAY, **STATIC},
    "mundlak": {"estimator": "mundlak", "effects": TWO_WAY, **STATIC},
    "changes": {"estimator": "first_differences", "effects": TWO_WAY, **STATIC},
    "lagged": DYNAMIC,
    "difference": {"estimator": "difference_gmm", **DYNAMIC, **GMM},
    "system": {"estimator": "system_gmm", **DYNAMIC, **GMM},
    "naive": ENDOGENOUS,
    "iv": {"estimator": "iv", **ENDOGENOUS, **OUTSIDE},
    "control": {
        **{"estimator": "control_function", **ENDOGENOUS, **OUTSIDE},
        **{"standard_errors": "bootstrap", "draws": 2},
    },
}


@cache
def panel(seed: int) -> pd.DataFrame:
    """Return a panel whose firm effect moves x, with a static and a dynamic outcome."""
    rng = np.random.default_rng([21, seed])
    before = 30
    level = rng.normal(size=(FIRMS, 1))
    x = 0.7 * level + rng.normal(size=(FIRMS, before + YEARS))
    noise = rng.normal(size=x.shape)
    y = x + level + noise
    d = np.zeros_like(x)
    for t in range(1, x.shape[1]):
        d[:, t] = 0.5 * d[:, t - 1] + x[:, t] + level[:, 0] + noise[:, t]
    z, v = rng.normal(size=(2, *x.shape))
    w = z + 0.8 * v + 0.5 * level
    e = w + level + v + rng.normal(size=x.shape)
    lag = np.roll(d, 1, axis=1)
    columns = {"x": x, "y": y, "d": d, "d_l1": lag, "z": z, "w": w, "e": e}
    table = {name: c[:, before:].ravel() for name, c in columns.items()}
    firm, year = np.divmod(np.arange(FIRMS * YEARS), YEARS)
    names = pd.array([f"f{f:03d}" for f in firm], dtype="string")
    return pd.DataFrame({"firm": names, "fiscal_year": year, **table})


@cache
def estimates() -> pd.DataFrame:
    """Return the estimates of all models on all panels."""
    models = [
        Model.of({"name": name, "clusters": ("firm",), **model})
        for name, model in MODELS.items()
    ]
    return pd.concat(
        alone.estimates(panel(seed), model).reset_index()
        for model in models
        for seed in range(PANELS)
    )


@pytest.mark.parametrize(
    ("model", "term", "planted", "bias"),
    [
        ("pooled", "x", 1.0, "above"),
        ("between", "x", 1.0, "above"),
        ("random", "x", 1.0, "above"),
        ("within", "x", 1.0, None),
        ("mundlak", "x", 1.0, None),
        ("changes", "x", 1.0, None),
        ("lagged", "d_l1", 0.5, "below"),  # Nickell (1981)
        ("difference", "d_l1", 0.5, None),
        ("system", "d_l1", 0.5, None),
        ("naive", "w", 1.0, "above"),
        ("iv", "w", 1.0, None),
        ("control", "w", 1.0, None),
    ],
)
def test_mean_estimate(model, term, planted, bias):
    rows = estimates()
    found = rows.estimate[(rows.model == model) & (rows.term == term)]
    assert len(found) == PANELS
    z = (found.mean() - planted) / (found.std() / np.sqrt(PANELS))
    assert {None: abs(z) < 3, "above": z > 5, "below": z < -5}[bias]
