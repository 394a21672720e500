"""Licensed rows are found by value in any format, and nothing else is."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from alliance_value.sharing.scan.licensed_rows import Evidence, FiledRows
from alliance_value.sharing.scan.unpack import readable
from alliance_value.sharing.scan.values import keys_of
from tests.unit.sharing.scan.files import as_formats

FIRMS, YEARS = 12, 8


def panel(seed: int = 1) -> pd.DataFrame:
    draws = np.random.default_rng(seed)
    rows = FIRMS * YEARS
    return pd.DataFrame(
        {
            "firm": np.repeat([f"Alpha{n:02d}" for n in range(FIRMS)], YEARS),
            "year": np.tile(range(2001, 2001 + YEARS), FIRMS),
            "income": draws.normal(5, 2, rows).round(3),
            "assets": draws.uniform(50, 150, rows).round(3),
            "share": draws.uniform(0, 1, rows).round(3),
            "kind": draws.integers(0, 2, rows),
        }
    )


LICENSED = panel()
COPIES = as_formats(LICENSED)


def holding(files, licensed=LICENSED, drawn=False, parts=1):
    """Return which of some files hold rows of a licensed table."""
    rows = FiledRows({n: readable(content).rows for n, content in files.items()}, drawn)
    evidence = Evidence()
    names = [column in ("firm", "permno") for column in licensed]
    for part in np.array_split(np.arange(len(licensed)), parts):
        table = pl.from_pandas(licensed.iloc[part])
        rows.meet([keys_of(column) for column in table], evidence, names)
    return rows.holding(evidence)


def test_a_copy_is_found_in_every_format():
    assert holding({**COPIES, "b": b"x"}) == set(COPIES)


@pytest.mark.parametrize("form", ["Parquet", "Python", "notebook"])
def test_some_rows_of_a_copy_are_found(form):
    assert holding({"copy": as_formats(LICENSED.iloc[20:24])[form]}) == {"copy"}


@pytest.mark.parametrize(
    "columns",
    [["income", "assets"], ["assets", "year"], ["share", "firm", "assets"], ["assets"]],
)
def test_a_choice_of_columns_is_found(columns):
    copy = LICENSED[columns].sample(frac=1, random_state=1).to_csv(index=False)
    assert holding({"copy": copy.encode()}) == {"copy"}


def test_one_row_within_a_text_is_found():
    row = ", ".join(map(str, LICENSED.iloc[7]))
    text = f"# Notes\n\nThe row of interest is {row}.\nIt is odd.\n"
    assert holding({"notes.md": text.encode()}) == {"notes.md"}


def test_a_few_rows_in_a_long_program_are_found():
    lines = [f"x{n} = {n} * scale + {n / 7:.4f}" for n in range(2000)]
    lines[900:900] = [str(tuple(row)) for row in LICENSED.head(4).to_numpy().tolist()]
    assert holding({"a.py": "\n".join(lines).encode()}) == {"a.py"}


def test_a_table_of_coarse_values_is_found_row_by_row():
    draws = np.random.default_rng(3)
    answers = pd.DataFrame(
        draws.integers(1, 6, (300, 12)), columns=list("abcdefghijkl")
    )
    copy = answers[answers.columns[::-1]].head(20).to_csv(index=False)
    assert holding({"copy": copy.encode()}, answers) == {"copy"}


def test_parts_of_a_daily_file_give_what_the_whole_gives():
    draws = np.random.default_rng(4)
    days = pd.date_range("2001-01-01", periods=250).strftime("%Y-%m-%d")
    daily = pd.DataFrame(
        {
            "permno": np.repeat(range(10001, 10081), 250),
            "date": np.tile(days, 80),
            "ret": draws.normal(0, 0.02, 20_000).round(6),
            "prc": draws.uniform(5, 90, 20_000).round(2),
        }
    )
    some = daily[["prc", "date", "ret"]].iloc[4000:4400].to_csv(index=False)
    returns = pd.DataFrame(draws.normal(0, 0.02, (400, 3)).round(6)).to_csv()
    files = {"copy": some.encode(), "other returns": returns.encode()}
    assert holding(files, daily) == holding(files, daily, parts=7) == {"copy"}


def test_other_numbers_of_the_same_kind_are_no_copy():
    results = {f"model {n}": {"b": n / 13, "se": n / 170, "n": 96} for n in range(400)}
    others = {
        "another draw": panel(2).to_csv(index=False).encode(),
        "results": json.dumps(results).encode(),
        "years and firms": LICENSED[["firm", "year", "kind"]].to_csv().encode(),
        "means": LICENSED.groupby("year").mean(numeric_only=True).to_csv().encode(),
        "rounded": LICENSED.round(0).to_csv(index=False).encode(),
    }
    assert holding(others) == set()


def test_a_synthetic_table_may_share_single_values_but_no_rows():
    draws = np.random.default_rng(5)
    shuffled = LICENSED.apply(lambda c: draws.permutation(c.to_numpy()))
    twin = {"twin": shuffled.to_csv(index=False).encode()}
    assert holding(twin) == {"twin"}
    assert holding(twin, drawn=True) == set()
    leaking = pd.concat([shuffled, LICENSED.head(3)]).to_csv(index=False).encode()
    assert holding({"twin": leaking}, drawn=True) == {"twin"}
