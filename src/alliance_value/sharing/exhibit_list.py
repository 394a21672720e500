"""A study's exhibits + the package -> the list of tables and figures with programs."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

import yaml

from alliance_value.exhibits.order import Exhibit, numbered
from alliance_value.sharing.contents import Contents
from alliance_value.sharing.programs import Program, programs

FUNNEL = ("alliance_value.exhibits.funnel", "draw_funnel")


@dataclass(frozen=True)
class Listed:
    """One table or figure of the list.

    Parameters
    ----------
    exhibit
        What it is: its number in the report and its title.
    outputs
        Its files in the package.
    left_out
        Why its other files are not, or hold less; empty where all are.
    program, line
        The module that lays it out, and the line where that begins; 0 where the
        package has no such module.
    made_by
        The rule and the script that call it.
    declared
        Where the study file declares it; empty for one that every study gets.
    """

    exhibit: Exhibit
    outputs: tuple[str, ...]
    left_out: str
    program: str
    line: int
    made_by: Program | None
    declared: str


def exhibits(contents: Contents) -> list[Listed]:
    """Return the tables and figures of a study by their numbers in the report."""
    makers = programs(contents.provenance, contents.provenance.files)
    lines = declared_lines(contents.files.get(contents.study_file, b"").decode())
    listed = []
    for exhibit in numbered(contents.study):
        prefix = prefix_of(contents.study["study"], exhibit)
        outputs = [o for o in makers if o.startswith(prefix)]
        program, begins = code_of(exhibit, contents.files)
        line = lines.get((exhibit.kind, exhibit.name))
        reasons = {contents.withheld[o] for o in outputs if o in contents.withheld}
        listed.append(
            Listed(
                exhibit,
                tuple(o for o in outputs if o in contents.files),
                "; ".join(sorted(reasons)),
                program,
                begins,
                makers[outputs[0]] if outputs else None,
                f"`{contents.study_file}`, line {line}" if line else "",
            )
        )
    return listed


def prefix_of(study: str, exhibit: Exhibit) -> str:
    """Return how the paths of an exhibit's files begin."""
    return f"results/{study}/{exhibit.kind}s/{exhibit.name}."


def code_of(exhibit: Exhibit, inside: Mapping[str, bytes]) -> tuple[str, int]:
    """Return the module and the line of what lays out a table or draws a figure."""
    entry = exhibit.entry
    module, function = (entry.module, entry.function) if entry else FUNNEL
    path = f"src/{module.replace('.', '/')}.py"
    tree = ast.parse(inside.get(path, b""))
    lines = [n.lineno for n in tree.body if getattr(n, "name", "") == function]
    return path, next(iter(lines), 0)


def declared_lines(text: str) -> dict[tuple[str, str], int]:
    """Return the line of a study file in which each exhibit is declared."""
    lines = {}
    for kind in ("table", "figure"):
        node = yaml.compose(text, yaml.SafeLoader)
        for key in ("exhibits", f"{kind}s"):
            node = value_of(node, key)
        for item in node.value if isinstance(node, yaml.SequenceNode) else ():
            name = value_of(item, "name")
            if name is not None:
                lines[kind, name.value] = item.start_mark.line + 1
    return lines


def seed_line(text: str) -> int | None:
    """Return the line of a study file that sets the seed, none where it is default."""
    node = value_of(yaml.compose(text, yaml.SafeLoader), "seed")
    return None if node is None else node.start_mark.line + 1


def value_of(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """Return the value of a key of a mapping; none where there is no such."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)
