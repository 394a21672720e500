"""A script of the workflow -> the package modules that it really imports."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import grimp

PACKAGE = "alliance_value"
ROOT = Path(__file__).resolve().parents[1]


@cache
def graph() -> grimp.ImportGraph:
    """Return the package's static import graph, built once per process."""
    return grimp.build_graph(
        PACKAGE, cache_dir=None, exclude_type_checking_imports=True
    )


def modules_of(script: str | Path, named: Iterable[str] = ()) -> list[str]:
    """Return the files of a script: itself, and each package module behind it.

    Importing a module runs the ``__init__`` of every package above it, so these count
    too, with what they import.

    Parameters
    ----------
    script
        A Python file outside the package.
    named
        Modules that it imports by name as the study asks, such as an estimator's.

    Returns
    -------
    list of str
        Paths sorted by name, the script first; those of the package are relative to
        the working directory where they lie below it.
    """
    imports = graph()
    waiting = sorted(imported(script, imports.modules) | {*named})
    modules: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in modules:
            continue
        modules.add(module)
        if "." in module:
            waiting.append(module.rpartition(".")[0])
        waiting += sorted(imports.find_modules_directly_imported_by(module))
    return [str(script), *sorted(map(file_of, modules))]


def imported(script: str | Path, modules: set[str]) -> set[str]:
    """Return the package modules that a script's import statements name."""
    tree = ast.parse(Path(script).read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module}
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names & modules


def file_of(module: str) -> str:
    """Return the file of a package module."""
    parts = module.split(".")[1:]
    path = ROOT.joinpath(*parts)
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
