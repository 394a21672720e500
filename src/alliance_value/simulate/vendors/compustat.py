"""A world and its market -> Compustat annual fundamentals and business segments."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.contracts.identifiers import check_digit
from alliance_value.simulate.firms import YEARS
from alliance_value.simulate.market import Market
from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import day, number
from alliance_value.simulate.world import STATEMENTS, World

MONEY = (
    "at act lct che dltt dlc lt ceq sale cogs xsga xrd xad oibdp dp oiadp xint spi pi "
    "txt ib xido ni capx oancf"
).split()
COLUMNS = [
    *"gvkey datadate fyear fyr indfmt datafmt popsrc consol tic cusip cik".split(),
    *"conm curcd costat sich sic naicsh state city fic".split(),
    *MONEY,
    *"emp csho prcc_f".split(),
]


def year_end_quotes(world: World, market: Market) -> tuple[np.ndarray, np.ndarray]:
    """Return price and shares at fiscal year-end from the market, shape (F, Y) each.

    Price of the first class in dollars, shares of all classes in millions; NaN
    where the firm does not trade. Before the market's first day and after its last
    the nearest quote stands in.
    """
    shape = world.firms.alive.shape
    price, shares = np.full(shape, np.nan), np.full(shape, np.nan)
    place = np.searchsorted(market.days, world.firms.datadate, side="right") - 1
    place = np.clip(place, 0, len(market.days) - 1)
    table = market.securities.table
    firm, primary = table["firm"].to_numpy(), table["primary"].to_numpy()
    # first classes stand before all others
    for columns, quotes in market.blocks():
        for k, column in enumerate(columns):
            t = place[firm[column]]
            million = quotes.shrout[t, k] / 1e3
            if primary[column]:
                price[firm[column]], shares[firm[column]] = quotes.prc[t, k], million
            else:
                shares[firm[column]] += np.nan_to_num(million)
    return price, shares


def statement_items(world: World) -> dict[str, np.ndarray]:
    """Build an articulated statement around assets, sales and ROA.

    ib = ROA x at; pi = ib + txt; oiadp = pi + xint - spi; oibdp = oiadp + dp;
    cogs = sale - xsga - oibdp; at = lt + ceq; ni = ib + xido. $ million.

    Returns
    -------
    dict of ndarray, shape (F, Y)
    """
    f = world.fundamentals
    shape = f.at.shape
    rng = stream(world.settings.seed, "statement-items")
    at, sale = f.at.round(3), f.sale.round(3)
    ib = (world.roa * at).round(3)
    pi = np.where(ib > 0, ib / 0.66, ib / 0.80).round(3)
    debt = f.leverage * at
    short = debt * rng.beta(1.2, 6, shape)
    xint = 0.06 * debt
    special = (
        np.where(rng.random(shape) < 0.35, -rng.exponential(0.012, shape), 0.0) * at
    )
    dp = f.dp * at
    oiadp = pi + xint - special
    oibdp = oiadp + dp
    xsga = np.minimum(f.sga * sale, np.maximum(0.92 * (sale - oibdp), 0.01 * sale))
    rest = rng.beta(6, 14, shape) * (1 - f.leverage)
    lt = (debt + rest * at).round(3)
    xido = np.where(rng.random(shape) < 0.08, rng.normal(0, 0.01, shape), 0.0) * at
    working = np.clip(f.slack + rng.beta(3, 9, (shape[0], 1)), 0, 0.95)
    return {
        "at": at,
        "act": working * at,
        "lct": short + 0.5 * rest * at,
        "che": f.slack * at,
        "dltt": debt - short,
        "dlc": short,
        "lt": lt,
        "ceq": (at - lt).round(3),
        "sale": sale,
        "cogs": sale - xsga - oibdp,
        "xsga": xsga,
        "xrd": f.rd * sale,
        "xad": f.ad * sale,
        "oibdp": oibdp,
        "dp": dp,
        "oiadp": oiadp,
        "xint": xint,
        "spi": special,
        "pi": pi,
        "txt": pi - ib,
        "ib": ib,
        "xido": xido,
        "ni": ib + xido.round(3),
        "capx": f.capx * at,
        "oancf": ib + dp + rng.normal(0.01, 0.03, shape) * at,
        "emp": f.emp,
    }


def fundamentals(world: World, market: Market) -> pd.DataFrame:
    """Print the annual fundamentals, one row per gvkey and datadate, as text."""
    firms = world.firms
    kept = firms.alive & (STATEMENTS[0] <= YEARS) & (STATEMENTS[1] >= YEARS)
    order = np.argsort(firms.table["gvkey"].to_numpy(), kind="stable")
    firm, t = np.nonzero(kept[order])
    firm = order[firm]
    items = statement_items(world)
    price, shares = year_end_quotes(world, market)
    header = firms.table.iloc[firm]
    final = {
        name: header[f"later_{name}"].where(header["later_name"].notna(), header[name])
        for name in ("name", "ticker", "cusip6")
    }
    cusip8 = final["cusip6"] + "10"
    digits = {code: check_digit(code) for code in cusip8.unique()}
    out = pd.DataFrame(
        {
            "gvkey": header["gvkey"].to_numpy(),
            "datadate": day(firms.datadate[firm, t]),
            "fyear": [str(y) for y in YEARS[t]],
            "fyr": header["fyr"].astype(str).to_numpy(),
            "indfmt": "INDL",
            "datafmt": "STD",
            "popsrc": "D",
            "consol": "C",
            "tic": final["ticker"].to_numpy(),
            "cusip": [code + digits[code] for code in cusip8],
            "cik": header["cik"].to_numpy(),
            "conm": final["name"].str.upper().to_numpy(),
            "curcd": "USD",
            "costat": np.where(header["last_year"] > STATEMENTS[1], "A", "I"),
            "sich": header["sic"].astype(str).to_numpy(),
            "sic": header["sic"].astype(str).to_numpy(),
            "naicsh": header["naics"].to_numpy(),
            "state": header["state"].to_numpy(),
            "city": header["city"].to_numpy(),
            "fic": "USA",
        }
    )
    for name in MONEY:
        out[name] = number(items[name][firm, t])
    out["emp"] = number(items["emp"][firm, t])
    out["csho"] = number(shares[firm, t])
    out["prcc_f"] = number(price[firm, t], 4)
    return out[COLUMNS]


def segments(world: World) -> pd.DataFrame:
    """Print business segments, one per unit of the firm-year, as text."""
    firms, units = world.firms, world.units
    firm, t = units["firm"].to_numpy(), units["fyear"].to_numpy() - YEARS[0]
    sale = world.fundamentals.sale[firm, t]
    number_in_year = units.groupby(["firm", "fyear"]).cumcount() + 1
    out = pd.DataFrame(
        {
            "gvkey": firms.table["gvkey"].to_numpy()[firm],
            "datadate": day(firms.datadate[firm, t]),
            "srcdate": day(firms.datadate[firm, t]),
            "stype": "BUSSEG",
            "sid": number_in_year.astype(str),
            "snms": units["unit_name"],
            "sales": number(units["sales_share"] * sale),
            "sics1": firms.table["sic"].astype(str).to_numpy()[firm],
        }
    )
    keys = ["gvkey", "datadate", "sid"]
    return out.sort_values(keys, kind="stable").reset_index(drop=True)
