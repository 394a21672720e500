"""A study's own effects take the place of the planted ones, or are refused."""

from __future__ import annotations

import math
from typing import Any

import pytest

from alliance_value.simulate.effects import planted


def test_values_replace_those_of_the_file_by_section_and_name() -> None:
    own = planted({"performance": {"own_cc": 0.5}, "confounding": {"slope": 2}})
    usual = planted("planted")
    assert own.performance.own_cc == 0.5 and own.confounding.slope == 2.0
    assert own.joint_value == usual.joint_value
    assert own.performance.marketing == usual.performance.marketing


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"performances": {}}, "effects: unknown .'performances'.; known are"),
        ({"performance": {"own": 1}}, "effects.performance: unknown .'own'."),
        ({"performance": ["own_cc"]}, "effects.performance must be a mapping"),
        ({"performance": {"own_cc": math.nan}}, "'own_cc'. are not finite"),
        ({"performance": {"own_cc": "large"}}, "large"),
        (["performance"], "must be planted, none, realistic or a mapping"),
    ],
)
def test_what_plants_nothing_is_refused(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        planted(given)
