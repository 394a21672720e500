"""Poisson within effects against R's glm with dummies, and pyfixest on separation.

Tolerance: 1e-7 relative against R (deviance stops at 1e-15); 1e-5 against pyfixest.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyfixest
import pytest

from alliance_value.contracts.problems import UserError
from tests.unit.models.estimators.reference import (
    by_term,
    data,
    diagnostics,
    estimate,
    r,
    same,
)

# pyfixest 0.60 calls pandas in a way that pandas 3.1 deprecates
pytestmark = pytest.mark.filterwarnings("ignore:The inplace keyword")

TERMS = ("log_pcap", "log_pc", "log_emp", "unemp")


@pytest.mark.parametrize(
    ("errors", "options"),
    [
        ("classical", {"standard_errors": "unadjusted"}),
        ("HC0", {"standard_errors": "robust"}),
        ("cluster_entity:HC0:cadjust=TRUE", {"clusters": ("firm",)}),
        (
            "cluster_entity_time:HC0:cadjust=TRUE",
            {"clusters": ("firm", "fiscal_year")},
        ),
    ],
)
def test_equals_dummies_in_r(errors, options):
    found = by_term(
        estimate(
            data("Produc"),
            estimator="poisson",
            outcome="gsp",
            terms=TERMS,
            effects=("firm", "fiscal_year"),
            count_effects="all",
            **options,
        )
    )
    expected = r("Produc", "poisson_entity_time", errors)
    n, k = 816, 816 - 748
    # R's HC0 has none of the policy's factors n/(n-k) and (n-1)/(n-k)
    factor = {"classical": 1.0, "HC0": np.sqrt(n / (n - k))}
    scale = factor.get(errors, np.sqrt((n - 1) / (n - k)))
    same(found, expected.assign(se=expected.se * scale), rtol=1e-7)


def counts(seed: int = 5) -> pd.DataFrame:
    """Return counts of an unbalanced panel, some firms without any."""
    rng = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(60 * 6), 6)
    x, z = rng.normal(size=(2, len(firm)))
    level = rng.normal(size=60) - 1.0
    level[:6] = -40.0
    mean = np.exp(0.6 * x - 0.3 * z + level[firm])
    table = pd.DataFrame(
        {
            "firm": pd.array([f"f{f}" for f in firm], dtype="string"),
            "fiscal_year": year + 2000,
            "x": x,
            "z": z,
            "y": rng.poisson(mean),
        }
    )
    return table[rng.random(len(table)) < 0.9].reset_index(drop=True)


MODEL = {
    "estimator": "poisson",
    "outcome": "y",
    "terms": ("x", "z"),
    "effects": ("firm", "fiscal_year"),
    "clusters": ("firm",),
    "singletons": "drop",
}


def test_equals_pyfixest_with_groups_of_zeros():
    table = counts()
    found = estimate(table, **MODEL)
    with pytest.warns(UserWarning, match="singleton|separation"):
        theirs = pyfixest.fepois(
            "y ~ x + z | firm + fiscal_year",
            table,
            vcov={"CRV1": "firm"},
            ssc=pyfixest.ssc(k_fixef="none"),
            fixef_rm="singleton",
            iwls_tol=1e-10,
        )
    ours = by_term(found)
    np.testing.assert_allclose(ours.estimate, theirs.coef(), rtol=1e-5)
    np.testing.assert_allclose(ours.se, theirs.se(), rtol=1e-5)
    assert found.fits.n.iloc[0] == theirs._N
    assert diagnostics(found).statistic["all_zero_rows"] > 0


@pytest.mark.parametrize("mixed", [False, True])
def test_separation_is_explained(mixed):
    table = counts()
    # d is one in some rows without a count: its estimate would run to minus infinity
    marked = table.y.eq(0) & table.firm.isin(["f20", "f21", "f22", "f30"])
    assert marked.sum() >= 3
    table["d"] = marked * 1.0 + (table.x if mixed else 0.0)
    says = r"separation: \d+ rows .* 'd' has no finite estimate"
    with pytest.raises(UserError, match=says):
        estimate(table, **{**MODEL, "terms": ("x", "z", "d")})


def test_zeros_that_effects_predict_are_left_out():
    # firms a and b are observed in year 2 alone together: b's zero there is predicted
    # by no group of zeros, but by the effects of firm b and year 3
    table = pd.DataFrame(
        {
            "firm": pd.array([*"aabbccdd", *"ccdd"], dtype="string"),
            "fiscal_year": [1, 2, 3, 3, 1, 2, 1, 2, 4, 5, 4, 5],
            "y": [1, 2, 0, 3, 2, 1, 3, 2, 4, 1, 2, 5],
            "x": np.random.default_rng(1).normal(size=12),
        }
    )
    table.loc[3, "fiscal_year"] = 4
    found = estimate(table, **{**MODEL, "terms": ("x",), "singletons": "keep"})
    assert diagnostics(found).statistic["all_zero_rows"] == 1
    assert found.fits.n.iloc[0] == 11


def test_one_effect_equals_conditional_likelihood():
    table = counts()
    found = by_term(estimate(table, **{**MODEL, "effects": ("firm",)}))
    total = table.groupby("firm").y.transform("sum")
    rows = table[total > 0]
    x = rows[["x", "z"]].to_numpy()
    code = pd.factorize(rows.firm)[0]
    y = rows.y.to_numpy("float64")
    b = np.zeros(2)
    for _ in range(50):  # Newton on the multinomial likelihood given firms' totals
        e = np.exp(x @ b)
        share = e / np.bincount(code, e)[code]
        fitted = share * np.bincount(code, y)[code]
        mean = np.column_stack([np.bincount(code, share * c)[code] for c in x.T])
        h = ((x - mean) * fitted[:, None]).T @ (x - mean)
        b = b + np.linalg.solve(h, x.T @ (y - fitted))
    np.testing.assert_allclose(found.estimate, b, rtol=1e-8)


def test_negative_outcomes_are_refused():
    table = counts().assign(y=lambda t: t.y - 1)
    with pytest.raises(UserError, match="negative"):
        estimate(table, **MODEL)
