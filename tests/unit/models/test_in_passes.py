"""Models fitted in passes over Parquet equal those fitted from the rows in memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.models import shards as shards_module
from alliance_value.models.estimators.result import EstimationError
from alliance_value.models.family import estimate_family
from alliance_value.models.in_passes import fit_in_passes
from alliance_value.models.large_family import estimate_large_family, megabytes_held
from alliance_value.models.shards import Shards
from alliance_value.study.spec import Model

MODEL = Model(
    "m",
    "y",
    terms=("x",),
    controls=("z",),
    effects=("firm", "fiscal_year"),
    clusters=("firm",),
)
ROOM = 100.0


def panel(ids: str = "text", firms: int = 30, seed: int = 2) -> pd.DataFrame:
    """Return an unbalanced panel with missing values and firms of one year."""
    draws = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(firms * 8), 8)
    table = pd.DataFrame({"firm": firm, "fiscal_year": 2000 + year})
    table["industry"] = pd.Series(firm % 4).map("I{}".format).astype("str")
    for name in ("x", "z", "y"):
        table[name] = (
            50 + draws.normal(size=len(table)) + draws.normal(size=firms)[firm]
        )
    table["y"] += table.x
    table = table[(draws.random(len(table)) < 0.7) & ~((firm < 3) & (year > 0))]
    table.loc[table.sample(9, random_state=1).index, "z"] = np.nan
    spread = {"text": "F{:04d}".format, "wide": lambda f: f * 10**9 - 7, "whole": int}
    return table.assign(firm=table.firm.map(spread[ids])).reset_index(drop=True)


def written(table: pd.DataFrame, folder, files: int = 3) -> Shards:
    """Write rows, shuffled, as shards of small row groups."""
    table = table.sample(frac=1, random_state=3)
    for number in range(files):
        part = pa.Table.from_pandas(table.iloc[number::files], preserve_index=False)
        pq.write_table(part, folder / f"{number}.parquet", row_group_size=17)
    return Shards.of(folder)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(shards_module, "ROWS", 13)


def same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one, other, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("ids", ["text", "wide", "whole"])
@pytest.mark.parametrize("count", ["none", "not_nested", "all"])
def test_a_family_in_passes_equals_one_in_memory(ids, count, tmp_path):
    table = panel(ids)
    model = replace(MODEL, count_effects=count, where=("x > 48.5",))
    shards = written(table, tmp_path)
    passes = estimate_large_family(shards, [model], ROOM)
    memory = estimate_family(table, [model])
    same(passes.estimates, memory.estimates)
    same(passes.covariances, memory.covariances)
    second = [name for name in memory.fits if name.startswith("second_")]
    same(passes.fits.drop(columns=second), memory.fits.drop(columns=second))
    ends = [t.funnel[["rows_in", "rows_out", "firms_out"]] for t in (passes, memory)]
    assert ends[0].iloc[-1].rows_out == ends[1].iloc[-1].rows_out
    assert ends[0].iloc[-1].firms_out == ends[1].iloc[-1].firms_out


def test_clusters_may_hold_several_firms(tmp_path):
    table = panel()
    model = replace(MODEL, clusters=("industry",), terms=("x", "x:z"))
    fit = fit_in_passes(written(table, tmp_path), model, ROOM).fit
    memory = estimate_family(table, [model]).estimates
    np.testing.assert_allclose(fit.estimates, memory.estimate, rtol=1e-9)
    errors = np.sqrt(fit.covariance.diagonal())
    np.testing.assert_allclose(errors, memory.se, rtol=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"estimator": "first_differences"}, "estimator first_differences"),
        ({"standard_errors": "driscoll_kraay"}, "standard errors 'driscoll_kraay'"),
        ({"clusters": ("firm", "fiscal_year")}, "several columns"),
        ({"clusters": ("fiscal_year",)}, "reaches across clusters"),
        ({"effects": ()}, "without effects"),
        ({"weights": "z"}, "weights"),
        ({"terms": ("x", "firm_number")}, "'firm_number' do not vary within firm and"),
        ({"terms": ("x", "twice")}, "condition number"),
        ({"where": ("x > 1000",)}, "0 rows in 0 clusters"),
    ],
)
def test_what_cannot_be_had_is_said(change, words, tmp_path):
    table = panel().assign(
        firm_number=lambda t: t.firm.str[1:].astype(float), twice=lambda t: 2 * t.x
    )
    with pytest.raises(EstimationError, match=words):
        fit_in_passes(written(table, tmp_path), replace(MODEL, **change), ROOM)


def test_a_study_says_all_that_it_cannot_have(tmp_path):
    models = [
        replace(MODEL, name="a", terms=("x:z",)),
        replace(MODEL, name="b", weights="x"),
    ]
    with pytest.raises(UserError) as raised:
        estimate_large_family(written(panel(), tmp_path), models, ROOM)
    assert [p.where for p in raised.value.problems] == ["models.a", "models.b"]


@pytest.mark.parametrize("order", ["sorted", "by year", "shuffled"])
def test_order_of_rows_and_empty_shards_change_nothing_that_shows(order, tmp_path):
    table = panel()
    keys = {"sorted": ["firm", "fiscal_year"], "by year": ["fiscal_year", "firm"]}
    rows = (
        table.sort_values(keys[order])
        if order in keys
        else table.sample(frac=1, random_state=5)
    )
    rows.iloc[:0].to_parquet(tmp_path / "a.parquet")
    rows.iloc[:1].to_parquet(tmp_path / "b.parquet")
    rows.iloc[1:].to_parquet(tmp_path / "c.parquet")
    rows.iloc[:0].to_parquet(tmp_path / "d.parquet")
    shards = Shards.of(tmp_path)
    fit = fit_in_passes(shards, MODEL, ROOM).fit
    memory = estimate_family(table, [MODEL]).estimates
    np.testing.assert_allclose(fit.estimates, memory.estimate, rtol=1e-9)
    np.testing.assert_allclose(np.sqrt(fit.covariance.diagonal()), memory.se, rtol=1e-9)
    again = fit_in_passes(shards, MODEL, ROOM).fit
    assert again.covariance.tobytes() == fit.covariance.tobytes()


def test_shards_without_a_row_are_said(tmp_path):
    panel().iloc[:0].to_parquet(tmp_path / "a.parquet")
    with pytest.raises(EstimationError, match="0 rows in 0 clusters"):
        fit_in_passes(Shards.of(tmp_path), MODEL, ROOM)


def test_batches_without_a_complete_row_come_first(tmp_path):
    table = panel()
    table.loc[: table.index[40], "x"] = np.nan
    table.to_parquet(tmp_path / "a.parquet")
    large = fit_in_passes(Shards.of(tmp_path), MODEL, ROOM)
    memory = estimate_family(table, [MODEL]).estimates
    np.testing.assert_allclose(large.fit.estimates, memory.estimate, rtol=1e-9)
    assert large.complete == table[["x", "z", "y"]].notna().all(axis=1).sum()


def test_sums_beyond_the_memory_stop(tmp_path):
    with pytest.raises(EstimationError, match="MB, more than"):
        fit_in_passes(written(panel(), tmp_path), MODEL, 1e-3)


def test_memory_held_grows_with_rows_and_columns(tmp_path):
    shards = written(panel(), tmp_path)
    one, two = (
        megabytes_held(shards, [m]) for m in (MODEL, replace(MODEL, controls=()))
    )
    assert one / two == pytest.approx(5 / 4)
