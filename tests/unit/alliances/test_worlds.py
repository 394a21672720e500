"""One simulated world from its files to the certificate's rows, and each kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

from alliance_value.alliances.certificate_docs import (
    PAGE,
    SCORES,
    with_scores,
    with_tables,
)
from alliance_value.alliances.validation import Dyads
from alliance_value.alliances.worlds import counted, of_deals, of_events, worlds
from alliance_value.certificate.contracts import Scores, Worlds
from alliance_value.contracts.storage import load, store
from alliance_value.events.groupings import EVERY
from alliance_value.study.resolve import resolve
from alliance_value.workflow.settings import shards, world_study

ROOT = Path(__file__).resolve().parents[3]


def test_one_world_goes_from_files_to_rows() -> None:
    text = (ROOT / "config/certificate.yaml").read_text(encoding="utf-8")
    study = resolve(yaml.safe_load(text), ROOT / "workflow/schemas/study.schema.yaml")
    small = world_study(study)["study"]
    few = ("fixed_effects", "wild_bootstrap", "within")
    small["models"] = [m for m in small["models"] if m["name"] in few]
    design = next(iter(shards(study).values()))["design"]
    rows = worlds(small, design, range(1, 2))
    assert set(rows.world) == {1} and set(rows.design) == {design["name"]}
    by = rows.set_index(["kind", "method", "quantity"]).sort_index()
    product = by.loc[("estimator", "fixed_effects", "share x own structure")]
    assert product.truth == -0.35
    assert product.low_95 < product.low_90 < product.estimate < product.high_90
    names = set(rows.quantity[rows.method == "within"])
    assert names == {"share x own structure"}
    assert {"estimator", "grid", "event test", "deals"} == set(rows.kind)
    assert rows.p.dropna().between(0, 1).all()
    # effects are planted: the value behind a test is not zero
    tests = rows[rows.kind.isin(["grid", "event test"])]
    assert tests.truth.isna().all() and tests.p.notna().any()
    assert {q.split(", ")[0] for q in by.loc["event test"].index.levels[1]} >= {
        "partners",
        "dyads",
    }
    grid = rows[rows.kind == "grid"]
    assert (grid.clusters > product.clusters).all() and (grid.n > product.n).all()


def test_no_world_has_no_row() -> None:
    none = worlds({}, {"name": "d"}, range(0))
    assert none.empty and [*none.columns] == [*Worlds.to_schema().columns]


def test_tests_of_all_events_are_rows_and_others_are_not() -> None:
    tests = pd.DataFrame(
        {
            "group": [EVERY, EVERY, "marketing"],
            "sample": [EVERY, "no other news", EVERY],
            "unit": "partners",
            "model": "market",
            "window": "[-1,1]",
            "test": ["bmp", "sign", "patell"],
            "n": [40, 30, 20],
            "p": [0.03, 0.5, 0.7],
        }
    )
    (row,) = of_events(tests, null=True)
    assert (row["kind"], row["method"]) == ("event test", "bmp")
    assert row["quantity"] == "partners, market, [-1,1]"
    assert (row["truth"], row["p"]) == (0.0, 0.03)
    assert (row["n"], row["clusters"], row["movers"]) == (40, 40, 0)
    assert np.isnan([row["estimate"], row["se"], row["low_90"], row["high_95"]]).all()
    (row,) = of_events(tests, null=False)
    assert np.isnan(row["truth"])


TERM = {"quantity": "term", "model": "combined", "term": "asymmetric"}


@pytest.fixture
def dyads() -> Dyads:
    """Five deals, three of them asymmetric, and a model of them."""
    table = pd.DataFrame(
        {
            "combined_car": [0.01, 0.02, 0.06, -0.01, np.nan],
            "asymmetric": [1.0, 1.0, 1.0, 0.0, 0.0],
        }
    )
    estimates = pd.DataFrame(
        {
            "model": "combined",
            "term": ["asymmetric", "asymmetric", "size"],
            "se_type": ["robust", "dyadic", "dyadic"],
            "estimate": [0.4, 0.5, 0.6],
            "se": [0.1, 0.2, 0.3],
            "ci_low": [0.2, 0.1, 0.0],
            "ci_high": [0.6, 0.9, 1.2],
            "df": [99.0, 8.0, 9.0],
        }
    )
    return Dyads(table, estimates)


@pytest.mark.parametrize(
    ("asked", "method", "estimate", "se", "df"),
    [
        (TERM, "dyads: combined", 0.5, 0.2, 8),
        ({"quantity": "mean"}, "dyads", 0.02, 0.0294392 / 2, np.inf),
        (
            {"quantity": "mean", "where": {"asymmetric": 1.0}},
            "dyads",
            0.03,
            0.0264575 / np.sqrt(3),
            np.inf,
        ),
    ],
)
def test_deals_have_estimates_and_both_intervals(
    dyads: Dyads, asked: dict, method: str, estimate: float, se: float, df: float
) -> None:
    (row,) = of_deals(dyads, {"name": "q", "dyads": asked}, 0.25)
    assert (row["kind"], row["method"], row["quantity"]) == ("deals", method, "q")
    assert row["truth"] == 0.25
    assert (row["estimate"], row["se"]) == pytest.approx((estimate, se), rel=1e-5)
    for level in (90, 95):
        half = stats.t.ppf(0.5 + level / 200, df) * se
        ends = (row[f"low_{level}"], row[f"high_{level}"])
        assert ends == pytest.approx((estimate - half, estimate + half), abs=1e-6)
    p = 2 * stats.t.sf(estimate / se, df)
    assert row["p"] == pytest.approx(p, rel=1e-3)
    assert (row["n"], row["clusters"], row["movers"]) == (5, 5, 0)


def test_deals_without_an_estimate_are_no_rows(dyads: Dyads) -> None:
    absent = {"name": "q", "dyads": {**TERM, "model": "other"}}
    assert not [*of_deals(dyads, absent, 0.0)]
    lone = {"name": "q", "dyads": {"quantity": "mean", "where": {"asymmetric": 0.0}}}
    assert not [*of_deals(dyads, lone, 0.0)]
    assert counted(3) == {"n": 3, "clusters": 3, "movers": 0}


def test_the_page_shows_the_scores_that_the_package_holds() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert with_tables(page) == page


def real_statements(path: Path) -> None:
    """Write statements of 250 firms over 18 years in which nothing acts on ROA."""
    rng = np.random.default_rng(3)
    keys = pd.MultiIndex.from_product([range(1, 251), range(1998, 2016)])
    table = keys.to_frame(False).set_axis(["gvkey", "fyear"], axis=1)
    table["datadate"] = table.fyear.astype(str) + "-12-31"
    table["roa"] = rng.normal(0.04, 0.03, len(table)).round(6)
    table["size"] = rng.normal(8, 1, len(table)).round(6)
    table["lev"] = rng.uniform(0, 0.5, len(table)).round(6)
    table.to_csv(path, index=False)


def test_effects_laid_over_real_statements_are_what_estimates_differ_by(
    tmp_path: Path,
) -> None:
    """Winsorizing ROA takes some of what is planted; the design has no other effect."""
    real_statements(tmp_path / "comp.csv")
    text = (ROOT / "config/plasmode.yaml").read_text(encoding="utf-8")
    study = yaml.safe_load(text)
    study["sources"]["firm_years"]["file"] = str(tmp_path / "comp.csv")
    study["models"] = study["models"][:1]
    small = resolve(study, ROOT / "workflow/schemas/study.schema.yaml")
    planted, none = (
        worlds(small, design, range(1, 2)).set_index("quantity")
        for design in small["certificate"]["designs"]
    )
    assert (none.truth == 0).all() and (planted.n == none.n).all()
    apart = planted.estimate - none.estimate
    for quantity in ("share, product-centric firms", "share x own structure"):
        assert apart[quantity] == pytest.approx(planted.truth[quantity], rel=0.15)
        assert abs(none.estimate[quantity]) < 4 * none.se[quantity]


def test_scores_of_a_study_take_their_designs_place_and_leave_others(
    tmp_path: Path,
) -> None:
    before = load(SCORES, Scores)
    first = before.design.eq(before.design.iloc[0])
    store(before[first].head(3), Scores, tmp_path / "new.csv")
    after = with_scores([tmp_path / "new.csv"])
    pd.testing.assert_frame_equal(after.head(3), before[first].head(3))
    others = before[~first].reset_index(drop=True)
    pd.testing.assert_frame_equal(after.iloc[3:].reset_index(drop=True), others)


def test_the_committed_table_has_the_designs_that_studies_declare() -> None:
    studies = [ROOT / f"config/{name}.yaml" for name in ("certificate", "plasmode")]
    declared = {
        design["name"]: design["worlds"]
        for path in studies
        for design in yaml.safe_load(path.read_text("utf-8"))["certificate"]["designs"]
    }
    # a world may have no estimate
    drawn = load(SCORES, Scores).groupby("design").worlds.max()
    assert set(drawn.index) == declared.keys()
    for design, worlds_drawn in drawn.items():
        assert 0.9 * declared[design] <= worlds_drawn <= declared[design]
