"""Settings -> a folder of vendors' files, their dirt ledger and the truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd

from alliance_value.simulate.dirt import compustat as dirty_statements
from alliance_value.simulate.dirt import links as dirty_links
from alliance_value.simulate.dirt import sdc as dirty_deals
from alliance_value.simulate.dirt import structures as dirty_codings
from alliance_value.simulate.dirt.crsp import delisting_missing
from alliance_value.simulate.dirt.sheet import Defect, Sheet, ledger_rows
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import Firms
from alliance_value.simulate.lives import write_lives
from alliance_value.simulate.market import build_market
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import stream
from alliance_value.simulate.truth import write_truth
from alliance_value.simulate.vendors import (
    ccm,
    compustat,
    crsp,
    edgar,
    filings,
    french,
    news,
    sdc,
)
from alliance_value.simulate.vendors.text import day, write_stata, write_table
from alliance_value.simulate.world import build_world

# Row-changing defects come before those that rewrite what a row is found by.
FUNDA: Mapping[str, Defect] = {
    "funda_financial_format": dirty_statements.financial_format,
    "funda_restated": dirty_statements.restated,
    "funda_fiscal_year_change": dirty_statements.fiscal_year_change,
    "funda_missing_code": dirty_statements.missing_code,
    "funda_lost_value": dirty_statements.lost_value,
    "funda_duplicate": dirty_statements.duplicate,
    "funda_header_industry": dirty_statements.header_industry,
    "funda_negative_assets": dirty_statements.negative_assets,
    "funda_thousands_separator": dirty_statements.thousands_separator,
    "funda_date_format": dirty_statements.date_format,
    "funda_leading_zeros": dirty_statements.leading_zeros,
    "funda_shuffled": dirty_statements.shuffled,
}
LINKS: Mapping[str, Defect] = {
    "links_secondary": dirty_links.secondary,
    "links_dead": dirty_links.dead,
    "links_gap": dirty_links.gap,
    "links_overlap": dirty_links.overlap,
    "links_open_code": dirty_links.open_code,
}
DEALS: Mapping[str, Defect] = {
    "sdc_flag_spelling": dirty_deals.flag_spelling,
    "sdc_pseudo_cusip": dirty_deals.pseudo_cusip,
    "sdc_name_variant": dirty_deals.name_variant,
    "sdc_duplicate_deal": dirty_deals.duplicate_deal,
    "sdc_estimated_date": dirty_deals.estimated_date,
    "sdc_lost_termination": dirty_deals.lost_termination,
    "sdc_impossible_termination": dirty_deals.impossible_termination,
    "sdc_unknown_status": dirty_deals.unknown_status,
    "sdc_lone_participant": dirty_deals.lone_participant,
    "sdc_shuffled": dirty_statements.shuffled,
}
CODINGS: Mapping[str, Defect] = {
    "coding_duplicate": dirty_codings.duplicate,
    "coding_unknown_class": dirty_codings.unknown_class,
    "coding_label": dirty_codings.label,
    "coding_leading_zeros": dirty_statements.leading_zeros,
}
PREAMBLE = (
    "This file was created from a simulated market.\n"
    "Factors are daily returns in percent.\n\n"
)


def spoil(
    settings: WorldSettings,
    file: str,
    table: pd.DataFrame,
    defects: Mapping[str, Defect],
) -> Sheet:
    """Apply to a table the defects that the settings' level of dirt has."""
    rates = settings.dirt_rates
    index = pd.Index(range(1, len(table) + 1), dtype=float)
    sheet = Sheet(file, table.astype(object).set_axis(index))
    for kind, defect in defects.items():
        if rates.get(kind, 0) > 0:
            rng = stream(settings.seed, "dirt", file, kind)
            sheet = defect(sheet, rng, rates[kind])
    return sheet


def write_world(
    settings: WorldSettings,
    folder: Path,
    progress: Callable[[str], None],
    *,
    daily: bool = True,
) -> None:
    """Write all files of a simulated world.

    Parameters
    ----------
    settings : WorldSettings
    folder : Path
        Made if it is not there; files in it are replaced.
    progress : callable
        Called with one line of text per step.
    daily : bool
        Whether the two long files that no panel is made from are written too: daily
        returns and dated news.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress("drawing firms, structures, alliances and statements")
    world = build_world(settings)
    progress("drawing factors and returns")
    market = build_market(world)
    ledger = []

    def put(
        name: str, table: pd.DataFrame, defects: Mapping[str, Defect] | None = None
    ) -> pd.DataFrame:
        file = f"{name}.dta" if name in settings.stata else f"{name}.csv"
        progress(f"writing {file}")
        sheet = spoil(settings, file, table, defects or {})
        (write_stata if name in settings.stata else write_table)(
            sheet.table, folder / file
        )
        ledger.append(ledger_rows(sheet))
        return sheet.table

    funda = compustat.fundamentals(world, market)
    put("compustat_funda", funda, FUNDA)
    if settings.edgar:
        progress("writing edgar_*.zip")
        edgar.write_quarters(funda, world.firms, folder)
    put(
        "compustat_segments",
        compustat.segments(world),
        {"segments_restated": dirty_statements.segments_restated},
    )
    place = len(ledger)
    put("crsp_dsenames", crsp.name_history(world, market))
    gone = put(
        "crsp_dsedelist",
        crsp.delistings(world, market),
        {"delisting_missing": delisting_missing},
    )
    if daily:
        name = f"crsp_dsf.{settings.daily_format}"
        progress(f"writing {name}")
        _, spoiled = crsp.write_daily(world, market, folder / name, gone)
        ledger.insert(place, spoiled)
    put("crsp_dsi", crsp.index_returns(settings, market))
    put("ccm_lnkhist", ccm.links(world, market), LINKS)
    if daily:
        put("confounding_events", news.confounding_events(world, market))
    progress("writing factors_daily.csv")
    ledger.append(write_factors(settings, market.factors, folder))
    progress("writing sdc_alliances_*.csv")
    ledger += write_deals(settings, world.firms, world.deals, world.others, folder)
    codings = world.codings.assign(
        filing_date=day(world.codings["filing_date"]),
        fyear=world.codings["fyear"].astype(str),
    )
    put("structures", codings.astype(str), CODINGS)
    if settings.edgar:
        progress("writing edgar_8k_items.zip and what else is public")
        filings.write_filings(world, market, folder)
    for name, table in world.tables.items():
        write_table(table, folder / f"{name}.csv")
    if world.lives is not None:
        progress("writing ownership.csv, terminations.csv and acquisitions.csv")
        write_lives(world.lives, world.firms, folder)
    progress("writing dirt_ledger.csv and truth.json")
    rows = pd.concat([part for part in ledger if len(part)] or ledger[:1])
    write_table(rows, folder / "dirt_ledger.csv")
    write_truth(world, market, folder / "truth.json")


def write_factors(
    settings: WorldSettings, factors: pd.DataFrame, folder: Path
) -> pd.DataFrame:
    """Write the factor file and return its ledger rows."""
    file = "factors_daily.csv"
    defects = {"factors_missing": dirty_links.factors_missing}
    sheet = spoil(settings, file, french.factors(factors), defects)
    rates = settings.dirt_rates
    text = sheet.table.to_csv(index=False, lineterminator="\n")
    if rates.get("factors_preamble", 0) > 0:
        text = PREAMBLE + text + "\nSimulated; no rights reserved\n"
        sheet = sheet.note(
            "factors_preamble", [float("nan")], "", "", "text around", True
        )
    (folder / file).write_text(text, encoding="utf-8")
    return ledger_rows(sheet)


def write_deals(
    settings: WorldSettings,
    firms: Firms,
    deals: pd.DataFrame,
    others: pd.DataFrame,
    folder: Path,
) -> list[pd.DataFrame]:
    """Write the deals' download files and return their ledger rows.

    In dirty worlds every second file has one line for each participant.
    """
    share = parameters()["alliances"]["subsidiary"]
    rows = sdc.participants(firms, settings.seed, deals, others, share)
    rates = settings.dirt_rates
    ledgers = []
    for number, (file, part) in enumerate(
        sdc.chunk_files(sdc.deal_table(rows)).items()
    ):
        sheet = spoil(settings, file, part, DEALS)
        table = sheet.table
        header = list(table.columns)
        whole = [float("nan")]
        if rates.get("sdc_two_digit_years", 0) > 0:
            table = dirty_deals.two_digit_years(table)
            sheet = sheet.note("sdc_two_digit_years", whole, "", "", "mm/dd/yy", True)
        if rates.get("sdc_duplicate_columns", 0) > 0:
            table = table.assign(again=table["Status"])
            header.append("Status")
            sheet = sheet.note(
                "sdc_duplicate_columns", whole, "Status", "", "twice", True
            )
        split = number % 2 == 1 and settings.dirt != "none"
        if split:
            sheet = sheet.note(
                "sdc_split_rows", whole, "", "", "line a participant", True
            )
        page = 50 if rates.get("sdc_page_headers", 0) > 0 else 0
        if page:
            sheet = sheet.note("sdc_page_headers", whole, "", "", "form feeds", True)
        trailer = rates.get("sdc_trailer", 0) > 0
        if trailer:
            sheet = sheet.note("sdc_trailer", whole, "", "", "Session Details", True)
        text, place = sdc.render(table, header, split, page, trailer)
        (folder / file).write_text(text, encoding="utf-8")
        ledger = ledger_rows(sheet)
        if len(ledger):
            labels = pd.concat(sheet.defects, ignore_index=True)["row"]
            ledger["row"] = labels.map(place).fillna(0).astype(int).to_numpy()
        ledgers.append(ledger)
    return ledgers
