"""Returns without events -> how often each test rejects on simulated samples.

Brown and Warner (1980, 1985): samples of random firms and dates from real or
simulated returns have no event, so that a test of level a should reject a share a of
them (size); a return added on the event day shows power, added variance and common
dates show what a test cannot stand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.events import SizePower
from alliance_value.contracts.problems import Problem, UserError, raise_if
from alliance_value.contracts.storage import conform
from alliance_value.events.battery import run_tests, samples_of
from alliance_value.events.calendar import Window, reach_of, span
from alliance_value.events.engine import Task, run_model
from alliance_value.events.given import dated_factors, dated_returns
from alliance_value.events.matrix import Market, securities_of, to_market
from alliance_value.events.normal_returns import Abnormal
from alliance_value.events.samples import Group
from alliance_value.study.event_study import usual_tests, window_name


@dataclass(frozen=True)
class Design:
    """One kind of simulated sample.

    Parameters
    ----------
    name
        Name in the table.
    events, samples
        Events in a sample, and number of samples.
    shift
        Return added on the event day (decimal).
    variance_factor
        What the event day's variance is multiplied by: normal noise of
        ``variance_factor - 1`` times the residual variance is added (Boehmer,
        Musumeci and Poulsen 1991).
    clustered
        All events of a sample fall on one day.
    part
        Name of the days or securities that it is confined to; empty for all.
    first, last
        First and last event day; None without a bound.
    securities
        That events may be of; None for all.
    """

    name: str
    events: int = 50
    samples: int = 250
    shift: float = 0.0
    variance_factor: float = 1.0
    clustered: bool = False
    part: str = ""
    first: pd.Timestamp | None = None
    last: pd.Timestamp | None = None
    securities: frozenset[str] | None = None

    def confined(self, able: np.ndarray, market: Market) -> np.ndarray:
        """Return where an event can be, of (S, T) places, within the part."""
        days = np.ones(len(market.days), bool)
        if self.first is not None:
            days &= market.days >= np.datetime64(self.first)
        if self.last is not None:
            days &= market.days <= np.datetime64(self.last)
        rows = np.ones(len(market.securities), bool)
        if self.securities is not None:
            rows = np.asarray(market.securities.isin(self.securities))
        return able & rows[:, None] & days


DESIGNS = (
    Design("null"),
    Design("return of 1 %", shift=0.01),
    Design("variance times 3", variance_factor=3.0),
    Design("return of 1 %, variance times 3", shift=0.01, variance_factor=3.0),
    Design("common date", clustered=True),
)

DRAWS = 199  # of the bootstrap test in each sample


def size_and_power(
    returns: pd.DataFrame,
    factors: pd.DataFrame | None,
    *,
    designs: Sequence[Design] = DESIGNS,
    model: str = "market",
    windows: Sequence[Window] = ((0, 0), (-1, 1)),
    estimation: Window | None = (-295, -46),
    tests: Sequence[str] | None = None,
    minimum: int = 100,
    level: float = 0.05,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw samples by each design, run every test on each, and count rejections.

    Parameters
    ----------
    returns, factors
        As for `study.event_study`.
    designs
        What to simulate.
    model, windows, estimation, tests
        As for `study.event_study`.
    minimum
        Least estimation days; the days of the longest window are all there.
    level
        Two-sided level of the tests.
    seed
        Seed of the generators; each design has its own.

    Returns
    -------
    pandas.DataFrame
        `contracts.events.SizePower`. Samples whose statistic is undefined are counted
        in ``undefined`` and not in the rate.

    Raises
    ------
    UserError
        Returns and factors cannot be used, or hold too few places for a sample.
    """
    chosen = tuple((int(a), int(b)) for a, b in windows)
    tests = usual_tests() if tests is None else tests
    days = span(chosen)
    pad = reach_of(estimation, days)
    given: list[Problem] = []
    returns = dated_returns(returns, given)
    factors = None if factors is None else dated_factors(factors, given)
    raise_if(given, "the simulation of size and power")
    market, problems = to_market(returns, factors, securities_of(returns), pad)
    raise_if(problems, "the simulation of size and power")
    assert market is not None
    able = eligible(market, estimation, days, minimum)
    parts = []
    streams = np.random.default_rng(seed).spawn(len(designs))
    for design, rng in zip(designs, streams, strict=True):
        base = Task(
            market=market,
            rows=np.empty(0, "int64"),
            positions=np.empty(0, "int64"),
            estimation=estimation,
            windows=chosen,
            span=days,
            members=np.ones((1, design.events), bool),
        )
        places = design.confined(able, market)
        p = simulate(base, design, places, model, tests, rng)
        parts.append(rejections(p, design, chosen, model, tests, level))
    return conform(pd.concat(parts, ignore_index=True), SizePower)


def eligible(
    market: Market, estimation: Window | None, days: Window, minimum: int
) -> np.ndarray:
    """Return where an event can be: bool, shape (S, T)."""
    known = np.cumsum(~np.isnan(market.returns), axis=1, dtype="int32")
    known = np.pad(known, ((0, 0), (1, 0)))
    start = np.arange(len(market.days)) + market.before

    def count(window: Window) -> np.ndarray:
        inside: np.ndarray = (
            known[:, start + window[1] + 1] - known[:, start + window[0]]
        )
        return inside

    whole: np.ndarray = count(days) == days[1] - days[0] + 1
    return whole & (count(estimation) >= minimum) if estimation else whole


def simulate(
    base: Task,
    design: Design,
    able: np.ndarray,
    model: str,
    tests: Sequence[str],
    rng: np.random.Generator,
) -> np.ndarray:
    """Return p-values, shape (samples, windows, tests); NaN where undefined."""
    p = np.full((design.samples, len(base.windows), len(tests)), np.nan)
    places = np.flatnonzero(able)
    crowded = np.flatnonzero(able.sum(axis=0) >= design.events)
    if len(crowded) == 0 if design.clustered else len(places) < design.events:
        raise UserError(
            [
                Problem(
                    f"too few firms and days for samples of {design.events} events",
                    "draw fewer events, or shorten the estimation window",
                    ", ".join(filter(None, [f"design {design.name}", design.part])),
                )
            ],
            "the simulation of size and power",
        )
    for s in range(design.samples):
        if design.clustered:
            day = rng.choice(crowded)
            rows = rng.choice(np.flatnonzero(able[:, day]), design.events, False)
            positions = np.full(design.events, day)
        else:
            drawn = places[rng.integers(0, len(places), design.events)]
            rows, positions = np.divmod(drawn, able.shape[1])
        noise = rng.standard_normal(design.events)

        def induced(
            part: slice, abnormal: Abnormal, noise: np.ndarray = noise
        ) -> Abnormal:
            return induce(abnormal, -base.span[0], design, noise[part])

        task = replace(base, rows=rows, positions=positions, induced=induced)
        group = Group(task, [run_model(task, model)], 0, DRAWS, s)
        for one in samples_of(group):
            statistics = run_tests(one, tests)
            p[s, one.window] = [statistics[t].p for t in tests]
    return p


def induce(
    abnormal: Abnormal, column: int, design: Design, noise: np.ndarray
) -> Abnormal:
    """Add the design's return and variance on the event day."""
    added = design.shift + noise * np.sqrt(
        (design.variance_factor - 1) * abnormal.variance
    )
    event, raw = abnormal.event.copy(), abnormal.raw.copy()
    event[:, column] += added
    raw[:, column] += added
    return replace(abnormal, event=event, raw=raw)


def rejections(
    p: np.ndarray,
    design: Design,
    windows: Sequence[Window],
    model: str,
    tests: Sequence[str],
    level: float,
) -> pd.DataFrame:
    """Return the share of samples with p at or below the level, by window and test."""
    known = ~np.isnan(p)
    count = known.sum(axis=0)
    rejected = (known & (np.nan_to_num(p, nan=1.0) <= level)).sum(axis=0)
    rows = []
    for w, window in enumerate(windows):
        for t, test in enumerate(tests):
            n = int(count[w, t])
            rate = rejected[w, t] / n if n else np.nan
            rows.append(
                {
                    "design": design.name,
                    "part": design.part,
                    "clustered": design.clustered,
                    "shift": design.shift,
                    "variance_factor": design.variance_factor,
                    "model": model,
                    "window": window_name(window),
                    "test": test,
                    "level": level,
                    "events": design.events,
                    "samples": design.samples,
                    "undefined": design.samples - n,
                    "rate": rate,
                    "error": np.sqrt(rate * (1 - rate) / n) if n else np.nan,
                }
            )
    return pd.DataFrame(rows)
