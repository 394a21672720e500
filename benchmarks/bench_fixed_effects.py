"""Time one fit from a data frame, as a study's models are fitted, beside its peers.

    python benchmarks/bench_fixed_effects.py [--rows 170000 1700000 10000000]
        [--slow 2000000]

Seven terms, firm and year effects, errors clustered by firm; seconds on the clock,
peers with the threads that they take. ``family`` is the function that a study's job of
models calls, tables and checks included; ``engine`` its cross-products alone. The floor
is one pass of compiled code over the columns on two threads: sums by firm and year, and
cross-products by firm. Peers beyond --slow rows are left out, and R's fixest where R is
not installed. Prints medians of one run, their ratios to ``family``, and which aims
were missed.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from bench_engine import (
    TERMS,
    YEARS,
    absorbing_ls,
    engine,
    feols,
    installed,
    panel,
    panel_ols,
    r_fit,
)

from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model

MODEL = Model(
    name="m",
    outcome="y",
    terms=TERMS[:3],
    controls=TERMS[3:],
    effects=("firm", "fiscal_year"),
    clusters=("firm",),
)
AIMS = {"floor": 2.0, "fixest": 1 / 5, "panel_ols": 1 / 50}
"""Most seconds of ours to one of theirs, from AIMED rows on."""

AIMED = 1_700_000


def family(table: pd.DataFrame) -> Callable[[], object]:
    """Return a study's own fit; linearmodels' second opinion has its limit of size."""
    named = table.rename(columns={"year": "fiscal_year"})
    return lambda: estimate_family(named, [MODEL])


def floor(table: pd.DataFrame) -> Callable[[], object]:
    """Return one pass over the columns of a data frame on two threads."""
    import numba

    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))

    @numba.njit(parallel=True)  # type: ignore[untyped-decorator]
    def one_pass(x, firm, year, bounds, firms, years):  # type: ignore[no-untyped-def]
        p = x.shape[1]
        by_firm, by_year = np.zeros((firms, p)), np.zeros((2, years, p))
        cells = np.zeros((firms, p, p))
        for part in numba.prange(2):
            for i in range(bounds[part], bounds[part + 1]):
                f, t = firm[i], year[i]
                for j in range(p):
                    by_firm[f, j] += x[i, j]
                    by_year[part, t, j] += x[i, j]
                for j in range(p):
                    for k in range(j, p):
                        cells[f, j, k] += x[i, j] * x[i, k]
        return by_firm, by_year, cells

    firm, year = table.firm.to_numpy(), table.year.to_numpy()
    x = table[["y", *TERMS]].to_numpy()
    half = int(np.searchsorted(firm, firm[len(firm) // 2]))
    bounds = np.array([0, half, len(firm)])
    return lambda: one_pass(x, firm, year, bounds, int(firm[-1]) + 1, YEARS)


def median_seconds(run: Callable[[], object], repeat: int) -> float:
    """Return the median seconds of repeated runs after one that warms up."""
    run()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def measured(rows: int, slow: int) -> dict[str, float | None]:
    """Return the seconds of each at one number of rows, None where it was not run."""
    table = panel(rows)
    repeat = 5 if rows < AIMED else 3
    ours = {"family": family, "engine": engine, "floor": floor}
    peers = {"feols": feols, "absorbing_ls": absorbing_ls, "panel_ols": panel_ols}
    found: dict[str, float | None] = {
        name: median_seconds(make(table), repeat) for name, make in ours.items()
    }
    for name, make in peers.items():
        there = installed("pyfixest" if name == "feols" else "linearmodels")
        run = there and rows <= slow
        found[name] = median_seconds(make(table), 1 + (rows < AIMED)) if run else None
    with_r = shutil.which("Rscript") and rows <= slow
    found["fixest"] = r_fit(table, "fixest", repeat) if with_r else None
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[170_000, 1_700_000])
    parser.add_argument("--slow", type=int, default=2_000_000)
    asked = parser.parse_args()
    print(f"{'rows':>10} {'what':<14} {'median s':>9} {'to ours':>8}")
    for rows in asked.rows:
        found = measured(rows, asked.slow)
        own = found["family"] or np.nan
        for name, seconds in found.items():
            if seconds is None:
                print(f"{rows:>10,} {name:<14} not run (absent, or too many rows)")
                continue
            missed = rows >= AIMED and own / seconds > AIMS.get(name, np.inf)
            lost = "aim missed" if missed else "slower" if own > seconds else ""
            lost = "" if name in ("family", "engine") else lost
            print(
                f"{rows:>10,} {name:<14} {seconds:>9.3f} {seconds / own:>8.2f} {lost}"
            )


if __name__ == "__main__":
    main()
