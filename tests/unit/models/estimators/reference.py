"""Public data, R's stored results and published numbers, under the tests' names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.models.family import FamilyTables, estimate_family
from alliance_value.study.spec import Model

HERE = Path(__file__).parents[3] / "reference"
ENTITY = {"Produc": "state", "Wages": "id"}
YES = ("bluecol", "south", "smsa", "married", "union", "black")


@cache
def data(name: str) -> pd.DataFrame:
    """Return a data set with firm and fiscal year, logs and 0/1 variables beside it."""
    table = pd.read_csv(HERE / "data" / f"{name}.csv")
    if name == "PSID1976":
        table = table.assign(firm=np.arange(len(table)), fiscal_year=1976)
    table = table.rename(columns={ENTITY.get(name, "firm"): "firm"})
    table = table.rename(columns={"year": "fiscal_year"})
    table["firm"] = table.firm.astype("string")
    logs = {
        "EmplUK": ("emp", "wage", "capital", "output"),
        "Produc": ("pcap", "pc", "emp", "gsp"),
    }
    for column in logs.get(name, ()):
        table[f"log_{column}"] = np.log(table[column])
    if name == "Wages":
        for column in YES:
            table[column] = table[column].eq("yes") * 1.0
        table["female"] = table.sex.eq("female") * 1.0
        table["exp2"] = table.exp**2
    if name == "PSID1976":
        table["observed"] = table.participation.eq("yes") * 1.0
        table["log_wage"] = np.log(table.wage.where(table.observed.eq(1)))
        table["experience2"] = table.experience**2
        table["nwife"] = (table.fincome - table.hours * table.wage) / 1000
    if name == "Grunfeld":
        for lag in (1, 2):
            table[f"capital_l{lag}"] = table.groupby("firm").capital.shift(lag)
    if name == "EmplUK":
        for column in ("emp", "wage", "capital", "output"):
            for lag in (1, 2):
                past = table.groupby("firm")[f"log_{column}"].shift(lag)
                table[f"log_{column}_l{lag}"] = past
    return table


@cache
def results(name: str) -> pd.DataFrame:
    """Return all of R's results on a data set."""
    return pd.read_csv(HERE / "r_results" / f"{name}.csv")


def r(name: str, case: str, se_type: str, software: str | None = None) -> pd.DataFrame:
    """Return R's estimates of a case by our names of the terms."""
    table = results(name)
    rows = table[(table.case == f"{name}_{case}") & (table.se_type == se_type)]
    if software:
        rows = rows[rows.software == software]
    assert len(rows), (name, case, se_type)
    return rows.assign(term=rows.term.map(plain)).set_index("term")


def r_test(name: str, case: str, test: str) -> tuple[float, float]:
    """Return the statistic and p-value of a test of R's."""
    rows = results(name)
    rows = rows[rows.case == f"{name}_{case}"]
    values = rows[rows.se_type == "test"].set_index("term").estimate
    return values[f"{test}:statistic"], values.get(f"{test}:p_value", np.nan)


def plain(term: str) -> str:
    """Return our name of R's term."""
    term = term.removeprefix("select:")
    names = {"(Intercept)": "constant", "I(experience^2)": "experience2"}
    if term in names:
        return names[term]
    if term.startswith("lag("):
        # R's lag(log(emp), 1:2)1 is the first lag, lag(log(emp), 1) is so too
        inner, lags = term.removeprefix("lag(").split("), ")
        span, last = lags.split(")")
        base, lag = inner.replace("log(", "log_"), last or span
        return base if lag == "0" else f"{base}_l{lag}"
    if term.startswith("mean_"):
        return f"mean of {term.removeprefix('mean_')}"
    return term.replace("log(", "log_").replace(")", "")


def estimate(table: pd.DataFrame, **model: object) -> FamilyTables:
    """Estimate one model, singletons kept unless it says otherwise."""
    values = {"name": "m", "singletons": "keep", **model}
    return estimate_family(table, [Model.of(values)])


def by_term(tables: FamilyTables) -> pd.DataFrame:
    """Return the estimates of one model by term."""
    return tables.estimates.set_index("term")


def diagnostics(tables: FamilyTables) -> pd.DataFrame:
    """Return the diagnostics of one model by test."""
    return tables.diagnostics.set_index("test")


def same(found: pd.DataFrame, expected: pd.DataFrame, rtol: float = 1e-8) -> None:
    """Compare estimates and standard errors on the expected terms."""
    found = found.loc[expected.index]
    np.testing.assert_allclose(found.estimate, expected.estimate, rtol=rtol)
    np.testing.assert_allclose(found.se, expected.se, rtol=rtol)
