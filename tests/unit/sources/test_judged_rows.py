"""Rows that break rules: rejected by the first, or all told at once."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.dated_tables import read_factor_tables
from alliance_value.sources.judged_rows import judged
from alliance_value.sources.workbook import as_text
from tests.unit.conftest import Table

TEXT = "id,x\na,1\nb,\na,3\nc,9\n"


def rules(raw):
    x = pd.to_numeric(raw.cells.x)
    return [
        ("x", "x_missing", x.isna()),
        ("x", "x_large", x > 2),
        ("y", "y_odd", x.eq(9)),
    ]


def test_the_first_rule_that_a_row_breaks_rejects_it(table: Table):
    raw = table(TEXT)
    kept, log = judged(raw, raw.cells, {"id": "id", "x": "x"}, rules(raw), ["id"])
    assert kept.id.tolist() == ["a"]
    rows = pd.concat(log, ignore_index=True)
    told = rows[["row", "column", "value", "rule"]].fillna("-").to_numpy().tolist()
    assert told == [
        [3, "x", "-", "x_missing"],
        [4, "x", "3", "x_large"],
        [5, "x", "9", "x_large"],
    ]
    assert set(rows.action) == {"rejected"}


def test_repeats_are_those_of_the_rows_that_are_left(table: Table):
    raw = table(TEXT)
    kept, log = judged(raw, raw.cells, {"id": "id"}, [], ["id"])
    assert kept.x.tolist() == ["1", "", "9"]
    (rows,) = [part for part in log if len(part)]
    assert rows.rule.tolist() == ["id_repeated"] and rows.row.tolist() == [4]


def test_all_that_rows_break_may_stop_the_run(table: Table):
    raw = table(TEXT)
    with pytest.raises(UserError) as caught:
        judged(
            raw, raw.cells, {"id": "id", "x": "x"}, rules(raw), ["id"], action="stop"
        )
    told = [(p.row, p.column, p.value, p.rule) for p in caught.value.problems]
    assert told == [
        (3, "x", None, "x missing"),
        (4, "x", "3", "x large"),
        (5, "x", "9", "x large"),
        (5, None, None, "y odd"),
    ]
    assert {p.where for p in caught.value.problems} == {"file.csv"}


def test_no_row_left_stops(table: Table):
    raw = table(TEXT)
    every = [("x", "x_wrong", raw.cells.x.notna() | True)]
    with pytest.raises(UserError, match=r"x_wrong 4|x wrong"):
        judged(raw, raw.cells, {"x": "x"}, every)


def test_factors_of_several_markets_stand_one_after_another(table: Table):
    raw = table(
        "day,where,m\n2001-01-02,US,0.01\n2001-01-03,US,0.02\n2001-01-02,,0.5\n"
        "2001-01-02,DE,0.03\n2001-01-03,DE,-0.02\n"
    )
    files = read_factor_tables([raw], "day", {"mkt_rf": "m"}, "decimal", "where")
    factors = files.factors
    assert factors.market.tolist() == ["DE", "DE", "US", "US"]
    assert factors.mkt_rf.tolist() == [0.03, -0.02, 0.01, 0.02]
    assert files.decisions[0].startswith("DE: ")
    assert files.rejects[["row", "rule"]].to_numpy().tolist() == [[4, "market_missing"]]
    with pytest.raises(UserError, match="there is no column 'place'"):
        read_factor_tables([raw], "day", {"mkt_rf": "m"}, "decimal", "place")


def test_cells_of_a_sheet_as_a_text_file_would_print_them():
    cells = [None, pd.Timestamp("2001-02-03"), pd.Timestamp("2001-02-03 04:05"), 2.0]
    assert [as_text(cell) for cell in [*cells, 2.5, "a", True]] == [
        *("", "2001-02-03", "2001-02-03 04:05:00", "2", "2.5", "a", "True")
    ]
