"""The canonical tables of the event study: events, abnormal returns and tests."""

from __future__ import annotations

import pandera.pandas as pa
from pandera.typing.pandas import Series

from alliance_value.contracts.columns import Text, described
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


@canonical("events", stage="events")
class Events(pa.DataFrameModel):
    """One row per event, kept or not. Key: ``event``.

    ``day`` is the trading day of the event; ``market_value`` in $ million is that of
    the last trading day before the longest window; ``kept`` events are in the sample
    ``all``, those that are not ``confounded`` also in ``unconfounded``.
    """

    event: Text = described(
        "Event",
        "code",
        source="deal and participant, or the study's list of events",
        unique=True,
    )
    security: Text = described(
        "Security",
        "PERMNO",
        source="links at the day of the event",
        missing="no security is linked on the day",
        nullable=True,
    )
    firm: Text = described(
        "{Entity}",
        "code",
        source="matching to {entities}",
        missing="the study lists events by security",
        nullable=True,
    )
    group: Text = described(
        "Group",
        "name",
        source="event_study of the study",
        missing="in no group",
        nullable=True,
    )
    announced: Series[pa.DateTime] = described(
        "Date announced",
        "date",
        source="SDC: Alliance Date Announced, or the list of events",
        missing="no date",
        nullable=True,
    )
    day: Series[pa.DateTime] = described(
        "Event day",
        "date",
        "first trading day on or after the announcement",
        source="trading calendar",
        missing="no trading day follows",
        nullable=True,
    )
    moved: Series[bool] = described(
        "Moved to a later day",
        "true/false",
        "the announcement is on no trading day",
        source="trading calendar",
    )
    estimation_days: Series[int] = described(
        "Days in the estimation window",
        "count",
        "days with a return",
        source="CRSP daily file",
        ge=0,
    )
    market_value: Series[float] = described(
        "Market value",
        "$ million",
        "last trading day before the longest window",
        source="CRSP daily file",
        missing="no price or shares",
        gt=0,
        nullable=True,
    )
    overlapping: Series[bool] = described(
        "Overlaps another event",
        "true/false",
        "of the same {entity}",
        source="event study",
    )
    confounded: Series[bool] = described(
        "Confounded",
        "true/false",
        "another event of the {entity} is near",
        source="list of confounding events",
    )
    kept: Series[bool] = described("In the sample", "true/false", source="event study")

    class Config:
        strict = True
        ordered = True


@canonical("event_exclusions", stage="events")
class Exclusions(pa.DataFrameModel):
    """One row per event and reason against it; ``excluded`` if it left the sample.

    Reasons that only flag an event, such as ``confounded``, are here with
    ``excluded`` false.
    """

    event: Text = described(
        "Event", "code", source="deal and participant, or the study's list of events"
    )
    reason: Text = described("Reason", "category", source="event study", isin=REASONS)
    detail: Text = described("Detail", "text", source="event study")
    excluded: Series[bool] = described(
        "Left the sample", "true/false", source="event study"
    )

    class Config:
        strict = True
        ordered = True
        unique = ["event", "reason"]


@canonical("abnormal_returns", stage="events")
class AbnormalReturns(pa.DataFrameModel):
    """One row per event, model and trading day relative to the event day (0).

    ``ar`` is the abnormal return as a decimal and ``variance`` its forecast-error
    variance (decimal squared); both are missing where the return is.
    """

    event: Text = described(
        "Event", "code", source="deal and participant, or the study's list of events"
    )
    model: Text = described(
        "Model of normal returns", "name", source="event_study of the study"
    )
    day: Series[int] = described(
        "Day", "trading days", "relative to the event day, 0", source="trading calendar"
    )
    ar: Series[float] = described(
        "Abnormal return",
        "decimal",
        "return less the model's",
        source="MacKinlay (1997), Journal of Economic Literature 35",
        missing="the return is missing",
        nullable=True,
    )
    variance: Series[float] = described(
        "Forecast-error variance",
        "decimal squared",
        source="MacKinlay (1997), Journal of Economic Literature 35",
        missing="the return is missing",
        ge=0,
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["event", "model", "day"]


@canonical("cars", stage="events")
class Cars(pa.DataFrameModel):
    """One row per event, model and window, as decimals over the days with a return.

    ``window`` is written ``[-1,1]``; ``car`` is the sum of abnormal returns,
    ``variance`` its forecast-error variance, ``scar`` is car over its root, ``bhar``
    the buy-and-hold abnormal return; ``n_days`` counts days with a return.
    """

    event: Text = described(
        "Event", "code", source="deal and participant, or the study's list of events"
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
    car: Series[float] = described(
        "Cumulative abnormal return",
        "decimal",
        "sum of abnormal returns",
        source="abnormal returns",
        missing="no estimate: the return is missing",
        nullable=True,
    )
    variance: Series[float] = described(
        "Forecast-error variance",
        "decimal squared",
        source="abnormal returns",
        missing="no estimate: the return is missing",
        ge=0,
        nullable=True,
    )
    scar: Series[float] = described(
        "Standardized CAR",
        "ratio",
        "car / square root of variance",
        source="abnormal returns",
        missing="no estimate: the return is missing",
        nullable=True,
    )
    bhar: Series[float] = described(
        "Buy-and-hold abnormal return",
        "decimal",
        source="abnormal returns",
        missing="no estimate: the return is missing",
        nullable=True,
    )
    n_days: Series[int] = described(
        "Days with a return", "count", source="abnormal returns", ge=0
    )

    class Config:
        strict = True
        ordered = True
        unique = ["event", "model", "window"]


@canonical("partners_tests", stage="events")
class EventTests(pa.DataFrameModel):
    """One row per sample, group, model, window and test of no abnormal return.

    ``mean`` is the mean CAR of the n events as a decimal, whatever the test ranks or
    counts; ``p`` is two-sided; where ``statistic`` is missing, ``reason`` says why.
    """

    sample: Text = described(
        "Sample",
        "category",
        "all events kept, or those that are not confounded",
        source="event study",
        isin=SAMPLES,
    )
    group: Text = described("Group", "name", source="event_study of the study")
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
    n: Series[int] = described("Events", "count", source="event study", ge=0)
    mean: Series[float] = described(
        "Mean CAR",
        "decimal",
        source="event study",
        missing="no event in the group",
        nullable=True,
    )
    statistic: Series[float] = described(
        "Test statistic",
        "ratio",
        source="docs/methods.md",
        missing="not defined; reason says why",
        nullable=True,
    )
    p: Series[float] = described(
        "p value",
        "decimal",
        "two-sided",
        source="docs/methods.md",
        missing="not defined; reason says why",
        ge=0,
        le=1,
        nullable=True,
    )
    reason: Text = described(
        "Why there is no statistic",
        "text",
        source="event study",
        missing="the statistic is there",
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["sample", "group", "model", "window", "test"]


@canonical("partners_caar", stage="events")
class Caar(pa.DataFrameModel):
    """One row per sample, group, model and day: the cumulative average path.

    ``aar`` is the average abnormal return of the day over its ``n`` returns, ``caar``
    the average over events of what has cumulated since the path's first day, with its
    confidence band; decimals.
    """

    sample: Text = described(
        "Sample",
        "category",
        "all events kept, or those that are not confounded",
        source="event study",
        isin=SAMPLES,
    )
    group: Text = described("Group", "name", source="event_study of the study")
    model: Text = described(
        "Model of normal returns", "name", source="event_study of the study"
    )
    day: Series[int] = described(
        "Day", "trading days", "relative to the event day, 0", source="trading calendar"
    )
    n: Series[int] = described("Returns", "count", source="event study", ge=0)
    aar: Series[float] = described(
        "Average abnormal return",
        "decimal",
        "mean over events",
        source="event study",
        missing="no return on the day",
        nullable=True,
    )
    caar: Series[float] = described(
        "Cumulative average abnormal return",
        "decimal",
        "mean over events of what has cumulated",
        source="event study",
        missing="no return so far",
        nullable=True,
    )
    lower: Series[float] = described(
        "Lower confidence limit",
        "decimal",
        source="event study",
        missing="fewer than two events",
        nullable=True,
    )
    upper: Series[float] = described(
        "Upper confidence limit",
        "decimal",
        source="event study",
        missing="fewer than two events",
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["sample", "group", "model", "day"]


@canonical("event_tests", stage="events")
class UnitTests(EventTests):
    """Tests of partners' returns and of dyads' portfolios, by ``unit``."""

    unit: Text = described(
        "Unit",
        "category",
        "partners' returns, or dyads' portfolios",
        source="event study",
    )

    class Config:
        strict = True
        ordered = False
        unique = ["unit", "sample", "group", "model", "window", "test"]


@canonical("caar", stage="events")
class UnitCaar(Caar):
    """Average paths of partners' returns and of dyads' portfolios, by ``unit``."""

    unit: Text = described(
        "Unit",
        "category",
        "partners' returns, or dyads' portfolios",
        source="event study",
    )

    class Config:
        strict = True
        ordered = False
        unique = ["unit", "sample", "group", "model", "day"]


@canonical("calendar_time", stage="events")
class CalendarTime(pa.DataFrameModel):
    """One row per sample, group, model, window and date on which a window is open.

    ``ar`` is the equally weighted abnormal return of the ``n`` {entities} in their
    windows (decimal), ``z`` the same over its standard deviation if they were
    independent.
    """

    sample: Text = described(
        "Sample",
        "category",
        "all events kept, or those that are not confounded",
        source="event study",
        isin=SAMPLES,
    )
    group: Text = described("Group", "name", source="event_study of the study")
    model: Text = described(
        "Model of normal returns", "name", source="event_study of the study"
    )
    window: Text = described(
        "Window",
        "trading days",
        "first and last day around the event day, 0",
        source="event_study.windows of the study",
    )
    date: Series[pa.DateTime] = described(
        "Trading day", "date", source="trading calendar"
    )
    n: Series[int] = described(
        "{Entities} in their windows", "count", source="event study", ge=1
    )
    ar: Series[float] = described(
        "Abnormal return",
        "decimal",
        "equally weighted over the {entities}",
        source="event study",
    )
    z: Series[float] = described(
        "Standardized abnormal return",
        "ratio",
        "over its standard deviation if {entities} were independent",
        source="event study",
        missing="the standard deviation is missing",
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["sample", "group", "model", "window", "date"]


@canonical("size_power", stage="events")
class SizePower(pa.DataFrameModel):
    """One row per design, test and window: how often simulated samples reject.

    ``shift`` is the return added on the event day (decimal), ``variance_factor`` what
    the variance of that day is multiplied by; ``error`` is the binomial standard
    error of the rejection ``rate`` at two-sided ``level``.
    """

    design: Text = described("Design", "name", source="simulated samples")
    clustered: Series[bool] = described(
        "Event days clustered", "true/false", source="simulated samples"
    )
    shift: Series[float] = described(
        "Return added on the event day", "decimal", source="simulated samples"
    )
    variance_factor: Series[float] = described(
        "Factor on the event day's variance", "ratio", source="simulated samples", ge=1
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
    level: Series[float] = described(
        "Level of the test",
        "decimal",
        "two-sided",
        source="simulated samples",
        gt=0,
        lt=1,
    )
    events: Series[int] = described(
        "Events in a sample", "count", source="simulated samples", gt=0
    )
    samples: Series[int] = described(
        "Samples", "count", source="simulated samples", gt=0
    )
    undefined: Series[int] = described(
        "Samples without a statistic", "count", source="simulated samples", ge=0
    )
    rate: Series[float] = described(
        "Rejection rate",
        "decimal",
        source="simulated samples",
        missing="no sample has a statistic",
        ge=0,
        le=1,
        nullable=True,
    )
    error: Series[float] = described(
        "Standard error of the rate",
        "decimal",
        "binomial",
        source="simulated samples",
        missing="no sample has a statistic",
        ge=0,
        nullable=True,
    )

    class Config:
        strict = True
        ordered = True
        unique = ["design", "model", "window", "test", "level"]
