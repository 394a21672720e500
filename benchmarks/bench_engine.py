"""Time the engine of cross-products beside what a user would run instead.

Times are processor seconds of one thread each, so that other work on the machine does
not count: set NUMBA_NUM_THREADS=1 RAYON_NUM_THREADS=1 for peers with threads. Peers are
optional: linearmodels and pyfixest come with the development install; wildboottest is
looked for in the interpreter given by --peers, plm and fixest in R.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import shutil
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from alliance_value.models.engine.bootstrap import wild_bootstrap
from alliance_value.models.engine.grams import cross_products
from alliance_value.models.engine.jackknife import jackknife
from alliance_value.models.engine.permute import randomize
from alliance_value.models.engine.regress import covariance, regress

TERMS = ("x", "z", "xz", "a", "b", "c", "d")
CONTROLS = tuple(f"w{i}" for i in range(12))
YEARS = 17


def panel(rows: int, more: int = 0, seed: int = 0) -> pd.DataFrame:
    """Return a simulated panel of 17 years, 7 terms, and more controls."""
    rng = np.random.default_rng(seed)
    firm, year = np.divmod(np.arange(rows), YEARS)
    names = ["y", *TERMS, *CONTROLS[:more]]
    table = pd.DataFrame(rng.normal(size=(rows, len(names))), columns=names)
    table["xz"] = table.x * table.z
    effects = rng.normal(size=firm.max() + 1)[firm] + rng.normal(size=YEARS)[year]
    table["y"] += 0.05 * table.x + effects
    return table.assign(firm=firm, year=year)


def measure(run: Callable[[], object], repeat: int) -> float:
    """Return the median of repeated runs after one that warms up."""
    if repeat > 1:
        run()
    times = []
    for _ in range(repeat):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return statistics.median(times)


def numpy_floor(table: pd.DataFrame) -> Callable[[], object]:
    """One pass in NumPy: firm and year sums, cross-products of the raw columns."""
    x = table[["y", *TERMS]].to_numpy()
    firm, year = table.firm.to_numpy(), table.year.to_numpy()

    def run() -> object:
        sums = [np.bincount(c, v) for c in (firm, year) for v in x.T]
        return x.T @ x, sums

    return run


def numba_floor(table: pd.DataFrame) -> Callable[[], object]:
    """One pass in Numba: firm and year sums, cross-products by firm."""
    import numba

    @numba.njit
    def one_pass(x, firm, year, firms, years):  # type: ignore[no-untyped-def]
        p = x.shape[1]
        by_firm, by_year = np.zeros((firms, p)), np.zeros((years, p))
        cells = np.zeros((firms, p, p))
        row = np.empty(p)
        for i in range(x.shape[0]):
            f, t = firm[i], year[i]
            for j in range(p):
                row[j] = x[i, j]
                by_firm[f, j] += row[j]
                by_year[t, j] += row[j]
            for j in range(p):
                for k in range(j, p):
                    cells[f, j, k] += row[j] * row[k]
        return by_firm, by_year, cells

    x = table[["y", *TERMS]].to_numpy()
    firm, year = table.firm.to_numpy(), table.year.to_numpy()
    return lambda: one_pass(x, firm, year, firm[-1] + 1, YEARS)


def engine(table: pd.DataFrame, carry: bool = False) -> Callable[[], object]:
    def run() -> object:
        made = cross_products(
            table[["y", *TERMS]].to_numpy(),
            ("y", *TERMS),
            np.column_stack([table.firm, table.year]),
            table.firm.to_numpy(),
            carry=carry,
        )
        return covariance(regress(made, "y", TERMS))

    return run


def panel_ols(table: pd.DataFrame) -> Callable[[], object]:
    from linearmodels.panel import PanelOLS

    data = table.set_index(["firm", "year"])
    return lambda: PanelOLS(
        data.y, data[list(TERMS)], entity_effects=True, time_effects=True
    ).fit(cov_type="clustered", cluster_entity=True)


def absorbing_ls(table: pd.DataFrame) -> Callable[[], object]:
    from linearmodels.iv import AbsorbingLS

    absorbed = table[["firm", "year"]].astype("category")
    return lambda: AbsorbingLS(table.y, table[list(TERMS)], absorb=absorbed).fit(
        cov_type="clustered", clusters=table.firm
    )


def feols(table: pd.DataFrame) -> Callable[[], object]:
    import pyfixest

    formula = f"y ~ {' + '.join(TERMS)} | firm + year"
    return lambda: pyfixest.feols(formula, table, vcov={"CRV1": "firm"})


R_FIT = {
    "plm": "suppressMessages(library(plm)); d <- pdata.frame(d, c('firm', 'year')); "
    "run <- function() vcovHC(plm({f}, d, model='within', effect='twoways'), "
    "type='sss')",
    "fixest": "library(fixest); setFixest_nthreads(1); "
    "run <- function() feols({f} | firm + year, d, cluster=~firm)",
}


def r_fit(table: pd.DataFrame, package: str, repeat: int) -> float | None:
    """Return R's seconds, or None where R or the package is not there."""
    if not shutil.which("Rscript"):
        return None
    with TemporaryDirectory() as folder:
        file = Path(folder) / "panel.csv"
        table.to_csv(file, index=False)
        formula = f"y ~ {' + '.join(TERMS)}"
        code = (
            f"if (!requireNamespace('{package}', quietly=TRUE)) quit(status=3)\n"
            f"d <- read.csv('{file}')\n{R_FIT[package].format(f=formula)}\n"
            f"t <- sapply(1:{repeat}, function(i) system.time(run())[['user.self']])\n"
            "cat('seconds', median(t), '\\n')"
        )
        done = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True)
    found = [x for x in done.stdout.splitlines() if x.startswith("seconds")]
    return float(found[0].split()[1]) if found else None


def installed(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def report(task: str, what: str, seconds: float | None, base: float | None) -> None:
    if seconds is None:
        print(f"{task:<26} {what:<24} not run (absent, or too many rows)")
        return
    ratio = f"{seconds / base:>9.1f}" if base else ""
    print(f"{task:<26} {what:<24} {seconds:>10.4f} {ratio}", flush=True)


def one_model(rows: int, slow: int) -> None:
    table = panel(rows)
    task = f"fit {rows:,}"
    repeat = 5 if rows < 10**6 else 3
    base = measure(engine(table), repeat)
    report(task, "engine", base, base)
    report(task, "engine, dummies carried", measure(engine(table, True), repeat), base)
    report(task, "one pass, NumPy", measure(numpy_floor(table), repeat), base)
    report(task, "one pass, Numba", measure(numba_floor(table), repeat), base)
    peers = {"linearmodels": [panel_ols, absorbing_ls], "pyfixest": [feols]}
    for module, runs in peers.items():
        for make in runs:
            there = installed(module) and rows <= slow
            few = 1 if rows > 500_000 else 3
            seconds = measure(make(table), few) if there else None
            report(task, make.__name__, seconds, base)
    for package in R_FIT:
        seconds = r_fit(table, package, 3) if rows <= min(slow, 200_000) else None
        report(task, f"R {package}", seconds, base)


WILD = """
import json, sys, time, warnings
import numpy as np, pandas as pd
warnings.filterwarnings("ignore")
try:
    from wildboottest.wildboottest import WildboottestCL
except ImportError:
    sys.exit(3)
table = pd.read_parquet(sys.argv[1]) if sys.argv[1].endswith("parquet") else \
    pd.read_csv(sys.argv[1])
names = json.loads(sys.argv[2])
X, y, g = table[names].to_numpy(), table.y.to_numpy(), table.firm.to_numpy()
R = np.zeros(len(names)); R[0] = 1
times = []
for _ in range(int(sys.argv[4]) + 1):
    start = time.process_time()
    w = WildboottestCL(X=X, Y=y, cluster=g, R=R, B=int(sys.argv[3]), seed=1)
    w.get_scores(bootstrap_type="11", impose_null=True)
    w.get_weights(weights_type="rademacher")
    w.get_numer(); w.get_denom(); w.get_tboot(); w.get_vcov(); w.get_tstat()
    w.get_pvalue(pval_type="two-tailed")
    times.append(time.process_time() - start)
print("seconds", sorted(times[1:])[len(times[1:]) // 2], "p", w.pvalue)
"""


def wild(rows: int, draws: int, peers: str) -> None:
    table = panel(rows)
    made = cross_products(
        table[["y", *TERMS]].to_numpy(),
        ("y", *TERMS),
        np.column_stack([table.firm, table.year]),
        table.firm.to_numpy(),
        carry=True,
    )
    fit = regress(made, "y", TERMS)
    task = f"wild {draws:,} x {len(made.cells):,}"
    result = wild_bootstrap(made, fit, "x", draws=draws)
    base = measure(lambda: wild_bootstrap(made, fit, "x", draws=draws), 5)
    report(task, "engine, p and interval", base, base)
    jack = measure(lambda: jackknife(made, fit), 5)
    report(f"jackknife x {len(made.cells):,}", "engine", jack, jack)
    dummies = pd.get_dummies(table.year, prefix="t", dtype=float).iloc[:, 1:]
    demeaned = table[list(TERMS)].join(dummies).join(table[["y"]])
    demeaned -= demeaned.groupby(table.firm).transform("mean")
    names = [c for c in demeaned if c != "y"]
    with TemporaryDirectory() as folder:
        file = Path(folder) / "panel.csv"
        demeaned.assign(firm=table.firm).to_csv(file, index=False)
        done = subprocess.run(
            [peers, "-c", WILD, str(file), json.dumps(names), str(draws), "1"],
            capture_output=True,
            text=True,
        )
    found = [x for x in done.stdout.splitlines() if x.startswith("seconds")]
    seconds = float(found[0].split()[1]) if found else None
    report(task, "wildboottest, p only", seconds, base)
    if found:
        print(f"{'':<26} p: engine {result.p:.4f}, wildboottest {found[0].split()[3]}")
    elif done.returncode != 3:
        print(done.stderr[-400:])


def permutations(rows: int, draws: int) -> None:
    table = panel(rows)
    task = f"{draws:,} permutations, {rows:,}"

    def run() -> object:
        return randomize(
            table.y.to_numpy(),
            table.x.to_numpy(),
            np.column_stack([np.ones(rows), table.z]),
            table[["z", "a", "b", "c", "d"]].to_numpy(),
            np.column_stack([table.firm, table.year]),
            table.firm.to_numpy(),
            table.year.to_numpy(),
            draws=draws,
        )

    base = measure(run, 1)
    report(task, "engine, x and x:z", base, base)
    if installed("pyfixest"):
        import pyfixest

        few = 100
        formula = f"y ~ {' + '.join(TERMS)} | firm+year"  # ritest splits at "+"
        fit = pyfixest.feols(formula, table, vcov={"CRV1": "firm"})
        rng = np.random.default_rng(0)
        start = time.process_time()
        fit.ritest(resampvar="x", reps=few, rng=rng)
        seconds = (time.process_time() - start) * draws / few
        report(task, f"pyfixest, from {few}", seconds, base)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[17_000, 170_000])
    parser.add_argument("--tasks", nargs="*", default=["fit", "wild", "permute"])
    parser.add_argument(
        "--slow", type=int, default=2_000_000, help="most rows for the peers"
    )
    parser.add_argument("--peers", default=sys.executable, help="a Python with peers")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    print(f"{'task':<26} {'what':<24} {'seconds':>10} {'to engine':>9}")
    if "fit" in options.tasks:
        for rows in options.rows:
            one_model(rows, options.slow)
    if "wild" in options.tasks:
        wild(17_000, 9999, options.peers)
    if "permute" in options.tasks:
        permutations(17_000, 5000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory of this process {peak:.2f} GB")


if __name__ == "__main__":
    main()
