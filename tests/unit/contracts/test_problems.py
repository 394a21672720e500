"""Problems, rejects and the funnel: the words in which mistakes and losses are told."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, UserError, nearest, raise_if
from alliance_value.contracts.rejects import collect, rejects


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("modles", ["models", "title"], "did you mean 'models'?"),
        ("ROA", ["roa", "roe"], "did you mean 'roa'?"),
        ("roa", ["Return", "ROA"], "did you mean 'ROA'?"),
        ("x", ["alpha", "beta"], "valid: alpha, beta"),
        ("x", [], "none is valid here"),
        ("x", [f"name{i}" for i in range(20)], "name11, ..."),
    ],
)
def test_the_nearest_name_is_suggested(name, known, hint):
    assert hint in nearest(name, known)


def test_a_problem_says_where_it_is_and_what_to_do():
    problem = Problem("is wrong", "mend it", "a.csv", 7, "x", "abc")
    assert str(problem) == (
        "a.csv, row 7, column 'x', value 'abc': is wrong\n    -> mend it"
    )
    assert str(Problem("is wrong", "mend it")) == "is wrong\n    -> mend it"
    assert len(str(Problem("r", "m", value="z" * 10**6))) < 200


def test_many_problems_are_counted_and_the_first_are_shown():
    raise_if([], "nothing")
    problems = [Problem(f"rule {n}", "mend") for n in range(40)]
    with pytest.raises(UserError) as caught:
        raise_if(problems, "reading a.csv")
    text = str(caught.value)
    assert text.startswith("40 problems in reading a.csv")
    assert "rule 24" in text
    assert "rule 25" not in text
    assert "and 15 more" in text
    assert "rule 39" in caught.value.render(limit=None)


def test_rejects_are_sorted_by_file_and_row():
    made = {"column": "x", "value": "v", "rule": "r", "action": "rejected"}
    parts = [
        rejects(file="b.csv", row=pd.Series([2]), **made),
        rejects(file="a.csv", row=pd.Series([9, 3]), **made),
        rejects(file="a.csv", row=pd.Series([], dtype="int64"), **made),
    ]
    table = collect(parts)
    assert list(zip(table.file, table["row"], strict=True)) == [
        ("a.csv", 3),
        ("a.csv", 9),
        ("b.csv", 2),
    ]
    assert collect([]).empty


def test_a_branch_counts_rows_and_firms():
    table = pd.DataFrame({"firm": ["a", "a", "b"], "x": [1.0, 2.0, 3.0]})
    branch = FunnelBranch("sample")
    branch.start(table, "all", "file")
    kept = branch.keep(table, table.x < 3, "small", "x < 3")
    kept = branch.keep(kept, kept.x < 0, "none", "x < 0")
    steps = branch.table()
    assert kept.empty
    assert steps.rows_in.tolist() == [3, 3, 2]
    assert steps.rows_out.tolist() == [3, 2, 0]
    assert steps.dropped.tolist() == [0, 1, 2]
    assert steps.firms_out.tolist() == [2, 1, 0]
