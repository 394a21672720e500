"""Formulas of a study file -> columns, by a parser of our own and never by eval."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from alliance_value.contracts.problems import clip

# deeper formulas would exhaust the stack of the functions that walk them
LEVELS = 100
LARGEST = sys.float_info.max
Values = pd.Series  # float64, one per row; NaN is missing
BinaryRule = Callable[[np.ndarray, np.ndarray], np.ndarray]

ARITHMETIC: dict[type[ast.operator], BinaryRule] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.Eq: "eq",
    ast.NotEq: "ne",
}
FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "log": np.log,
    "log1p": np.log1p,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
}


MISSING = "missing"  # 1 where a column, of numbers or texts, has no value


class ExpressionError(ValueError):
    """A formula that cannot be read; the message says what is not understood."""


@dataclass
class Domain:
    """Rows on which a formula has no value although its inputs have one.

    Parameters
    ----------
    breaches
        Pairs of the rule and a boolean array, shape (n,), true where it is broken.
    """

    breaches: list[tuple[str, np.ndarray]] = field(default_factory=list)

    def note(self, rule: str, broken: np.ndarray) -> None:
        """Remember the rows that break a rule."""
        if broken.any():
            self.breaches.append((rule, broken))


def parse(text: str) -> ast.expr:
    """Parse a formula and refuse everything outside the small language.

    Raises
    ------
    ExpressionError
        The text is no formula, or uses something that formulas do not have.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ExpressionError(f"'{clip(text)}' is not a formula") from None
    level: list[ast.AST] = [tree]
    for _ in range(LEVELS):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise ExpressionError(
            f"'{clip(text)}' is nested too deeply; compute it in several variables"
        )
    check(tree, text)
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            constant_parts(node)
    return tree


def constant_parts(node: ast.BinOp) -> None:
    """Raise where numbers alone have no value, or something is divided by zero."""
    left, right = (
        not any(isinstance(n, ast.Name) for n in ast.walk(side))
        for side in (node.left, node.right)
    )
    if left and right:
        compute(node, {}, Domain())
    elif (
        right and isinstance(node.op, ast.Div) and number(node.right, {}, Domain()) == 0
    ):
        raise ExpressionError(f"'{ast.unparse(node)}' divides by zero")


def check(node: ast.expr, text: str) -> None:
    """Walk a parsed formula and raise on the first node that is not allowed."""
    match node:
        case ast.Name():
            return
        case ast.Constant(value=bool()):
            pass
        case ast.Constant(value=str()):
            return
        case ast.Constant(value=int() | float() as size):
            if size <= LARGEST:
                return
            raise ExpressionError(f"'{clip(str(size))}' is too large a number")
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=inner):
            return check(inner, text)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in ARITHMETIC:
            check(left, text)
            return check(right, text)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            if type(op) in COMPARISONS:
                check(left, text)
                return check(right, text)
            if isinstance(op, ast.In | ast.NotIn) and isinstance(
                right, ast.List | ast.Tuple
            ):
                check(left, text)
                for element in right.elts:
                    if any(isinstance(n, ast.Name) for n in ast.walk(element)):
                        raise ExpressionError(
                            f"'{ast.unparse(node)}': the list must hold numbers or "
                            "texts in quotes, no columns"
                        )
                    check(element, text)
                return
        case ast.BoolOp(values=values):
            for value in values:
                check(value, text)
            return
        case ast.Call(func=ast.Name(id=name), args=[inner], keywords=[]):
            if name in FUNCTIONS or name == MISSING:
                return check(inner, text)
            known = ", ".join([*FUNCTIONS, MISSING])
            raise ExpressionError(f"'{name}' is no function here; there are {known}")
    raise ExpressionError(f"'{ast.unparse(node)}' is not allowed in a formula")


def names_in(text: str) -> list[str]:
    """Return the columns and variables that a formula reads, in reading order."""
    tree = parse(text)
    called = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    names = [
        n for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called
    ]
    names.sort(key=lambda n: (n.lineno, n.col_offset))
    return list(dict.fromkeys(n.id for n in names))


def compared_with_text(text: str) -> set[str]:
    """Return the columns that a formula compares with texts in quotes."""
    names: set[str] = set()
    for node in ast.walk(parse(text)):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            inner = [n for side in sides for n in ast.walk(side)]
            if any(isinstance(n, ast.Constant) and type(n.value) is str for n in inner):
                names |= {side.id for side in sides if isinstance(side, ast.Name)}
    return names


def rename(text: str, aliases: Mapping[str, str]) -> str:
    """Return the formula with names replaced, in normal form."""
    tree = parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = aliases.get(node.id, node.id)
    return ast.unparse(tree)


def evaluate(
    text: str, columns: Mapping[str, pd.Series], domain: Domain | None = None
) -> pd.Series:
    """Compute a formula over columns.

    Parameters
    ----------
    text
        The formula.
    columns
        Every name that the formula reads, as a series of the same n rows: float64,
        or text where it is only compared.
    domain
        Collects the rows on which the formula is undefined.

    Returns
    -------
    pandas.Series
        float64, shape (n,). Comparisons give 1.0 or 0.0, and NaN where a side is
        missing; ``and``, ``or`` and ``not`` have three values, as in SQL and R: false
        and unknown is false, true or unknown is true, all else with an unknown side is
        NaN. Undefined values (log of a number that is not positive, division by
        zero) are NaN.

    Raises
    ------
    ExpressionError
        The formula is not in the language, or mixes text with arithmetic.
    """
    tree = parse(text)
    domain = domain if domain is not None else Domain()
    index = next(iter(columns.values())).index if columns else pd.RangeIndex(0)
    value = compute(tree, columns, domain)
    if isinstance(value, pd.Series):
        return numeric(value, tree)
    if isinstance(value, str):
        raise ExpressionError(f"'{text}' is text, not a number")
    return pd.Series(float(value), index=index)


def numeric(value: pd.Series, node: ast.expr) -> pd.Series:
    """Return a float64 series, or raise where the formula uses text as a number."""
    if not (pd.api.types.is_numeric_dtype(value) or pd.api.types.is_bool_dtype(value)):
        raise ExpressionError(
            f"'{ast.unparse(node)}' is text and cannot be calculated with"
        )
    return value.astype("float64")


def compute(
    node: ast.expr, columns: Mapping[str, pd.Series], domain: Domain
) -> pd.Series | float | str:
    """Evaluate one checked node."""
    match node:
        case ast.Name(id=name):
            if name not in columns:
                raise ExpressionError(f"there is no '{name}' to calculate with")
            return columns[name]
        case ast.Constant(value=value):
            return value if isinstance(value, str) else float(value)  # type: ignore[arg-type]
        case ast.UnaryOp(op=op, operand=inner):
            operand = number(inner, columns, domain)
            if isinstance(op, ast.Not):
                series = as_series(operand, columns)
                return series.eq(0.0).astype("float64").where(series.notna())
            return -operand if isinstance(op, ast.USub) else operand
        case ast.BinOp(left=left, op=op, right=right):
            return arithmetic(node, left, op, right, columns, domain)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return compare(left, op, right, columns, domain)
        case ast.BoolOp(op=op, values=parts):
            sides = [number(p, columns, domain) for p in parts]
            total = pd.concat([as_series(s, columns) for s in sides], axis=1)
            decisive = 0.0 if isinstance(op, ast.And) else 1.0
            holds = total.ne(0).astype("float64").where(total.notna())
            settled = holds.eq(decisive).any(axis=1)
            return (
                pd.Series(1.0 - decisive, holds.index)
                .mask(settled, decisive)
                .where(settled | holds.notna().all(axis=1))
            )
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name == MISSING:
            operand = as_series(compute(inner, columns, domain), columns)
            return operand.isna().astype("float64")
        case ast.Call(func=ast.Name(id=name), args=[inner]):
            operand = as_series(number(inner, columns, domain), columns)
            with np.errstate(all="ignore"):
                result = pd.Series(
                    FUNCTIONS[name](operand.to_numpy("float64")), operand.index
                )
            return finite(
                result, operand.notna(), domain, f"{name} of {ast.unparse(inner)}"
            )
    raise ExpressionError(f"'{ast.unparse(node)}' is not allowed in a formula")


def arithmetic(
    node: ast.expr,
    left: ast.expr,
    op: ast.operator,
    right: ast.expr,
    columns: Mapping[str, pd.Series],
    domain: Domain,
) -> pd.Series | float:
    """Apply + - * / ** element by element."""
    a, b = number(left, columns, domain), number(right, columns, domain)
    with np.errstate(all="ignore"):
        result = ARITHMETIC[type(op)](np.asarray(a), np.asarray(b))
    if not isinstance(a, pd.Series) and not isinstance(b, pd.Series):
        if not np.isfinite(result):
            raise ExpressionError(f"'{ast.unparse(node)}' has no value")
        return float(result)
    index = a.index if isinstance(a, pd.Series) else b.index  # type: ignore[union-attr]
    known = ~(isna(a) | isna(b))
    return finite(pd.Series(result, index), known, domain, ast.unparse(node))


def compare(
    left: ast.expr,
    op: ast.cmpop,
    right: ast.expr,
    columns: Mapping[str, pd.Series],
    domain: Domain,
) -> pd.Series:
    """Compare numbers with numbers or text with text; missing sides stay missing."""
    a = compute(left, columns, domain)
    if isinstance(op, ast.In | ast.NotIn) and isinstance(right, ast.List | ast.Tuple):
        options = [compute(e, columns, domain) for e in right.elts]
        series = as_series(a, columns)
        for option in options:
            same_kind(series, option, left)
        listed = series.isin(options) ^ isinstance(op, ast.NotIn)
        return listed.astype("float64").where(series.notna())
    b = compute(right, columns, domain)
    series = as_series(a, columns)
    same_kind(series, b, left)
    other = b if isinstance(b, pd.Series) else as_series(b, columns)
    hold: pd.Series = getattr(series, COMPARISONS[type(op)])(other)
    known = series.notna() & other.notna()
    return hold.fillna(False).astype("float64").where(known)


def same_kind(a: pd.Series, b: pd.Series | float | str, node: ast.expr) -> None:
    """Raise when text is compared with a number."""
    text_a = not (pd.api.types.is_numeric_dtype(a) or pd.api.types.is_bool_dtype(a))
    if isinstance(b, pd.Series):
        text_b = not (pd.api.types.is_numeric_dtype(b) or pd.api.types.is_bool_dtype(b))
    else:
        text_b = isinstance(b, str)
    if text_a != text_b:
        kind = "text" if text_a else "a number"
        raise ExpressionError(
            f"'{ast.unparse(node)}' is {kind} and is compared with something else"
            + (" (put codes in quotes, or take it out of 'text')" if text_a else "")
        )


def number(
    node: ast.expr, columns: Mapping[str, pd.Series], domain: Domain
) -> pd.Series | float:
    """Evaluate a node that has to be a number."""
    value = compute(node, columns, domain)
    if isinstance(value, str):
        raise ExpressionError(f"'{value}' is text and cannot be calculated with")
    return numeric(value, node) if isinstance(value, pd.Series) else value


def as_series(
    value: pd.Series | float | str, columns: Mapping[str, pd.Series]
) -> pd.Series:
    """Repeat a constant over the rows."""
    if isinstance(value, pd.Series):
        return value
    index = next(iter(columns.values())).index if columns else pd.RangeIndex(0)
    return pd.Series(value, index=index)


def isna(value: pd.Series | float) -> np.ndarray:
    """Return where a value is missing, as a boolean array."""
    return np.asarray(pd.isna(value))


def finite(
    result: pd.Series, known: pd.Series | np.ndarray, domain: Domain, rule: str
) -> pd.Series:
    """Set values that are no finite number to missing and note their rows."""
    undefined = np.asarray(known) & ~np.isfinite(result.to_numpy("float64"))
    domain.note(f"{rule} is undefined", undefined)
    return result.where(~undefined)
