"""What git tracks + one study -> the files that may be in its package.

All that is not of the project, or not named by the study, stays out: whoever shares a
study may have others, and drafts, and data, beside it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any

import yaml

from alliance_value.running.job import listed
from alliance_value.running.provenance import FILE, Provenance, under

# Programs and pages of the project, by folder and kind. What only its developers need
# stays out, and so do pictures among the pages, which cannot be looked into.
PROJECT = re.compile(
    r"(?:Snakefile|Makefile|Containerfile|LICENSE|CITATION\.cff|pyproject\.toml"
    r"|requirements\.lock|config/README\.md)"
    r"|src/alliance_value/.+\.(?:py|j2|typ|yaml)|src/alliance_value/.+/certificate\.csv"
    r"|workflow/(?:Snakefile|.+\.(?:py|smk|rst|sh|yaml))"
    r"|profiles/.+\.yaml"
    r"|docs/(?!bad-inputs)[^/]+\.md"
)
# Folders that hold a folder or a file for each study.
OF_STUDIES = re.compile(
    r"(?:data/(?:raw|steps|processed|wrds)|results|metrics|build)/([a-z0-9][a-z0-9_-]*)"
)
STUDY_FILE = re.compile(r"[\w./-]+\.ya?ml\b")


def programs(tracked: Iterable[str], read: Container[str]) -> list[str]:
    """Return the files of the project among those that git tracks.

    Parameters
    ----------
    tracked
        What git tracks.
    read
        Files that jobs of the study read, which belong to it wherever they are.
    """
    return sorted(p for p in tracked if PROJECT.fullmatch(p) or p in read)


def results_of(provenance: Provenance, study: str) -> list[str]:
    """Return the results that the record of a study names, and the record itself."""
    folder = f"results/{study}"
    results = {p for p in provenance.maker() if under(p, folder)}
    results |= {f"metrics/{study}.json"} & provenance.maker().keys()
    return sorted({*results, f"{folder}/{FILE}"})


def open_files(
    study: Mapping[str, Any],
    closed: Sequence[str],
    paths: Mapping[str, Sequence[str]],
    outputs: Container[str],
) -> list[str]:
    """Return the raw files in the checkout that may be shared and that no rule makes.

    Parameters
    ----------
    study
        The resolved study.
    closed
        Sources that may not be shared; a file that is also theirs stays out.
    paths
        Each source's files on this machine.
    outputs
        Files that rules make.
    """
    shut = {path for source in closed for path in paths.get(source, ())}
    written = {
        path
        for source in paths
        if source not in closed
        for path in listed(study["sources"][source]["file"])
    }
    inside = {path for of_source in paths.values() for path in of_source} & written
    return sorted(path for path in inside - shut if path not in outputs)


def is_study(path: str, content: bytes) -> bool:
    """Whether a file is a study file."""
    if not path.endswith((".yaml", ".yml")):
        return False
    try:
        loaded = yaml.safe_load(content)
    except (yaml.YAMLError, UnicodeDecodeError):
        return False
    return isinstance(loaded, dict) and {"study", "sources"} <= loaded.keys()


def own_pipeline(pipeline: Mapping[str, Any], study: str, study_file: str) -> str:
    """Return the study's own stages and plots of a pipeline, empty if there are none.

    Parameters
    ----------
    pipeline
        A whole one (`records.pipeline_of`).
    study, study_file
        The study and its file.
    """
    stages = pipeline.get("stages") or {}
    variables: dict[str, Any] = {}
    for part in pipeline.get("vars") or []:
        variables |= part if isinstance(part, dict) else {}
    own = {
        name: stage
        for name, body in stages.items()
        if (stage := own_stage(body, variables, study, study_file))
    }
    if not own:
        return ""
    kept: dict[str, Any] = {"stages": own}
    for key in ("plots", "metrics"):
        shown = [p for p in pipeline.get(key) or [] if only_of(p, study, study_file)]
        kept |= {key: shown} if shown else {}
    return yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)


def own_stage(
    body: Mapping[str, Any],
    variables: Mapping[str, Any],
    study: str,
    study_file: str,
) -> dict[str, Any]:
    """Return a stage as it is for one study, empty where it is for others."""
    if "foreach" not in body:
        return dict(body) if only_of(body, study, study_file) else {}
    items = body["foreach"]
    if isinstance(items, str):
        items = variables.get(items.strip("${}"), {})
    if isinstance(items, dict):
        items = {k: v for k, v in items.items() if k == study or v == study_file}
    else:
        items = [item for item in items if item in (study, study_file)]
    if not items or not only_of({"do": body.get("do"), "": study}, study, study_file):
        return {}
    return {**body, "foreach": items}


def only_of(part: Any, study: str, study_file: str) -> bool:
    """Whether a part of a pipeline names this study's files, and no other's."""
    text = yaml.safe_dump(part, width=10_000)
    named = {*OF_STUDIES.findall(text)}
    files = {*STUDY_FILE.findall(text)} - {study_file, "profiles/default/config.yaml"}
    return named <= {study} and not files and (bool(named) or study in text)
