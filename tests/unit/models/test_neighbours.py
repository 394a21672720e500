"""Panel-corrected and Conley's errors against matrices of all pairs of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model
from tests.unit.models.estimators.reference import HERE
from tests.unit.models.test_estimate import estimate, panel

POOLED = Model("m", "y", ("x*z",), estimator="pooled_ols")
PCSE = replace(POOLED, standard_errors="panel_corrected")
CONLEY = replace(
    POOLED, standard_errors="conley", coordinates=("north", "east"), distance=600.0
)
FIXED = {"estimator": "fixed_effects", "effects": ("firm", "fiscal_year")}


def places(count: int = 60) -> pd.DataFrame:
    """Return a panel of firms at places, some on either side of the date line."""
    rng = np.random.default_rng(5)
    table = panel(count).dropna()
    code = pd.factorize(table.firm)[0]
    north, east = rng.uniform(40, 50, count), rng.uniform(170, 190, count)
    east = np.where(east > 180, east - 360, east)
    return table.assign(north=north[code], east=east[code])


def least_squares(table: pd.DataFrame, fixed: bool) -> tuple[np.ndarray, ...]:
    """Return regressors, residuals and bread, effects as dummies."""
    columns = [table.x, table.z, table.x * table.z]
    if fixed:
        marks = [
            pd.get_dummies(table.firm, dtype=float).to_numpy(),
            pd.get_dummies(table.fiscal_year, dtype=float).to_numpy()[:, 1:],
        ]
    else:
        marks = [np.ones((len(table), 1))]
    x = np.column_stack([*columns, *marks])
    bread = np.linalg.inv(x.T @ x)
    return x, table.y.to_numpy() - x @ bread @ x.T @ table.y.to_numpy(), bread


@pytest.mark.parametrize("fixed", [False, True])
def test_panel_corrected_equals_the_matrix_of_all_rows(fixed):
    table = panel().dropna()
    if fixed:
        table = table[table.groupby("firm").firm.transform("size") > 1]
    ours = estimate(replace(PCSE, **FIXED if fixed else {}), table)
    x, u, bread = least_squares(table, fixed)
    wide = pd.Series(u, [table.fiscal_year, table.firm]).unstack()
    filled = wide.fillna(0.0).to_numpy()
    both = wide.notna().to_numpy().astype(float)
    sigma = filled.T @ filled / np.maximum(both.T @ both, 1)
    firm, year = pd.factorize(table.firm, sort=True)[0], table.fiscal_year.to_numpy()
    omega = sigma[np.ix_(firm, firm)] * (year[:, None] == year)
    v = bread @ x.T @ omega @ x @ bread
    np.testing.assert_allclose(
        ours.se[["x", "z", "x:z"]], np.sqrt(np.diag(v))[:3], rtol=1e-9
    )


def test_panel_corrected_equals_beck_and_katz_on_grunfelds_data():
    """(X'X)^-1 X' (S x I) X (X'X)^-1 with S = E'E / T, E the residuals by firm.

    Written from Beck and Katz (1995, equation 14). Stata's manual has the same example
    (xtpcse); its printed table was not at hand, so no number of it is stored.
    """
    data = pd.read_csv(HERE / "data/Grunfeld.csv")
    table = data.rename(columns={"year": "fiscal_year"}).astype({"firm": "string"})
    model = replace(PCSE, outcome="inv", terms=("value", "capital"))
    ours = estimate(model, table)
    x = np.column_stack([data.value, data.capital, np.ones(len(data))])
    y, bread = data.inv.to_numpy(), np.linalg.inv(x.T @ x)
    e = (y - x @ bread @ x.T @ y).reshape(10, 20)  # firms follow one another
    omega = np.kron(e @ e.T / 20, np.eye(20))
    v = bread @ x.T @ omega @ x @ bread
    terms = ["value", "capital", "constant"]
    np.testing.assert_allclose(ours.estimate[terms], bread @ x.T @ y, rtol=1e-9)
    np.testing.assert_allclose(ours.se[terms], np.sqrt(np.diag(v)), rtol=1e-9)


def great_circle(table: pd.DataFrame) -> np.ndarray:
    """Return distances of all pairs in km by the haversine formula."""
    north, east = np.radians(table.north.to_numpy()), np.radians(table.east.to_numpy())
    half = np.sin((north[:, None] - north) / 2) ** 2
    half += (
        np.cos(north[:, None])
        * np.cos(north)
        * (np.sin((east[:, None] - east) / 2) ** 2)
    )
    return 2 * 6371.01 * np.arcsin(np.sqrt(np.minimum(half, 1.0)))


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("lags", [None, 2])
@pytest.mark.parametrize("kernel", ["uniform", "bartlett"])
def test_conley_equals_the_sum_over_all_pairs(kernel, lags, fixed):
    table = places()
    if fixed:
        table = table[table.groupby("firm").firm.transform("size") > 1]
    ours = estimate(
        replace(CONLEY, kernel=kernel, lags=lags, **FIXED if fixed else {}), table
    )
    x, u, bread = least_squares(table, fixed)
    apart = great_circle(table)
    weight = np.maximum(1 - apart / 600, 0) if kernel == "bartlett" else apart <= 600
    year = table.fiscal_year.to_numpy()
    firm = table.firm.to_numpy()
    between = np.abs(year[:, None] - year)
    omega = np.where(between == 0, weight, 0.0)
    if lags:
        own = (firm[:, None] == firm) & (between > 0) & (between <= lags)
        omega = omega + own * (1 - between / (lags + 1))
    scores = x * u[:, None]
    n, k = x.shape
    v = n / (n - k) * bread @ scores.T @ omega @ scores @ bread
    np.testing.assert_allclose(
        ours.se[["x", "z", "x:z"]], np.sqrt(np.diag(v))[:3], rtol=1e-8
    )


def test_without_neighbours_conley_is_robust():
    """A cross-section whose places are all farther apart than the distance."""
    table = places().drop_duplicates("firm")
    alone = estimate(replace(CONLEY, distance=1e-6), table)
    robust = estimate(replace(POOLED, standard_errors="robust"), table)
    np.testing.assert_allclose(alone.se, robust.se, rtol=1e-9)


@pytest.mark.parametrize("estimator", ["poisson", "logit", "iv"])
def test_other_estimators_have_conley_too(estimator):
    table = places().assign(y=lambda t: (t.y > 0) * 1.0)
    model = replace(CONLEY, estimator=estimator, terms=("x",))
    if estimator == "iv":
        model = replace(model, endogenous=("x",), instruments=("z",))
    assert (estimate(model, table).se > 0).all()


def test_rows_without_a_place_are_left_out_and_counted():
    table = places()
    table.loc[table.index[:5], "north"] = np.nan
    tables = estimate_family(table, [CONLEY])
    assert tables.fits.n.item() == len(table) - 5
    assert "coordinate north observed" in tables.funnel.step.tolist()


def test_what_is_no_latitude_is_told():
    table = places().assign(north=lambda t: t.east)
    with pytest.raises(UserError, match="beyond 90 degrees"):
        estimate_family(table, [CONLEY])


def test_panel_corrected_needs_one_row_per_entity_and_period():
    table = panel().dropna()
    with pytest.raises(UserError, match="one row per entity and period"):
        twice = pd.concat([table, table.head(3)], ignore_index=True)
        estimate_family(twice, [PCSE])
