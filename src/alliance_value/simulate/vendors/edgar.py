"""Compustat's printed fundamentals -> the SEC's Financial Statement Data Sets."""

from __future__ import annotations

import zipfile
from decimal import Decimal
from pathlib import Path

import pandas as pd

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
FILED = pd.Timedelta(days=60)
MILLION = 6  # powers of ten
SUB = "adsh cik name sic form period fy fp filed".split()
NUM = "adsh tag version ddate qtrs uom segments coreg value footnote".split()
OPENED = (2016, 1, 1, 0, 0, 0)  # the one time that every member bears


def statements(funda: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Print annual reports as submissions and numbers, all cells text.

    Each report states its year and the one before, and sales by two segments too, which
    stand in rows with dimensions. Employees and prices are in no filing.

    Parameters
    ----------
    funda
        Result of `compustat.fundamentals`.

    Returns
    -------
    sub, num : pandas.DataFrame
    """
    closing = pd.to_datetime(funda.datadate)
    order = funda.assign(closing=closing).sort_values(["cik", "closing"], kind="stable")
    order = order.reset_index(drop=True)
    filed = order.closing + FILED
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


def write_statements(funda: pd.DataFrame, path: Path) -> None:
    """Write the archive of the data sets; same fundamentals, same bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, table in zip(("sub", "num"), statements(funda), strict=True):
            text = table.to_csv(sep="\t", index=False, lineterminator="\n")
            member = zipfile.ZipInfo(f"{name}.txt", OPENED)
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text)
