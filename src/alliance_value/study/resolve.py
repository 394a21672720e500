"""A study file as written -> the resolved study, or all of its problems at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from copy import deepcopy
from datetime import date, datetime
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.study.cross_section import (
    OF_WORDS,
    is_cross_section,
    time_problems,
)
from alliance_value.study.dictionary import with_standard_variables
from alliance_value.study.event_study import complete_event_study, ignored_keys
from alliance_value.study.exhibit_problems import exhibit_problems
from alliance_value.study.exhibits import complete_exhibits
from alliance_value.study.ledger import rate_problems, with_ledger_variables
from alliance_value.study.models import (
    completed_models,
    models_of_grids,
    written_models,
)
from alliance_value.study.multiverse import (
    complete_grid,
    grid_problems,
    twice_chosen,
)
from alliance_value.study.names import canonical_names
from alliance_value.study.patterns import with_files_of_patterns
from alliance_value.study.references import reference_problems, repeated
from alliance_value.study.schema import (
    Mapped,
    schema_problems,
    with_defaults,
    with_layout,
    with_vocabulary,
    written_schema,
)

# What speaks of firm-years, and the sources of an event study alone.
OF_FIRM_YEARS = (
    *("models", "variables", "standard_variables", "sample", "industry"),
    *("claims", "validation", "hypotheses", "memory", "multiverse", "ledger"),
    "constructs",
)
OF_EVENTS = (
    *("events", "returns", "factors", "market", "delistings", "listings"),
    *("confounds", "wrds"),
)


def resolve(
    config: Mapping[str, Any],
    schema_file: str | Path,
    environ: Mapping[str, str] = os.environ,
    planned: Callable[[Mapped], Collection[str]] = lambda study: (),
) -> Mapped:
    """Check a study, fill in every default and put names in canonical form.

    Parameters
    ----------
    config
        The study as Snakemake read it.
    schema_file
        JSON Schema of study files, as YAML.
    environ
        The environment, for patterns of files in a folder elsewhere.
    planned
        Returns the files that rules write for a study, for patterns before they do.

    Returns
    -------
    dict
        The resolved study: every key present, models complete, the entity and time
        columns called ``firm`` and ``fiscal_year`` wherever they are referred to.

    Raises
    ------
    UserError
        With every problem of the study file.
    """
    schema = with_vocabulary(with_layout(written_schema(schema_file)))
    study: Mapped = dates_as_text(config)
    subject = "the study file"
    if "study" in study:
        subject += f" of '{study['study']}'"
    problems = [*schema_problems(study, schema), *core_problems(study)]
    problems += rate_problems(study)
    raise_if([*problems, *ignored_keys(study), *time_problems(study)], subject)
    without_time = is_cross_section(study)
    models, problems = written_models(study.get("models", []), without_time)
    study = {**study, "variables": with_ledger_variables(study)}
    variables, more = with_standard_variables(study)
    problems += more
    asked = {**study, "models": models, "variables": variables}
    study = complete_event_study(asked, with_defaults(asked, schema))
    if without_time:
        study["words"] |= dict.fromkeys(OF_WORDS, "")
    models, more = completed_models(study)
    problems += [*more, *repeated([m["name"] for m in models], "models")]
    grids = study.get("multiverse", [])
    problems += repeated([grid["name"] for grid in grids], "multiverse")
    problems += [problem for grid in grids for problem in twice_chosen(grid)]
    raise_if(problems, subject)
    study = {**study, "models": models}
    if grids:
        own, problems = models_of_grids(grids, study, schema)
        raise_if(problems, subject)
        study["multiverse"] = [
            complete_grid({**grid, "model": own.get(grid["name"], grid["model"])})
            for grid in grids
        ]
    study, problems = canonical_names(study)
    raise_if(problems or [*grid_problems(study)], subject)
    raise_if([*reference_problems(study), *exhibit_problems(study)], subject)
    study = with_files_of_patterns(study, environ, planned(study))
    return {**study, "exhibits": complete_exhibits(study)}


def core_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what a study lacks of firm-years and models, or of events alone."""
    sources = study.get("sources", {})
    if not isinstance(sources, Mapping):
        return
    if "firm_years" in sources:
        if "models" not in study:
            yield Problem("key 'models' is missing", "list the models to estimate")
        inference = study.get("inference", {})
        for key in ("repeated", "leave_out"):
            if (
                "memory" in study
                and isinstance(inference, Mapping)
                and key in inference
            ):
                yield Problem(
                    rule=f"inference.{key} holds all rows, and 'memory' has a bound",
                    remedy=f"take memory or inference.{key} out",
                    where="memory",
                )
        return
    if "events" not in sources or "event_study" not in study:
        yield Problem(
            rule="key 'firm_years' is missing",
            remedy="name the table of firm-years; an event study alone needs "
            "sources.events and event_study instead",
            where="sources",
        )
        return
    of_firm_years = (
        *((key, study) for key in OF_FIRM_YEARS),
        *((key, sources) for key in sources if key not in OF_EVENTS),
    )
    for key, place in of_firm_years:
        if key in place:
            yield Problem(
                rule=f"'{key}' without firm-years",
                remedy=f"add sources.firm_years, or take {key} out",
                where="sources" if place is sources else "",
            )


def dates_as_text(value: Any) -> Any:
    """Return a copy in which days, which YAML reads as dates, are text again."""
    if isinstance(value, Mapping):
        return {key: dates_as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [dates_as_text(inner) for inner in value]
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return deepcopy(value)
