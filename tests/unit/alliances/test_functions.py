"""Alliance functions by day, their contrasts and the chain, against plain formulas."""

import numpy as np
import pandas as pd
import pytest

from alliance_value.alliances.contracts.constructs import FunctionResults
from alliance_value.alliances.functions import (
    chain,
    function_at,
    function_results,
    function_years,
    partners,
    solved,
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


def test_errors_leave_out_a_firm_from_both_sides_of_its_deals() -> None:
    table = rows(300)
    (b, _), v, df, n = solved(table, "car", ["function"])
    assert (df, n) == (table.firm.nunique() - 1, len(table))

    def change(out: pd.Series) -> float:
        left = table[~out].groupby("function").car.mean()
        return float(left[1] - left[0] - b)

    members = table.firm.unique()
    pairs = pd.Series(
        ["-".join(sorted(p)) for p in table[["firm", "other_firm"]].to_numpy()]
    )
    own = [change(table.firm.eq(m) | table.other_firm.eq(m)) for m in members]
    twice = [change(pairs.eq(p)) for p in pairs.unique()]
    expected = (1 - 1 / len(members)) * np.square(own).sum() - np.square(twice).sum()
    assert v[0, 0] == pytest.approx(expected)
    alone = table.assign(function=table.firm.eq("7") * 1.0)
    assert solved(alone, "car", ["function"]) is None


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
    assert np.isnan(found.lasts[3])
    assert found.function.tolist()[:4] == [1, 1, 1, 1]
