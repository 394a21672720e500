"""The vendors' files hold the true world, and the ledger holds every defect."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import YEARS
from alliance_value.simulate.market import Market
from alliance_value.simulate.world import World
from tests.conftest import Worlds

FILE_LEVEL = {"sdc_split_rows"}


def text(path: Path, **options: object) -> pd.DataFrame:
    """Read a CSV file as text, blanks as blanks."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, **options)


def digests(folder: Path) -> dict[str, str]:
    """Return a hash by file."""
    return {
        p.name: hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.iterdir())
    }


def test_same_seed_same_bytes_under_any_hash_seed(
    worlds: Worlds, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from alliance_value.simulate.settings import WorldSettings;"
        "from alliance_value.simulate.write import write_world;"
        "write_world(WorldSettings.from_mapping({'size': 'tiny'}),"
        "Path(sys.argv[1]), print)"
    )
    source = Path(__file__).parents[3] / "src"
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONHASHSEED": "77"}
    subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env=environment, check=True, capture_output=True,
    )  # fmt: skip
    assert digests(tmp_path) == digests(worlds["realistic"])


def test_roa_from_the_file_is_the_planted_one(worlds: Worlds, world: World) -> None:
    funda = text(worlds["none"] / "compustat_funda.csv")
    roa = funda.ib.astype(float) / funda["at"].astype(float)
    row = world.firms.table.reset_index().set_index("gvkey")["index"]
    true = world.roa[row[funda.gvkey], funda.fyear.astype(int) - YEARS[0]]
    np.testing.assert_allclose(roa, true, atol=2e-5)


def test_statements_articulate(worlds: Worlds) -> None:
    funda = text(worlds["none"] / "compustat_funda.csv").replace("", np.nan)
    n = funda[["at", "lt", "ceq", "pi", "txt", "ib", "xido", "ni"]].astype(float)
    np.testing.assert_allclose(n["at"], n["lt"] + n["ceq"], atol=2e-3)
    np.testing.assert_allclose(n["pi"], n["ib"] + n["txt"], atol=2e-3)
    np.testing.assert_allclose(n["ni"], n["ib"] + n["xido"], atol=2e-3)
    assert not funda.duplicated(["gvkey", "datadate"]).any()
    assert (funda.gvkey.str.len() == 6).all() and (funda.cusip.str.len() == 9).all()


def test_market_values_of_both_vendors_agree(worlds: Worlds, market: Market) -> None:
    funda = text(worlds["none"] / "compustat_funda.csv")
    daily = pd.read_parquet(worlds["none"] / "crsp_dsf.parquet")
    links = text(worlds["none"] / "ccm_lnkhist.csv")
    links = links[links.linkprim == "P"]
    funda = funda[(funda.csho != "") & funda.fyear.astype(int).between(1998, 2013)]
    merged = funda.merge(links, on="gvkey")
    merged["value"] = merged.csho.astype(float) * merged.prcc_f.astype(float)
    daily["value"] = daily.prc * daily.shrout / 1e3
    permco = daily.groupby(["permco", "date"], as_index=False)["value"].sum()
    permco["date"] = pd.to_datetime(permco["date"]).astype("datetime64[ns]")
    merged["date"] = pd.to_datetime(merged.datadate).astype("datetime64[ns]")
    merged["permco"] = merged.lpermco.astype(np.int32)
    both = pd.merge_asof(
        merged.sort_values("date"),
        permco.astype({"permco": merged.permco.dtype}).sort_values("date"),
        on="date",
        by="permco",
        tolerance=pd.Timedelta(days=6),
    ).dropna(subset=["value_y"])
    assert len(both) > 300
    ratio = both.value_x / both.value_y
    assert ratio.between(0.7, 1.5).all()
    assert ((ratio - 1).abs() < 2e-3).mean() > 0.9


def test_structures_clean_majority_is_the_flag(worlds: Worlds, world: World) -> None:
    sheet = text(worlds["none"] / "structures.csv")
    keys = ["gvkey", "fyear", "unit_name"]
    settled = sheet[sheet.coder == "adjudicated"].set_index(keys).unit_class
    a = sheet[sheet.coder == "A"].set_index(keys).unit_class
    final = settled.reindex(a.index).fillna(a).reset_index()
    flag = (final.unit_class == "customer").groupby(
        [final.gvkey, final.fyear.astype(int)]
    ).mean() > 0.5
    row = world.firms.table.reset_index().set_index("gvkey")["index"]
    index = flag.index
    true = world.flags[
        row[index.get_level_values(0)], index.get_level_values(1) - YEARS[0]
    ]
    assert (flag.to_numpy() == true).all()
    agree = a == sheet[sheet.coder == "B"].set_index(keys).unit_class
    assert 0.75 < agree.mean() < 0.95


def test_deals_in_the_files_are_the_world_s(worlds: Worlds, world: World) -> None:
    parts = [text(p) for p in sorted(worlds["none"].glob("sdc_alliances_*.csv"))]
    deals = pd.concat(parts).set_index("Deal Number")
    assert len(deals) == len(world.deals) + world.others.alliance.nunique()
    first = world.deals.iloc[0]
    cells = deals.loc[str(first.alliance)]
    assert cells["Alliance Date Announced"] == first.announced.strftime("%m/%d/%Y")
    assert cells["Participant CUSIP"].count("\n") == 1
    flags = deals.loc[world.deals.alliance.astype(str), "Marketing Flag"] == "Yes"
    assert (flags.to_numpy() == world.deals.marketing.to_numpy()).all()


def test_participants_are_found_by_their_cusip_of_the_day(worlds: Worlds) -> None:
    names = text(worlds["none"] / "crsp_dsenames.csv")
    funda = text(worlds["none"] / "compustat_funda.csv")
    header = set(funda.cusip.str[:6])
    spells: dict[str, list[tuple[str, str]]] = {}
    for row in names.itertuples():
        spells.setdefault(row.ncusip[:6], []).append((row.namedt, row.nameendt))
    found = total = 0
    for path in sorted(worlds["none"].glob("sdc_alliances_*.csv")):
        for row in text(path).to_dict("records"):
            date = str(pd.to_datetime(row["Alliance Date Announced"]).date())
            for cusip in row["Participant Ultimate Parent CUSIP"].split("\n"):
                if cusip.endswith("Q") or date < "1996-10-01":
                    continue
                dated = any(a <= date <= b for a, b in spells.get(cusip, []))
                found += dated or cusip in header
                total += 1
    assert total > 300 and found == total


def test_clean_files_have_an_empty_ledger(worlds: Worlds) -> None:
    assert text(worlds["none"] / "dirt_ledger.csv").empty


def test_ledger_has_every_kind_and_only_known_ones(worlds: Worlds) -> None:
    for dirt in ("realistic", "hostile"):
        rates = parameters()["dirt"][dirt]
        ledger = text(worlds[dirt] / "dirt_ledger.csv")
        assert set(ledger.kind) <= set(rates) | FILE_LEVEL
        expected = {k for k, rate in rates.items() if rate >= 0.01}
        rare = {"links_gap", "links_overlap", "links_secondary"}
        assert expected - rare <= set(ledger.kind)
        assert set(ledger.repairable) == {"yes", "no"}


@pytest.mark.parametrize(
    "file", ["compustat_funda.csv", "ccm_lnkhist.csv", "structures.csv"]
)
@pytest.mark.parametrize("dirt", ["realistic", "hostile"])
def test_ledger_points_at_the_written_value(
    worlds: Worlds, dirt: str, file: str
) -> None:
    table = text(worlds[dirt] / file)
    ledger = text(worlds[dirt] / "dirt_ledger.csv")
    rows = ledger[(ledger.file == file) & (ledger.row != "0") & (ledger.column != "")]
    assert len(rows)
    overwritten = rows.duplicated(["row", "column"], keep="last")
    for entry in rows[~overwritten].itertuples():
        assert table[entry.column].iloc[int(entry.row) - 1] == entry.written_value


@pytest.mark.parametrize("dirt", ["realistic", "hostile"])
def test_daily_ledger_points_at_the_written_value(worlds: Worlds, dirt: str) -> None:
    daily = pd.read_parquet(worlds[dirt] / "crsp_dsf.parquet")
    clean = pd.read_parquet(worlds["none"] / "crsp_dsf.parquet")
    ledger = text(worlds[dirt] / "dirt_ledger.csv")
    rows = ledger[ledger.file == "crsp_dsf.parquet"]
    for column in ("prc", "ret"):
        part = rows[rows.column == column].drop_duplicates("row", keep="last")
        written = daily[column].to_numpy()[part.row.astype(int) - 1]
        np.testing.assert_allclose(written, part.written_value.astype(float))
    repeated = rows[rows.kind == "daily_duplicate"].row.astype(int).to_numpy() - 1
    kept = daily.drop(index=repeated).reset_index(drop=True)
    assert (kept.permno == clean.permno).all() and len(kept) == len(clean)
    touched = (kept.prc != clean.prc).sum()
    assert touched == rows[rows.column == "prc"].row.nunique()


@pytest.mark.parametrize("dirt", ["realistic", "hostile"])
def test_deal_ledger_points_at_the_deal(worlds: Worlds, dirt: str) -> None:
    ledger = text(worlds[dirt] / "dirt_ledger.csv")
    for path in sorted(worlds[dirt].glob("sdc_alliances_*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            records = list(csv.reader(stream))
        header = records[0]
        rows = ledger[(ledger.file == path.name) & (ledger.kind == "sdc_flag_spelling")]
        for entry in rows.itertuples():
            record = records[int(entry.row)]
            assert record[header.index(entry.column)] == entry.written_value
        assert any(r and r[0].startswith("\fSDC") for r in records)
        assert any(r and r[0] == "Session Details" for r in records)


def test_dirt_repaired_statements_equal_the_clean_ones(worlds: Worlds) -> None:
    clean = text(worlds["none"] / "compustat_funda.csv")
    dirty = text(worlds["realistic"] / "compustat_funda.csv")
    kept = (dirty.indfmt == "INDL") & (dirty.datafmt == "STD")
    dirty = dirty[kept].drop_duplicates()
    dirty["gvkey"] = dirty.gvkey.str.zfill(6)
    dirty = dirty.sort_values(["gvkey", "datadate"])
    dirty = dirty.drop_duplicates(["gvkey", "fyear"], keep="last")
    assert list(dirty.gvkey + dirty.fyear) == list(clean.gvkey + clean.fyear)
    lost = (dirty["ib"].to_numpy() == "") & (clean["ib"].to_numpy() != "")
    same = dirty["ib"].to_numpy() == clean["ib"].to_numpy()
    assert (same | lost).all() and lost.mean() < 0.01


def test_formats_carry_the_same_days(worlds: Worlds) -> None:
    legacy = pd.read_parquet(worlds["none"] / "crsp_dsf.parquet")
    ciz = pd.read_parquet(worlds["others"] / "crsp_dsf.parquet")
    assert 1.99 < len(ciz) / len(legacy) < 2.1
    gone = ciz[ciz.dlydelflg == "Y"]
    assert len(gone) and gone.permno.is_unique and gone.dlyprc.isna().all()
    ciz = ciz[ciz.dlydelflg == "N"]
    firms = ciz[ciz.permno < 100_000].reset_index(drop=True)
    np.testing.assert_array_equal(firms.dlyret, legacy.ret)
    np.testing.assert_array_equal(firms.dlyprc, legacy.prc)
    links = pd.read_stata(worlds["others"] / "ccm_lnkhist.dta")
    assert list(links.gvkey) == list(text(worlds["none"] / "ccm_lnkhist.csv").gvkey)


def test_factors_are_in_percent(worlds: Worlds, market: Market) -> None:
    table = text(worlds["none"] / "factors_daily.csv")
    values = table["Mkt-RF"].astype(float) / 100
    np.testing.assert_allclose(values, market.factors.mktrf, atol=1e-9)
    dirty = (worlds["realistic"] / "factors_daily.csv").read_text()
    assert dirty.splitlines()[3].startswith("date,Mkt-RF")


def test_truth_states_what_was_planted(worlds: Worlds) -> None:
    truth = json.loads((worlds["none"] / "truth.json").read_text())
    assert truth["implied"]["roa.slope_product_centric"] == 0.18
    assert truth["implied"]["roa.slope_customer_centric"] == -0.17
    ratio = truth["implied"]["car.marketing_asymmetric"]
    assert ratio / truth["implied"]["car.marketing_symmetric"] == pytest.approx(4)
    ratio = truth["implied"]["car.rd_symmetric"]
    assert ratio / truth["implied"]["car.rd_asymmetric"] == pytest.approx(3)


def test_only_the_validation_reads_the_truth() -> None:
    root = Path(__file__).parents[3]
    source = root / "src" / "alliance_value"
    named = [p.name for p in source.rglob("*.py") if "truth.json" in p.read_text()]
    assert set(named) <= {"truth.py", "write.py", "overlay.py", "files.py"}
    scripts = (root / "workflow" / "scripts").glob("*.py")
    readers = [p.name for p in scripts if "input.truth" in p.read_text()]
    assert readers == ["validation.py"]
    rules = (root / "workflow" / "rules").glob("*.smk")
    text = "".join(p.read_text() for p in rules)
    assert text.count("truth.json") == text.count("truth=") == 1
