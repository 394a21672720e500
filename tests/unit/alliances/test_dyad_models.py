"""Models of dyads: planted values, the order of partners, statsmodels' errors."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from alliance_value.alliances.dyad_models import (
    BASE,
    MODELS,
    dyad_models,
    sample_of,
    with_measures,
)
from alliance_value.models.small_samples import JACKKNIFE, fitted, logit, preferred

PLANTED = {
    "asymmetric": 0.0,
    "marketing": 0.001,
    "research": 0.011,
    "asymmetric:marketing": 0.015,
    "asymmetric:research": -0.010,
    "asymmetric:marketing:temporal_overlap": 0.008,
    "asymmetric:marketing:spatial_overlap": -0.006,
}


def world(n: int = 400, seed: int = 1, noise: float = 0.02) -> pd.DataFrame:
    """Dyads of 60 firms whose combined abnormal return follows equation (1)."""
    rng = np.random.default_rng(seed)
    i = rng.integers(0, 60, n)
    j = (i + rng.integers(1, 60, n)) % 60
    cc = rng.integers(0, 2, 60)
    kind = rng.integers(0, 4, n)
    years = rng.integers(0, 8, n)
    table = pd.DataFrame(
        {
            "alliance": [f"a{k:04d}" for k in range(n)],
            "announced": pd.Timestamp("2000-01-01")
            + pd.to_timedelta(rng.integers(0, 3000, n), unit="D"),
            "firm_i": [f"f{k:02d}" for k in i],
            "firm_j": [f"f{k:02d}" for k in j],
            "customer_centric_i": cc[i].astype(float),
            "customer_centric_j": cc[j].astype(float),
            "marketing": (kind % 2).astype(float),
            "research": (kind // 2).astype(float),
            "temporal_overlap": np.log1p(rng.poisson(0.5, n)),
            "spatial_overlap": rng.integers(0, 5, n) / 4,
            "partner_experience_decayed": rng.random(n),
            "any_prior_tie": (years > 3).astype(float),
            "years_since_last_tie": np.where(years > 3, years / 2, np.nan),
            "years_since_first_tie": np.where(years > 3, years, np.nan),
            "same_sic": rng.integers(0, 2, n).astype(float),
            "same_state": rng.integers(0, 2, n).astype(float),
            "same_nation": 1.0,
            "joint_venture": rng.integers(0, 2, n).astype(float),
            "technology_transfer": rng.integers(0, 2, n).astype(float),
            "cross_border": rng.integers(0, 2, n).astype(float),
            "experience_i": rng.random(n),
            "experience_j": rng.random(n),
            "market_value_i": np.exp(rng.normal(8, 1, n)),
            "market_value_j": np.exp(rng.normal(8, 1, n)),
            "combined_variance": rng.uniform(0.5, 2, n) * noise**2,
        }
    )
    table["asymmetric"] = (table.customer_centric_i - table.customer_centric_j).abs()
    for side in ("i", "j"):
        table[f"log_value_{side}"] = np.log(table[f"market_value_{side}"])
    centred = table.copy()
    for name in ("temporal_overlap", "spatial_overlap"):
        centred[name] -= centred[name].mean()
    value = 0.004 + sum(
        size * centred[term.split(":")].prod(axis=1) for term, size in PLANTED.items()
    )
    table["car_i"] = value + rng.normal(0, noise, n)
    table["car_j"] = value + rng.normal(0, noise, n)
    share = table.market_value_i / (table.market_value_i + table.market_value_j)
    table["combined_car"] = share * table.car_i + (1 - share) * table.car_j
    table["least_car"] = table[["car_i", "car_j"]].min(axis=1)
    table["both_gain"] = (table.least_car > 0).astype(float)
    return table


def swapped(table: pd.DataFrame) -> pd.DataFrame:
    """The same deals with every partner i called j."""
    other = {"i": "j", "j": "i"}
    names = {c: c[:-1] + other[c[-1]] for c in table.columns if c[-2:] in ("_i", "_j")}
    return table.rename(columns=names)[table.columns]


def test_planted_terms_are_recovered_without_noise_and_covered_with_it() -> None:
    exact, _ = dyad_models(world(noise=1e-12), [BASE])
    exact = exact[(exact.model == "combined") & (exact.se_type == "hc3")]
    found = exact.set_index("term").estimate
    for term, size in PLANTED.items():
        assert found[term] == pytest.approx(size, abs=1e-9)
    noisy, _ = dyad_models(world(n=3000), [BASE])
    noisy = noisy[(noisy.model == "combined") & (noisy.se_type == "dyadic")]
    noisy = noisy.set_index("term")
    inside = [
        noisy.ci_low[term] <= size <= noisy.ci_high[term]
        for term, size in PLANTED.items()
    ]
    assert sum(inside) >= len(PLANTED) - 1
    assert noisy.ci_low["asymmetric:marketing"] > 0
    assert noisy.ci_high["asymmetric:research"] < 0


def test_order_of_partners_and_of_rows_is_of_no_account() -> None:
    table = world()
    rng = np.random.default_rng(3)
    turned = swapped(table).sample(frac=1, random_state=rng).reset_index(drop=True)
    one, fits = dyad_models(table)
    other, others = dyad_models(turned)
    # errors clustered by partner i and by partner j know an order, as documented
    fixed = ~(one.se_type.eq("two_way") & one.model.ne("partners, stacked"))
    pd.testing.assert_frame_equal(
        one[fixed], other[fixed], check_exact=False, rtol=1e-7, atol=1e-10
    )
    np.testing.assert_allclose(one.estimate, other.estimate, rtol=1e-7, atol=1e-10)
    pd.testing.assert_frame_equal(fits, others)


def test_a_study_may_ask_for_the_jackknife_which_a_logit_has_not() -> None:
    models = [BASE, next(m for m in MODELS if m.logit)]
    plain, fits = dyad_models(world(), models)
    asked, again = dyad_models(world(), models, errors=JACKKNIFE)
    more = asked[asked.se_type == JACKKNIFE]
    assert set(more.model) == {"combined"}
    pd.testing.assert_frame_equal(
        asked[asked.se_type != JACKKNIFE].reset_index(drop=True), plain
    )
    pd.testing.assert_frame_equal(fits, again)
    shown = preferred(asked)
    assert dict(shown[["model", "se_type"]].drop_duplicates().to_numpy()) == {
        "combined": JACKKNIFE,
        "both gain": "dyadic",
    }
    table = world()
    counts = pd.concat([table.firm_i, table.firm_j]).value_counts()
    assert fits.hub.iloc[0] == counts.max() / len(table)


@pytest.mark.parametrize("name", ["combined", "combined, weighted"])
def test_errors_equal_those_of_statsmodels(name: str) -> None:
    model = next(m for m in MODELS if m.name == name)
    sample = sample_of(with_measures(world()), model)
    found, fit = fitted(sample, 0.95)
    x = np.column_stack(list(sample.columns.values()))
    weights = np.ones(len(x)) if sample.weights is None else sample.weights
    ours = found.pivot(index="term", columns="se_type", values="se")
    ours = ours.loc[list(sample.columns)]
    hc3 = sm.WLS(sample.y, x, weights).fit(cov_type="HC3")
    estimates = found[found.se_type == "hc3"].estimate
    np.testing.assert_allclose(estimates, hc3.params, rtol=1e-8)
    np.testing.assert_allclose(ours["hc3"], hc3.bse, rtol=1e-8)
    assert fit["r2"] == pytest.approx(hc3.rsquared, rel=1e-8)
    codes = [np.unique(c, return_inverse=True)[1] for c in sample.clusters]
    plain = sm.WLS(sample.y, x, weights).fit()
    both = cov_cluster_2groups(plain, codes[0], codes[1])[0]
    variance = np.diag(both)
    np.testing.assert_allclose(
        ours["two_way"], np.sqrt(np.where(variance > 0, variance, np.nan)), rtol=1e-7
    )


def test_logit_equals_statsmodels() -> None:
    model = next(m for m in MODELS if m.logit)
    sample = sample_of(with_measures(world()), model)
    found, fit = fitted(sample, 0.95)
    x = np.column_stack(list(sample.columns.values()))
    other = sm.Logit(sample.y, x).fit(cov_type="HC0", disp=0)
    mine = found[found.se_type == "hc0"]
    np.testing.assert_allclose(mine.estimate, other.params, rtol=1e-6)
    np.testing.assert_allclose(mine.se, other.bse, rtol=1e-6)
    assert fit["r2"] == pytest.approx(other.prsquared, rel=1e-8)


def test_separated_outcome_has_no_logit() -> None:
    x = np.column_stack([np.ones(20), np.r_[np.zeros(10), np.ones(10)]])
    assert logit(x, x[:, 1]) is None


def test_a_measure_that_does_not_vary_is_named() -> None:
    estimates, fits = dyad_models(world())
    fit = fits.set_index("model").loc["combined, same_nation"]
    assert fit.note == "not estimated: same_nation does not vary"
    assert not (estimates.model == "combined, same_nation").any()
    rest = fits[~fits.note.str.startswith("not")]
    assert set(rest.model) == set(estimates.model)


def test_what_no_deal_tells_is_left_out_and_named() -> None:
    table = world().assign(
        spatial_overlap=np.nan, cross_border=0.0, technology_transfer=0.0
    )
    estimates, fits = dyad_models(table)
    fits = fits.set_index("model")
    note = fits.note["combined"]
    for name in ("spatial_overlap", "technology_transfer", "cross_border"):
        assert name in note
    for name in ("combined", "partners, stacked", "partners, system"):
        assert fits.n[name] > 100 and "spatial_overlap" in fits.note[name]
        terms = estimates.term[estimates.model == name]
        assert len(terms) and not terms.str.contains("spatial|cross_border").any()
    whole, fits = dyad_models(world(), [BASE])
    assert fits.note[0] == "" and whole.term.str.contains("spatial").any()


def test_years_are_effects_that_are_not_shown() -> None:
    estimates, _ = dyad_models(world(), [m for m in MODELS if m.years])
    assert not estimates.term.str.startswith("year").any()
    with_years = estimates[estimates.model == "combined, year effects"]
    assert (with_years[with_years.se_type == "hc3"].df < 400 - 24).all()


def test_system_tells_both_partners_apart() -> None:
    table = world(n=1500)
    extra = 0.01 * (table.asymmetric == 1)
    table["car_i"] += extra * table.customer_centric_i
    table["car_j"] += extra * table.customer_centric_j
    estimates, fits = dyad_models(table, [])
    found = estimates[estimates.model == "partners, system"].set_index("term").estimate
    assert len(found) == 14
    stacked = estimates[
        (estimates.model == "partners, stacked") & (estimates.se_type == "two_way")
    ].set_index("term")
    assert (
        stacked.ci_low["own_cc:asymmetric"]
        <= 0.01
        <= stacked.ci_high["own_cc:asymmetric"]
    )
    assert fits.set_index("model").n["partners, system"] == int(table.asymmetric.sum())


def test_effects_of_years_are_of_one_year_each_and_of_all_but_the_first() -> None:
    model = next(m for m in MODELS if m.name == "combined, year effects")
    table = with_measures(world())
    sample = sample_of(table, model)
    names = [name for name in sample.columns if name.startswith("year ")]
    years = sorted(set(table.announced.dt.year))
    assert names == [f"year {year}" for year in years[1:]]
    dummies = np.column_stack([sample.columns[name] for name in names])
    assert set(dummies.sum(axis=1)) == {0.0, 1.0}
