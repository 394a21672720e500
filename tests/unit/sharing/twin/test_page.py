"""The page shows how near the twin is and what it discloses, or why it does not."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.sharing.twin.measures import Measures, measures
from alliance_value.sharing.twin.page import Shown, figures, files, headline, page
from tests.unit.sharing.twin.panels import (
    STUDY,
    compared,
    panel,
    request,
    twin_files,
)

NOTHING = pd.DataFrame(columns=["first", "second", "pmse", "ratio"])


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("page")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        wanted = request(panel(12, 8, 1), STUDY, folder)
        made = twin_files(wanted)
        told = measures(made, np.random.default_rng(1))
        return Shown("s-twin", compared(made, wanted), "", told)


def test_utility_and_disclosure_are_shown(shown):
    text = page(shown)
    for words in (
        "9 of 9 coefficients lie within two standard errors",
        "pMSE",
        "overlap of intervals",
        "found in none",
        "Copies: 0 rows",
        "Holdout",
        "(repU)",
        "(DiSCO)",
        "Snoke",
    ):
        assert words in text, words
    for real in ("Acme", "TK00Q", "000001", "Smith family"):
        assert real not in text


def test_the_table_has_every_number(shown):
    table = figures(shown).set_index(["section", "item", "measure"]).value
    assert table[("disclosure", "rows", "copies")] == 0
    assert table[("disclosure", "identities", "found")] == 0
    assert table[("disclosure", "identities", "looked for")] >= 36
    assert 0 < table[("utility", "models", "pmse")] < 0.25
    assert abs(table[("estimates", "main / x:z", "distance")]) < 2
    assert table[("utility", "x:y", "ratio")] > 0
    assert 0 <= table[("disclosure", "holdout", "closer")] <= 1


def test_the_same_measures_give_the_same_bytes(shown):
    assert files(shown) == files(shown)


def test_why_there_are_no_estimates_is_said():
    told = Shown("s-twin", pd.DataFrame(), "the run was given up", Measures(NOTHING))
    assert (
        headline(told)
        == "The twin's estimates were not compared: the run was given up."
    )
    text = page(told)
    assert "There are none to compare: the run was given up." in text
    assert "small simulated market" in text


def test_a_coefficient_without_a_counterpart_is_counted_apart():
    table = pd.DataFrame({"distance": [0.5, 3.0, np.nan]})
    table["estimate_twin"] = [1.0, 1.0, np.nan]
    told = Shown("s", table, "", Measures(NOTHING))
    assert headline(told) == (
        "1 of 2 coefficients lie within two standard errors of the study's own; 1 have "
        "no counterpart in the twin."
    )
