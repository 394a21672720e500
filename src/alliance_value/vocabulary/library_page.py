"""Docstrings of functions that other programs may import -> their page of reference.

    python -m alliance_value.vocabulary.library_page

writes docs/library.md.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

PAGE = Path("docs/library.md")
# heading -> module and the names in it
OFFERED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Event studies": (
        ("alliance_value.events.study", ("event_study", "EventStudy")),
        ("alliance_value.events.exclusions", ("Rules",)),
        ("alliance_value.events.size_power", ("size_and_power", "Design")),
    ),
    "Repeated inference of linear models": (
        ("alliance_value.models.engine.grams", ("cross_products",)),
        ("alliance_value.models.engine.regress", ("regress", "covariance")),
        ("alliance_value.models.engine.jackknife", ("jackknife",)),
        ("alliance_value.models.engine.bootstrap", ("wild_bootstrap",)),
        ("alliance_value.models.engine.permute", ("randomize",)),
        ("alliance_value.models.engine.sensitivity", ("robustness", "stability")),
        ("alliance_value.models.within", ("demean",)),
    ),
    "Tables larger than memory": (
        ("alliance_value.models.shards", ("Shards",)),
        ("alliance_value.models.in_passes", ("fit_in_passes",)),
    ),
    "Studies and files": (
        ("alliance_value.study.resolve", ("resolve",)),
        ("alliance_value.sources.read_file", ("read_file",)),
        ("alliance_value.models.family", ("estimate_family",)),
        ("alliance_value.contracts.problems", ("UserError",)),
    ),
}
HEAD = """\
# Library: what other programs may import

Written by `python -m alliance_value.vocabulary.library_page` from the docstrings. These
names stay; others in the package may change. [event-study.md](event-study.md),
[inference.md](inference.md) and [scale.md](scale.md) show them in use.
"""


def library_page() -> str:
    """Return the page: signature and docstring of each name."""
    lines = [HEAD]
    for heading, modules in OFFERED.items():
        lines += [f"\n## {heading}\n"]
        for module, names in modules:
            for name in names:
                lines += section(module, name)
    return "\n".join(lines).rstrip() + "\n"


def section(module: str, name: str) -> Iterator[str]:
    """Yield the lines on one name."""
    offered = getattr(import_module(module), name)
    yield f"### `{name}`\n"
    yield f"```text\nfrom {module} import {name}\n"
    yield f"{name}{signature(offered)}\n"
    yield f"{inspect.getdoc(offered)}\n```\n"


def signature(offered: object) -> str:
    """Return how something is called, one argument a line."""
    if not callable(offered):
        return ""
    arguments = inspect.signature(offered).parameters.values()
    inside = [f"    {plain(a)}," for a in arguments]
    return "\n".join(["(", *inside, ")"]) if inside else "()"


def plain(argument: inspect.Parameter) -> str:
    """Return an argument without its type; of a default that is no literal only that.

    A function's text names a place in memory, the environment's that of this machine.
    """
    literal = (str, int, float, bool, tuple, type(None), type(argument.empty))
    if isinstance(argument.default, literal):
        return str(argument.replace(annotation=argument.empty))
    return f"{argument.name}=..."


if __name__ == "__main__":
    PAGE.write_text(library_page(), encoding="utf-8")
