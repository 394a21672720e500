"""SAS data sets and Excel sheets."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from tests.unit.conftest import raw_file


def test_excel_keeps_leading_zeros(tmp_path: Path) -> None:
    pytest.importorskip("openpyxl", reason="Excel needs openpyxl")
    path = tmp_path / "a.xlsx"
    pd.DataFrame({"gvkey": ["001", "002"], "at": [1, 2.5]}).to_excel(path, index=False)
    raw = raw_file(path)
    assert raw.cells.gvkey.tolist() == ["001", "002"]
    assert raw.cells["at"].tolist() == [1.0, 2.5]
    assert raw.decisions == ("read as excel",)


@pytest.mark.parametrize("name", ["a.sas7bdat", "a.xlsx"])
def test_damaged_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"this is neither" * 100)
    with pytest.raises(UserError, match=r"is no readable|not installed"):
        raw_file(path)
