"""Sources are closed unless they are declared open or their files are simulated."""

from __future__ import annotations

import pytest

from alliance_value.sharing.rights import closed_sources

WORLD = {"daily_format": "parquet"}


@pytest.mark.parametrize(
    ("sources", "rights", "closed"),
    [
        ({"firm_years": {"file": "a.csv"}}, {}, ["firm_years"]),
        ({"firm_years": {"file": ["a.csv", "b.csv"]}}, {}, ["firm_years"]),
        ({"firm_years": {"file": "a.csv"}}, {"firm_years": {"open": True}}, []),
        (
            {
                "simulate": WORLD,
                "firm_years": {"file": "data/raw/s/compustat_funda.csv"},
                "firms": {"file": "data/raw/s/mine.csv"},
            },
            {},
            ["firms"],
        ),
        (
            {
                "overlay": {},
                "firm_years": {"file": "a.csv"},
                "structures": {"file": "data/raw/s/structures.csv"},
                "confounds": {"file": "data/raw/s/confounds.csv"},
            },
            {},
            ["firm_years", "confounds"],
        ),
    ],
)
def test_sources_are_closed_unless_declared_open_or_simulated(sources, rights, closed):
    study = {"study": "s", "sources": sources, "rights": rights}
    assert closed_sources(study) == closed
