"""Simulated tables -> how often intervals of models with further errors cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.funnel import FunnelBranch
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.models.coverage import SLOPE, few_unequal, persistent
from alliance_value.models.design import design
from alliance_value.models.estimate import estimates_table, fit
from alliance_value.study.spec import Model

POOLED = Model("simulated", "y", ("x",), estimator="pooled_ols")
ROBUST = replace(POOLED, standard_errors="robust")


@dataclass(frozen=True)
class Dependent:
    """Rows that depend on one another, and the models that are tried on them.

    Parameters
    ----------
    draw
        Draws a table with firm, fiscal_year, y, x (slope 1) and what models name.
    models
        Kind -> model.
    claims
        The kinds that claim to cover here. Dyadic, Conley's and Newey and West's errors
        hold as members, places and periods grow in number; with so few they are small.
    """

    draw: Callable[[np.random.Generator], pd.DataFrame]
    models: Mapping[str, Model]
    claims: tuple[str, ...]


def rows(x: np.ndarray, error: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
    """Return a table of rows, each a firm of its own unless columns say otherwise."""
    own = pd.Series(np.arange(len(x))).astype("string")
    keys = {FIRM: own, YEAR: np.zeros(len(x), dtype="int64"), **columns}
    return pd.DataFrame({**keys, "x": x, "y": SLOPE * x + error})


def pairs(rng: np.random.Generator) -> pd.DataFrame:
    """Half of the 780 pairs of 40 persons; each brings a shock to all of its pairs."""
    one, other = np.triu_indices(40, 1)
    kept = rng.random(len(one)) < 0.5
    one, other = one[kept], other[kept]
    x, error = (
        own[one] + own[other] + rng.normal(size=len(one))
        for own in rng.normal(size=(2, 40))
    )
    return rows(x, error, one=one, other=other)


def places(rng: np.random.Generator) -> pd.DataFrame:
    """200 places in a square of 1,000 km; shocks fade over 100 km."""
    north, east = rng.uniform(0, 9, size=(2, 200))
    apart = np.hypot(north[:, None] - north, east[:, None] - east)
    root = np.linalg.cholesky(np.exp(-apart / 0.9) + 1e-9 * np.eye(200))
    x, error = (root @ rng.normal(size=(200, 2))).T
    return rows(x, error, north=north, east=east)


def long_panel(x: np.ndarray, y: np.ndarray, **columns: np.ndarray) -> pd.DataFrame:
    """Return arrays of shape (firms, years) as a table."""
    firm, year = np.indices(x.shape)
    table = {FIRM: pd.Series(firm.ravel()).astype("string"), YEAR: year.ravel()}
    return pd.DataFrame({**table, "x": x.ravel(), "y": y.ravel(), **columns})


def common_shocks(rng: np.random.Generator) -> pd.DataFrame:
    """10 firms, 40 years; shocks of a year hit each firm in its own measure."""
    loading = rng.uniform(-1, 2, size=(10, 1))
    x, error = (
        loading * rng.normal(size=(1, 40)) + rng.normal(size=(10, 40)) for _ in range(2)
    )
    return long_panel(x, SLOPE * x + error)


def moving_slopes(rng: np.random.Generator) -> pd.DataFrame:
    """50 firms, 60 months; the slope of a month departs from 1, for some months."""
    x, error = rng.normal(size=(2, 50, 60))
    slope = SLOPE + 0.5 * persistent(rng, 1, 60, 0.5)
    return long_panel(x, slope * x + error)


def crossed(rng: np.random.Generator) -> pd.DataFrame:
    """1,500 rows in 30 firms, 30 countries and 30 products, with shocks of each."""
    groups = rng.integers(30, size=(3, 1500))
    x, error = (
        sum(shock[group] for shock, group in zip(shocks, groups, strict=True))
        + rng.normal(size=1500)
        for shocks in rng.normal(size=(2, 3, 30))
    )
    return rows(x, error, a=groups[0], b=groups[1], c=groups[2])


def few_clusters(rng: np.random.Generator) -> pd.DataFrame:
    """12 firms with 5 to 30 years; errors and x persistent within firms."""
    data = few_unequal(rng)
    firm = pd.Series(data.firm).astype("string")
    y, x = data.columns[:, 0], data.columns[:, 1]
    return pd.DataFrame({FIRM: firm, YEAR: data.year, "x": x, "y": y})


def clustered_by(*columns: str) -> Model:
    """Return the pooled model with errors clustered by columns."""
    return replace(POOLED, clusters=columns)


WITHIN = Model("simulated", "y", ("x",), effects=(FIRM,), clusters=(FIRM,))
MONTHLY = Model(
    "simulated",
    "y",
    ("x",),
    estimator="fama_macbeth",
    standard_errors="newey_west",
)

DEPENDENT: dict[str, Dependent] = {
    "pairs": Dependent(
        pairs,
        {
            "HC1": ROBUST,
            "one member": clustered_by("one"),
            "dyadic": replace(
                POOLED, standard_errors="dyadic", clusters=("one", "other")
            ),
        },
        (),
    ),
    "places": Dependent(
        places,
        {
            "HC1": ROBUST,
            "Conley, 250 km": replace(
                POOLED,
                standard_errors="conley",
                coordinates=("north", "east"),
                distance=250.0,
                kernel="bartlett",
            ),
        },
        (),
    ),
    "common shocks": Dependent(
        common_shocks,
        {
            "HC1": ROBUST,
            "firm": clustered_by(FIRM),
            "panel-corrected": replace(POOLED, standard_errors="panel_corrected"),
        },
        ("panel-corrected",),
    ),
    "moving slopes": Dependent(
        moving_slopes,
        {
            "Fama-MacBeth": replace(MONTHLY, lags=0),
            "Fama-MacBeth, Newey-West, lag 4": replace(MONTHLY, lags=4),
        },
        (),
    ),
    "crossed": Dependent(
        crossed,
        {
            "one way": clustered_by("a"),
            "two ways": clustered_by("a", "b"),
            "three ways": clustered_by("a", "b", "c"),
        },
        ("three ways",),
    ),
    "few clusters": Dependent(
        few_clusters,
        {
            "firm": WITHIN,
            "wild bootstrap": replace(WITHIN, standard_errors="wild_bootstrap"),
        },
        ("wild bootstrap",),
    ),
}


def holds(table: pd.DataFrame, model: Model) -> bool:
    """Return whether the 95 % interval of a model holds the planted slope."""
    problems: list[Problem] = []
    data = design(table, model, FunnelBranch(model.name), problems)
    raise_if(problems, "the simulated table")
    assert data is not None
    row = estimates_table(model, fit(data, model)).set_index("term").loc["x"]
    return bool(row.ci_low <= SLOPE <= row.ci_high)


def coverage_of_models(
    name: str, tables: int = 500, draws: int = 399, seed: int = 0
) -> pd.DataFrame:
    """Simulate tables and count how often intervals of models cover.

    Parameters
    ----------
    name
        One of ``DEPENDENT``.
    tables
        Number of simulated tables; each has its own seed, spawned from ``seed``.
    draws
        Bootstrap draws per table.

    Returns
    -------
    pandas.DataFrame
        A row per kind: design, kind, claims (whether it claims to cover here), coverage
        (decimal) and panels.
    """
    tried = DEPENDENT[name]
    hits: dict[str, list[bool]] = {kind: [] for kind in tried.models}
    for number in range(tables):
        rng = np.random.default_rng([seed, sorted(DEPENDENT).index(name), number])
        table = tried.draw(rng)
        for kind, model in tried.models.items():
            hits[kind].append(holds(table, replace(model, draws=draws, seed=number)))
    return pd.DataFrame(
        [
            {
                "design": name,
                "kind": kind,
                "claims": kind in tried.claims,
                "coverage": float(np.mean(covers)),
                "panels": len(covers),
            }
            for kind, covers in hits.items()
        ]
    )


def list_of_models(table: pd.DataFrame) -> str:
    """Write coverage as a list in Markdown, bold where the kind claims to cover."""
    lines = ["| design | errors | covers |", "|---|---|---|"]
    for row in table.to_dict("records"):
        text = f"{100 * row['coverage']:.1f}"
        shown = f"**{text}**" if row["claims"] else text
        lines.append(f"| {row['design']} | {row['kind']} | {shown} |")
    return "\n".join(lines) + "\n"
