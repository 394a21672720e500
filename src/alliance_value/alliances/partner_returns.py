"""Deals and both partners' abnormal returns -> a row per partner, all in columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.dyad_study import Partners, with_events
from alliance_value.alliances.dyads import partner_events

OF_DEALS = [
    *("asymmetric", Alliances.marketing, Alliances.research),
    *("temporal_overlap", "partner_experience_decayed", "any_prior_tie"),
    *("spatial_overlap", "same_sic", "same_state", "same_nation"),
]
CONFOUNDED = "confounded"


def partner_returns(
    dyads: pd.DataFrame, partners: Partners, variants: Mapping[str, Partners]
) -> pd.DataFrame:
    """Return a row per deal and partner, its abnormal returns in columns.

    Parameters
    ----------
    dyads
        From `announcements.dyads_of`.
    partners
        The event study of `dyads.partner_events`; its market values ($ million) weigh
        the partners in variants too.
    variants
        Further studies of the same events by name; without CARs where they are those
        of ``partners``.

    Returns
    -------
    pandas.DataFrame
        Canonical partner returns (decimal) of deals that have any. A return is missing
        where either partner has none, and where the study that it is of left either
        out.
    """
    own = with_events(dyads, partners).set_index(Alliances.alliance)
    table = partner_events(dyads)
    for side in ("i", "j"):
        rows = table.side == side
        deals = table.alliance[rows]
        for name in ("customer_centric", "market_value"):
            values = own[f"{name}_{side}"].astype("float64").reindex(deals)
            table.loc[rows, name] = values.to_numpy()
    flags = {CONFOUNDED: own} | {
        f"{CONFOUNDED}_{name}": with_events(dyads, study).set_index(Alliances.alliance)
        for name, study in variants.items()
    }
    for name in OF_DEALS:
        table[name] = own[name].astype("float64").reindex(table.alliance).to_numpy()
    for name, deals_of in flags.items():
        table[name] = deals_of[CONFOUNDED].reindex(table.alliance).to_numpy()
    table["first"] = (table.side == "i") * 1.0
    table["fiscal_year"] = table.announced.dt.year
    wide = pd.concat(
        [
            by_columns(partners.cars, table.event),
            *(
                by_columns(study.cars, table.event, name)
                for name, study in variants.items()
                if len(study.cars)
            ),
        ],
        axis=1,
    )
    deal, both = table.alliance, {"min_count": 2}
    value = table.market_value
    weight = value / value.groupby(deal).transform("sum", **both)
    mean = wide.groupby(deal).transform("sum", **both) / 2
    wide = wide.where(mean.notna() & weight.notna().to_numpy()[:, None])
    combined = wide.mul(weight, axis=0).groupby(deal).transform("sum", **both)
    names = [
        "firm",
        "fiscal_year",
        Alliances.alliance,
        "first",
        "customer_centric",
        *OF_DEALS,
        *flags,
    ]
    parts = [wide.add_prefix("car_"), combined.add_prefix("combined_")]
    means = mean.where(wide.notna()).add_prefix("mean_")
    full = pd.concat([table[names], *parts, means], axis=1)
    return full[wide.notna().any(axis=1)].reset_index(drop=True)


def by_columns(
    cars: pd.DataFrame, events: pd.Series, variant: str = ""
) -> pd.DataFrame:
    """Return events' CARs by model, variant and window in columns, in their order."""
    wide = cars.pivot(index="event", columns=["model", "window"], values="car")
    wide.columns = [
        "_".join(part for part in (key[0], variant, days(key[1])) if part)
        for key in wide.columns
    ]
    return wide.reindex(events).reset_index(drop=True)


def days(window: str) -> str:
    """Write a window such as [-1,1] as a name can: m1_p1."""
    marks = {"-": "m", "": "p"}
    written = re.findall(r"(-?)(\d+)", window)
    return "_".join("0" if day == "0" else marks[sign] + day for sign, day in written)
