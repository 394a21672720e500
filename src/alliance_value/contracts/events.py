"""The canonical tables of the event study: events, abnormal returns and tests."""

from __future__ import annotations

import pandera.pandas as pa

from alliance_value.contracts.columns import CanonicalTable, Column, Text, described
from alliance_value.vocabulary.entries import canonical

# Why an event is left out, in the order in which the funnel counts the steps.
REASONS = (
    "no_date",
    "outside_period",
    "no_trading_day",
    "no_security",
    "no_market_value",
    "no_event_day_return",
    "too_few_estimation_days",
    "overlapping",
    "confounded",
)
SAMPLES = ("all", "unconfounded")
# What the columns of a table of events begin with whose values form groups.
GROUPING = "group: "


@canonical("events", stage="events")
class Events(CanonicalTable):
    """One row per event, kept or not. Key: ``event``.

    ``day`` is the trading day of the event; ``market_value`` in $ million is that of
    the last trading day before the longest window; ``kept`` events are in the sample
    ``all``, those that are not ``confounded`` also in ``unconfounded``.
    """

    event: Text = described(
        "Event",
        "code",
        source="the study's list of events, or what its events are made of",
        unique=True,
    )
    security: Text = described(
        "Security",
        "PERMNO",
        source="links at the day of the event",
        missing="no security is linked on the day",
    )
    firm: Text = described(
        "{Entity}",
        "code",
        source="matching to {entities}",
        missing="the study lists events by security",
    )
    group: Text = described(
        "Group", "name", source="event_study of the study", missing="in no group"
    )
    announced: Column[pa.DateTime] = described(
        "Date announced",
        "date",
        source="the day that the source prints, or the list of events",
        missing="no date",
    )
    day: Column[pa.DateTime] = described(
        "Event day",
        "date",
        "first trading day on or after the announcement",
        source="trading calendar",
        missing="no trading day follows",
    )
    moved: Column[bool] = described(
        "Moved to a later day",
        "true/false",
        "the announcement is on no trading day",
        source="trading calendar",
    )
    estimation_days: Column[int] = described(
        "Days in the estimation window",
        "count",
        "days with a {measure}",
        source="CRSP daily file",
        ge=0,
    )
    market_value: Column[float] = described(
        "Market value",
        "$ million",
        "last trading day before the longest window",
        source="CRSP daily file",
        missing="no price or shares",
        gt=0,
    )
    overlapping: Column[bool] = described(
        "Overlaps another event",
        "true/false",
        "of the same {entity}",
        source="event study",
    )
    confounded: Column[bool] = described(
        "Confounded",
        "true/false",
        "another event of the {entity} is near",
        source="list of confounding events",
    )
    kept: Column[bool] = described("In the sample", "true/false", source="event study")


class EventKey(CanonicalTable):
    """The event that a row belongs to."""

    event: Text = described(
        "Event",
        "code",
        source="the study's list of events, or what its events are made of",
    )


class EventModelKey(EventKey):
    """The event and the model of normal returns that a row belongs to."""

    model: Text = described(
        "Model of normal returns", "name", source="event_study of the study"
    )


class GroupKey(CanonicalTable, source="event study"):
    """The sample, group and model of normal returns that a row belongs to."""

    sample: Text = described(
        "Sample",
        "category",
        "all events kept, or those that are not confounded",
        isin=SAMPLES,
    )
    group: Text = described("Group", "name", source="event_study of the study")
    model: Text = described(
        "Model of normal returns", "name", source="event_study of the study"
    )


class WindowKey(GroupKey):
    """The same, and the window."""

    window: Text = described(
        "Window",
        "trading days",
        "first and last day around the event day, 0",
        source="event_study.windows of the study",
    )


@canonical("event_exclusions", stage="events")
class Exclusions(EventKey, source="event study"):
    """One row per event and reason against it; ``excluded`` if it left the sample.

    Reasons that only flag an event, such as ``confounded``, are here with
    ``excluded`` false.
    """

    reason: Text = described("Reason", "category", isin=REASONS)
    detail: Text = described("Detail", "text")
    excluded: Column[bool] = described("Left the sample", "true/false")

    class Config:
        unique = ["event", "reason"]


@canonical("abnormal_returns", stage="events")
class AbnormalReturns(EventModelKey):
    """One row per event, model and trading day relative to the event day (0).

    ``ar`` is the abnormal return as a decimal and ``variance`` its forecast-error
    variance (decimal squared); both are missing where the return is.
    """

    day: Column[int] = described(
        "Day", "trading days", "relative to the event day, 0", source="trading calendar"
    )
    ar: Column[float] = described(
        "Abnormal {measure}",
        "{measure_unit}",
        "{measure} less the model's",
        source="MacKinlay (1997), Journal of Economic Literature 35",
        missing="the {measure} is missing",
    )
    variance: Column[float] = described(
        "Forecast-error variance",
        "{measure_unit} squared",
        source="MacKinlay (1997), Journal of Economic Literature 35",
        missing="the {measure} is missing",
        ge=0,
    )

    class Config:
        unique = ["event", "model", "day"]


@canonical("cars", stage="events")
class Cars(EventModelKey, source="abnormal returns"):
    """One row per event, model and window, as decimals over the days with a return.

    ``window`` is written ``[-1,1]``; ``car`` is the sum of abnormal returns,
    ``variance`` its forecast-error variance, ``scar`` is car over its root, ``bhar``
    the buy-and-hold abnormal return; ``n_days`` counts days with a return.
    """

    window: Text = described(
        "Window",
        "trading days",
        "first and last day around the event day, 0",
        source="event_study.windows of the study",
    )
    car: Column[float] = described(
        "Cumulative abnormal {measure}",
        "{measure_unit}",
        "sum of abnormal {measures}",
        missing="no estimate: the {measure} is missing",
    )
    variance: Column[float] = described(
        "Forecast-error variance",
        "{measure_unit} squared",
        missing="no estimate: the {measure} is missing",
        ge=0,
    )
    scar: Column[float] = described(
        "Standardized CAR",
        "ratio",
        "car / square root of variance",
        missing="no estimate: the {measure} is missing",
    )
    bhar: Column[float] = described(
        "Buy-and-hold abnormal return",
        "decimal",
        missing="no estimate: the return is missing",
    )
    n_days: Column[int] = described("Days with a {measure}", "count", ge=0)

    class Config:
        unique = ["event", "model", "window"]


@canonical("tests_of_unit", stage="events")
class EventTests(WindowKey):
    """One row per sample, group, model, window and test of no abnormal return.

    ``mean`` is the mean CAR of the n events as a decimal, whatever the test ranks or
    counts; ``p`` is two-sided; where ``statistic`` is missing, ``reason`` says why.
    """

    test: Text = described("Test", "name", source="docs/methods.md")
    n: Column[int] = described("Events", "count", ge=0)
    mean: Column[float] = described(
        "Mean {cumulated}", "{measure_unit}", missing="no event in the group"
    )
    statistic: Column[float] = described(
        "Test statistic",
        "ratio",
        source="docs/methods.md",
        missing="not defined; reason says why",
    )
    p: Column[float] = described(
        "p value",
        "decimal",
        "two-sided",
        source="docs/methods.md",
        missing="not defined; reason says why",
        ge=0,
        le=1,
    )
    p_greater: Column[float] = described(
        "p value against positive {measures}",
        "decimal",
        "one-sided",
        source="docs/methods.md",
        missing="not defined; reason says why",
        ge=0,
        le=1,
    )
    p_less: Column[float] = described(
        "p value against negative {measures}",
        "decimal",
        "one-sided",
        source="docs/methods.md",
        missing="not defined; reason says why",
        ge=0,
        le=1,
    )
    reason: Text = described(
        "Why there is no statistic", "text", missing="the statistic is there"
    )

    class Config:
        unique = ["sample", "group", "model", "window", "test"]


@canonical("caar_of_unit", stage="events")
class Caar(GroupKey):
    """One row per sample, group, model and day: the cumulative average path.

    ``aar`` is the average abnormal return of the day over its ``n`` returns, ``caar``
    the average over events of what has cumulated since the path's first day, with its
    confidence band; decimals.
    """

    day: Column[int] = described(
        "Day", "trading days", "relative to the event day, 0", source="trading calendar"
    )
    n: Column[int] = described("{Measures}", "count", ge=0)
    aar: Column[float] = described(
        "Average abnormal {measure}",
        "{measure_unit}",
        "mean over events",
        missing="no {measure} on the day",
    )
    caar: Column[float] = described(
        "Cumulative average abnormal {measure}",
        "{measure_unit}",
        "mean over events of what has cumulated",
        missing="no {measure} so far",
    )
    lower: Column[float] = described(
        "Lower confidence limit", "{measure_unit}", missing="fewer than two events"
    )
    upper: Column[float] = described(
        "Upper confidence limit", "{measure_unit}", missing="fewer than two events"
    )

    class Config:
        unique = ["sample", "group", "model", "day"]


class UnitKey(CanonicalTable, source="event study"):
    """Whose returns a row tells of."""

    unit: Text = described("Unit", "category", "whose returns are studied")


@canonical("event_tests", stage="events")
class UnitTests(UnitKey, EventTests):
    """Tests of the events of each ``unit``, such as single securities."""

    class Config:
        ordered = False
        unique = ["unit", "sample", "group", "model", "window", "test"]


@canonical("caar", stage="events")
class UnitCaar(UnitKey, Caar):
    """Average paths of the events of each ``unit``, such as single securities."""

    class Config:
        ordered = False
        unique = ["unit", "sample", "group", "model", "day"]


@canonical("bhar", stage="events")
class Bhars(WindowKey):
    """One row per sample, group, model and window: buy-and-hold abnormal returns.

    ``t_skewness`` is adjusted for the skewness of long-run returns; p-values are
    two-sided.
    """

    n: Column[int] = described("Events", "count", ge=0)
    mean: Column[float] = described(
        "Mean BHAR", "decimal", missing="no event in the group"
    )
    median: Column[float] = described(
        "Median BHAR", "decimal", missing="no event in the group"
    )
    t: Column[float] = described(
        "t of the mean", "ratio", source="docs/methods.md", missing="it is not defined"
    )
    p: Column[float] = described(
        "p value",
        "decimal",
        "two-sided",
        source="docs/methods.md",
        missing="t is not defined",
        ge=0,
        le=1,
    )
    t_skewness: Column[float] = described(
        "Skewness-adjusted t",
        "ratio",
        source="Lyon, Barber and Tsai (1999), Journal of Finance 54",
        missing="it is not defined",
    )
    p_skewness: Column[float] = described(
        "p value of the skewness-adjusted t",
        "decimal",
        "two-sided",
        source="docs/methods.md",
        missing="t is not defined",
        ge=0,
        le=1,
    )

    class Config:
        unique = ["sample", "group", "model", "window"]


@canonical("calendar_time", stage="events")
class CalendarTime(WindowKey):
    """One row per sample, group, model, window and date on which a window is open.

    ``ar`` is the equally weighted abnormal return of the ``n`` {entities} in their
    windows (decimal), ``z`` the same over its standard deviation if they were
    independent.
    """

    date: Column[pa.DateTime] = described(
        "Trading day", "date", source="trading calendar"
    )
    n: Column[int] = described("{Entities} in their windows", "count", ge=1)
    ar: Column[float] = described(
        "Abnormal {measure}",
        "{measure_unit}",
        "equally weighted over the {entities}",
    )
    z: Column[float] = described(
        "Standardized abnormal {measure}",
        "ratio",
        "over its standard deviation if {entities} were independent",
        missing="the standard deviation is missing",
    )

    class Config:
        unique = ["sample", "group", "model", "window", "date"]


@canonical("size_power", stage="events")
class SizePower(CanonicalTable, source="simulated samples"):
    """One row per design, test and window: how often simulated samples reject.

    ``shift`` is the return added on the event day (decimal), ``variance_factor`` what
    the variance of that day is multiplied by; ``error`` is the binomial standard
    error of the rejection ``rate`` at two-sided ``level``.
    """

    design: Text = described("Design", "name")
    part: Text = described(
        "Days or securities that events are of", "text", blank="empty: all"
    )
    clustered: Column[bool] = described("Event days clustered", "true/false")
    shift: Column[float] = described("Return added on the event day", "decimal")
    variance_factor: Column[float] = described(
        "Factor on the event day's variance", "ratio", ge=1
    )
    model: Text = described(
        "Model of normal returns", "name", source="event_study of the study"
    )
    window: Text = described(
        "Window",
        "trading days",
        "first and last day around the event day, 0",
        source="event_study.windows of the study",
    )
    test: Text = described("Test", "name", source="docs/methods.md")
    level: Column[float] = described(
        "Level of the test", "decimal", "two-sided", gt=0, lt=1
    )
    events: Column[int] = described("Events in a sample", "count", gt=0)
    samples: Column[int] = described("Samples", "count", gt=0)
    undefined: Column[int] = described("Samples without a statistic", "count", ge=0)
    rate: Column[float] = described(
        "Rejection rate", "decimal", missing="no sample has a statistic", ge=0, le=1
    )
    error: Column[float] = described(
        "Standard error of the rate",
        "decimal",
        "binomial",
        missing="no sample has a statistic",
        ge=0,
    )

    class Config:
        unique = ["design", "part", "model", "window", "test", "level"]
