"""Bins and lines of a scatter against residuals on dummies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.models.binned import binned


def panel() -> pd.DataFrame:
    firms, years = 12, 6
    rng = np.random.default_rng(8)
    firm, year = np.divmod(np.arange(firms * years), years)
    table = pd.DataFrame(
        {
            "firm": [f"f{k}" for k in firm],
            "fiscal_year": 2000 + year,
            "x": rng.normal(size=len(firm)) + firm,
            "kind": (firm % 3).astype(float),
        }
    )
    table["y"] = 2 * table.x + year + rng.normal(size=len(firm)) + 7
    table.loc[table.index.isin([4, 30]), "x"] = np.nan
    table.loc[table.index == 50, "kind"] = np.nan
    return table[(table.kind != 2) | (table.firm == "f2")]


def residuals(used: pd.DataFrame) -> pd.DataFrame:
    dummies = pd.get_dummies(used[["firm", "fiscal_year"]].astype(str)).astype(float)
    values = used[["x", "y"]].to_numpy()
    fit = dummies.to_numpy() @ np.linalg.lstsq(dummies, values, rcond=None)[0]
    return pd.DataFrame(values - fit + values.mean(axis=0), columns=["x", "y"])


@pytest.mark.parametrize("by", ["", "kind"])
def test_bins_are_means_of_equally_many_residuals(by):
    table = panel()
    used = table.dropna(subset=["x", *([by] if by else [])])
    rest = residuals(used)
    groups = used[by].to_numpy() if by else np.zeros(len(used))
    bins, lines = binned(table, "y", "x", by)
    # the third kind has six rows, fewer than bins
    assert lines["group"].tolist() == ([0.0, 1.0] if by else [0.0])
    for line in lines.itertuples():
        one = rest[groups == line.group].sort_values("x")
        slope, level = np.polyfit(one.x, one.y, 1)
        assert (line.slope, line.level) == pytest.approx((slope, level))
        place = np.arange(len(one)) * 20 // len(one)
        means = one.groupby(place)[["x", "y"]].mean()
        found = bins[bins["group"] == line.group]
        assert len(found) == 20
        np.testing.assert_allclose(found[["x", "y"]], means)


def test_as_many_rows_as_bins_are_enough_and_fewer_are_left_out():
    few = panel().assign(kind=0.0).dropna().head(20)
    for rows, groups in ((few, 1), (few.head(19), 0)):
        bins, lines = binned(rows, "y", "x")
        assert len(lines) == groups
        assert len(bins) == 20 * groups
        assert {*bins.columns} == {"x", "y", "group"}
