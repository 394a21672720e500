"""Stata and SAS files as Parquet: the same rows and columns, piece by piece."""

from __future__ import annotations

import pandas as pd
import pyarrow.parquet as pq
import pytest

from alliance_value.sources import daily_containers
from alliance_value.sources.daily_containers import in_pieces


def test_a_copy_has_the_rows_and_columns_of_the_file_and_no_other(
    tmp_path, monkeypatch
):
    table = pd.DataFrame({"permno": [1, 2, 3, 4, 5], "ret": [0.1, 0.2, 0.3, 0.4, 0.5]})
    path, copy = tmp_path / "a.dta", tmp_path / "a.parquet"
    table.to_stata(path, write_index=False)
    monkeypatch.setattr(daily_containers, "PIECE", 2)
    in_pieces(path, "stata", copy)
    stored = pq.read_table(copy)
    assert stored.column_names == ["permno", "ret"]
    assert stored.to_pydict() == table.to_dict("list")
    assert pq.ParquetFile(copy).num_row_groups == 3


def test_a_file_without_rows_is_none(tmp_path):
    path = tmp_path / "a.dta"
    pd.DataFrame({"permno": [1]}).head(0).to_stata(path, write_index=False)
    with pytest.raises(ValueError, match="no rows"):
        in_pieces(path, "stata", tmp_path / "a.parquet")
