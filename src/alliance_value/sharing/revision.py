"""Two packages of a study -> what changed from one round of a revision to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import yaml

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.exhibits.order import Exhibit, numbered
from alliance_value.running.provenance import FILE, Provenance, loads
from alliance_value.sharing.verify import (
    TOLERANCES,
    Comparison,
    cells_of,
    compare_results,
    compare_tables,
)

RESOLVED = "study.resolved.yaml"
UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, yaml.YAMLError)


@dataclass(frozen=True)
class Round:
    """One of two packages: its files, study and record.

    Parameters
    ----------
    files
        Contents by path.
    study
        The resolved study of its results.
    provenance
        What made them.
    """

    files: Mapping[str, bytes]
    study: Mapping[str, Any]
    provenance: Provenance

    def table(self, path: str) -> bytes | None:
        """Return a result by its path below the results folder."""
        return self.files.get(f"results/{self.study['study']}/{path}")


@dataclass(frozen=True)
class Change:
    """One thing that is not as before: what, before and after; empty where absent."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class ExhibitChange:
    """One table or figure in both rounds.

    Parameters
    ----------
    before, after
        What it is in each round; none in one that lacks it.
    comparison
        Its numbers compared; none where one of the packages has no table of them.
    redrawn
        Endings of its files that differ.
    """

    before: Exhibit | None
    after: Exhibit | None
    comparison: Comparison | None = None
    redrawn: tuple[str, ...] = ()


def round_of(files: Mapping[str, bytes], name: str, path: str) -> Round:
    """Return a package as one round of a study.

    Raises
    ------
    UserError
        It holds no results of the study, or none that can be read.
    """
    results = f"results/{name}"
    remedy, subject = "name an older package of this study", "the older package"
    if not {f"{results}/{FILE}", f"{results}/{RESOLVED}"} <= files.keys():
        others = sorted({n.split("/")[1] for n in files if n.endswith(f"/{RESOLVED}")})
        of = f"it is of study '{others[0]}'" if others else "it has no results"
        rule = f"the package is none of study '{name}': {of}"
        raise UserError([Problem(rule, remedy, path)], subject)
    try:
        study = yaml.safe_load(files[f"{results}/{RESOLVED}"])
        numbered(study)
        record = loads(files[f"{results}/{FILE}"].decode("utf-8"))
    except UNREADABLE:
        record = None
    if record is None:
        rule = f"its {FILE} or {RESOLVED} cannot be read"
        raise UserError([Problem(rule, remedy, path)], subject)
    return Round(files, study, record)


def exhibit_changes(old: Round, new: Round) -> list[ExhibitChange]:
    """Compare each table and figure, in the order of the later round."""
    before = {(e.kind, e.name): e for e in numbered(old.study)}
    after = {(e.kind, e.name): e for e in numbered(new.study)}
    changes = []
    for key in dict.fromkeys([*after, *before]):
        was, now = before.get(key), after.get(key)
        if was and now:
            compared = compare_exhibit(old, new, was, now)
            changes.append(ExhibitChange(was, now, compared, endings(old, new, now)))
        else:
            changes.append(ExhibitChange(was, now))
    return changes


def compare_exhibit(
    old: Round, new: Round, was: Exhibit, now: Exhibit
) -> Comparison | None:
    """Compare the numbers of an exhibit; the funnel's stand in its table."""
    kind = "tables" if now.name == "funnel" else f"{now.kind}s"
    path = f"{kind}/{now.name}.csv"
    ours, theirs = old.table(path), new.table(path)
    if ours is None or theirs is None:
        return None
    tables = headed(cells_of(ours), was), headed(cells_of(theirs), now)
    return compare_tables(path, kind, *tables, TOLERANCES)


def headed(table: pd.DataFrame, exhibit: Exhibit) -> pd.DataFrame:
    """Name a regression table's columns by their models: outcomes may be the same."""
    models = exhibit.declared.get("models") or ()
    if exhibit.declared.get("kind") == "models" and len(models) == table.shape[1] - 1:
        return table.set_axis([table.columns[0], *models], axis=1)
    return table


def endings(old: Round, new: Round, exhibit: Exhibit) -> tuple[str, ...]:
    """Return the endings of an exhibit's files that are in both and differ."""
    prefix = f"results/{new.study['study']}/{exhibit.kind}s/{exhibit.name}."
    both = [n for n in new.files if n.startswith(prefix) and n in old.files]
    return tuple(
        sorted(n.removeprefix(prefix) for n in both if old.files[n] != new.files[n])
    )


def other_changes(old: Round, new: Round) -> list[Change]:
    """Count the cells that differ in each further table of results."""
    prefix = f"results/{new.study['study']}/"
    sides = []
    for side in (old, new):
        names = (n.removeprefix(prefix) for n in side.files if n.startswith(prefix))
        tables = [n for n in names if "/" not in n and n.endswith(".csv")]
        sides.append({n: side.files[prefix + n] for n in tables})
    changes = []
    for name in sorted({*sides[0], *sides[1]}):
        if name not in sides[0] or name not in sides[1]:
            there = (
                ("in the package", "") if name in sides[0] else ("", "in the package")
            )
            changes.append(Change(name, *there))
            continue
        compared = compare_results({name: sides[0][name]}, {name: sides[1][name]})
        if differ := len(compared.differences):
            cells = f"{compared.cells:,} cells"
            changes.append(Change(name, cells, f"{differ:,} of them differ"))
    return changes
