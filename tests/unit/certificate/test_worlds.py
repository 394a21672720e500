"""Coverage over worlds stays in its band; one world goes through the whole chain."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from alliance_value.alliances.certificate_docs import (
    PAGE,
    SCORES,
    with_scores,
    with_tables,
)
from alliance_value.alliances.worlds import worlds
from alliance_value.certificate.contracts import Scores
from alliance_value.certificate.measure import Quantity, of_model
from alliance_value.certificate.score import FAILS, RIGHT, scores
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.storage import load, store
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import build_world
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import Model
from alliance_value.workflow.settings import shards, world_study

ROOT = Path(__file__).resolve().parents[3]
SEEDS = range(1, 26)
PRODUCT = Quantity("product", -0.35, {"cc_share:own_cc": 1.0})
SHARE = Quantity("share", 0.18, {"cc_share": 1.0})
EFFECTS = Model(
    "fixed_effects",
    "roa_next",
    ("cc_share*own_cc",),
    ("size", "leverage", "slack"),
    effects=("firm", "fiscal_year"),
    clusters=("firm",),
)
JACKKNIFE = replace(EFFECTS, name="jackknife", standard_errors="cr3")
POOLED = replace(EFFECTS, name="pooled", estimator="pooled_ols", effects=())


def written() -> dict:
    text = (ROOT / "config/certificate.yaml").read_text(encoding="utf-8")
    study: dict = yaml.safe_load(text)
    return study


def resolved(study: dict) -> dict:
    return resolve(study, ROOT / "workflow/schemas/study.schema.yaml")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Return the scores of the true firm-years of 25 worlds of 80 firms a year."""
    rows = []
    seminar = ("marketing", "marketing_asymmetry", "marketing_own_cc")
    effects = {"performance": dict.fromkeys(seminar, 0.0), "confounding": {"firm": 2}}
    for seed in SEEDS:
        said = {"size": "tiny", "seed": seed, "effects": effects}
        world = build_world(WorldSettings.from_mapping(said))
        years = world.firm_years.dropna(subset=["cc_share"])
        names = {"gvkey": "firm", "fyear": "fiscal_year", "roa_lead": "roa_next"}
        panel = years.rename(columns=names)
        for model in (JACKKNIFE, POOLED):
            for row in of_model(panel, model, [SHARE, PRODUCT]):
                rows.append({**row, "world": seed, "design": "trait"})
    return scores(pd.DataFrame(rows), {}, {"trait": "a trait"})


def test_intervals_within_firms_hold_and_pooled_ones_do_not(table) -> None:
    found = table.set_index(["quantity", "method"])
    for quantity in ("share", "product"):
        assert found.verdict[quantity, "jackknife"] in RIGHT
        bias, error = found.loc[(quantity, "jackknife"), ["bias", "bias_error"]]
        assert abs(bias) < 3 * error
    assert found.verdict["share", "pooled"] == FAILS
    assert found.bias["share", "pooled"] > 5 * found.bias_error["share", "pooled"]
    assert found.better["share", "pooled"] == "jackknife"


def test_one_world_goes_from_files_to_rows() -> None:
    study = resolved(written())
    small = world_study(study)["study"]
    few = ("fixed_effects", "wild_bootstrap", "within")
    small["models"] = [m for m in small["models"] if m["name"] in few]
    jobs = shards(study)
    first = next(iter(jobs.values()))
    rows = worlds(small, first["design"], range(1, 2))
    by = rows.set_index(["kind", "method", "quantity"]).sort_index()
    product = by.loc[("estimator", "fixed_effects", "share x own structure")]
    assert product.truth == -0.35
    assert product.low_95 < product.low_90 < product.estimate < product.high_90
    names = set(rows.quantity[rows.method == "within"])
    assert names == {"share x own structure"}
    assert {"estimator", "grid", "event test", "deals"} == set(rows.kind)
    assert rows.p.dropna().between(0, 1).all()


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
    small = resolved(study)
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
    table: pd.DataFrame, tmp_path: Path
) -> None:
    before = load(SCORES, Scores)
    design = before.design.iloc[0]
    store(table.assign(design=design), Scores, tmp_path / "new.csv")
    after = with_scores([tmp_path / "new.csv"])
    assert after.design.eq(design).sum() == len(table)
    others = before[before.design.ne(design)].reset_index(drop=True)
    pd.testing.assert_frame_equal(
        after.iloc[len(table) :].reset_index(drop=True), others
    )


def test_more_worlds_leave_earlier_jobs_as_they_are() -> None:
    few, many = written(), written()
    for design in few["certificate"]["designs"]:
        design["worlds"] = 20
    for design in many["certificate"]["designs"]:
        design["worlds"] = 35
    less, more = shards(resolved(few)), shards(resolved(many))
    assert {name: more[name] for name in less} == less
    assert more["none-0030"]["seeds"] == [31, 36]
    assert world_study(resolved(few)) == world_study(resolved(many))


WRONG = {
    "no term": (
        lambda c: c["quantities"][0].update(weights={"nothing": 1}),
        "'nothing'",
    ),
    "twice": (
        lambda c: c["designs"].append(dict(c["designs"][0])),
        "more than once",
    ),
    "no setting": (
        lambda c: c["designs"][0].update(simulate={"sizes": "tiny"}),
        "unknown ['sizes']",
    ),
    "no effect": (
        lambda c: c["designs"][0].update(simulate={"effects": {"roa": {}}}),
        "unknown ['roa']",
    ),
    "both": (
        lambda c: c["quantities"][0].update(dyads={"quantity": "mean"}),
        "weights or dyads",
    ),
    "no grid": (lambda c: c["quantities"].pop(2), "of the grid"),
}


@pytest.mark.parametrize("change, words", WRONG.values(), ids=list(WRONG))
def test_what_a_certificate_asks_in_vain_is_named(change, words) -> None:
    study = written()
    change(study["certificate"])
    with pytest.raises(UserError) as raised:
        resolved(study)
    assert words in raised.value.render(limit=None)


def test_the_page_shows_the_scores_that_the_package_holds() -> None:
    page = (ROOT / PAGE).read_text(encoding="utf-8")
    assert with_tables(page) == page
