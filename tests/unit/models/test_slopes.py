"""Simple slopes, second differences and Johnson-Neyman bounds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.models.family import FamilyTables, estimate_family
from tests.unit.models.test_estimate import BASE, panel


@pytest.fixture(scope="module")
def tables() -> FamilyTables:
    return estimate_family(panel(), [BASE])


def covariance(tables: FamilyTables) -> pd.DataFrame:
    wide = tables.covariances.pivot_table(
        index="term", columns="other_term", values="covariance"
    )
    return wide


def of_x(tables: FamilyTables, kind: str) -> pd.DataFrame:
    slopes = tables.slopes
    return slopes[(slopes.of == "x") & (slopes.kind == kind)].reset_index(drop=True)


def test_slopes_and_their_difference_follow_the_delta_method(tables):
    b = tables.estimates.set_index("term").estimate
    v = covariance(tables)
    slopes, (gap,) = of_x(tables, "slope"), of_x(tables, "difference").itertuples()
    assert len(slopes) == 3
    for row in slopes.itertuples():
        assert row.estimate == pytest.approx(b["x"] + b["x:z"] * row.at)
        variance = (
            v.loc["x", "x"]
            + row.at**2 * v.loc["x:z", "x:z"]
            + 2 * row.at * v.loc["x", "x:z"]
        )
        assert row.se == pytest.approx(np.sqrt(variance))
    spread = slopes["at"].iloc[-1] - slopes["at"].iloc[0]
    assert gap.estimate == pytest.approx(b["x:z"] * spread)
    assert gap.se == pytest.approx(np.sqrt(v.loc["x:z", "x:z"]) * spread)
    # a multiple of the coefficient of the product has its t statistic
    product = tables.estimates.set_index("term").loc["x:z"]
    assert gap.t == pytest.approx(product.t)


def test_levels_are_a_standard_deviation_around_the_mean(tables):
    rows = panel().dropna()
    z = rows.z[rows.groupby("firm").firm.transform("size") > 1]
    slopes, gap = of_x(tables, "slope"), of_x(tables, "difference")
    mean, sd = z.mean(), z.std()
    np.testing.assert_allclose(slopes["at"], [mean - sd, mean, mean + sd])
    assert (slopes.note == "z mean and 1 s.d. around").all()
    assert slopes.less.isna().all()
    assert (gap["at"][0], gap.less[0]) == pytest.approx((mean + sd, mean - sd))
    assert gap.note[0] == f"slope at z = {mean + sd:.4g} less slope at {mean - sd:.4g}"
    bounds = of_x(tables, "boundary")
    critical = stats.t.ppf(0.975, bounds.df)
    np.testing.assert_allclose(bounds.t, np.sign(bounds.estimate) * critical)
    np.testing.assert_allclose(bounds.p, 0.05)
    assert bounds.less.isna().all()
    assert bounds["at"].is_monotonic_increasing


@pytest.mark.parametrize(("values", "levels"), [(2, 2), (6, 6), (7, 3)])
def test_up_to_six_values_are_levels(values, levels):
    number = np.arange(len(panel())) % values
    table = panel().assign(z=lambda t: t.z * 0 + number)
    found = estimate_family(table, [BASE]).slopes
    slopes = found[(found.of == "x") & (found.kind == "slope")]
    assert len(slopes) == levels
    if levels == values:
        assert slopes["at"].tolist() == [*range(values)]
        assert (slopes.note == "z at its values").all()
        assert set(found.over[found.kind == "boundary"]) <= {"x"}


def test_levels_are_values_where_there_are_few():
    table = panel().assign(z=lambda t: (t.z > 0).astype(float).where(t.z.notna()))
    slopes = of_x(estimate_family(table, [BASE]), "slope")
    assert slopes["at"].tolist() == [0.0, 1.0]
    assert of_x(estimate_family(table, [BASE]), "boundary").empty


def test_levels_stay_within_the_sample():
    table = panel().assign(z=lambda t: np.exp(3 * t.z))
    slopes = of_x(estimate_family(table, [BASE]), "slope")
    assert slopes["at"].min() == pytest.approx(table.dropna().z.min(), rel=1e-2)


def test_intervals_touch_zero_at_the_bounds(tables):
    bounds = of_x(tables, "boundary")
    assert len(bounds) == 2
    b, v = tables.estimates.set_index("term").estimate, covariance(tables)
    critical = stats.t.ppf(0.975, bounds.df.iloc[0])
    for row in bounds.itertuples():
        g = pd.Series({"x": 1.0, "z": 0.0, "x:z": row.at})
        effect, se = g @ b[g.index], np.sqrt(g @ v.loc[g.index, g.index] @ g)
        assert abs(effect / se) == pytest.approx(critical, rel=1e-8)
        assert row.estimate == pytest.approx(effect)
        assert 0.0 in (row.ci_low, row.ci_high)
    inside = bounds["at"].mean()
    g = pd.Series({"x": 1.0, "z": 0.0, "x:z": inside})
    effect, se = g @ b[g.index], np.sqrt(g @ v.loc[g.index, g.index] @ g)
    assert (abs(effect / se) > critical) == ("between" in bounds.note.iloc[0])


def test_bounds_beyond_the_sample_say_so():
    table = panel().assign(z=lambda t: t.z.clip(-0.2, 0.2))
    notes = of_x(estimate_family(table, [BASE]), "boundary").note
    assert notes.str.contains("outside the observed -0.2 to 0.2").any()


def test_models_without_interactions_have_no_slopes():
    assert estimate_family(panel(), [replace(BASE, terms=("x", "z"))]).slopes.empty
