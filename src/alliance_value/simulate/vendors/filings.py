"""A world and its market -> current and annual reports, tickers by date, prices."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.simulate.market import Market, in_blocks, lives
from alliance_value.simulate.vendors.segment_notes import write_annual_reports
from alliance_value.simulate.vendors.text import day, write_archive, write_table
from alliance_value.simulate.world import World

# What the agreement of a deal is called by its flags; filings say nothing of others.
CALLED = {
    "marketing": "marketing",
    "rd": "development",
    "licensing": "licensing",
    "manufacturing": "manufacturing",
    "supply": "supply",
    "joint_venture": "joint venture",
}
NEVER_SIGNED = "pending"
SPELL = "cik ticker name from to id sic nation state".split()


def registrants(world: World) -> pd.DataFrame:
    """Return the firms with names that no other firm has, legal forms aside.

    Readers tell parties by name alone; where two names differ in their legal form, the
    ticker stands before one of them.
    """
    firms = world.firms.table.copy()
    seen: set[str] = set()
    for name, ticker in (("name", "ticker"), ("later_name", "later_ticker")):
        chosen = []
        for full, code in zip(firms[name], firms[ticker], strict=True):
            stem = "" if full is None else str(full).rpartition(" ")[0]
            again = stem in seen
            seen.add(stem)
            chosen.append(f"{code.capitalize()} {full}" if again and stem else full)
        firms[name] = chosen
    return firms


def tickers(firms: pd.DataFrame, market: Market) -> pd.DataFrame:
    """Print who bore which ticker and name when, and the security's identifier.

    Firms without a security have a ticker alone.
    """
    table = market.securities.table
    first_class = table[table["primary"]].set_index("firm")
    opening = first_class["opening"].reindex(firms.index).to_numpy("datetime64[D]")
    begin = (firms["first_year"].to_numpy() - 1970).astype("datetime64[Y]")
    begin = np.fmin(opening, begin.astype("datetime64[D]"))
    end = firms["exit_date"].to_numpy().astype("datetime64[D]")
    change = firms["renamed"].to_numpy().astype("datetime64[D]")
    common = {
        "cik": firms["cik"],
        "id": first_class["permno"].reindex(firms.index).astype("Int64"),
        "sic": firms["sic"].astype(str),
        "nation": "United States",
        "state": firms["state"],
    }
    until = np.where(np.isnat(change), end, change - np.timedelta64(1, "D"))
    own = pd.DataFrame(
        {
            **common,
            "ticker": firms["ticker"],
            "name": firms["name"],
            "from": day(begin),
            "to": day(until),
        }
    )
    later = pd.DataFrame(
        {
            **common,
            "ticker": firms["later_ticker"],
            "name": firms["later_name"],
            "from": day(change),
            "to": day(end),
        }
    )
    both = pd.concat([own, later[later["name"].notna()]], ignore_index=True)
    return both.sort_values(["cik", "from"], kind="stable")[SPELL]


def current_reports(world: World, firms: pd.DataFrame) -> dict[str, str]:
    """Write a current report of each agreement, and one of each that ended, as JSON.

    The first party, which is a registrant, reports, on the day of the event. Deals that
    were never concluded are in no report.
    """
    return {
        f"{report['cik']}_8K_{report['filing_date']}_{number:06d}.json": json.dumps(
            report, indent=1
        )
        for number, report in enumerate(reports(world, firms), start=1)
    }


def reports(world: World, firms: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the current reports in the order of the deals."""
    flags = list(CALLED)
    kept = ["alliance", "announced", "terminated", *flags]
    deals = world.deals
    sides = [deals[kept].assign(firm=deals[side], outsider=None) for side in ("i", "j")]
    others = world.others[world.others["kind"] != NEVER_SIGNED]
    rows = pd.concat([*sides, others[[*kept, "firm", "outsider"]]], ignore_index=True)
    rows = rows.sort_values(["announced", "alliance"], kind="stable")
    for _, parties in rows.groupby("alliance", sort=False):
        deal = parties.iloc[0]
        called = [CALLED[name] for name in flags if deal[name]]
        what = f"{listing(called) if called else 'strategic alliance'} agreement"
        signed = pd.Timestamp(deal["announced"])
        names = names_of(parties, firms, signed)
        cik = firms["cik"].iloc[int(deal["firm"])]
        yield report(
            cik,
            names,
            signed,
            "1.01",
            "Entry into a Material Definitive Agreement. "
            f"On {in_words(signed)}, {names[0]} entered into a {what} with "
            f"{' and '.join(names[1:])}.",
        )
        if pd.notna(deal["terminated"]):
            ended = pd.Timestamp(deal["terminated"])
            names = names_of(parties, firms, ended)
            yield report(
                cik,
                names,
                ended,
                "1.02",
                "Termination of a Material Definitive Agreement. "
                f"On {in_words(ended)}, {names[0]} and {' and '.join(names[1:])} "
                f"terminated the {what}, dated as of {in_words(signed)}.",
            )


def report(
    cik: str, names: Sequence[str], when: pd.Timestamp, item: str, text: str
) -> dict[str, Any]:
    """Return one current report by items."""
    return {
        "cik": cik.lstrip("0"),
        "company": names[0],
        "filing_type": "8-K",
        "filing_date": f"{when:%Y-%m-%d}",
        "period_of_report": f"{when:%Y-%m-%d}",
        f"item_{item}": f"Item {item} {text}",
    }


def names_of(
    parties: pd.DataFrame, firms: pd.DataFrame, when: pd.Timestamp
) -> list[str]:
    """Return the names of a deal's parties as of a day."""
    names = []
    for firm, outsider in zip(parties["firm"], parties["outsider"], strict=True):
        if firm < 0:
            names.append(f"Overseas {outsider}")
            continue
        one = firms.iloc[int(firm)]
        renamed = pd.notna(one["renamed"]) and one["renamed"] <= when
        names.append(str(one["later_name"] if renamed else one["name"]))
    return names


def in_words(when: pd.Timestamp) -> str:
    """Return a day as filings print it, such as May 4, 2018."""
    return f"{when:%B} {when.day}, {when.year}"


def listing(words: Sequence[str]) -> str:
    """Return words as a list in a sentence."""
    *some, last = words
    return f"{', '.join(some)} and {last}" if some else last


def prices(market: Market) -> pd.DataFrame:
    """Return daily closes adjusted for splits and dividends, a row per day traded.

    Returns
    -------
    DataFrame
        id, date, adj_close (dollars), market_value (of all classes, $ million).
    """
    table = market.securities.table
    twin = table["twin"].to_numpy()
    parts = []
    for firsts in in_blocks(np.flatnonzero(table["primary"])):
        classes = np.flatnonzero(np.isin(twin, firsts))
        quotes = market.quotes(classes)
        value = np.nan_to_num(np.abs(quotes.prc) * quotes.shrout / 1e3)
        for column in firsts:
            own = twin[classes] == column
            traded = lives(table.iloc[[column]], market.days)[:, 0]
            growth = 1 + np.nan_to_num(market.ret[traded, column])
            parts.append(
                pd.DataFrame(
                    {
                        "id": int(table["permno"].iloc[column]),
                        "date": market.days[traded],
                        "adj_close": (100 * np.cumprod(growth)).round(8),
                        "market_value": value[:, own].sum(axis=1)[traded].round(6),
                    }
                )
            )
    return pd.concat(parts).sort_values(["id", "date"], ignore_index=True)


def write_filings(world: World, market: Market, folder: Path) -> None:
    """Write what public sources hold of a world beside the statements.

    Parameters
    ----------
    world, market
        The world.
    folder
        Where the files go.
    """
    firms = registrants(world)
    write_archive(current_reports(world, firms), folder / "edgar_8k_items.zip")
    write_annual_reports(world, firms, folder)
    write_table(tickers(firms, market), folder / "edgar_tickers.csv")
    prices(market).to_parquet(folder / "edgar_prices.parquet", index=False)
