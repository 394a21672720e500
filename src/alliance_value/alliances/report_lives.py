"""A study of alliances' lives -> its lines of the summary."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, floor
from typing import Any

from alliance_value.alliances.acquisition_study import (
    DIFFERENCE,
    MEAN,
    OTHER,
    PARTNER,
)
from alliance_value.alliances.contracts.governance import LADDER
from alliance_value.alliances.contracts.ownership import CAUSES
from alliance_value.alliances.dual_appropriation import CORRELATION
from alliance_value.exhibits.cells import fixed, share
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import headline

ALL = "all"
HORIZON = 10  # years
ENDED = dict(
    zip(CAUSES, ("dissolved", "acquired by a partner", "left by a party"), strict=True)
)
RATIOS = {"asymmetric": "partners of unlike structures", "equity": "with equity"}


@headline("governance", asks=("governance",), inputs=("governance",), order=11)
def governance(inputs: Inputs) -> list[str]:
    """Say how alliances are governed."""
    forms = inputs.results["governance"].form
    known = forms[forms.isin(LADDER)].value_counts(normalize=True)
    said = ", ".join(
        f"{form} {share(known[form], 1)}" for form in LADDER if form in known
    )
    count = int(forms.isin(LADDER).sum())
    return [f"Of {count:,} alliances of known form: {said}."] if said else []


@headline(
    "lives",
    asks=("survival",),
    inputs=("survival", "incidence", "hazard_models"),
    order=12,
)
def lives(inputs: Inputs) -> list[str]:
    """Say how long alliances live, how they end, and what hastens it."""
    return [*filter(None, (how_long(inputs), how_ended(inputs), what_moves(inputs)))]


def how_long(inputs: Inputs) -> str:
    """Say when half of the alliances have ended."""
    curves = inputs.results["survival"]
    when = {
        str(group): half.years.min()
        for group, half in curves[curves.survival <= 0.5].groupby("group")
    }
    every = curves[curves.grouping == ALL]
    if every.empty:
        return ""
    of = f"{int(every.spells.iloc[0]):,} alliances"
    if ALL not in when:
        return f"Less than half of {of} have ended in the period."
    apart = ", ".join(
        f"{words} {when[group]:.1f}"
        for group, words in (("equity", "those with equity"), ("contract", "others"))
        if group in when
    )
    line = f"Half of {of} have ended after {when[ALL]:.1f} years"
    return f"{line} ({apart})." if apart else f"{line}."


def how_ended(inputs: Inputs) -> str:
    """Say what share each kind of end has taken by a horizon."""
    curves = inputs.results["incidence"]
    curves = curves[curves.grouping == ALL]
    if curves.empty:
        return ""
    horizon = min(HORIZON, floor(curves.years.max()))
    last = curves[curves.years <= horizon].groupby("cause").incidence.last()
    said = [f"{share(last[c], 1)} are {ENDED[c]}" for c in CAUSES if c in last]
    return f"Within {horizon} years {', '.join(said)}." if said else ""


def what_moves(inputs: Inputs) -> str:
    """Say what makes alliances dissolve sooner, in ratios of hazards."""
    hazards = inputs.results["hazard_models"]
    hazards = hazards[hazards.model == "dissolution"]
    ratios = {r["term"]: r for r in rows(hazards)}
    said = [
        f"{words} {exp(ratios[term]['estimate']):.2f} times as often "
        f"({inputs.context.interval} {exp(ratios[term]['ci_low']):.2f} to "
        f"{exp(ratios[term]['ci_high']):.2f})"
        for term, words in RATIOS.items()
        if term in ratios
    ]
    return (
        f"Dissolved at the same age, against others: {'; '.join(said)}." if said else ""
    )


@headline("gains", asks=("dual_appropriation",), inputs=("non_zero_sum",), order=13)
def gains(inputs: Inputs) -> list[str]:
    """Say whether partners gain together."""
    table = inputs.results["non_zero_sum"]
    of_all = table[(table.group == ALL) & (table.quantity == CORRELATION)]
    return [
        "Partners' abnormal returns, less the means of deals of their class, correlate "
        f"by {fixed(row['estimate'], 3)} ({inputs.context.interval} "
        f"{fixed(row['ci_low'], 3)} to {fixed(row['ci_high'], 3)}; {row['n']:,} deals)"
        + (": value is created, not only moved." if row["ci_low"] > 0 else ".")
        for row in rows(of_all.dropna(subset=["estimate"]))
    ]


@headline(
    "acquirers", asks=("acquisition_study",), inputs=("acquisition_returns",), order=14
)
def acquirers(inputs: Inputs) -> list[str]:
    """Say what acquirers of former partners gain against other acquirers."""
    table = inputs.results["acquisition_returns"]
    table = table[table.quantity.isin([MEAN, DIFFERENCE]) & table.estimate.notna()]
    by = {r["group"]: r for r in rows(table)}
    if not {PARTNER, OTHER, ALL} <= by.keys():
        return []
    former, other, difference = by[PARTNER], by[OTHER], by[ALL]
    return [
        f"Acquirers' abnormal return is {mean(former)} where they acquire a former "
        f"partner, {mean(other)} elsewhere; the difference is "
        f"{share(difference['estimate'])} ({inputs.context.interval} "
        f"{share(difference['ci_low'])} to {share(difference['ci_high'])})."
    ]


def mean(row: Mapping[str, Any]) -> str:
    """Write a mean return with its number of acquisitions."""
    return f"{share(row['estimate'])} ({row['n']:,} acquisitions)"
