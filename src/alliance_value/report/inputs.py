"""Everything that the report shows, as it was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from alliance_value.contracts.failures import Failures
from alliance_value.contracts.results import Claims
from alliance_value.contracts.storage import empty
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.text_table import TextTable


@dataclass(frozen=True)
class Inputs:
    """Everything that the report shows.

    Parameters
    ----------
    study
        The resolved study.
    context
        What the study's exhibits say too: labels, titles, its words.
    libraries
        Versions of the libraries that computed and drew.
    estimates, fits, funnel, rejects, cut_points, validation
        Canonical tables.
    sources
        The source files with their hashes, and what was decided in reading them.
    claims
        Published headlines beside this study's estimates; empty without claims.
    failures
        Problems of models that are not estimated.
    results
        Further tables of results by name, as far as the study makes them.
    tables, figures, captions
        Exhibits by name: cells, SVG and text.
    study_file
        Path of the study file from the checkout; empty for the default one.
    """

    study: Mapping[str, Any]
    context: Context
    libraries: Mapping[str, str]
    estimates: pd.DataFrame
    fits: pd.DataFrame
    funnel: pd.DataFrame
    rejects: pd.DataFrame
    cut_points: pd.DataFrame
    validation: pd.DataFrame
    sources: Sequence[Mapping[str, Any]]
    claims: pd.DataFrame = field(default_factory=lambda: empty(Claims))
    failures: pd.DataFrame = field(default_factory=lambda: empty(Failures))
    results: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    tables: Mapping[str, TextTable] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)
    study_file: str = ""
