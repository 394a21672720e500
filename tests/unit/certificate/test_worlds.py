"""Coverage over worlds stays in its band; what a certificate asks is checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from alliance_value.certificate.measure import Quantity, of_model
from alliance_value.certificate.score import FAILS, RIGHT, scores
from alliance_value.contracts.problems import UserError
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
