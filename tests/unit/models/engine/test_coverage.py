"""Intervals cover as often as they claim: a short version of the table in the docs.

60 panels a design, seed fixed: bounds are those of a binomial at 99.9 %.
"""

from __future__ import annotations

import pytest
from scipy import stats

from alliance_value.models.engine.coverage import CLAIMS, DESIGNS, coverage

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
