"""Whale curves -> cumulative gains over deals."""

from __future__ import annotations

from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.curves import cumulative_picture
from alliance_value.exhibits.drawing import Drawn
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.entries import figure


@figure(
    "whale_curve",
    label="cumulative gains over deals",
    inputs=("whale_curve", "whale_summary"),
    section="events",
    takes=("groups",),
    asks=("event_study", "sources.alliances"),
    without=("sources.events",),
)
def whale_curve(figure: Figure, tables: Results, context: Context) -> Drawn:
    """Draw cumulative gains over deals, from the largest gain to the largest loss."""
    data = tables["whale_curve"]
    groups = list(figure.groups) or ["all"]
    data = data[data.group.isin(groups)]
    peaks = tables["whale_summary"].set_index("group")
    on_deals = data.set_index("share_of_deals")
    curves = {g: on_deals.cumulative_share[on_deals.group == g] for g in groups}
    said = [
        f"{group}: {peaks.peak[group]:.0%} of the total after "
        f"{peaks.peak_at[group]:.0%} of the deals"
        for group, curve in curves.items()
        if len(curve)
    ]
    return Drawn(
        cumulative_picture(
            curves,
            "Deals, from the largest gain to the largest loss",
            "Cumulative share\nof joint gains",
        ),
        data,
        f"{figure.title or 'Whale curve of alliance value'}. The curve peaks, "
        f"{'; '.join(said)}; the remaining deals lose what lies above 100%.",
    )
