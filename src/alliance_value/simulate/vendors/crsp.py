"""A market -> CRSP daily stock file, names, delistings and index, legacy or CIZ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from alliance_value.simulate.dirt.crsp import spoil_daily
from alliance_value.simulate.dirt.sheet import LEDGER
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.market import (
    Market,
    Quotes,
    base_returns,
    in_blocks,
    prices,
)
from alliance_value.simulate.settings import CrspFormat, WorldSettings
from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import day, number
from alliance_value.simulate.world import World

CIZ_DAILY = {
    "date": "dlycaldt",
    "prc": "dlyprc",
    "ret": "dlyret",
    "vol": "dlyvol",
    "cfacpr": "dlycumfacpr",
    "cfacshr": "dlycumfacshr",
}
CIZ_NAMES = {
    "namedt": "secinfostartdt",
    "nameendt": "secinfoenddt",
    "ncusip": "cusip",
    "comnam": "issuernm",
    "shrcls": "shareclass",
}
CIZ_DELISTING = {"dlstdt": "delistingdt", "dlret": "delret"}
CIZ_INDEX = {"date": "caldt", "vwretd": "vwtotret", "ewretd": "ewtotret"}
CIZ_FLAG = {-66.0: "NS", -77.0: "NT", -88.0: "RA", -99.0: "MP"}
LETTERS = {-66.0: "C", -77.0: "B", -88.0: "A", -99.0: "."}
BLOCK = 100
DAY = np.timedelta64(1, "D")


def daily_blocks(world: World, market: Market) -> Iterator[pd.DataFrame]:
    """Yield the daily file in blocks of securities, sorted by permno and date."""
    seed = world.settings.seed
    table = market.securities.table
    order = np.argsort(table["permno"].to_numpy(), kind="stable")
    for block, columns in enumerate(in_blocks(order, BLOCK)):
        yield daily_rows(
            seed,
            block,
            market.days,
            table["permno"].to_numpy()[columns],
            table["permco"].to_numpy()[columns],
            market.ret[:, columns],
            market.quotes(columns),
        )


def background_blocks(world: World, market: Market) -> Iterator[pd.DataFrame]:
    """Yield further securities, linked to no firm, for benchmarks of size.

    Each block is drawn on its own, so memory does not grow with ``daily_scale``.
    """
    seed = world.settings.seed
    table = market.securities.table
    rows = int((table["ends"] - table["begins"] + 1).sum())
    wanted = rows * (world.settings.daily_scale - 1)
    n_days = len(market.days)
    block = 0
    while wanted > 0:
        n = min(BLOCK, -(-wanted // n_days))
        rng = stream(seed, "background", block)
        loadings = rng.normal([1.0, 0.5, 0.2, -0.1], 0.4, (n, 4))
        sd = 0.02 * np.exp(rng.normal(0, 0.4, n))
        ret = base_returns(seed, 1_000_000 + block, market.factors, loadings, sd)
        alive = np.ones(ret.shape, bool)
        prc, split = prices(ret, alive, np.exp(rng.normal(3, 0.5, n)), np.zeros(n))
        ret[0] = np.nan
        shrout = np.round(np.exp(rng.normal(10, 1, n))) * split
        permno = 100_000 + block * BLOCK + np.arange(n)
        yield daily_rows(
            seed,
            1_000_000 + block,
            market.days,
            permno,
            permno,
            ret,
            Quotes(prc, shrout, split),
        )
        wanted -= n * n_days
        block += 1


def daily_rows(
    seed: int,
    block: int,
    days: np.ndarray,
    permno: np.ndarray,
    permco: np.ndarray,
    ret: np.ndarray,
    quotes: Quotes,
) -> pd.DataFrame:
    """Stack grids of a block to rows; volume is zero on days without a trade."""
    prc, shrout, split = quotes.prc, quotes.shrout, quotes.split
    rng = stream(seed, "volume", block)
    turnover = np.exp(rng.normal(-5.0, 0.6, ret.shape))
    silent = rng.random(ret.shape) < parameters()["returns"]["no_trade"]
    volume = np.where(silent, 0.0, np.round(turnover * shrout * 1e3))
    last = np.array([c[np.isfinite(c)][-1] for c in split.T])
    factor = last / split
    column, t = np.nonzero(np.isfinite(prc).T)
    return pd.DataFrame(
        {
            "permno": permno[column].astype(np.int32),
            "permco": permco[column].astype(np.int32),
            "date": days[t],
            "prc": prc[t, column],
            "ret": ret[t, column].round(6),
            "shrout": shrout[t, column],
            "vol": volume[t, column],
            "cfacpr": factor[t, column],
            "cfacshr": factor[t, column],
        }
    )


def write_daily(
    world: World, market: Market, path: Path, gone: pd.DataFrame
) -> tuple[int, pd.DataFrame]:
    """Write the daily file block by block.

    Parameters
    ----------
    world, market, path
        What is written, and where.
    gone
        The delisting file as written: of a CIZ file the daily file holds its returns.

    Returns
    -------
    rows : int
    ledger : DataFrame
        Defects with their row in the file.
    """
    settings = world.settings
    ledgers = [pd.DataFrame(columns=LEDGER)]
    written = 0
    sink: pq.ParquetWriter | None = None
    partial = path.with_name(path.name + ".part")
    blocks = [daily_blocks(world, market)]
    if settings.daily_scale > 1:
        blocks.append(background_blocks(world, market))
    number_of_block = 0
    try:
        for source in blocks:
            for rows in source:
                rows, ledger = spoil_daily(settings, number_of_block, rows)
                if settings.crsp_format == "ciz":
                    rows = with_delisting_rows(rows, gone)
                ledger["row"] += written
                ledger["file"] = path.name
                ledgers.append(ledger_in_format(settings, ledger)[LEDGER])
                written += len(rows)
                if settings.daily_format == "parquet":
                    frame = pa.Table.from_pandas(
                        in_format(rows, settings.crsp_format), preserve_index=False
                    )
                    date = "date" if settings.crsp_format == "legacy" else "dlycaldt"
                    place = frame.schema.get_field_index(date)
                    frame = frame.set_column(place, date, frame[date].cast(pa.date32()))
                    frame = frame.replace_schema_metadata()
                    sink = sink or pq.ParquetWriter(
                        partial, frame.schema, compression="zstd"
                    )
                    sink.write_table(frame)
                else:
                    lettered(rows, settings.crsp_format).to_csv(
                        partial,
                        mode="a" if number_of_block else "w",
                        header=not number_of_block,
                        index=False,
                        lineterminator="\n",
                        float_format="%.10g",
                        compression={"method": "gzip", "mtime": 0, "compresslevel": 5},
                    )
                number_of_block += 1
    finally:
        if sink is not None:
            sink.close()
    partial.replace(path)
    return written, pd.concat(ledgers, ignore_index=True)


def with_delisting_rows(rows: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """Put the rows of delisting returns after a block's own, flagged as such.

    Their day is the trading day after the last price; they have a return alone.
    """
    own = gone[gone["deldlydt"].ne("")]
    own = own[own["permno"].astype(np.int32).isin(rows["permno"])]
    companies = rows.drop_duplicates("permno").set_index("permno")["permco"]
    permno = own["permno"].astype(np.int32)
    added = pd.DataFrame(
        {
            "permno": permno,
            "permco": companies.reindex(permno).to_numpy(),
            "date": pd.to_datetime(own["deldlydt"]).astype(rows["date"].dtype),
            "ret": pd.to_numeric(own["delret"].replace("", np.nan)),
            "flag": "Y",
        }
    )
    return pd.concat([rows.assign(flag="N"), added], ignore_index=True)


def in_format(rows: pd.DataFrame, crsp_format: CrspFormat) -> pd.DataFrame:
    """Rename to CIZ, where prices are positive and flags say what they are."""
    if crsp_format == "legacy":
        return rows
    quoted = np.where(rows["prc"] < 0, "BA", np.where(rows["prc"] == 0, "MP", "TR"))
    flag = rows["ret"].map(CIZ_FLAG).astype(object)
    out = rows.assign(
        prc=rows["prc"].abs().where(rows["prc"] != 0),
        ret=rows["ret"].where(rows["ret"] > -1.5),
    ).rename(columns=CIZ_DAILY)
    out["dlyprcflg"] = quoted
    out = out.rename(columns={"flag": "dlydelflg"})
    out["dlyretmissflg"] = flag.where(flag.notna(), "").astype(str)
    return out


def ledger_in_format(settings: WorldSettings, ledger: pd.DataFrame) -> pd.DataFrame:
    """Restate a daily ledger in the columns and codes of the file as written."""
    written = ledger["written_value"].astype(object)
    if settings.crsp_format == "ciz":
        quoted = ledger["kind"] == "daily_bid_ask"
        coded = ledger["kind"].isin(["daily_first_code", "daily_return_code"])
        return ledger.assign(
            column=ledger["column"]
            .where(~quoted, "prcflg")
            .map({"prc": "dlyprc", "ret": "dlyret", "prcflg": "dlyprcflg", "": ""}),
            true_value=ledger["true_value"].astype(object).where(~quoted, "TR"),
            written_value=written.where(~coded, "").where(~quoted, "BA"),
        )
    if settings.daily_format == "csv.gz":
        letters = written.where(ledger["column"] != "ret", written.map(LETTERS))
        return ledger.assign(written_value=letters)
    return ledger


def lettered(rows: pd.DataFrame, crsp_format: CrspFormat) -> pd.DataFrame:
    """Replace numeric return codes by the letters of a text export."""
    out = in_format(rows, crsp_format)
    if crsp_format == "legacy":
        text = rows["ret"].map(LETTERS).astype(object)
        printed = pd.Series(number(rows["ret"], 6), rows.index, dtype=object)
        out = out.assign(ret=text.where(text.notna(), printed))
    return out


def name_history(world: World, market: Market) -> pd.DataFrame:
    """Print the dated names of each security, as text; renamed firms have two rows."""
    table = market.securities.table
    firms = world.firms.table
    rows = []
    for security in table.to_dict("records"):
        firm = firms.iloc[int(security["firm"])]
        first = np.datetime64(security["opening"], "D")
        last = market.days[security["ends"]]
        change = firm["renamed"]
        changed = pd.notna(change) and first < np.datetime64(change, "D") <= last
        spans = [
            (
                first,
                last,
                "" if pd.isna(change) or change > last or changed else "later_",
            )
        ]
        if changed:
            cut = np.datetime64(change, "D")
            spans = [(first, cut - DAY, ""), (cut, last, "later_")]
        share = "" if not firm["dual_class"] else ("A" if security["primary"] else "B")
        for begin, end, which in spans:
            issue = "10" if security["primary"] else "20"
            rows.append(
                {
                    "permno": str(security["permno"]),
                    "permco": str(security["permco"]),
                    "namedt": begin,
                    "nameendt": end,
                    "ncusip": firm[f"{which}cusip6"] + issue,
                    "comnam": firm[f"{which}name"].upper(),
                    "ticker": firm[f"{which}ticker"],
                    "shrcd": "11",
                    "exchcd": str(security["exchcd"]),
                    "siccd": str(firm["sic"]),
                    "shrcls": share,
                }
            )
    out = pd.DataFrame(rows)
    out["namedt"], out["nameendt"] = day(out["namedt"]), day(out["nameendt"])
    out = out.sort_values(["permno", "namedt"], kind="stable", ignore_index=True)
    if world.settings.crsp_format == "ciz":
        exchange = out["exchcd"].map({"1": "N", "2": "A", "3": "Q"})
        out = out.drop(columns=["shrcd", "exchcd"]).rename(columns=CIZ_NAMES)
        out = out.assign(
            primaryexch=exchange,
            securitytype="EQTY",
            securitysubtype="COM",
            sharetype="NS",
            usincflg="Y",
            issuertype="CORP",
        )
    return out


def delistings(world: World, market: Market) -> pd.DataFrame:
    """Print one row per security: date, code and return of its delisting, as text."""
    table = market.securities.table
    ended = table["dlstcd"].to_numpy() != 100
    out = pd.DataFrame(
        {
            "permno": table["permno"].astype(str),
            "dlstdt": day(market.days[table["ends"].to_numpy()]),
            "dlstcd": table["dlstcd"].astype(str),
            "dlret": np.where(ended, number(table["dlret"], 6), ""),
        }
    ).sort_values("permno", kind="stable", ignore_index=True)
    if world.settings.crsp_format == "ciz":
        after = day(market.days + DAY)
        after[:-1] = day(market.days[1:])
        next_day = dict(zip(day(market.days), after, strict=True))
        left = out["dlstcd"] != "100"
        own_day = out["dlstdt"].map(next_day).where(left, "")
        out = out.assign(deldlydt=own_day)
        code = out["dlstcd"].str[0].map({"1": "", "2": "MER", "3": "GEX", "5": "GDR"})
        out = out.rename(columns=CIZ_DELISTING).assign(delactiontype=code)
    return out


def index_returns(settings: WorldSettings, market: Market) -> pd.DataFrame:
    """Print the market's daily returns, value- and equally weighted, as text."""
    total = market.factors["mktrf"] + market.factors["rf"]
    out = pd.DataFrame(
        {
            "date": day(market.days),
            "vwretd": number(total, 6),
            "ewretd": number(
                [np.nan, *(float(np.nanmean(row)) for row in market.ret[1:])], 6
            ),
        }
    )
    return out.rename(columns=CIZ_INDEX) if settings.crsp_format == "ciz" else out
