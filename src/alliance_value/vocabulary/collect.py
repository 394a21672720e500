"""The package's source text -> the entries that it declares, and what they name.

Nothing is imported for this: a study is checked in every job's process, and estimators
and figures bring libraries that take seconds to load.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from alliance_value.vocabulary.entries import KINDS, Entry, Reader

PACKAGE = "alliance_value"
ROOT = Path(__file__).resolve().parents[1]
DECLARES = f"{PACKAGE}.vocabulary.entries"

DECORATED = re.compile(
    r"(?P<decorators>^@\w[^\n]*\n.*?)^(?:def|class) (?P<name>\w+)", re.M | re.S
)

E = TypeVar("E", bound=Entry)


@cache
def vocabulary() -> dict[str, dict[str, Entry]]:
    """Return every entry of the package by kind and name, in the order of its files.

    Raises
    ------
    AssertionError
        A name is declared twice, or by what is no plain value: a defect of the code.
    """
    entries: dict[str, dict[str, Entry]] = {kind: {} for kind in KINDS}
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if DECLARES in text and path.parent.name != "vocabulary":
            for entry in declared(text, module_of(path)):
                of_kind = entries[entry.kind]
                assert entry.key not in of_kind, (
                    f"{entry.kind} '{entry.key}' is declared in {entry.module} and "
                    f"in {of_kind[entry.key].module}"
                )
                of_kind[entry.key] = entry
    return entries


def module_of(path: Path) -> str:
    """Return the name of a module of the package from its file."""
    return ".".join((PACKAGE, *path.relative_to(ROOT).with_suffix("").parts))


def declared(text: str, module: str) -> Iterator[Entry]:
    """Yield the entries that a module's functions are decorated with.

    Only decorators are parsed, with the head of what they stand on: all else is most
    of the text, and every job does this.
    """
    for match in DECORATED.finditer(text):
        line = text.count("\n", 0, match.start())
        node = ast.parse(f"{match['decorators']}class {match['name']}: pass").body[0]
        for call in getattr(node, "decorator_list", []):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
                continue
            if call.func.id not in KINDS:
                continue
            try:
                (name,) = map(ast.literal_eval, call.args)
                said = {str(k.arg): ast.literal_eval(k.value) for k in call.keywords}
            except ValueError as error:
                raise AssertionError(
                    f"{module}, line {line + call.lineno}: an entry is declared with "
                    "plain values alone"
                ) from error
            yield KINDS[call.func.id](
                name, module=module, function=getattr(node, "name", ""), **said
            )


def entries(kind: type[E]) -> dict[str, E]:
    """Return the entries of one kind by their keys, which are names but for readers."""
    return vocabulary()[kind.kind]  # type: ignore[return-value]


def readers_of(source: str) -> dict[str, Reader]:
    """Return the readers of a source's files by name."""
    return {r.name: r for r in entries(Reader).values() if r.of == source}


def implementation(entry: Entry) -> Callable[..., Any]:
    """Import what an entry names."""
    defined: Callable[..., Any] = getattr(import_module(entry.module), entry.function)
    return defined


def modules(kind: type[Entry], names: Iterable[str]) -> list[str]:
    """Return the modules in which entries are defined, sorted: a rule's inputs."""
    known = entries(kind)
    return sorted({known[name].module for name in names})
