"""NIST's eleven linear data sets -> the digits that each way of estimating gives.

The digits of a value are -log10 of its relative distance to the certified one, 15 at
most; a set's are its worst estimate's, or standard error's. Writes the table of
docs/inference.md (`python benchmarks/bench_nist.py`).
"""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from alliance_value.models.columns import CONSTANT, Columns, standardized
from alliance_value.models.regression import Regression, regress

HERE = Path(__file__).parents[1]
REFERENCE = HERE / "tests" / "reference"
DEGREE = {"Norris": 1, "Pontius": 2, "NoInt1": 1, "NoInt2": 1, "Filip": 10}
DEGREE |= {f"Wampler{k}": 5 for k in range(1, 6)}
SETS = (
    *("Norris", "Pontius", "NoInt1", "NoInt2", "Longley", "Filip"),
    *(f"Wampler{k}" for k in range(1, 6)),
)
MARKS = ("<!-- nist table -->", "<!-- end of nist table -->")


def data(name: str) -> tuple[np.ndarray, np.ndarray, list[str], pd.DataFrame]:
    """Return outcome, terms, their names and the certified values of a set."""
    base = "Wampler" if name.startswith("Wampler") else name
    table = pd.read_csv(REFERENCE / "data" / f"{base}.csv")
    y = table["y" if base == name else f"y{name[-1]}"].to_numpy("float64")
    if name == "Longley":
        terms = table.drop(columns="y")
    else:
        powers = range(1, DEGREE[name] + 1)
        terms = pd.DataFrame({f"x{j}": table.x.astype("float64") ** j for j in powers})
    if not name.startswith("NoInt"):
        terms = terms.assign(constant=1.0)
    certified = pd.read_csv(REFERENCE / "nist.csv").query("dataset == @name")
    names = list(terms)
    return y, terms.to_numpy("float64"), names, certified.set_index("term").loc[names]


def columns(name: str) -> tuple[Columns, Columns]:
    """Return outcome and terms as every estimator takes them."""
    y, x, names, _ = data(name)
    centre = CONSTANT in names
    return (
        standardized(y[:, None], ["y"], centre=centre),
        standardized(x, names, centre=centre),
    )


def least_squares(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return estimates and homoskedastic errors of the core."""
    return by_regression(regress(*columns(name)))


def two_stages(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return those of two-stage least squares, every term its own instrument."""
    y, x = columns(name)
    return by_regression(regress(y, x, x))


def by_regression(fit: Regression) -> tuple[np.ndarray, np.ndarray]:
    variance = fit.residuals @ fit.residuals / (fit.n - len(fit.names))
    matrix = fit.back(fit.bread * variance)
    return fit.estimates, np.sqrt(matrix.diagonal())


def linearmodels(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Return linearmodels' on the columns as they are."""
    from linearmodels.panel import PanelOLS

    y, x, names, _ = data(name)
    index = pd.MultiIndex.from_arrays([np.arange(len(y)), np.zeros(len(y), int)])
    found = PanelOLS(
        pd.Series(y, index, name="y"), pd.DataFrame(x, index, names), check_rank=False
    ).fit(debiased=True)
    return found.params.to_numpy(), found.std_errors.to_numpy()


WAYS = {
    "least squares": least_squares,
    "two stages": two_stages,
    "linearmodels, as it stands": linearmodels,
}


def digits(found: np.ndarray, certified: np.ndarray) -> int | None:
    """Return the digits of the worst value; None where all are certified as zero."""
    if not certified.any():
        return None
    apart = np.abs(found - certified) / np.abs(certified)
    return int(np.clip(np.floor(-np.log10(max(apart.max(), 1e-16))), 0, 15))


def table() -> str:
    lines = [
        "| set | " + " | ".join(f"{way}: estimates, errors" for way in WAYS) + " |",
        "|---" * (1 + len(WAYS)) + "|",
    ]
    for name in SETS:
        _, _, _, certified = data(name)
        cells = []
        for way in WAYS.values():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                b, se = way(name)
            pair = (digits(b, certified.estimate), digits(se, certified.se))
            cells.append(", ".join("" if d is None else str(d) for d in pair))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def main() -> None:
    page = HERE / "docs" / "inference.md"
    text = page.read_text(encoding="utf-8")
    body = f"{MARKS[0]}\n{table()}\n{MARKS[1]}"
    page.write_text(
        re.sub(f"{MARKS[0]}.*{MARKS[1]}", lambda _: body, text, flags=re.S),
        encoding="utf-8",
    )
    print(body)


if __name__ == "__main__":
    main()
