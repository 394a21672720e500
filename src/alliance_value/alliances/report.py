"""A study of alliances -> its sections of the report and its lines of the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.alliances.appropriation import RATIO
from alliance_value.exhibits.cells import share
from alliance_value.exhibits.tables.claims import interval as claimed
from alliance_value.report.content import Block, Section, Text
from alliance_value.report.headlines import event_line, headline_test
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import headline, section


@section(
    "announcements",
    label="Study 1: announcements",
    words="Abnormal returns around announcements, the value that partners create "
    "together and how they divide it.",
    asks=("sources.alliances",),
    instead_of="events",
    order=40,
)
@section(
    "portfolios",
    label="Study 2: portfolios",
    words="Firms' performance along the composition of their alliance portfolios.",
    asks=("sources.alliances",),
    uses="portfolios",
    instead_of="models",
    order=50,
)
@section(
    "lives",
    label="What alliances live through",
    words="How alliances are governed, how long they live, how they end, and whether "
    "partners gain together.",
    asks=("sources.alliances",),
    order=55,
)
def studies(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show tables, then figures."""
    return Section(blocks=tuple(shown))


@section(
    "certificate",
    label="What the methods are worth",
    short="Certificate",
    words="The page certificate.html beside this report says what every estimator and "
    "test of this pipeline was worth in simulated worlds with known effects, from the "
    "vendors' files on: bias, coverage, size and power, where each fails and what to "
    "use instead, and which planted effects a design of this kind mostly misses.",
    asks=("sources.alliances", "sources.firm_years"),
    order=68,
)
def certificate(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Say where the certificate stands; nothing in a study without a panel check."""
    there = len(inputs.results.get("design_check", ()))
    text = "Warnings for this study's own tests stand in the section before."
    return Section(blocks=(Text(text),) if there else ())


@headline(
    "announcements",
    asks=("event_study", "sources.alliances"),
    instead_of="events",
    order=20,
)
def announcements(inputs: Inputs) -> list[str]:
    """Say what announcements bring, and in how many deals both partners gain."""
    deals, partners = (headline_test(inputs, unit) for unit in ("dyads", "partners"))
    words = inputs.context.words
    if deals is None:
        what = "Firms' abnormal return"
        return [event_line(partners, what, "announcements", words)] if partners else []
    line = event_line(deals, "Partners' combined abnormal return", "deals", words)
    both = divided(inputs).get(("all", "both gain"))
    if both:
        line = f"{line[:-1]}; both gain in {share(both['estimate'], 1)}."
    return [line]


@headline("division", asks=("event_study", "sources.alliances"), order=30)
def division(inputs: Inputs) -> list[str]:
    """Say who takes the value of deals between unlike structures."""
    customer, product, dollars = (
        divided(inputs).get(("asymmetric", f"{whose}-centric partner's {what}"))
        for whose, what in (
            ("customer", "CAR"),
            ("product", "CAR"),
            ("customer", "share"),
        )
    )
    ratio = divided(inputs).get(("asymmetric", RATIO))
    if not (customer and product and ratio):
        return []
    line = (
        "In deals of unlike structures the customer-centric partner's abnormal return "
        f"is {share(customer['estimate'])}, {ratio['estimate']:.3g} times the "
        f"product-centric partner's {share(product['estimate'])} ("
        f"{inputs.context.interval} {claimed(ratio)}, Fieller's; {ratio['n']:,} deals)"
    )
    if dollars:
        line += (
            ". Returns are relative to each partner's own value: of the dollars, where "
            "both gain, the customer-centric partner takes "
            f"{share(dollars['estimate'], 1)}"
        )
    return [f"{line}."]


def divided(inputs: Inputs) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return how value is divided, by group and quantity."""
    table = inputs.results.get("division_of_value", pd.DataFrame())
    return {(r["group"], r["quantity"]): r for r in rows(table)}
