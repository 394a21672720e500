"""Acquisitions + alliances -> returns of those who acquire a former partner."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.announcements import security_at
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.parties import partnerships
from alliance_value.contracts.events import Events
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem
from alliance_value.models.bias_reduced import bias_reduced
from alliance_value.models.coefficients import tested
from alliance_value.panel.dates import days, years_before, years_between
from alliance_value.vocabulary.entries import method

PARTNER, OTHER = "former partner", "other target"
MEAN, DIFFERENCE = "mean CAR", "difference of mean CARs"
FEWEST = 3
QUARTILES = {"lower quartile": 0.25, "median": 0.5, "upper quartile": 0.75}


def acquirer_events(
    acquisitions: pd.DataFrame,
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    links: pd.DataFrame,
    security_names: pd.DataFrame,
    within_years: int | None = None,
) -> pd.DataFrame:
    """Return one event per acquisition by a listed firm, grouped by its target.

    Parameters
    ----------
    acquisitions, alliances, participants, links, security_names
        Canonical tables.
    within_years
        Years before the acquisition in which an alliance counts; all by default.

    Returns
    -------
    pandas.DataFrame
        event, security (text), firm (the acquirer), announced, group (a former partner
        is a firm with which the acquirer announced an alliance before), alliances
        (count of these), years_since_first (missing without one).
    """
    dates = alliances[[Alliances.alliance, Alliances.announced]].rename(
        columns={Alliances.announced: "allied"}
    )
    pairs = partnerships(participants).dropna(subset=["partner_firm"])
    pairs = pairs.merge(dates, on=Alliances.alliance)
    joined = acquisitions.merge(
        pairs, left_on=["acquirer", "target"], right_on=[FIRM, "partner_firm"]
    )
    prior = joined[joined.allied < joined.announced]
    if within_years is not None:
        start = years_before(days(prior.announced), within_years)
        prior = prior[days(prior.allied) > start]
    before = prior.groupby("acquisition")
    count, first = before[Alliances.alliance].nunique(), before.allied.min()
    security = security_at(
        acquisitions.acquirer, acquisitions.announced, links, security_names
    )
    asked = acquisitions.acquisition
    allied = pd.Series(days(first.reindex(asked)), acquisitions.index)
    table = pd.DataFrame(
        {
            "event": acquisitions.acquisition,
            "security": security.astype("string"),
            FIRM: acquisitions.acquirer,
            Events.announced: acquisitions.announced,
            "group": np.where(allied.notna(), PARTNER, OTHER),
            "alliances": count.reindex(asked, fill_value=0).to_numpy("int64"),
            "years_since_first": years_between(
                days(allied), days(acquisitions.announced)
            ),
        }
    )
    listed = table[table.security.notna()]
    return listed.sort_values("event", ignore_index=True)


@method(
    "acquisition_returns",
    under="Deals",
    asks=("acquisition_study",),
    order=70,
    words="Acquirers' abnormal returns at the announcement of an acquisition, of "
    "former partners against other targets; errors are clustered by acquirer, "
    "bias-reduced for few clusters (CR2), t with Satterthwaite's degrees of freedom "
    "(Bell and McCaffrey 2002).",
    equation='"CAR"_a = b_0 + b_1 "partner"_a + e_a',
)
def acquisition_returns(
    events: pd.DataFrame, car: pd.Series, confidence: float = 0.95
) -> pd.DataFrame:
    """Compare the returns of acquirers of former partners with those of others.

    Parameters
    ----------
    events
        From `acquirer_events`.
    car
        Cumulative abnormal return by event (decimal).
    confidence
        Level of the intervals (decimal).

    Returns
    -------
    pandas.DataFrame
        group, quantity, the columns of `tested`, n: mean CAR of each group and their
        difference, missing where a group has fewer than `FEWEST` acquirers; the years
        from the first alliance to the acquisition, quartiles without an error.

    References
    ----------
    Porrini (2004), Journal of Management 30, on prior alliances and acquisitions.
    """
    table = events.assign(car=events.event.map(car)).dropna(subset=["car"])
    acquirers = table.groupby("group")[FIRM].nunique()
    partner = table.group.eq(PARTNER).to_numpy("float64")
    x = np.column_stack([partner, 1 - partner])
    asked = (
        (PARTNER, MEAN, np.array([1.0, 0.0]), [PARTNER]),
        (OTHER, MEAN, np.array([0.0, 1.0]), [OTHER]),
        ("all", DIFFERENCE, np.array([1.0, -1.0]), [PARTNER, OTHER]),
    )
    rows = []
    for group, quantity, contrast, of in asked:
        used = x[:, contrast != 0].any(axis=1)
        row = {"group": group, "quantity": quantity, "n": int(used.sum())}
        if acquirers.reindex(of, fill_value=0).min() >= FEWEST:
            kept = np.ix_(used, contrast != 0)
            y, firm = table.car.to_numpy(), table[FIRM].to_numpy(str)
            fitted = bias_reduced(y[used], x[kept], firm[used], contrast[contrast != 0])
            row |= dict(zip(("estimate", "se", "df"), fitted, strict=True))
        rows.append(row)
    since = events.years_since_first.dropna()
    for name, at in QUARTILES.items():
        rows.append(
            {
                "group": PARTNER,
                "quantity": f"years from first alliance to acquisition, {name}",
                "n": len(since),
                "estimate": float(since.quantile(at)),
            }
        )
    results = pd.DataFrame(
        rows, columns=["group", "quantity", "n", "estimate", "se", "df"]
    )
    values = results[["estimate", "se", "df"]].to_numpy("float64")
    tests = tested(values[:, 0], values[:, 1], values[:, 2], confidence)
    return pd.concat([results[["group", "quantity", "n"]], tests], axis=1)


def no_events(acquisitions: pd.DataFrame, events: pd.DataFrame) -> list[Problem]:
    """Return a problem where no acquirer is a listed firm of the study."""
    if len(events):
        return []
    return [
        Problem(
            rule=f"none of {len(acquisitions):,} acquirers had common stock by the "
            "links on the day",
            remedy="write acquirers and targets by the code of the firm-years, leading "
            "zeros included",
            where="sources.acquisitions.acquirer",
            value=str(acquisitions.acquirer.iloc[0]),
        )
    ]
