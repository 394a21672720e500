"""Codes of a table that a study adds -> how many are the study's own, or a stop."""

from __future__ import annotations

import pandas as pd

from alliance_value.contracts.problems import Problem, raise_if


def known_codes(codes: pd.Series, known: pd.Series, source: str, what: str) -> str:
    """Say how many codes of a table are among the study's.

    Parameters
    ----------
    codes
        Codes of the table, missing nowhere; repeats count once.
    known
        The study's own codes.
    source
        The table's source, and its column of codes where the study names it.
    what
        What has the codes, such as firms.

    Raises
    ------
    UserError
        No code is known: the table would add nothing, in silence.
    """
    own = pd.Series(codes.unique(), dtype="string")
    there = int(own.isin(known).sum())
    problem = Problem(
        rule=f"none of its {len(own):,} {what} is one of the study's",
        remedy=f"write them as the study does, such as {next(iter(known), 'none')}, or "
        "check that it is the right file",
        where=f"sources.{source}",
        value=str(next(iter(own), "")),
    )
    raise_if([problem] if len(own) and not there else [], f"sources.{source}")
    return f"{there:,} of {len(own):,} {what} of {source} are the study's"
