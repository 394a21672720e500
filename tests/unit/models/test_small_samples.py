"""Models of a sample in memory against statsmodels, and what stops them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from statsmodels.api import OLS, WLS, Logit

from alliance_value.models.small_samples import (
    COLUMNS,
    JACKKNIFE,
    Sample,
    fitted,
    logit,
    noted,
)

N = 120


def sample(**changes) -> Sample:
    rng = np.random.default_rng(3)
    x, z = rng.normal(5, 2, N), rng.random(N)
    members = rng.integers(0, 25, N), rng.integers(25, 50, N)
    given = Sample(
        name="m",
        outcome="y",
        y=1 + 0.5 * x - z + rng.normal(size=N) * (1 + z),
        columns={
            "x": x,
            "z": z,
            "year": rng.integers(0, 2, N) + 0.0,
            "constant": np.ones(N),
        },
        shown=("x", "z", "constant"),
        clusters=members,
        members=members,
        note="as told",
    )
    return replace(given, **changes)


def design(given: Sample) -> np.ndarray:
    return np.column_stack([*given.columns.values()])


def shown(table: pd.DataFrame, kind: str, *names: str) -> np.ndarray:
    part = table[table.se_type == kind].set_index("term").loc[["x", "z", "constant"]]
    return part[list(names)].to_numpy("float64")


def by_hand(given: Sample, root: np.ndarray, kind: str) -> np.ndarray:
    """Sum scores over all pairs of rows that share a cluster."""
    x, y = design(given) * root[:, None], given.y * root
    bread = np.linalg.inv(x.T @ x)
    scores = x * (y - x @ bread @ x.T @ y)[:, None]
    one, other = given.clusters
    if kind == "dyadic":
        near = (one[:, None] == one) | (other[:, None] == other)
        return np.sqrt(np.diag(bread @ scores.T @ near @ scores @ bread))
    raise ValueError(kind)


@pytest.mark.parametrize("weighted", [False, True])
def test_least_squares_with_hc3(weighted):
    weights = np.random.default_rng(4).random(N) + 0.5 if weighted else None
    given = sample(weights=weights)
    table, fit = fitted(given, 0.9)
    model = WLS(given.y, design(given), weights=weights if weighted else 1.0)
    theirs = model.fit(cov_type="HC3", use_t=True)
    low, high = theirs.conf_int(0.1).T
    mine = shown(table, "hc3", "estimate", "se", "t", "p", "ci_low", "ci_high")
    expected = [theirs.params, theirs.bse, theirs.tvalues, theirs.pvalues, low, high]
    np.testing.assert_allclose(mine, np.transpose(expected)[[0, 1, 3]], rtol=1e-8)
    assert set(table[table.se_type == "hc3"].df) == {N - 4}
    assert [*table.columns] == COLUMNS and set(table.model) == {"m"}
    assert set(table.term) == {"x", "z", "constant"}  # not the year
    assert fit["r2"] == pytest.approx(theirs.rsquared, rel=1e-9)
    kept = {k: fit[k] for k in ("model", "outcome", "n", "firms", "note")}
    firms = len(np.unique(np.concatenate(given.clusters)))
    assert kept == {
        **{"model": "m", "outcome": "y", "n": N, "firms": firms, "note": "as told"}
    }
    assert fit["estimator"] == ("wls" if weighted else "ols")


def test_errors_of_members_and_of_both_clusters():
    given = sample()
    table, _ = fitted(given, 0.95)
    firms = len(np.unique(np.concatenate(given.clusters)))
    assert set(table.se_type) == {"hc3", "two_way", "dyadic"}
    se = shown(table, "dyadic", "se")[:, 0]
    raw = by_hand(given, np.ones(N), "dyadic")[[0, 1, 3]]
    ratio = se / raw
    # one correction for all terms, which is near one
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-9)
    assert 1 < ratio[0] < 1.1
    assert set(table[table.se_type == "dyadic"].df) == {firms - 1}
    sizes = [len(np.unique(c)) for c in given.clusters]
    assert set(table[table.se_type == "two_way"].df) == {min(sizes) - 1}


def test_which_errors_there_are():
    def of(**changes) -> set[str]:
        return set(fitted(sample(**changes), 0.95)[0].se_type)

    assert of(members=None) == {"hc3", "two_way"}
    assert of(jackknife=True) == {"hc3", "two_way", "dyadic", JACKKNIFE}
    assert of(members=None, jackknife=True) == {"hc3", "two_way"}
    alone = sample(members=None)
    assert fitted(alone, 0.95)[1]["firms"] == len(np.unique(alone.clusters[0]))


def test_a_logit_is_that_of_statsmodels():
    given = sample(logit=True)
    given = replace(given, y=(given.y > np.median(given.y)).astype(float))
    table, fit = fitted(given, 0.95)
    theirs = Logit(given.y, design(given)).fit(disp=0, tol=1e-12, cov_type="HC0")
    np.testing.assert_allclose(
        shown(table, "hc0", "estimate", "se"),
        np.transpose([theirs.params, theirs.bse])[[0, 1, 3]],
        rtol=1e-6,
    )
    assert fit["r2"] == pytest.approx(theirs.prsquared, rel=1e-9)
    assert fit["estimator"] == "logit"
    assert set(table.se_type) == {"hc0", "two_way", "dyadic"}


def test_a_logits_parts():
    x = np.column_stack([np.ones(6), [0, 1, 2, 3, 4, 5.0]])
    y = np.array([0, 0, 1, 0, 1, 1.0])
    beta, bread, residual, r2 = logit(x, y)
    theirs = Logit(y, x).fit(disp=0, tol=1e-12)
    np.testing.assert_allclose(beta, theirs.params, rtol=1e-8)
    np.testing.assert_allclose(bread, theirs.cov_params(), rtol=1e-6)
    np.testing.assert_allclose(residual, theirs.resid_response, rtol=1e-6)
    assert r2 == pytest.approx(theirs.prsquared)
    assert logit(x, (x[:, 1] > 2).astype(float)) is None


def test_an_outcome_that_is_told_apart_has_no_logit():
    given = sample(logit=True)
    table, fit = fitted(replace(given, y=(given.columns["x"] > 5).astype(float)), 0.95)
    assert table.empty and np.isnan(fit["r2"])
    assert fit["note"] == (
        "not estimated: the regressors tell the outcome apart completely; as told"
    )


@pytest.mark.parametrize(
    ("change", "rows", "note"),
    [
        ({}, 4, "not estimated: 4 complete rows for 4 terms"),
        ({}, 5, ""),
        ({"z": 0.0}, N, "not estimated: z does not vary"),
        ({"z": "x"}, N, "not estimated: z is a combination of other terms"),
    ],
)
def test_what_stops_a_model(change, rows, note):
    given = sample(note="", jackknife=False)
    columns = dict(given.columns)
    for name, value in change.items():
        columns[name] = 2 * columns["x"] + 1 if value == "x" else np.zeros(N)
    cut = replace(
        given,
        y=given.y[:rows],
        columns={k: v[:rows] for k, v in columns.items()},
        clusters=tuple(c[:rows] for c in given.clusters),
        members=None,
    )
    table, fit = fitted(cut, 0.95)
    assert fit["note"].startswith(note) and table.empty == bool(note)
    assert fit["n"] == rows and np.isnan(fit["r2"]) == bool(note)


def test_notes_are_one():
    assert noted("a", "", "b") == "a; b" and noted("") == ""


def test_regressors_in_any_unit_and_place_give_the_same():
    given = sample()
    columns = {**given.columns, "x": 1e6 + 1e-3 * given.columns["x"]}
    one, other = (fitted(s, 0.95)[0] for s in (given, replace(given, columns=columns)))
    scaled = shown(other, "hc3", "estimate", "se", "p")[0]
    plain = shown(one, "hc3", "estimate", "se", "p")[0]
    np.testing.assert_allclose(scaled, plain * [1e3, 1e3, 1], rtol=1e-6)
    fit = OLS(given.y, design(given)).fit()
    assert plain[0] == pytest.approx(fit.params[0])
