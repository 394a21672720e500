"""Data files -> the text of a study file that resolves, and what was seen."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import yaml

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.starting.events_study import events_study
from alliance_value.starting.files import beside
from alliance_value.starting.look import look
from alliance_value.starting.page import page
from alliance_value.starting.panel_key import key_of
from alliance_value.starting.panel_study import panel_study
from alliance_value.study.resolve import resolve
from alliance_value.study.schema import written_schema

SCHEMA = "workflow/schemas/study.schema.yaml"


@dataclass(frozen=True)
class NewStudy:
    """A study file's text, what was seen in the data, and the command that runs it."""

    text: str
    said: Sequence[str]
    command: str


def new_study(
    path: Path,
    files: Mapping[str, str],
    kind: str = "panel",
    entity: str = "",
    time: str = "",
) -> NewStudy:
    """Look at files and write a first study of them.

    Parameters
    ----------
    path
        Where the study file will be; its name is the study's.
    files
        Path -> how the study file names it.
    kind
        ``panel`` of one file, or ``events``.
    entity, time
        Columns of a panel that the user names; empty to look for them.

    Raises
    ------
    UserError
        The files do not tell what a study needs.
    """
    schema = written_schema(SCHEMA)
    missing = schema["$defs"]["layout"]["properties"]["missing"]["default"]
    if kind == "events":
        looks = [look(*file, missing) for file in files.items()]
        for file in beside(*one_of(files)).items() if len(files) == 1 else ():
            with suppress(UserError):
                looks.append(look(*file, missing))
        first = events_study(path.stem, looks)
        listed = first.study["sources"]["events"]["file"]
        looks = [each for each in looks if each.file == listed]
    else:
        looks = [look(*one_of(files), missing)]
        first = panel_study(path.stem, looks[0], key_of(looks[0], entity, time))
    command = f"snakemake -c2 --configfile {shlex.quote(str(path))}"
    text = page(first, looks, command)
    resolve(yaml.safe_load(text), SCHEMA)
    return NewStudy(text, first.said, command)


def one_of(files: Mapping[str, str]) -> tuple[str, str]:
    """Return the only file.

    Raises
    ------
    UserError
        There are several.
    """
    if len(files) > 1:
        problem = Problem(
            rule=f"a first study of a panel is made of one file, not {len(files)}",
            remedy="name one; the study file then takes a list or a pattern of files "
            "(config/README.md), and events take KIND=events",
        )
        raise UserError([problem], "the new study")
    return next(iter(files.items()))
