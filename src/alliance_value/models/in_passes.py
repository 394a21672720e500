"""A table in Parquet larger than memory + a model -> its fit, in two passes.

Least squares with one effect of any size and others of few levels, errors clustered by
a column in which the large effect lies: what else a model may ask for needs its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
import pyarrow as pa

from alliance_value.models.collinearity import ABSORBED, Dependence
from alliance_value.models.columns import EPS
from alliance_value.models.engine.blocks import ConvergenceError
from alliance_value.models.engine.passes import (
    Batch,
    Layout,
    NotInPasses,
    Passed,
    cross_products_in_passes,
)
from alliance_value.models.engine.regress import (
    Collinear,
    IllConditioned,
    Regression,
    covariance,
    regress,
)
from alliance_value.models.estimators.result import EstimationError, Fit
from alliance_value.models.shards import (
    Numbering,
    Shards,
    ahead,
    homes,
    numbered_batches,
    numberings,
)
from alliance_value.models.within import ROUNDING
from alliance_value.study.expressions import evaluate, names_in
from alliance_value.study.spec import Model
from alliance_value.study.terms import expand_all

OUTCOME = "outcome"
SMALLER = (
    "give more memory (memory), use fewer levels or terms, or take a part of the rows"
)


@dataclass(frozen=True)
class LargeFit:
    """A model fitted in passes.

    Parameters
    ----------
    fit
        As estimators return it, without residuals.
    passed
        What the passes left.
    rows, complete
        Rows of the table, and those that meet the conditions and miss nothing.
    groups
        Groups of the largest effect in the table.
    megabytes
        Memory of the sums, at most.
    """

    fit: Fit
    passed: Passed
    rows: int
    complete: int
    groups: int
    megabytes: float


def fit_in_passes(
    shards: Shards,
    model: Model,
    megabytes: float,
    trace: Callable[[str], None] = lambda message: None,
) -> LargeFit:
    """Estimate a model from a table of which a batch of rows is held at a time.

    Parameters
    ----------
    shards
        The table.
    model
        The specification.
    megabytes
        Memory for sums, in units of a million bytes.
    trace
        Told of each pass.

    Raises
    ------
    EstimationError
        The model cannot be had in passes or in the memory, or not from these rows.
    """
    if obstacles := not_in_passes(model):
        raise EstimationError(
            f"{', '.join(obstacles)} cannot be had in passes over a table that is "
            "larger than memory",
            "leave it out, or give memory for all rows (memory)",
        )
    names = list(dict.fromkeys([*model.effects, *model.clusters]))
    trace("numbers firms and periods")
    numbering = numberings(shards, names)
    main, clusters = largest_within(shards, model, numbering)
    small = [name for name in model.effects if name != main]
    terms = expand_all([*model.terms, *model.controls])
    used = list(dict.fromkeys([model.outcome, *(n for t in terms for n in t.factors)]))
    conditions = list(dict.fromkeys(n for text in model.where for n in names_in(text)))
    columns = list(dict.fromkeys([*used, *conditions]))
    layout = Layout(
        (OUTCOME, *(t.name for t in terms)),
        sum(len(numbering[name].values) for name in small),
        clusters,
    )

    def design(rows: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray | None]:
        values = {n: as_floats(rows.column(n)) for n in used}
        columns = np.empty((len(rows), 1 + len(terms)), order="F")
        columns[:, 0] = values[model.outcome]
        for j, term in enumerate(terms, start=1):
            first, *others = (values[n] for n in term.factors)
            columns[:, j] = prod(others, start=first)
        if not model.where:
            return columns, None
        table = rows.select(conditions).to_pandas()
        series = {str(name): table[name] for name in table.columns}
        meets = [evaluate(text, series).fillna(0.0).ne(0.0) for text in model.where]
        return columns, np.logical_and.reduce(meets)

    def begin() -> Iterator[Batch]:
        trace("passes over the rows")
        levels = [(name, numbering[name]) for name in small]
        group = (main, numbering[main])
        return ahead(numbered_batches(shards, columns, design, group, levels))

    try:
        passed = cross_products_in_passes(begin, layout, int(megabytes * 1e6))
        check_left(passed, model)
        regression = regress(passed.grams, OUTCOME, [t.name for t in terms])
    except NotInPasses as error:
        raise EstimationError(str(error), SMALLER) from error
    except Collinear as error:
        raise EstimationError(str(error), remedy_of(error.dependences)) from error
    except (IllConditioned, ConvergenceError) as error:
        raise EstimationError(str(error), "leave out or rescale terms") from error
    counted = parameters_counted(model, shards, passed, numbering)
    return LargeFit(
        fit_of(model, regression, passed, counted),
        passed,
        shards.rows,
        passed.grams.n + passed.alone,
        layout.groups,
        layout.bytes_needed / 1e6,
    )


def as_floats(column: pa.Array) -> np.ndarray:
    """Return numbers as float64, missing ones as NaN."""
    numbers = column.cast(pa.float64(), safe=False)
    return np.asarray(numbers.to_numpy(zero_copy_only=False), dtype="float64")


def check_left(passed: Passed, model: Model) -> None:
    """Stop where the effects leave nothing of a column but rounding.

    Raises
    ------
    EstimationError
        The rows are too few, or effects absorb a term or the outcome.
    """
    grams = passed.grams
    if grams.n <= grams.p - 1 + grams.rank or len(grams.clusters) < 2:
        raise EstimationError(
            f"{grams.n} rows in {len(grams.clusters)} clusters are left for "
            f"{grams.p - 1} terms and {grams.rank} parameters of effects",
            "use fewer effects, or look at what takes rows away",
        )
    squares = np.array([grams.cells[:, j, j].sum() for j in range(grams.p)])
    spread = np.sqrt(passed.variations / grams.n)
    rounding = np.maximum(ABSORBED * spread, ROUNDING * EPS * passed.largest)
    nothing = np.sqrt(squares / grams.n) <= rounding
    names = [model.outcome, *grams.names[1:]]
    gone = [f"'{n}'" for n, is_gone in zip(names, nothing, strict=True) if is_gone]
    if gone:
        raise EstimationError(
            f"{', '.join(gone)} do not vary within {' and '.join(model.effects)}: the "
            "effects absorb them",
            "leave them out, or use fewer effects",
        )


def not_in_passes(model: Model) -> list[str]:
    """Return what a model asks for that needs its rows."""
    asked = {
        f"estimator {model.estimator}": model.estimator != "fixed_effects",
        f"standard errors '{model.standard_errors}'": model.standard_errors
        != "clustered",
        "clusters by several columns or none": len(model.clusters) != 1,
        "a model without effects": not model.effects,
        "products within entities": model.interactions != "product",
        "weights": bool(model.weights),
        "singletons kept": model.singletons != "drop",
        "terms dropped where effects absorb them": model.absorbed != "stop",
        "effects of several columns": any(
            ":" in name for name in (*model.effects, *model.clusters)
        ),
    }
    return [words for words, is_asked in asked.items() if is_asked]


def largest_within(
    shards: Shards, model: Model, numbering: dict[str, Numbering]
) -> tuple[str, np.ndarray]:
    """Return the largest effect, and the cluster of each of its groups."""
    main = max(model.effects, key=lambda name: len(numbering[name].values))
    cluster = model.clusters[0]
    home = homes(shards, (main, numbering[main]), (cluster, numbering[cluster]))
    if home is None:
        raise EstimationError(
            f"'{main}', the largest effect, reaches across clusters of '{cluster}', "
            "which cannot be had in passes over a table that is larger than memory",
            f"cluster by '{main}' or by a column in which its groups lie",
        )
    return main, home


def parameters_counted(
    model: Model, shards: Shards, passed: Passed, numbering: dict[str, Numbering]
) -> int:
    """Return the parameters of effects that the correction counts.

    As ``models.covariance.counted``, the largest effect being within clusters.
    """
    if model.count_effects == "none":
        return 0
    if model.count_effects == "all":
        return passed.grams.rank
    cluster, first, total = model.clusters[0], 0, 1
    main = max(model.effects, key=lambda name: len(numbering[name].values))
    for name in model.effects:
        if name == main:
            continue
        last = first + len(numbering[name].values)
        apart = homes(shards, (name, numbering[name]), (cluster, numbering[cluster]))
        total += int(passed.levels[first:last].sum()) - 1 if apart is None else 0
        first = last
    return total


def fit_of(model: Model, regression: Regression, passed: Passed, counted: int) -> Fit:
    """Return a regression on cross-products as estimators return theirs."""
    y = passed.grams.cells[:, 0, 0].sum()
    return Fit(
        names=regression.terms,
        estimates=regression.coefficients,
        covariance=covariance(regression, counted),
        df=regression.clusters - 1.0,
        se_type=f"clustered by {model.clusters[0]}",
        r2_within=1 - regression.squares / y,
        r2_overall=1 - regression.squares / passed.variations[0],
        n=regression.n,
    )


def remedy_of(dependences: Sequence[Dependence]) -> str:
    """Return what to leave out."""
    return f"leave out '{dependences[0].term}', or one of what it is made of"
