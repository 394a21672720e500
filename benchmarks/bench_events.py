"""Time an event study beside the package `eventstudy` and a loop over statsmodels.

`eventstudy` (PyPI) is run in this interpreter or, where it is not installed here, by
the interpreter that EVENTSTUDY_PYTHON names.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

WINDOWS = [(0, 0), (-1, 1), (-5, 5)]
ESTIMATION = (-295, -46)
MODELS = ["market", "ff3"]
FACTORS = {"market": ["mkt"], "ff3": ["mkt_rf", "smb", "hml"]}

PEER = """
import json, sys, time
import numpy as np, pandas as pd
from eventstudy import Multiple, Single
folder, repeats = sys.argv[1], int(sys.argv[2])
held = np.load(f"{folder}/market.npz", allow_pickle=True)
dates = held["dates"].astype("datetime64[ns]")
names = [str(n) for n in held["names"]]
returns = dict(zip(names, held["returns"]), date=dates, mkt=held["factors"][0])
columns = ["Mkt-RF", "SMB", "HML", "RF"]
factors = dict(zip(columns, held["factors"][1:]), date=dates)
Single._save_parameter("returns", returns)
Single._save_parameter("FamaFrench", factors)
Single._save_parameter("max_iteration", 4)
def options(window):
    # the estimation window ends 46 days before the event, whatever the window
    return dict(event_window=window, estimation_size=250, buffer_size=45 + window[0])
windows = [(-5, 5)] if sys.argv[3] == "one" else [(0, 0), (-1, 1), (-5, 5)]
events = list(zip(held["security"], dates[held["position"]]))
seconds = {"market": [], "ff3": []}
for _ in range(repeats):
    start = time.perf_counter()
    for w in windows:
        market = Multiple([Single.market_model(names[s], "mkt", d, **options(w))
                           for s, d in events])
    seconds["market"].append(time.perf_counter() - start)
    start = time.perf_counter()
    for w in windows:
        ff3 = Multiple([Single.FamaFrench_3factor(names[s], d, **options(w))
                        for s, d in events])
    seconds["ff3"].append(time.perf_counter() - start)
print(json.dumps({"seconds": seconds, "caar": [market.CAAR[-1], ff3.CAAR[-1]]}))
"""


def world(
    events: int, days: int = 2500, firms: int = 1000
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return wide returns, events and factors without missing days."""
    rng = np.random.default_rng(0)
    dates = pd.bdate_range("2000-01-03", periods=days)
    factors = pd.DataFrame(
        rng.normal(0, 0.01, (days, 3)), columns=["mkt_rf", "smb", "hml"]
    )
    factors["rf"] = 0.0001
    factors.insert(0, "date", dates)
    values = factors[["mkt_rf"]].to_numpy() * rng.uniform(0.5, 1.5, firms)
    values = values + rng.normal(0, 0.02, (days, firms))
    returns = pd.DataFrame(
        values, index=dates, columns=[f"s{i:04d}" for i in range(firms)]
    )
    listed = pd.DataFrame(
        {
            "event": [f"e{i:06d}" for i in range(events)],
            "security": returns.columns[rng.integers(0, firms, events)],
            "announced": dates[rng.integers(310, days - 10, events)],
        }
    )
    return returns, listed, factors


def ours(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    factors: pd.DataFrame,
    tests: list[str] | None,
) -> pd.DataFrame:
    from alliance_value.events.exclusions import Rules
    from alliance_value.events.study import event_study

    study = event_study(
        returns,
        events,
        factors,
        models=MODELS,
        windows=WINDOWS,
        estimation=ESTIMATION,
        tests=tests,
        rules=Rules(overlap="flag"),
    )
    return study.caar


def statsmodels_loop(
    returns: pd.DataFrame, events: pd.DataFrame, factors: pd.DataFrame
) -> dict[str, float]:
    """CARs, Patell and BMP of three windows, one regression at a time."""
    import statsmodels.api as sm

    x = factors.assign(mkt=factors.mkt_rf + factors.rf)
    y, rf = returns.to_numpy().T, factors.rf.to_numpy()
    row = returns.columns.get_indexer(events.security)
    at = returns.index.get_indexer(events.announced)
    ends = {}
    for model, names in FACTORS.items():
        design = sm.add_constant(x[names].to_numpy())
        scars: dict[tuple[int, int], list[float]] = {w: [] for w in WINDOWS}
        cars = []
        for r, p in zip(row, at, strict=True):
            series = y[r] - rf if model == "ff3" else y[r]
            inside = slice(p + ESTIMATION[0], p + ESTIMATION[1] + 1)
            fit = sm.OLS(series[inside], design[inside]).fit()
            for window in WINDOWS:
                days = slice(p + window[0], p + window[1] + 1)
                z = design[days]
                car = float((series[days] - z @ fit.params).sum())
                s = z.sum(axis=0)
                spread = s @ fit.normalized_cov_params @ s
                scars[window].append(car / np.sqrt(fit.scale * (len(z) + spread)))
            cars.append(car)
        for found in scars.values():
            values = np.array(found)
            values.sum() / np.sqrt(len(values) * fit.df_resid / (fit.df_resid - 2))
            values.mean() / values.std(ddof=1) * np.sqrt(len(values))
        ends[model] = float(np.mean(cars))
    return ends


def median_seconds(run: Callable[[], object], repeats: int) -> float:
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def eventstudy(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    factors: pd.DataFrame,
    repeats: int,
    windows: str,
) -> dict[str, object] | None:
    """Return the peer's seconds and last CAAR, or None where it is not installed.

    Its t statistic is of the sum from the window's first day, so that it needs a run
    for each window.
    """
    python = os.environ.get("EVENTSTUDY_PYTHON", sys.executable)
    has = [python, "-c", "import eventstudy"]
    if subprocess.run(has, capture_output=True, check=False).returncode:
        return None
    names = ["mkt_rf", "smb", "hml", "rf"]
    with tempfile.TemporaryDirectory() as folder:
        np.savez(
            Path(folder) / "market.npz",
            dates=returns.index.to_numpy(),
            names=returns.columns.to_numpy(dtype=object),
            returns=returns.to_numpy().T,
            factors=np.vstack(
                [factors.mkt_rf + factors.rf, *(factors[n] for n in names)]
            ),
            security=returns.columns.get_indexer(events.security),
            position=returns.index.get_indexer(events.announced),
        )
        ran = subprocess.run(
            [python, "-W", "ignore", "-c", PEER, folder, str(repeats), windows],
            capture_output=True,
            text=True,
            check=True,
        )
    found: dict[str, object] = json.loads(ran.stdout.splitlines()[-1])
    return found


def line(what: str, seconds: float, two: float, every: float) -> None:
    ratios = f"{seconds / two:>14.1f} {seconds / every:>14.1f}"
    print(f"{what:<46} {seconds:>9.3f} {ratios}")


def compare(events: int, repeats: int) -> None:
    returns, listed, factors = world(events)
    two_tests = ["patell", "bmp"]
    two = median_seconds(lambda: ours(returns, listed, factors, two_tests), repeats)
    every = median_seconds(lambda: ours(returns, listed, factors, None), repeats)
    print(f"{events:,} events, market model and FF3, three windows; medians")
    heads = ["what", "seconds", "to ours, two", "to ours, all"]
    print(f"{heads[0]:<46} {heads[1]:>9} {heads[2]:>14} {heads[3]:>14}")
    line("alliance-value, all tables, Patell and BMP", two, two, every)
    line("alliance-value, all tables, twelve tests", every, two, every)
    caar = ours(returns, listed, factors, two_tests)
    ends = caar[caar.day == 5].set_index("model").caar
    for windows in ("one", "three"):
        found = eventstudy(returns, listed, factors, repeats, windows)
        if found is None:
            print("eventstudy: not installed (EVENTSTUDY_PYTHON may name where it is)")
            break
        seconds = found["seconds"]
        total = sum(statistics.median(seconds[m]) for m in MODELS)
        noun = "window" if windows == "one" else "windows"
        line(f"eventstudy, {windows} {noun}, its one t", total, two, every)
        worst = np.abs(np.array(found["caar"]) - ends[MODELS].to_numpy()).max()
        print(f"  largest difference of CAAR from ours: {worst:.1e}")
    start = time.perf_counter()
    loop = statsmodels_loop(returns, listed, factors)
    line("statsmodels loop, Patell and BMP", time.perf_counter() - start, two, every)
    worst = max(abs(loop[m] - ends[m]) for m in MODELS)
    print(f"  largest difference of CAAR from ours: {worst:.1e}")


def large(events: int) -> None:
    returns, listed, factors = world(events)
    start = time.perf_counter()
    ours(returns, listed, factors, None)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{events:,} events, twelve tests: {seconds:.1f} s, peak {peak:.2f} GB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=4000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--large", type=int, default=100_000)
    options = parser.parse_args()
    compare(options.events, options.repeats)
    large(options.large)


if __name__ == "__main__":
    main()
