"""Sets of specifications -> all estimates, and their draws by equation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from alliance_value.contracts.firm_years import FIRM
from alliance_value.models.engine.regress import Regression
from alliance_value.multiverse.draws import shared_weights, under_null
from alliance_value.multiverse.estimate import (
    Estimate,
    equation,
    estimated,
    factor,
    none,
    solved,
)
from alliance_value.multiverse.paths import (
    Exchange,
    Permuted,
    exchange,
    moved,
    permits,
    permuted,
)
from alliance_value.multiverse.products import Products
from alliance_value.multiverse.rows import Frame, RowSet, Specification, row_sets

CLOSE = "solved from rows: terms are nearly collinear"


@dataclass(frozen=True)
class Settings:
    """How a grid is judged.

    Parameters
    ----------
    by
        Column whose groups stay whole.
    draws, permutations, seed
        As the grid says.
    workers
        Threads that share the sets; results do not depend on it.
    """

    by: str = FIRM
    draws: int = 999
    permutations: int = 0
    seed: int = 0
    workers: int = 1


@dataclass(frozen=True)
class Drawn:
    """An equation under the null.

    Parameters
    ----------
    coefficients, t
        float64, shape (B,), by weights of groups; raw units.
    permuted
        The same by permutations, raw units; None where these are not valid.
    moved
        Share of rows that permutations can move.
    """

    coefficients: np.ndarray
    t: np.ndarray
    permuted: Permuted | None = None
    moved: float = np.nan


@dataclass(frozen=True)
class Solved:
    """Specifications of a grid, all or a part.

    Parameters
    ----------
    places
        int64, shape (S,): which specifications.
    estimates
        One per specification.
    equations
        int64, shape (S,): the equation of each specification, -1 for none.
    drawn
        One per equation.
    """

    places: np.ndarray
    estimates: list[Estimate]
    equations: np.ndarray
    drawn: list[Drawn]


def solve(
    frame: Frame,
    specifications: Sequence[Specification],
    settings: Settings,
    tell: Callable[[str], None] = lambda message: None,
    part: tuple[int, int] = (0, 1),
) -> Solved:
    """Estimate every specification and its coefficient under the null.

    Parameters
    ----------
    frame
        The panel.
    specifications
        All of a grid.
    settings
        How often to draw, by which groups.
    tell
        Told of the number of sets.
    part
        Which of how many parts of the sets to solve; `joined` puts parts together.
    """
    sets = row_sets(frame, specifications, settings.by)
    groups = int(frame.codes(settings.by).max(initial=-1)) + 1
    weights = shared_weights(groups, settings.draws, settings.seed)
    valid = [s for s in sets if len(s.rows) and permits(frame, s, settings.by)]
    exchanged = None
    if settings.permutations and valid:
        asked = (settings.permutations, settings.seed)
        exchanged = exchange(frame, valid, groups, *asked)
    tell(f"{len(specifications):,} specifications in {len(sets):,} sets of rows")

    def one(shared: RowSet) -> Solved:
        paths = exchanged if permits(frame, shared, settings.by) else None
        return of_set(frame, shared, specifications, settings.by, weights, paths)

    own = [sets[i] for i in np.array_split(np.arange(len(sets)), part[1])[part[0]]]
    with ThreadPoolExecutor(settings.workers) as pool:
        return joined([*pool.map(one, own)])


def joined(parts: Sequence[Solved]) -> Solved:
    """Return parts as one, specifications in their order, equations in the parts'."""
    offsets = np.cumsum([0, *(len(part.drawn) for part in parts)])
    equations = [
        np.where(part.equations >= 0, part.equations + offset, -1)
        for part, offset in zip(parts, offsets[:-1], strict=True)
    ]
    nothing = np.empty(0, dtype="int64")
    places = np.concatenate([nothing, *(part.places for part in parts)])
    estimates = [estimate for part in parts for estimate in part.estimates]
    order = np.argsort(places, kind="stable")
    return Solved(
        places[order],
        [estimates[i] for i in order],
        np.concatenate([nothing, *equations])[order],
        [drawn for part in parts for drawn in part.drawn],
    )


def of_set(
    frame: Frame,
    shared: RowSet,
    specifications: Sequence[Specification],
    by: str,
    weights: np.ndarray,
    exchanged: Exchange | None,
) -> Solved:
    """Estimate one set; equations are numbered within it."""
    places = np.array(shared.members, dtype="int64")
    members = [specifications[i] for i in shared.members]
    if not len(shared.rows):
        nowhere = np.full(len(members), -1)
        return Solved(places, [none(0, "no row is left")] * len(members), nowhere, [])
    products = Products(frame, shared, members, by)
    known: dict[object, tuple[Regression | str, int]] = {}
    estimates: list[Estimate] = []
    which: list[int] = []
    drawn: list[Drawn] = []
    for specification in members:
        written = equation(specification, products.absorbed)
        key = (written, products.counted(specification.model))
        if key not in known:
            regression = solved(products, written)
            known[key] = regression, -1
        regression, number = known[key]
        if isinstance(regression, str):
            estimates.append(none(products.n, regression))
            which.append(-1)
            continue
        j = regression.terms.index(written[2])
        estimate = estimated(products, specification, regression, j)
        if regression.method == "rows" and not estimate.why:
            estimate = replace(estimate, why=CLOSE)
        if number < 0 and np.isfinite(estimate.t):
            number = len(drawn)
            known[key] = regression, number
            drawn.append(
                of_equation(products, specification, regression, j, weights, exchanged)
            )
        estimates.append(estimate)
        which.append(number if np.isfinite(estimate.t) else -1)
    return Solved(places, estimates, np.array(which, dtype="int64"), drawn)


def of_equation(
    products: Products,
    specification: Specification,
    regression: Regression,
    j: int,
    weights: np.ndarray,
    exchanged: Exchange | None,
) -> Drawn:
    """Draw one equation's coefficient under the null."""
    unit, groups = products.unit(regression)[j], products.grams.clusters
    coefficients, t = under_null(
        products.grams,
        regression,
        j,
        weights[:, groups],
        factor(products, specification, regression),
    )
    drawn = Drawn(coefficients * unit, t)
    if exchanged is None:
        return drawn
    firms = products.frame.codes(FIRM)[products.shared.rows]
    share = moved(exchanged, firms)
    if not share:
        return replace(drawn, moved=0.0)
    paths = permuted(products, regression, j, exchanged)
    raw = replace(
        paths,
        coefficients=paths.coefficients * unit,
        coefficient=paths.coefficient * unit,
    )
    return replace(drawn, permuted=raw, moved=share)
