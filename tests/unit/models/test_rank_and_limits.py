"""Ranks of effects, loosely connected ones, and rows that allow no estimate."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.models.engine import blocks as module
from alliance_value.models.engine.absorb import demean
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.family import estimate_family

from .test_invariance import model, panel


def dummies(codes: np.ndarray) -> np.ndarray:
    return np.column_stack(
        [(c == g).astype(float) for c in codes.T for g in np.unique(c)]
    )


def chain(firms: int) -> tuple[np.ndarray, np.ndarray]:
    """Two rows a firm, each sharing one employer with the firm before it; doubled."""
    firm = np.repeat(np.arange(firms), 4)
    employer = np.ravel([[f, f, f + 1, f + 1] for f in range(firms)])
    return np.column_stack([firm, employer]), np.arange(4 * firms)


def test_a_long_chain_is_taken_out():
    codes, rows = chain(2000)
    x = np.random.default_rng(0).normal(size=(len(rows), 1)) + codes[:, :1] / 100
    found = demean(x, codes)
    assert found.rank == 2000 + 2001 - 1
    for code in codes.T:
        means = np.bincount(code, found.columns[:, 0]) / np.bincount(code)
        assert np.abs(means).max() < 1e-10


def test_three_effects_have_an_exact_rank_or_a_bound(monkeypatch):
    rng = np.random.default_rng(3)
    codes = rng.integers(0, [12, 6, 4], size=(90, 3))
    codes[:, 2] += 10 * (codes[:, 1] > 2)  # parts that hang apart
    exact = np.linalg.matrix_rank(dummies(codes))
    assert effect_rank(codes) == (exact, True)
    monkeypatch.setattr(module, "MOST_DENSE", 1)
    bound, known = effect_rank(codes)
    assert bound >= exact
    assert not known


def without_firms(table: pd.DataFrame, kept: int) -> pd.DataFrame:
    return table[table.firm.isin(table.firm.unique()[:kept])]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (lambda t: without_firms(t, 2), "entities are too few"),
        (lambda t: t[t.fiscal_year == 2003], "no entity has two periods"),
    ],
)
@pytest.mark.parametrize("estimator", ["random_effects", "mundlak"])
def test_variances_that_cannot_be_told_apart_are_said(estimator, rows, message):
    chosen = replace(model(estimator, "robust"), effects=("firm",))
    with pytest.raises(UserError, match=message):
        estimate_family(rows(panel()), [chosen])


def test_three_ways_of_clusters_and_dyads_are_standard_errors_of_a_model():
    clustered = replace(
        model("fixed_effects", "clustered"), clusters=("firm", "fiscal_year", "other")
    )
    found = estimate_family(panel(), [clustered])
    assert found.fits.se_type.iloc[0] == "clustered by firm and fiscal_year and other"
    assert found.fits.df.iloc[0] == 5
    found = estimate_family(panel(), [model("pooled_ols", "dyadic")])
    assert found.fits.se_type.iloc[0] == "dyadic, members firm and other"
    assert found.fits.df.iloc[0] == panel().firm.nunique() - 1


def test_a_negative_variance_of_two_ways_is_named_and_margins_stay_empty():
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(60):
        table = pd.DataFrame(
            {
                "firm": pd.array(np.repeat(list("abcde"), 4), dtype="string"),
                "fiscal_year": np.tile(np.arange(4), 5),
                **{name: rng.normal(size=20) for name in "xmy"},
            }
        )
        chosen = replace(
            model("fixed_effects", "clustered"),
            terms=("x*m",),
            effects=("firm",),
            clusters=("firm", "fiscal_year"),
        )
        try:
            margins = estimate_family(table, [chosen]).margins
        except UserError as error:
            assert "multiway clustering" in str(error)
            seen.add("refused")
        else:
            seen.add("empty" if margins.se.isna().any() else "whole")
        if len(seen) == 3:
            return
    pytest.fail(f"only {sorted(seen)} in 60 samples")
