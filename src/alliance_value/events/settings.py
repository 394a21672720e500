"""The event-study section of a study file -> arguments of the event study."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from alliance_value.events.calendar import Window
from alliance_value.events.exclusions import Rules
from alliance_value.events.own_windows import envelope, own_days
from alliance_value.study.event_study import variants
from alliance_value.study.measures import measure_of


def study_settings(
    section: Mapping[str, Any], confounds: pd.DataFrame | None
) -> dict[str, Any]:
    """Return the keyword arguments of `event_study` that a study file settles.

    Parameters
    ----------
    section
        The resolved ``event_study`` section, with confidence and seed.
    confounds
        Other news, or None.
    """
    return {
        "models": list(section["models"]),
        "measure": measure_of(section),
        "windows": windows_of(section),
        "estimation": section["estimation"] and pair(section["estimation"]),
        "path": pair(section["path"]),
        "tests": list(section["tests"]),
        "confounds": confounds,
        "rules": rules_of(section),
        "confidence": section["confidence"],
        "draws": section["draws"],
        "seed": section["seed"],
    }


def rules_of(section: Mapping[str, Any]) -> Rules:
    """Return what an event must meet."""
    first, last = (
        pd.Timestamp(section[key]) if section[key] else None
        for key in ("first", "last")
    )
    return Rules(
        minimum=section["minimum"],
        overlap=section["overlap"],
        confound_window=pair(section["confound_window"]),
        first=first,
        last=last,
    )


def windows_of(section: Mapping[str, Any]) -> list[Window]:
    """Return the windows, the headline among them."""
    windows = [pair(window) for window in section["windows"]]
    return list(dict.fromkeys([*windows, pair(section["headline"])]))


def days_of(section: Mapping[str, Any], events: pd.DataFrame) -> list[Window]:
    """Return the event windows and the estimation window, those of events' own too."""
    usual = section["estimation"] and pair(section["estimation"])
    own = [own_days(events, name, usual) for name in ("estimation", "window")]
    varied = [pair(v["estimation"]) for _, v in variants(section) if v["estimation"]]
    estimation = [usual] if usual and own[0] is None else []
    envelopes = [envelope(days) for days in own if days is not None]
    return [*windows_of(section), *estimation, *varied, *envelopes]


def headline_of(section: Mapping[str, Any]) -> tuple[str, Window]:
    """Return the model and window of which the study's headlines speak."""
    return section["models"][0], pair(section["headline"])


def pair(values: list[int]) -> Window:
    """Return a window written as a list of two days."""
    first, last = values
    return int(first), int(last)
