"""A resolved study + a folder of its files -> its estimates, in one process.

The workflow's rules call the same functions, one job at a time, and keep what they read
and reject; here nothing is written but what the reader of daily returns needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from alliance_value.alliances.announcements import announced_dyads
from alliance_value.alliances.dyad_models import MODELS, dyad_models
from alliance_value.alliances.dyad_study import Partners, dyad_study
from alliance_value.alliances.dyads import partner_events
from alliance_value.alliances.sources.coding_sheets import coded_units
from alliance_value.alliances.sources.filed_agreements import filed_alliances
from alliance_value.alliances.sources.filed_structures import filed_structures
from alliance_value.alliances.sources.matched import matched_deals
from alliance_value.alliances.study_portfolios import (
    AllianceTables,
    prepared,
    study_portfolios,
)
from alliance_value.alliances.validation import Dyads
from alliance_value.contracts.storage import empty
from alliance_value.contracts.vendor_tables import Links, Returns, SecurityNames
from alliance_value.events.calendar import calendar_windows
from alliance_value.events.settings import days_of, pair, study_settings
from alliance_value.events.study import event_study
from alliance_value.multiverse.judge import judge
from alliance_value.multiverse.solve import Settings
from alliance_value.panel.build import study_panel
from alliance_value.running.job import listed
from alliance_value.sources.daily_files import daily_files
from alliance_value.sources.edgar.registrants import registrants
from alliance_value.sources.edgar.statement_files import days_of_filing
from alliance_value.sources.firm_years import Needed, SourceTables, firm_years
from alliance_value.sources.french import read_factors
from alliance_value.sources.links import firm_links
from alliance_value.sources.names import read_names
from alliance_value.sources.news import news
from alliance_value.sources.raw_table import RawTable
from alliance_value.sources.read_file import read_as_one
from alliance_value.study.needs import grouping_columns, required_columns
from alliance_value.study.schema import Mapped
from alliance_value.study.spec import (
    ReturnsFile,
    TableFile,
    build,
    firm_key,
    layout_of,
)
from alliance_value.workflow.settings import event_settings, grids, opened


@dataclass(frozen=True)
class Announcements:
    """What the announcements of deals come to.

    Parameters
    ----------
    tests
        Tests of the partners' and of the dyads' events, with their ``unit``.
    dyads
        The dyads and their models.
    """

    tests: pd.DataFrame
    dyads: Dyads


@dataclass(frozen=True)
class Issuers:
    """Deals with their parties, and what tells which firms these are."""

    alliances: pd.DataFrame
    participants: pd.DataFrame
    links: pd.DataFrame
    names: pd.DataFrame
    units: pd.DataFrame


@dataclass(frozen=True)
class Sources:
    """A study's files in a folder, whatever folder the study names.

    Parameters
    ----------
    study
        The resolved study: firm-years, alliances and structures; links, names of
        securities, returns and factors where it has an event study.
    folder
        Where its files lie; those that are not there lie where the study says.
    """

    study: Mapped
    folder: Path

    def files(self, source: str) -> list[str]:
        """Return the files of a source, none where the study has none."""
        section = self.study["sources"].get(source)
        given = listed(section["file"]) if section else []
        own = [self.folder / Path(path).name for path in given]
        pairs = zip(given, own, strict=True)
        return [str(path if path.exists() else stated) for stated, path in pairs]

    def table(self, source: str) -> RawTable:
        """Read the files of a source as one table."""
        layout = layout_of(self.study["sources"].get(source))
        return read_as_one(self.files(source), layout)

    def units(self, key: str) -> pd.DataFrame:
        """Read how firms are organized."""
        if not opened(self.study, "structures"):
            return coded_units(self.table("structures"), key)[0]
        statements = build(TableFile, self.study["sources"]["firm_years"])
        filed = days_of_filing(self.files("firm_years"), statements.forms)
        reviewed = self.table("reviewed_structures")
        return filed_structures(self.files("structures"), reviewed, filed).units

    def issuers(self) -> Issuers:
        """Read deals, structures and what tells of securities."""
        key = firm_key(self.study["sources"])
        units = self.units(key)
        if opened(self.study, "alliances"):
            layout = layout_of(self.study["sources"]["tickers"])
            known = registrants(self.files("tickers"), layout)
            filed = filed_alliances(self.files("alliances"), known)
            return Issuers(
                filed.alliances,
                filed.participants,
                known.links,
                empty(SecurityNames),
                units,
            )
        listed_firms = "links" in self.study["sources"]
        links, names = empty(Links), empty(SecurityNames)
        if listed_firms:
            links, _ = firm_links(self.table("links"), key=key)
            names, _ = read_names(self.table("security_names"))
        matched = matched_deals(
            self.files("alliances"),
            self.files("firm_years")
            if listed_firms
            else [str(self.folder / "overlay_firms.csv")],
            [],
            names,
            links,
            self.study["sources"],
        )
        deals = matched.deals.alliances
        return Issuers(deals, matched.participants, links, names, units)

    def firm_years(self) -> SourceTables:
        """Read the statements, with the columns that the study needs."""
        needed = Needed(
            required_columns(self.study),
            frozenset(grouping_columns(self.study)),
            list(self.study["variables"]),
            {},
            self.study["sample"]["require"],
        )
        spec = build(TableFile, self.study["sources"]["firm_years"])
        return firm_years(self.files("firm_years"), spec, needed)

    def returns(
        self, section: Mapping[str, Any], events: pd.DataFrame, names: pd.DataFrame
    ) -> pd.DataFrame:
        """Read the daily returns around events, in the windows of an event study."""
        windows = calendar_windows(
            events, days_of(section, events), pair(section["path"])
        )
        daily = daily_files(
            self.files("returns"),
            build(ReturnsFile, self.study["sources"]["returns"]),
            self.folder,
            delistings=self.files("delistings"),
            sources=self.study["sources"],
            names=names,
            windows=windows,
        )
        table = pd.concat(daily.parts(), ignore_index=True)
        return table.astype({Returns.security: "string"})


def panel_of(study: Mapped, years: SourceTables, issuers: Issuers) -> pd.DataFrame:
    """Return the study's panel, with the portfolios of every variant."""
    tables = AllianceTables(issuers.alliances, issuers.participants, issuers.units)
    variants = prepared(tables, years.firm_years, study["portfolio"])
    portfolios = study_portfolios(variants, years.firm_years)
    parts = [(table, name) for name, table in portfolios.items()]
    return study_panel(years.firm_years, years.funnel, parts, study).panel


def announcements_of(sources: Sources, issuers: Issuers) -> Announcements:
    """Study the announcements of deals: tests of both units, dyads and their models."""
    section = event_settings(sources.study)
    dyads, _ = announced_dyads(
        issuers.alliances,
        issuers.participants,
        issuers.links,
        issuers.names,
        issuers.units,
        section,
    )
    events = partner_events(dyads)
    returns = sources.returns(section, events, issuers.names)
    spec = sources.study["sources"]["factors"]
    factors = read_factors(
        sources.files("factors"), spec["unit"], layout_of(spec)
    ).factors
    confounds, _ = news(sources.files("confounds"), section["confounds"])
    partners = event_study(
        returns, events, factors, **study_settings(section, confounds)
    )
    study = dyad_study(
        dyads,
        Partners(partners.events, partners.cars),
        returns,
        factors,
        confounds,
        section,
    )
    tests = pd.concat(
        [
            partners.event_tests.assign(unit="partners"),
            study.study.event_tests.assign(unit="dyads"),
        ]
    )
    estimates, _ = dyad_models(
        study.dyads, MODELS[:1], section["confidence"], section["deal_errors"]
    )
    return Announcements(tests, Dyads(study.dyads, estimates))


def joint_tests(study: Mapped, panel: pd.DataFrame) -> pd.DataFrame:
    """Judge the study's grids over its panel."""
    asked: Sequence[Mapped] = grids(study)["grids"]
    parts = [
        judge(
            panel,
            grid,
            grid["model"],
            Settings(grid["by"], grid["draws"], grid["permutations"], study["seed"]),
        ).multiverse_tests
        for grid in asked
    ]
    return pd.concat(parts)
