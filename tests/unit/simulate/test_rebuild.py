"""A plain reader of the clean files arrives at the true portfolios exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.simulate.world import World


def text(path: Path) -> pd.DataFrame:
    """Read a CSV file as text, blanks as blanks."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def issuers(folder: Path, funda: pd.DataFrame) -> dict[str, str]:
    """Return gvkey by six-character CUSIP, historical ones included."""
    names = text(folder / "crsp_dsenames.csv")
    links = text(folder / "ccm_lnkhist.csv").set_index("lpermno").gvkey
    header = dict(zip(funda.cusip.str[:6], funda.gvkey, strict=True))
    return header | dict(
        zip(names.ncusip.str[:6], links[names.permno].to_numpy(), strict=True)
    )


def structures(folder: Path, funda: pd.DataFrame) -> pd.Series:
    """Return the majority structure by gvkey and fyear, gaps carried forward."""
    sheet = text(folder / "structures.csv")
    keys = ["gvkey", "fyear", "unit_name"]
    first = sheet[sheet.coder == "A"].set_index(keys).unit_class
    settled = sheet[sheet.coder == "adjudicated"].set_index(keys).unit_class
    final = settled.reindex(first.index).fillna(first)
    share = (final == "customer").groupby(level=["gvkey", "fyear"]).mean()
    years = funda.sort_values(["gvkey", "fyear"]).set_index(["gvkey", "fyear"])
    flag = (share > 0.5).astype(float).reindex(years.index)
    return flag.groupby(level="gvkey").ffill().dropna()


def test_shares_rebuilt_from_files(worlds: dict[str, Path], world: World) -> None:
    folder = worlds["none"]
    funda = text(folder / "compustat_funda.csv")
    known = issuers(folder, funda)
    flag = structures(folder, funda)
    deals = pd.concat([text(p) for p in sorted(folder.glob("sdc_alliances_*.csv"))])
    deals = deals[deals.Status != "Pending"]
    parents = deals["Participant Ultimate Parent CUSIP"].str.split("\n")
    deals, parents = deals[parents.str.len() == 2], parents[parents.str.len() == 2]
    pairs = pd.DataFrame(
        {
            "gvkey": parents.str[0].map(known),
            "other": parents.str[1].map(known),
            "announced": pd.to_datetime(deals["Alliance Date Announced"]),
            "ended": pd.to_datetime(deals["Date Alliance Terminated"]),
        }
    )
    swapped = pairs.rename(columns={"gvkey": "other", "other": "gvkey"})
    sides = pd.concat([pairs, swapped]).dropna(subset=["gvkey", "other"])
    rows = sides.merge(funda[["gvkey", "fyear", "datadate"]], on="gvkey")
    end = pd.to_datetime(rows.datadate)
    opens = end - pd.DateOffset(years=5) + pd.offsets.MonthEnd(0)
    live = (rows.announced > opens) & (rows.announced <= end) & ~(rows.ended <= end)
    rows = rows[live]
    partner = flag.reindex(pd.MultiIndex.from_frame(rows[["other", "fyear"]]))
    share = (
        rows.assign(cc=partner.to_numpy())
        .dropna(subset=["cc"])
        .groupby(["gvkey", "fyear"])["cc"]
        .agg(["mean", "size"])
    )
    true = world.firm_years
    index = pd.MultiIndex.from_arrays([true.gvkey, true.fyear.astype(str)])
    rebuilt = share.reindex(index)
    np.testing.assert_allclose(rebuilt["mean"], true.cc_share, atol=1e-12)
    np.testing.assert_array_equal(rebuilt["size"].fillna(0), true.coded)
    own = flag.reindex(index)
    np.testing.assert_array_equal(own.to_numpy(), true.own_cc)
