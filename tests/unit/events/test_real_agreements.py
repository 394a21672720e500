"""Agreements filed with the SEC: names matched, days placed, both partners studied.

Agreement dates are no announcement dates: an agreement is signed before or after it
is announced, and filed some three months later. Nothing here tells what it is worth.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.dyad_study import Partners, dyad_study
from alliance_value.alliances.dyads import partner_events
from alliance_value.alliances.sources.matching import issuers, match_participants
from alliance_value.events.settings import study_settings
from alliance_value.events.study import event_study
from tests.unit.alliances.test_dyad_study import SECTION as OF_DYADS

pytestmark = pytest.mark.real_data
ROLE = re.compile(r"\s*\([^)]*\)")
SECTION = {
    **OF_DYADS,
    "windows": [[-1, 1]],
    "estimation": [-295, -46],
    "minimum": 100,
}
SETTINGS = study_settings(SECTION, None)
NO_LINKS = {
    "names": ["security", "ncusip", "name", "name_from", "name_to"],
    "links": ["firm", "security", "link_from", "link_to"],
}


@pytest.fixture(scope="module")
def folder() -> Path:
    path = Path(os.environ.get("ALLIANCE_VALUE_DATA", ""))
    if not (path / "agreements/master_clauses.csv").is_file():
        pytest.skip("ALLIANCE_VALUE_DATA has no agreements/master_clauses.csv")
    return path


@pytest.fixture(scope="module")
def agreements(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Deals with their days, and one row per party as a vendor would list it."""
    raw = pd.read_csv(folder / "agreements/master_clauses.csv", dtype="string")
    deals = pd.DataFrame(
        {
            "alliance": [f"c{k:03d}" for k in range(len(raw))],
            "announced": pd.to_datetime(
                raw["Agreement Date-Answer"], format="mixed", errors="coerce"
            ).to_numpy(),
        }
    ).astype({"alliance": "string"})
    names = raw["Parties-Answer"].fillna("").str.split(";")
    rows = [
        {"alliance": deal, "position": place, "name": ROLE.sub("", name).strip()}
        for deal, parties in zip(deals.alliance, names, strict=True)
        for place, name in enumerate(parties, 1)
        if name.strip()
    ]
    table = pd.DataFrame(rows).astype({"alliance": "string", "name": "string"})
    blank = pd.Series(pd.NA, table.index, dtype="string")
    extra = ("cusip6", "parent_cusip6", "parent_name", "sic", "nation", "state")
    return deals, table.assign(**dict.fromkeys(extra, blank))


def test_parties_match_and_their_agreements_run_through_the_event_study(
    folder: Path, agreements: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    deals, parties = agreements
    dated = deals.dropna(subset=["announced"])
    assert len(deals) == 510 and 400 < len(dated) < 510
    listed = pd.read_csv(folder / "us-large/securities.csv", dtype="string")
    header = pd.DataFrame(
        {
            "firm": listed["Ticker symbol"],
            "cusip": pd.Series(pd.NA, listed.index, dtype="string"),
            "name": listed["Security"],
        }
    )
    known = issuers(
        pd.DataFrame(columns=NO_LINKS["names"]).astype(
            {"name_from": "datetime64[ns]", "name_to": "datetime64[ns]"}
        ),
        pd.DataFrame(columns=NO_LINKS["links"]).astype(
            {"link_from": "datetime64[ns]", "link_to": "datetime64[ns]"}
        ),
        header,
    )
    found = match_participants(
        parties[parties.alliance.isin(dated.alliance)], dated, known
    )
    matched = found.dropna(subset=["firm"])
    assert len(matched) >= 15 and matched.firm.nunique() >= 12
    assert (matched.match_score == 1).all()
    both = matched.groupby("alliance").firm.nunique()
    # small firms filed these: none is between two firms of the index
    assert both.max() == 1
    day = dated.set_index("alliance").announced
    events = pd.DataFrame(
        {
            "event": matched.alliance + ":" + matched.firm,
            "security": matched.firm,
            "firm": matched.firm,
            "announced": matched.alliance.map(day),
        }
    )
    returns, factors = prices(folder)
    study = event_study(returns, events, factors, **SETTINGS)
    kept = int(study.events.kept.sum())
    out = study.exclusions[study.exclusions.excluded].event.nunique()
    assert kept >= 2 and kept + out == len(events)
    assert study.funnel.rows_out.iloc[-1] == kept
    assert study.cars.car.abs().max() < 0.3
    inside = study.events[study.events.kept].reset_index(drop=True)
    dyads = made_up_pairs(inside)
    partners = event_study(returns, partner_events(dyads), factors, **SETTINGS)
    found = dyad_study(
        dyads,
        Partners(partners.events, partners.cars),
        returns,
        factors,
        None,
        SECTION,
    )
    lost = int((~partners.events.kept).sum())
    assert len(found.dyads) >= len(dyads) - lost
    gains = found.dyads.gain_i + found.dyads.gain_j
    np.testing.assert_allclose(found.dyads.joint_gain, gains)
    own = found.study.cars.set_index("event").car.reindex(found.dyads.alliance)
    apart = np.abs(found.dyads.combined_car.to_numpy() - own.to_numpy())
    # they differ where one partner did not trade on a day that the other's model uses
    assert apart.max() < 0.005 and np.median(apart) < 1e-12


def prices(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Long returns of every ticker, valued alike, and the market factor."""
    factors = pd.read_csv(folder / "us-large/factors_daily.csv", skipinitialspace=True)
    factors = factors.rename(columns=lambda c: c.lower().replace("-", "_"))
    factors["date"] = pd.to_datetime(factors["date"].astype(str))
    factors = factors.set_index("date") / 100
    table = pd.read_parquet(folder / "us-large/prices.parquet")
    close = table.pivot(index="date", columns="ticker", values="close").astype(float)
    factors = factors.loc[close.index.min() : close.index.max()]
    wide = close.reindex(factors.index).pct_change(fill_method=None)
    wide = wide.where(wide.abs() < 0.5).rename_axis(index="date", columns="security")
    long = wide.reset_index().melt("date", var_name="security", value_name="ret")
    long = long.dropna()
    long["security"] = long["security"].astype("string")
    # the prices come without shares outstanding
    return long.assign(market_value=1000.0), factors.reset_index()


def made_up_pairs(events: pd.DataFrame) -> pd.DataFrame:
    """Pair each event's firm with the next one's, on its day: mechanics, no deals."""
    other = np.roll(events.security.to_numpy(), -1)
    pairs = pd.DataFrame(
        {
            "alliance": [f"m{k}" for k in range(len(events))],
            "announced": events.day,
            "security_i": events.security,
            "security_j": other,
            "firm_i": events.security,
            "firm_j": other,
            "customer_centric_i": 1.0,
            "customer_centric_j": 0.0,
            "asymmetric": 1.0,
            "marketing": 1.0,
            "research": 0.0,
            "experience_i": 0.0,
            "experience_j": 0.0,
        }
    ).astype({"alliance": "string"})
    return pairs[pairs.firm_i != pairs.firm_j].reset_index(drop=True)
