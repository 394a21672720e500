"""Products within entities: what they recover, and their test, by other means."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, UserError
from alliance_value.models.design import design
from alliance_value.models.estimate import fit
from alliance_value.models.estimators.result import Test
from alliance_value.models.family import FamilyTables, estimate_family
from alliance_value.models.within import deviations
from alliance_value.study.spec import Model
from tests.unit.models import alone

YEARS = 10
ORDINARY = Model("m", "y", ("x*z",), effects=("firm",), clusters=("firm",))
WITHIN = replace(ORDINARY, interactions="within")


def trait_panel(firms: int, seed: int, slope: float = 1.0, years: int = YEARS):
    """Return a panel without any product effect.

    An unobserved trait of the firm moves its moderator z and its slope of x. The
    ordinary product then has the limit E(trait z) / E(z^2) = .5 / 2.5 times ``slope``.
    """
    rng = np.random.default_rng(seed)
    trait = rng.normal(size=firms)
    firm, year = np.divmod(np.arange(firms * years), years)
    x, noise = rng.normal(size=(2, len(firm)))
    z = 0.5 * trait[firm] + 1.5 * rng.normal(size=len(firm))
    y = x + z + slope * trait[firm] * x + trait[firm] + noise
    return pd.DataFrame(
        {
            "firm": pd.array([f"{f:05d}" for f in firm], dtype="string"),
            "fiscal_year": year + 2000,
            "x": x,
            "z": z,
            "y": y,
        }
    )


def difference(table: pd.DataFrame, model: Model) -> Test:
    """Return the test of the difference alone, without what else a family has."""
    problems: list[Problem] = []
    rows = design(table, model, FunnelBranch(model.name), problems)
    assert rows is not None, problems
    (test,) = (t for t in fit(rows, model).tests if t.name == "product_difference")
    return test


def product(tables: FamilyTables, name: str = "m") -> float:
    found = tables.estimates.set_index(["model", "term"]).estimate
    return float(found[name, "x:z"])


def test_the_ordinary_product_fails_where_a_trait_moves_moderator_and_slope():
    """1,000 firms over 10 years, 20 draws; the true effect of the product is zero."""
    tables = [trait_panel(1_000, seed) for seed in range(20)]
    found = np.array(
        [
            [alone.estimates(t, model).estimate["x:z"] for model in (ORDINARY, WITHIN)]
            for t in tables
        ]
    )
    ordinary, within = found.mean(axis=0)
    assert ordinary == pytest.approx(0.20, abs=0.01)
    assert within == pytest.approx(0.0, abs=3 * found[:, 1].std(ddof=1) / np.sqrt(20))
    assert found[:, 1].std(ddof=1) == pytest.approx(0.011, abs=0.006)


def less_means(columns: np.ndarray, firms: np.ndarray) -> np.ndarray:
    """Return columns less their firm means."""
    sums = np.column_stack([np.bincount(firms, c) for c in columns.T])
    return columns - (sums / np.bincount(firms)[:, None])[firms]


def by_hand(columns: np.ndarray, firms: np.ndarray) -> np.ndarray:
    """Return the product's estimates, within and ordinary, from y, x and z."""
    inside = less_means(columns, firms)
    out = []
    for x, z in (inside[:, 1:].T, columns[:, 1:].T):
        left = less_means(np.column_stack([columns, x * z]), firms)
        out.append(np.linalg.lstsq(left[:, 1:], left[:, 0], rcond=None)[0][2])
    return np.array(out)


def arrays(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    return table[["y", "x", "z"]].to_numpy(), pd.factorize(table.firm)[0]


def test_both_estimates_equal_least_squares_on_deviations():
    table = trait_panel(40, 1).sample(frac=0.8, random_state=1)
    tables = estimate_family(table, [WITHIN])
    equations = tables.equations.set_index(["equation", "term"]).estimate
    within, ordinary = by_hand(*arrays(table))
    assert product(tables) == pytest.approx(within, rel=1e-9)
    assert equations["ordinary products", "x:z"] == pytest.approx(ordinary, rel=1e-9)
    assert equations["within less ordinary products", "x:z"] == pytest.approx(
        within - ordinary, rel=1e-9
    )


def test_the_ordinary_equation_is_the_model_with_ordinary_products():
    table = trait_panel(60, 2)
    tables = estimate_family(table, [WITHIN])
    again = estimate_family(table, [ORDINARY])
    beside = tables.equations[tables.equations.equation == "ordinary products"]
    for name in ("estimate", "se", "p"):
        np.testing.assert_allclose(beside[name], again.estimates[name], rtol=1e-9)


def test_the_error_of_the_difference_is_that_of_a_bootstrap():
    """Firms drawn anew, both estimated by hand on each of 400 samples."""
    table = trait_panel(120, 3, years=5)
    tables = estimate_family(table, [WITHIN])
    gap = tables.equations.set_index("equation").loc["within less ordinary products"]
    rng = np.random.default_rng(3)
    columns = arrays(table)[0].reshape(120, 5, 3)  # rows come firm by firm
    drawn = []
    for _ in range(400):
        sample = columns[rng.integers(120, size=120)].reshape(-1, 3)
        within, ordinary = by_hand(sample, np.repeat(np.arange(120), 5))
        drawn.append(within - ordinary)
    assert gap.se == pytest.approx(np.std(drawn, ddof=1), rel=0.15)


def test_the_test_rejects_with_a_trait_and_holds_its_size_without():
    found = {
        slope: [difference(trait_panel(200, seed, slope), WITHIN).p for seed in seeds]
        for slope, seeds in ((1.0, range(5)), (0.0, range(60)))
    }
    assert max(found[1.0]) < 0.01
    # 60 tests at 5 %: 9 or more have probability below 1 in 300
    assert np.sum(np.array(found[0.0]) < 0.05) <= 8


def test_entities_whose_moderator_changes_are_counted_with_their_share():
    table = trait_panel(50, 4)
    still = table.firm < "00030"
    table.loc[still, "z"] = table[still].groupby("firm").z.transform("first")
    tables = estimate_family(table, [WITHIN])
    told = tables.diagnostics.set_index("test")
    assert told.statistic[["changing: x", "changing: z"]].tolist() == [50, 20]
    columns, firms = arrays(table)
    x, z, xz = less_means(
        np.column_stack([columns[:, 1:], columns[:, 1] * columns[:, 2]]), firms
    ).T
    others = np.column_stack([x, z])
    left = xz - others @ np.linalg.lstsq(others, xz, rcond=None)[0]
    share = (left[~still] ** 2).sum() / (left**2).sum()
    assert told.statistic["changing_share: x:z"] == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize("offset", [0.0, 1e6 + 0.1])
def test_two_waves_leave_no_product_within(offset):
    table = trait_panel(50, 5, years=2)
    table["z"] += offset
    with pytest.raises(UserError, match="three or more periods"):
        estimate_family(table, [WITHIN])


@pytest.mark.parametrize("value", [0.1, 1e7 / 3])
def test_a_moderator_that_never_changes_leaves_no_product_within(value):
    table = trait_panel(50, 5)
    table["z"] = value * (table.firm < "00020").astype(float)
    with pytest.raises(UserError, match="no product 'x:z' within entities is left"):
        estimate_family(table, [replace(WITHIN, terms=("x", "x:z"))])


def test_weights_are_in_the_means():
    table = trait_panel(30, 6).assign(w=lambda t: 1 + t.fiscal_year % 3)
    model = replace(WITHIN, weights="w")
    twice = table.loc[table.index.repeat(table.w)].reset_index(drop=True)
    assert product(estimate_family(table, [model])) == pytest.approx(
        product(estimate_family(twice, [WITHIN])), rel=1e-9
    )


def test_instruments_are_within_entities_too():
    table = trait_panel(300, 7)
    model = replace(
        WITHIN, estimator="iv", endogenous=("x", "x:z"), instruments=("w", "w:z")
    )
    rng = np.random.default_rng(7)
    table["w"] = table.x + 0.1 * rng.normal(size=len(table))
    tables = estimate_family(table, [model])
    assert abs(product(tables)) < 0.06
    beside = tables.equations.set_index(["equation", "term"]).estimate
    assert beside["ordinary products", "x:z"] > 0.1


@pytest.mark.parametrize("kind", ["robust", "hc3", "cr3", "driscoll_kraay", "dyadic"])
def test_every_kind_of_errors_has_a_test_of_the_difference(kind):
    clusters = {"cr3": ("firm",), "dyadic": ("firm", "other")}.get(kind, ())
    model = replace(WITHIN, standard_errors=kind, clusters=clusters)
    table = trait_panel(50, 8)
    table["other"] = table.firm.to_numpy()[::-1]
    found = estimate_family(table, [model]).diagnostics.set_index("test")
    assert 0 < found.statistic["product_difference"] < np.inf


def test_slopes_are_along_deviations():
    table = trait_panel(50, 9)
    tables = estimate_family(table, [WITHIN])
    part = tables.slopes.query("of == 'x' and over == 'z' and kind == 'slope'")
    firms = pd.factorize(table.firm)[0]
    apart = deviations(table[["z"]].to_numpy(), firms)[:, 0]
    assert part["at"].max() == pytest.approx(apart.std(ddof=1), rel=1e-9)
    assert part.note.str.contains("less its {entity}'s mean", regex=False).all()
