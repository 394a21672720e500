"""The tF interval: critical values as published, and what a fit says of them."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from alliance_value.models.estimators.weak import CRITICAL, ROOTS, t_f
from alliance_value.models.family import estimate_family

from .test_anderson_rubin import IV, data

ONE = replace(IV, instruments=("z",))


@pytest.mark.parametrize(
    ("first_f", "critical"),
    [(4.41, 9.74), (6.25, 4.92), (10.0, 3.43), (16.0, 2.80), (104.67, 1.96)],
)
def test_critical_values_are_the_published_ones(first_f, critical):
    assert t_f(0.0, 1.0, first_f, 0.95).statistic == pytest.approx(critical, abs=0.01)


def test_between_tabulated_roots_it_is_linear_and_beyond_them_the_usual_one():
    between = t_f(0.0, 1.0, 2.05**2, 0.95).statistic
    assert between == pytest.approx((18.66 + 9.74) / 2)
    assert t_f(0.0, 1.0, 1e6, 0.95).statistic == 1.96


def test_a_first_stage_that_says_nothing_bounds_nothing():
    weak = t_f(1.0, 1.0, 3.9, 0.95)
    assert np.isnan(weak.statistic) and "whole line" in weak.note
    assert "tabulated for 95 %" in t_f(1.0, 1.0, 50.0, 0.9).note


def test_a_model_with_one_instrument_has_it_beside_anderson_and_rubin():
    tables = estimate_family(data(0.3), [ONE])
    tests = tables.diagnostics.set_index("test")
    row = tables.estimates.set_index("term").loc["x"]
    first = tests.statistic["first_stage_f: x"]
    critical = t_f(0.0, 1.0, first, 0.95).statistic
    assert 1.96 < critical == tests.statistic["tf"]
    low, high = map(float, re.findall(r"interval: (\S+) to (\S+)", tests.note["tf"])[0])
    assert low == pytest.approx(row.estimate - critical * row.se, rel=1e-3)
    assert high == pytest.approx(row.estimate + critical * row.se, rel=1e-3)
    assert "anderson_rubin" in tests.index
    assert "tf" not in set(estimate_family(data(0.3), [IV]).diagnostics.test)


def test_the_printed_critical_values_fall_to_the_normals():
    """Table 3 of Lee and others: the first are told apart by hand."""
    assert CRITICAL[:5].tolist() == [18.66, 9.74, 7.37, 6.18, 5.43]
    steps = np.diff(CRITICAL)
    assert (steps <= 0).all() and (steps[4:] > -0.6).all()
    assert (np.diff(steps[4:]) > -0.025).all()  # ever more slowly, but for rounding
    assert CRITICAL[-1] == 1.96 and len(CRITICAL) == len(ROOTS)
    assert ROOTS[[0, 1, -1]] == pytest.approx([2.0, 2.1, 10.3])
