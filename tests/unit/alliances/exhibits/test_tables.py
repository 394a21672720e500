"""The paper's tables: their cells from small results."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.text_table import TextTable
from alliance_value.study.spec import Table


def laid_out(kind: str, results: dict[str, pd.DataFrame], **settings) -> TextTable:
    return lay_out(Table("t", kind=kind, **settings), results, Context())


def terms(*names: str, **columns: object) -> pd.DataFrame:
    table = pd.DataFrame({"term": names, "estimate": 0.01, "se": 0.004, "p": 0.02})
    return table.assign(**columns)


def test_agreement_has_a_row_for_each_pair_of_coders():
    row = {
        **{"level": "unit", "first_coder": "A", "second_coder": "B", "n": 1000},
        **{"agreement": 0.8412, "expected": 0.3345, "kappa": 0.7634, "se": 0.00218},
        **{"ci_low": 0.7591, "ci_high": 0.7664},
    }
    other = {**row, "level": "firm_year", "n": 7}
    table = laid_out("coder_agreement", {"coder_agreement": pd.DataFrame([row, other])})
    cells = ("84.1%", "33.5%", "0.763", "0.0022", "0.759 to 0.766")
    assert table.rows == (
        ("Units: A and B", ("1,000", *cells)),
        ("Firm-years: A and B", ("7", *cells)),
    )
    none = pd.DataFrame([row]).head(0)
    alone = laid_out("coder_agreement", {"coder_agreement": none})
    assert alone.notes == ("Structures were coded by one coder: agreement needs two.",)


def test_models_of_deals_show_errors_by_firm_and_the_usual_columns():
    names = ("constant", "asymmetric", "marketing")
    models = ("both gain", "combined", "combined, year effects")
    estimates = pd.concat(
        terms(*names, model=model, se_type=kind, estimate=place + (kind == "hc3"))
        for place, model in enumerate(models)
        for kind in ("hc3", "dyadic")
    )
    fits = pd.DataFrame(
        {"model": models, "n": [2059, 7, 8], "firms": 548, "r2": [0.08, 0.1, np.nan]}
    ).assign(hub=0.04)
    results = {"dyad_models": estimates, "dyad_fits": fits}
    table = laid_out("dyad_models", results)
    assert [head for _, head in table.columns] == [
        *("Combined", "Year effects", "Both gain")
    ]
    assert table.rows[::2][:3] == (
        ("Asymmetric", ("1.0000**", "2.0000**", "0.0000**")),
        ("Marketing", ("1.0000**", "2.0000**", "0.0000**")),
        ("Constant", ("1.0000**", "2.0000**", "0.0000**")),
    )
    assert table.rules == {6}
    assert table.rows[6:] == (
        ("Deals", ("7", "8", "2,059")),
        ("Firms", ("548", "548", "548")),
        ("R² (logit: McFadden's)", ("0.100", "", "0.080")),
    )
    some = laid_out(
        "dyad_models", results, models=("both gain", "none"), terms=("marketing",)
    )
    assert len(some.columns) == 1
    assert [head for head, _ in some.rows[:2]] == ["Marketing", ""]


@pytest.mark.parametrize(
    ("hub", "kinds", "said"),
    [
        (0.05, ["dyadic", "dyadic"], "share a firm. Overlaps"),
        (0.12, ["dyadic", "dyadic"], "in 12% of the deals: with such hubs these"),
        (0.12, ["dyadic_jackknife", "dyadic"], "over firms; those of a logit are"),
        (0.12, ["dyadic_jackknife"] * 2, "by a jackknife over firms. Overlaps"),
    ],
)
def test_models_of_deals_say_what_hubs_do_to_their_errors(hub, kinds, said):
    models = ("combined", "both gain")
    estimates = pd.concat(
        terms("asymmetric", model=model, se_type=kind, se=se)
        for model, chosen in zip(models, kinds, strict=True)
        for kind, se in ((chosen, 0.5), *([("dyadic", 0.1)] * (chosen != "dyadic")))
    )
    fits = pd.DataFrame({"model": models, "n": 9, "firms": 5, "r2": 0.1, "hub": hub})
    table = laid_out("dyad_models", {"dyad_models": estimates, "dyad_fits": fits})
    assert said in table.notes[0]
    assert table.rows[1] == ("", ("(0.500)", "(0.500)"))


def test_potential_deals_are_counted_below_the_probit():
    estimates = terms("prior_tie", "constant", n=[90, 12345], formed=[1, 678])
    estimates = estimates.assign(sampled=1.0)
    table = laid_out("formation", {"formation": estimates})
    assert [head for head, _ in table.rows[::2]][:2] == [
        *("Earlier deal of the pair", "Constant")
    ]
    assert table.rows[4:] == (
        ("Potential deals", ("12,345",)),
        ("Deals made", ("678",)),
    )
    assert table.rules == {4}
    assert not any("drawn at random" in note for note in table.notes)
    drawn = laid_out("formation", {"formation": estimates.assign(sampled=0.0123)})
    assert "1.23% of the others" in drawn.notes[-1]
    none = laid_out("formation", {"formation": estimates.head(0)})
    assert none.rows == (("Potential deals", ("0",)), ("Deals made", ("0",)))


def test_appropriation_has_a_column_for_each_measure():
    measures = ("car_difference", "own_measure")
    estimates = pd.concat(
        terms("asymmetric", "x", outcome=m, se_type=kind, n=1200 + i, firms=30 + i)
        for i, m in enumerate(measures)
        for kind in ("robust", "dyadic")
    )
    fits = pd.DataFrame({"hub": [0.2, np.nan]})
    results = {"appropriation": estimates, "dyad_fits": fits}
    table = laid_out("appropriation", results)
    assert "One firm is in 20% of the deals" in table.notes[0]
    assert [head for _, head in table.columns] == ["Difference of CARs", "Own measure"]
    assert table.rows[0] == ("Asymmetric", ("0.0100**", "0.0100**"))
    assert table.rows[4:] == (("Deals", ("1,200", "1,201")), ("Firms", ("30", "31")))
    assert table.rules == {4}


def test_division_writes_returns_in_percent_and_ratios_as_numbers():
    quantities = ["mean difference", "ratio of both", "correlation of CARs"]
    divided = pd.DataFrame(
        {
            "group": ["asymmetric", "asymmetric", "symmetric"],
            "quantity": quantities,
            "estimate": [0.0123, 3.25, 0.5],
            "se": [0.002, 0.6, 0.1],
            "ci_low": [0.008, 2.25, 0.3],
            "ci_high": [0.016, 5.5, 0.7],
            "n": [1500, 9, 40],
        }
    )
    table = laid_out("division", {"division_of_value": divided})
    first, second, third = table.rows
    assert first == (
        "Asymmetric deals: mean difference",
        ("1.23%", "0.20%", "0.80% to 1.60%", "1,500"),
    )
    assert second[1] == ("3.2500", "0.6000", "2.2500 to 5.5000", "9")
    assert third[1] == ("0.5000", "0.1000", "0.3000 to 0.7000", "40")
    assert table.rules == {0, 2}


def test_types_stand_in_rows_asymmetric_beside_symmetric():
    groups = ["all", "R&D asymmetric", "R&D symmetric", "marketing symmetric"]
    tests = pd.DataFrame(
        [
            {
                **{"unit": unit, "sample": "all", "group": group, "model": "market"},
                **{"window": "[-1,1]", "test": test, "n": 1200 + i, "p": 0.012},
                **{"mean": 0.0123 * (i + 1), "statistic": 2.5 + i + (test != "bmp")},
            }
            for unit in ("partners", "dyads")
            for i, group in enumerate(groups)
            for test in ("corrado", "bmp")
        ]
    )
    table = laid_out("group_means", {"event_tests": tests})
    assert table.rows == (
        ("R&D", ("1,201", "2.46%**", "3.50", "1,202", "3.69%**", "4.50")),
        ("Marketing", ("0", "", "", "1,203", "4.92%**", "5.50")),
    )
    assert table.columns[0] == ("Asymmetric deals", "Deals")
    assert table.columns[3] == ("Symmetric deals", "Deals")


def test_deals_have_moments_and_means_by_symmetry():
    dyads = pd.DataFrame(
        {
            "alliance": ["a", "b", "c", "d"],
            "asymmetric": [1.0, 1.0, 0.0, np.nan],
            "joint_gain": [10.0, 30.0, -4.0, np.nan],
            "both_gain": [1.0, 0.0, 0.0, 1.0],
        }
    )
    terms = ("joint_gain", "both_gain")
    table = laid_out("deal_descriptives", {"dyads": dyads}, terms=terms)
    of_gain = ("12.0", "17.1", "-4.0", "10.0", "30.0", "20.0", "-4.0")
    assert dict(table.rows)["Joint gain, $ million"] == ("3", *of_gain)
    assert dict(table.rows)["Both gain"][-2:] == ("0.500", "0.000")
    with pytest.raises(UserError, match="did you mean 'joint_gain'"):
        laid_out("deal_descriptives", {"dyads": dyads}, terms=("joint_gian",))
