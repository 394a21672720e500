"""One tiny world, shared by the tests of the simulator."""

from __future__ import annotations

from pathlib import Path

import pytest

from alliance_value.simulate.market import Market, build_market
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.world import World, build_world
from alliance_value.simulate.write import write_world


@pytest.fixture(scope="session")
def world() -> World:
    """Return the tiny world with planted effects."""
    return build_world(WorldSettings.from_mapping({"size": "tiny"}))


@pytest.fixture(scope="session")
def market(world: World) -> Market:
    """Return its daily market."""
    return build_market(world)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the tiny world at each level of dirt."""
    out = {}
    for dirt in ("none", "realistic", "hostile"):
        out[dirt] = tmp_path_factory.mktemp(dirt)
        settings = WorldSettings.from_mapping({"size": "tiny", "dirt": dirt})
        write_world(settings, out[dirt], lambda line: None)
    return out
