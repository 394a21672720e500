"""Constructs of a simulated world: its files, and that other worlds keep theirs."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.dependence import (
    both_sides,
    industry_dependence,
    knowledge_overlap,
)
from alliance_value.alliances.functions import of_dyads
from alliance_value.simulate.constructs import EFFECTS, betweenness_before
from alliance_value.simulate.files import OF_CONSTRUCTS, files_of_world
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import build_world


@pytest.fixture(scope="module")
def worlds():
    return [
        build_world(WorldSettings(size=0.05, dirt="none", constructs=asked))
        for asked in (False, True)
    ]


def test_they_move_values_of_deals_and_nothing_else(worlds):
    plain, moved = worlds
    assert not plain.tables
    same = [name for name in plain.deals if name != "joint_value"]
    assert plain.deals[same].equals(moved.deals[same])
    added = moved.deals.joint_value - plain.deals.joint_value
    assert abs(added.mean()) < 1e-12
    assert added.std() > 0.002
    assert np.array_equal(plain.roa, moved.roa, equal_nan=True)


def test_what_studies_measure_is_what_was_planted(worlds):
    """No noise: a coefficient off the planted one would be a measure's fault."""
    world, gvkey = worlds[1], worlds[1].firms.table["gvkey"].to_numpy(str)
    sic = world.firms.table["sic"].astype(str).to_numpy()
    deals = world.deals
    dyads = pd.DataFrame({"announced": deals.announced})
    for side in ("i", "j"):
        dyads[f"firm_{side}"] = text(gvkey[deals[side]])
        dyads[f"sic_{side}"] = text(sic[deals[side]])
    flows = world.tables["input_output"].astype({"value": "float64"})
    classes = world.tables["firm_classes"].astype({"weight": "float64"})
    spells = world.tables["alliance_function"]
    classes = classes.rename(columns={"gvkey": "firm", "class": "class_"})
    spells = pd.DataFrame(
        {
            "firm": text(spells.gvkey),
            "begins": pd.to_datetime(spells["from"]),
            "ends": pd.NaT,
        }
    )
    industries = ["from_industry", "to_industry"]
    depend = both_sides(
        industry_dependence(dyads, flows.astype(dict.fromkeys(industries, "string"))),
        "dependence",
    )
    measures = {
        "mutual_dependence": depend.mutual_dependence,
        "dependence_imbalance": depend.dependence_imbalance,
        "knowledge_overlap": knowledge_overlap(
            dyads, classes.astype({"firm": "string"})
        ),
        "betweenness": betweenness_before(deals, deals.announced.dt.year.to_numpy()),
        "function": of_dyads(dyads, spells).functions,
    }
    added = sum(EFFECTS[name] * (m - m.mean()) for name, m in measures.items())
    np.testing.assert_allclose(added, deals.constructs, atol=1e-6)
    # imbalance has to vary where mutual dependence does not, or no study tells it
    x = np.column_stack([depend.mutual_dependence, np.ones(len(deals))])
    y = depend.dependence_imbalance
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    assert rest.std() > 0.02


def text(values) -> pd.Series:
    return pd.Series(pd.array(list(values), dtype="string"))


def test_every_table_is_a_file(worlds):
    assert {*worlds[1].tables} == {*OF_CONSTRUCTS}
    names = files_of_world({"daily_format": "parquet", "constructs": True})
    assert {f"{name}.csv" for name in OF_CONSTRUCTS} <= {*names}
    plain = files_of_world({"daily_format": "parquet"})
    assert not {f"{name}.csv" for name in OF_CONSTRUCTS} & {*plain}
    assert set(EFFECTS) == {
        "mutual_dependence",
        "dependence_imbalance",
        "knowledge_overlap",
        "betweenness",
        "function",
    }
