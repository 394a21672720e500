"""Settings -> the clean true tables of a world, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.simulate.alliances import (
    Supply,
    draw_pairs,
    draw_terms,
    eligible_years,
)
from alliance_value.simulate.announcements import describe_deals
from alliance_value.simulate.constructs import (
    adopted,
    draw_constructs,
    with_functions,
)
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import YEARS, Firms, draw_firms
from alliance_value.simulate.lives import (
    Lives,
    draw_ends,
    draw_governance,
    with_planted_value,
)
from alliance_value.simulate.performance import draw_roa
from alliance_value.simulate.portfolios import Portfolios, count_portfolios
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.statements import (
    Fundamentals,
    draw_fundamentals,
    industry_column,
)
from alliance_value.simulate.structures import draw_codings, draw_flags, draw_units
from alliance_value.simulate.surroundings import draw_surroundings

STATEMENTS = (1993, 2015)
KNOWN_UNTIL = "2015-06-30"
SAMPLE = (1998, 2014)
CODED = (1996, 2014)


@dataclass(frozen=True)
class World:
    """One simulated world before any vendor has touched it.

    Parameters
    ----------
    settings : WorldSettings
    firms : Firms
    flags : ndarray of bool, shape (F, Y)
        Customer-centric.
    fundamentals : Fundamentals
    portfolios : Portfolios
    roa : ndarray, shape (F, Y)
    deals : DataFrame
        Two-partner alliances within the population, with planted values.
    others : DataFrame
        Further deals, one row a participant: partners from outside, consortia,
        deals never concluded.
    units, codings : DataFrame
        True business units; coding sheets.
    tables : mapping of str to DataFrame
        What partners depend on, know and are organized for, where it is asked for.
    lives : Lives or None
        What alliances live through, where the settings ask for it.
    """

    settings: WorldSettings
    firms: Firms
    flags: np.ndarray
    fundamentals: Fundamentals
    portfolios: Portfolios
    roa: np.ndarray
    deals: pd.DataFrame
    others: pd.DataFrame
    units: pd.DataFrame
    codings: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    lives: Lives | None = None

    @property
    def firm_years(self) -> pd.DataFrame:
        """Regression-ready true firm-years of the sample: regressors t, ROA t + 1.

        One row per sampled firm-year with a statement in the next year; decimals;
        ``xrd`` and ``xad`` intensities are zero where not reported.
        """
        inside = (SAMPLE[0] <= YEARS) & (SAMPLE[1] >= YEARS)
        alive, f, p = self.firms.alive, self.fundamentals, self.portfolios
        kept = f.sampled & inside
        kept[:, :-1] &= alive[:, 1:]
        firm, t = np.nonzero(kept)
        gvkey = self.firms.table["gvkey"].to_numpy()
        return pd.DataFrame(
            {
                "gvkey": gvkey[firm],
                "fyear": YEARS[t],
                "industry": self.firms.table["industry"].to_numpy()[firm],
                "roa_lead": self.roa[firm, t + 1],
                "roa": self.roa[firm, t],
                "active": p.active[firm, t],
                "coded": p.coded[firm, t],
                "cc_share": p.cc_share[firm, t],
                "asym_share": p.asym_share[firm, t],
                "mkt_intensity": p.mkt_intensity[firm, t],
                "own_cc": self.flags[firm, t].astype(float),
                "size": np.log(f.at[firm, t]),
                "leverage": f.leverage[firm, t],
                "rd_intensity": np.nan_to_num(f.rd[firm, t]),
                "ad_intensity": np.nan_to_num(f.ad[firm, t]),
                "slack": f.slack[firm, t],
                "unobserved": self.firms.unobserved[firm],
            }
        )


def build_world(settings: WorldSettings) -> World:
    """Draw a world: firms, structures, alliances, portfolios and ROA.

    Returns of securities are not part of it; see `market.build_market`.
    """
    firms = draw_firms(settings)
    flags = draw_flags(settings, firms)
    fundamentals = draw_fundamentals(settings, firms)
    size = np.log(fundamentals.sale)
    alive = firms.alive
    size = (size - size[alive].mean()) / size[alive].std()
    strength = settings.effects.confounding
    supply = Supply(
        eligible=eligible_years(firms),
        flags=flags,
        size=np.where(alive, size, 0.0),
        industry=firms.table["industry"].to_numpy(),
        sic=firms.table["sic"].to_numpy(),
        state=firms.table["state"].to_numpy(),
        ally=industry_column(firms, "ally"),
        rd=industry_column(firms, "rd"),
        unobserved=strength.firm * firms.unobserved,
        path=strength.time_varying * firms.unobserved_path,
        selection=strength.selection * firms.unobserved_path,
    )
    n_deals = round(parameters()["alliances"]["per_firm"] * settings.firms_per_year)
    span = parameters()["alliances"]
    years = np.arange(span["first_year"], span["last_year"] + 1)
    pairs = draw_pairs(settings, supply, n_deals, years)
    exit_date = firms.table["exit_date"].to_numpy().astype("datetime64[D]")
    deals = draw_terms(settings, pairs, supply.rd, exit_date, KNOWN_UNTIL)
    effects = settings.effects
    if settings.constructs:
        since = adopted(settings.seed, len(firms.table), deals)
        deals = with_functions(deals, since)
    lives = None
    if settings.lives:
        deals, ownership = draw_governance(settings, deals)
        deals, ends, bought = draw_ends(settings, deals, firms, flags, KNOWN_UNTIL)
        lives = Lives(ownership, ends, bought)
    deals = describe_deals(
        effects.joint_value, effects.appropriation, deals, firms, flags
    )
    tables: Mapping[str, pd.DataFrame] = {}
    if settings.constructs:
        constructs = draw_constructs(settings.seed, firms, deals, since)
        deals["constructs"] = constructs.joint_value
        deals["joint_value"] += constructs.joint_value
        tables = constructs.tables
    if settings.lives:
        deals = with_planted_value(settings, deals)
    others = draw_surroundings(
        settings, firms, supply.eligible, len(deals), KNOWN_UNTIL
    )
    portfolios = count_portfolios(with_outsiders(deals, others), firms, flags)
    units = draw_units(settings, firms, flags, CODED)
    return World(
        settings=settings,
        firms=firms,
        flags=flags,
        fundamentals=fundamentals,
        portfolios=portfolios,
        roa=draw_roa(settings, firms, fundamentals, flags, portfolios),
        deals=deals,
        others=others,
        units=units,
        codings=draw_codings(settings, firms, flags, units),
        tables=tables,
        lives=lives,
    )


def with_outsiders(deals: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """Add the concluded two-partner deals with an outside partner, as j = -1."""
    kept = others[(others["kind"] == "outside") & (others["firm"] >= 0)]
    added = kept.rename(columns={"firm": "i"}).assign(j=-1)
    columns = ["alliance", "i", "j", "announced", "terminated", "marketing", "rd"]
    return pd.concat([deals[columns], added[columns]], ignore_index=True)
