"""One world, written in every way that vendors write, is read as the same tables."""

from __future__ import annotations

import gzip
import io
import itertools
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.sources.dated_tables import read_factor_tables
from alliance_value.sources.firm_years import Needed, firm_years
from alliance_value.sources.listed_events import listed_events
from alliance_value.sources.read_file import read_file
from alliance_value.sources.returns import read_returns
from alliance_value.study.spec import ReturnsFile, TableFile

MISSING = ("NA", ".", "NaN")
ZONE = "America/New_York"
DAYS = {
    "iso": "%Y-%m-%d",
    "compact": "%Y%m%d",
    "sas": "%d%b%Y",
    "dotted": "%d.%m.%Y",
    "american": "%m/%d/%Y",
    "british": "%d/%m/%Y",
    "dashed": "%d-%m-%Y",
    "slashed iso": "%Y/%m/%d",
    "month's name": "%B %d, %Y",
    "short month": "%d-%b-%y",
    "midnight": "%Y-%m-%d 00:00:00",
    "zulu": "%Y-%m-%dT00:00:00.000Z",
}
MOMENTS = {
    "iso": "%Y-%m-%d %H:%M",
    "with T": "%Y-%m-%dT%H:%M:%S",
    "milliseconds": "%Y-%m-%d %H:%M:%S.000",
    "sas": "%d%b%Y:%H:%M:%S",
    "half day": "%m/%d/%Y %I:%M %p",
    "british": "%d/%m/%Y %H:%M",
    "dotted": "%d.%m.%Y %H:%M",
    "header of a filing": "%Y%m%d%H%M%S",
    "zulu": "utc",
    "offset": "offset",
}


def world() -> dict[str, pd.DataFrame]:
    """Tables of three firms; no day is there on which the order could not be told."""
    rng = np.random.default_rng(3)
    firms = ["001038", "Müller & Söhne", "ACME, Inc."]
    years = pd.DataFrame(itertools.product(firms, range(2001, 2006)))
    years.columns = ["firm", "year"]
    ends = pd.to_datetime(years.year.astype(str) + "-12-31")
    sales = np.round(rng.normal(1000, 300, len(years)), 2)
    sales[3] = np.nan
    industry = np.resize(["steel", "mining", None, "2834"], len(years))
    firm_table = years.assign(closing=ends, sales=sales, industry=industry)
    days = pd.bdate_range("2019-01-02", periods=40)
    market = pd.DataFrame({"day": days, "mkt": rng.normal(0, 0.01, 40).round(6)})
    daily = pd.DataFrame(itertools.product(["AAA", "BBB"], days))
    daily.columns = ["ticker", "day"]
    daily["ret"] = rng.normal(0, 0.02, len(daily)).round(6)
    announced = days[[3, 15, 20]] + pd.to_timedelta([930, 990, 0], unit="min")
    news = pd.DataFrame({"ticker": ["AAA", "BBB", "AAA"], "announced": announced})
    news["kind"] = ["deal", None, "suit"]
    return {"firms": firm_table, "factors": market, "returns": daily, "events": news}


WORLD = world()


def printed(stamps: pd.Series, form: str) -> pd.Series:
    """Print days or moments in one form."""
    if form in ("utc", "offset"):
        there = stamps.dt.tz_localize(ZONE)
        if form == "utc":
            there = there.dt.tz_convert("UTC")
            return there.dt.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        return there.astype("string").astype("str")
    return stamps.dt.strftime(form)


def as_text(table: pd.DataFrame, form: str, decimal: str, mark: str) -> pd.DataFrame:
    """Print every cell of a table."""
    out = {}
    for name, cells in table.items():
        if pd.api.types.is_datetime64_any_dtype(cells):
            out[name] = printed(cells, form)
        elif pd.api.types.is_float_dtype(cells):
            text = cells.map(lambda v: repr(float(v)).replace(".", decimal))
            out[name] = text.mask(cells.isna(), mark)
        else:
            out[name] = cells.astype(object).where(cells.notna(), mark).astype("str")
    return pd.DataFrame(out)


def write_text(path: Path, table: pd.DataFrame, way: str, encoding: str) -> None:
    """Write texts between delimiters, or in columns of fixed width."""
    if way == "fixed":
        widths = [max(len(n), *map(len, table[n])) + 2 for n in table]
        rows = [list(table.columns), *table.to_numpy().tolist()]
        lines = [
            "".join(c.ljust(w) for c, w in zip(r, widths, strict=True)) for r in rows
        ]
        content = "\n".join(["Report of the vendor", "", *lines, "", "End"]).encode(
            encoding
        )
    else:
        content = table.to_csv(index=False, sep=way).encode(encoding)
    if path.suffix == ".gz":
        content = gzip.compress(content)
    if path.suffix == ".zip":
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("table.csv", content)
        content = held.getvalue()
    path.write_bytes(content)


def tables_of(read: Callable[[str], TableFile], path: Callable[[str], Path]) -> str:
    """Read the four files and return their tables as one text."""
    layout = read("firms")
    years = firm_years(
        [str(path("firms"))],
        layout,
        Needed({n: () for n in ("sales", "industry")}, frozenset({"industry"})),
    ).firm_years.drop(columns=["source_file", "source_row"])
    factors = read_factor_tables(
        [read_file(path("factors"), read("factors"))],
        "day",
        {"mkt_rf": "mkt"},
        "decimal",
    ).factors
    spec = ReturnsFile(reader="long", security="ticker", date="day", ret="ret")
    returns = read_returns([path("returns")], spec, layout=read("returns")).returns
    columns = {"security": "ticker", "announced": "announced", "groups": ["kind"]}
    raw = read_file(path("events"), read("events"))
    events = listed_events(raw, columns)[0].drop(columns="event")
    parts = (years, factors, returns, events)
    return "\n".join(part.to_csv(index=False) for part in parts)


def layout(**stated: object) -> Callable[[str], TableFile]:
    own = {"entity": "firm", "time": "year", "period_end": "closing"}
    return lambda source: TableFile(
        file="",
        missing=MISSING,
        **(own if source == "firms" else {"entity": ""}),
        **stated,
    )


@pytest.fixture(scope="module")
def right(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("right")
    for name, table in WORLD.items():
        table.to_parquet(folder / f"{name}.parquet")
    return tables_of(layout(), lambda name: folder / f"{name}.parquet")


def test_the_world_has_what_is_asked_of_it(right):
    assert "Müller & Söhne" in right
    assert "001038" in right
    assert right.count("2005-12-31") == 3
    assert "2019-01-23 16:30:00" in right


@pytest.mark.parametrize("day", DAYS)
def test_days_of_every_form(day, right, tmp_path):
    for name, table in WORLD.items():
        form = "%Y-%m-%d %H:%M:%S" if name == "events" else DAYS[day]
        write_text(
            tmp_path / f"{name}.csv", as_text(table, form, ".", ""), ",", "utf-8"
        )
    assert tables_of(layout(), lambda name: tmp_path / f"{name}.csv") == right


@pytest.mark.parametrize("moment", MOMENTS)
def test_moments_of_every_form(moment, right, tmp_path):
    for name, table in WORLD.items():
        form = MOMENTS[moment] if name == "events" else "%Y-%m-%d"
        write_text(
            tmp_path / f"{name}.csv", as_text(table, form, ".", ""), ",", "utf-8"
        )
    stated = layout(timezone=ZONE) if moment in ("zulu", "offset") else layout()
    assert tables_of(stated, lambda name: tmp_path / f"{name}.csv") == right


TEXTS = [
    (",", "csv.gz", "utf-8-sig", ".", "NA"),
    (",", "zip", "utf-16", ".", "."),
    (";", "csv", "cp1252", ",", "NA"),
    (";", "zip", "utf-8", ",", "."),
    ("\t", "csv", "utf-16", ",", "NA"),
    ("\t", "csv.gz", "cp1252", ".", ""),
    ("|", "csv", "utf-8-sig", ",", ""),
    ("|", "csv.gz", "utf-8", ".", "."),
    ("fixed", "csv", "utf-8", ".", "NA"),
    ("fixed", "csv.gz", "cp1252", ",", "."),
    ("fixed", "zip", "utf-16", ".", "NA"),
]


@pytest.mark.parametrize(("way", "ending", "encoding", "decimal", "mark"), TEXTS)
def test_texts_of_every_kind(way, ending, encoding, decimal, mark, right, tmp_path):
    for name, table in WORLD.items():
        form = "%d.%m.%Y %H:%M" if name == "events" else "%d.%m.%Y"
        text = as_text(table, form, decimal, mark)
        write_text(tmp_path / f"{name}.{ending}", text, way, encoding)
    read = layout(decimal=decimal)
    assert tables_of(read, lambda name: tmp_path / f"{name}.{ending}") == right


@pytest.mark.parametrize("ending", ["parquet", "dta", "xlsx", "parquet.gz", "dta.zip"])
@pytest.mark.parametrize("stored", ["typed", "text", "serial"])
def test_files_that_store_types(ending, stored, right, tmp_path):
    kind = ending.partition(".")[0]
    epoch = pd.Timestamp("1899-12-30" if kind == "xlsx" else "1960-01-01")
    for name, table in WORLD.items():
        own = table.copy()
        for column in own.columns[[t.kind == "M" for t in own.dtypes]]:
            if stored == "text":
                form = "%Y-%m-%d %H:%M" if name == "events" else "%Y-%m-%d"
                own[column] = own[column].dt.strftime(form)
            elif stored == "serial":
                own[column] = (own[column] - epoch) / pd.Timedelta(1, "D")
        texts = own.columns[
            [not pd.api.types.is_numeric_dtype(t) and t.kind != "M" for t in own.dtypes]
        ]
        if kind == "dta":
            own[texts] = own[texts].fillna("")
        path = tmp_path / f"{name}.{kind}"
        if kind == "parquet":
            own.to_parquet(path)
        elif kind == "dta":
            dates = own.columns[[t.kind == "M" for t in own.dtypes]]
            own.to_stata(
                path,
                write_index=False,
                version=118,
                convert_dates={c: "tc" for c in dates},
            )
        else:
            own.to_excel(path, index=False)
        content = path.read_bytes()
        if ending.endswith(".gz"):
            (tmp_path / f"{name}.{ending}").write_bytes(gzip.compress(content))
        if ending.endswith(".zip"):
            with zipfile.ZipFile(tmp_path / f"{name}.{ending}", "w") as archive:
                archive.writestr(f"{name}.{kind}", content)
    stated = {"dates": "sas"} if stored == "serial" and kind == "parquet" else {}
    assert (
        tables_of(layout(**stated), lambda name: tmp_path / f"{name}.{ending}") == right
    )


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", ZONE])
def test_zoned_moments_of_parquet(zone, right, tmp_path):
    for name, table in WORLD.items():
        own = table.copy()
        for column in own.columns[[t.kind == "M" for t in own.dtypes]]:
            there = own[column].dt.tz_localize(ZONE if name == "events" else zone)
            own[column] = there.dt.tz_convert(zone)
        own.to_parquet(tmp_path / f"{name}.parquet")

    def stated(source: str) -> TableFile:
        return layout(timezone=ZONE if source == "events" else "")(source)

    assert tables_of(stated, lambda name: tmp_path / f"{name}.parquet") == right
