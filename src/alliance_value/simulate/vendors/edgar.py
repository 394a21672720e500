"""Compustat's printed fundamentals -> the SEC's Financial Statement Data Sets."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.simulate.files import QUARTERS
from alliance_value.simulate.firms import Firms
from alliance_value.simulate.vendors.text import write_archive

# Items -> the tag of a filer, and whether they are of the year's end.
TAGS = {
    "at": ("Assets", True),
    "act": ("AssetsCurrent", True),
    "lct": ("LiabilitiesCurrent", True),
    "che": ("CashCashEquivalentsAndShortTermInvestments", True),
    "dltt": ("LongTermDebtNoncurrent", True),
    "dlc": ("DebtCurrent", True),
    "lt": ("Liabilities", True),
    "ceq": ("StockholdersEquity", True),
    "csho": ("CommonStockSharesOutstanding", True),
    "sale": ("Revenues", False),
    "cogs": ("CostOfRevenue", False),
    "xsga": ("SellingGeneralAndAdministrativeExpense", False),
    "xrd": ("ResearchAndDevelopmentExpense", False),
    "xad": ("AdvertisingExpense", False),
    "dp": ("DepreciationDepletionAndAmortization", False),
    "oiadp": ("OperatingIncomeLoss", False),
    "xint": ("InterestExpense", False),
    "pi": (
        "IncomeLossFromContinuingOperationsBeforeIncomeTaxesExtraordinaryItems"
        "NoncontrollingInterest",
        False,
    ),
    "txt": ("IncomeTaxExpenseBenefit", False),
    "ib": ("IncomeLossFromContinuingOperations", False),
    "ni": ("NetIncomeLoss", False),
    "capx": ("PaymentsToAcquirePropertyPlantAndEquipment", False),
    "oancf": ("NetCashProvidedByUsedInOperatingActivities", False),
}
TAXONOMY = "us-gaap/2009"
MILLION = 6  # powers of ten
SUB = "adsh cik name sic form period fy fp filed".split()
NUM = "adsh tag version ddate qtrs uom segments coreg value footnote".split()
TAG = "tag version custom abstract datatype iord crdr tlabel doc".split()
PRE = "adsh report line stmt inpth rfile tag version plabel negating".split()
STOCKS, FLOWS = "BS", "IS"  # the statements on which items are presented


def days_of_filing(firms: Firms) -> pd.Series:
    """Return the day of each annual report by CIK and closing."""
    firm, t = np.nonzero(firms.alive)
    keys = [firms.table["cik"].to_numpy()[firm], firms.datadate[firm, t]]
    return pd.Series(firms.filed[firm, t], pd.MultiIndex.from_arrays(keys))


def statements(funda: pd.DataFrame, firms: Firms) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Print annual reports as submissions and numbers, all cells text.

    Each report states its year and the one before, and sales by two segments too, which
    stand in rows with dimensions. Employees and prices are in no filing.

    Parameters
    ----------
    funda
        Result of `compustat.fundamentals`.
    firms
        The world's.

    Returns
    -------
    sub, num : pandas.DataFrame
    """
    closing = pd.to_datetime(funda.datadate)
    order = funda.assign(closing=closing).sort_values(["cik", "closing"], kind="stable")
    order = order.reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(order[["cik", "closing"]])
    filed = pd.Series(days_of_filing(firms).loc[keys].to_numpy(), order.index)
    serial = pd.Series(range(1, len(order) + 1)).map("{:06d}".format)
    adsh = order.cik.str.zfill(10) + "-" + filed.dt.strftime("%y") + "-" + serial
    sub = pd.DataFrame(
        {
            "adsh": adsh,
            "cik": order.cik.str.lstrip("0"),
            "name": order.conm,
            "sic": order.sich,
            "form": "10-K",
            "period": order.closing.dt.strftime("%Y%m%d"),
            "fy": order.fyear,
            "fp": "FY",
            "filed": filed.dt.strftime("%Y%m%d"),
        }
    )
    before = order.shift()
    year_before = (order.closing - before.closing).dt.days.between(360, 370)
    follows = before.cik.eq(order.cik) & year_before
    own = numbers(order, adsh)
    earlier = numbers(before[follows], adsh[follows])
    return sub[SUB], pd.concat([own, earlier], ignore_index=True)[NUM]


def numbers(rows: pd.DataFrame, adsh: pd.Series) -> pd.DataFrame:
    """Print the numbers of one closing per row, in the filing that states them."""
    parts = []
    sales = rows.sale.map(lambda cell: str(Decimal(cell) / 2) if cell else "")
    tagged = [(name, rows[name], "", *TAGS[name]) for name in TAGS]
    tagged += [("at", rows["at"], "", "LiabilitiesAndStockholdersEquity", True)]
    tagged += [
        ("sale", sales, f"BusinessSegments={unit};", "Revenues", False)
        for unit in ("Domestic", "International")
    ]
    for name, cells, segments, tag, at_end in tagged:
        filled = cells.ne("")
        parts.append(
            pd.DataFrame(
                {
                    "adsh": adsh[filled],
                    "tag": tag,
                    "version": TAXONOMY,
                    "ddate": rows.closing[filled].dt.strftime("%Y%m%d"),
                    "qtrs": "0" if at_end else "4",
                    "uom": "shares" if name == "csho" else "USD",
                    "segments": segments,
                    "coreg": "",
                    "value": [
                        f"{Decimal(cell).scaleb(MILLION):.4f}" for cell in cells[filled]
                    ],
                    "footnote": "",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def tags() -> pd.DataFrame:
    """Print what the tags of all filings are."""
    rows = [
        {
            "tag": tag,
            "version": TAXONOMY,
            "custom": "0",
            "abstract": "0",
            "datatype": "shares" if name == "csho" else "monetary",
            "iord": "I" if at_end else "D",
        }
        for name, (tag, at_end) in TAGS.items()
    ]
    return pd.DataFrame(rows).reindex(columns=TAG, fill_value="")


def presented(num: pd.DataFrame) -> pd.DataFrame:
    """Print where the numbers of filings stand in their statements."""
    rows = num.loc[num.segments.eq(""), ["adsh", "tag", "version", "qtrs"]]
    rows = rows.drop_duplicates(["adsh", "tag"]).reset_index(drop=True)
    at_end = rows.qtrs.eq("0")
    stmt = at_end.map({True: STOCKS, False: FLOWS})
    line = rows.groupby([rows.adsh, stmt]).cumcount() + 1
    out = rows.assign(
        report=at_end.map({True: "2", False: "4"}),
        line=line.astype(str),
        stmt=stmt,
        inpth="0",
        rfile="X",
        plabel=rows.tag,
        negating="0",
    )
    return out[PRE]


def quarters(
    funda: pd.DataFrame, firms: Firms
) -> Iterator[tuple[str, dict[str, pd.DataFrame]]]:
    """Yield each quarter's members by name: the filings of its days, their numbers."""
    sub, num = statements(funda, firms)
    filed = pd.to_datetime(sub.filed).dt.to_period("Q")
    quarter_of = dict(zip(sub.adsh, filed, strict=True))
    numbered = num.adsh.map(quarter_of)
    for quarter in QUARTERS:
        own = num[numbered.eq(quarter)]
        yield (
            quarter,
            {
                "sub.txt": sub[filed.eq(quarter)],
                "num.txt": own,
                "tag.txt": tags(),
                "pre.txt": presented(own),
            },
        )


def write_quarters(funda: pd.DataFrame, firms: Firms, folder: Path) -> None:
    """Write an archive per quarter; same fundamentals, same bytes."""
    for quarter, members in quarters(funda, firms):
        texts = {
            name: table.to_csv(sep="\t", index=False, lineterminator="\n")
            for name, table in members.items()
        }
        write_archive(texts, folder / f"edgar_{quarter}.zip")
