"""Anderson and Rubin's test and set against the regression of y - b x."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.models.design import design
from alliance_value.models.estimate import fit
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model

FIXED = Model("m", "y", ("x", "c"), effects=("firm",), clusters=("firm",))
IV = replace(FIXED, estimator="iv", endogenous=("x",), instruments=("z", "w"))


def data(strength: float, seed: int = 1, firms: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    firm = np.repeat(np.arange(firms), 5)
    z, w, c, u, e = rng.normal(size=(5, len(firm)))
    x = strength * (z + 0.5 * w) + u + 0.3 * c
    return pd.DataFrame(
        {
            "firm": pd.array([f"{f:03d}" for f in firm], dtype="string"),
            "fiscal_year": np.tile(np.arange(2000, 2005), firms),
            **{"x": x, "z": z, "w": w, "c": c},
            "y": 0.5 * x + u + e,
        }
    )


def told(table: pd.DataFrame, model: Model = IV) -> pd.Series:
    diagnostics = estimate_family(table, [model]).diagnostics.set_index("test")
    return diagnostics.loc["anderson_rubin"]


def ends(note: str) -> list[tuple[float, float]]:
    sets = note.partition("% set: ")[2]
    return [(float(a), float(b)) for a, b in re.findall(r"(\S+) to (\S+)", sets)]


def by_hand(table: pd.DataFrame, slope: float) -> float:
    """Return the F of the instruments in a regression of y - slope x."""
    model = replace(FIXED, outcome="left", terms=("z", "w", "c"))
    tables = estimate_family(table.assign(left=table.y - slope * table.x), [model])
    b = tables.estimates.estimate.to_numpy()[:2]
    v = tables.covariances.covariance.to_numpy().reshape(3, 3)[:2, :2]
    return float(b @ np.linalg.solve(v, b)) / 2


def test_the_statistic_is_that_of_the_instruments_in_the_reduced_form():
    table = data(1.0)
    assert told(table).statistic == pytest.approx(by_hand(table, 0.0), rel=1e-9)


@pytest.mark.parametrize("strength", [1.0, 0.2])
def test_at_the_ends_of_the_set_the_test_is_at_its_critical_value(strength):
    table = data(strength)
    critical = stats.f.ppf(0.95, 2, 79)
    finite = [e for pair in ends(told(table).note) for e in pair if np.isfinite(e)]
    assert finite
    for end in finite:
        assert by_hand(table, end) == pytest.approx(critical, rel=5e-3)


def test_useless_instruments_bound_nothing():
    table = data(0.0)
    spans = ends(told(table).note)
    assert spans[0][0] == -np.inf and spans[-1][1] == np.inf


def test_the_set_holds_the_truth_as_often_as_it_says():
    """60 samples with instruments too weak for 2SLS; 95 % within three errors."""
    held = []
    for seed in range(60):
        rows = design(data(0.1, seed, firms=40), IV, FunnelBranch("m"), [])
        assert rows is not None
        (test,) = (t for t in fit(rows, IV).tests if t.name == "anderson_rubin")
        held.append(any(low <= 0.5 <= high for low, high in ends(test.note)))
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 60)
