"""Returns, events and factors -> an event study: tables of effects and their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.events import Bhars, Events
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.storage import arrange, empty
from alliance_value.events.arguments import problems_of, whole_days
from alliance_value.events.bhar import bhar_table
from alliance_value.events.calendar import (
    CLOSE,
    WINDOWS,
    Window,
    after_early_close,
    reach_of,
    span,
)
from alliance_value.events.engine import CHUNK, Task, run_model
from alliance_value.events.exclusions import Rules, event_funnel, reasons_against
from alliance_value.events.given import (
    dated_events,
    dated_factors,
    dated_returns,
    with_moments,
)
from alliance_value.events.groupings import GROUP, group_members
from alliance_value.events.matrix import by_market, to_market, to_markets
from alliance_value.events.measures import derivation, measured
from alliance_value.events.own_windows import (
    envelope,
    of_kept,
    own_days,
    own_problems,
)
from alliance_value.events.places import place_events, with_known_factors
from alliance_value.events.samples import Group
from alliance_value.events.tables import (
    abnormal_table,
    caar_table,
    calendar_table,
    cars_table,
    tests_table,
)
from alliance_value.study.event_study import usual_tests
from alliance_value.study.measures import (
    RETURN,
    own_market,
    words_of,
)
from alliance_value.vocabulary.words import Words

ESTIMATION: Window = (-295, -46)


@dataclass(frozen=True)
class EventStudy:
    """The tables of an event study; columns and units in `contracts.events`.

    Parameters
    ----------
    events
        Every event, kept or not (`Events`).
    abnormal_returns
        Kept events by model and day (`AbnormalReturns`).
    cars
        Kept events by model and window (`Cars`).
    event_tests
        Samples, groups, models and windows by test (`EventTests`).
    caar
        Average paths with bands (`Caar`).
    bhar
        Buy-and-hold abnormal returns by sample, group, model and window (`Bhars`).
    calendar_time
        Calendar-time portfolios by date (`CalendarTime`).
    exclusions
        Reasons against events (`Exclusions`).
    funnel
        Events left after each reason (`contracts.funnel.Funnel`).
    notes
        What was decided or left out, in words.
    """

    events: pd.DataFrame
    abnormal_returns: pd.DataFrame
    cars: pd.DataFrame
    event_tests: pd.DataFrame
    caar: pd.DataFrame
    bhar: pd.DataFrame
    calendar_time: pd.DataFrame
    exclusions: pd.DataFrame
    funnel: pd.DataFrame
    notes: tuple[str, ...]


def event_study(
    returns: pd.DataFrame,
    events: pd.DataFrame,
    factors: pd.DataFrame | None = None,
    *,
    models: str | Sequence[str] = ("market",),
    windows: Sequence[Window] = WINDOWS,
    estimation: Window | None = ESTIMATION,
    path: Window | None = None,
    tests: Sequence[str] | None = None,
    groupings: Sequence[str] = (GROUP,),
    confounds: pd.DataFrame | None = None,
    market_values: pd.DataFrame | None = None,
    measure: str = RETURN,
    rules: Rules | None = None,
    close: pd.Timedelta = CLOSE,
    confidence: float = 0.95,
    draws: int = 999,
    seed: int = 0,
    chunk: int = CHUNK,
) -> EventStudy:
    """Run an event study.

    Parameters
    ----------
    returns
        Long (``security``, ``date``, ``ret``, perhaps ``market_value`` in $ million)
        or wide (dates as index, one column per security); decimals.
    events
        ``event`` (unique), ``security``, ``announced`` (date or time), and perhaps
        ``after_hours``, ``firm`` (default: the security), ``market_value``,
        ``window_first`` and ``window_last``, ``estimation_first`` and
        ``estimation_last`` (days of the event's own windows) and columns of groups.
    factors
        ``date``, ``mkt_rf`` or ``mkt``, and as the models need ``smb, hml, umd, rmw,
        cma, rf``; decimals. Its days are the trading calendar. Only the model
        ``mean`` does without. Where events and factors have a column ``market``, each
        event goes by the calendar and the factors of its market.
    models
        One or several models of normal returns.
    windows
        First and last trading day around the event day (0), both included.
    estimation
        First and last estimation day, before or after all windows; None for models and
        tests that need none.
    path
        Days of ``abnormal_returns`` and ``caar``; default: the longest window.
    tests
        Names of tests; default: the usual ones that the study can have.
    groupings
        Columns of ``events`` with names of groups, of which those that are there are
        tested apart; the first is the column ``group`` of the events' table.
    confounds
        Other news: ``security``, ``date``, ``kind``.
    market_values
        $ million, wide, beside wide returns.
    measure
        What is studied: ``return``, its ``variance``, or of long returns with a column
        of that name the logarithm of ``turnover`` (percent of the shares outstanding)
        or ``volume`` (shares); columns keep the names that they have of returns.
    rules
        What an event must meet; default `exclusions.Rules()`.
    close
        Time of day from which an announcement counts for the next trading day.
    confidence
        Level of the bands around the average path.
    draws, seed
        Bootstrap samples and the seed of their generator.
    chunk
        Events to hold in memory at once; results do not depend on it.

    Returns
    -------
    EventStudy
        Results do not depend on the order of rows in any input.

    Raises
    ------
    UserError
        Columns, models, windows or tests are not as described; all at once.
    """
    names = (models,) if isinstance(models, str) else tuple(models)
    problems: list[Problem] = []
    chosen = whole_days(windows, problems)
    rules = rules or Rules()
    if estimation is None:
        rules = replace(rules, minimum=0)
    if tests is None:
        tests = usual_tests(estimation is not None, measure)
    events = dated_events(events, problems)
    returns = dated_returns(returns, problems)
    if factors is not None:
        factors = dated_factors(factors, problems)
    if confounds is not None:
        confounds = with_moments(confounds, "date", "confounds", problems)
    problems += problems_of(
        *(events, factors, names, chosen, estimation, path, tests, confounds), measure
    )
    raise_if(problems, "the event study")
    returns = measured(returns, measure)
    listed = events.sort_values("event", kind="stable").reset_index(drop=True)
    own_estimation = own_days(listed, "estimation", estimation)
    own_window = own_days(listed, "window", None)
    fixed = [*chosen, *([path] if path else [])]
    raise_if(own_problems(listed, fixed, own_estimation, own_window), "the event study")
    if own_estimation is not None:
        estimation = envelope(own_estimation)
    if own_window is not None:
        chosen = (*chosen, envelope(own_window))
    days = span([*chosen, *([path] if path else [])])
    groupings = [column for column in groupings if column in listed.columns]
    wanted = pd.Index(listed["security"].dropna().unique())
    reach = reach_of(estimation, days)
    if by_market(listed, factors):
        assert factors is not None
        securities = listed.dropna(subset=["security"]).groupby("market")["security"]
        each = {str(m): pd.Index(s.unique()) for m, s in securities}
        market, problems = to_markets(returns, factors, each, reach, market_values)
    else:
        market, problems = to_market(
            returns, factors, wanted, reach, market_values, own_market(measure)
        )
    raise_if(problems, "the event study")
    assert market is not None
    notes = list(market.notes)
    market = with_known_factors(market, names, notes)
    moments = pd.to_datetime(listed.announced)
    early = moments[after_early_close(moments, close)]
    if len(early):
        notes.append(
            f"{len(early)} events were announced after 13:00 on days on which US "
            f"exchanges close then, the first on {early.min():%Y-%m-%d}: they count "
            "for that day; give the next one where theirs is such an exchange"
        )
    placed = place_events(
        listed, market, estimation, own_estimation, span(chosen), close
    )
    placed["first"], placed["last"] = span(chosen)
    if own_window is not None:
        first, last = span(chosen[:-1])
        placed["first"] = np.minimum(first, own_window[:, 0])
        placed["last"] = np.maximum(last, own_window[:, 1])
    placed["group"] = listed[groupings[0]] if groupings else pd.NA
    judged, exclusions = reasons_against(placed, market, rules, confounds)
    table = arrange(judged[list(Events.to_schema().columns)], Events)
    kept = judged[judged["kept"]]
    confounded = None if confounds is None else kept["confounded"].to_numpy()
    members = group_members(listed.loc[kept.index, groupings], confounded)
    labels = list(members)
    task = Task(
        market=market,
        rows=kept["row"].to_numpy(),
        positions=kept["position"].to_numpy(),
        estimation=estimation,
        windows=chosen,
        span=days,
        members=np.stack(list(members.values())),
        chunk=chunk,
        own_estimation=of_kept(own_estimation, kept.index),
        own_window=of_kept(own_window, kept.index),
        induced=derivation(measure),
    )
    results = [run_model(task, name) for name in names]
    groups = [Group(task, results, g, draws, seed) for g in range(len(labels))]
    kept_names = table.loc[table["kept"], "event"]
    return EventStudy(
        events=table,
        abnormal_returns=abnormal_table(task, names, results, kept_names),
        cars=cars_table(task, names, results, kept_names, measure == RETURN),
        event_tests=tests_table(groups, names, labels, tests),
        caar=caar_table(groups, names, labels, confidence),
        bhar=bhar_table(groups, names, labels) if measure == RETURN else empty(Bhars),
        calendar_time=calendar_table(groups, names, labels),
        exclusions=exclusions,
        funnel=event_funnel(
            table, exclusions, confounds is not None, Words(**words_of(measure))
        ),
        notes=tuple(notes),
    )
