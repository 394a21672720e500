"""Alliances before a date -> a firm's and a pair's alliance experience."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.alliances.active import TYPES
from alliance_value.alliances.contracts.alliances import Alliances
from alliance_value.alliances.parties import parties
from alliance_value.contracts.firm_years import FIRM
from alliance_value.panel.dates import days, years_before, years_between
from alliance_value.panel.keys import FIRM_YEAR, keyed, numbers

HALF_LIFE = 5.0  # years
TIES_WINDOW = 5  # years
KINDS = [*TYPES, Alliances.joint_venture]


def firm_experience(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    requests: pd.DataFrame,
) -> pd.DataFrame:
    """Count a firm's alliances announced strictly before a date.

    Parameters
    ----------
    alliances
        alliance, announced, type flags.
    participants
        Participants of the alliances.
    requests
        firm, date; may repeat.

    Returns
    -------
    pandas.DataFrame
        On the index of ``requests``: prior_alliances (count); experience,
        ln(1 + count); experience_<type> for each type and joint ventures,
        ln(1 + count of the type); experience_decayed, ln(1 + sum of
        2^(-years since / `HALF_LIFE`)).

    References
    ----------
    Anand and Khanna (2000), Strategic Management Journal 21. Kale and Singh (2009),
    Academy of Management Perspectives 23.
    """
    memberships = parties(participants)
    memberships = memberships.loc[
        memberships[FIRM].notna(), [Alliances.alliance, FIRM]
    ].drop_duplicates()
    asked = pd.DataFrame(
        {
            FIRM: requests[FIRM].astype("string").to_numpy(),
            "date": days(requests["date"]),
            "request": np.arange(len(requests)),
        }
    ).astype({FIRM: "string"})
    prior = before(
        memberships.merge(dated(alliances), on=Alliances.alliance), asked, FIRM
    )
    prior = prior.assign(
        prior_alliances=1.0,
        decayed=2.0
        ** (
            -years_between(days(prior[Alliances.announced]), days(prior["date"]))
            / HALF_LIFE
        ),
    )
    columns = ["prior_alliances", *KINDS, "decayed"]
    sums = prior.groupby("request")[columns].sum()
    sums = sums.reindex(range(len(requests)), fill_value=0.0).set_axis(requests.index)
    logs = {f"experience_{kind}": np.log1p(sums[kind]) for kind in [*KINDS, "decayed"]}
    return pd.DataFrame(
        {
            "prior_alliances": sums["prior_alliances"].astype("int64"),
            "experience": np.log1p(sums["prior_alliances"]),
            **logs,
        }
    )


def firm_year_experience(
    alliances: pd.DataFrame,
    participants: pd.DataFrame,
    firm_years: pd.DataFrame,
) -> pd.DataFrame:
    """Return `firm_experience` at every fiscal year-end.

    Returns
    -------
    pandas.DataFrame
        One row per firm x fiscal year with the columns of `firm_experience`.
    """
    years = keyed(firm_years, FIRM_YEAR)[[*FIRM_YEAR, "datadate"]]
    requests = years.rename(columns={"datadate": "date"})
    experience = firm_experience(alliances, participants, requests)
    return pd.concat([years[FIRM_YEAR], experience], axis=1)


def pair_experience(
    alliances: pd.DataFrame, participants: pd.DataFrame
) -> pd.DataFrame:
    """Count, for every pair of parties of an alliance, their ties strictly before it.

    A tie is an alliance of the same two ultimate parents.

    Returns
    -------
    pandas.DataFrame
        One row per alliance, party and other party (each pair once, party first in the
        order of text): firm, other_firm (may be missing), announced; prior_ties, the
        count in the last `TIES_WINDOW` years (from the same day, exclusive);
        partner_experience, ln(1 + prior_ties); any_prior_tie (0/1),
        partner_experience_decayed, years_since_first_tie and years_since_last_tie,
        over all history.

    References
    ----------
    Gulati, Lavie and Singh (2009), Strategic Management Journal 30.
    """
    pairs = parent_pairs(parties(participants)).merge(
        dated(alliances)[[Alliances.alliance, Alliances.announced]],
        on=Alliances.alliance,
    )
    pairs = keyed(pairs, [Alliances.alliance, "party", "other"])
    asked = pairs.assign(
        date=days(pairs[Alliances.announced]).astype("datetime64[s]"),
        request=np.arange(len(pairs)),
    )[["tie", "date", "request"]]
    ties = pairs.drop_duplicates(["tie", Alliances.alliance])[
        ["tie", Alliances.alliance, Alliances.announced]
    ]
    prior = before(ties, asked, "tie")
    since = years_between(days(prior[Alliances.announced]), days(prior["date"]))
    prior = prior.assign(since=since, decayed=2.0 ** (-since / HALF_LIFE))
    order = range(len(pairs))
    start = years_before(days(prior["date"]), TIES_WINDOW)
    recent = prior[days(prior[Alliances.announced]) > start].groupby("request").size()
    history = prior.groupby("request")
    count = recent.reindex(order, fill_value=0)
    decayed = history["decayed"].sum().reindex(order, fill_value=0.0)
    pairs = pairs.assign(
        prior_ties=count.astype("int64"),
        partner_experience=np.log1p(count.astype("float64")),
        any_prior_tie=history.size().reindex(order, fill_value=0).gt(0).astype("int64"),
        partner_experience_decayed=np.log1p(decayed),
        years_since_first_tie=history["since"].max().reindex(order),
        years_since_last_tie=history["since"].min().reindex(order),
    )
    return pairs.drop(columns="tie")


def parent_pairs(sides: pd.DataFrame) -> pd.DataFrame:
    """Pair the parties of each alliance, each pair once, and name the tie.

    Returns
    -------
    pandas.DataFrame
        alliance, party, other, firm, other_firm, tie: the two parents in the order of
        text, the same for every alliance of them.
    """
    left = sides[[Alliances.alliance, "party", "parent", FIRM]]
    right = left.set_axis(
        [Alliances.alliance, "other", "other_parent", "other_firm"], axis=1
    )
    pairs = left.merge(right, on=Alliances.alliance)
    once = pairs["party"] < pairs["other"]
    apart = pairs["parent"] != pairs["other_parent"]
    pairs = pairs[(once & apart).to_numpy(bool)]
    ordered = (pairs["parent"] < pairs["other_parent"]).to_numpy(bool)
    low = pairs["parent"].where(ordered, pairs["other_parent"])
    high = pairs["other_parent"].where(ordered, pairs["parent"])
    pairs = pairs.assign(tie=low + "\x1f" + high)
    return pairs[[Alliances.alliance, "party", "other", FIRM, "other_firm", "tie"]]


def dated(alliances: pd.DataFrame) -> pd.DataFrame:
    """Return alliances with a known day of announcement, flags as float64."""
    table = keyed(alliances, [Alliances.alliance])[
        [Alliances.alliance, Alliances.announced, *KINDS]
    ]
    table = table.assign(
        announced=days(table[Alliances.announced]).astype("datetime64[s]"),
        **{kind: np.nan_to_num(numbers(table[kind])) for kind in KINDS},
    )
    return table[table[Alliances.announced].notna()].reset_index(drop=True)


def before(deals: pd.DataFrame, asked: pd.DataFrame, key: str) -> pd.DataFrame:
    """Join requests with the deals of their key announced strictly before the date."""
    joined = asked.merge(deals, on=key)
    joined = joined[days(joined[Alliances.announced]) < days(joined["date"])]
    return joined.sort_values(
        ["request", Alliances.announced, Alliances.alliance], kind="stable"
    )
