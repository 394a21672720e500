"""Curves of customers' profits -> cumulative profit over customers."""

from __future__ import annotations

from alliance_value.exhibits.cells import share
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.curves import cumulative_picture
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "ledger_curve",
    label="cumulative profit over customers",
    inputs=("ledger_curve", "ledger_summary"),
    takes=("groups",),
    section="customers",
    asks=("ledger",),
)
def ledger_curve(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw cumulative profit, from the largest profit to the largest loss."""
    groups = list(figure.groups) or ["all"]
    data = tables["ledger_curve"]
    data = data[data.group.isin(groups)]
    on_customers = data.set_index("share_of_customers")
    curves = {g: on_customers.cumulative_share[on_customers.group == g] for g in groups}
    known = tables["ledger_summary"].set_index(["group", "quantity"]).estimate
    said = [
        f"{group}: {share(known[group, 'profitable'], 0)} of "
        f"{context.words.entities} make {share(known[group, 'peak'], 0)} of the profit"
        for group, curve in curves.items()
        if len(curve)
    ]
    return Drawn(
        cumulative_picture(
            curves,
            context.words.say(
                "{Entities}, from the largest profit to the largest loss"
            ),
            "Cumulative share\nof profit",
        ),
        data,
        f"{figure.title or 'Cumulative profit'}. {'; '.join(said)}; the others lose "
        "what lies above 100%.",
    )
