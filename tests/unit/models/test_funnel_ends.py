"""The funnel of every model ends at its N, whatever its estimator leaves out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator

OUTSIDE = {"endogenous": ("x",), "instruments": ("z",)}
GMM = {"endogenous": ("before",), "gmm": {"instruments": {"y": [2, 4]}}}
SELECTION = {"selection": {"terms": ["x", "w", "z"], "exclusion": ["z"]}}
NEEDS = {
    "iv": OUTSIDE,
    "control_function": OUTSIDE,
    "copula": {"endogenous": ("x",)},
    "difference_gmm": GMM,
    "fama_macbeth": {"standard_errors": "newey_west"},
    "system_gmm": GMM,
    "heckman": {**SELECTION, "standard_errors": "unadjusted"},
    "heckman_ml": SELECTION,
}


@pytest.fixture(scope="module")
def panel() -> pd.DataFrame:
    """Firms of 2 to 8 years with a gap, a firm of zeros, a missing value."""
    rng = np.random.default_rng(3)
    firm, year = np.divmod(np.arange(40 * 8), 8)
    x, w, z, u = rng.normal(size=(4, len(firm)))
    y = 0.5 * x + 0.3 * w + rng.normal(size=40)[firm] + 0.4 * z * u
    table = pd.DataFrame({"x": x**3 + z, "w": w, "z": z, "y": y})
    table["count"] = np.where(firm < 4, 0.0, rng.poisson(2, len(firm)))
    table["seen"] = table.y.where(z + u > -1)
    table["positive"] = (table.y > 0) * 1.0
    table["firm"] = pd.array([f"f{i:02d}" for i in firm], dtype="string")
    table["fiscal_year"] = 2000 + year
    table["before"] = table.groupby("firm").y.shift()
    table.loc[9, "w"] = np.nan
    short = (firm % 5 == 0) & (year > 1)
    gap = (firm % 7 == 0) & (year == 4)
    return table[~(short | gap)].reset_index(drop=True)


@pytest.mark.parametrize("name", sorted(entries(Estimator)))
def test_the_last_row_of_the_branch_is_the_n_of_the_table(panel, name):
    outcomes = {"poisson": "count", "probit": "positive", "logit": "positive"}
    outcome = outcomes.get(name, "seen" if "heckman" in name else "y")
    pooled = "heckman" in name or name in ("probit", "logit", "fama_macbeth")
    dynamic = name.endswith("gmm")
    model = Model.of(
        {
            "name": "m",
            "outcome": outcome,
            "terms": ["before", "x"] if dynamic else ["x", "w"],
            "estimator": name,
            "effects": [] if pooled else ["firm"],
            "clusters": [] if name == "fama_macbeth" else ["firm"],
            **NEEDS.get(name, {}),
        }
    )
    tables = estimate_family(panel, [model])
    (fit,) = tables.fits.to_dict("records")
    last = tables.funnel.iloc[-1]
    assert last.rows_out == fit["n"] < len(panel)
    assert last.firms_out == fit["entities"]


def test_differences_means_and_groups_of_zeros_are_steps(panel):
    def last(estimator, outcome="y"):
        model = {"name": "m", "outcome": outcome, "terms": ["x"], "clusters": ["firm"]}
        effects = [] if estimator == "between" else ["firm"]
        model = Model.of({**model, "estimator": estimator, "effects": effects})
        return estimate_family(panel, [model]).funnel

    pairs = panel.merge(
        panel.assign(fiscal_year=panel.fiscal_year + 1), on=["firm", "fiscal_year"]
    )
    assert last("first_differences").rows_out.iloc[-1] == len(pairs)
    assert last("between").rows_out.iloc[-1] == panel.firm.nunique()
    steps = last("poisson", outcome="count").set_index("step").dropped
    zeros = panel.groupby("firm")["count"].transform("sum").eq(0)
    assert steps["outcome not zero throughout an effect"] == zeros.sum() > 0
