"""Survival against what R's survival prints: tests/reference/survival/README.md."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.duration.survfunc import CumIncidenceRight

from alliance_value.alliances.survival import (
    Spells,
    cumulative_incidence,
    ended_by,
    hazard_ratios,
    kaplan_meier,
    unobserved_ends,
)

REFERENCE = Path(__file__).parents[2] / "reference/survival"


@pytest.fixture
def test2() -> tuple[Spells, pd.DataFrame]:
    table = pd.read_csv(REFERENCE / "test2.csv")
    columns = (table[name].to_numpy() for name in ("start", "stop", "event"))
    return Spells(*columns), table


@pytest.fixture
def aml() -> tuple[Spells, pd.DataFrame]:
    table = pd.read_csv(REFERENCE / "aml.csv")
    time, status = table.time.to_numpy(), table.status.to_numpy()
    return Spells(np.zeros(len(table)), time, status), table


@pytest.mark.parametrize("maintained", [0, 1])
def test_kaplan_meier_equals_r(aml, maintained):
    spells, table = aml
    printed = pd.read_csv(REFERENCE / "aml_survival.csv").query(
        "maintained == @maintained"
    )
    curve = kaplan_meier(spells.take(table.maintained.eq(maintained).to_numpy()))
    for ours, theirs in (
        *(("time", "time"), ("at_risk", "n.risk"), ("ends", "n.event")),
        *(("survival", "survival"), ("se", "std.err")),
        *(("ci_low", "lower"), ("ci_high", "upper")),
    ):
        known = printed[theirs].notna().to_numpy()
        np.testing.assert_allclose(
            curve[ours][known], printed[theirs][known], atol=5.1e-4, err_msg=ours
        )


def test_who_enters_on_a_day_of_an_end_is_not_at_risk_on_it(test2):
    curve = kaplan_meier(test2[0]).set_index("time")
    # the numbers at risk that R prints for test2
    expected = {2: 2, 3: 3, 6: 5, 7: 4, 8: 4, 9: 5}
    assert curve.at_risk.to_dict() == expected


def test_hazards_with_entry_and_ties_equal_r(test2):
    spells, table = test2
    fit = hazard_ratios(
        spells, table[["x"]].to_numpy("float64"), ["x"], np.arange(len(table))
    )
    row = fit.iloc[0]
    assert row.estimate == pytest.approx(-0.084526081, abs=1e-8)
    # R prints half of it: x is centred at 1/2
    assert row.model_se / 2 == pytest.approx(0.3969086, abs=1e-7)


@pytest.mark.parametrize("clusters", [range(10), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]])
def test_clustered_errors_are_the_sandwich_of_rs_residuals(test2, clusters):
    spells, table = test2
    fit = hazard_ratios(
        spells, table[["x"]].to_numpy("float64"), ["x"], np.array(clusters)
    ).iloc[0]
    summed = table.score_breslow.groupby(np.array(clusters)).sum()
    expected = (2 * 0.3969086) ** 2 * np.sqrt((summed**2).sum())
    assert fit.se == pytest.approx(expected, rel=1e-6)


def test_hazards_with_many_ties_equal_r(aml):
    spells, table = aml
    x = 1 - table[["maintained"]].to_numpy("float64")
    fit = hazard_ratios(spells, x, ["nonmaintained"], np.arange(len(table))).iloc[0]
    assert fit.estimate == pytest.approx(0.904, abs=5e-4)
    assert fit.model_se == pytest.approx(0.512, abs=5e-4)
    expected = fit.model_se**2 * np.sqrt((table.score_breslow**2).sum())
    assert fit.se == pytest.approx(expected, rel=1e-6)


def test_splitting_a_spell_changes_nothing(aml):
    spells, table = aml
    x = table[["maintained"]].to_numpy("float64")
    ids = np.arange(len(table))
    whole = hazard_ratios(spells, x, ["x"], ids)
    late = spells.exit > 10
    early = Spells(
        spells.entry,
        np.minimum(spells.exit, 10),
        np.where(late, 0, spells.cause),
    )
    rest = Spells(np.full(late.sum(), 10), spells.exit[late], spells.cause[late])
    split = Spells(
        *(
            np.concatenate([getattr(early, n), getattr(rest, n)])
            for n in ("entry", "exit", "cause")
        )
    )
    again = hazard_ratios(
        split, np.vstack([x, x[late]]), ["x"], np.concatenate([ids, ids[late]])
    )
    pd.testing.assert_frame_equal(whole, again, rtol=1e-9)
    pd.testing.assert_frame_equal(kaplan_meier(spells), kaplan_meier(split))


def test_hazards_with_changing_covariates_equal_r():
    patients = pd.read_csv(REFERENCE / "heart.csv")
    printed = pd.read_csv(REFERENCE / "heart_cox.csv").set_index("term")
    moved = patients.wait.notna()
    waiting = patients.assign(
        start=0.0,
        stop=patients.wait.fillna(patients.stop),
        event=patients.event.where(~moved, 0),
        transplant=0.0,
    )[patients.wait != 0]
    after = patients.assign(start=patients.wait, transplant=1.0)[moved]
    rows = pd.concat([waiting, after])
    assert (len(rows), rows.event.sum()) == (170, 75)
    for name in ("age", "surgery"):
        rows[f"{name}:transplant"] = rows[name] * rows.transplant
    # one transplant is half a day after another day began, and days are whole
    spells = Spells(
        (2 * rows.start).to_numpy(), (2 * rows.stop).to_numpy(), rows.event.to_numpy()
    )
    fit = hazard_ratios(
        spells,
        rows[printed.index].to_numpy("float64"),
        list(printed.index),
        rows.id.to_numpy(),
    ).set_index("term")
    np.testing.assert_allclose(fit.estimate, printed.coef, atol=5.1e-6)
    np.testing.assert_allclose(fit.model_se, printed.se, atol=5.1e-6)


def test_incidence_equals_cmprsk_and_its_errors_stata():
    printed = pd.read_csv(REFERENCE / "incidence.csv")
    exit_ = np.array([1, 1, 2, 4, 4, 4, 6, 6, 7, 8, 9, 9, 9, 1, 2, 2, 4, 4])
    cause = np.array([1, 1, 1, 2, 2, 2, 3, 3, 3] + [0] * 9)
    spells = Spells(np.zeros(len(exit_)), exit_, cause)
    for k, part in printed.groupby("cause"):
        curve = cumulative_incidence(spells, k).set_index("time").loc[part.time]
        np.testing.assert_allclose(curve.incidence, part.incidence, atol=5e-9)
        np.testing.assert_allclose(curve.se, part.se, atol=5e-9)


def test_incidence_with_entry_is_the_product_of_transition_matrices():
    """Aalen and Johansen's own form, of spells that are at risk in (entry, exit]."""
    draws = np.random.default_rng(11)
    entry = draws.integers(0, 20, 120)
    exit_ = entry + draws.integers(1, 40, 120)
    cause = draws.integers(0, 3, 120)
    curves = [cumulative_incidence(Spells(entry, exit_, cause), k) for k in (1, 2)]
    moved = np.eye(3)
    for place, time in enumerate(np.unique(exit_[cause > 0])):
        n = int(((entry < time) & (exit_ >= time)).sum())
        step = np.eye(3)
        for k in (1, 2):
            step[0, k] = ((exit_ == time) & (cause == k)).sum() / n
        step[0, 0] -= step[0, 1:].sum()
        moved = moved @ step
        for k, curve in enumerate(curves, start=1):
            assert curve.time[place] == time
            assert curve.incidence[place] == pytest.approx(moved[0, k])


def test_incidence_equals_statsmodels_without_entry():
    draws = np.random.default_rng(4)
    exit_ = draws.integers(1, 60, 200)
    cause = draws.integers(0, 3, 200)
    spells = Spells(np.zeros(200), exit_, cause)
    theirs = CumIncidenceRight(exit_, cause)
    for k in (1, 2):
        ours = cumulative_incidence(spells, k)
        at = np.searchsorted(theirs.times, ours.time)
        np.testing.assert_allclose(ours.incidence, theirs.cinc[k - 1][at])
        inside = (ours.at_risk > 5).to_numpy()
        np.testing.assert_allclose(ours.se[inside], theirs.cinc_se[k - 1][at][inside])


def test_incidences_and_survival_add_up_with_entry(test2):
    spells, table = test2
    cause = np.where(spells.cause > 0, 1 + table.x.to_numpy(), 0)
    two = Spells(spells.entry, spells.exit, cause)
    total = sum(cumulative_incidence(two, k).incidence for k in (1, 2))
    np.testing.assert_allclose(total, 1 - kaplan_meier(two).survival)


def test_bounds_hold_the_truth_and_correct_what_is_missed_at_random():
    draws = np.random.default_rng(5)
    n = 20_000
    true = np.ceil(draws.exponential(1000, n))
    seen = draws.random(n) > 0.3
    until = 2000
    observed = Spells(
        np.zeros(n),
        np.where(seen, np.minimum(true, until), until),
        (seen & (true < until)).astype(int),
    )
    bounds = unobserved_ends(observed, 0.3, 700)
    share = (true <= 700).mean()
    assert bounds["lowest"] < share < bounds["highest"]
    assert bounds["at_random"] == pytest.approx(share, abs=0.01)
    assert unobserved_ends(observed, 0.0, 700)["highest"] == pytest.approx(
        ended_by(kaplan_meier(observed), 700)
    )


def test_limits_and_p_values_of_hazards_are_normal(test2):
    spells, table = test2
    x = table[["x"]].to_numpy("float64")
    fit = hazard_ratios(spells, x, ["x"], np.arange(10), 0.9).iloc[0]
    reach = 1.6448536269514722 * fit.se
    assert fit.z == pytest.approx(fit.estimate / fit.se)
    assert fit.p == pytest.approx(2 * norm.cdf(-abs(fit.z)), rel=1e-12)
    assert fit.ci_low == pytest.approx(fit.estimate - reach, rel=1e-12)
    assert fit.ci_high == pytest.approx(fit.estimate + reach, rel=1e-12)


def test_limits_of_incidences_are_plain_and_cut():
    exit_, cause = np.array([1, 1, 2, 4, 5, 5, 6, 8, 9]), [1, 2, 1, 0, 1, 2, 1, 0, 1]
    spells = Spells(np.zeros(9), exit_, np.array(cause))
    curve = cumulative_incidence(spells, 1, 0.9)
    assert curve.time.tolist() == [1, 2, 5, 6, 9]
    assert curve.at_risk.tolist() == [9, 7, 5, 3, 1]
    assert curve.ends.tolist() == [1, 1, 1, 1, 1]
    reach = 1.6448536269514722 * curve.se
    low, high = curve.incidence - reach, curve.incidence + reach
    assert low.min() < 0 and high.max() > 1
    np.testing.assert_allclose(curve.ci_low, low.clip(lower=0), rtol=1e-12)
    np.testing.assert_allclose(curve.ci_high, high.clip(upper=1), rtol=1e-12)


def test_limits_of_survival_are_those_of_its_log_and_end_with_it():
    spells = Spells(np.zeros(3), np.array([1, 2, 3]), np.ones(3, dtype=int))
    curve = kaplan_meier(spells, 0.9)
    ratio = np.exp(1.6448536269514722 * curve.se[:2] / curve.survival[:2])
    np.testing.assert_allclose(curve.ci_low[:2], curve.survival[:2] / ratio)
    np.testing.assert_allclose(
        curve.ci_high[:2], np.minimum(curve.survival[:2] * ratio, 1)
    )
    assert curve.survival[2] == 0 and curve.loc[2, ["ci_low", "ci_high"]].isna().all()


def test_the_highest_share_hides_the_spells_that_enter_first_and_last_longest():
    """Three ends are recorded, three are missed: of the first, then of the longest."""
    spells = Spells(
        np.array([0, 0, 0, 0, 0, 0, 5]),
        np.array([2, 4, 6, 8, 9, 7, 20]),
        np.array([1, 1, 1, 0, 0, 0, 0]),
    )
    bounds = unobserved_ends(spells, 0.5, 4)
    worst = Spells(
        spells.entry, np.array([2, 4, 6, 1, 1, 1, 20]), np.array([1] * 6 + [0])
    )
    assert bounds["highest"] == ended_by(kaplan_meier(worst), 4)
    assert bounds["recorded"] == bounds["lowest"] == ended_by(kaplan_meier(spells), 4)
    assert bounds["at_random"] == min(2 * bounds["recorded"], bounds["highest"])
    # one that is missed is of the spell that was observed longest
    one = unobserved_ends(spells, 0.25, 4)["highest"]
    worst = Spells(
        spells.entry, np.array([2, 4, 6, 8, 1, 7, 20]), np.array([1, 1, 1, 0, 1, 0, 0])
    )
    assert one == ended_by(kaplan_meier(worst), 4)
    # no more can be missed than there are censored
    every = unobserved_ends(spells, 0.9, 20)
    assert every["highest"] == 1.0


def test_what_has_ended_by_a_day_counts_the_day():
    curve = kaplan_meier(
        Spells(np.zeros(4), np.array([2, 4, 6, 8]), np.array([1, 1, 0, 0]))
    )
    ended = [ended_by(curve, t) for t in (1, 2, 3, 4)]
    assert ended == pytest.approx([0, 0.25, 0.25, 0.5])
