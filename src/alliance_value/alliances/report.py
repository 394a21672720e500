"""A study of alliances -> its sections of the report and its lines of the summary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.exhibits.cells import share
from alliance_value.report.content import Block, Section
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
    instead_of="models",
    order=50,
)
def studies(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Show tables, then figures."""
    return Section(blocks=tuple(shown))


@headline(
    "announcements",
    asks=("event_study", "sources.alliances"),
    instead_of="events",
    order=20,
)
def announcements(inputs: Inputs) -> list[str]:
    """Say what announcements bring, and in how many deals both partners gain."""
    deals, partners = (headline_test(inputs, unit) for unit in ("dyads", "partners"))
    if deals is None:
        what = "Firms' abnormal return"
        return [event_line(partners, what, "announcements")] if partners else []
    line = event_line(deals, "Partners' combined abnormal return", "deals")
    both = divided(inputs).get(("all", "both gain"))
    if both:
        line = f"{line[:-1]}; both gain in {share(both['estimate'], 1)}."
    return [line]


@headline("division", asks=("event_study", "sources.alliances"), order=30)
def division(inputs: Inputs) -> list[str]:
    """Say who takes the value of deals between unlike structures."""
    ratio, customer, product = (
        divided(inputs).get(("asymmetric", quantity))
        for quantity in (
            "ratio of both",
            "customer-centric partner's CAR",
            "product-centric partner's CAR",
        )
    )
    if not (ratio and customer and product):
        return []
    return [
        "In deals of unlike structures the customer-centric partner's abnormal "
        f"return is {share(customer['estimate'])}, {ratio['estimate']:.3g} times "
        f"the product-centric partner's {share(product['estimate'])} (s.e. of the "
        f"ratio {ratio['se']:.2g}; {ratio['n']:,} deals)."
    ]


def divided(inputs: Inputs) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Return how value is divided, by group and quantity."""
    table = inputs.results.get("division_of_value", pd.DataFrame())
    return {(r["group"], r["quantity"]): r for r in rows(table)}
