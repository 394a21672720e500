"""A study with a bound of memory: models in passes, or the reason why not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.integration.conftest import Project, Run

pytestmark = pytest.mark.workflow
MODELS = "data/processed/tiny/models"


def test_models_in_passes_have_the_numbers_of_those_in_memory(
    first_run: tuple[Project, Run], fresh: Project
) -> None:
    fresh.edit("study.yaml", "models:\n", "memory: 0.005\non_error: stop\nmodels:\n")
    held = pd.read_parquet(first_run[0].root / MODELS / "base/estimates.parquet")
    run = fresh.snakemake("-c1", f"{MODELS}/base/estimates.parquet")
    assert run.code == 1
    assert "sums of 8 groups" in run.screen, run.screen
    fresh.edit("study.yaml", "memory: 0.005", "memory: 0.01")
    run = fresh.snakemake("-c1", f"{MODELS}/base/estimates.parquet")
    assert "48 rows in passes" in run.screen, run.screen
    passes = pd.read_parquet(fresh.root / MODELS / "base/estimates.parquet")
    numbers = ["estimate", "se", "p", "ci_low", "ci_high"]
    np.testing.assert_allclose(passes[numbers], held[numbers], rtol=1e-9)


def test_what_needs_rows_stops(fresh: Project) -> None:
    fresh.edit("study.yaml", "models:\n", "memory: 0.001\non_error: stop\nmodels:\n")
    run = fresh.snakemake("-c1", f"{MODELS}/product/estimates.parquet")
    assert run.code == 1
    assert "products have margins and slopes" in run.screen, run.screen
    assert "Traceback" not in run.screen
