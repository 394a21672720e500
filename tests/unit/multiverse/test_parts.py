"""A grid solved in parts, through files, is the grid solved at once, to the byte."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.multiverse.judge import (
    judge,
    settings_of,
    specifications_of,
    tables_of,
)
from alliance_value.multiverse.parts import load, save
from alliance_value.multiverse.rows import Frame
from alliance_value.multiverse.size import GRID, MODEL, null_panel
from alliance_value.multiverse.solve import joined, solve
from alliance_value.study.multiverse import complete_grid


@pytest.mark.parametrize("parts", [1, 3, 8])
def test_parts_put_together_give_the_same_tables(parts, tmp_path):
    table, model = null_panel(np.random.default_rng(0), 12), MODEL
    drawn = {"specifications": 20, "permutations": 9, "draws": 9}
    grid = complete_grid(GRID | drawn)
    settings = settings_of(grid, 0, 1)
    specifications = specifications_of(table, grid, model, 0)
    files = [tmp_path / f"{part}.npz" for part in range(parts)]
    for part, path in enumerate(files):
        solved = solve(Frame(table), specifications, settings, part=(part, parts))
        save(solved, path)
    together = tables_of(grid, model, specifications, joined([*map(load, files)]))
    at_once = judge(table, grid, model, settings)
    for name, expected in vars(at_once).items():
        pd.testing.assert_frame_equal(
            getattr(together, name), expected, check_exact=True
        )
    assert np.isfinite(at_once.multiverse.p_permuted).any()
