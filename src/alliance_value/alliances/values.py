"""A study of alliances -> words for the values of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from alliance_value.vocabulary.entries import values

STRUCTURES = {"0": "product-centric firms", "1": "customer-centric firms"}
UNITS = {
    "partners": "Partners",
    "dyads": "Deals, both partners combined",
    "deals": "Alliances",
}


@values("alliances", asks=("sources.alliances",))
def words(study: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return words for structures, under every variant, and for what is counted."""
    variants = study["portfolio"]["variants"]
    names = ["own_cc", *(f"own_cc_{variant}" for variant in variants)]
    return {"unit": UNITS, **dict.fromkeys(names, STRUCTURES)}
