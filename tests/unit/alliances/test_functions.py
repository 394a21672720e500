"""Alliance functions by day, their contrasts and the chain, against plain formulas."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from alliance_value.alliances.contracts.constructs import FunctionResults
from alliance_value.alliances.functions import (
    chain,
    contrasts,
    function_at,
    function_results,
    function_years,
    of_dyads,
    partners,
)
from alliance_value.contracts.storage import conform

SPELLS = pd.DataFrame(
    {
        "firm": ["a", "a", "b"],
        "begins": pd.to_datetime(["2000-01-01", "2004-01-01", "2001-07-01"]),
        "ends": pd.to_datetime(["2001-12-31", None, None]),
    }
).astype({"firm": "string"})


def test_a_spell_counts_from_the_day_after_it_begins_to_its_end() -> None:
    firm = pd.Series(list("aaaaabc"), dtype="string")
    day = pd.Series(
        pd.to_datetime(
            [
                "2000-01-01",
                "2000-01-02",
                "2001-12-31",
                "2002-01-01",
                "2009-01-01",
                "2001-07-02",
                "2009-01-01",
            ]
        )
    )
    assert function_at(SPELLS, firm, day).tolist() == [0, 1, 1, 0, 1, 1, 0]
    years = pd.DataFrame(
        {
            "firm": pd.Series(["b", "b"], dtype="string"),
            "fiscal_year": [2000, 2001],
            "datadate": pd.to_datetime(["2001-06-30", "2001-07-01"]),
        }
    )
    assert function_years(SPELLS, years).alliance_function.tolist() == [0, 1]


def rows(n: int = 1500) -> pd.DataFrame:
    rng = np.random.default_rng(8)
    experience, size = rng.normal(2, 1, n), rng.normal(8, 1, n)
    function = (0.25 * experience + rng.normal(0, 0.4, n) > 0.5).astype(float)
    car = 0.002 + 0.02 * function + 0.001 * experience + rng.normal(0, 0.02, n)
    first = rng.integers(0, 90, n // 2)
    sides = np.column_stack([first, (first + rng.integers(1, 90, n // 2)) % 90])
    return pd.DataFrame(
        {
            "alliance": [f"d{i // 2}" for i in range(n)],
            "firm": sides.ravel().astype(str),
            "other_firm": sides[:, ::-1].ravel().astype(str),
            "year": rng.integers(1998, 2003, n),
            "function": function,
            "other_function": (rng.random(n) < 0.5).astype(float),
            "experience": experience,
            "log_value": size,
            "car": car,
            "gain": car * np.exp(size),
            "lasts": (rng.random(n) < 0.4 + 0.3 * function).astype(float),
        }
    )


def test_contrasts_are_means_and_the_chain_is_a_product() -> None:
    table = rows()
    found = function_results(table, 0.95).set_index(["group", "quantity"])
    with_one, without = (table[table.function == k] for k in (1, 0))
    difference = with_one.car.mean() - without.car.mean()
    assert found.estimate["all", "return, difference"] == pytest.approx(difference)
    lasting = found.loc[("all", "lasting, with a function")]
    assert lasting.estimate == pytest.approx(with_one.lasts.mean())
    assert lasting.n == len(with_one)
    for outcome, column in (("return", "car"), ("gain", "gain")):
        row = found.loc[("all", f"{outcome}, ratio")]
        ratio = with_one[column].mean() / without[column].mean()
        assert row.estimate == pytest.approx(ratio)
        assert row.ci_low < ratio < row.ci_high
    given = ["function", "other_function", "experience", "log_value"]
    x = np.column_stack([table[given], pd.get_dummies(table.year)]).astype(float)
    for outcome, column, effect in (("return", "car", 0.02), ("lasting", "lasts", 0.3)):
        of = found.loc["all"].filter(like=f"{outcome}: ", axis=0)
        step = of.set_axis(of.index.str.removeprefix(f"{outcome}: "))
        assert step.estimate["indirect"] == pytest.approx(
            step.estimate["experience to function"]
            * step.estimate["function to outcome"]
        )
        planted = step.loc["function to outcome"]
        assert planted.ci_low < effect < planted.ci_high
        solved = np.linalg.lstsq(x, table[column], rcond=None)[0]
        assert planted.estimate == pytest.approx(solved[0])
        assert step.estimate["direct"] == pytest.approx(solved[2])
        assert (step.df == table.firm.nunique() - 1).all()


@dataclass(frozen=True)
class LeftOut:
    """Least squares by NumPy, whose errors leave every firm and pair of firms out."""

    params: pd.Series
    cov: pd.DataFrame
    df: int

    def se(self, weights: pd.Series) -> float:
        return float(np.sqrt(weights @ self.cov @ weights))


def left_out(table: pd.DataFrame, outcome: str, terms: list[str]) -> LeftOut:
    """Estimate a model, its constant last, without each firm's rows in turn."""
    known = table.dropna(subset=[outcome, *terms])
    x = known[terms].assign(const=1.0).to_numpy("float64")
    y = known[outcome].to_numpy("float64")
    sides = known[["firm", "other_firm"]].to_numpy(str)

    def solution(kept: np.ndarray) -> np.ndarray:
        return np.linalg.lstsq(x[kept], y[kept], rcond=None)[0]

    whole = solution(np.ones(len(x), bool))
    members = np.unique(sides)
    ordered = np.sort(sides, axis=1)
    pairs = np.unique(ordered, axis=0)
    own = [solution(~(sides == m).any(axis=1)) - whole for m in members]
    twice = [solution(~(ordered == p).all(axis=1)) - whole for p in pairs]
    scale = 1 - 1 / len(members)
    cov = scale * np.transpose(own) @ own - np.transpose(twice) @ twice
    names = [*terms, "const"]
    return LeftOut(
        pd.Series(whole, names), pd.DataFrame(cov, names, names), len(members) - 1
    )


def within_years(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Take the means of years out."""
    means = table.groupby("year")[columns].transform("mean")
    return table.assign(**(table[columns] - means))


def test_errors_leave_firms_out_in_every_group() -> None:
    table = rows(1502)
    table.loc[::7, "car"] = np.nan
    found = function_results(table, 0.9).set_index(["group", "quantity"])
    middle = table.log_value.median()
    groups = {
        "all": table,
        "larger": table[table.log_value >= middle],
        "smaller": table[table.log_value < middle],
    }
    assert set(found.index.get_level_values(0)) == set(groups)
    for group, part in groups.items():
        fit = left_out(part, "car", ["function"])
        of = found.loc[group]
        known = part.dropna(subset=["car"])
        assert of.loc["return, ratio"].n == len(known)
        for name, weights, n in (
            ("return, with a function", [1, 1], known.function.sum()),
            ("return, without a function", [0, 1], (1 - known.function).sum()),
            ("return, difference", [1, 0], len(known)),
        ):
            contrast = pd.Series(weights, fit.params.index)
            effect, se = contrast @ fit.params, fit.se(contrast)
            reach = stats.t.ppf(0.95, fit.df) * se
            row = of.loc[name]
            np.testing.assert_allclose(
                row[["estimate", "se", "p", "ci_low", "ci_high"]].astype(float),
                [
                    *(effect, se, 2 * stats.t.sf(abs(effect / se), fit.df)),
                    *(effect - reach, effect + reach),
                ],
                rtol=1e-8,
            )
            assert (row.n, row.df) == (n, fit.df)
        ratio, b, a = of.loc["return, ratio"], *fit.params
        gradient = pd.Series([1 / a, -b / a**2], fit.params.index)
        assert ratio.se == pytest.approx(fit.se(gradient), rel=1e-8)
        ends = [end for end in (ratio.ci_low, ratio.ci_high) if np.isfinite(end)]
        assert len(ends) == 2 or group != "all"
        for end in ends:
            # an end is the ratio that is just not rejected
            contrast = pd.Series([1, 1 - end], fit.params.index)
            t = abs(contrast @ fit.params) / fit.se(contrast)
            assert 2 * stats.t.sf(t, fit.df) == pytest.approx(0.1, rel=1e-6)


def test_each_step_of_the_chain_has_its_own_regressions_error() -> None:
    table = rows(600)
    steps = {step: row for step, *row in chain(table, "return", "car")}
    size = table.log_value - table.log_value.mean()
    table["by_size"] = table.function * size
    given, others = ["experience", "log_value"], ["other_function"]
    inner = within_years(table, [*given, *others, "function", "by_size", "car"])
    first = left_out(inner, "function", given)
    second = left_out(inner, "car", ["function", *others, *given])
    third = left_out(inner, "car", ["function", "by_size", *others, *given])
    a, b = first.params.experience, second.params.function
    v = first.cov.loc["experience", "experience"], second.cov.loc["function"].function
    expected = {
        "experience to function": (a, v[0]),
        "function to outcome": (b, v[1]),
        "indirect": (a * b, a**2 * v[1] + b**2 * v[0]),
        "direct": (second.params.experience, second.cov.loc["experience"].experience),
        "function by size": (third.params.by_size, third.cov.loc["by_size"].by_size),
    }
    for name, (value, variance) in expected.items():
        found = steps[f"return: {name}"]
        assert found[:2] == pytest.approx((value, np.sqrt(variance)), rel=1e-7)
        assert found[3] == 600


@pytest.mark.parametrize(("n", "known"), [(4, True), (3, False), (2, False)])
def test_means_need_two_firms_each(n: int, known: bool) -> None:
    table = rows(6).head(n)
    table = table.assign(
        function=[1.0, 0.0, 1.0, 0.0][:n],
        firm=list("1234")[:n],
        other_firm=list("abcd")[:n],
    )
    assert bool(contrasts(table, "return", "car")) is known
    assert not contrasts(table.assign(firm="1"), "return", "car")


def test_of_both_partners() -> None:
    day = pd.to_datetime(["2000-06-01", "2003-01-01", "2005-01-01"])
    dyads = pd.DataFrame({"announced": day})
    dyads["firm_i"] = pd.Series(list("aab"), dtype="string")
    dyads["firm_j"] = pd.Series(list("bba"), dtype="string")
    both = of_dyads(dyads, SPELLS)
    assert both.functions.tolist() == [1, 1, 2]
    assert both.function_difference.tolist() == [1, -1, 0]


def test_a_ratio_whose_denominator_could_be_zero_has_no_end() -> None:
    table = rows()
    table["car"] -= table.car[table.function == 0].mean()
    found = conform(function_results(table, 0.95), FunctionResults)
    row = found[(found.group == "all") & (found.quantity == "return, ratio")].iloc[0]
    assert np.isfinite(row.estimate)
    assert np.isnan(row.ci_low) and np.isnan(row.ci_high)


def test_nothing_is_said_where_all_or_none_have_a_function() -> None:
    table = rows(60).assign(function=1.0)
    assert chain(table, "return", "car") == []
    assert function_results(table, 0.95).empty


def test_what_is_not_over_is_not_known_to_last() -> None:
    day = pd.to_datetime(["2000-03-01", "2000-03-01", "2000-03-01", "2009-01-01"])
    dyads = pd.DataFrame(
        {
            "alliance": list("wxyz"),
            "announced": day,
            "terminated": pd.to_datetime(
                ["2003-01-01", "2006-01-01", None, "2009-06-01"]
            ),
        }
    )
    for side in ("i", "j"):
        dyads[f"firm_{side}"] = pd.Series(list("aaaa"), dtype="string")
        for name in ("experience", "log_value", "car", "gain"):
            dyads[f"{name}_{side}"] = 1.0
    until = pd.Timestamp("2010-12-31")
    found = partners(dyads, SPELLS, dyads.terminated, until)
    assert found.lasts.tolist()[:3] == [0, 1, 1]
    # five years to the day are five years, over on the last day that is known
    turn = pd.to_datetime(pd.Series(["2005-03-01", "2005-02-28", None, None]))
    for end, last in (("2005-03-01", 1.0), ("2005-02-28", np.nan)):
        exact = partners(dyads, SPELLS, turn, pd.Timestamp(end)).lasts
        np.testing.assert_equal(exact.tolist()[:3], [last, last * 0, last])
    assert np.isnan(found.lasts[3])
    assert found.function.tolist()[:4] == [1, 1, 1, 1]
