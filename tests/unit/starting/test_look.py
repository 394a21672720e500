"""What a file's columns are called in a study file."""

from __future__ import annotations

from alliance_value.starting.look import keys_of


def test_names_that_formulas_can_hold_stay_and_others_follow_their_letters():
    names = ["ROA (%)", "roa", "Größe", "año", "2001", "if", "%", "roa %"]
    assert keys_of(names) == {
        "ROA (%)": "roa_2",
        "roa": "roa",
        "Größe": "grosse",
        "año": "ano",
        "2001": "c_2001",
        "if": "if_column",
        "%": "column",
        "roa %": "roa_3",
    }
