"""Constructs of a simulated world: its files, and that other worlds keep theirs."""

import numpy as np
import pytest

from alliance_value.simulate.constructs import EFFECTS
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
