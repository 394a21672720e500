"""Partners' event study + dyads -> the study of dyads: their value and its division."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.alliances.appropriation import (
    appropriation_models,
    division_of_value,
)
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.dyads import (
    appropriation,
    deal_class,
    dyad_returns,
    mirrored,
)
from alliance_value.alliances.joint_value import joint_value
from alliance_value.alliances.whale import whale_curve, whale_summary
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.events.exclusions import Rules
from alliance_value.events.settings import headline_of, study_settings
from alliance_value.events.study import EventStudy, event_study
from alliance_value.study.event_study import window_name

MIRRORED = ["customer_centric", "log_value", "experience"]


@dataclass(frozen=True)
class Partners:
    """The partners' event study, as far as the dyads need it.

    Parameters
    ----------
    events, cars
        Tables of `EventStudy`.
    """

    events: pd.DataFrame
    cars: pd.DataFrame


@dataclass(frozen=True)
class DyadStudy:
    """What the study of dyads hands on.

    Parameters
    ----------
    dyads
        One row per deal whose partners' events are both kept: the columns of
        `announcements.dyads_of`, both market values, the columns of
        `dyads.appropriation` for the headline model and window, combined_variance (of
        the combined abnormal return), confounded (1 if either partner's event is),
        relative_size, ln of i's over j's value, the differences i less j, and
        deal_class.
    study
        The event study of the dyads' portfolios, grouped by deal class.
    funnel
        From dyads to dyads with both events.
    """

    dyads: pd.DataFrame
    study: EventStudy
    funnel: pd.DataFrame


def dyad_study(
    dyads: pd.DataFrame,
    partners: Partners,
    returns: pd.DataFrame,
    factors: pd.DataFrame,
    confounds: pd.DataFrame | None,
    section: Mapping[str, Any],
) -> DyadStudy:
    """Study the dyads of which both partners' events were kept.

    Parameters
    ----------
    dyads
        From `announcements.dyads_of`.
    partners
        The event study of `dyads.partner_events`.
    returns, factors
        As for `event_study`; security as text.
    confounds
        Other news of the partners' securities.
    section
        The resolved ``event_study``, with confidence and seed; the dyads' columns hold
        the abnormal returns of its headline.
    """
    settings = study_settings(section, confounds)
    table = with_events(dyads, partners)
    funnel = FunnelBranch("dyads with returns", "deals")
    funnel.start(table, "dyads", "deals of two listed and coded firms")
    both = table.kept_i & table.kept_j
    table = funnel.keep(table, both, "both events kept", "see event_exclusions.csv")
    valued = table[["market_value_i", "market_value_j"]].notna().all(axis=1)
    table = funnel.keep(table, valued, "market values", "no value before the event")
    table = table.drop(columns=["kept_i", "kept_j"]).reset_index(drop=True)
    table = table.assign(deal_class=deal_class(table))
    car = at_headline(partners, section).car
    sides = {
        side: pd.Series(car.reindex(table.alliance + f":{side}").to_numpy())
        for side in ("i", "j")
    }
    table = pd.concat(
        [
            table.assign(car_i=sides["i"], car_j=sides["j"]),
            appropriation(
                sides["i"], sides["j"], table.market_value_i, table.market_value_j
            ),
        ],
        axis=1,
    )
    events = pd.DataFrame(
        {
            "event": table.alliance,
            "security": table.alliance,
            "firm": table.alliance,
            Alliances.announced: table.announced,
            "group": table.deal_class,
        }
    )
    estimation = settings["estimation"]
    looked_at = [*settings["windows"], *([estimation] if estimation else [])]
    study = event_study(
        dyad_returns(returns, table, looked_at, settings["path"]),
        events,
        factors,
        confounds=None if confounds is None else of_dyads(confounds, table),
        rules=Rules(minimum=settings["rules"].minimum, overlap="flag"),
        **{k: v for k, v in settings.items() if k not in ("confounds", "rules")},
    )
    own = at_headline(study, section).variance.reindex(table.alliance)
    table = table.assign(combined_variance=own.to_numpy())
    for side in ("i", "j"):
        table[f"log_value_{side}"] = np.log(table[f"market_value_{side}"])
    table = pd.concat([table, mirrored(table, MIRRORED)], axis=1)
    table["relative_size"] = table["log_value_difference"]
    return DyadStudy(table, study, funnel.table())


def value_tables(
    dyads: pd.DataFrame, confidence: float, errors: str
) -> dict[str, pd.DataFrame]:
    """Return what the dyads' value and its division come to, by canonical table.

    Parameters
    ----------
    dyads
        Table of `DyadStudy`.
    confidence
        Level of the intervals (decimal).
    errors
        The study's ``deal_errors``.
    """
    curve = pd.concat(
        [whale_curve(dyads.joint_gain), whale_curve(dyads.joint_gain, dyads.deal_class)]
    )
    return {
        "appropriation": appropriation_models(dyads, confidence, errors),
        "division_of_value": division_of_value(dyads, confidence),
        "joint_value": joint_value(dyads, confidence),
        "whale_curve": curve,
        "whale_summary": whale_summary(curve),
    }


def with_events(dyads: pd.DataFrame, partners: Partners) -> pd.DataFrame:
    """Add what the partners' events know: day, market value, kept, confounded."""
    events = partners.events.set_index("event")
    table = dyads
    flags = {}
    for side in ("i", "j"):
        partner = events.reindex(table.alliance + f":{side}")
        table = table.assign(day=partner.day.to_numpy())
        table[f"security_{side}"] = table[f"security_{side}"].astype("string")
        table[f"market_value_{side}"] = partner.market_value.to_numpy()
        table[f"kept_{side}"] = partner.kept.to_numpy(bool)
        flags[side] = partner.confounded.to_numpy(bool)
    return table.assign(confounded=(flags["i"] | flags["j"]).astype("float64"))


def of_dyads(confounds: pd.DataFrame, dyads: pd.DataFrame) -> pd.DataFrame:
    """Return the partners' other news of the months about a deal as news of the dyad.

    Parameters
    ----------
    confounds
        security, date, kind.
    dyads
        alliance, day, security_i, security_j.
    """
    news = confounds.assign(month=month_of(confounds["date"]))
    parts = [
        pd.DataFrame(
            {
                Alliances.alliance: dyads.alliance,
                "security": dyads[f"security_{side}"],
                "month": month_of(dyads.day) + months,
            }
        )
        .merge(news, on=["security", "month"])
        .drop(columns=["security", "month"])
        for side in ("i", "j")
        for months in (-1, 0, 1)
    ]
    return pd.concat(parts, ignore_index=True).rename(
        columns={Alliances.alliance: "security"}
    )


def month_of(days: pd.Series) -> pd.Series:
    """Return the number of a day's month since the year 0."""
    months: pd.Series = 12 * days.dt.year + days.dt.month
    return months


def at_headline(
    study: Partners | EventStudy, section: Mapping[str, Any]
) -> pd.DataFrame:
    """Return the abnormal returns of a study's headline on their events."""
    model, window = headline_of(section)
    chosen = study.cars.model.eq(model) & study.cars.window.eq(window_name(window))
    return study.cars[chosen].set_index("event")
