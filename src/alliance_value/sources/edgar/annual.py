"""Filings and facts -> one row per firm and fiscal year, as first or last reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from alliance_value.contracts.funnel import SOURCE, FunnelBranch
from alliance_value.contracts.problems import Problem, UserError
from alliance_value.contracts.rejects import rejects
from alliance_value.sources.edgar.filings import Filings, annual_form, one_currency
from alliance_value.sources.edgar.statement_files import rejected
from alliance_value.sources.edgar.tags import (
    Items,
    Source,
    broken_identities,
    column,
    filled,
)
from alliance_value.sources.keys import fiscal_year_of
from alliance_value.sources.raw_table import Opened, RawTable
from alliance_value.study.spec import TableFile

MILLION = 1e6  # Compustat's unit of money, and of shares
ABOUT = ["name", "sic", "form", "period", "filed", "file", "row", "curcd"]
STATEMENT = ["cik", "adsh", "ddate"]
# One of these of a whole year makes a period a fiscal year of the firm.
FLOWS = ("ni", "ib", "sale")
POWERS = (1e3, 1e6)  # by which statements in thousands or millions are wrong
YEAR_MONTHS = 12


def firm_years(
    read: Filings, layout: TableFile, sources: Mapping[str, Sequence[Source]]
) -> Opened:
    """Bring the statements in filings to one row per firm and closing.

    Parameters
    ----------
    read
        What a reader of files found.
    layout
        ``reported``: of several filings that state a firm-year the first or the last
        counts, item by item; ``forms``: the annual reports.
    sources
        Items and what fills them (`tags.item_sources`).

    Returns
    -------
    Opened
        One table per file, in $ million or millions of the filing's currency: an item
        by its name, and with ``_first`` and ``_last`` what was reported at first and
        at last. Every filing that gives no row stands in the rejects and in the branch
        ``source:filings`` of the funnel.

    Raises
    ------
    UserError
        No filing is an annual report with a year's figures.
    """
    log = [*read.rejected]
    funnel = FunnelBranch(f"{SOURCE}filings", "filings")
    filings = read.filings
    funnel.count("filings in the files", read.listed, read.listed, 0, "the files")
    lost = read.listed - len(filings)
    funnel.drop("each once, with key and days", lost, "repeats and filings without key")
    annual = filings.form.map(annual_form).isin([*layout.forms])
    log.append(rejected(filings[~annual], "form", "no_annual_report"))
    funnel.drop("annual reports", int((~annual).sum()), "other forms")
    filings = filings[annual].reset_index(drop=True)
    facts = one_currency(read.facts, money_in(read.facts))
    wide = statements(facts, filings, log)
    closed = with_years(wide, sources)
    empty = ~filings.adsh.isin(closed.adsh)
    log.append(rejected(filings[empty], "adsh", "no_figures_of_a_year"))
    funnel.drop("with figures of a year", int(empty.sum()), "no figures of a year")
    if closed.empty:
        raise UserError([nothing_annual(read, layout)], "the SEC's filings")
    items = filled(closed, sources)
    log += [*noted(closed, broken_identities(closed))]
    log += [*only_dimensioned(closed, items, read.dimensioned, sources)]
    table = chosen(closed, items, layout.reported, log)
    words = (
        f"{len(table):,} firm-years from {len(filings) - int(empty.sum()):,} annual "
        f"reports, as {layout.reported} reported; money in millions of the filing's "
        "currency (curcd)",
        f"{int(table.own_filing.eq(0).sum()):,} of them are known from a later year's "
        "filing alone (own_filing 0)",
        *shares_of_tags(items, closed, table),
    )
    tables = [*by_file(table, words, layout)]
    return Opened(tuple(tables), log, funnel.table())


def money_in(facts: pd.DataFrame) -> set[str]:
    """Return the units that are currencies: three capital letters."""
    units = facts.uom.drop_duplicates()
    return {*units[units.str.fullmatch("[A-Z]{3}").fillna(False)]}


def nothing_annual(read: Filings, layout: TableFile) -> Problem:
    """Return the problem of files in which no firm-year stands."""
    forms = read.filings.form.value_counts().head(5)
    shown = ", ".join(f"{form} {count:,}" for form, count in forms.items())
    return Problem(
        rule=f"no filing is an annual report ({', '.join(layout.forms)}) with figures "
        f"of a year; the files hold {shown or 'no filing'}",
        remedy="name files of quarters in which firms report their years, or set forms",
        where="sources.firm_years.file",
    )


def statements(
    facts: pd.DataFrame, filings: pd.DataFrame, log: list[pd.DataFrame]
) -> pd.DataFrame:
    """Return one row per filing and closing with a column per tag.

    Facts after the filing's own closing are none of its year. A transition report's
    own period is a year only where its opening balance sheet is a year older.
    """
    about = ["cik", "adsh", "name", "sic", "form", "period", "filed", "file", "row"]
    wide = facts.pivot_table(index=STATEMENT, columns="tag", values="value")
    currency = facts.dropna(subset=["curcd"]).drop_duplicates(["cik", "adsh"])
    wide = wide.reset_index().merge(filings[about], on=["cik", "adsh"])
    wide = wide.merge(currency[["cik", "adsh", "curcd"]], on=["cik", "adsh"])
    wide = wide[~(wide.ddate > wide.period)]
    moved = wide.form.map(annual_form).eq("10-KT") & wide.ddate.eq(wide.period)
    opening = wide.assign(ddate=wide.ddate + pd.offsets.MonthEnd(YEAR_MONTHS))
    balanced = opening[opening.get("Assets", opening.period).notna()]
    whole = pd.MultiIndex.from_frame(wide[STATEMENT]).isin(
        pd.MultiIndex.from_frame(balanced[STATEMENT])
    )
    short = moved & ~whole
    log.append(noted_rows(wide[short], "period", "transition_period", wide.period))
    return wide[~short].reset_index(drop=True)


def with_years(
    wide: pd.DataFrame, sources: Mapping[str, Sequence[Source]]
) -> pd.DataFrame:
    """Return the statements whose closing ends a year with income or sales."""
    flows = {name: sources[name] for name in FLOWS if name in sources}
    reported = filled(wide, flows).values.notna().any(axis=1)
    return wide[reported.to_numpy(bool)].reset_index(drop=True)


def noted_rows(
    table: pd.DataFrame, column: str, rule: str, value: pd.Series | None = None
) -> pd.DataFrame:
    """Return rejects that keep their rows: what a reader of the numbers should know."""
    shown = table.ddate if value is None else value[table.index]
    return rejects(
        file=table.file,
        row=table.row,
        column=column,
        value=shown.dt.strftime("%Y-%m-%d").astype("string"),
        rule=rule,
        action="kept",
    )


def noted(
    closed: pd.DataFrame, broken: Mapping[str, pd.Series]
) -> Iterator[pd.DataFrame]:
    """Yield the statements that break an identity, or whose net income is in doubt.

    Some filers tag what minorities have too as the parent's net income; where they do
    not tag both, nothing tells.
    """
    for name, rows in broken.items():
        yield noted_rows(closed[rows], "ddate", f"{name}_broken")
    minorities = (
        column(closed, "NetIncomeLossAttributableToNoncontrollingInterest")
        .fillna(column(closed, "MinorityInterestInNetIncomeLossOfConsolidatedEntities"))
        .fillna(0.0)
    )
    doubt = (
        minorities.ne(0)
        & column(closed, "NetIncomeLoss").notna()
        & column(closed, "ProfitLoss").isna()
    )
    yield noted_rows(closed[doubt], "ni", "net_income_may_hold_that_of_minorities")


def only_dimensioned(
    closed: pd.DataFrame,
    items: Items,
    dimensioned: pd.DataFrame,
    sources: Mapping[str, Sequence[Source]],
) -> Iterator[pd.DataFrame]:
    """Yield statements whose item stands with dimensions alone: it stays missing.

    Members of a dimension may be parts, parts of parts or eliminations, whose sum is
    no total.
    """
    keys = pd.MultiIndex.from_frame(closed[STATEMENT])
    parts = {
        tag: keys.isin(pd.MultiIndex.from_frame(rows[STATEMENT]))
        for tag, rows in dimensioned.groupby("tag")
    }
    for item, ordered in sources.items():
        stands = np.zeros(len(closed), bool)
        for source in ordered:
            tags = [tag for _, tag in source.terms]
            if all(tag in parts for tag in tags):
                stands |= np.logical_and.reduce([parts[tag] for tag in tags])
        alone = stands & items.values[item].isna().to_numpy()
        yield noted_rows(closed[alone], item, "item_in_dimensioned_rows_alone")


def chosen(
    closed: pd.DataFrame, items: Items, reported: str, log: list[pd.DataFrame]
) -> pd.DataFrame:
    """Return one row per firm and fiscal year from all filings that state it."""
    names = [*items.values.columns]
    money = items.values / MILLION
    table = pd.concat([closed[[*STATEMENT, *ABOUT]], money], axis=1)
    table = table.sort_values(["cik", "ddate", "filed", "adsh"], kind="stable")
    groups = table.groupby(["cik", "ddate"], sort=False)
    place: Literal["first", "last"] = "first" if reported == "first" else "last"
    other = table.curcd.ne(groups.curcd.transform(place))
    log.append(noted_rows(table[other], "uom", "stated_in_another_currency_too"))
    table = table[~other]
    groups = table.groupby(["cik", "ddate"], sort=False)
    for name in names:
        ratio = (table[name] / groups[name].transform("first")).abs()
        scaled = np.logical_or.reduce(
            [np.isclose(ratio, p) | np.isclose(ratio, 1 / p) for p in POWERS]
        )
        log.append(noted_rows(table[scaled], name, "restated_by_a_power_of_ten"))
    first, last = groups[names].first(), groups[names].last()
    rows = groups[["adsh", "filed", "form", "name", "sic", "curcd", "period"]].agg(
        place
    )
    rows[["file", "row"]] = groups[["file", "row"]].agg(place)
    rows["adsh_first"], rows["adsh_last"] = groups.adsh.first(), groups.adsh.last()
    rows["filed_first"], rows["filed_last"] = groups.filed.first(), groups.filed.last()
    rows["filings"] = groups.adsh.nunique().astype("float64")
    out = pd.concat(
        [
            rows,
            first if reported == "first" else last,
            first.add_suffix("_first"),
            last.add_suffix("_last"),
        ],
        axis=1,
    ).reset_index()
    own = table[table.ddate.eq(table.period)].groupby(["cik", "ddate"]).size()
    keys = pd.MultiIndex.from_frame(out[["cik", "ddate"]])
    out["own_filing"] = keys.isin(own.index).astype("float64")
    out["fyear"] = fiscal_year_of(out.ddate)
    out = out.sort_values(["cik", "ddate"], kind="stable").reset_index(drop=True)
    for name, rule, broken in (
        (
            "fyear",
            "earlier_closing_of_fiscal_year",
            out.duplicated(["cik", "fyear"], keep="last"),
        ),
        ("at", "at_not_positive", out["at"] < 0 if "at" in out else out.fyear < 0),
    ):
        bad = out[broken.reindex(out.index)]
        log.append(
            rejects(
                file=bad.file,
                row=bad.row,
                column=name,
                value=bad.ddate.dt.strftime("%Y-%m-%d").astype("string"),
                rule=rule,
                action="kept",
            )
        )
        out = out[~broken.reindex(out.index)]
    return out.reset_index(drop=True)


def shares_of_tags(
    items: Items, closed: pd.DataFrame, table: pd.DataFrame
) -> Iterator[str]:
    """Yield for each item the share of firm-years that it and each tag fills."""
    keys = pd.MultiIndex.from_frame(table[["cik", "ddate"]])
    rows = pd.MultiIndex.from_frame(closed[["cik", "ddate"]])
    order = closed.filed.argsort(kind="stable")
    for item in items.sources.columns:
        ways = pd.Series(items.sources[item].to_numpy(), rows).iloc[order].dropna()
        ways = ways[~ways.index.duplicated() & ways.index.isin(keys)]
        shares = ways.value_counts() / len(table)
        shown = "; ".join(f"{way} {share:.1%}" for way, share in shares.items())
        yield (
            f"{item} is reported in {shares.sum():.1%} of {len(table):,} firm-years"
            + (f": {shown}" if shown else "; what is not reported is missing, no zero")
        )


def by_file(
    table: pd.DataFrame, words: Sequence[str], layout: TableFile
) -> Iterator[RawTable]:
    """Yield the firm-years of each file, whose filings they are from."""
    for number, (file, part) in enumerate(table.groupby("file", sort=True)):
        part = part.reset_index(drop=True)
        cells = part.drop(columns=["file", "row", "period"])
        cells = cells.rename(columns={"ddate": "datadate"})
        for name in ("datadate", "filed", "filed_first", "filed_last"):
            cells[name] = cells[name].dt.strftime("%Y-%m-%d").astype("string")
        cells["conm"] = cells.pop("name").astype("string")
        cells["sich"] = cells["sic"]
        yield RawTable(
            cells=cells,
            rows=part.row.astype("int64"),
            file=str(file),
            typed=True,
            decisions=tuple(words) if number == 0 else (),
            layout=layout,
        )
