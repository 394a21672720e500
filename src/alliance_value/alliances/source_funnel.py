"""What readers rejected + what a study counts -> the funnel of deals and of sheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from alliance_value.alliances.active import LIFE_YEARS
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.portfolios import PortfolioRule, coded_partnerships
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.funnel import ROWS, SOURCE, Funnel, FunnelBranch
from alliance_value.contracts.rejects import in_words, rejected_by_rule
from alliance_value.contracts.storage import empty
from alliance_value.panel.dates import days, years_before
from alliance_value.study.spec import build

DEALS = "deals"
SEE = "rule of the reader; see rejects"
UNMATCHED = "no identifier or name fits"
# Rules on lines that belong to no deal; every other rule takes out a whole deal.
LINE_RULES = ("line_without_deal",)
# Rules of the reader in the order in which it applies them.
DEAL_RULES = (
    "repeated_deal_number",
    "unknown_status",
    "announcement_date_unreadable",
    "fewer_than_two_participants",
    "repeated_within_three_days",
)


@dataclass(frozen=True)
class Counted:
    """The tables by which deals are counted.

    Parameters
    ----------
    alliances, participants
        Canonical tables of what the reader kept.
    structures
        Firms' structures by fiscal year.
    panel
        firm, fiscal_year and datadate of the sample.
    """

    alliances: pd.DataFrame
    participants: pd.DataFrame
    structures: pd.DataFrame
    panel: pd.DataFrame


def source_funnel(
    profiles: Sequence[Mapping[str, Any]],
    rejected: pd.DataFrame,
    tables: Counted,
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    """Return the funnel of every source whose rows its profile counts, deals first.

    Parameters
    ----------
    profiles
        What the sources' files hold.
    rejected
        Rejects of all readers.
    tables
        What deals are counted by.
    settings
        The study's ``portfolio``.
    """
    branches: list[pd.DataFrame] = []
    for profile in profiles:
        names = [file["file"] for file in profile["files"]]
        own = rejected[rejected.file.isin(names)]
        rows = [file["rows"] for file in profile["files"]]
        if profile["source"] == "alliances":
            if None in rows:
                # of filings each is a deal or a reject, under its name in the archive
                own = rejected[rejected.file.str.split("/").str[0].isin(names)]
                deals = filing_funnel(tables, own, settings)
            else:
                deals = deal_funnel(sum(rows), tables, own, settings)
            branches.insert(0, deals.table())
        elif None not in rows:
            branches.append(row_funnel(profile["source"], sum(rows), own).table())
    return pd.concat(branches) if branches else empty(Funnel)


def row_funnel(source: str, rows: int, rejected: pd.DataFrame) -> FunnelBranch:
    """Count the rows of a source's files that its rules take out.

    Parameters
    ----------
    source
        Name of the source in the study: the branch.
    rows
        Rows under the headers of its files.
    rejected
        Rejects of these files.
    """
    branch = FunnelBranch(f"{SOURCE}{source}", unit=ROWS)
    branch.count("rows in the files", rows, rows, 0, f"files of {source}")
    for rule, count in rejected_by_rule(rejected).items():
        branch.drop(without(rule), count, SEE)
    return branch


def deal_funnel(
    lines: int,
    tables: Counted,
    rejected: pd.DataFrame,
    settings: Mapping[str, Any],
) -> FunnelBranch:
    """Follow deals from the lines of their files to those of known structure.

    Parameters
    ----------
    lines
        Lines under the column heads, page headers and trailers left out.
    tables
        What deals are counted by.
    rejected
        Rejects of the alliance files.
    settings
        The study's ``portfolio``.

    Returns
    -------
    FunnelBranch
        Branch ``source:deals``: lines, deals by rule of the reader, then by date,
        status, number of parties, match and structure.
    """
    branch = FunnelBranch(f"{SOURCE}{DEALS}", unit="lines")
    by_rule = rejected_by_rule(rejected)
    branch.count("lines in the files", lines, lines, 0, "page headers are no lines")
    for rule in LINE_RULES:
        if rule in by_rule:
            branch.drop(without(rule), by_rule.pop(rule), SEE)
    deals = len(tables.alliances) + sum(by_rule.values())
    branch.unit = DEALS
    more = int(str(branch.steps[-1]["rows_out"])) - deals
    assert more >= 0, "the files have fewer lines than deals"
    branch.drop("deals", more, "further lines of a deal; their participants are read")
    for rule in sorted(by_rule, key=place_of_rule):
        branch.drop(without(rule), by_rule[rule], SEE)
    follow(branch, tables, settings)
    return branch


def filing_funnel(
    tables: Counted, rejected: pd.DataFrame, settings: Mapping[str, Any]
) -> FunnelBranch:
    """Follow contracts and reports, each a file or a row, as `deal_funnel` does deals.

    Parameters
    ----------
    tables, settings
        As of `deal_funnel`.
    rejected
        Rejects of the filings.
    """
    branch = FunnelBranch(f"{SOURCE}{DEALS}", unit="filings")
    by_rule = rejected_by_rule(rejected)
    filings = len(tables.alliances) + sum(by_rule.values())
    branch.count("filings in the files", filings, filings, 0, "contracts and reports")
    for rule, count in by_rule.items():
        branch.drop(without(rule), count, SEE)
    branch.unit = DEALS
    branch.drop(DEALS, 0, "a filing each")
    follow(branch, tables, settings)
    return branch


def follow(branch: FunnelBranch, tables: Counted, settings: Mapping[str, Any]) -> None:
    """Take the reader's deals through what a study counts, a step after the other."""
    left = pd.Index(tables.alliances[Alliances.alliance])
    participants = tables.participants
    for step, meet, why in counted_deals(tables, settings):
        kept = left[left.isin(meet)]
        firms = participants.loc[
            participants[Alliances.alliance].isin(kept), FIRM
        ].nunique()
        branch.count(step, len(left), len(kept), int(firms), why)
        left = kept


def without(rule: str) -> str:
    """Return the step that a reader's rule is."""
    return f"without: {in_words(rule)}"


def place_of_rule(rule: str) -> tuple[int, str]:
    """Return where a rule stands among the reader's; others come last, by name."""
    known = DEAL_RULES.index(rule) if rule in DEAL_RULES else len(DEAL_RULES)
    return known, rule


def counted_deals(
    tables: Counted, settings: Mapping[str, Any]
) -> list[tuple[str, pd.Series, str]]:
    """Return step, deals that meet its condition, and why, in the order of the funnel.

    A deal's condition is looked at alone; the caller takes them one after the other.
    """
    rule = build(PortfolioRule, settings)
    alliances, participants = tables.alliances, tables.participants
    ends = days(tables.panel["datadate"])
    announced = days(alliances[Alliances.announced])
    reach = announced <= ends.max()
    if rule.life in LIFE_YEARS:
        reach &= announced > years_before(ends, LIFE_YEARS[rule.life]).min()
    early = f"after the last fiscal year-end, or too early (life: {rule.life})"
    of = alliances[Alliances.alliance]
    steps = [
        ("announced within reach of the sample", of[reach], early),
        (
            "status that counts",
            of[alliances[Alliances.status].isin(settings["statuses"])],
            f"other than {', '.join(settings['statuses'])}",
        ),
    ]
    size = participants.groupby(Alliances.alliance).size()
    if settings["parties"] == "two":
        two = of[of.map(size) == 2]
        steps.append(("two participants", two, "fewer or more than two"))
    matched = participants[participants[FIRM].notna()]
    known = matched[matched[FIRM].isin(tables.panel[FIRM])]
    steps += [
        ("a participant matched to a firm", matched[Alliances.alliance], UNMATCHED),
        ("a firm of the sample", known[Alliances.alliance], "none has a firm-year"),
    ]
    active = coded_partnerships(
        alliances, participants, tables.structures, tables.panel, rule
    )
    partner, own = active["partner_cc"].notna(), active["own_cc"].notna()
    deal = active[Alliances.alliance]
    return [
        *steps,
        (
            "in the portfolio of a firm-year of the sample",
            deal,
            "not active at a fiscal year-end of the sample, or one group alone",
        ),
        ("a partner of known structure", deal[partner], "no coded filing of one"),
        ("both structures known", deal[partner & own], "no coded filing of the firm"),
    ]
