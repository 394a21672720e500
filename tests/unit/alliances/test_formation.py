"""Potential deals by hand, and a planted selection that its Mills ratio takes out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.dyad_models import SELECTION, dyad_models
from alliance_value.alliances.formation import TERMS, formation, selection
from alliance_value.alliances.potential_dyads import (
    EXCLUSION,
    number_of,
    places_of,
    potential_dyads,
)
from alliance_value.models.columns import standardized
from alliance_value.models.estimators.probit import probit
from tests.unit.alliances.test_dyad_models import world


def deals() -> pd.DataFrame:
    """Four firms; a and b announce in both years, c and d with each other in one."""
    firms = {
        "a": (1.0, "2834", "NY", 3.0, 0.0),
        "b": (0.0, "2836", "NJ", 5.0, 1.0),
        "c": (0.0, "2899", "NY", 4.0, 2.0),
        "d": (1.0, "7372", "CA", 1.0, 0.5),
    }
    made = [("1", "2000", "a", "b"), ("2", "2001", "a", "b"), ("3", "2001", "c", "d")]
    names = ("customer_centric", "sic", "state", "log_value", "experience")
    return pd.DataFrame(
        [
            {
                "alliance": key,
                "announced": pd.Timestamp(f"{year}-06-01"),
                "firm_i": i,
                "firm_j": j,
                **{f"{n}_i": v for n, v in zip(names, firms[i], strict=True)},
                **{f"{n}_j": v for n, v in zip(names, firms[j], strict=True)},
            }
            for key, year, i, j in made
        ]
    )


def test_pairs_are_all_firms_of_a_year_with_each_other():
    pairs = potential_dyads(deals()).set_index(["year", "firm_i", "firm_j"])
    assert len(pairs) == 1 + 6
    assert pairs.formed[pairs.formed].index.tolist() == [
        (2000, "a", "b"),
        (2001, "a", "b"),
        (2001, "c", "d"),
    ]
    ties = pairs.prior_tie[pairs.prior_tie == 1]
    assert ties.index.tolist() == [(2001, "a", "b")]
    one = pairs.loc[(2001, "a", "c")]
    assert (one.asymmetric, one.same_industry, one.same_state) == (1, 1, 1)
    assert (one.joint_size, one.size_gap, one.joint_experience) == (7, 1, 2)
    # of industry 28 in 2001: a-b's and c-d's deal; a-b is no rivals' deal of a and b
    assert pairs[EXCLUSION][2001, "a", "b"] == pytest.approx(2 * np.log(2))
    assert one[EXCLUSION] == 0
    assert pairs[EXCLUSION][2001, "b", "d"] == 0


def test_the_mills_ratio_takes_planted_selection_out():
    rng = np.random.default_rng(5)
    n = 60_000
    pairs = pd.DataFrame(
        {
            "year": rng.integers(2000, 2004, n),
            "asymmetric": rng.integers(0, 2, n).astype(float),
            EXCLUSION: rng.normal(size=n),
        }
    )
    u, e = rng.normal(size=(2, n))
    index = -1.5 + 0.8 * pairs.asymmetric + 0.7 * pairs[EXCLUSION]
    pairs["formed"] = index + u > 0
    pairs["value"] = 0.01 + 0.02 * pairs.asymmetric + 0.03 * (0.8 * u + 0.6 * e)
    others = {*TERMS, "weight"} - {*pairs}
    table, ratio = selection(pairs.assign(**dict.fromkeys(others, 1.0)))
    found = table.set_index("term")
    for term, planted in (("asymmetric", 0.8), (EXCLUSION, 0.7)):
        assert abs(found.estimate[term] - planted) < 4 * found.se[term]

    def slope(columns: list[np.ndarray]) -> float:
        x = np.column_stack([c[pairs.formed] for c in columns])
        y = pairs.value[pairs.formed].to_numpy()
        return float(np.linalg.lstsq(x, y, rcond=None)[0][1])

    naive = [np.ones(n), pairs.asymmetric.to_numpy()]
    assert slope(naive) < 0.014
    assert slope([*naive, ratio]) == pytest.approx(0.02, abs=0.002)


def placed(n: int) -> pd.DataFrame:
    """Return deals whose firms have an industry and a state."""
    rng = np.random.default_rng(3)
    table = world(n=n)
    return table.assign(
        **{
            f"{name}_{own}": rng.choice(values, len(table))
            for own in ("i", "j")
            for name, values in (
                ("sic", ["2834", "3570", "7372", None]),
                ("state", [*"XYZ", None]),
            )
        }
    )


def test_each_deal_has_its_pairs_ratio_and_the_model_takes_it():
    table = placed(n=400)
    chosen, mills = formation(table)
    assert mills.notna().all() and (mills > 0).all()
    assert "rivals_deals" in set(chosen.term) and chosen.formed.iloc[0] <= len(table)
    estimates, _ = dyad_models(table.assign(mills=mills), [SELECTION])
    own = estimates[estimates.model == SELECTION.name]
    assert "mills" in set(own.term) and own.se.notna().all()


def test_rivals_deals_are_those_that_sets_of_deals_give():
    table = placed(n=150)
    pairs = potential_dyads(table).set_index(["year", "firm_i", "firm_j"])
    table["year"] = table.announced.dt.year
    industry, own = {}, {}
    for deal in table.sort_values(["announced", "alliance"]).itertuples():
        for firm, sic in ((deal.firm_i, deal.sic_i), (deal.firm_j, deal.sic_j)):
            if pd.notna(sic):
                industry.setdefault((deal.year, sic[:2]), set()).add(deal.alliance)
            own.setdefault((deal.year, firm), (sic, set()))[1].add(deal.alliance)
    for year, one, two in pairs.index[:: len(pairs) // 200]:
        both = own[year, one][1] | own[year, two][1]
        fields = [str(own[year, firm][0])[:2] for firm in (one, two)]
        expected = sum(
            np.log1p(len(industry.get((year, k), set()) - both)) for k in fields
        )
        assert pairs[EXCLUSION][year, one, two] == pytest.approx(expected)


def test_pairs_have_numbers_in_the_order_of_their_members():
    one, two = np.triu_indices(9, 1)
    assert number_of(one, two, 9).tolist() == list(range(36))
    back = places_of(np.arange(36), 9)
    assert (back[0] == one).all() and (back[1] == two).all()
    n = 200_000
    last = n * (n - 1) // 2 - 1
    assert [int(k[0]) for k in places_of(np.array([last]), n)] == [n - 2, n - 1]


def test_of_too_many_pairs_all_deals_and_a_weighted_sample_stay():
    table = placed(n=400)
    every = potential_dyads(table)
    assert (every.weight == 1).all()
    some = potential_dyads(table, most=len(every) // 4)
    keys = ["year", "firm_i", "firm_j"]
    merged = some.merge(every, on=keys, suffixes=("", "_of_all"))
    assert len(merged) == len(some) < len(every) / 2
    assert not some.duplicated(keys).any()
    for column in (*TERMS, "formed"):
        assert (merged[column] == merged[f"{column}_of_all"]).all()
    assert some.formed.sum() == every.formed.sum()
    assert some.groupby("year").weight.sum().to_numpy() == pytest.approx(
        every.groupby("year").size().to_numpy()
    )
    assert some.equals(potential_dyads(table, most=len(every) // 4))


def test_weights_of_one_are_no_weights():
    rng = np.random.default_rng(2)
    z = np.column_stack([np.ones(500), rng.normal(size=500)])
    columns = standardized(z, ["constant", "x"])
    chosen = z @ [-1.0, 0.5] + rng.normal(size=500) > 0
    plain, weighted = probit(chosen, columns), probit(chosen, columns, np.ones(500))
    assert (plain.estimates == weighted.estimates).all()
    ratio = np.sqrt(np.diag(weighted.covariance) / np.diag(plain.covariance))
    assert ratio == pytest.approx([1, 1], abs=0.15)


def test_a_weighted_sample_estimates_what_all_pairs_do_with_its_own_errors():
    """Draws of non-deals: their spread about the full estimates is what errors say."""
    rng = np.random.default_rng(8)
    n, share = 20_000, 0.1
    z = np.column_stack([np.ones(n), rng.normal(size=n)])
    chosen = z @ [-2.2, 0.4] + rng.normal(size=n) > 0
    names = ["constant", "x"]
    whole = probit(chosen, standardized(z, names))
    draws, spreads = [], []
    for _ in range(60):
        kept = chosen | (rng.random(n) < share)
        weights = np.where(chosen[kept], 1.0, 1 / share)
        fit = probit(chosen[kept], standardized(z[kept], names), weights)
        draws.append(fit.estimates - whole.estimates)
        spreads.append(np.diag(fit.covariance))
    error = np.std(draws, axis=0)
    assert (np.abs(np.mean(draws, axis=0)) < 4 * error / np.sqrt(60)).all()
    # what the draw adds to the variance of all pairs' estimates
    added = np.mean(spreads, axis=0) - np.diag(whole.covariance)
    assert np.sqrt(added) == pytest.approx(error, rel=0.3)
