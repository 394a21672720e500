"""A set's rows and exchangeable groups -> coefficients when whole paths change places.

Of a regressor x, less what effects and the other terms explain of it, and the residuals
u of the null, all that a permutation of groups' paths needs is the product of each
group's x with each other's u: ``sum over g of x_g'u_p(g)``. Groups change places that
have rows in the same periods, under the same levels of other effects, in every set.

References
----------
Freedman and Lane (1983), A nonstochastic interpretation of reported significance
levels. Winkler and others (2014), Permutation inference for the general linear model.
DiCiccio and Romano (2017), Robust permutation tests, for the studentized statistic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.models.engine.regress import Regression
from alliance_value.multiverse.products import Products
from alliance_value.multiverse.rows import Frame, RowSet


@dataclass(frozen=True)
class Exchange:
    """Which groups change places, one permutation for all sets.

    Parameters
    ----------
    places
        int64, shape (B, groups): whose residuals each group has in a draw.
    classes
        int64, shape (groups,): groups of one class change places; -1 for those that
        are in no set.
    """

    places: np.ndarray
    classes: np.ndarray


@dataclass(frozen=True)
class Permuted:
    """One equation under permutations, from the groups that change places.

    Parameters
    ----------
    coefficients, t
        float64, shape (B,).
    coefficient, own_t
        Of the sample, in the same form.
    """

    coefficients: np.ndarray
    t: np.ndarray
    coefficient: float
    own_t: float


def permits(frame: Frame, shared: RowSet, by: str) -> bool:
    """Return whether whole paths may change places in a set.

    The entities' effect is out, they are the groups, and each has one row a period.
    """
    if by != FIRM or FIRM not in shared.effects:
        return False
    key = frame.grouped((FIRM, YEAR), shared.rows)
    return len(np.unique(key, axis=0)) == len(key)


def exchange(
    frame: Frame, sets: Sequence[RowSet], groups: int, draws: int, seed: int
) -> Exchange:
    """Draw permutations of groups whose rows have the same pattern in every set."""
    patterns: dict[int, list[bytes]] = {}
    for number, shared in enumerate(sets):
        others = tuple(e for e in shared.effects if e != FIRM)
        codes = frame.grouped((FIRM, YEAR, *others), shared.rows)
        codes = codes[np.lexsort(codes.T[1::-1])]
        starts = np.flatnonzero(np.diff(codes[:, 0], prepend=-1))
        for part in np.split(codes, starts[1:]):
            said = patterns.setdefault(int(part[0, 0]), [])
            said.append(bytes([*number.to_bytes(4, "big")]) + part[:, 1:].tobytes())
    classes = np.full(groups, -1, dtype="int64")
    members: dict[bytes, list[int]] = {}
    for firm in sorted(patterns):
        members.setdefault(b"|".join(patterns[firm]), []).append(firm)
    places = np.broadcast_to(np.arange(groups), (draws, groups)).copy()
    generator = np.random.default_rng(seed)
    for number, firms in enumerate(members.values()):
        classes[firms] = number
        if len(firms) > 1:
            copies = np.broadcast_to(np.array(firms), (draws, len(firms))).copy()
            places[:, firms] = generator.permuted(copies, axis=1)
    return Exchange(places, classes)


def moved(exchanged: Exchange, firms: np.ndarray) -> float:
    """Return the share of rows whose group can change places.

    Parameters
    ----------
    exchanged
        The permutations.
    firms
        Codes of the rows' groups, shape (n,).
    """
    classes = exchanged.classes[np.unique(firms)]
    several = np.bincount(classes, minlength=exchanged.classes.max() + 1) > 1
    return float(several[exchanged.classes[firms]].mean())


def permuted(
    products: Products, regression: Regression, j: int, exchanged: Exchange
) -> Permuted:
    """Return a coefficient and its t statistic in every permutation.

    Groups that cannot change places are left out, of the sample's statistic too: they
    would say the same in every draw. Scores leave out that other coefficients are
    estimated anew in each draw: x, less what they explain of it, is orthogonal to them.
    """
    columns, k = products.inside.values, regression.place
    direction = regression.bread[:, j] / regression.bread[j, j]
    own = columns[:, k] @ direction
    null = regression.coefficients - regression.coefficients[j] * direction
    left = columns[:, regression.outcome] - columns[:, k] @ null
    firms = products.frame.codes(FIRM)[products.shared.rows]
    years = products.frame.codes(YEAR)[products.shared.rows]
    order = np.lexsort((years, firms))
    firms, own, left = firms[order], own[order], left[order]
    labels, start, count = np.unique(firms, return_index=True, return_counts=True)
    size = np.add.reduceat(own**2, start)
    fixed = np.add.reduceat(own * left, start)
    scores = np.zeros((len(exchanged.places), len(labels)))
    classes, several = exchanged.classes[labels], np.zeros(len(labels), dtype=bool)
    for which in np.unique(classes):
        members = np.flatnonzero(classes == which)
        if len(members) > 1:
            several[members] = True
            rows = start[members][:, None] + np.arange(count[members[0]])
            inner = own[rows] @ left[rows].T
            places = exchanged.places[:, labels[members]]
            drawn = np.searchsorted(labels[members], places)
            scores[:, members] = inner[np.arange(len(members)), drawn]
    observed = studentized(fixed[None, several], size[several])
    drawn_b, drawn_t = studentized(scores[:, several], size[several])
    return Permuted(drawn_b, drawn_t, float(observed[0][0]), float(observed[1][0]))


def studentized(scores: np.ndarray, size: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and t by groups from the sums x_g'u_g, shape (B, G)."""
    b = scores.sum(axis=1) / size.sum()
    left = scores - b[:, None] * size
    error = np.sqrt((left**2).sum(axis=1)) / size.sum()
    return b, b / error
