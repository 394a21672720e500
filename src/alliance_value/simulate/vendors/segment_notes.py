"""A world's units -> annual reports with segment notes, and what people decide of them.

Names are those of firms: some leave no doubt of what a unit is built around, some mean
several things, and some have nothing to do with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.simulate.firms import YEARS
from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import write_archive, write_table
from alliance_value.simulate.world import World

# Names of units by class, as firms print them.
PLAIN = {
    "customer": (
        *("Government Customers", "Enterprise Customers", "Consumers"),
        *("Small Business Customers", "Institutional Clients", "Individual Clients"),
    ),
    "product": (
        *("Beverages", "Snacks", "Packaging", "Pharmaceuticals"),
        *("Software", "Medical Devices"),
    ),
    "geography": (
        *("North America", "Europe", "Latin America", "Japan"),
        *("Asia Pacific", "Middle East"),
    ),
}
OPEN = {
    "customer": (
        *("Retail", "Commercial", "Aerospace", "Healthcare Providers"),
        *("Industrial Accounts", "Education"),
    ),
    "product": (
        *("Consumer Products", "Energy Systems", "Industrial Coatings"),
        *("Commercial Lending", "Mobile Devices", "Home Entertainment"),
    ),
    "geography": (
        *("West", "Pacific Region", "Texas", "China Operations"),
        *("Global Markets", "Northeast"),
    ),
    "function": (
        *("Retail Stores", "Distribution", "Refining", "Online Channel"),
        *("Exploration And Production", "Logistics"),
    ),
    "mixed": (
        *("Consumer And Small Business Banking", "Commercial Products"),
        *("International Devices", "Government Systems", "North American Retail"),
        "Defense Electronics",
    ),
}
BASIS = {
    "customer": "The Company organizes its segments by customer type.",
    "product": "The Company organizes its segments by types of products.",
    "geography": "The Company manages its segments on a geographic basis.",
}
NO_BASIS = "The chief executive officer reviews the results of each segment."
CLEAR_SHARE = 0.6  # of firms with units of one class whose names leave no doubt
LASTING = 3  # years for which a report's units are taken to hold
MILLION = 1e6
MARGIN = 0.1
INSTANCE = """<?xml version="1.0" encoding="UTF-8"?>
<xbrl xmlns="http://www.xbrl.org/2003/instance"
 xmlns:xbrldi="http://xbrl.org/2006/xbrldi"
 xmlns:us-gaap="http://fasb.org/us-gaap/2009-01-31"
 xmlns:dei="http://xbrl.us/dei/2009-01-31" xmlns:own="http://own.example/report">
<unit id="USD"><measure>iso4217:USD</measure></unit>
{contexts}
<dei:EntityRegistrantName contextRef="year">{name}</dei:EntityRegistrantName>
<dei:EntityCentralIndexKey contextRef="year">{cik}</dei:EntityCentralIndexKey>
<dei:DocumentPeriodEndDate contextRef="year">{end}</dei:DocumentPeriodEndDate>
<us-gaap:SegmentReportingDisclosureTextBlock contextRef="year">{note}\
</us-gaap:SegmentReportingDisclosureTextBlock>
{facts}
</xbrl>
"""
CONTEXT = """<context id="{key}"><entity>\
<identifier scheme="http://www.sec.gov/CIK">{cik}</identifier>{segment}</entity>\
<period><startDate>{start}</startDate><endDate>{end}</endDate></period></context>"""
SEGMENT = """<segment><xbrldi:explicitMember \
dimension="us-gaap:StatementBusinessSegmentsAxis">own:{member}</xbrldi:explicitMember>\
</segment>"""
FACT = """<us-gaap:{tag} contextRef="{key}" unitRef="USD" decimals="0">{value:.0f}\
</us-gaap:{tag}>"""


@dataclass(frozen=True)
class Organized:
    """How a firm is organized for some years.

    Parameters
    ----------
    names, classes
        Of its units.
    shares
        Of sales, decimal.
    clear
        Whether the report itself leaves no doubt of the classes.
    """

    names: tuple[str, ...]
    classes: tuple[str, ...]
    shares: tuple[float, ...]
    clear: bool


def annual_units(world: World) -> Iterator[tuple[int, int, Organized]]:
    """Yield firm (row), fiscal year and units of the reports that are written.

    The first year of an organization is, and every third one after it.
    """
    rng = stream(world.settings.seed, "segment notes")
    rows = world.units.itertuples(index=False, name=None)
    for firm, own in groupby(rows, key=itemgetter(0)):
        known: dict[tuple[tuple[str, str], ...], Organized] = {}
        before, written = None, -LASTING
        for year, units in groupby(own, key=itemgetter(1)):
            names, classes, shares = zip(*(unit[2:] for unit in units), strict=True)
            key = (*zip(names, classes, strict=True),)
            if key not in known:
                known[key] = organized(rng, classes, shares)
            if key != before or year - written >= LASTING:
                yield firm, year, known[key]
                before, written = key, year


def organized(
    rng: np.random.Generator, classes: tuple[str, ...], shares: tuple[float, ...]
) -> Organized:
    """Draw the names of units; those of one class may all be plain."""
    alike = len({*classes}) == 1 and classes[0] in PLAIN
    clear = bool(rng.random() < CLEAR_SHARE) and alike
    names: list[str] = []
    for unit in classes:
        pool = PLAIN[unit] if clear else OPEN[unit] + PLAIN.get(unit, ())[:2]
        left = [name for name in pool if name not in names]
        names.append(left[int(rng.integers(len(left)))])
    return Organized(tuple(names), classes, shares, clear)


def instance(
    name: str, cik: str, closing: np.datetime64, sales: float, units: Organized
) -> str:
    """Print an annual report: sales ($ million) and results of its units, the note."""
    end = pd.Timestamp(closing)
    period = {
        "start": f"{end - pd.DateOffset(years=1) + pd.Timedelta(days=1):%Y-%m-%d}",
        "end": f"{end:%Y-%m-%d}",
    }
    contexts = [CONTEXT.format(key="year", cik=cik, segment="", **period)]
    facts = []
    for number, (unit, share) in enumerate(zip(units.names, units.shares, strict=True)):
        key, member = f"u{number}", f"{unit.replace(' ', '')}SegmentMember"
        segment = SEGMENT.format(member=member)
        contexts.append(CONTEXT.format(key=key, cik=cik, segment=segment, **period))
        value = share * sales * MILLION
        facts += [
            FACT.format(tag="Revenues", key=key, value=value),
            FACT.format(tag="OperatingIncomeLoss", key=key, value=MARGIN * value),
        ]
    *some, last = units.names
    note = (
        f"The Company has {len(units.names)} reportable segments: {', '.join(some)} "
        f"and {last}. {BASIS[units.classes[0]] if units.clear else NO_BASIS}"
    )
    return INSTANCE.format(
        contexts="\n".join(contexts),
        name=name.replace("&", "&amp;"),
        cik=cik,
        end=period["end"],
        note=note,
        facts="\n".join(facts),
    )


def write_annual_reports(world: World, firms: pd.DataFrame, folder: Path) -> None:
    """Write edgar_annual.zip, and edgar_reviewed.csv with what a reviewer decides.

    The reviewer reads on where a report leaves a doubt, and is right.

    Parameters
    ----------
    world
        The world.
    firms
        Result of `filings.registrants`.
    folder
        Where the files go.
    """
    ciks, names = firms["cik"].to_numpy(), firms["name"].to_numpy()
    texts: dict[str, str] = {}
    decided = []
    for firm, year, units in annual_units(world):
        cik, t = ciks[firm], year - YEARS[0]
        closing, sales = world.firms.datadate[firm, t], world.fundamentals.sale[firm, t]
        texts[f"{cik}_{year}.xml"] = instance(
            str(names[firm]), cik, closing, float(sales), units
        )
        decided += [
            (cik, str(year), name.lower(), "", "" if units.clear else unit, "A")
            for name, unit in zip(units.names, units.classes, strict=True)
        ]
    write_archive(texts, folder / "edgar_annual.zip")
    columns = ["gvkey", "fyear", "unit_name", "unit_class", "decision", "reviewer"]
    write_table(pd.DataFrame(decided, columns=columns), folder / "edgar_reviewed.csv")
