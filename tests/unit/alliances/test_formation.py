"""Potential deals by hand, and a planted selection that its Mills ratio takes out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.dyad_models import SELECTION, dyad_models
from alliance_value.alliances.formation import (
    EXCLUSION,
    TERMS,
    formation,
    potential_dyads,
    selection,
)
from alliance_value.models.estimators.result import EstimationError
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
    others = set(TERMS) - {*pairs}
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


def test_each_deal_has_its_pairs_ratio_and_the_model_takes_it():
    rng = np.random.default_rng(3)
    table = world(n=400)
    table = table.assign(
        **{
            f"{name}_{own}": rng.choice(values, len(table))
            for own in ("i", "j")
            for name, values in (
                ("sic", ["2834", "3570", "7372"]),
                ("state", list("XYZ")),
            )
        }
    )
    chosen, mills = formation(table)
    assert mills.notna().all() and (mills > 0).all()
    assert "rivals_deals" in set(chosen.term) and chosen.formed.iloc[0] <= len(table)
    estimates, _ = dyad_models(table.assign(mills=mills), [SELECTION])
    own = estimates[estimates.model == SELECTION.name]
    assert "mills" in set(own.term) and own.se.notna().all()


def test_pairs_beyond_memory_are_refused(monkeypatch):
    monkeypatch.setattr("alliance_value.alliances.formation.MOST_PAIRS", 3)
    with pytest.raises(EstimationError, match="pairs of firms"):
        potential_dyads(deals())
