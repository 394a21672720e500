"""Units, order and names of rows change nothing: every estimator and standard error.

Values are multiples of 2^-10, so that shifts to 1e9 are exact in double precision and
what is left is the program's own rounding.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from alliance_value.study.estimators import errors_of
from alliance_value.study.spec import Model
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator, StandardError
from tests.unit.models import alone

ERRORS = entries(StandardError)
OUTSIDE = {"endogenous": ("x",), "instruments": ("z",)}
NEEDS = {
    "iv": OUTSIDE,
    "control_function": OUTSIDE,
    "copula": {"endogenous": ("x",)},
    "heckman": {"selection": {"terms": ["x", "w", "z"], "exclusion": ["z"]}},
    "heckman_ml": {"selection": {"terms": ["x", "w", "z"], "exclusion": ["z"]}},
}
NEAR = {"coordinates": ("lat", "lon"), "distance": 150.0}
LAGS = {"endogenous": ("x",), "gmm": {"instruments": {"x": [2, 4]}}}
NEEDS |= {"difference_gmm": LAGS, "system_gmm": LAGS}
CASES = [
    (estimator, error)
    for estimator in entries(Estimator)
    for error in errors_of(entries(Estimator)[estimator])
]
# GMM takes levels as instruments, so that a shift of them is another estimator
SHIFTED = [case for case in CASES if not case[0].endswith("gmm")]


def names(codes: np.ndarray) -> pd.Series:
    return pd.Series([f"f{code:02d}" for code in codes], dtype="string")


@cache
def panel() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    firms, years = 24, 6
    firm, year = np.divmod(np.arange(firms * years), years)
    level = rng.normal(size=firms)[firm]
    z, w, v, u = rng.normal(size=(4, firms * years))
    x = np.where(rng.random(len(z)) < 0.5, z**2, z) + v + level
    y = 0.5 * x - w + level + 0.5 * v + u
    table = pd.DataFrame({"x": x, "w": w, "z": z, "y": y}).mul(1024).round() / 1024
    table["count"] = rng.poisson(np.exp(0.3 * np.clip(x, -3, 3))) * 1.0
    latent = 0.5 * table.z + 0.3 * v + rng.normal(size=len(z))
    table["seen"] = table.y.where(latent > -0.7)
    table["positive"] = (table.y > 0) * 1.0
    table["lat"], table["lon"] = firm // 5 * 1.0, firm % 5 * 1.0
    table["firm"] = names(firm)
    table["other"] = names((firm + 1 + year) % firms)
    return table.assign(fiscal_year=2000 + year)


def model(estimator: str, error: str) -> Model:
    entry = entries(Estimator)[estimator]
    clusters = ("firm", "other") if ERRORS[error].exactly else ("firm",)
    effects = ("firm", "fiscal_year") if entry.effects else ()
    if entry.entity == "differenced":
        effects = ("fiscal_year",)
    outcome = {"poisson": "count", "heckman": "seen", "heckman_ml": "seen"}
    outcome |= {"probit": "positive", "logit": "positive"}
    if estimator == "between" and ERRORS[error].exactly:
        clusters = ("firm", "firm")
    return Model.of(
        {
            "name": "m",
            "estimator": estimator,
            "outcome": outcome.get(estimator, "y"),
            "terms": ("x", "w"),
            "effects": effects,
            "clusters": clusters if ERRORS[error].by_cluster else (),
            "standard_errors": error,
            "draws": 20,
            **(NEAR if error == "conley" else {}),
            **NEEDS.get(estimator, {}),
        }
    )


@cache
def known(estimator: str, error: str) -> pd.DataFrame:
    return alone.estimates(panel(), model(estimator, error))


def same(found: pd.DataFrame, expected: pd.DataFrame, units: dict[str, float]) -> None:
    for term in expected.index:
        if term == "constant" and units.get("shifted"):
            continue
        base = term.split(" of ")[-1]
        unit = 1.0 if term.startswith("copula") else units.get(base, 1.0)
        np.testing.assert_allclose(
            found.loc[term, ["estimate", "se"]].to_numpy(float) * unit,
            expected.loc[term, ["estimate", "se"]].to_numpy(float),
            rtol=2e-6 if "heckman" in units else 1e-7,
            atol=1e-9,
        )


def tolerance(estimator: str) -> dict[str, float]:
    return {"heckman": 1.0} if estimator.startswith("heckman") else {}


def turned(table: pd.DataFrame, error: str) -> pd.DataFrame:
    """Return rows in another order, under other names."""
    table = table.sample(frac=1, random_state=1)
    if error != "bootstrap":  # which draws clusters by their order
        for column in ("firm", "other"):
            numbers = 99 - table[column].str[1:].astype(int)
            table[column] = "g" + numbers.astype("string")
    return table


@pytest.mark.parametrize(
    ("shift", "size"), [(1e9, {"w": 1e-12}), (-1e5, {"x": 1e-12, "w": 1e12})], ids=str
)
@pytest.mark.parametrize(("estimator", "error"), CASES)
def test_order_names_units_and_zeros_change_no_estimate(estimator, error, shift, size):
    table = turned(panel(), error)
    shifted = (estimator, error) in SHIFTED
    if shifted:
        table["z" if "x" in size else "x"] += shift
    for name, unit in size.items():
        table[name] *= unit
    found = alone.estimates(table, model(estimator, error))
    units = {**size, "shifted": float(shifted), **tolerance(estimator)}
    same(found, known(estimator, error), units)
