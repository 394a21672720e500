"""What tests of every folder share: drawn examples and costly folders.

Examples drawn for laws are the same in every run, and no test is timed.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.write import write_world

settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

STATA = ["ccm_lnkhist", "compustat_segments"]
WORLDS = {
    "none": {"dirt": "none"},
    "realistic": {"dirt": "realistic"},
    "repairable": {"dirt": "repairable"},
    "hostile": {"dirt": "hostile"},
    "small": {"dirt": "none", "size": 0.05},
    "few": {"dirt": "hostile", "size": 0.05},
    "small, CIZ": {"dirt": "none", "size": 0.05, "crsp_format": "ciz"},
    "text": {"dirt": "hostile", "size": 0.05, "daily_format": "csv.gz"},
    "ciz": {"dirt": "hostile", "crsp_format": "ciz"},
    "others": {"dirt": "none", "crsp_format": "ciz", "daily_scale": 2, "stata": STATA},
}


def once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]
) -> Path:
    """Return a folder that one process fills while the others wait for it.

    Groups of pytest-xdist would do, but 3.8 does not keep them together under
    pytest 9.2.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = base / f"{name}.done"
        if not done.exists():
            shutil.rmtree(base / name, ignore_errors=True)
            make(base / name)
            done.touch()
    return base / name


class Worlds(dict[str, Path]):
    """Folders of simulated vendors' files by name, each written when first asked for.

    They are tiny worlds of one seed: with each level of dirt, and in other formats.
    """

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        super().__init__()
        self.factory = factory

    def __missing__(self, name: str) -> Path:
        world = WorldSettings.from_mapping({"size": "tiny", **WORLDS[name]})

        def make(folder: Path) -> None:
            folder.mkdir()
            write_world(world, folder, lambda line: None)

        self[name] = once(self.factory, f"world-{name}", make)
        return self[name]


@pytest.fixture(scope="session")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Worlds:
    """Return the simulated worlds, to be left as they are."""
    return Worlds(tmp_path_factory)
