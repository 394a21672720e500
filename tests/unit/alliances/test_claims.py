"""Claims: Fieller's interval by search, readings by hand, verdicts by rule."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from alliance_value.alliances.claims import (
    VERDICTS,
    Evidence,
    capture,
    claims_table,
    evidence_of,
    fieller,
    ratio_of_estimates,
    verdict,
)
from alliance_value.study.spec import Model

CLAIMS = yaml.safe_load(
    (Path(__file__).parents[3] / "config" / "claims.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("paired", [False, True])
def test_fieller_holds_the_ratios_that_are_not_rejected(paired):
    rng = np.random.default_rng(3)
    b = rng.normal(0.01, 0.02, 80)
    a = (b if paired else rng.normal(0.01, 0.02, 80)) * 2 + rng.normal(0.01, 0.02, 80)
    found = fieller(a, b, 0.95, paired=paired)
    t = stats.t.ppf(0.975, 79 if paired else 158)

    def distance(ratio: float) -> float:
        if paired:
            rest = a - ratio * b
            return rest.mean() / np.sqrt(rest.var(ddof=1) / 80)
        spread = np.sqrt(a.var(ddof=1) / 80 + ratio**2 * b.var(ddof=1) / 80)
        return (a.mean() - ratio * b.mean()) / spread

    for end in ("ci_low", "ci_high"):
        np.testing.assert_allclose(abs(distance(found[end])), t, rtol=1e-9)
    assert found["ci_low"] < found["estimate"] < found["ci_high"]
    assert found["n"] == (80 if paired else 160)
    # delta method
    ratio = a.mean() / b.mean()
    va, vb = a.var(ddof=1) / 80, b.var(ddof=1) / 80
    cab = np.cov(a, b)[0, 1] / 80 if paired else 0
    se = np.sqrt(va + ratio**2 * vb - 2 * ratio * cab) / abs(b.mean())
    assert found["se"] == pytest.approx(se, rel=1e-12)


@pytest.mark.parametrize("paired", [False, True])
def test_fieller_needs_three_values_of_each(paired):
    three, two = np.array([1.0, 2.0, 3.5]), np.array([1.0, 2.0])
    assert fieller(three, three + 1, 0.95, paired=paired)["n"] == (3 if paired else 6)
    for above, below in ((two, three), (three, two)):
        short = fieller(above, below, 0.95, paired=False)
        assert short["n"] == 0 and np.isnan(short["estimate"])


def test_a_ratio_of_sure_estimates_is_its_interval():
    sure = ratio_of_estimates(3.0, -2.0, (0.0, 0.0, 0.0), 1.96)
    assert sure == {"estimate": -1.5, "se": 0.0, "ci_low": -1.5, "ci_high": -1.5}


def test_a_denominator_near_zero_has_no_ends():
    rng = np.random.default_rng(4)
    found = fieller(rng.normal(1, 1, 50), rng.normal(0, 1, 50), 0.95, paired=False)
    assert np.isnan(found["ci_low"]) and np.isnan(found["ci_high"])


@pytest.mark.parametrize(
    ("low", "high", "neutral", "published", "expected"),
    [
        (0.1, 0.3, 0, 0.18, "contains"),
        (0.2, 0.3, 0, 0.18, "different"),
        (-0.1, 0.3, 0, 0.18, "nothing"),
        (-0.3, -0.1, 0, 0.18, "opposite"),
        (2.0, 5.0, 1, 4, "contains"),
        (0.5, 5.0, 1, 4, "nothing"),
        (0.2, 0.8, 1, 4, "opposite"),
        (0.0, 0.3, 0, 0.18, "nothing"),
        (-0.3, 0.0, 0, 0.18, "nothing"),
        (0.18, 0.3, 0, 0.18, "contains"),
        (0.1, 0.18, 0, 0.18, "contains"),
        (-0.3, np.nan, 0, 0.18, "nothing"),
        (0.01, np.nan, 0, 0.18, "contains"),
        (0.2, np.nan, 0, 0.18, "different"),
        (np.nan, np.nan, 1, 4, "nothing"),
    ],
)
def test_verdict_follows_from_the_interval(low, high, neutral, published, expected):
    middle = neutral + 1 if np.isnan([low, high]).any() else (low + high) / 2
    row = {"estimate": middle, "ci_low": low, "ci_high": high}
    row |= {"neutral": neutral, "published": published}
    assert verdict(row) == VERDICTS[expected]


def test_readings_of_the_slope_by_hand():
    estimates = pd.DataFrame(
        {
            "model": "interaction",
            "term": ["cc_share", "cc_share:own_cc"],
            "estimate": [0.2, -0.3],
            "df": 99.0,
        }
    )
    covariances = pd.DataFrame(
        {
            "model": "interaction",
            "term": ["cc_share", "cc_share", "cc_share:own_cc", "cc_share:own_cc"],
            "other_term": ["cc_share", "cc_share:own_cc"] * 2,
            "covariance": [0.0004, -0.0002, -0.0002, 0.0009],
        }
    )
    sample = pd.DataFrame({"roa": [0.0, 0.1, 0.2], "cc_share": [0.0, 0.5, 1.0]})
    evidence = Evidence(
        estimates, covariances, {"interaction": sample}, {"interaction": "roa"}
    )
    table = claims_table(CLAIMS, evidence)
    both = table[table.claim == "customer_centric_roa"].set_index("reading")
    slope, se = -0.1, np.sqrt(0.0004 + 0.0009 - 0.0004)
    expected = {
        "A": slope,
        "B": slope * 0.5 / 0.1,
        "C": slope * 0.01 / 0.1,
        "D": slope * 0.01,
        "E": slope * 0.01 / 0.1,
    }
    for letter, value in expected.items():
        row = both[both.index.str.startswith(letter)].iloc[0]
        np.testing.assert_allclose(row.estimate, value)
        np.testing.assert_allclose(row.se, se * abs(value / slope))
    of_sd = both[both.unit == "s.d."].iloc[0]
    np.testing.assert_allclose(of_sd.estimate, slope * 0.5 / 0.1)
    ratios = table[table.claim == "marketing_asymmetry"].iloc[0]
    assert ratios.verdict == VERDICTS["unknown"]
    (quantity,) = [
        c["quantity"] for c in CLAIMS if c["claim"] == "customer_centric_roa"
    ]
    y, share = np.array([0.1, 0.1, 0.4]), np.array([0.0, 0.2, 1.0])
    sample = pd.DataFrame({"roa": y, "cc_share": share})
    evidence = replace(evidence, samples={"interaction": sample})
    for scale, factor in (
        ("points", 1.0),
        ("point", 0.01),
        ("elasticity", 0.4 / 0.2),
        ("point_of_mean", 0.01 / 0.2),
        ("sd_of_mean", share.std(ddof=1) / 0.2),
        ("sd_of_sd", share.std(ddof=1) / y.std(ddof=1)),
    ):
        claim = {
            "claim": "one",
            "headline": "",
            "published": -0.1,
            "source": "",
            "quantity": quantity,
            "readings": [{"name": "A", "unit": "", "scale": scale}],
        }
        row = claims_table([claim], evidence).iloc[0]
        half = stats.t.ppf(0.975, 99) * se * factor
        np.testing.assert_allclose(
            [row.estimate, row.se, row.ci_low, row.ci_high, row.n],
            [
                slope * factor,
                se * factor,
                *(slope * factor + half * np.array([-1, 1])),
                3,
            ],
            rtol=1e-9,
        )


def test_ratios_of_dyads_know_which_partner_is_customer_centric():
    rng = np.random.default_rng(8)
    n = 400
    cc = rng.random(n) < 0.5
    own, other = rng.normal(0.03, 0.01, n), rng.normal(0.01, 0.01, n)
    asymmetric = (rng.random(n) < 0.6).astype(float)
    dyads = pd.DataFrame(
        {
            "marketing": 1.0,
            "research": 0.0,
            "asymmetric": asymmetric,
            "customer_centric_i": cc.astype(float),
            "car_i": np.where(cc, own, other),
            "car_j": np.where(cc, other, own),
            "combined_car": np.where(asymmetric == 1, 0.04, 0.01)
            + rng.normal(0, 0.005, n),
        }
    )
    empty = pd.DataFrame({"model": [], "term": [], "estimate": [], "df": []})
    table = claims_table(CLAIMS, Evidence(empty, empty, dyads=dyads)).set_index("claim")
    assert table.verdict["marketing_asymmetry"] == VERDICTS["contains"]
    assert table.verdict["customer_centric_capture"] == VERDICTS["contains"]
    assert table.verdict["research_symmetry"] == VERDICTS["unknown"]


def of_results(where: dict, results: pd.DataFrame, **more) -> pd.Series:
    """Return the one row of a claim on a table of results."""
    claim = {
        "claim": "longer_lives",
        "headline": "Alliances of two structures live shorter.",
        "published": -0.2,
        "source": "table 3",
        "quantity": {"kind": "result", "table": "hazards", "where": where, **more},
        "readings": [{"name": "A", "unit": "log hazard"}],
    }
    empty = pd.DataFrame({"model": [], "term": [], "estimate": [], "df": []})
    evidence = Evidence(empty, empty, confidence=0.9, results={"hazards": results})
    return claims_table([claim], evidence).iloc[0]


HAZARDS = pd.DataFrame(
    {
        "model": ["a", "a", "b", "c"],
        "term": ["x", "z", "x", "x"],
        "estimate": [-0.3, 0.1, np.nan, 0.5],
        "se": [0.1, 0.2, np.nan, np.nan],
        "ci_low": [-0.5, -0.3, np.nan, np.nan],
        "ci_high": [-0.1, 0.5, np.nan, np.nan],
        "rate": [0.7, 0.4, 0.2, np.nan],
        "n": [40, 41, 42, 43],
    }
)


def test_a_claim_may_name_one_row_of_results():
    row = of_results({"model": "a", "term": "x"}, HAZARDS)
    assert row.label == "longer lives" and row.neutral == 0
    numbers = ["estimate", "se", "ci_low", "ci_high", "n"]
    assert row[numbers].tolist() == [-0.3, 0.1, -0.5, -0.1, 40]
    assert row.verdict == VERDICTS["contains"]
    other = of_results({"model": "a", "term": "x"}, HAZARDS, value="rate")
    ends = 0.7 - 1.6448536269514722 * 0.1, 0.7 + 1.6448536269514722 * 0.1
    np.testing.assert_allclose(
        other[numbers].astype(float), [0.7, 0.1, *ends, 40], rtol=1e-12
    )
    bare = of_results({"term": "z"}, HAZARDS[["term", "estimate"]])
    assert (
        bare.estimate == 0.1 and bare.n == 0 and np.isnan([bare.se, bare.ci_low]).all()
    )
    spells = HAZARDS[["term", "estimate"]].assign(spells=[7, 8, 9, 10])
    assert of_results({"term": "z"}, spells).n == 8


@pytest.mark.parametrize(
    "where",
    [
        {"term": "x"},  # three rows
        {"model": "d"},  # none
        {"model": "b", "term": "x"},  # no estimate
        {"sample": "all"},  # no column
    ],
)
def test_what_is_not_one_row_with_an_estimate_is_unknown(where):
    row = of_results(where, HAZARDS)
    assert row.verdict == VERDICTS["unknown"] and row.n == 0
    assert np.isnan(row.estimate)


def test_a_column_that_results_lack_is_unknown():
    row = of_results({"term": "z"}, HAZARDS, value="odds")
    assert row.verdict == VERDICTS["unknown"]
    assert of_results({"term": "z"}, pd.DataFrame()).verdict == VERDICTS["unknown"]


def test_the_customer_centric_partners_return_is_the_numerator():
    dyads = pd.DataFrame(
        {
            "asymmetric": [1, 1, 1, 1, 0, 1],
            "customer_centric_i": [1, 0, 1, 0, 1, 1],
            "car_i": [0.03, 0.01, 0.02, 0.02, 9, np.nan],
            "car_j": [0.01, 0.04, 0.02, 0.03, 9, 0.1],
        }
    )
    share = capture(dyads, 0.95)
    assert share["n"] == 4
    assert share["estimate"] == pytest.approx(0.12 / 0.06)


def test_evidence_holds_the_samples_of_estimated_models_alone():
    panel = pd.DataFrame(
        {
            "firm": ["a", "a", "b", "b", "c", "c"],
            "fiscal_year": [2000, 2001] * 3,
            "roa": [0.1, 0.2, np.nan, 0.1, 0.3, 0.5],
            "share": [0.0, 0.5, 0.5, 0.25, 1.0, 0.75],
        }
    )
    models = [Model("one", "roa", terms=("share",)), Model("two", "roa", ("share",))]
    estimates = pd.DataFrame({"model": ["one"], "term": ["share"], "estimate": [1.0]})
    covariances = pd.DataFrame({"model": []})
    held = evidence_of(panel, models, estimates, covariances, panel[:0], 0.9)
    assert {*held.samples} == {"one"} and held.confidence == 0.9
    assert held.outcomes == {"one": "roa", "two": "roa"} and held.results == {}
    sample = held.samples["one"]
    assert sample.roa.tolist() == [0.1, 0.2, 0.1, 0.3, 0.5]
    assert sample.share.tolist() == [0.0, 0.5, 0.25, 1.0, 0.75]
