"""NIST's eleven linear data sets: certified digits, fewer where the data leave none.

Wampler 4 and 5 have residuals 1e4 and 1e8 times their estimates' effects, so that the
estimates keep fewer digits in any double precision.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "benchmarks" / "bench_nist.py"
SPEC = importlib.util.spec_from_file_location("bench_nist", SCRIPT)
assert SPEC is not None and SPEC.loader is not None
nist = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(nist)

LEAST = {"Filip": 6, "Wampler1": 9, "Wampler3": 8, "Wampler4": 7, "Wampler5": 5}


@pytest.mark.parametrize("way", [nist.least_squares, nist.two_stages])
@pytest.mark.parametrize("name", nist.SETS)
def test_certified_values(name, way):
    _, _, _, certified = nist.data(name)
    estimates, errors = way(name)
    found = nist.digits(estimates, certified.estimate)
    assert found is not None and found >= LEAST.get(name, 11)
    found = nist.digits(errors, certified.se)
    assert found is None or found >= (6 if name == "Filip" else 10)


def test_the_page_has_every_set():
    page = (SCRIPT.parents[1] / "docs" / "inference.md").read_text(encoding="utf-8")
    table = page.split(nist.MARKS[0])[1].split(nist.MARKS[1])[0]
    assert all(f"| {name} |" in table for name in nist.SETS)
