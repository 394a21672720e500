"""A set's cross-products -> the estimate and clustered error of each specification."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from alliance_value.models.engine.regress import (
    Collinear,
    IllConditioned,
    Regression,
    correction,
    regress,
)
from alliance_value.multiverse.products import Products, names_of
from alliance_value.multiverse.rows import Specification

Equation = tuple[str, tuple[str, ...], str]


@dataclass(frozen=True)
class Estimate:
    """One specification's coefficient.

    Parameters
    ----------
    estimate, se
        In raw units; NaN where there is none.
    df
        Degrees of freedom of its own t statistic: the fewest clusters less one.
    n, clusters
        Rows, and clusters of the dimension with fewest.
    t
        Studentized by the groups that stay whole, whatever its own clusters.
    groups
        Their number.
    base
        Mean outcome at 0 of the term, other terms as they are; NaN where the term is
        no column.
    why
        Why there is no estimate, or no error; empty where there are both.
    """

    estimate: float
    se: float
    df: float
    n: int
    clusters: int
    t: float
    groups: int
    why: str = ""
    base: float = np.nan


def none(n: int, why: str) -> Estimate:
    """Return what a specification comes to that cannot be estimated."""
    return Estimate(np.nan, np.nan, np.nan, n, 0, np.nan, 0, why)


def equation(specification: Specification, absorbed: frozenset[str]) -> Equation:
    """Return outcome, columns and the column followed of a specification."""
    names = names_of(specification)
    terms = [term.name for term in specification.terms]
    followed = names[terms.index(specification.term)]
    if specification.model.absorbed == "drop":
        names = [name for name in names if name not in absorbed]
    return f"= {specification.model.outcome}", tuple(names), followed


def solved(products: Products, written: Equation) -> Regression | str:
    """Return the regression of an equation, or why there is none."""
    outcome, names, followed = written
    gone = [n for n in dict.fromkeys([followed, *names]) if n in products.absorbed]
    if gone:
        return f"effects absorb {gone[0]}"
    if outcome in products.absorbed:
        return "the outcome does not vary within effects"
    if products.n <= len(names) + products.rank:
        return f"{products.n} rows for {len(names)} terms and the effects"
    try:
        return regress(products.grams, outcome, names, products.rows)
    except (Collinear, IllConditioned) as error:
        return str(error)


def estimated(
    products: Products, specification: Specification, regression: Regression, j: int
) -> Estimate:
    """Return a specification's coefficient with its own clustered error.

    Parameters
    ----------
    regression, j
        Its equation, and the coefficient's place in it.
    """
    model, unit = specification.model, products.unit(regression)[j]
    left = products.n - len(regression.terms) - products.counted(model)
    counts = products.cluster_counts(model.clusters)
    estimate = float(regression.coefficients[j] * unit)
    groups = regression.clusters
    if min(*counts, groups) < 2 or left < 1:
        return none(products.n, "all rows are in one cluster")
    bread = regression.bread[j]
    meat = 0.0
    for part in products.clusters(model.clusters):
        inner = part.scores(regression) @ bread
        meat += part.sign * part.groups / (part.groups - 1) * float(inner @ inner)
    variance = (products.n - 1) / left * meat
    se = float(np.sqrt(variance)) * abs(unit) if variance > 0 else np.nan
    own = standard_error(products, specification, regression, j)
    return Estimate(
        estimate=estimate,
        se=se,
        df=min(counts) - 1.0,
        n=products.n,
        clusters=min(counts),
        t=float(regression.coefficients[j] / own),
        groups=groups,
        why="" if variance > 0 else "negative variance",
        base=base_of(products, specification, estimate),
    )


def base_of(products: Products, specification: Specification, estimate: float) -> float:
    """Return the mean outcome at 0 of the term followed, NaN where it is a product."""
    term = next(t for t in specification.terms if t.name == specification.term)
    if len(term.factors) > 1:
        return np.nan
    rows = products.shared.rows
    outcome, regressor = (
        float(products.frame.values(name)[rows].mean())
        for name in (specification.model.outcome, *term.factors)
    )
    return outcome - estimate * regressor


def standard_error(
    products: Products, specification: Specification, regression: Regression, j: int
) -> float:
    """Return the error by the groups that stay whole, in standardized units."""
    inner = regression.scores @ regression.bread[j]
    return float(np.sqrt(factor(products, specification, regression) * inner @ inner))


def factor(
    products: Products, specification: Specification, regression: Regression
) -> float:
    """Return the small-sample correction by the groups that stay whole."""
    counts = products.counted(specification.model)
    return correction(products.n, len(regression.terms), regression.clusters, counts)
