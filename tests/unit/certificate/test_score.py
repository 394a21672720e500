"""What scores say of methods whose coverage, size and bias are known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.certificate.caution import cautions
from alliance_value.certificate.measure import ends, with_intervals
from alliance_value.certificate.score import (
    COVERS,
    FAILS,
    HOLDS,
    REJECTS,
    WIDE,
    band,
    scores,
)

WORLDS = 400
DESIGNS = {"few": "few groups"}


def drawn(method: str, truth: float, width: float = 1.0, bias: float = 0.0) -> list:
    """Return worlds of a normal estimate, its error told as `width` times the true."""
    rng = np.random.default_rng(7)
    return [
        {
            "design": "few",
            "kind": "estimator",
            "method": method,
            "quantity": "slope",
            "world": world,
            "truth": truth,
            **with_intervals(truth + bias + rng.normal(), width, np.inf),
            "n": 100,
            "clusters": 10,
            "movers": 4,
        }
        for world in range(WORLDS)
    ]


def judged(*rows: list) -> pd.DataFrame:
    table = pd.DataFrame([row for part in rows for row in part])
    return scores(table, {"narrow": "fixed_effects, hc0"}, DESIGNS).set_index("method")


def test_right_narrow_and_wide_intervals_are_told_apart() -> None:
    table = judged(
        drawn("right", 2.0), drawn("narrow", 2.0, 0.5), drawn("wide", 2.0, 2.0)
    )
    assert table.verdict.to_dict() == {"right": COVERS, "narrow": FAILS, "wide": WIDE}
    assert table.better.to_dict() == {"right": "", "narrow": "right", "wide": ""}
    assert table.cover_95["right"] == pytest.approx(0.95, abs=0.03)
    assert table.cover_90["right"] == pytest.approx(0.90, abs=0.04)
    assert table.cover_95["narrow"] == pytest.approx(0.673, abs=0.07)


def test_a_method_that_is_right_by_its_width_alone_is_not_used_instead() -> None:
    """Rough never fails; exact fails in another design and is the one to use."""
    rough = [
        row | with_intervals(2.0 + 5 * (row["estimate"] - 2.0), 10.0, np.inf)
        for row in drawn("rough", 2.0)
    ]
    elsewhere = [row | {"design": "many"} for row in drawn("exact", 2.0, 0.5)]
    rows = [*rough, *drawn("exact", 2.0), *drawn("narrow", 2.0, 0.5), *elsewhere]
    table = scores(pd.DataFrame(rows), {}, {**DESIGNS, "many": "many groups"})
    few = table[table.design.eq("few")].set_index("method")
    assert few.verdict.to_dict() == {"rough": WIDE, "exact": COVERS, "narrow": FAILS}
    assert few.better["narrow"] == "exact"


def test_bias_and_its_error_are_those_of_the_estimates() -> None:
    table = judged(drawn("biased", 0.0, bias=1.0))
    assert table.bias["biased"] == pytest.approx(1.0, abs=0.15)
    assert table.bias_error["biased"] == pytest.approx(1 / np.sqrt(WORLDS), rel=0.1)
    assert table.rmse["biased"] == pytest.approx(np.sqrt(2), rel=0.1)
    assert table.rejected["biased"] == pytest.approx(0.17, abs=0.06)


def test_a_test_without_interval_is_judged_by_its_level() -> None:
    p = {"holds": 1.0, "often": 0.3}
    rows = []
    for method, scale in p.items():
        for row in drawn(method, 0.0):
            none = ends(0.90, np.nan, np.nan) | ends(0.95, np.nan, np.nan)
            share = np.random.default_rng(row["world"]).random() * scale
            rows.append(row | none | {"kind": "event test", "p": share})
    table = judged(rows)
    assert table.verdict.to_dict() == {"holds": HOLDS, "often": REJECTS}
    assert table.better["often"] == "holds"


def test_what_is_there_has_power_and_no_verdict() -> None:
    rows = [row | {"truth": np.nan} for row in drawn("found", 9.0)]
    table = judged(rows)
    assert table.verdict["found"] == ""
    assert table.rejected["found"] > 0.9


@pytest.mark.parametrize(("worlds", "expected"), [(10, (7, 10)), (1000, (933, 965))])
def test_the_band_is_the_binomial_one(worlds: int, expected: tuple[int, int]) -> None:
    assert band(worlds, 0.95) == expected


def test_a_term_like_worlds_that_failed_gets_a_caution_and_the_better_choice() -> None:
    table = judged(drawn("right", 2.0), drawn("narrow", 2.0, 0.5)).reset_index()
    table["like"] = ["fixed_effects, wild_bootstrap", "fixed_effects, hc0"]
    check = pd.DataFrame(
        {
            "kind": ["fixed_effects, hc0", "fixed_effects, wild_bootstrap", "probit"],
            "clusters": [12, 12, 12],
            "movers": [3, 3, 3],
            "size_by_entity": [np.nan, np.nan, 0.2],
            "size_by_period": np.nan,
            "size_error": [np.nan, np.nan, 0.02],
        }
    )
    said = cautions(check, table)
    assert "12 clusters, 3 of which vary in it" in said[0]
    assert "there held: fixed effects, wild bootstrap" in said[0]
    assert said[1] == ""
    assert said[2].startswith("20% of placebos with signs by {entity}")
