"""Estimates without each group against refits of a panel without its rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.models.family import estimate_family
from alliance_value.models.leave_out import leave_out

from .test_inference import MODEL, panel


@pytest.fixture(scope="module")
def whole():
    table = panel()
    industry = table.firm.str[1:].astype(int).mod(3).astype(float)
    return table.assign(industry=industry.mask(table.firm.eq("f00")))


@pytest.fixture(scope="module")
def found(whole):
    return leave_out(whole, MODEL, ["industry", "fiscal_year"])


def test_estimates_equal_refits_without_the_rows(whole, found):
    for by, level in (("", "none"), ("industry", "1"), ("fiscal_year", "2003")):
        rest = whole if not by else whole[whole[by].ne(float(level))]
        own = estimate_family(rest, [MODEL])
        mine = found[(found.by == by) & (found.left_out == level)].set_index("term")
        assert list(mine.index) == ["x", "z", "x:z"]
        refit = own.estimates.set_index("term").loc[mine.index]
        for column in ("estimate", "se", "p", "ci_low", "ci_high"):
            np.testing.assert_allclose(mine[column], refit[column], rtol=1e-9)
        assert set(mine.rows) == {len(whole) - len(rest)}
        assert set(mine.n) == set(own.fits.n)


def test_every_group_is_left_out_once_and_missing_ones_stay_in(found):
    levels = found.drop_duplicates(["by", "left_out"])
    assert levels.by.value_counts().to_dict() == {
        "": 1,
        "industry": 3,
        "fiscal_year": 7,
    }
    assert list(levels.left_out[levels.by == "industry"]) == ["0", "1", "2"]


def test_a_sample_that_does_not_identify_the_model_says_why(whole):
    years = whole[whole.fiscal_year < 2002]
    alone = years[years.fiscal_year.eq(2000) | years.firm.eq("f01")]
    table = leave_out(alone, replace(MODEL, terms=("x",)), ["fiscal_year"])
    lost = table[table.estimate.isna()]
    assert len(lost) and lost.note.ne("").all() and lost.se.isna().all()


def test_each_two_groups_are_left_out_too(whole, found):
    table = leave_out(whole, MODEL, ["industry"], pairs=True)
    two = table[table.by == "industry in pairs"]
    assert [*two.left_out.unique()] == ["0 and 1", "0 and 2", "1 and 2"]
    rest = whole[~whole.industry.isin([0.0, 2.0])]
    refit = estimate_family(rest, [MODEL]).estimates.set_index("term")
    mine = two[two.left_out == "0 and 2"].set_index("term")
    for column in ("estimate", "se", "p"):
        np.testing.assert_allclose(mine[column], refit.loc[mine.index, column])
    assert set(mine.rows) == {len(whole) - len(rest)}
    one = table[table.by != "industry in pairs"].reset_index(drop=True)
    same = found[found.by != "fiscal_year"].reset_index(drop=True)
    pd.testing.assert_frame_equal(one, same)


def test_too_many_pairs_stop(whole):
    many = whole.assign(each=np.arange(len(whole)))
    with pytest.raises(UserError, match="pairs of them"):
        leave_out(many, MODEL, ["each"], pairs=True)
