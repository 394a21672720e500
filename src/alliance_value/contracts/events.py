"""The canonical tables of the event study: events, abnormal returns and tests."""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.typing.pandas import Series

# Why an event is left out, in the order in which the funnel counts the steps.
REASONS = (
    "no_date",
    "no_trading_day",
    "no_security",
    "no_market_value",
    "no_event_day_return",
    "too_few_estimation_days",
    "overlapping",
    "confounded",
)
SAMPLES = ("all", "unconfounded")


class Events(pa.DataFrameModel):
    """One row per event, kept or not. Key: ``event``.

    ``day`` is the trading day of the event; ``market_value`` in $ million is that of
    the last trading day before the longest window; ``kept`` events are in the sample
    ``all``, those that are not ``confounded`` also in ``unconfounded``.
    """

    event: Series[pd.StringDtype] = pa.Field(unique=True)
    security: Series[pd.StringDtype] = pa.Field(nullable=True)
    firm: Series[pd.StringDtype] = pa.Field(nullable=True)
    group: Series[pd.StringDtype] = pa.Field(nullable=True)
    announced: Series[pa.DateTime] = pa.Field(nullable=True)
    day: Series[pa.DateTime] = pa.Field(nullable=True)
    moved: Series[bool]
    estimation_days: Series[int] = pa.Field(ge=0)
    market_value: Series[float] = pa.Field(gt=0, nullable=True)
    overlapping: Series[bool]
    confounded: Series[bool]
    kept: Series[bool]

    class Config:
        strict = True
        ordered = True


class Exclusions(pa.DataFrameModel):
    """One row per event and reason against it; ``excluded`` if it left the sample.

    Reasons that only flag an event, such as ``confounded``, are here with
    ``excluded`` false.
    """

    event: Series[pd.StringDtype]
    reason: Series[pd.StringDtype] = pa.Field(isin=REASONS)
    detail: Series[pd.StringDtype]
    excluded: Series[bool]

    class Config:
        strict = True
        ordered = True
        unique = ["event", "reason"]


class AbnormalReturns(pa.DataFrameModel):
    """One row per event, model and trading day relative to the event day (0).

    ``ar`` is the abnormal return as a decimal and ``variance`` its forecast-error
    variance (decimal squared); both are missing where the return is.
    """

    event: Series[pd.StringDtype]
    model: Series[pd.StringDtype]
    day: Series[int]
    ar: Series[float] = pa.Field(nullable=True)
    variance: Series[float] = pa.Field(ge=0, nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["event", "model", "day"]


class Cars(pa.DataFrameModel):
    """One row per event, model and window, as decimals over the days with a return.

    ``window`` is written ``[-1,1]``; ``car`` is the sum of abnormal returns,
    ``variance`` its forecast-error variance, ``scar`` is car over its root, ``bhar``
    the buy-and-hold abnormal return; ``n_days`` counts days with a return.
    """

    event: Series[pd.StringDtype]
    model: Series[pd.StringDtype]
    window: Series[pd.StringDtype]
    car: Series[float] = pa.Field(nullable=True)
    variance: Series[float] = pa.Field(ge=0, nullable=True)
    scar: Series[float] = pa.Field(nullable=True)
    bhar: Series[float] = pa.Field(nullable=True)
    n_days: Series[int] = pa.Field(ge=0)

    class Config:
        strict = True
        ordered = True
        unique = ["event", "model", "window"]


class EventTests(pa.DataFrameModel):
    """One row per sample, group, model, window and test of no abnormal return.

    ``mean`` is the mean CAR of the n events as a decimal, whatever the test ranks or
    counts; ``p`` is two-sided; where ``statistic`` is missing, ``reason`` says why.
    """

    sample: Series[pd.StringDtype] = pa.Field(isin=SAMPLES)
    group: Series[pd.StringDtype]
    model: Series[pd.StringDtype]
    window: Series[pd.StringDtype]
    test: Series[pd.StringDtype]
    n: Series[int] = pa.Field(ge=0)
    mean: Series[float] = pa.Field(nullable=True)
    statistic: Series[float] = pa.Field(nullable=True)
    p: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    reason: Series[pd.StringDtype] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["sample", "group", "model", "window", "test"]


class Caar(pa.DataFrameModel):
    """One row per sample, group, model and day: the cumulative average path.

    ``aar`` is the average abnormal return of the day over its ``n`` returns, ``caar``
    the average over events of what has cumulated since the path's first day, with its
    confidence band; decimals.
    """

    sample: Series[pd.StringDtype] = pa.Field(isin=SAMPLES)
    group: Series[pd.StringDtype]
    model: Series[pd.StringDtype]
    day: Series[int]
    n: Series[int] = pa.Field(ge=0)
    aar: Series[float] = pa.Field(nullable=True)
    caar: Series[float] = pa.Field(nullable=True)
    lower: Series[float] = pa.Field(nullable=True)
    upper: Series[float] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["sample", "group", "model", "day"]


class UnitTests(EventTests):
    """Tests of partners' returns and of dyads' portfolios, by ``unit``."""

    unit: Series[pd.StringDtype]

    class Config:
        strict = True
        ordered = False
        unique = ["unit", "sample", "group", "model", "window", "test"]


class UnitCaar(Caar):
    """Average paths of partners' returns and of dyads' portfolios, by ``unit``."""

    unit: Series[pd.StringDtype]

    class Config:
        strict = True
        ordered = False
        unique = ["unit", "sample", "group", "model", "day"]


class CalendarTime(pa.DataFrameModel):
    """One row per sample, group, model, window and date on which a window is open.

    ``ar`` is the equally weighted abnormal return of the ``n`` firms in their windows
    (decimal), ``z`` the same over its standard deviation if firms were independent.
    """

    sample: Series[pd.StringDtype] = pa.Field(isin=SAMPLES)
    group: Series[pd.StringDtype]
    model: Series[pd.StringDtype]
    window: Series[pd.StringDtype]
    date: Series[pa.DateTime]
    n: Series[int] = pa.Field(ge=1)
    ar: Series[float]
    z: Series[float] = pa.Field(nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["sample", "group", "model", "window", "date"]


class SizePower(pa.DataFrameModel):
    """One row per design, test and window: how often simulated samples reject.

    ``shift`` is the return added on the event day (decimal), ``variance_factor`` what
    the variance of that day is multiplied by; ``error`` is the binomial standard
    error of the rejection ``rate`` at two-sided ``level``.
    """

    design: Series[pd.StringDtype]
    clustered: Series[bool]
    shift: Series[float]
    variance_factor: Series[float] = pa.Field(ge=1)
    model: Series[pd.StringDtype]
    window: Series[pd.StringDtype]
    test: Series[pd.StringDtype]
    level: Series[float] = pa.Field(gt=0, lt=1)
    events: Series[int] = pa.Field(gt=0)
    samples: Series[int] = pa.Field(gt=0)
    undefined: Series[int] = pa.Field(ge=0)
    rate: Series[float] = pa.Field(ge=0, le=1, nullable=True)
    error: Series[float] = pa.Field(ge=0, nullable=True)

    class Config:
        strict = True
        ordered = True
        unique = ["design", "model", "window", "test", "level"]
