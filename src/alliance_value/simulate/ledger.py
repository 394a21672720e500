"""Settings -> a simulated ledger of customers, and what was planted in it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alliance_value.simulate.streams import stream
from alliance_value.simulate.vendors.text import number, write_table

# A customer's margins over revenue are drawn apart from its size. Serving takes three
# activities, whose rates are those of config/customers.yaml.
FIRST_YEAR = 2010
LOG_REVENUE = (11.0, 0.8)
GROWTH = 0.25
MARGIN = (0.36, 0.12)
SERVICE = (0.30, 0.07)
ONLINE_MARGIN = 0.06
ONLINE_SHARE = 0.4
A_MINUTE = 560_000 / 700_000
# what a unit costs, and the activity's part of the cost to serve
ACTIVITIES = {
    "orders": (40 * A_MINUTE, 0.5),
    "complaints": (220 * A_MINUTE, 0.2),
    "visits": (150.0, 0.3),
}


@dataclass(frozen=True)
class LedgerSettings:
    """What distinguishes one simulated ledger from another.

    Parameters
    ----------
    seed
        Same seed, same bytes.
    customers, periods
        How many.
    """

    seed: int = 1998
    customers: int = 800
    periods: int = 6


def draw_ledger(settings: LedgerSettings) -> pd.DataFrame:
    """Draw the ledger: customer, year, channel, revenue, direct_cost, quantities."""
    rng = stream(settings.seed, "ledger")
    n, periods = settings.customers, settings.periods
    online = rng.random(n) < ONLINE_SHARE
    size = rng.normal(*LOG_REVENUE, n)
    margin = rng.normal(*MARGIN, n) + ONLINE_MARGIN * online
    service = np.maximum(rng.normal(*SERVICE, n), 0.01)
    shock = rng.normal(-(GROWTH**2) / 2, GROWTH, (n, periods))
    revenue = np.exp(size[:, None] + shock)
    table = {
        "customer": np.repeat([f"C{i:05d}" for i in range(1, n + 1)], periods),
        "year": np.tile(np.arange(periods) + FIRST_YEAR, n).astype(str),
        "channel": np.repeat(np.where(online, "online", "trade"), periods),
        "revenue": number(revenue.ravel(), 2),
        "direct_cost": number(((1 - margin)[:, None] * revenue).ravel(), 2),
    }
    for name, (rate, part) in ACTIVITIES.items():
        units = part * service[:, None] * revenue / rate
        # a whole number of units whose mean is what was planted
        whole = np.floor(units + rng.random((n, periods)))
        table[name] = number(whole.ravel(), 0)
    return pd.DataFrame(table)


def ledger_truth() -> dict[str, Any]:
    """Return what was planted: margins, and the curve that follows from them.

    Margins are normal and apart from size, so that the peak over the total is
    E max(m, 0) / E m, m a mixture of the two channels' normal margins.
    """
    spread = float(np.hypot(MARGIN[1], SERVICE[1]))
    base = MARGIN[0] - SERVICE[0]
    share = np.array([ONLINE_SHARE, 1 - ONLINE_SHARE])
    mean = np.array([base + ONLINE_MARGIN, base])
    profitable = stats.norm.cdf(mean / spread)
    gain = mean * profitable + spread * stats.norm.pdf(mean / spread)
    return {
        "effects": {"activities": ACTIVITIES, "margin": MARGIN, "service": SERVICE},
        "implied": {
            "ledger": {
                "peak": float(share @ gain / (share @ mean)),
                "profitable": float(share @ profitable),
                "online_margin": ONLINE_MARGIN,
                "trade_margin": base,
            }
        },
    }


def write_ledger(settings: LedgerSettings, folder: Path) -> None:
    """Write the ledger and its truth."""
    write_table(draw_ledger(settings), folder / "ledger.csv")
    text = json.dumps(ledger_truth(), indent=2, sort_keys=True) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8")
