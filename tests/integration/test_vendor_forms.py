"""Vendors' files in every form that they come in -> the same panel and event tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from alliance_value.alliances.portfolios import PortfolioRule, portfolios
from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.alliances.sources.firm_tables import READERS
from alliance_value.alliances.sources.life_tables import (
    read_acquisitions,
    read_ownership,
    read_terminations,
)
from alliance_value.alliances.sources.matching import issuers, match_participants
from alliance_value.alliances.sources.sdc import read_deals
from alliance_value.alliances.structures import carry_forward, code_structures
from alliance_value.contracts.firm_years import Panel
from alliance_value.contracts.storage import store
from alliance_value.events.exclusions import Rules
from alliance_value.events.study import event_study
from alliance_value.panel.build import build_panel, joined
from alliance_value.sources.compustat import header
from alliance_value.sources.daily_files import daily_files
from alliance_value.sources.dated_tables import read_market
from alliance_value.sources.delistings import read_delistings
from alliance_value.sources.edgar.registrants import dated_registrants
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.sources.french import read_factors
from alliance_value.sources.links import firm_links
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.listings import read_listings
from alliance_value.sources.names import read_names
from alliance_value.sources.news import news
from alliance_value.sources.read_file import read_as_one, read_files
from alliance_value.sources.segments import read_segments
from alliance_value.study.dictionary import with_standard_variables
from alliance_value.study.spec import ReturnsFile, Sample, TableFile, Variable, build
from tests.conftest import Worlds
from tests.integration.vendor_forms import Form, write

ITEMS = ["at", "sale", "ib", "dltt", "dlc", "che"]
MISSING = ["NA", ".", "NaN", "-99999"]
ESTIMATION, WINDOW = (-120, -11), (-1, 1)
FILES = {
    "statements": "compustat_funda",
    "segments": "compustat_segments",
    "links": "ccm_lnkhist",
    "names": "crsp_dsenames",
    "delistings": "crsp_dsedelist",
    "daily": "crsp_dsf",
    "market": "crsp_dsi",
    "factors": "factors_daily",
    "deals": "sdc_alliances_2001_2004",
    "structures": "structures",
    "news": "confounding_events",
}
# tables that people make, each row a line
MADE = {
    "ownership": "alliance,holder,held,share/101,001004,venture,50/101,ACME,venture,50/"
    "103,001004,partner,12.5/104,002002,Partner,33.25",
    "terminations": "alliance,ended,cause/101,2003-05-17,acquired/102,2004-02-03,/"
    "103,2001-12-31,party left",
    "acquisitions": "acquirer,target,announced,effective/001004,002002,2003-05-17,"
    "2003-08-30/002002,001010,2004-02-03,/003003,001004,2001-03-04,2001-04-05",
    "input_output": "from_industry,to_industry,value/20,37,34567.5/37,20,0.25/20,20,2",
    "firm_classes": "gvkey,class,weight/001004,A61,3/001004,G06,1250/002002,A61,0.5",
    "major_customers": "gvkey,datadate,customer,share/001004,2003-12-31,Müller,0.2/"
    "001004,2003-12-31,Acme & Co,0.25/002002,2004-03-31,Müller,0.125",
    "alliance_function": "gvkey,from,to/001004,2000-01-17,2003-05-30/002002,2001-02-03,"
    "/002002,1999-04-05,2000-06-07",
    "tickers": "cik,ticker,from,to,name/0000320193,AAPL,1984-09-07,,Apple/"
    "0000001750,AIR,1990-01-31,2004-05-06,AAR/0000001750,AIR2,2004-05-07,,AAR",
    "listings": "security,ticker,first,last/10001,ABC,1990-01-31,2001-02-03/"
    "10002,ABC,2001-02-04,/10001,XYZ,2001-02-04,2009-12-31",
}
Tables = dict[str, pd.DataFrame]
# of these CRSP's later edition has other files
CIZ = ("names", "delistings", "daily", "market")
DAILY = ["permno", "permco", "date", "prc", "ret", "shrout"]
CIZ_DAILY = ["permno", "permco", "dlycaldt", "dlyprc", "dlyret", "shrout"]
CIZ_DAILY += ["dlydelflg", "dlyretmissflg"]
# a CUSIP that programs take for a number, with its check digit
POWER = "00765E104"


@pytest.fixture(scope="module")
def world(worlds: Worlds) -> Tables:
    """Return the vendors' clean tables of a small world as text."""
    out = {name: text_of(worlds["small"], name, DAILY) for name in FILES}
    later = worlds["small, CIZ"]
    out |= {f"CIZ {name}": text_of(later, name, CIZ_DAILY) for name in CIZ}
    for name, text in MADE.items():
        out[name] = pd.read_csv(
            StringIO(text.replace("/", "\n")), dtype=str, keep_default_na=False
        )
    statements = out["statements"]
    items = statements.columns.get_loc("fic") + 1  # what names a firm stands before
    kept = [*statements.columns[:items], *ITEMS]
    first = statements.gvkey.eq(statements.gvkey.iloc[0])
    out["statements"] = statements[kept].assign(
        cusip=statements.cusip.mask(first, POWER)
    )
    return cut(out)


def text_of(folder: Path, name: str, daily: list[str]) -> pd.DataFrame:
    """Return a vendor's file as text, the named columns of a daily one."""
    file = folder / f"{FILES[name]}.csv"
    if name != "daily":
        return pd.read_csv(file, dtype=str, keep_default_na=False)
    table = pd.read_parquet(file.with_suffix(".parquet"))[daily]
    table[daily[2]] = pd.to_datetime(table[daily[2]]).dt.strftime("%Y-%m-%d")
    return table.astype(object).where(table.notna(), "").astype(str)


def cut(out: Tables) -> Tables:
    """Keep what is needed of the years 2001 to 2004, and list a few events."""
    for name, column, first, last in (
        ("statements", "fyear", "2000", "2005"),
        ("structures", "fyear", "2000", "2005"),
        ("segments", "datadate", "2002", "2004"),
        ("daily", "date", "2001-06", "2004-06"),
        ("CIZ daily", "dlycaldt", "2001-06", "2004-06"),
        ("market", "date", "2001-06", "2004-06"),
        ("CIZ market", "caldt", "2001-06", "2004-06"),
        ("news", "date", "2001-06", "2004-06"),
        ("factors", "date", "200106", "200406"),
    ):
        table = out[name]
        out[name] = table[table[column].ge(first) & table[column].lt(last)]
    gone = out["delistings"].permno[
        out["delistings"].dlstdt.between("2002-06-01", "2004-03-01")
    ]
    whole = out["daily"].groupby("permno").size().sort_values().index[-8:]
    daily = out["daily"][out["daily"].permno.isin([*gone, *whole])]
    last = daily.groupby("permno").date.max()
    events = pd.DataFrame({"security": sorted(daily.permno.unique())})
    places = [160 + 37 * n % 400 for n in range(len(events))]
    day = pd.Series(out["market"].date.iloc[places].to_numpy())
    day = day.mask(events.security.isin(gone), events.security.map(last))
    clock = pd.Series(["16:30", "09:15", "17:05"] * len(events))[: len(events)]
    kind = pd.Series(["deal", "", "suit"] * len(events))[: len(events)]
    events = events.assign(announced=day + " " + clock, kind=kind, event=events.index)
    ciz = out["CIZ daily"]
    out["CIZ daily"] = ciz[ciz.permno.isin(daily.permno)]
    out |= {"daily": daily, "events": events.astype({"event": "str"})}
    stamps = pd.to_datetime(out["factors"].date, format="%Y%m%d")
    factors = out["factors"].assign(date=stamps.dt.strftime("%Y-%m-%d"))
    # other files know no negative zero
    out["factors"] = factors.replace(r"^-(0\.0+)$", r"\1", regex=True)
    deals = out["deals"]
    for name in (
        "Alliance Date Announced",
        "Date Effective",
        "Date Alliance Terminated",
    ):
        stamps = pd.to_datetime(deals[name].mask(deals[name].eq("")), format="%m/%d/%Y")
        deals[name] = stamps.dt.strftime("%Y-%m-%d").fillna("")
    return {name: table.reset_index(drop=True) for name, table in out.items()}


def as_study(form: Form) -> dict[str, Any]:
    """Return what a study file says of a file in a form."""
    told = {"missing": MISSING, "decimal": form.decimal, "thousands": form.thousands}
    counted = form.day == "serial" and form.container == "parquet"
    told |= {"sheet": form.sheet} if form.sheet else {}
    return told | ({"dates": "sas"} if counted else {})


def stated(form: Form, **more: Any) -> TableFile:
    """Return the same as the readers take it."""
    return build(TableFile, {"entity": "", "file": "", **as_study(form), **more})


def read_statements(path: Path, form: Form) -> Any:
    layout = stated(
        form,
        entity="gvkey",
        time="fyear",
        reader="compustat",
        period_end="datadate",
    )
    return firm_years([str(path)], layout, Needed({item: [] for item in ITEMS}))


def firms_of(path: Path, form: Form) -> pd.DataFrame:
    """Return the firms' latest CUSIPs and names."""
    parts = [header(raw) for raw in read_files([path], stated(form))]
    return pd.concat(parts).drop_duplicates(ignore_index=True)


def canonical(name: str, path: Path, form: Form, folder: Path) -> Tables:
    """Read one source by its vendor's reader."""
    raw = (
        None
        if name in ("statements", "daily", "CIZ daily", "deals")
        else read_as_one([path], stated(form))
    )
    if name == "statements":
        table = read_statements(path, form).firm_years
        return {
            "statements": table.drop(columns=["source_file", "source_row"]),
            "header": firms_of(path, form),
        }
    if name == "deals":
        deals = read_deals([path], stated(form))
        return {"deals": deals.alliances, "parties": deals.parties}
    if name.endswith("daily"):
        told = {"returns": as_study(form)}
        daily = daily_files([str(path)], ReturnsFile(), folder, sources=told)
        return {name: pd.concat([*daily.parts()])}
    if name == "market":
        return {name: read_market([raw], "date", "vwretd", "decimal").market}
    if name == "CIZ market":
        return {name: read_market([raw], "caldt", "vwtotret", "decimal").market}
    if name == "factors":
        return {name: read_factors([path], "auto", stated(form)).factors}
    if name == "news":
        columns = {"security": "permno", "date": "date", "kind": "kind"}
        return {name: news([str(path)], columns | as_study(form))[0]}
    if name == "events":
        columns = {"security": "security", "announced": "announced", "groups": ["kind"]}
        columns |= {"event": "event"}
        return {name: listed_events(raw, columns)[0]}
    if name in LIVES:
        columns = MADE[name].partition("/")[0].split(",")
        table = LIVES[name](raw, dict(zip(columns, columns, strict=True)))[0]
        # acquisitions without a number of their own have that of their row in the file
        return {name: table.drop(columns="acquisition", errors="ignore")}
    if name in READERS:
        return {name: READERS[name][0](raw)[0]}
    if name == "tickers":
        listed = dated_registrants(raw)
        return {name: listed.links, "names by date": listed.names}
    if name == "listings":
        return {name: read_listings(raw, "security", "first", "last", "ticker")[0]}
    if name.endswith("delistings"):
        known = pd.DataFrame(columns=["security", "name_from", "exchange_code"])
        table = read_delistings(raw, known)[0]
        return {name: table[[c for c in table if not c.startswith("source_")]]}
    reader = {"links": firm_links, "names": read_names, "segments": read_segments}
    reader |= {"structures": coded_units, "CIZ names": read_names}
    return {name: reader[name](raw)[0]}


US = Form(day="%m/%d/%Y", moment="%m/%d/%Y %I:%M %p", codes="bare", encoding="cp1252")
EURO = Form(
    container=";",
    day="%d.%m.%Y",
    moment="%d.%m.%Y %H:%M",
    decimal=",",
    encoding="cp1252",
    missing="NA",
)
FORMS = {
    "WRDS, text": Form(container="\t", day="%Y%m%d", encoding="utf-8"),
    "WRDS, SAS days": Form(day="%d%b%Y", capitals=True, packed="gz"),
    "WRDS, zip": Form(day="%Y/%m/%d", packed="zip", codes="bare", missing="."),
    "WRDS, fixed width": Form(container="fixed", day="%d/%m/%Y", missing="."),
    "WRDS, Excel": Form(container="excel", day="typed"),
    "American": US,
    "American, floats": replace(US, codes="float", missing="NA", day="%m-%d-%Y"),
    "European": EURO,
    "British": replace(US, day="%d/%m/%Y", moment="%d/%m/%Y %H:%M", codes="kept"),
    "American, thousands": replace(US, thousands=",", codes="power"),
    "European, thousands": replace(EURO, thousands=".", codes="power", packed="gz"),
    "Swiss": replace(EURO, thousands="'", decimal=".", encoding="utf-8"),
    "Excel, American": Form(container="excel", day="%m/%d/%Y", codes="float"),
    "Excel, serial": Form(container="excel", day="serial", codes="float"),
    "Unicode text": Form(container="\t", encoding="utf-16", day="%d-%b-%Y"),
    "bars and a title": Form(container="|", day="%B %d, %Y", title=("Export", "")),
    "two digits and a note": Form(day="%d-%b-%y", below=("", "Source: vendor")),
    "Excel, a later sheet": Form(container="excel", day="typed", sheet="Data"),
    "Parquet, zoned": Form(container="parquet", day="typed", zone="America/New_York"),
    "Parquet, days": Form(container="parquet", day="days"),
    "a zip of two": Form(container=";", packed="two.zip"),
    "Excel, a zip of two": Form(container="excel", day="typed", packed="two.zip"),
    "marker": Form(missing="-99999", encoding="utf-8-sig"),
    "Stata, marker": Form(container="stata", day="typed", missing="-99999"),
    "Parquet, marker": Form(container="parquet", day="typed", missing="-99999"),
    "Excel, marker": Form(container="excel", day="typed", missing="-99999"),
    "Stata": Form(container="stata", day="typed"),
    "Stata, serial": Form(container="stata", day="serial", codes="float", packed="zip"),
    "SAS transport": Form(container="xport", day="serial"),
    "SAS transport, text": Form(container="xport", day="%d%b%Y", codes="float"),
    "Parquet": Form(container="parquet", day="typed", packed="gz"),
    "Parquet, serial": Form(container="parquet", day="serial", codes="float"),
    "Parquet, text": Form(container="parquet", day="%Y-%m-%d", codes="bare"),
}
# columns of version 5 have eight characters; deals have no such export, nor a market
# with its own line ends in a cell; their reports end by a trailer of their own
LONG_NAMES = ("links", "deals", "structures", "events", "acquisitions", "input_output")
LIVES = {
    "ownership": read_ownership,
    "terminations": read_terminations,
    "acquisitions": read_acquisitions,
}
NEVER = {
    *(
        (name, form)
        for form in FORMS
        if FORMS[form].container == "xport"
        for name in (*LONG_NAMES, *(f"CIZ {n}" for n in CIZ))
    ),
    *(("deals", form) for form in FORMS if FORMS[form].container in ("fixed", "stata")),
    *(("deals", form) for form in FORMS if FORMS[form].below),
}
SOURCES = (*FILES, "events", *MADE, *(f"CIZ {name}" for name in CIZ))
# every source in a third of the forms, and every form, are for each change
PAIRS = [
    pytest.param(name, form, marks=[pytest.mark.crowd] if (i + j) % 3 else [])
    for i, name in enumerate(SOURCES)
    for j, form in enumerate(FORMS)
    if (name, form) not in NEVER
]


@pytest.fixture(scope="module")
def few(world: Tables) -> Tables:
    """Return some rows of each table: the last days, and others here and there."""
    out = {name: table[:: -(-len(table) // 80)] for name, table in world.items()}
    for edition in ("", "CIZ "):
        name, market = f"{edition}daily", f"{edition}market"
        out[name] = world[name].groupby("permno").tail(30)
        out[market] = world[market].tail(150)
    out["factors"] = world["factors"].tail(150)
    return {name: table.reset_index(drop=True) for name, table in out.items()}


@pytest.fixture(scope="module")
def right(few: Tables, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Return the canonical tables of the plain files."""
    folder = tmp_path_factory.mktemp("right")
    out: Tables = {}
    for name, table in few.items():
        out |= canonical(name, write(table, folder, name, Form()), Form(), folder)
    return out


def as_bytes(table: pd.DataFrame, path: Path) -> bytes:
    """Return the bytes of a table's Parquet file."""
    table.reset_index(drop=True).to_parquet(path, index=False)
    return path.read_bytes()


@pytest.mark.parametrize(("name", "form"), PAIRS)
def test_every_source_in_every_form(name, form, few, right, tmp_path):
    path = write(few[name], tmp_path, name, FORMS[form])
    for part, table in canonical(name, path, FORMS[form], tmp_path).items():
        pd.testing.assert_frame_equal(
            table.reset_index(drop=True), right[part].reset_index(drop=True)
        )
        assert as_bytes(table, tmp_path / "a") == as_bytes(right[part], tmp_path / "b")


def study_of(
    world: Tables, forms: Mapping[str, Form], folder: Path
) -> dict[str, bytes]:
    """Return the panel and the event tables of all sources together, as bytes."""
    paths = {n: write(table, folder, n, forms[n]) for n, table in world.items()}
    read: Tables = {}
    for name in sorted({*world} - {"statements", "daily"}):
        read |= canonical(name, paths[name], forms[name], folder)
    source = read_statements(paths["statements"], forms["statements"])
    firms = firms_of(paths["statements"], forms["statements"])
    known = issuers(read["names"], read["links"], firms)
    deals = read["deals"]
    sides = match_participants(read["parties"], deals, known)
    own = portfolios(
        deals,
        sides,
        carry_forward(code_structures(read["structures"]), source.firm_years),
        source.firm_years,
        PortfolioRule(structure="fiscal_year"),
    )
    standard = {"standard_variables": ["roa_next", "size", "leverage"], "variables": {}}
    usual = {"lead": 0, "lag": 0, "missing": "keep"}
    variables = [
        Variable.of(name, usual | variable)
        for name, variable in with_standard_variables(standard)[0].items()
    ]
    table = joined(source.firm_years, [own.drop(columns="datadate")])
    panel = build_panel(table, source.funnel, variables, Sample(("at > 0",))).panel
    store(panel, Panel, folder / "panel.parquet")
    told = {
        "returns": as_study(forms["daily"]),
        "delistings": as_study(forms["delistings"])
        | {"missing": 0, "missing_nasdaq": 0},
    }
    daily = daily_files(
        [str(paths["daily"])],
        ReturnsFile(),
        folder,
        delistings=[str(paths["delistings"])],
        sources=told,
    )
    events = event_study(
        pd.concat([*daily.parts()]),
        read["events"],
        read["factors"],
        windows=[WINDOW],
        estimation=ESTIMATION,
        confounds=read["news"],
        groupings=["group_kind"],
        rules=Rules(minimum=60),
    )
    assert events.events.kept.sum() > 4 and own.cc_share.notna().any()
    out = {"panel": (folder / "panel.parquet").read_bytes()}
    for name in ("events", "abnormal_returns", "cars", "event_tests", "exclusions"):
        out[name] = as_bytes(getattr(events, name), folder / "table.parquet")
    return out


def edition(world: Tables, later: bool = False) -> Tables:
    """Return one edition's tables; the market's are not in the study."""
    return {
        name: world[f"CIZ {name}"] if later and name in CIZ[:3] else world[name]
        for name in (*FILES, "events")
    }


@pytest.fixture(scope="module")
def study(world: Tables, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the tables of the study of the plain files."""
    forms = dict.fromkeys(world, Form())
    return study_of(edition(world), forms, tmp_path_factory.mktemp("plain"))


@pytest.mark.parametrize("turn", range(3))
def test_every_source_in_a_form_of_its_own(turn, world, study, tmp_path):
    later, forms = turn % 2 == 1, {}
    tables = edition(world, later)
    for place, name in enumerate(tables):
        source = f"CIZ {name}" if later and name in CIZ else name
        possible = [form for form in FORMS if (source, form) not in NEVER]
        forms[name] = FORMS[possible[(12 * turn + place) % len(possible)]]
    assert study_of(tables, forms, tmp_path) == study


def test_both_editions_of_crsp_are_one_study(world, study, tmp_path):
    tables = edition(world, later=True)
    assert study_of(tables, dict.fromkeys(tables, Form()), tmp_path) == study
