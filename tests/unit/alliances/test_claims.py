"""Claims: Fieller's interval by search, readings by hand, verdicts by rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from alliance_value.alliances.claims import (
    VERDICTS,
    Evidence,
    claims_table,
    fieller,
    verdict,
)

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
        (np.nan, np.nan, 1, 4, "nothing"),
    ],
)
def test_verdict_follows_from_the_interval(low, high, neutral, published, expected):
    middle = neutral + 1 if np.isnan(low) else (low + high) / 2
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
