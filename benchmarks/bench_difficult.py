"""Time effects that mix slowly: this package's solver beside pyfixest's.

    python benchmarks/bench_difficult.py [--rows 100000 1000000] [--slow 1000000]

Three effects as in the benchmarks of fixest and pyfixest: n/10 persons of ten rows, ten
years, n/230 firms. In the simple table firms are drawn by chance; in the difficult one
they go round in the order of the rows, so that alternating projections crawl. The chain
is 1,800 rows whose two effects of 901 levels hang together like beads: as slow as a
graph can be. In the table of movers, n/10 workers are seen for ten years in n/100 firms
and move to one of the six nearest in one year of twenty. Printed are seconds on the
clock (one run each), the steps that were taken, and the largest difference of the
outcome without effects.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from alliance_value.models.engine.absorb import demean

TIGHT = 1e-9
"""The tolerance of pyfixest; ours is 1e-12 of a column's spread."""


def three_effects(rows: int, difficult: bool) -> tuple[np.ndarray, np.ndarray]:
    """Return outcome and term, shape (rows, 2), and codes, shape (rows, 3)."""
    draws = np.random.default_rng(0)
    years, firms = 10, max(round(rows / 230), 2)
    person, year = np.divmod(np.arange(rows), years)
    firm = np.arange(rows) % firms if difficult else draws.integers(firms, size=rows)
    x = draws.normal(size=rows)
    effects = draws.normal(size=person[-1] + 1)[person] + draws.normal(size=firms)[firm]
    y = x + effects + draws.normal(size=years)[year] + draws.normal(size=rows)
    return np.column_stack([y, x]), np.column_stack([person, firm, year])


def chain(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two effects in which each level meets two of the other one."""
    draws = np.random.default_rng(0)
    place = np.arange(rows)
    effects = np.column_stack([place // 2, (place + 1) // 2])
    levels = draws.normal(size=(rows // 2 + 1, 2))
    y = levels[effects[:, 0], 0] + levels[effects[:, 1], 1] + draws.normal(size=rows)
    return np.column_stack([y, draws.normal(size=rows)]), effects


def movers(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return workers, firms and years, where workers move to near firms, and seldom."""
    draws = np.random.default_rng(0)
    workers, firms = rows // 10, rows // 100
    moves = draws.random((workers, 10)) < 0.05
    steps = np.where(moves, draws.integers(-3, 4, size=moves.shape), 0)
    firm = (draws.integers(firms, size=(workers, 1)) + steps.cumsum(axis=1)) % firms
    worker, year = np.divmod(np.arange(workers * 10), 10)
    effects = np.column_stack([worker, firm.ravel(), year])
    levels = draws.normal(size=(workers, 2))
    y = levels[worker, 0] + levels[effects[:, 1], 1] + draws.normal(size=len(worker))
    return np.column_stack([y, draws.normal(size=len(worker))]), effects


def ours(columns: np.ndarray, effects: np.ndarray) -> tuple[np.ndarray, str]:
    """Take effects out by this package."""
    out = demean(columns, effects)
    return out.columns, f"{out.method}, {out.steps} steps"


def pyfixest_lsmr(columns: np.ndarray, effects: np.ndarray) -> tuple[np.ndarray, str]:
    """Take effects out by pyfixest's LSMR."""
    from pyfixest.demeaners import LsmrDemeaner

    return pyfixests(columns, effects, LsmrDemeaner(fixef_atol=TIGHT, fixef_btol=TIGHT))


def pyfixest_map(columns: np.ndarray, effects: np.ndarray) -> tuple[np.ndarray, str]:
    """Take effects out by pyfixest's alternating projections."""
    from pyfixest.demeaners import MapDemeaner

    return pyfixests(columns, effects, MapDemeaner(fixef_tol=TIGHT))


def pyfixests(
    columns: np.ndarray, effects: np.ndarray, demeaner: object
) -> tuple[np.ndarray, str]:
    """Take effects out by one of pyfixest's ways."""
    from pyfixest.estimation.internals.demean_ import dispatch_demean

    out, converged, *_ = dispatch_demean(columns, effects, None, demeaner)
    return out, "converged" if converged else "not converged"


WAYS = {
    "alliance_value": ours,
    "pyfixest, LSMR": pyfixest_lsmr,
    "pyfixest, MAP": pyfixest_map,
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--slow", type=int, default=1_000_000)
    asked = parser.parse_args()
    tables = {"chain, 1,800 rows": chain(1800)}
    for rows in asked.rows:
        for name, difficult in (("simple", False), ("difficult", True)):
            tables[f"{name}, {rows:,} rows"] = three_effects(rows, difficult)
        tables[f"movers, {rows:,} rows"] = movers(rows)
    for rows, difficult in ((30_000, False), (800_000, True)):  # load compiled code
        demean(*three_effects(rows, difficult))
    for name, (columns, effects) in tables.items():
        first = None
        for library, run in WAYS.items():
            if run is pyfixest_map and len(columns) > asked.slow:
                continue
            begun = time.perf_counter()
            try:
                out, words = run(columns, effects)
            except Exception as error:
                print(f"{name:<26} {library:<15} {type(error).__name__}: {error}")
                continue
            seconds = time.perf_counter() - begun
            first = out if first is None else first
            gap = np.abs(out - first).max()
            print(
                f"{name:<26} {library:<15} {seconds:8.2f} s  {words}, apart {gap:.0e}",
                flush=True,
            )


if __name__ == "__main__":
    main()
