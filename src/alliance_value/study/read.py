"""A study file on disk -> its keys, or what is wrong with it as a file, in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from alliance_value.contracts.access import ABSENT, no_file
from alliance_value.contracts.problems import (
    UNPRINTABLE,
    Problem,
    UserError,
    clip,
    nearest,
    raise_if,
)
from alliance_value.study.characters import unprintable

# a study is some hundred values; the walks over it take every one
LARGEST = 100_000
PLAIN_TAG = "tag:yaml.org,2002:"
TIMESTAMP = f"{PLAIN_TAG}timestamp"
ODD_TAGS = {f"{PLAIN_TAG}{name}" for name in ("binary", "omap", "pairs", "set")}
OPTIONS = ("--configfile", "--configfiles")
DEFAULT = "config/config.yaml"


def check_study_files(arguments: Sequence[str]) -> None:
    """End the program with one message when a study file cannot be read as such.

    The default profile calls this before Snakemake reads the files, because Snakemake
    itself says neither where a YAML file is wrong nor, without a traceback, that a
    file is absent.

    Parameters
    ----------
    arguments
        The command line of Snakemake.

    Raises
    ------
    SystemExit
        With the message, when there is a problem.
    """
    named = named_files(arguments)
    files = named or [path for path in (DEFAULT,) if Path(path).is_file()]
    problems = [problem for file in files for problem in file_problems(file)]
    try:
        raise_if(problems, "the study file" if len(files) == 1 else "the study files")
    except UserError as error:
        raise SystemExit(f"\n{error.render()}") from None


def named_files(arguments: Sequence[str]) -> list[str]:
    """Return the files that a command line gives to ``--configfile``."""
    files: list[str] = []
    taking = False
    for argument in arguments:
        if argument.startswith("-"):
            name, equals, value = argument.partition("=")
            taking = name in OPTIONS and not equals
            if name in OPTIONS and equals:
                files.append(value)
        elif taking:
            files.append(argument)
    return files


def file_problems(file: str) -> Iterator[Problem]:
    """Yield what keeps a file from being a mapping with unique keys."""
    path = Path(file)
    if problem := no_file(path):
        beside = sorted(str(p) for p in path.parent.glob("*.y*ml"))
        absent = problem.rule == ABSENT
        yield replace(problem, remedy=nearest(file, beside)) if absent else problem
        return
    try:
        text = path.read_text(encoding="utf-8")
        if merged := merge_problem(file, text):
            yield merged
            return
        if UNPRINTABLE.search(text):
            yield from odd_characters(file, text)
            return
        node = yaml.compose(text, yaml.SafeLoader)
    except UnicodeDecodeError as error:
        yield Problem(
            rule=f"byte {error.start + 1} is not UTF-8",
            remedy="save the file with encoding UTF-8",
            where=file,
        )
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = [w for w in (error.context, error.problem) if w]
        yield Problem(
            rule=f"is not valid YAML: {', '.join(words)}",
            remedy="look there and just above for a bracket or quote left open, a "
            "colon without a blank, a tab or an uneven indent",
            where=place(file, mark) if mark else file,
        )
    except RecursionError:
        yield Problem(
            rule="is not valid YAML: nested too deeply",
            remedy="look for brackets that are left open",
            where=file,
        )
    else:
        yield from shape_problems(file, node)


def merge_problem(file: str, text: str) -> Problem | None:
    """Return what is wrong with a file in which a merge left both versions."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith(("<<<<<<< ", ">>>>>>> ")):
            return Problem(
                rule="a merge left both versions in the file (conflict markers)",
                remedy="resolve the conflict: keep one version, remove the lines "
                "<<<<<<<, ======= and >>>>>>>, then run the same command again",
                where=f"{file}, line {number}",
            )
    return None


def odd_characters(file: str, text: str) -> Iterator[Problem]:
    """Yield each character that cannot be printed: YAML itself says no place."""
    for number, line in enumerate(text.split("\n"), start=1):
        for odd in UNPRINTABLE.finditer(line):
            where = f"{file}, line {number}, column {odd.start() + 1}"
            yield unprintable(odd[0], where)


def shape_problems(file: str, node: yaml.Node | None) -> Iterator[Problem]:
    """Yield what is wrong with a parsed file: nothing in it, no keys, keys twice."""
    remedy = "write keys at the left margin: study, title, sources, models"
    if node is None:
        yield Problem(rule="the file is empty", remedy=remedy, where=file)
    elif not isinstance(node, yaml.MappingNode):
        kind = "a list" if isinstance(node, yaml.SequenceNode) else "a single value"
        yield Problem(
            rule=f"the file holds {kind}, not keys with values",
            remedy=remedy,
            where=file,
        )
    elif written_out(node, {}) > LARGEST:
        yield Problem(
            rule=f"aliases (*name) make more than {LARGEST:,} values of the file",
            remedy="write out what is meant, without aliases of aliases",
            where=file,
        )
    else:
        yield from node_problems(file, node)


def written_out(node: yaml.Node, known: dict[int, float]) -> float:
    """Return how many values a node stands for once its aliases are written out.

    Parameters
    ----------
    node
        Where to begin; an alias is its anchor's node again.
    known
        Counts by node; a node that holds itself is endless.
    """
    if id(node) not in known:
        known[id(node)] = math.inf
        known[id(node)] = 1 + sum(written_out(n, known) for n in inner(node))
    return known[id(node)]


def inner(node: yaml.Node) -> list[yaml.Node]:
    """Return the nodes directly in a node."""
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


def node_problems(file: str, node: yaml.Node) -> Iterator[Problem]:
    """Yield tags beyond plain YAML, days of no calendar, and keys that stand twice.

    YAML itself would keep the last of these.
    """
    if (
        not node.tag.startswith(PLAIN_TAG)
        or node.tag in ODD_TAGS
        or "python" in node.tag
    ):
        yield Problem(
            rule=f"the tag '{clip(node.tag)}' asks for more than a plain value",
            remedy="take the tag (!...) out; a study holds texts, numbers and lists",
            where=place(file, node.start_mark),
        )
    if isinstance(node, yaml.ScalarNode) and node.tag == TIMESTAMP and not is_day(node):
        yield Problem(
            rule=f"'{node.value}' is no day of the calendar",
            remedy="correct it, or put it in quotes if it is a text",
            where=place(file, node.start_mark),
        )
    children: list[yaml.Node] = []
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                first = seen[name].start_mark.line + 1
                yield Problem(
                    rule=f"key '{name}' stands there again, first in line {first}",
                    remedy="join the two or give one another name",
                    where=place(file, key.start_mark),
                )
            seen.setdefault(name, key)
            children.append(value)
    elif isinstance(node, yaml.SequenceNode):
        children = node.value
    for child in children:
        yield from node_problems(file, child)


def is_day(node: yaml.ScalarNode) -> bool:
    """Return whether a day or time that YAML makes of a text exists."""
    try:
        yaml.constructor.SafeConstructor().construct_yaml_timestamp(node)
    except ValueError:
        return False
    return True


def place(file: str, mark: yaml.Mark) -> str:
    """Write a position in a file as people count it."""
    return f"{file}, line {mark.line + 1}, column {mark.column + 1}"
