"""Probit and logit against printed numbers, statsmodels and differences."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import special, stats

from alliance_value.contracts.problems import UserError
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model
from tests.unit.models.estimators.reference import HERE, data
from tests.unit.models.test_estimate import panel

MROZ = (
    "nwife",
    "education",
    "experience",
    "experience2",
    "age",
    "youngkids",
    "oldkids",
)
WORK = Model(
    "m", "observed", tuple(MROZ), estimator="logit", standard_errors="unadjusted"
)
BASE = Model("m", "chosen", ("x*z",), estimator="logit", standard_errors="robust")
KINDS = ["probit", "logit"]


def published() -> pd.DataFrame:
    table = pd.read_csv(HERE / "published.csv")
    return table[table.model.isin(KINDS)]


def chosen() -> pd.DataFrame:
    table = panel().dropna()
    return table.assign(chosen=(table.y > table.y.median()) * 1.0)


@pytest.mark.parametrize(
    "row", list(published().itertuples()), ids=lambda r: f"{r.model}-{r.term}"
)
def test_equals_published_numbers(row):
    tables = estimate_family(data("PSID1976"), [replace(WORK, estimator=row.model)])
    if row.se_type == "fit":
        found = tables.diagnostics.set_index("test").statistic[row.term]
    else:
        found = tables.estimates.set_index("term").loc[row.term, row.quantity]
    assert found == pytest.approx(row.value, abs=0.5001 * 10.0**-row.decimals)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("errors", ["unadjusted", "hc0", "clustered"])
def test_equals_statsmodels(kind, errors):
    table = chosen()
    clusters = ("firm",) if errors == "clustered" else ()
    model = replace(
        BASE,
        terms=("x", "z"),
        estimator=kind,
        standard_errors=errors,
        clusters=clusters,
    )
    ours = estimate_family(table, [model])
    x = table[["x", "z"]].assign(constant=1.0)
    options = {
        "unadjusted": {},
        "hc0": {"cov_type": "HC0"},
        "clustered": {
            "cov_type": "cluster",
            "cov_kwds": {"groups": pd.factorize(table.firm)[0]},
        },
    }[errors]
    kinds = {"probit": sm.Probit, "logit": sm.Logit}
    theirs = kinds[kind](table.chosen, x).fit(disp=0, tol=1e-12, **options)
    estimates = ours.estimates.set_index("term")
    np.testing.assert_allclose(estimates.estimate, theirs.params, rtol=1e-8)
    # statsmodels has (n - 1)/(n - k) in clustered errors beside G/(G - 1)
    n, k = x.shape
    factor = np.sqrt((n - k) / (n - 1)) if clusters else 1.0
    np.testing.assert_allclose(estimates.se, theirs.bse * factor, rtol=1e-7)
    margins = theirs.get_margeff()
    effects = ours.equations.set_index("term")
    np.testing.assert_allclose(effects.estimate, margins.margeff, rtol=1e-8)
    np.testing.assert_allclose(effects.se, margins.margeff_se * factor, rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_effects_move_products_too(kind):
    """The mean change of the probability by a small change of the variable."""
    table = chosen()
    model = replace(BASE, estimator=kind, terms=("x*z", "x:x"))
    tables = estimate_family(table, [model])
    b = tables.estimates.set_index("term").estimate
    curve = {"probit": stats.norm.cdf, "logit": special.expit}[kind]

    def chance(x):
        index = b["x"] * x + b["z"] * table.z + b["x:z"] * x * table.z
        return curve(index + b["x:x"] * x**2 + b["constant"]).mean()

    step = 1e-5
    by_hand = (chance(table.x + step) - chance(table.x - step)) / (2 * step)
    effects = tables.equations.set_index("term").estimate
    assert effects["x"] == pytest.approx(by_hand, rel=1e-6)
    assert effects.index.tolist() == ["x", "z"]


def test_effects_are_dummies():
    table = chosen()
    tables = estimate_family(
        table, [replace(BASE, terms=("x", "z"), effects=("fiscal_year",))]
    )
    marks = pd.get_dummies(table.fiscal_year, dtype=float).iloc[:, 1:]
    x = pd.concat([table[["x", "z"]].assign(constant=1.0), marks], axis=1)
    theirs = sm.Logit(table.chosen, x).fit(disp=0, tol=1e-12)
    ours = tables.estimates.set_index("term").estimate
    np.testing.assert_allclose(ours, theirs.params.iloc[:3], rtol=1e-7)
    margins = theirs.get_margeff().margeff[:2]
    np.testing.assert_allclose(tables.equations.estimate, margins, rtol=1e-7)


@pytest.mark.parametrize("kind", KINDS)
def test_rows_predicted_perfectly_are_refused(kind):
    table = chosen()
    sure = table.assign(chosen=(table.x > 0) * 1.0)
    with pytest.raises(UserError, match="perfectly"):
        estimate_family(sure, [replace(BASE, estimator=kind)])
    some = table.assign(w=(table.firm < "000005").astype(float))
    some["chosen"] = np.where(some.w == 1, 1.0, some.chosen)
    with pytest.raises(UserError, match="perfectly"):
        estimate_family(some, [replace(BASE, estimator=kind, terms=("x", "w"))])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"outcome": "y"}, "values other than 0 and 1"),
        ({"effects": ("firm",)}, "inconsistent"),
    ],
)
def test_what_has_no_likelihood_is_refused(change, says):
    with pytest.raises(UserError, match=says):
        estimate_family(chosen(), [replace(BASE, **change)])
