"""One tiny world, shared by the tests of the simulator."""

from __future__ import annotations

import pytest

from alliance_value.simulate.market import Market, build_market
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import World, build_world


@pytest.fixture(scope="session")
def world() -> World:
    """Return the tiny world with planted effects."""
    return build_world(WorldSettings.from_mapping({"size": "tiny"}))


@pytest.fixture(scope="session")
def market(world: World) -> Market:
    """Return its daily market."""
    return build_market(world)
