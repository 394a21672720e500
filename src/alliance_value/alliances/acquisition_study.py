"""Acquisitions + alliances -> returns of those who acquire a former partner."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.alliances.announcements import security_at
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.parties import partnerships
from alliance_value.contracts.events import Events
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem
from alliance_value.panel.dates import days, years_before, years_between
from alliance_value.vocabulary.entries import method

PARTNER, OTHER = "former partner", "other target"
MEAN, DIFFERENCE = "mean CAR", "difference of mean CARs"


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
    "former partners against other targets; errors are clustered by acquirer.",
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
        Level of the intervals (decimal), by t with the clusters of the smaller group
        less one: few acquire a former partner.

    Returns
    -------
    pandas.DataFrame
        group, quantity, estimate, se, ci_low, ci_high, p, n: mean CAR of each group
        and their difference; the years from the first alliance to the acquisition,
        quartiles without an error.

    References
    ----------
    Porrini (2004), Journal of Management 30, on prior alliances and acquisitions.
    """
    table = events.assign(car=events.event.map(car)).dropna(subset=["car"])
    partner = table.group.eq(PARTNER).to_numpy("float64")
    rows = []
    for group, inside in ((PARTNER, partner == 1), (OTHER, partner == 0)):
        part = table[inside]
        x = np.ones((len(part), 1))
        rows.append(
            {"group": group, "quantity": MEAN}
            | clustered(part.car.to_numpy(), x, part[FIRM].to_numpy(str), confidence)
        )
    fewest = int(table.groupby("group")[FIRM].nunique().min()) if len(table) else 0
    x = np.column_stack([partner, np.ones(len(table))])
    rows.append(
        {"group": "all", "quantity": DIFFERENCE}
        | clustered(
            table.car.to_numpy(), x, table[FIRM].to_numpy(str), confidence, fewest
        )
    )
    since = events.years_since_first.dropna()
    for name, at in (
        ("lower quartile", 0.25),
        ("median", 0.5),
        ("upper quartile", 0.75),
    ):
        rows.append(
            {
                "group": PARTNER,
                "quantity": f"years from first alliance to acquisition, {name}",
                "estimate": float(since.quantile(at)) if len(since) else np.nan,
                "n": len(since),
            }
        )
    names = ["group", "quantity", "estimate", "se", "ci_low", "ci_high", "p", "n"]
    return pd.DataFrame(rows, columns=names)


def clustered(
    y: np.ndarray,
    x: np.ndarray,
    clusters: np.ndarray,
    confidence: float,
    fewest: int | None = None,
) -> dict[str, float]:
    """Return the first coefficient of least squares, errors clustered once (CR1).

    Limits are those of t with ``fewest`` clusters less one, by default all clusters.
    """
    nothing = dict.fromkeys(("estimate", "se", "ci_low", "ci_high", "p"), np.nan)
    n, k = x.shape
    _, codes = np.unique(clusters, return_inverse=True)
    count = int(codes.max()) + 1 if n else 0
    fewest = count if fewest is None else fewest
    if fewest < 3 or n <= k or np.linalg.matrix_rank(x) < k:
        return {**nothing, "n": n}
    bread = np.linalg.inv(x.T @ x)
    beta = bread @ x.T @ y
    summed = np.zeros((count, k))
    np.add.at(summed, codes, x * (y - x @ beta)[:, None])
    factor = count / (count - 1) * (n - 1) / (n - k)
    se = float(np.sqrt(factor * (bread @ summed.T @ summed @ bread)[0, 0]))
    t = stats.t(fewest - 1)
    reach = float(t.ppf((1 + confidence) / 2)) * se
    return {
        "estimate": float(beta[0]),
        "se": se,
        "ci_low": float(beta[0] - reach),
        "ci_high": float(beta[0] + reach),
        "p": float(2 * t.sf(abs(beta[0] / se))),
        "n": n,
    }


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
