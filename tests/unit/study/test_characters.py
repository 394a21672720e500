"""Characters that nothing can print, wherever they stand in what a user writes."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.study.characters import character_problems
from alliance_value.study.claims import read_claims

ROOT = Path(__file__).resolve().parents[3]
# ends of the ranges, and their neighbours that are text
ODD = "\x00\x08\x0b\x0d\x1b\x1f\x7f\x9f\ud800\udfff\ufffe\uffff"
PLAIN = "\t\n ~\xa0é\ud7ff\ue000\ufffd\U0001f600"


@pytest.mark.parametrize("character", ODD)
def test_an_odd_character_is_named_with_its_place(character):
    study = {"variables": {"size": {"label": f"Size{character}log"}}, "n": 1}
    (problem,) = character_problems(study, ())
    assert problem.where == "variables.size.label"
    assert f"U+{ord(character):04X}" in problem.rule
    assert UserError([problem], "s").render().encode()  # half a character has no bytes


def test_every_text_is_looked_at_keys_too_and_no_plain_one_is_told():
    study = {
        "title": PLAIN,
        "models": [{"name": "a"}, {"ti\x0btle": ["x", "y\x1b"]}],
        "when": None,
    }
    found = [(p.where, p.value) for p in character_problems(study, ())]
    assert found == [
        ("models[1]", "ti\x0btle"),
        ("models[1].ti\x0btle[1]", "y\x1b"),
    ]


def test_a_message_holds_no_control_character():
    problem = Problem(rule="a\x1b[2Jb", remedy="c\x07", where="d\ud800")
    assert (
        UserError([problem], "e\x00")
        .render()
        .endswith("U+0000\n  1. dU+D800: aU+001B[2Jb\n    -> cU+0007")
    )


def test_a_file_of_claims_is_looked_at_too(tmp_path):
    claims = yaml.safe_load((ROOT / "config/claims.yaml").read_text(encoding="utf-8"))
    claims[1]["headline"] += "\x0b"
    path = tmp_path / "claims.yaml"
    path.write_text(yaml.safe_dump(claims), encoding="utf-8")
    with pytest.raises(UserError, match=r"\[1\]\.headline.*U\+000B") as error:
        read_claims(path)
    assert len(error.value.problems) == 1
