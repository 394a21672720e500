"""What a user names -> the study file to write and the data files to look at."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

import yaml

from alliance_value.contracts.access import no_file
from alliance_value.contracts.problems import Problem, UserError, raise_if

NAME = r"[a-z0-9][a-z0-9_-]{0,63}"
FOLDER = "ALLIANCE_VALUE_DATA"
# what stands beside a file of events may be its returns and factors
BESIDE = (".csv", ".gz", ".parquet", ".dta", ".txt", ".xlsx", ".zip")


def study_file(name: str, folder: Path) -> Path:
    """Return the file of a new study.

    Raises
    ------
    UserError
        The name is none, or a study of that name is there.
    """
    usage = "make new STUDY=name DATA=file"
    if not re.fullmatch(NAME, name):
        problem = Problem(
            rule=f"'{name}' is no name of a study",
            remedy=f"small letters, digits, - and _, such as {usage}",
        )
        raise UserError([problem], "the new study")
    path = folder / f"{name}.yaml"
    for other in [path, *sorted(folder.glob("*.y*ml"))]:
        if other.exists() and (other == path or named_in(other) == name):
            problem = Problem(
                rule=f"there is a study '{name}' already, which stays as it is",
                remedy="take another name, or move that file away",
                where=str(other),
            )
            raise UserError([problem], "the new study")
    return path


def named_in(path: Path) -> str:
    """Return the name of a study file's study, empty where it says none."""
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError):
        return ""
    return str(read.get("study", "")) if isinstance(read, dict) else ""


def data_files(data: str, study: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return path -> how a study file names it, of the files that a user names.

    Parameters
    ----------
    data
        One file, or several with blanks between, as a shell takes them.
    study
        The study's name, for where files belong.
    environ
        The environment, for a folder elsewhere.

    Raises
    ------
    UserError
        A file is not there, or lies where a study file cannot name it.
    """
    paths = (
        [Path(data)] if Path(data).exists() else [Path(p) for p in shlex.split(data)]
    )
    if not paths:
        problem = Problem("DATA is empty", "name a file: make new STUDY=name DATA=file")
        raise UserError([problem], "the new study")
    raise_if([p for path in paths if (p := no_file(path))], "the new study")
    problems: list[Problem] = []
    files = {str(path): written(path, study, environ, problems) for path in paths}
    raise_if(problems, "the new study")
    return files


def beside(path: str, named: str) -> dict[str, str]:
    """Return the other data files of a file's folder, named as it is named."""
    folder, prefix = Path(path).parent, named.removesuffix(Path(path).name)
    return {
        str(other): prefix + other.name
        for other in sorted(folder.iterdir())
        if other.suffix in BESIDE and other.name != Path(path).name
    }


def written(
    path: Path, study: str, environ: Mapping[str, str], problems: list[Problem]
) -> str:
    """Return a path from the checkout, or from the folder that a variable names."""
    full, here = path.absolute(), Path().absolute()
    if full.is_relative_to(here):
        return full.relative_to(here).as_posix()
    elsewhere = environ.get(FOLDER, "")
    if elsewhere and full.is_relative_to(Path(elsewhere).absolute()):
        inner = full.relative_to(Path(elsewhere).absolute())
        return f"${{{FOLDER}}}/{inner.as_posix()}"
    problems.append(
        Problem(
            rule="the file lies outside of the checkout",
            remedy=f"mkdir -p data/raw/{study}; copy it there and name the copy, or "
            f"set {FOLDER} to a folder above it",
            where=str(path),
        )
    )
    return ""
