"""Simulated alliances and structures over a given list of firms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alliance_value.simulate.calendar import trading_days
from alliance_value.simulate.overlay import write_overlay
from alliance_value.simulate.settings import WorldSettings


@pytest.fixture
def firms() -> pd.DataFrame:
    """List sixty firms with statements for 2012 to 2016."""
    return pd.DataFrame(
        {
            "firm": [f"T{k:02d}" for k in range(60)],
            "name": [f"Real Firm {k}" for k in range(60)],
            "sic": [2834, 3674, 7372, 6021, 4911, 5331] * 10,
            "first_year": 2012,
            "last_year": 2016,
        }
    )


@pytest.mark.parametrize("effects", ["none", "planted"])
def test_overlay_writes_additions_only_where_planted(
    firms: pd.DataFrame, tmp_path: Path, effects: str
) -> None:
    settings = WorldSettings.from_mapping({"effects": effects, "dirt": "none"})
    days = trading_days("2009-01-02", "2017-06-30")
    write_overlay(settings, firms, days, tmp_path)
    roa = pd.read_csv(tmp_path / "overlay_roa.csv")
    returns = pd.read_csv(tmp_path / "overlay_returns.csv")
    assert bool(roa.addition.any()) == (effects == "planted")
    assert bool(returns.addition.any()) == (effects == "planted")
    assert set(roa.fyear) == set(range(2012, 2017))
    sheet = pd.read_csv(tmp_path / "structures.csv", dtype=str)
    assert set(sheet.gvkey) == set(firms.firm)
    assert (tmp_path / "sdc_alliances_2015_2018.csv").exists()


def test_overlay_names_what_the_list_lacks(firms: pd.DataFrame, tmp_path: Path) -> None:
    settings = WorldSettings.from_mapping({})
    days = trading_days("2009-01-02", "2017-06-30")
    with pytest.raises(ValueError, match="lacks \\['name'\\]"):
        write_overlay(settings, firms.drop(columns="name"), days, tmp_path)
    with pytest.raises(ValueError, match="listed twice"):
        write_overlay(settings, pd.concat([firms, firms]), days, tmp_path)
