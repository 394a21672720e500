"""Time a grid of specifications beside loops of what a user would run instead.

The grid and panel are those of a study that has run (by default the simulated one:
`make reproduce`). Ours are all estimates with errors clustered by firm and all joint
draws; peers estimate a sample of the same specifications one by one, without draws.
Times are processor seconds, so that other work on the machine does not count: set
NUMBA_NUM_THREADS=1 RAYON_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 for one thread each.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.models.design import Design, design
from alliance_value.multiverse.judge import judge
from alliance_value.multiverse.rows import Specification
from alliance_value.multiverse.solve import Settings
from alliance_value.study.multiverse import combinations, named, specified

Fitted = tuple[float, float]


def seconds(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return processor seconds of a run and what it returns."""
    start = time.process_time()
    result = run()
    return time.process_time() - start, result


def by_linearmodels(rows: Design, one: Specification) -> Fitted:
    """Estimate by linearmodels, any effects, clustered by firm."""
    from linearmodels.iv.absorbing import AbsorbingLS

    absorb = rows.effects.astype("category")
    model = AbsorbingLS(rows.outcome, rows.terms, absorb=absorb)
    fit = model.fit(cov_type="clustered", clusters=rows.clusters)
    return float(fit.params[one.term]), float(fit.std_errors[one.term])


def by_pyfixest(rows: Design, one: Specification) -> Fitted:
    """Estimate by pyfixest, clustered by firm, the same small-sample correction."""
    import pyfixest

    names = {name: f"x{i}" for i, name in enumerate(rows.names)}
    effects = [f"e{i}" for i in range(rows.effects.shape[1])]
    data = rows.terms.rename(columns=names).assign(
        y=rows.outcome, cluster=rows.clusters.iloc[:, 0]
    )
    data[effects] = rows.effects
    fit = pyfixest.feols(
        f"y ~ {' + '.join(names.values())} | {' + '.join(effects)}",
        data,
        vcov={"CRV1": "cluster"},
        ssc=pyfixest.ssc(k_fixef="none"),
    )
    return float(fit.coef()[names[one.term]]), float(fit.se()[names[one.term]])


PEERS = {"linearmodels": by_linearmodels, "pyfixest": by_pyfixest}


def main() -> None:
    """Print seconds, memory and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--study", default="results/simulated/study.resolved.yaml")
    parser.add_argument("--panel", default="data/processed/simulated/panel.parquet")
    parser.add_argument("--specifications", type=int, default=10_000)
    parser.add_argument("--draws", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=30)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    for path in (asked.study, asked.panel):
        if not Path(path).is_file():
            parser.error(f"there is no {path}: run the study first (make reproduce)")
    study = yaml.safe_load(Path(asked.study).read_text(encoding="utf-8"))
    panel = pd.read_parquet(asked.panel)
    grid = study["multiverse"][0] | {"specifications": asked.specifications}
    grid["choices"] = {
        choice: levels
        for choice, levels in grid["choices"].items()
        if not any("clusters" in changes for changes in levels.values())
    }
    usual = grid["preregistered"]
    grid["preregistered"] = {c: usual[c] for c in grid["choices"]}
    model = next(m for m in study["models"] if m["name"] == grid["model"])
    settings = Settings(draws=asked.draws, seed=study["seed"], workers=asked.workers)
    start = time.monotonic()
    spent, tables = seconds(lambda: judge(panel, grid, model, settings, print))
    elapsed = time.monotonic() - start
    table = tables.multiverse
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"all {len(table):,} specifications with {asked.draws:,} joint draws: "
        f"{spent:.0f} s of processor, {elapsed:.0f} s in {asked.workers} threads, "
        f"{megabytes:,.0f} MB"
    )
    places = combinations(grid, settings.seed, asked.specifications)
    chosen = np.random.default_rng(0).choice(len(places), asked.sample, replace=False)
    each = spent / len(table)
    times: dict[str, list[float]] = {name: [] for name in PEERS}
    apart = dict.fromkeys(PEERS, 0.0)
    for i in np.sort(chosen):
        place = tuple(map(int, places[i]))
        one = Specification(place, specified(grid, model, named(grid, place)))
        rows = design(panel, one.model, FunnelBranch("one"), [])
        assert rows is not None
        ours = table.iloc[i]
        for name, peer in PEERS.items():
            peer(rows, one)  # warms up
            took, fitted = seconds(
                lambda peer=peer, rows=rows, one=one: peer(rows, one)
            )
            times[name].append(took)
            gap = np.abs(np.array(fitted) / [ours.estimate, ours.se] - 1).max()
            apart[name] = max(apart[name], float(gap))
    print(f"ours, estimate and {asked.draws:,} draws: {1000 * each:.1f} ms each")
    for name, took in times.items():
        median = statistics.median(took)
        print(
            f"{name}, estimate alone: {1000 * median:.1f} ms, {median / each:.1f} "
            f"times ours; largest relative difference {apart[name]:.1e}"
        )


if __name__ == "__main__":
    main()
