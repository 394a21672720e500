"""Simulated tables are what their docstrings say: sizes, gaps, dependence, slope."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from alliance_value.models import coverage_models
from alliance_value.models.coverage import (
    CLAIMS,
    DESIGNS,
    Drawn,
    coverage,
    covered,
    persistent,
)
from alliance_value.models.coverage_models import (
    DEPENDENT,
    Dependent,
    coverage_of_models,
    holds,
)


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def error_of(data: Drawn) -> np.ndarray:
    """Return what the slope of one and the firms' levels leave of the outcome."""
    return data.columns[:, 0] - data.columns[:, 1] - 0.5 * data.firm


def test_persistent_series_are_stationary():
    series = persistent(rng(), 4000, 12, 0.7)
    np.testing.assert_allclose(series.var(axis=0), 1, atol=0.12)
    for lag in (1, 2):
        pairs = series[:, :-lag].ravel(), series[:, lag:].ravel()
        assert np.corrcoef(*pairs)[0, 1] == pytest.approx(0.7**lag, abs=0.03)


@pytest.mark.parametrize(
    ("name", "firms", "years", "rows", "effects"),
    [
        ("independent", 30, 8, None, 2),
        ("serial", 60, 8, 30 * 8 + 30 * 6, 2),
        ("few_unequal", 12, 30, 170, 1),
        ("both", 40, 40, 1600, 1),
        ("common", 12, 100, 1200, 1),
    ],
)
def test_panels_have_their_firms_and_years(name, firms, years, rows, effects):
    data = DESIGNS[name](rng())
    assert (len(np.unique(data.firm)), len(np.unique(data.year))) == (firms, years)
    assert data.effects.shape == (len(data.firm), effects)
    assert (data.effects[:, 0] == data.firm).all()
    if effects == 2:
        assert (data.effects[:, 1] == data.year).all()
    assert data.columns.shape == (len(data.firm), 3)
    if rows:
        assert len(data.firm) == rows
    else:
        share = np.mean([len(DESIGNS[name](rng(k)).firm) for k in range(40)]) / 240
        assert share == pytest.approx(0.9, abs=0.02)
    # the levels of firms are half a unit apart, whatever else differs
    level = pd.Series(data.columns[:, 0] - data.columns[:, 1]).groupby(data.firm).mean()
    assert np.polyfit(level.index, level, 1)[0] == pytest.approx(0.5, abs=0.1)


def test_histories_begin_late_or_end_early():
    data = DESIGNS["serial"](rng())
    first = pd.Series(data.year).groupby(data.firm).min()
    assert first[::2].eq(0).all() and first[1::2].eq(2).all()
    few = DESIGNS["few_unequal"](rng())
    counts = pd.Series(few.year).groupby(few.firm).agg(["min", "size"])
    assert counts["min"].eq(0).all()
    assert counts["size"].tolist() == [5, 6, 7, 8, 10, 12, 14, 16, 18, 20, 24, 30]


def test_errors_of_the_designs():
    data = [DESIGNS["independent"](rng(k)) for k in range(40)]
    x = np.concatenate([d.columns[:, 1] for d in data])
    square = np.concatenate([error_of(d) for d in data]) ** 2
    slope, level = np.polyfit(x**2, square, 1)
    assert (level, slope) == (pytest.approx(0.5, abs=0.15), pytest.approx(1, abs=0.15))

    def by_year(name: str, column: int | None) -> pd.DataFrame:
        drawn = DESIGNS[name](rng(3))
        values = error_of(drawn) if column is None else drawn.columns[:, column]
        return pd.DataFrame({"f": drawn.firm, "t": drawn.year, "v": values}).pivot(
            index="t", columns="f", values="v"
        )

    for column in (None, 1, 2):
        both = by_year("both", column)
        # half of the variance is common to a year, half persists
        assert both.to_numpy().var() == pytest.approx(0.98, abs=0.25)
        assert both.mean(axis=1).var() == pytest.approx(0.49, abs=0.25)
        apart = both.sub(both.mean(axis=1), axis=0)
        lagged = np.corrcoef(
            apart[:-1].to_numpy().ravel(), apart[1:].to_numpy().ravel()
        )[0, 1]
        assert lagged == pytest.approx(0.7, abs=0.12)
        common = by_year("common", column)
        alike = np.corrcoef(common.T)[np.triu_indices(12, 1)].mean()
        assert 0.3 < alike < 0.65


def arrays(table: pd.DataFrame, column: str) -> np.ndarray:
    return table.pivot(index="firm", columns="fiscal_year", values=column).to_numpy()


def test_tables_of_dependent_rows():
    pairs = DEPENDENT["pairs"].draw(rng())
    assert (
        len(set(pairs.one) | set(pairs.other)) == 40 and (pairs.one < pairs.other).all()
    )
    sizes = [len(DEPENDENT["pairs"].draw(rng(k))) for k in range(30)]
    assert np.mean(sizes) == pytest.approx(390, abs=15)
    assert pairs.firm.is_unique and set(pairs.fiscal_year) == {0}
    assert pairs.x.var() == pytest.approx(3, abs=1.2)
    places = DEPENDENT["places"].draw(rng())
    assert len(places) == 200
    for name in ("north", "east"):
        assert 0 <= places[name].min() < 0.3 and 8.7 < places[name].max() <= 9
    near = [DEPENDENT["places"].draw(rng(k)) for k in range(30)]
    products, apart = [], []
    for table in near:
        gap = np.hypot(
            *(
                np.subtract.outer(table[n].to_numpy(), table[n].to_numpy())
                for n in ("north", "east")
            )
        )
        one, other = np.nonzero((gap > 0.4) & (gap < 0.6))
        products += (table.x.to_numpy()[one] * table.x.to_numpy()[other]).tolist()
        apart.append(table.x.var())
    assert np.mean(products) == pytest.approx(np.exp(-0.5 / 0.9), abs=0.12)
    assert np.mean(apart) == pytest.approx(1, abs=0.15)
    shocks = DEPENDENT["common shocks"].draw(rng())
    assert arrays(shocks, "x").shape == (10, 40)
    moving = DEPENDENT["moving slopes"].draw(rng())
    x, y = arrays(moving, "x"), arrays(moving, "y")
    assert x.shape == (50, 60)
    slopes = (x * y).sum(axis=0) / (x**2).sum(axis=0)
    assert slopes.mean() == pytest.approx(1, abs=0.3)
    assert slopes.std() == pytest.approx(0.52, abs=0.15)
    crossed = DEPENDENT["crossed"].draw(rng())
    assert len(crossed) == 1500
    for name in "abc":
        assert set(crossed[name]) == {*range(30)}
    assert crossed.x.var() == pytest.approx(4, abs=1)
    few = DEPENDENT["few clusters"].draw(rng())
    assert few.groupby("firm").size().sort_values().tolist()[::11] == [5, 30]


@pytest.mark.parametrize("name", DEPENDENT)
def test_the_planted_slope_is_one(name):
    tables = [DEPENDENT[name].draw(rng(k)) for k in range(25)]
    slopes = []
    for table in tables:
        table = (
            table.sub(table.groupby("firm")[["x", "y"]].transform("mean"))[["x", "y"]]
            if name == "few clusters"
            else table
        )
        slopes.append(np.cov(table.x, table.y)[0, 1] / table.x.var())
    assert np.mean(slopes) == pytest.approx(1, abs=0.12)


def test_what_kinds_are_called_is_what_is_estimated():
    models = {k: m for d in DEPENDENT.values() for k, m in d.models.items()}
    (conley,) = [k for k in models if k.startswith("Conley")]
    assert models[conley].distance == float(re.findall(r"\d+", conley)[0])
    assert models["Fama-MacBeth, Newey-West, lag 4"].lags == 4
    assert models["Fama-MacBeth"].lags == 0
    ways = {k: len(m.clusters) for k, m in models.items() if "way" in k}
    assert ways == {"one way": 1, "two ways": 2, "three ways": 3}


def drawn(slope: float) -> Drawn:
    data = DESIGNS["few_unequal"](rng(5))
    columns = data.columns.copy()
    columns[:, 0] += (slope - 1) * columns[:, 1]
    return Drawn(columns, data.firm, data.year, data.effects)


def test_an_interval_far_from_the_slope_does_not_cover():
    there = covered(drawn(1.0), 1, 99)
    assert {*there} == {*CLAIMS} - {"randomization across firms"}
    assert all(there.values())
    assert not any(covered(drawn(3.0), 1, 99).values())


def test_the_table_counts_panels_and_claims(monkeypatch):
    table = coverage("serial", 3, draws=49, seed=4).set_index("kind")
    assert {*table.index} == {*CLAIMS} and set(table.panels) == {3}
    claimed = {kind for kind, designs in CLAIMS.items() if "serial" in designs}
    assert set(table.index[table.claims]) == claimed
    assert table.coverage.isin([0, 1 / 3, 2 / 3, 1]).all()
    other = coverage("common", 2, draws=49)
    assert "randomization across firms" not in set(other.kind)
    crossed = DEPENDENT["crossed"]
    monkeypatch.setitem(
        coverage_models.DEPENDENT,
        "crossed",
        Dependent(crossed.draw, crossed.models, ("two ways",)),
    )
    counted = coverage_of_models("crossed", 2, draws=9).set_index("kind")
    assert counted.claims.to_dict() == {
        **{"one way": False, "two ways": True, "three ways": False}
    }
    assert set(counted.panels) == {2} and set(counted.design) == {"crossed"}


def test_an_interval_holds_its_slope_or_does_not():
    table = DEPENDENT["crossed"].draw(rng(2))
    model = DEPENDENT["crossed"].models["three ways"]
    assert holds(table, model)
    assert not holds(table.assign(y=table.y + 5 * table.x), model)
    assert not holds(table.assign(y=table.y - 5 * table.x), model)
