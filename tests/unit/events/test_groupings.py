"""Groups of events: who is in which, and that returns are estimated once for all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.events import engine
from alliance_value.events.exclusions import Rules
from alliance_value.events.groupings import EVERY, group_members
from alliance_value.events.study import event_study

from . import worlds

OPTIONS = {
    "models": ["market", "mean"],
    "windows": [(-1, 1)],
    "estimation": worlds.ESTIMATION,
    "rules": Rules(minimum=50, overlap="flag"),
    "draws": 99,
}


@pytest.fixture(scope="module")
def world():
    wide, factors = worlds.market()
    listed = worlds.events(wide).rename(columns={"group": "kind"})
    listed["half"] = np.where(np.arange(len(listed)) < 20, "first", "last")
    return wide, listed, factors


def test_groupings_share_their_returns_and_differ_in_groups(world):
    wide, listed, factors = world
    both = event_study(wide, listed, factors, groupings=["kind", "half"], **OPTIONS)
    assert set(both.event_tests.group) == {EVERY, "a", "b", "first", "last"}
    one = event_study(wide, listed.assign(group=listed.half), factors, **OPTIONS)
    for name in ("event_tests", "caar", "calendar_time"):
        mine = getattr(both, name)
        theirs = getattr(one, name)
        pd.testing.assert_frame_equal(
            mine[mine.group.isin(["first", "last"])].reset_index(drop=True),
            theirs[theirs.group != EVERY].reset_index(drop=True),
        )
    key = ["sample", "group", "model", "window", "test"]
    assert not both.event_tests.duplicated(key).any()
    none = event_study(wide, listed, factors, groupings=[], **OPTIONS)
    assert set(none.event_tests.group) == {EVERY} and none.events.group.isna().all()
    pd.testing.assert_frame_equal(none.cars, both.cars)


def test_returns_are_estimated_once_whatever_the_groupings(world, monkeypatch):
    wide, listed, factors = world
    models = []
    estimate = engine.abnormal_returns

    def counted(windows, model):
        models.append(model)
        return estimate(windows, model)

    monkeypatch.setattr(engine, "abnormal_returns", counted)
    event_study(wide, listed, factors, groupings=["kind", "half"], **OPTIONS)
    assert models == OPTIONS["models"]


def test_names_that_several_groupings_have_are_told_apart():
    groupings = pd.DataFrame({"large": ["0", "1", "1"], "foreign": ["1", "all", None]})
    members = group_members(groupings, np.array([False, True, False]))
    assert list(members) == [
        *(("all", group) for group in ("all", "0", "large 1")),
        *(("unconfounded", group) for group in ("all", "0", "large 1")),
        *(("all", group) for group in ("foreign 1", "foreign all")),
        *(("unconfounded", group) for group in ("foreign 1", "foreign all")),
    ]
    assert members["all", "large 1"].tolist() == [False, True, True]
    assert members["unconfounded", "large 1"].tolist() == [False, False, True]
    assert members["all", "foreign 1"].tolist() == [True, False, False]
