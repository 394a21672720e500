"""Dynamic panel GMM against R's pgmm and printed numbers on Arellano and Bond's firms.

Tolerance: 1e-6 relative against R, whose generalized inverses differ in the last
digits; half a unit of the last digit printed.
"""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from tests.unit.models.estimators.reference import (
    HERE,
    by_term,
    data,
    diagnostics,
    estimate,
    plain,
    r,
    r_test,
)

A = ("log_emp_l1", "log_emp_l2", "log_wage", "log_wage_l1")
B = (*A, "log_capital", "log_output", "log_output_l1")
A = (
    *A,
    *("log_capital", "log_capital_l1", "log_capital_l2"),
    *("log_output", "log_output_l1", "log_output_l2"),
)
SYSTEM = ("log_emp_l1", "log_wage", "log_wage_l1", "log_capital", "log_capital_l1")
MODELS = {
    "arellano_bond_a": {
        "estimator": "difference_gmm",
        "terms": A,
        "endogenous": A[:2],
        "lags": {"log_emp": [2, 99]},
    },
    "arellano_bond_b": {
        "estimator": "difference_gmm",
        "terms": B,
        "endogenous": B[:2],
        "lags": {"log_emp": [2, 99]},
    },
    "blundell_bond": {
        "estimator": "system_gmm",
        "terms": SYSTEM,
        "endogenous": SYSTEM,
        "lags": {n: [2, 99] for n in ("log_emp", "log_wage", "log_capital")},
    },
}


def run(name: str, steps: int, collapse: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return estimates and diagnostics of one of the models."""
    model = dict(MODELS[name])
    gmm = {"instruments": model.pop("lags"), "steps": steps, "collapse": collapse}
    tables = estimate(
        data("EmplUK"),
        **model,
        outcome="log_emp",
        effects=("firm", "fiscal_year"),
        clusters=("firm",),
        gmm=gmm,
    )
    return by_term(tables), diagnostics(tables)


CASES = [
    (name, steps, collapse)
    for name in MODELS
    for steps in (1, 2)
    for collapse in (False, True)
]


@pytest.mark.parametrize(("name", "steps", "collapse"), CASES)
def test_equals_pgmm(name, steps, collapse):
    case = f"{name}_{'onestep' if steps == 1 else 'twosteps'}"
    case += "_collapsed" if collapse else ""
    found, tests = run(name, steps, collapse)
    expected = r("EmplUK", case, "robust")
    expected = expected[
        expected.index.isin(found.index) & (expected.index != "constant")
    ]
    assert len(expected) == len(MODELS[name]["terms"])
    for column in ("estimate", "se"):
        ours = found.loc[expected.index, column]
        assert ours.to_numpy() == pytest.approx(expected[column].to_numpy(), rel=1e-6)
    for order in (1, 2):
        statistic, p = r_test("EmplUK", case, f"ar{order}:robust")
        assert tests.statistic[f"ar{order}"] == pytest.approx(statistic, rel=1e-5)
        assert tests.p_value[f"ar{order}"] == pytest.approx(p, rel=1e-4)
    instruments = r("EmplUK", case, "fit").estimate["instruments"]
    assert tests.statistic["instruments"] == instruments
    if steps == 2 or MODELS[name]["estimator"] == "difference_gmm":
        test = "hansen" if steps == 2 else "sargan"
        statistic, p = r_test("EmplUK", case, test)
        ours = tests.loc["hansen_j" if steps == 2 else "sargan"]
        assert ours.statistic == pytest.approx(statistic, rel=1e-5)
        assert ours.p_value == pytest.approx(p, rel=1e-4)


def published() -> pd.DataFrame:
    table = pd.read_csv(HERE / "published.csv")
    table = table[table.model.str.startswith(("arellano", "blundell"))]
    # conventional two-step standard errors and one-step tests of two-step fits
    keep = (table.se_type != "conventional") | (table.quantity == "estimate")
    keep &= ~(table.note.fillna("").str.contains("another definition"))
    keep &= ~table.note.fillna("").str.contains("printed beside the one-step")
    return table[keep]


@pytest.mark.parametrize(
    "row",
    list(published().itertuples()),
    ids=lambda r: f"{r.model}-{r.term}-{r.quantity}",
)
def test_equals_published_numbers(row):
    name, steps = row.model.rsplit("_", 1)
    found, tests = run(name, 1 if steps == "onestep" else 2, collapse=False)
    if row.se_type == "test":
        key = row.term.split(":")[0]
        value = tests.statistic["hansen_j" if key == "hansen" else key]
    else:
        term = row.term.replace("log(", "log_").rstrip(")")
        if term.startswith("L"):
            term = f"{term[3:]}_l{term[1]}"
        value = found.loc[term, row.quantity]
    assert value == pytest.approx(row.value, abs=0.5001 * 10.0**-row.decimals)


def test_many_instruments_are_warned_of():
    _, tests = run("blundell_bond", 2, collapse=False)
    assert "warning" not in tests.note["instruments"]
    few = data("EmplUK")[data("EmplUK").firm.astype(int) <= 60]
    tables = estimate(
        few,
        estimator="system_gmm",
        outcome="log_emp",
        terms=SYSTEM,
        endogenous=SYSTEM,
        effects=("firm", "fiscal_year"),
        clusters=("firm",),
        gmm={"instruments": MODELS["blundell_bond"]["lags"], "collapse": False},
    )
    assert "more than the 60 {entities}" in diagnostics(tables).note["instruments"]


def test_too_few_instruments_are_named():
    with pytest.raises(UserError, match="8 instruments for 9 regressors"):
        estimate(
            data("EmplUK"),
            estimator="difference_gmm",
            outcome="log_emp",
            terms=("log_emp_l1", "log_wage"),
            endogenous=("log_emp_l1", "log_wage"),
            effects=("firm", "fiscal_year"),
            clusters=("firm",),
            gmm={"instruments": {"log_emp": [2, 2]}},
        )


def test_names_of_lags_are_understood():
    assert plain("lag(log(emp), 1:2)1") == "log_emp_l1"


def test_too_few_firms_for_two_steps_are_named():
    few = data("EmplUK")[data("EmplUK").firm.astype(int) <= 6]
    with pytest.raises(UserError, match="moments of 6 firms cannot weigh"):
        estimate(
            few,
            estimator="difference_gmm",
            outcome="log_emp",
            terms=("log_emp_l1", "log_wage"),
            endogenous=("log_emp_l1",),
            effects=("firm", "fiscal_year"),
            clusters=("firm",),
            gmm={"instruments": {"log_emp": [2, 5]}},
        )
