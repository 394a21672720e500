"""Products within entities beside ordinary ones -> what identifies an interaction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from alliance_value.contracts.results import DIFFERENCE, ORDINARY
from alliance_value.exhibits.cells import share
from alliance_value.report.content import Block, Points, Section, Text, listing
from alliance_value.report.inputs import Inputs
from alliance_value.vocabulary.entries import section

LEVEL = 0.05
WHY = (
    "Under {entity} effects the ordinary product of two variables also compares "
    "{entities}: those whose moderator never changes tell how slopes differ between "
    "them and others. Where a trait of {entities} that is not observed moves both the "
    "moderator and the slope, the ordinary product takes it for an interaction. The "
    "product of deviations from {entities}' means compares each {entity} with itself. "
    "It needs {entities} in which both variables change, with three or more {times}, "
    "and its standard errors are larger."
)
HEADS = (
    "Product",
    "Ordinary",
    "s.e.",
    "Within",
    "s.e.",
    "Equal (p)",
    "Changing",
    "Share, ordinary",
    "Share, within",
)


@section(
    "identification",
    label="What identifies the interactions",
    short="Identification",
    order=55,
)
def identification(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Set products within entities beside ordinary ones, and say what they rest on."""
    tests = list(compared(inputs))
    if not tests:
        return Section(blocks=tuple(shown))
    say = inputs.context.words.say
    cells: list[tuple[str, ...]] = [
        (
            inputs.context.title(f.model),
            inputs.context.label(f.term),
            *(f"{f.ordinary:.4g}", f"{f.ordinary_se:.2g}"),
            *(f"{f.within:.4g}", f"{f.within_se:.2g}"),
            f"{f.p:.3f}",
            f"{f.changing:,.0f}",
            *(share(f.changing_share), share(f.changing_share_within)),
        )
        for f in tests
    ]
    note = (
        "Changing: {entities} in which the moderator changes; shares: theirs in the "
        "variation that identifies the product. Equal: both products are the same "
        "under the null, by the joint covariance of both estimates."
    )
    return Section(
        blocks=(
            *shown,
            Text(say(WHY)),
            listing("identification", HEADS, "prrrrrrrr", cells),
            Text(say(note)),
            Points(tuple(say(verdict(f, inputs)) for f in tests)),
        )
    )


def compared(inputs: Inputs) -> Iterator[pd.Series]:
    """Yield each product that is estimated in both ways."""
    equations = inputs.results.get("equations", pd.DataFrame())
    if not len(equations):
        return
    tests = inputs.results["diagnostics"].set_index(["model", "test"])
    both = equations.set_index(["model", "equation", "term"])
    own = inputs.estimates.set_index(["model", "term"])
    entities = inputs.fits.set_index("model").entities
    for model, term in own.index:
        if (model, DIFFERENCE, term) not in both.index:
            continue
        shares = ("changing_share", "changing_share_within")
        counts = {f: tests.statistic[model, f"changing: {f}"] for f in term.split(":")}
        moderator = min(counts, key=lambda factor: counts[factor])
        yield pd.Series(
            {
                "model": model,
                "term": term,
                "within": own.estimate[model, term],
                "within_se": own.se[model, term],
                "ordinary": both.estimate[model, ORDINARY, term],
                "ordinary_se": both.se[model, ORDINARY, term],
                "p": both.p[model, DIFFERENCE, term],
                **{s: tests.statistic[model, f"{s}: {term}"] for s in shares},
                "moderator": moderator,
                "changing": counts[moderator],
                "entities": entities[model],
            }
        )


def verdict(test: pd.Series, inputs: Inputs) -> str:
    """Say what a product rests on, and which of the two to read."""
    label = inputs.context.label(test.term)
    rests = (
        f"{label}: in {test.changing:,.0f} of {test.entities:,} {{entities}} "
        f"{inputs.context.label(test.moderator)} changes; they have "
        f"{share(test.changing_share)} of the variation that identifies the ordinary "
        "product, and the rest compares {entities}"
    )
    if test.p < LEVEL:
        return (
            f"{rests}. The two products differ (p = {test.p:.3f}): the ordinary one "
            "is no effect of changes within {entities}, and the product within is to "
            "be read."
        )
    return (
        f"{rests}. The two products cannot be told apart (p = {test.p:.3f}): the "
        "ordinary one is the more precise if slopes do not differ between {entities} "
        "for reasons that move the moderator too, which the data can then neither show "
        "nor rule out."
    )
