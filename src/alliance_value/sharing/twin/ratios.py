"""A study's ratios -> what the columns of a numerator are divided by."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from alliance_value.sharing.twin.source import PanelSource
from alliance_value.study.expressions import ExpressionError, parse, rename


def scales_of(source: PanelSource) -> dict[str, str]:
    """Return column -> the denominator of the study's ratio whose numerator it is in.

    Columns that enter with a constant weight count, so that the ratio is a sum of
    what is drawn; each has the first denominator that is not made of it. Those of a
    denominator come before the columns that it divides.
    """
    divisors: dict[str, str] = {}
    below: dict[str, set[str]] = {}
    for above, denominator in ratios(source.study):
        names = known_names(denominator, source)
        for name in linear_names(parse(above)) if names else ():
            key = source.names.get(name, "")
            number = key and source.columns[key].kind == "number"
            if number and key not in divisors and not reaches(names, key, below):
                divisors[key] = rename(denominator, dict(source.names))
                below[key] = names
    order = sorted(divisors, key=lambda key: depth(key, below))
    return {key: divisors[key] for key in order}


def reaches(names: set[str], key: str, below: Mapping[str, set[str]]) -> bool:
    """Whether columns are divided, directly or not, by a column."""
    return key in names or any(
        reaches(below[name], key, below) for name in names if name in below
    )


def depth(key: str, below: Mapping[str, set[str]]) -> int:
    """Return how many divisors stand one upon the other below a column."""
    return 1 + max((depth(n, below) for n in below.get(key, set())), default=0)


def ratios(study: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield numerator and denominator of each variable of the study that is a ratio."""
    for variable in study["variables"].values():
        if "numerator" in variable:
            yield variable["numerator"], variable["denominator"]
        elif variable.get("value"):
            tree = parse(variable["value"])
            if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Div):
                yield ast.unparse(tree.left), ast.unparse(tree.right)


def known_names(formula: str, source: PanelSource) -> set[str]:
    """Return the columns of a formula, none where it reads anything else."""
    try:
        tree = parse(formula)
    except ExpressionError:
        return set()
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    keys = {source.names.get(n, "") for n in names}
    numbers = all(k and source.columns[k].kind == "number" for k in keys)
    return keys if keys and numbers else set()


def linear_names(node: ast.AST) -> set[str]:
    """Return the names that enter a formula with a constant weight."""
    match node:
        case ast.Name(id=name):
            return {name}
        case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=inner):
            return linear_names(inner)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return linear_names(left) | linear_names(right)
        case ast.BinOp(left=ast.Constant(), op=ast.Mult(), right=inner):
            return linear_names(inner)
        case ast.BinOp(left=inner, op=ast.Mult() | ast.Div(), right=ast.Constant()):
            return linear_names(inner)
    return set()
