"""Cohen's kappa against statsmodels and by hand."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa as reference

from alliance_value.alliances.agreement import (
    coder_agreement,
    coder_pair,
    cohens_kappa,
    confusion,
    paired_classes,
)
from alliance_value.alliances.contracts.structures import CoderAgreement
from tests.unit.alliances.worlds import random_world, shuffled

SWAPPED = {"A": "B", "B": "A"}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("size", [2, 3, 5])
def test_kappa_agrees_with_statsmodels(seed, size):
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 30, (size, size)) + 40 * np.eye(size, dtype=int)
    ours, theirs = cohens_kappa(counts), reference(counts)
    np.testing.assert_allclose(ours.kappa, theirs.kappa, rtol=1e-12)
    np.testing.assert_allclose(ours.se, theirs.std_kappa, rtol=1e-12)
    np.testing.assert_allclose(ours.se_null, theirs.std_kappa0, rtol=1e-12)
    np.testing.assert_allclose(
        [ours.ci_low, ours.ci_high], [theirs.kappa_low, theirs.kappa_upp], rtol=1e-12
    )


def test_kappa_by_hand_and_its_error_by_the_delta_method():
    counts = np.array([[20.0, 5.0], [10.0, 15.0]])
    found = cohens_kappa(counts)
    np.testing.assert_allclose([found.agreement, found.expected], [0.7, 0.5])
    np.testing.assert_allclose(found.kappa, 0.4)
    p = counts.ravel() / 50

    def kappa(cells):
        square = cells.reshape(2, 2)
        by_chance = square.sum(0) @ square.sum(1)
        return (np.trace(square) - by_chance) / (1 - by_chance)

    step = 1e-6 * np.eye(4)
    gradient = np.array([(kappa(p + e) - kappa(p - e)) / 2e-6 for e in step])
    variance = (gradient**2 @ p - (gradient @ p) ** 2) / 50
    np.testing.assert_allclose(found.se, np.sqrt(variance), rtol=1e-6)


def test_kappa_without_room_for_disagreement_is_missing():
    assert np.isnan(cohens_kappa(np.array([[7, 0], [0, 0]])).kappa)
    assert np.isnan(cohens_kappa(np.zeros((2, 2))).kappa)


def test_agreement_of_a_sheet_is_counted_by_loop():
    units = random_world(1).units
    table, confusions = coder_agreement(units)
    seen: dict[tuple[object, ...], dict[str, str]] = {}
    for row in units.itertuples():
        key = (row.firm, row.fiscal_year, row.unit_name)
        seen.setdefault(key, {})[row.coder] = row.unit_class
    same = np.mean([s["A"] == s["B"] for s in seen.values()])
    unit = table.set_index("level").loc["unit"]
    np.testing.assert_allclose(unit.agreement, same)
    assert unit.n == len(seen)
    assert unit.unpaired == 0
    shares: dict[tuple[object, ...], list[int]] = {}
    for (firm, year, _), classes in seen.items():
        cell = shares.setdefault((firm, year), [0, 0, 0])
        cell[0] += classes["A"] == "customer"
        cell[1] += classes["B"] == "customer"
        cell[2] += 1
    both = np.mean([(2 * a > n) == (2 * b > n) for a, b, n in shares.values()])
    year = table.set_index("level").loc["firm_year"]
    np.testing.assert_allclose(year.agreement, both)
    assert confusions.groupby("level").n.sum().to_dict() == {
        "firm_year": len(shares),
        "unit": len(seen),
    }


def test_firm_years_agree_under_the_rule_of_the_study():
    units = random_world(1).units
    ours = units.unit_class.eq("customer").groupby(
        [units.firm, units.fiscal_year, units.coder]
    )
    both = ours.all().unstack("coder")
    table, _ = coder_agreement(units, "strict")
    found = table.set_index("level").agreement
    assert found["firm_year"] == pytest.approx(both.A.eq(both.B).mean())
    plain = coder_agreement(units)[0].set_index("level").agreement
    assert found["unit"] == plain["unit"] and found["firm_year"] != plain["firm_year"]


def test_units_of_one_coder_are_counted_as_unpaired():
    units = random_world(1).units
    dropped = units[~((units.coder == "B") & (units.fiscal_year == 2000))]
    table, _ = coder_agreement(dropped)
    gone = units[(units.coder == "B") & (units.fiscal_year == 2000)]
    firms = gone.firm.nunique()
    assert table.unpaired.tolist() == [len(gone), firms]


def test_row_order_changes_nothing_and_swapping_coders_transposes():
    units = random_world(2).units
    a, counts = coder_agreement(units)
    b, again = coder_agreement(shuffled(units))
    assert a.equals(b)
    assert counts.equals(again)
    # the two are compared in the order of their names
    swapped, _ = coder_agreement(units.assign(coder=units.coder.map(SWAPPED)))
    np.testing.assert_allclose(swapped.kappa, a.kappa)
    np.testing.assert_allclose(swapped.se, a.se)
    pairs = paired_classes(units, ("A", "B"), "majority")
    square = confusion(pairs)
    assert len(square[square.level == "unit"]) == 25


def test_one_coder_leaves_no_agreement():
    units = random_world(1).units
    alone = units[units.coder.eq("A")]
    table, confusions = coder_agreement(alone)
    assert table.empty and confusions.empty
    assert [*table.columns] == [*CoderAgreement.to_schema().columns]


def test_the_two_coders_with_most_units_are_compared():
    coders = ["C"] * 3 + ["B"] * 2 + ["A"] * 2 + ["adjudicated"] * 9
    units = random_world(1).units.head(len(coders)).assign(coder=coders)
    assert coder_pair(units) == ("A", "C")
    assert coder_pair(units.assign(coder=["C", "B"] * 8)) == ("B", "C")
    assert coder_pair(units.assign(coder=["C", "adjudicated"] * 8)) is None


def test_one_pair_of_classes_is_an_agreement():
    one = cohens_kappa(np.array([[1, 0], [0, 0]]))
    assert (one.n, one.agreement, one.expected) == (1, 1.0, 1.0)
    two = cohens_kappa(np.array([[1.0, 0.0], [0.0, 1.0]]))
    assert (two.n, two.kappa, two.se) == (2, 1.0, 0.0)
    none = cohens_kappa(np.zeros((2, 2)))
    assert none.n == 0 and np.isnan(none.agreement)
