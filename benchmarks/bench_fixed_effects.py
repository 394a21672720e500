"""Time one two-way fixed-effects model beside linearmodels and pyfixest."""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import pyfixest
from linearmodels.panel import PanelOLS

from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model

MODEL = Model(
    name="m",
    outcome="y",
    terms=("x*z",),
    controls=("a", "b"),
    effects=("firm", "fiscal_year"),
    clusters=("firm",),
)


def panel(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    firm, year = np.divmod(np.arange(rows), 17)
    table = pd.DataFrame(rng.normal(size=(rows, 4)), columns=["x", "z", "a", "b"])
    table["y"] = table.x + rng.normal(size=firm.max() + 1)[firm] + rng.normal(size=rows)
    return table.assign(firm=firm, fiscal_year=year + 1998, xz=table.x * table.z)


def ours(table: pd.DataFrame) -> None:
    estimate_family(table, [MODEL])


def linearmodels(table: pd.DataFrame) -> None:
    data = table.set_index(["firm", "fiscal_year"])
    PanelOLS(
        data.y,
        data[["x", "z", "xz", "a", "b"]],
        entity_effects=True,
        time_effects=True,
    ).fit(cov_type="clustered", cluster_entity=True)


def feols(table: pd.DataFrame) -> None:
    pyfixest.feols(
        "y ~ x + z + xz + a + b | firm + fiscal_year", table, vcov={"CRV1": "firm"}
    )


def median_seconds(run: Callable[[pd.DataFrame], None], table: pd.DataFrame) -> float:
    run(table)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        run(table)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[17_000, 170_000])
    print(f"{'rows':>10} {'what':<16} {'median s':>9} {'ratio to ours':>14}")
    for rows in parser.parse_args().rows:
        table = panel(rows)
        base = median_seconds(ours, table)
        print(f"{rows:>10,} {'alliance-value':<16} {base:>9.3f} {1:>14.2f}")
        for peer in (linearmodels, feols):
            seconds = median_seconds(peer, table)
            ratio = seconds / base
            print(f"{rows:>10,} {peer.__name__:<16} {seconds:>9.3f} {ratio:>14.2f}")


if __name__ == "__main__":
    main()
