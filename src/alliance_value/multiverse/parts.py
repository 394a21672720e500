"""A part of a grid's specifications <-> a file, so that jobs share the grid."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np

from alliance_value.multiverse.estimate import Estimate
from alliance_value.multiverse.paths import Permuted
from alliance_value.multiverse.solve import Drawn, Solved

OF_ESTIMATE = [field.name for field in fields(Estimate)]


def save(solved: Solved, path: str | Path) -> None:
    """Write what of a grid is solved, float64 as it is, to an npz file."""
    permuted = [d.permuted for d in solved.drawn if d.permuted is not None]
    arrays = {
        "places": solved.places,
        "equations": solved.equations,
        "coefficients": np.array([d.coefficients for d in solved.drawn]),
        "t": np.array([d.t for d in solved.drawn]),
        "moved": np.array([d.moved for d in solved.drawn]),
        "has_paths": np.array([d.permuted is not None for d in solved.drawn], bool),
        "path_coefficients": np.array([p.coefficients for p in permuted]),
        "path_t": np.array([p.t for p in permuted]),
        "path_own": np.array([(p.coefficient, p.own_t) for p in permuted]),
    }
    for name in OF_ESTIMATE:
        arrays[f"estimate_{name}"] = np.array(
            [getattr(e, name) for e in solved.estimates]
        )
    with Path(path).open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def load(path: str | Path) -> Solved:
    """Read what `save` wrote."""
    with np.load(path, allow_pickle=False) as file:
        held = {name: file[name] for name in file.files}
    columns = {name: held[f"estimate_{name}"].tolist() for name in OF_ESTIMATE}
    estimates = [
        Estimate(**dict(zip(columns, values, strict=True)))
        for values in zip(*columns.values(), strict=True)
    ]
    paths = iter(
        Permuted(coefficients, t, *map(float, own))
        for coefficients, t, own in zip(
            held["path_coefficients"], held["path_t"], held["path_own"], strict=True
        )
    )
    drawn = [
        Drawn(coefficients, t, next(paths) if has else None, float(moved))
        for coefficients, t, has, moved in zip(
            *(held[name] for name in ("coefficients", "t", "has_paths", "moved")),
            strict=True,
        )
    ]
    return Solved(held["places"], estimates, held["equations"], drawn)
