"""The outcome at one over that at zero, beside the difference that is tested."""

import numpy as np
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.multiverse.judge import judge
from alliance_value.multiverse.solve import Settings
from alliance_value.study.multiverse import complete_grid
from tests.unit.multiverse.worlds import GRID, MODEL, panel

MEANS = MODEL | {"terms": ["d"], "controls": [], "effects": [], "confidence": 0.95}
BY_HALF = GRID | {
    "term": "d",
    "choices": {"sample": {"all": {}, "early": {"where": ["fiscal_year < 2004"]}}},
    "subsets": [],
    "exclude": [],
    "ratio": True,
}


@pytest.fixture
def table():
    rows = panel()
    rows["d"] = (rows.x > 0) * 1.0
    rows["y"] = 2 + rows.d + 0.1 * rows.noise
    return rows


def judged(table, **keys):
    grid = complete_grid(BY_HALF | keys)
    return judge(table, grid, MEANS, Settings(draws=19))


def test_a_ratio_is_that_of_the_two_means(table):
    tables = judged(table)
    for part, ratio in zip(
        (table, table[table.fiscal_year < 2004]), tables.multiverse.ratio, strict=True
    ):
        known = part.dropna(subset=["y", "d"])
        means = known.groupby("d").y.mean()
        assert ratio == pytest.approx(means[1] / means[0], rel=1e-9)
    told = tables.multiverse_tests.set_index("statistic").value
    assert told["largest ratio"] == tables.multiverse.ratio.max()
    assert told["median ratio"] == pytest.approx(tables.multiverse.ratio.mean())


def test_no_ratio_where_the_outcome_at_zero_is_not_positive_or_none_is_asked(table):
    assert judged(table, ratio=False).multiverse.ratio.isna().all()
    table["y"] -= 3
    tables = judged(table)
    assert tables.multiverse.ratio.isna().all()
    assert np.isfinite(tables.multiverse.estimate).all()
    assert "median ratio" not in set(tables.multiverse_tests.statistic)


def test_a_term_of_more_values_than_two_is_refused(table):
    table["d"] += 1
    with pytest.raises(UserError, match="zeros and ones, unlike 'd'"):
        judged(table)
