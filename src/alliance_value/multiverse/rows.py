"""A panel and specifications -> the sets of them that share rows and effects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.models.design import codes, effects_out, singletons
from alliance_value.study.expressions import evaluate
from alliance_value.study.spec import Model
from alliance_value.study.terms import Term, expand_all

# Keys of a model that decide which rows it uses, and the effects taken out.
OF_ROWS = (
    *("outcome", "terms", "controls", "effects", "clusters", "where"),
    *("singletons", "estimator"),
)


@dataclass(frozen=True)
class Specification:
    """One combination of levels; what it comes to is made where it is asked for.

    Parameters
    ----------
    levels
        The place of each choice's level.
    made
        The mapping of the model that they make, and of ``term``, the coefficient
        followed, by its name in this model.
    """

    levels: tuple[int, ...]
    made: Mapping[str, Any]

    @property
    def term(self) -> str:
        """The coefficient followed."""
        return str(self.made["term"])

    @cached_property
    def model(self) -> Model:
        """The model."""
        return Model.of(self.made)

    @cached_property
    def terms(self) -> list[Term]:
        """The model's terms and controls as products."""
        return expand_all([*self.model.terms, *self.model.controls])

    @property
    def of_rows(self) -> tuple[tuple[str, ...], ...]:
        """What of the model decides which rows it uses, and the effects taken out."""
        return tuple(
            (value,) if isinstance(value, str) else tuple(value)
            for value in (self.made[key] for key in OF_ROWS if key in self.made)
        )


@dataclass(frozen=True)
class RowSet:
    """Specifications that are estimated from the same rows, the same effects out.

    Parameters
    ----------
    rows
        int64, shape (n,): rows of the panel.
    effects
        Names of the effects.
    members
        Places of the specifications.
    """

    rows: np.ndarray
    effects: tuple[str, ...]
    members: list[int] = field(default_factory=list)


class Frame:
    """A panel by rows: values, codes of groups and conditions, each computed once.

    Parameters
    ----------
    panel
        The canonical panel, or another table with its key.
    """

    def __init__(self, panel: pd.DataFrame) -> None:
        self.panel = panel
        self.held: dict[str, np.ndarray] = {}
        self.numbered: dict[str, np.ndarray] = {}
        self.masks: dict[tuple[str, ...], np.ndarray] = {}

    def values(self, name: str) -> np.ndarray:
        """Return a column, float64, shape (all rows,)."""
        if name not in self.held:
            self.held[name] = self.panel[name].to_numpy("float64", na_value=np.nan)
        return self.held[name]

    def codes(self, group: str) -> np.ndarray:
        """Return the number of each row's group of a column or ``a:b``; -1 for none."""
        if group not in self.numbered:
            self.numbered[group] = codes(self.panel, (group,))[group].to_numpy("int64")
        return self.numbered[group]

    def grouped(self, groups: Iterable[str], rows: np.ndarray) -> np.ndarray:
        """Return codes of some rows, shape (n, number of groups)."""
        numbered = [self.codes(group)[rows] for group in groups]
        nothing = np.empty((len(rows), 0), dtype="int64")
        return np.column_stack(numbered) if numbered else nothing

    def meets(self, condition: str) -> np.ndarray:
        """Return which rows meet a condition."""
        key = ("where", condition)
        if key not in self.masks:
            columns = {str(name): self.panel[name] for name in self.panel.columns}
            met = evaluate(condition, columns).fillna(0.0).ne(0.0)
            self.masks[key] = met.to_numpy(bool)
        return self.masks[key]

    def knows(self, name: str) -> np.ndarray:
        """Return the rows in which a column is observed."""
        key = ("known", name)
        if key not in self.masks:
            self.masks[key] = self.panel[name].notna().to_numpy(bool)
        return self.masks[key]

    def complete(self, model: Model, terms: Iterable[Term], by: str) -> np.ndarray:
        """Return the rows that a model's conditions and missing values leave it."""
        groups = {
            n for g in (*model.effects, *model.clusters, by) for n in g.split(":")
        }
        names = {model.outcome, *(n for term in terms for n in term.factors), *groups}
        names -= {FIRM, YEAR}
        keep = np.ones(len(self.panel), dtype=bool)
        for mask in (*map(self.meets, model.where), *map(self.knows, sorted(names))):
            keep &= mask
        return keep


def row_sets(
    frame: Frame, specifications: Sequence[Specification], by: str
) -> list[RowSet]:
    """Group specifications by the rows that they use and the effects taken out.

    Rows are those of ``models.design.design``: conditions, then missing values, then
    rows alone in an effect.
    """
    sets: dict[tuple[bytes, tuple[str, ...]], RowSet] = {}
    without: dict[tuple[bytes, tuple[str, ...], bool], np.ndarray] = {}
    known: dict[tuple[tuple[str, ...], ...], RowSet] = {}
    for place, specification in enumerate(specifications):
        if specification.of_rows in known:
            known[specification.of_rows].members.append(place)
            continue
        model = specification.model
        keep = frame.complete(model, specification.terms, by)
        effects, drop = effects_out(model), model.singletons == "drop"
        key = (np.packbits(keep).tobytes(), effects, drop)
        if key not in without:
            rows = np.flatnonzero(keep)
            if drop and effects and len(rows):
                rows = rows[~singletons(frame.grouped(effects, rows))]
            without[key] = rows
        rows = without[key]
        shared = sets.setdefault((rows.tobytes(), effects), RowSet(rows, effects))
        known[specification.of_rows] = shared
        shared.members.append(place)
    return list(sets.values())
