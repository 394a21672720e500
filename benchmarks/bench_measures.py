"""Samples without an event -> how often tests of volume and variance reject.

    python benchmarks/bench_measures.py --samples 400

writes the table in docs/inference.md. Log turnover of 60 shares is correlated from day
to day (.5) and moves with the market; returns have Student's t errors (5 degrees of
freedom). Tests of variances are against larger ones alone. 40 events a sample, 140
estimation days.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.events.study import event_study

PAGE = Path("docs/inference.md")
PLACE = re.compile(
    r"(<!-- measures table -->\n).*?(<!-- end of measures table -->)", re.S
)
DAYS, SHARES, EVENTS, LEVEL = 260, 60, 40, 0.05
MEASURES, WINDOWS = ("turnover", "variance"), [(0, 0), (-1, 1)]
TESTS = {
    "cross_sectional": "Cross-sectional t",
    "patell": "Patell",
    "bmp": "Boehmer-Musumeci-Poulsen",
    "corrado": "Corrado rank",
    "generalized_rank": "Generalized rank",
    "generalized_sign": "Generalized sign",
}
OF_VARIANCE = [test for test in TESTS if test != "generalized_rank"]


def sample(
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return long returns with turnover, events on random days, and factors."""
    dates = pd.bdate_range("2012-01-02", periods=DAYS)
    names = [f"s{i:02d}" for i in range(SHARES)]
    own = rng.normal(0, 0.6, (DAYS, SHARES))
    for day in range(1, DAYS):
        own[day] = 0.5 * own[day - 1] + np.sqrt(0.75) * own[day]
    common = rng.normal(0, 0.3, DAYS)
    market = rng.normal(0, 0.01, DAYS)
    ret = market[:, None] + 0.02 * rng.standard_t(5, (DAYS, SHARES))
    returns = pd.DataFrame(
        {
            "date": np.repeat(dates, SHARES),
            "security": names * DAYS,
            "ret": ret.ravel(),
            "turnover": np.exp(-1 + common[:, None] + own).ravel(),
        }
    )
    events = {
        "event": names[:EVENTS],
        "security": names[:EVENTS],
        "announced": dates[rng.integers(155, DAYS - 5, EVENTS)],
    }
    factors = pd.DataFrame({"date": dates, "mkt_rf": market, "rf": 0.0})
    return returns, pd.DataFrame(events), factors


def rates(samples: int, seed: int) -> pd.DataFrame:
    """Return how often each test rejects at 5 %, by measure and window."""
    rng = np.random.default_rng(seed)
    parts = []
    for _ in range(samples):
        tables = sample(rng)
        for measure in MEASURES:
            tests = event_study(
                *tables,
                measure=measure,
                windows=WINDOWS,
                estimation=(-150, -11),
                tests=[*TESTS] if measure == "turnover" else OF_VARIANCE,
            ).event_tests
            p = tests.p_greater if measure == "variance" else tests.p
            parts.append(tests.assign(measure=measure, rejected=p < LEVEL))
    drawn = pd.concat(parts)
    return drawn.groupby(["test", "measure", "window"]).rejected.mean().unstack([1, 2])


def table(found: pd.DataFrame) -> str:
    """Return the rates in percent as a table of Markdown."""
    columns = [(m, f"[{a},{b}]") for m in MEASURES for a, b in WINDOWS]
    heads = " | ".join(f"{measure} {window}" for measure, window in columns)
    lines = [f"| test | {heads} |", "|---" * (1 + len(columns)) + "|"]
    for test, label in TESTS.items():
        cells = " | ".join(
            "" if np.isnan(r := found.loc[test, c]) else f"{100 * r:.1f}"
            for c in columns
        )
        lines.append(f"| {label} | {cells} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Draw, and write the table into the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    written = table(rates(asked.samples, asked.seed))
    page = PAGE.read_text(encoding="utf-8")
    page = PLACE.sub(lambda m: f"{m[1]}{written}{m[2]}", page)
    PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
