"""Estimates against linearmodels and pyfixest called directly, and R's stored values.

Tolerances: 1e-9 relative against linearmodels, which solves the same normal equations;
1e-6 against pyfixest, whose demeaning stops at 1e-8.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyfixest
import pytest
from linearmodels.panel import PanelOLS

from alliance_value.contracts.failures import problems_in
from alliance_value.contracts.problems import UserError
from alliance_value.models.design import columns_needed
from alliance_value.models.engine.blocks import effect_rank
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Gmm, Model, Selection
from tests.unit.models import alone

# pyfixest 0.60 calls pandas in a way that pandas 3.1 deprecates
# and it warns of the singleton that the panel is made with
pytestmark = [
    pytest.mark.filterwarnings("ignore:The inplace keyword"),
    pytest.mark.filterwarnings("ignore:1 singleton fixed effect"),
]

BASE = Model(
    name="m",
    outcome="y",
    terms=("x*z",),
    effects=("firm", "fiscal_year"),
    clusters=("firm",),
)


def panel(firms: int = 60, years: int = 8, seed: int = 1) -> pd.DataFrame:
    """Return an unbalanced panel with a singleton firm and missing values."""
    rng = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(firms * years), years)
    x, z = rng.normal(size=(2, firms * years))
    x += 0.5 * rng.normal(size=firms)[firm]
    shock = rng.normal(size=firms)[firm] + rng.normal(size=years)[year]
    table = pd.DataFrame(
        {
            "firm": pd.array([f"{f:06d}" for f in firm], dtype="string"),
            "fiscal_year": year + 2000,
            "source_file": pd.array(["made.csv"] * len(firm), dtype="string"),
            "source_row": np.arange(len(firm)) + 2,
            "x": x,
            "z": z,
            "y": x - 0.5 * z + 0.3 * x * z + shock + rng.normal(size=len(firm)),
            "industry": pd.array([f"i{f % 7}" for f in firm], dtype="string"),
        }
    )
    table = table[rng.random(len(table)) < 0.8]
    table.loc[table.index[::17], "z"] = np.nan
    lone = table.firm == "000003"
    return table[~lone | (table.fiscal_year == table.fiscal_year[lone].min())]


def in_first_industry(table: pd.DataFrame) -> pd.Series:
    """Return 1.0 for firms of one industry: constant within firms."""
    return table.industry.eq("i1").astype(float)


def estimate(model: Model, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return the estimates of one model by term."""
    return alone.estimates(panel() if table is None else table, model)


def complete(table: pd.DataFrame) -> pd.DataFrame:
    """Return complete rows with the product and integer codes for the libraries."""
    table = table.dropna().assign(xz=lambda t: t.x * t.z)
    for name in ("firm", "industry"):
        table[name] = table[name].astype("category").cat.codes.astype(int)
    return table.reset_index(drop=True)


@pytest.mark.parametrize("count_effects", ["none", "all"])
@pytest.mark.parametrize("clusters", [("firm",), ("firm", "fiscal_year")])
@pytest.mark.parametrize("effects", [("firm", "fiscal_year"), ("firm",)])
def test_equals_linearmodels_called_directly(effects, clusters, count_effects):
    model = replace(
        BASE, effects=effects, clusters=clusters, count_effects=count_effects
    )
    ours = estimate(model)
    data = complete(panel()).set_index(["firm", "fiscal_year"])
    codes = pd.DataFrame(
        {c: data.index.get_level_values(c) for c in clusters}, index=data.index
    )
    with pytest.warns(match="1 singleton observations dropped"):
        regression = PanelOLS(
            data.y,
            data[["x", "z", "xz"]],
            entity_effects=True,
            time_effects="fiscal_year" in effects,
            singletons=False,
        )
    direct = regression.fit(
        cov_type="clustered",
        clusters=codes,
        group_debias=True,
        auto_df=False,
        count_effects=count_effects == "all",
    )
    np.testing.assert_allclose(ours.estimate, direct.params, rtol=1e-9)
    np.testing.assert_allclose(ours.se, direct.std_errors, rtol=1e-9)


@pytest.mark.parametrize(
    ("count_effects", "k_fixef"), [("none", "none"), ("all", "full")]
)
@pytest.mark.parametrize(
    ("effects", "clusters"),
    [
        (("firm", "fiscal_year"), ("firm",)),
        (("firm", "fiscal_year"), ("firm", "fiscal_year")),
        (("firm", "industry:fiscal_year"), ("firm",)),
        (("industry",), ("firm",)),
        ((), ("firm",)),
    ],
)
def test_equals_pyfixest(effects, clusters, count_effects, k_fixef):
    model = replace(
        BASE, effects=effects, clusters=clusters, count_effects=count_effects
    )
    ours = estimate(model)
    data = complete(panel())
    data["pair"] = data.industry * 1000 + data.fiscal_year
    absorbed = " + ".join("pair" if ":" in e else e for e in effects)
    theirs = pyfixest.feols(
        f"y ~ x + z + xz{' | ' + absorbed if absorbed else ''}",
        data,
        vcov={"CRV1": " + ".join(clusters)},
        ssc=pyfixest.ssc(k_fixef=k_fixef, G_df="conventional"),
        fixef_rm="singleton",
    )
    names = {"x": "x", "z": "z", "xz": "x:z"}
    ours = ours.loc[[names[n] for n in names]]
    theirs_by_name = theirs.coef()[list(names)], theirs.se()[list(names)]
    factor = 1.0
    if k_fixef == "full" and len(effects) == 2:
        # pyfixest counts levels less one, and not the rank of their dummies
        codes = [
            pd.factorize(data[e.replace("industry:fiscal_year", "pair")])[0]
            for e in effects
        ]
        levels = sum(len(np.unique(c)) for c in codes) - 1
        rank, _ = effect_rank(np.column_stack(codes))
        n, k = len(data), 3
        factor = np.sqrt((n - k - levels) / (n - k - rank))
    np.testing.assert_allclose(ours.estimate, theirs_by_name[0], rtol=1e-6)
    np.testing.assert_allclose(ours.se, theirs_by_name[1] * factor, rtol=1e-6)


def test_effects_that_are_not_nested_count_as_in_reghdfe():
    none = estimate(BASE)
    counted = estimate(replace(BASE, count_effects="not_nested"))
    n, k, years = len(complete(panel())) - 1, 3, 8
    # the firm effects are nested: the constant and the other years are counted
    factor = np.sqrt((n - k) / (n - k - years))
    np.testing.assert_allclose(counted.se, none.se * factor, rtol=1e-12)


@pytest.mark.parametrize(
    ("standard_errors", "vcov"), [("robust", "HC1"), ("unadjusted", "iid")]
)
def test_errors_without_clusters_count_all_effects(standard_errors, vcov):
    model = replace(BASE, standard_errors=standard_errors)
    ours = estimate(model)
    theirs = pyfixest.feols(
        "y ~ x + z + xz | firm + fiscal_year",
        complete(panel()),
        vcov=vcov,
        ssc=pyfixest.ssc(k_fixef="full"),
        fixef_rm="singleton",
    )
    np.testing.assert_allclose(ours.se, theirs.se(), rtol=1e-6)
    assert (ours.df == theirs._df_t).all()


def test_t_statistics_have_clusters_less_one_degrees_of_freedom():
    model = replace(BASE, clusters=("firm", "fiscal_year"))
    assert (estimate(model).df == 8 - 1).all()


@pytest.mark.parametrize("shuffled", [1, 2])
def test_row_order_changes_nothing(shuffled):
    table = panel()
    other = table.sample(frac=1, random_state=shuffled)
    pd.testing.assert_frame_equal(
        estimate(BASE, table), estimate(BASE, other), rtol=1e-9
    )


def test_repeated_firm_years_are_rows_like_others():
    table = panel()
    twice = pd.concat([table, table], ignore_index=True)
    once = estimate(BASE, table)
    doubled = estimate(BASE, twice)
    # the singleton firm of the panel is a pair here and adds nothing within firms
    np.testing.assert_allclose(doubled.estimate, once.estimate, rtol=1e-8)


def test_funnel_leads_from_the_panel_to_n():
    table = panel()
    tables = estimate_family(table, [BASE])
    steps = tables.funnel
    assert steps.rows_in.iloc[0] == len(table)
    assert steps.rows_out.iloc[-1] == tables.fits.n.iloc[0]
    assert steps.set_index("step").dropped["term z observed"] == table.z.isna().sum()
    assert tables.fits.singletons_dropped.iloc[0] == 1


@pytest.mark.parametrize(
    ("added", "message"),
    [
        ({"w": lambda t: t.x + 2 * t.z}, r"w = 1 x \+2 z"),
        ({"w": lambda t: 1e-6 * t.x}, "w = 1e-06 x"),
        ({"w": lambda t: 1e9 * t.x * t.z - t.z}, "exactly collinear"),
        ({"w": in_first_industry}, "'w' does not vary within firm"),
        ({"w": lambda t: t.fiscal_year * 1.0}, "'w' does not vary within firm"),
    ],
)
def test_terms_that_cannot_be_told_apart_are_named(added, message):
    table = panel().assign(**added)
    model = replace(BASE, controls=("w",))
    with pytest.raises(UserError, match=message):
        estimate(model, table)


def test_the_four_structure_terms_are_explained():
    rng = np.random.default_rng(3)
    table = panel()
    table["s"] = rng.random(len(table))
    table["cc"] = (rng.random(len(table)) < 0.4) * 1.0
    table["asym"] = table.s + table.cc - 2 * table.s * table.cc
    model = replace(BASE, terms=("s*cc", "asym"))
    with pytest.raises(UserError, match=r"asym = 1 s \+1 cc -2 s:cc"):
        estimate(model, table)


def test_absorbed_terms_can_be_dropped_by_declaration():
    table = panel().assign(w=in_first_industry)
    model = replace(BASE, controls=("w",), absorbed="drop")
    tables = estimate_family(table, [model])
    assert tables.fits.terms_absorbed.iloc[0] == "w"
    np.testing.assert_allclose(tables.estimates.estimate, estimate(BASE).estimate)


def test_effects_that_leave_no_row_are_explained():
    effects = ("firm", "fiscal_year", "firm:fiscal_year")
    with pytest.raises(UserError, match="0 rows are left for 3 terms"):
        estimate(replace(BASE, effects=effects))


@pytest.mark.parametrize("clusters", [("one",), ("firm", "one")])
def test_a_single_cluster_is_explained(clusters):
    table = panel().assign(one="A")
    with pytest.raises(UserError, match="rows are in one cluster of 'one'"):
        estimate(replace(BASE, clusters=clusters), table)


def test_clustered_errors_without_clusters_are_explained():
    with pytest.raises(UserError, match="clustered standard errors, but no clusters"):
        estimate(replace(BASE, clusters=()))


GMM = {"endogenous": ("x",), "gmm": Gmm(instruments={"x": (2, 4)}, steps=2)}


@pytest.mark.parametrize("unit", [1e-14, 1e14])
@pytest.mark.parametrize(
    "keys",
    [
        {},
        {"effects": ()},
        {"estimator": "random_effects", "effects": ("firm",)},
        {"estimator": "iv", "endogenous": ("x",), "instruments": ("q", "w")},
        {"estimator": "difference_gmm", **GMM},
        {"estimator": "system_gmm", **GMM},
    ],
    ids=["two_way", "pooled", "random", "iv", "difference_gmm", "system_gmm"],
)
def test_units_of_a_term_change_nothing_but_its_units(keys, unit):
    table = panel().dropna().sort_values(["firm", "fiscal_year"])
    noise = np.random.default_rng(2).normal(size=(2, len(table)))
    table = table.assign(q=table.x + noise[0], w=table.x - noise[1])
    base = {"name": "m", "outcome": "y", "terms": ("x", "z"), "clusters": ("firm",)}
    model = Model(**{"effects": ("firm", "fiscal_year"), **base, **keys})
    plain = estimate_family(table, [model])
    other = estimate_family(table.assign(z=table.z * unit), [model])
    factor = np.where(plain.estimates.term == "z", unit, 1.0)
    for column in ("estimate", "se"):
        np.testing.assert_allclose(
            other.estimates[column] * factor, plain.estimates[column], rtol=1e-7
        )
    np.testing.assert_allclose(
        other.diagnostics.statistic.astype(float),
        plain.diagnostics.statistic.astype(float),
        rtol=1e-6,
    )


def test_problems_of_all_models_come_together():
    table = panel().assign(w=lambda t: 2 * t.x)
    first = replace(BASE, name="first", controls=("w",))
    second = replace(BASE, name="second", where=("x > 100",))
    with pytest.raises(UserError) as caught:
        estimate_family(table, [first, second])
    assert len(caught.value.problems) == 2


def test_clustered_tests_reject_at_their_nominal_rate():
    model = replace(BASE, terms=("z",))
    draws = []
    for seed in range(50):
        rng = np.random.default_rng([7, seed])
        table = panel(firms=40, years=6, seed=seed)
        for name in ("y", "z"):  # both follow a trend of the firm
            trend = rng.normal(size=40)[table.firm.astype(int)]
            noise = rng.normal(size=len(table))
            table[name] = trend * table.fiscal_year.sub(2000) + noise
        draws.append(alone.estimates(table, model).iloc[0])
    found = pd.DataFrame(draws)
    # 2.5 expected, some excess is known with 40 clusters; robust errors reject 10
    assert found.p.lt(0.05).sum() <= 7
    # a spread of 50 estimates is known to 10 percent
    assert 0.75 < found.se.mean() / found.estimate.std() < 1.25


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"effects": ("firm", "industry:fiscal_year"), "clusters": ("firm", "industry")},
        {"where": ("x > z",), "weights": "w"},
        {
            "estimator": "iv",
            "terms": ("x", "z"),
            "endogenous": ("x",),
            "instruments": ("w",),
        },
        {
            "estimator": "heckman",
            "standard_errors": "unadjusted",
            "effects": (),
            "terms": ("x",),
            "selection": Selection(("w", "z"), ("w", "z"), observed="seen"),
        },
    ],
)
def test_a_model_needs_no_other_column_than_it_names(changes):
    table = panel().assign(
        w=lambda t: 1 + t.x**2,
        seen=lambda t: (t.fiscal_year % 3 > 0).astype(float),
        further=1.0,
    )
    model = replace(BASE, **changes)
    named = columns_needed([model])
    assert "further" not in named
    whole, part = (
        estimate_family(rows, [model]).estimates for rows in (table, table[named])
    )
    pd.testing.assert_frame_equal(whole, part, check_exact=True)


@pytest.mark.parametrize("dtype", ["str", "string", "category"])
def test_the_type_of_group_columns_is_of_no_account(dtype):
    model = replace(BASE, effects=("firm", "industry:fiscal_year"))
    table = panel()
    typed = table.assign(industry=table.industry.astype(dtype))
    whole, other = (estimate_family(t, [model]).estimates for t in (table, typed))
    pd.testing.assert_frame_equal(whole, other, check_exact=True)


def test_one_model_that_fails_leaves_the_others_as_they_are():
    models = [
        replace(BASE, name="collinear", terms=("x", "x_again")),
        BASE,
        replace(BASE, name="lone", clusters=("one",)),
    ]
    data = panel().assign(x_again=lambda d: -d.x, one=1)
    tables = estimate_family(data, models, stop=False)
    pd.testing.assert_frame_equal(
        tables.estimates, estimate_family(data, [BASE]).estimates
    )
    assert list(tables.fits.model) == ["m"]
    assert list(tables.failures.model) == ["collinear", "lone"]
    with pytest.raises(UserError) as stopped:
        estimate_family(data, models)
    assert list(stopped.value.problems) == problems_in(tables.failures)
