"""Formulas: they compute what they say and can do nothing else."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd
import pytest

from alliance_value.study.expressions import (
    Domain,
    ExpressionError,
    evaluate,
    names_in,
    rename,
)

COLUMNS = {
    "a": pd.Series([1.0, 2.0, np.nan, -4.0]),
    "b": pd.Series([2.0, 0.0, 3.0, 5.0]),
    "s": pd.Series(["x", "y", None, "x"], dtype="string"),
}
NAN = np.nan


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + 2 * b", [5, 2, NAN, 6]),
        ("-a ** 2", [-1, -4, NAN, -16]),
        ("(a - 1) / b", [0, NAN, NAN, -1]),
        ("log(a)", [0, np.log(2), NAN, NAN]),
        ("sqrt(abs(a))", [1, np.sqrt(2), NAN, 2]),
        ("a > 1", [0, 1, NAN, 0]),
        ("a <= b", [1, 0, NAN, 1]),
        ("a == 1 or b == 3", [1, 0, 1, 0]),
        ("a == 7 or b == 7", [0, 0, NAN, 0]),
        ("a > 0 and b > 0", [1, 0, NAN, 0]),
        ("a > 0 and b > 7", [0, 0, 0, 0]),
        ("not (a > 0 and b > 7)", [1, 1, 1, 1]),
        ("not a > 1", [1, 0, NAN, 1]),
        ("s == 'x'", [1, 0, NAN, 1]),
        ("s in ['x', 'z']", [1, 0, NAN, 1]),
        ("s not in ('x',)", [0, 1, NAN, 0]),
        ("3", [3, 3, 3, 3]),
        ("not 3", [0, 0, 0, 0]),
        ("not (1 > 2) and a in [1, -4]", [1, 0, NAN, 1]),
        ("a not in []", [1, 1, NAN, 1]),
        ("s >= 'x' and s < 'y'", [1, 0, NAN, 1]),
        ("a ** 1999", [1, NAN, NAN, NAN]),
        ("a * 1e308 * 10", [NAN, NAN, NAN, NAN]),
        ("+".join(["a"] * 90), [90, 180, NAN, -360]),
        ("(" * 90 + "a" + ")" * 90, [1, 2, NAN, -4]),
    ],
)
def test_values(text, expected):
    np.testing.assert_allclose(evaluate(text, COLUMNS), expected)


def test_rows_without_a_value_are_noted():
    domain = Domain()
    evaluate("log(a) + 1 / b", COLUMNS, domain)
    noted = {rule: rows.tolist() for rule, rows in domain.breaches}
    assert noted == {
        "log of a is undefined": [False, False, False, True],
        "1 / b is undefined": [False, True, False, False],
    }


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "a.__class__",
        "(lambda: a)()",
        "[a for a in b]",
        "a if b else a",
        "open('file')",
        "log(a, b)",
        "log(a)(b)",
        "log(*a)",
        "a; b",
        "a = 1",
        "a := 1",
        "f'{a}'",
        "a[0]",
        "a @ b",
        "a // b",
        "1 < a < 2",
        "True",
        "None",
        "",
        "a +",
        "(" * 500 + "a" + ")" * 500,
        "9 ** 9 ** 9 ** 9",
        "1 / 0",
        "a == 'x'",
        "s > 1",
        "a in [a, b]",
        "a in [b + 1]",
        "a in ['x']",
        "a in b",
        "a is b",
        "a == 1j",
        "b'x' == s",
        "-s",
        "not s",
        "log(s)",
        "getattr(a, 'sum')",
        "a.sum()",
        "eval('a')",
        "exec('a')",
        "(a for a in b)",
        "{a: b}",
        "a, b",
        "lambda: a",
        "yield a",
        "await a",
        "...",
        "a\x00",
        "a # b\n b",
        "9" * 400,
        "9" * 9999,
        "1e999",
        "0 - 1e308 * 10",
        "-" * 101 + "a",
        "-" * 100_000 + "a",
        "+".join(["a"] * 400),
        "+".join(["a"] * 50_000),
        "not " * 400 + "a",
        "(a > 0) and " * 200 + "(" * 150 + "-" * 120 + "a" + ")" * 150,
        "s + 1",
        "'x'",
    ],
)
def test_everything_else_is_refused(text):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, COLUMNS)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("read", [evaluate, rename], ids=["evaluate", "rename"])
@pytest.mark.parametrize("unit", ["-", "not ", "a + ", "a ** ", "log(", "("])
def test_no_depth_of_nesting_ends_in_another_error(unit, read):
    depths = [50, 99, 101, 150, 300, 600, 900, 3000, 30_000]
    for depth in depths:
        text = unit * depth + "a" + ")" * (depth if unit.endswith("(") else 0)
        with suppress(ExpressionError):
            read(text, COLUMNS if read is evaluate else {"a": "firm"})


def test_refused_code_is_never_run(tmp_path):
    target = tmp_path / "made"
    for text in (
        f"__import__('pathlib').Path({str(target)!r}).touch()",
        f"open({str(target)!r}, 'w')",
        f"[open({str(target)!r}, 'w') for a in b]",
        f"log(open({str(target)!r}, 'w'))",
    ):
        for read in (evaluate, rename):
            with pytest.raises(ExpressionError):
                read(text, {})
    assert not target.exists()


def test_names_and_aliases():
    assert names_in("log(b) + a / log1p(c)") == ["b", "a", "c"]
    assert rename("year >= 2000 and log(x) > 0", {"year": "fiscal_year"}) == (
        "fiscal_year >= 2000 and log(x) > 0"
    )


def test_missing_tells_blank_numbers_and_texts():
    columns = {
        "x": pd.Series([1.0, np.nan]),
        "name": pd.Series([None, "a"], dtype="string"),
    }
    assert evaluate("missing(x)", columns).tolist() == [0, 1]
    assert evaluate("missing(name) and x < 2", columns).tolist() == [1, 0]
    assert names_in("missing(name) and x > 2") == ["name", "x"]
    with pytest.raises(ExpressionError, match=r"log.*missing"):
        evaluate("absent(x)", columns)
