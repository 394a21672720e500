"""Both partners' returns by every model and window, as specifications take them."""

from __future__ import annotations

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

MADE = "coding of structures"


@canonical("partner_returns", stage="events")
class PartnerReturns(CanonicalTable, source="dyads"):
    """One row per deal and partner: what grids of specifications of events are of.

    Further columns are abnormal returns over a window: ``car_`` of the partner,
    ``combined_`` of the deal by market values, ``mean_`` of the deal by equal weights,
    each followed by the model of normal returns, the variant of the event study if
    any, and the window's first and last day (``market_m1_p1``). They are missing where
    either partner's event was left out. ``confounded_`` by variant tells of other news
    in its window; a variant of that window alone has no returns of its own.
    """

    firm: Text = described("{Entity}", "code")
    fiscal_year: Column[int] = described("{Time} of the announcement", "{time}")
    alliance: Text = described("Deal", "identifier")
    first: Column[float] = described(
        "Whether it is the deal's first row", "0/1", isin=(0.0, 1.0)
    )
    customer_centric: Column[float] = described(
        "Own structure", "0/1", source=MADE, missing="not coded"
    )
    asymmetric: Column[float] = described(
        "Partners differ in structure", "0/1", source=MADE, missing="not coded"
    )
    marketing: Column[float] = described("Marketing deal", "0/1")
    research: Column[float] = described("R&D deal", "0/1")
    temporal_overlap: Column[float] = described("Temporal overlap", "log count")
    partner_experience_decayed: Column[float] = described(
        "Partner-specific experience, decayed", "log count"
    )
    any_prior_tie: Column[float] = described("Any prior tie", "0/1")
    spatial_overlap: Column[float] = described(
        "Spatial overlap", "0 to 1", missing="an SIC code is missing"
    )
    same_sic: Column[float] = described(
        "Same four-digit SIC", "0/1", missing="an SIC code is missing"
    )
    same_state: Column[float] = described(
        "Same state", "0/1", missing="a state is missing"
    )
    same_nation: Column[float] = described(
        "Same nation", "0/1", missing="a nation is missing"
    )
    confounded: Column[float] = described(
        "Other news of a partner", "0/1", missing="not known"
    )

    class Config:
        strict = False
        ordered = False
        unique = ["alliance", "firm", "first"]
