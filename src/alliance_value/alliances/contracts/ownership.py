"""The tables that say what alliances live through: shares, ends and acquisitions."""

from __future__ import annotations

import pandera.pandas as pa

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

HELD = ("venture", "partner")
CAUSES = ("dissolved", "acquired", "party left")


@canonical("ownership", stage="sources")
class Ownership(CanonicalTable, source="table of ownership shares, or SDC"):
    """One row per alliance, holder and what is held: a joint venture or the partner."""

    alliance: Text = described("Deal number", "code")
    holder: Text = described("Who holds the share", "text")
    held: Text = described("What is held", "category", isin=list(HELD))
    share: Column[float] = described("Share held", "percent", gt=0, le=100)

    class Config:
        unique = ["alliance", "holder", "held"]


@canonical("terminations", stage="sources")
class Terminations(CanonicalTable, source="table of terminations"):
    """One row per alliance that is known to have ended."""

    alliance: Text = described("Deal number", "code", unique=True)
    ended: Column[pa.DateTime] = described("Day on which it ended", "date")
    cause: Text = described(
        "How it ended",
        "category",
        "any reason that is neither acquired nor party left is a dissolution",
        isin=list(CAUSES),
    )


@canonical("acquisitions", stage="sources")
class Acquisitions(CanonicalTable, source="list of acquisitions"):
    """One row per acquisition of one firm by another."""

    acquisition: Text = described("Acquisition", "code", unique=True)
    acquirer: Text = described("Acquirer", "code of the firm-years")
    target: Text = described("Target", "code of the firm-years")
    announced: Column[pa.DateTime] = described("Date announced", "date")
    effective: Column[pa.DateTime] = described(
        "Date effective", "date", missing="blank in the list"
    )
