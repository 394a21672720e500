"""A design with lagged instruments -> stacked equations of a dynamic panel model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.models.columns import CONSTANT
from alliance_value.models.design import Design
from alliance_value.models.estimators.first_differences import consecutive
from alliance_value.models.estimators.random_effects import dummies
from alliance_value.models.estimators.result import EstimationError
from alliance_value.study.spec import Gmm, Model


@dataclass(frozen=True)
class Stacked:
    """Differenced rows, and below them in system GMM the rows in levels.

    Parameters
    ----------
    names
        The k regressors, dummies of effects after the model's terms.
    y, x, z
        float64, shapes (r,), (r, k) and (r, m): outcome, regressors, instruments.
    later, earlier
        Positions of a row's disturbances in the design, shape (r,); ``earlier`` is -1
        in levels.
    firm, year
        Of each row, shape (r,).
    """

    names: tuple[str, ...]
    y: np.ndarray
    x: np.ndarray
    z: np.ndarray
    later: np.ndarray
    earlier: np.ndarray
    firm: np.ndarray
    year: np.ndarray

    @property
    def differenced(self) -> np.ndarray:
        """Whether a row is a difference, shape (r,)."""
        return self.earlier >= 0


def stacked(design: Design, model: Model) -> Stacked:
    """Stack the equations of difference or system GMM with their instruments.

    Differences run between periods that follow each other. Instruments of differences
    are levels at the stated lags and the differences of exogenous terms; of levels,
    the difference at the lag before the first stated one (Blundell and Bond 1998) and
    the exogenous terms themselves. Dummies of effects instrument the equation in
    levels, or the differences where there is no other.
    """
    assert model.gmm is not None
    system = model.estimator == "system_gmm"
    later, earlier = consecutive(design.keys)
    if not len(later):
        raise EstimationError(
            "no firm has two periods in a row to take a difference of",
            "see why the panel has gaps (time_format), or use another estimator",
        )
    terms = design.terms.drop(columns=CONSTANT, errors="ignore")
    spread = dummies(design.effects.drop(columns=FIRM, errors="ignore"))
    values, y = terms.to_numpy(), design.outcome.to_numpy()
    marks = spread.to_numpy()
    own = values[:, [n not in model.endogenous for n in terms]]
    past = Lags(design)
    years = design.keys[YEAR].to_numpy()
    firms = design.firms
    lagged = lagged_levels(past, firms[later], years[later], model.gmm)
    difference_z = [lagged, own[later] - own[earlier]]
    if not system:
        now = dummies(
            design.effects.drop(columns=FIRM, errors="ignore").iloc[later]
        ).to_numpy()
        ones = np.ones((len(later), 1 if spread.shape[1] else 0))
        now = np.column_stack([ones, now])
        return Stacked(
            (*terms, *(f"period {i}" for i in range(now.shape[1]))),
            y[later] - y[earlier],
            np.column_stack([values[later] - values[earlier], now]),
            filled(np.column_stack([*difference_z, now])),
            later,
            earlier,
            firms[later],
            years[later],
        )
    everyone = np.arange(len(y))
    level = lagged_differences(past, firms, years, model.gmm)
    fixed = np.column_stack([marks, np.ones(len(y))])
    top = np.column_stack(
        [
            difference_z[0],
            np.zeros((len(later), level.shape[1])),
            difference_z[1],
            np.zeros((len(later), fixed.shape[1])),
        ]
    )
    bottom = np.column_stack([np.zeros((len(y), lagged.shape[1])), level, own, fixed])
    below = np.column_stack([values, fixed])
    return Stacked(
        (*terms, *spread, CONSTANT),
        np.concatenate([y[later] - y[earlier], y]),
        np.vstack([below[later] - below[earlier], below]),
        filled(np.vstack([top, bottom])),
        np.concatenate([later, everyone]),
        np.concatenate([earlier, np.full(len(y), -1)]),
        np.concatenate([firms[later], firms]),
        np.concatenate([years[later], years]),
    )


def filled(z: np.ndarray) -> np.ndarray:
    """Return instruments with zeros for missing values, empty columns left out."""
    z = np.nan_to_num(z, nan=0.0)
    return np.asarray(z[:, (z != 0).any(axis=0)])


class Lags:
    """Look-up of a variable's value in a firm's earlier periods, by the calendar."""

    def __init__(self, design: Design):
        firms = pd.Series(design.firms, design.keys.index)
        number = dict(zip(design.keys[FIRM], firms, strict=True))
        table = design.levels[design.levels[FIRM].isin(number)]
        years = table[YEAR].to_numpy()
        self.first = int(years.min())
        span = int(years.max()) - self.first + 1
        place = table[FIRM].map(number).to_numpy(dtype="int64"), years - self.first
        self.grids = {}
        for name in table.columns.difference([FIRM, YEAR], sort=False):
            grid = np.full((int(firms.max()) + 1, span), np.nan)
            grid[place] = table[name].to_numpy("float64")
            self.grids[str(name)] = grid
        self.span = span

    def at(self, name: str, firm: np.ndarray, year: np.ndarray) -> np.ndarray:
        """Return values, shape (rows,); missing where the panel has none."""
        column = year - self.first
        inside = (column >= 0) & (column < self.span)
        values = np.full(len(firm), np.nan)
        values[inside] = self.grids[name][firm[inside], column[inside]]
        return values


def lagged_levels(
    past: Lags, firm: np.ndarray, year: np.ndarray, gmm: Gmm
) -> np.ndarray:
    """Return levels at the stated lags, a column per lag, or per lag and period."""
    columns = []
    for name, (first, last) in gmm.instruments.items():
        for lag in range(first, min(last, past.span) + 1):
            columns += by_period(past.at(name, firm, year - lag), year, gmm.collapse)
    if not any(np.isfinite(column).any() and (column != 0).any() for column in columns):
        asked = ", ".join(
            f"{name} {first} to {last}"
            for name, (first, last) in gmm.instruments.items()
        )
        raise EstimationError(
            f"no row has a level at the lags that gmm.instruments names ({asked}): the "
            f"panel has {past.span} periods",
            "name smaller lags",
        )
    return np.column_stack(columns)


def lagged_differences(
    past: Lags, firm: np.ndarray, year: np.ndarray, gmm: Gmm
) -> np.ndarray:
    """Return the difference at the lag before the first stated one."""
    columns = []
    for name, (first, _) in gmm.instruments.items():
        then = year - first + 1
        change = past.at(name, firm, then) - past.at(name, firm, then - 1)
        columns += by_period(change, year, gmm.collapse)
    return np.column_stack(columns)


def by_period(column: np.ndarray, year: np.ndarray, collapse: bool) -> list[np.ndarray]:
    """Return one column, or one per period with zeros elsewhere."""
    if collapse:
        return [column]
    return [np.where(year == t, column, 0.0) for t in np.unique(year)]
