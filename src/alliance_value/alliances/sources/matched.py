"""Download files + issuers -> deals, their parties matched to firms, those to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from alliance_value.alliances.sources.matching import issuers, match_participants
from alliance_value.alliances.sources.review import (
    apply_decisions,
    matches_to_review,
    read_decisions,
)
from alliance_value.alliances.sources.sdc import Deals, read_deals
from alliance_value.contracts.problems import Problem, gathered, raise_if
from alliance_value.sources.compustat import header
from alliance_value.sources.raw_table import readings_of
from alliance_value.sources.read_file import read_as_one, read_files
from alliance_value.sources.record import Reading
from alliance_value.study.spec import firm_key, layout_of

READ = ("alliances", "firm_years", "reviewed_matches")


@dataclass(frozen=True)
class MatchedDeals:
    """Deals whose parties are matched to firms.

    Parameters
    ----------
    deals
        What the download files hold.
    participants
        Canonical participants.
    to_review
        Canonical matches that a person should look at.
    decisions, readings
        What was decided on the way, and how each file was read.
    """

    deals: Deals
    participants: pd.DataFrame
    to_review: pd.DataFrame
    decisions: tuple[str, ...]
    readings: tuple[Reading, ...]


def matched_deals(
    files: Sequence[str | Path],
    firm_files: Sequence[str | Path],
    reviewed: Sequence[str | Path],
    names: pd.DataFrame,
    links: pd.DataFrame,
    sources: Mapping[str, Any],
) -> MatchedDeals:
    """Read deals and match their parties to firms.

    Parameters
    ----------
    files
        Download files of deals.
    firm_files
        Files with firms' latest CUSIPs and names.
    reviewed
        The file of decisions on earlier matches, if there is one.
    names, links
        Canonical names of securities and links.
    sources
        What the study says of ``alliances``, ``firm_years`` and ``reviewed_matches``.

    Raises
    ------
    UserError
        With the problems of all files at once.
    """
    layouts = {name: layout_of(said) for name, said in sources.items() if name in READ}
    key = firm_key(sources)
    problems: list[Problem] = []
    headers, raws, review = [], [], None
    with gathered(problems):
        deals = read_deals(files, layouts["alliances"])
    with gathered(problems):
        for raw in read_files(firm_files, layouts["firm_years"]):
            with gathered(problems):
                headers.append(header(raw, key))
    if reviewed:
        with gathered(problems):
            raws.append(read_as_one(reviewed, layouts["reviewed_matches"]))
            review = read_decisions(raws[-1], key)
    raise_if(problems, "the files of alliances")
    known = issuers(names, links, pd.concat(headers))
    participants = match_participants(deals.parties, deals.alliances, known)
    to_review = matches_to_review(participants, deals.alliances, known, review)
    settled: Sequence[str] = ()
    if review is not None:
        participants, settled = apply_decisions(participants, review)
    return MatchedDeals(
        deals,
        participants,
        to_review,
        (*deals.decisions, *ways(participants), *settled),
        (*deals.readings, *readings_of(raws)),
    )


def ways(participants: pd.DataFrame) -> Iterator[str]:
    """Yield how many parties were matched in which way."""
    methods = participants.match_method.fillna("not matched").value_counts()
    for method, count in methods.items():
        yield f"participants matched by {method}: {count:,}"
