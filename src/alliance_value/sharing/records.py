"""dvc.yaml, dvc.lock, *.dvc and git's history -> what DVC has recorded of a study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from alliance_value.contracts.problems import Problem, UserError, clip, raise_if
from alliance_value.running.git import git
from alliance_value.sharing.objects import Object, objects
from alliance_value.study.read import merge_problem

PIPELINE, LOCK = "dvc.yaml", "dvc.lock"
DIGEST = r"[0-9a-f]{32}(?:\.dir)?"
IN_HISTORY = re.compile(rf"^[-+ ].*\bmd5: ({DIGEST})$", re.MULTILINE)
OUTS = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["path"],
        "properties": {
            "path": {"type": "string"},
            "md5": {"type": "string", "pattern": f"^{DIGEST}$"},
        },
    },
}
STAGE = {"type": "object", "properties": {"outs": OUTS}}
STAGES = {"type": ["object", "null"], "additionalProperties": STAGE}
WRITTEN = {
    "type": "object",
    "properties": {"foreach": {"type": ["string", "array", "object"]}},
}
SHAPES: Mapping[str, Mapping[str, Any]] = {
    PIPELINE: {
        "type": "object",
        "properties": {
            "stages": {"type": ["object", "null"], "additionalProperties": WRITTEN},
            "vars": {"type": ["array", "null"]},
            "metrics": {"type": ["array", "null"]},
            "plots": {"type": ["array", "object", "null"]},
        },
    },
    LOCK: {"type": "object", "properties": {"stages": STAGES}},
    ".dvc": {"type": "object", "required": ["outs"], "properties": {"outs": OUTS}},
}
AGAIN = "then run the same command again"


def outputs_of(study: str, root: Path) -> list[Object]:
    """Return what DVC recorded of a study: by its stages, or added below data.

    Parameters
    ----------
    study
        Name of the study.
    root
        The checkout.

    Raises
    ------
    UserError
        A record cannot be read.
    """
    problems: list[Problem] = []
    added = sorted(p.relative_to(root) for p in (root / "data").rglob("*.dvc"))
    contents = {
        path: load(root, path.as_posix(), problems)
        for path in (Path(PIPELINE), Path(LOCK), *added)
    }
    raise_if(problems, "what DVC has recorded")
    outputs = list(recorded(contents[Path(PIPELINE)], contents[Path(LOCK)]))
    for path in added:
        outputs += outs(contents[path], path.parent)
    own = (f"data/raw/{study}/", f"data/steps/{study}/", f"results/{study}/")
    return [item for item in outputs if f"{item.path}/".startswith(own)]


def pipeline_of(root: Path) -> Mapping[str, Any]:
    """Return what dvc.yaml says, empty where there is none.

    Raises
    ------
    UserError
        It cannot be read.
    """
    problems: list[Problem] = []
    pipeline = load(root, PIPELINE, problems)
    raise_if(problems, "DVC's pipeline")
    return pipeline


def nothing_recorded(study: str, study_file: str) -> UserError:
    """Return what is wrong with sharing a study that is recorded nowhere."""
    problem = Problem(
        rule=f"DVC has recorded nothing of study '{study}'",
        remedy=f"add '{study}: {study_file}' to studies in dvc.yaml and run dvc repro "
        f"study@{study}; or name another study file: STUDY=...",
        where=LOCK,
    )
    return UserError([problem], f"sharing study '{study}'")


def load(root: Path, name: str, problems: list[Problem]) -> Mapping[str, Any]:
    """Read one of DVC's files; what is wrong with it joins the problems."""
    path = root / name
    if not path.is_file():
        return {}
    shape = next(shape for end, shape in SHAPES.items() if name.endswith(end))
    remedy = f"take it back as git has it (git checkout -- {name}), {AGAIN}"
    try:
        text = path.read_text(encoding="utf-8")
        if problem := merge_problem(name, text):
            problems.append(problem)
            return {}
        content = yaml.safe_load(text) or {}
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        rule = f"this is not valid YAML: {str(error).splitlines()[0]}"
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        problems.append(Problem(rule, remedy, where))
        return {}
    wrong = best_match(Draft202012Validator(shape).iter_errors(content))
    if wrong is None:
        return dict(content)
    place = ".".join(map(str, wrong.absolute_path))
    rule = f"{place}: {wrong.message}" if place else wrong.message
    problems.append(Problem(clip(rule, 200), remedy, name))
    return {}


def recorded(pipeline: Mapping[str, Any], lock: Mapping[str, Any]) -> Iterator[Object]:
    """Yield the outputs of the stages of a lock file that the pipeline still has."""
    stages = pipeline.get("stages") or {}
    for name, stage in (lock.get("stages") or {}).items():
        base, many, _ = name.partition("@")
        written = stages.get(base)
        if isinstance(written, Mapping) and bool(many) == (
            not {"foreach", "matrix"}.isdisjoint(written)
        ):
            yield from outs(stage, Path())


def outs(stage: Mapping[str, Any], folder: Path) -> Iterator[Object]:
    """Yield the outputs of a stage, or of a file that was added, that have a hash."""
    for out in stage.get("outs", []):
        if "md5" in out:
            yield Object(out["md5"], (folder / out["path"]).as_posix())


def ever_recorded(outputs: Iterable[Object], cache: Path, root: Path) -> set[str]:
    """Return the MD5 of every file that is recorded, now or in any commit.

    Folders count as far as the cache still holds their lists; without git, what is
    recorded now.
    """
    records = [LOCK, "*.dvc"]
    shown = git(root, "log", "--all", "-p", "--format=", "--", *records)
    earlier = [Object(digest, "") for digest in set(IN_HISTORY.findall(shown))]
    return {item.digest for item in objects([*outputs, *earlier], cache)}
