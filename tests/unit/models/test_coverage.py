"""Intervals cover as often as they claim: a short version of the table in the docs.

60 panels a design, seed fixed: bounds are those of a binomial at 99.9 %.
"""

from __future__ import annotations

import pandas as pd
import pytest
from scipy import stats

from alliance_value.models.coverage import (
    CLAIMS,
    DESIGNS,
    coverage,
    coverage_table,
)
from alliance_value.models.coverage_models import DEPENDENT, coverage_of_models

PANELS = 60


@pytest.mark.parametrize("design", DESIGNS)
def test_intervals_cover_where_they_claim_to(design):
    table = coverage(design, PANELS, draws=99, seed=2).set_index("kind")
    least = stats.binom.ppf(0.001, PANELS, 0.95) / PANELS
    claiming = [kind for kind, designs in CLAIMS.items() if design in designs]
    assert claiming
    assert (table.coverage[claiming] >= least).all(), table


def test_intervals_that_ignore_dependence_fail():
    table = coverage("both", PANELS, draws=99, seed=2).set_index("kind")
    assert table.coverage["HC3"] < 0.75
    assert table.coverage["firm"] < 0.75


def test_the_table_marks_what_is_claimed():
    found = pd.DataFrame(
        {
            "kind": ["HC1", "HC3", "firm"],
            "design": ["independent", "independent", "serial"],
            "coverage": [0.9312, 0.95, 0.944],
        }
    )
    lines = coverage_table(found).splitlines()
    assert lines[0] == "| kind | independent | serial |"
    assert "| HC1 | 93.1 |  |" in lines and "| HC3 | **95.0** |  |" in lines
    assert "| firm |  | **94.4** |" in lines


@pytest.mark.parametrize("name", [n for n, d in DEPENDENT.items() if d.claims])
def test_further_errors_cover_where_they_claim_to(name):
    table = coverage_of_models(name, PANELS, draws=99, seed=2).set_index("kind")
    least = stats.binom.ppf(0.001, PANELS, 0.95) / PANELS
    claiming = list(DEPENDENT[name].claims)
    assert (table.coverage[claiming] >= least).all(), table


@pytest.mark.parametrize(
    "name", [name for name, design in DEPENDENT.items() if not design.claims]
)
def test_errors_that_see_the_dependence_come_nearer(name):
    table = coverage_of_models(name, PANELS, draws=99, seed=2)
    assert table.coverage.iloc[0] < 0.87, table
    assert table.coverage.iloc[-1] > table.coverage.iloc[0], table
