"""A simulated Fortune 1000 -> the vendors' files, dirt and planted truth included."""

from __future__ import annotations

from alliance_value.simulate.settings import WorldSettings

__all__ = ["WorldSettings"]
