"""The population -> deals to set aside: outsiders, consortia, pending ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate import names
from alliance_value.simulate.effects import parameters
from alliance_value.simulate.firms import YEARS, Firms
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import stream

FLAGS = (
    "marketing",
    "rd",
    "licensing",
    "manufacturing",
    "supply",
    "technology_transfer",
    "joint_venture",
    "cross_border",
)


def draw_surroundings(
    settings: WorldSettings,
    firms: Firms,
    eligible: np.ndarray,
    n_deals: int,
    known_until: str,
) -> pd.DataFrame:
    """Draw the deals around the two-partner ones.

    Returns
    -------
    DataFrame
        One row a participant: alliance, kind (outside, consortium, pending), firm
        (-1 from outside), outsider (its name), cusip6, announced, effective,
        terminated, status and flags.
    """
    world = parameters()["alliances"]
    rng = stream(settings.seed, "surroundings")
    counts = {
        "outside": round(world["outside"] * n_deals),
        "consortium": round(world["consortia"] * n_deals),
        "pending": round(world["pending"] * n_deals),
    }
    outsiders = names.company_names(
        stream(settings.seed, "outsiders"), counts["outside"]
    )
    exit_date = firms.table["exit_date"].to_numpy().astype("datetime64[D]")
    rows = []
    serial = 5_000_003
    nothing = np.datetime64("NaT", "D")
    for kind, count in counts.items():
        for number in range(count):
            year = int(rng.integers(world["first_year"], world["last_year"] + 1))
            pool = np.flatnonzero(eligible[:, year - YEARS[0]])
            inside = {"outside": 1, "pending": 2}.get(kind) or int(rng.integers(3, 6))
            members = rng.choice(pool, inside, replace=False).tolist()
            start = np.datetime64(f"{year}-01-01")
            day = start + np.timedelta64(int(rng.integers(0, 365)), "D")
            ends = exit_date[members[0]] if kind == "outside" else nothing
            ends = nothing if ends > np.datetime64(known_until) else ends
            common = {
                "alliance": serial,
                "kind": kind,
                "announced": day,
                "effective": nothing if kind == "pending" else day,
                "terminated": ends,
                "status": "Pending" if kind == "pending" else "Completed/Signed",
                **dict(
                    zip(FLAGS, (rng.random(len(FLAGS)) < 0.2).tolist(), strict=True)
                ),
            }
            if kind == "outside":
                members.append(-1)
                if not np.isnat(ends):
                    common["status"] = "Terminated"
            serial += 7
            rows += [
                {
                    **common,
                    "firm": m,
                    "outsider": None if m >= 0 else outsiders[number],
                    "cusip6": None if m >= 0 else f"{89_000 + number % 999:05d}Q",
                }
                for m in members
            ]
    return pd.DataFrame(rows)
