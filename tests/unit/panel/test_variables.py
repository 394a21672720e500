"""What is done to a variable after its formula, and in which order, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alliance_value.panel.variables import (
    Built,
    build_variables,
    in_order,
    mean_over,
    reads,
    shift,
    treated,
    winsorize,
)
from alliance_value.study.spec import Adjust, Variable, Winsorize

FIRMS = pd.DataFrame(
    {
        "firm": pd.array([*"aaabbb"], dtype="string"),
        "fiscal_year": [2000, 2001, 2003] * 2,
        "x": [1.0, 2.0, 4.0, 10.0, 20.0, 40.0],
        "z": [0.0, 2.0, np.nan, -1.0, 4.0, 8.0],
        "name": pd.array([*"ppqqqq"], dtype="string"),
    }
)


def built(*variables: Variable) -> Built:
    return build_variables(FIRMS, variables)


def values(variable: Variable) -> list[float]:
    made = built(variable)
    assert made.problems == []
    return made.columns[variable.name].tolist()


def same(found, expected) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_cut_points_count_what_they_raise_and_what_they_lower():
    """The quartiles of 0, 1, 2, 3, 4 are 1 and 3, which stay."""
    x = pd.Series([0.0, 1.0, 2.0, 3.0, 4.0, np.nan, 7.0])
    year = pd.Series([2000] * 6 + [2001])
    pulled, cuts = winsorize(x, year, Winsorize(0.25, 0.75, "time"), "x")
    same(pulled, [1, 1, 2, 3, 3, np.nan, 7])
    numbers = ["lower", "upper", "values", "raised", "lowered"]
    assert cuts[numbers].to_numpy().tolist() == [[1, 3, 5, 1, 1], [7, 7, 1, 0, 0]]
    assert cuts.group.tolist() == ["2000", "2001"] and set(cuts.variable) == {"x"}
    pulled, cuts = winsorize(x, year, Winsorize(0.5, 1.0, "all"), "x")
    same(pulled, [2.5, 2.5, 2.5, 3, 4, np.nan, 7])
    assert cuts[numbers].to_numpy().tolist() == [[2.5, 7, 6, 3, 0]]
    assert cuts.group.tolist() == ["all"]


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        (Variable("z", zero="missing"), [np.nan, 2, np.nan, -1, 4, 8]),
        (Variable("v", value="z + 1", zero="missing"), [np.nan, 3, np.nan, 0, 5, 9]),
        (
            Variable("v", numerator="z", denominator="x", zero="missing"),
            [np.nan, 1, np.nan, -0.1, 0.2, 0.2],
        ),
        (Variable("v", value="z"), [0, 2, np.nan, -1, 4, 8]),
        (
            Variable("v", value="z", zero="missing", missing="zero"),
            [0, 2, 0, -1, 4, 8],
        ),
        # ratio, then zero for missing, then later
        (
            Variable("v", numerator="x", denominator="z", missing="zero", lead=1),
            [1, np.nan, np.nan, 5, np.nan, np.nan],
        ),
        (
            Variable("v", numerator="x", denominator="z", missing="zero", lag=2),
            [np.nan, np.nan, 1, np.nan, np.nan, 5],
        ),
        (
            Variable("v", value="x", horizon=(0, 1)),
            [1.5, np.nan, np.nan, 15, np.nan, np.nan],
        ),
        # of the other firm in the year, then a year later
        (
            Variable("v", value="x", adjust=Adjust("fiscal_year"), lead=1),
            [-18, np.nan, np.nan, 18, np.nan, np.nan],
        ),
        (
            Variable("v", value="x", adjust=Adjust("fiscal_year", "median")),
            [-4.5, -9, -18, 4.5, 9, 18],
        ),
        (
            Variable("v", value="x", adjust=Adjust("fiscal_year", peers=2)),
            [np.nan] * 6,
        ),
        (
            Variable("v", mean_of_others="x", among=("fiscal_year",)),
            [10, 20, 40, 1, 2, 4],
        ),
        (
            Variable("v", mean_of_others="x", among=("name",)),
            [np.nan, np.nan, 70 / 3, 4, 4, 4],
        ),
    ],
    ids=str,
)
def test_treatments_by_hand(variable, expected):
    same(values(variable), expected)


def test_winsorizing_goes_before_what_is_usual_among_peers():
    pulled = Winsorize(0.0, 0.5, "all")
    both = Variable("v", value="x", winsorize=pulled, adjust=Adjust("fiscal_year"))
    # the median of all is 7
    same(values(both), [-6, -5, -3, 6, 5, 3])


@pytest.mark.parametrize(
    ("treatment", "is_treated"),
    [
        ({}, False),
        ({"label": "A"}, False),
        ({"lead": 1}, True),
        ({"lag": 1}, True),
        ({"horizon": (1, 2)}, True),
        ({"missing": "zero"}, True),
        ({"zero": "missing"}, True),
        ({"winsorize": Winsorize(0, 1)}, True),
        ({"adjust": Adjust("x")}, True),
    ],
    ids=str,
)
def test_text_with_a_treatment_is_a_mistake(treatment, is_treated):
    variable = Variable("name", **treatment)
    assert treated(variable) is is_treated
    places = [p.where for p in built(variable).problems]
    assert places == ["variables.name"] * is_treated


def test_a_group_that_is_no_column_is_named():
    (problem,) = built(Variable("v", value="x", adjust=Adjust("sector"))).problems
    assert "'sector'" in problem.rule and problem.where == "variables.v"


def test_what_reads_a_failed_variable_or_its_flag_fails_with_it():
    failed = built(
        Variable("a", value="name + 1", missing="zero_and_flag"),
        Variable("b", value="a_missing"),
        Variable("c", value="x", adjust=Adjust("b")),
        Variable("d", mean_of_others="x", among=("c",)),
        Variable("e", value="x"),
    )
    assert failed.failed == {n + end for n in "abcd" for end in ("", "_missing")}
    assert len(failed.problems) == 1 and "e" in failed.columns


def test_variables_come_after_those_they_read_and_their_flags():
    variables = [
        Variable("a", value="b_missing + x"),
        Variable("b", value="c", missing="zero_and_flag"),
        Variable("c", value="x", adjust=Adjust("d")),
        Variable("d", mean_of_others="x", among=("e",)),
        Variable("e", value="e"),
    ]
    assert [v.name for v in in_order(variables)] == [*"edcba"]
    assert reads(variables[2]) == {"x", "d"} and reads(variables[3]) == {"x", "e"}
    with pytest.raises(AssertionError, match="in a circle: p, q"):
        in_order([Variable("p", value="q"), Variable("q", value="p")])


def test_a_denominator_that_is_not_positive_is_told_where_something_is_above_it():
    table = FIRMS.assign(
        x=[1.0, 1.0, 1.0, np.nan, 1.0, 1.0], z=[0, -1, np.nan, 0, 2, 1]
    )
    ratio = Variable("v", numerator="x", denominator="z")
    (told,) = build_variables(table, [ratio]).undefined
    assert told[:2] == ("v", "denominator z is not positive")
    assert told[2].tolist() == [True, True, False, False, False, False]


def test_years_apart_go_by_the_calendar():
    x = FIRMS.x
    same(shift(x, FIRMS, 2), [np.nan, 4, np.nan, np.nan, 40, np.nan])
    same(shift(x, FIRMS, -1), [np.nan, 1, np.nan, np.nan, 10, np.nan])
    same(shift(x, FIRMS, 0), x)
    same(mean_over(x, FIRMS, 0, 0), x)
    same(mean_over(x, FIRMS, 1, 3), [np.nan] * 6)


def test_leads_need_one_row_a_year_and_other_variables_do_not():
    twice = pd.concat([FIRMS, FIRMS[:1]], ignore_index=True)
    variables = [Variable(n, value="x", **{n: 1}) for n in ("lead", "lag")]
    variables.append(Variable("horizon", value="x", horizon=(1, 2)))
    made = build_variables(twice, [*variables, Variable("v", value="x")])
    assert {p.where for p in made.problems} == {
        f"variables.{v.name}" for v in variables
    }
    assert "v" in made.columns
