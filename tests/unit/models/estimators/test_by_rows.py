"""HC2, HC3, CR3 and Driscoll-Kraay of a model against R, statsmodels and refits.

Tolerance: 1e-8 relative to R's sandwich, plm and refits in base R (tests/reference).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats

from alliance_value.contracts.problems import UserError
from tests.unit.models.estimators.reference import by_term, data, estimate, r, same
from tests.unit.models.test_estimate import panel

MODELS = {
    "Grunfeld": ("inv", ("value", "capital")),
    "EmplUK": ("log_emp", ("log_wage", "log_capital", "log_output")),
}
EFFECTS = {
    "pooled": (),
    "entity": ("firm",),
    "time": ("fiscal_year",),
    "entity_time": ("firm", "fiscal_year"),
}
KINDS = {
    "hc2": ("HC2", "sandwich"),
    "hc3": ("HC3", "sandwich"),
    "cr3": ("cluster_entity:jackknife:centre=estimate", "base R"),
    "driscoll_kraay": ("driscoll_kraay:sss:maxlag=2", "plm"),
}


def options(kind: str, **others: object) -> dict[str, object]:
    return {"standard_errors": kind, "clusters": ("firm",), "lags": 2, **others}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("effects", EFFECTS)
@pytest.mark.parametrize("name", MODELS)
def test_errors_equal_r(name, effects, kind):
    outcome, terms = MODELS[name]
    found = estimate(
        data(name),
        outcome=outcome,
        terms=terms,
        effects=EFFECTS[effects],
        **options(kind),
    )
    expected = r(name, f"main_{effects}", KINDS[kind][0], KINDS[kind][1])
    # plm's factor for the sample counts no effects, and neither does ours
    same(by_term(found), expected)


def degrees(kind: str, table: pd.DataFrame, parameters: int) -> float:
    return {
        "hc2": len(table) - parameters,
        "hc3": len(table) - parameters,
        "cr3": table.firm.nunique() - 1,
        "driscoll_kraay": table.fiscal_year.nunique() - 1,
    }[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_have_the_stated_degrees_of_freedom(kind):
    table = data("Grunfeld")
    found = estimate(
        table, outcome="inv", terms=("value",), effects=("firm",), **options(kind)
    )
    row = by_term(found).loc["value"]
    df = degrees(kind, table, 1 + table.firm.nunique())
    assert row.df == df
    np.testing.assert_allclose(row.p, 2 * stats.t.sf(abs(row.t), df))


def weighted() -> pd.DataFrame:
    table = panel().dropna()
    return table.assign(w=1.0 + np.arange(len(table)) % 5)


def dummies(table: pd.DataFrame, names: tuple[str, ...]) -> np.ndarray:
    """Return x, z and a constant or dummies as columns."""
    columns = [table[["x", "z"]].to_numpy(float)]
    for i, name in enumerate(names):
        columns.append(pd.get_dummies(table[name], dtype=float).to_numpy()[:, i > 0 :])
    if not names:
        columns.append(np.ones((len(table), 1)))
    return np.hstack(columns)


@pytest.mark.parametrize("effects", [(), ("industry", "fiscal_year")])
@pytest.mark.parametrize("kind", ["hc2", "hc3"])
def test_weighted_errors_equal_statsmodels(kind, effects):
    table = weighted()
    found = by_term(
        estimate(
            table,
            outcome="y",
            terms=("x", "z"),
            effects=effects,
            weights="w",
            **options(kind),
        )
    )
    by_hand = sm.WLS(table.y.to_numpy(), dummies(table, effects), table.w.to_numpy())
    se = by_hand.fit(cov_type=kind.upper()).bse
    np.testing.assert_allclose(found.se[["x", "z"]], se[:2], rtol=1e-9)
    if not effects:
        np.testing.assert_allclose(found.se["constant"], se[2], rtol=1e-9)


@pytest.mark.parametrize("effects", [(), ("industry", "fiscal_year")])
def test_weighted_cr3_equals_refits_without_each_cluster(effects):
    table = weighted()
    found = by_term(
        estimate(
            table,
            outcome="y",
            terms=("x", "z"),
            effects=effects,
            weights="w",
            **options("cr3"),
        )
    )

    def fit(rows: pd.DataFrame) -> np.ndarray:
        root = np.sqrt(rows.w.to_numpy())
        x = dummies(rows, effects) * root[:, None]
        return np.linalg.lstsq(x, rows.y.to_numpy() * root, rcond=None)[0][:3]

    slopes = 2 if effects else 3
    full = fit(table)[:slopes]
    without = [fit(table[table.firm != f])[:slopes] for f in table.firm.unique()]
    deviation = np.array(without) - full
    g = len(without)
    se = np.sqrt((g - 1) / g * (deviation**2).sum(axis=0))
    names = ["x", "z", "constant"][:slopes]
    np.testing.assert_allclose(found.se[names], se, rtol=1e-9)


@pytest.mark.parametrize("weights", ["", "w"])
def test_cr3_of_means_equals_refits_without_each_firm(weights):
    """Of an unbalanced panel, whose firms' means count alike without weights."""
    table = weighted().iloc[3:]
    assert len({*table.groupby("firm").size()}) > 1
    settings = {"outcome": "y", "terms": ("x", "z"), "effects": (), "weights": weights}
    found = by_term(estimate(table, estimator="between", **settings, **options("cr3")))
    w = table.w if weights else pd.Series(1.0, table.index)
    firms = table[["y", "x", "z"]].mul(w, axis=0).groupby(table.firm).sum()
    total = w.groupby(table.firm).sum()
    means = firms.div(total, axis=0)
    root = np.sqrt(total) if weights else total * 0 + 1

    def fit(rows: pd.Series) -> np.ndarray:
        x = means[["x", "z"]].assign(constant=1.0).mul(root, axis=0)[rows]
        return np.linalg.lstsq(x, (means.y * root)[rows], rcond=None)[0]

    full = fit(means.y.notna())
    np.testing.assert_allclose(found.estimate[["x", "z", "constant"]], full, rtol=1e-9)
    deviation = np.array([fit(means.index != f) for f in means.index]) - full
    g = len(means)
    se = np.sqrt((g - 1) / g * (deviation**2).sum(axis=0))
    np.testing.assert_allclose(found.se[["x", "z", "constant"]], se, rtol=1e-9)


def test_lags_are_the_usual_ones_unless_given():
    table = data("Grunfeld")
    given = {"outcome": "inv", "terms": ("value",), "effects": ("firm",)}
    kinds = {
        lags: by_term(
            estimate(table, **given, **options("driscoll_kraay", lags=lags))
        ).se["value"]
        for lags in (None, 2, 3)
    }
    assert kinds[None] == kinds[2] != kinds[3]  # 20 years: floor(4 (20/100)^(2/9))


@pytest.mark.parametrize(
    ("kind", "change", "words"),
    [
        ("hc3", {"terms": ("x", "only")}, "leverage one"),
        ("cr3", {"terms": ("x", "only")}, "cannot be told apart without cluster"),
        ("driscoll_kraay", {"where": ("fiscal_year == 2001",)}, "are of one"),
    ],
)
def test_what_the_rows_do_not_allow_is_said(kind, change, words):
    table = panel().dropna()
    table["only"] = 0.0
    table.loc[table.index[0], "only"] = 1.0
    model = {"outcome": "y", "terms": ("x",), "effects": (), **options(kind), **change}
    with pytest.raises(UserError, match=words):
        estimate(table, **model)
