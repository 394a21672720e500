"""Two rounds of a study -> what of the study file, data, code and software changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from alliance_value.running.provenance import RAW, STAMPS, Provenance, under
from alliance_value.sharing.revision import Change, Round
from alliance_value.sharing.words import flow

CODE = (
    *("src/", "workflow/", "profiles/", "Snakefile", "Makefile", "pyproject.toml"),
    *("requirements.lock", "dvc.yaml"),
)


def study_changes(old: Any, new: Any, key: str = "") -> Iterator[Change]:
    """Yield each key of the resolved study that differs; named items by their names."""
    if old == new:
        return
    old, new = by_name(old), by_name(new)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*new, *old]):
            below = f"{key}.{name}" if key else str(name)
            yield from study_changes(old.get(name), new.get(name), below)
        return
    yield Change(
        key, "" if old is None else flow(old), "" if new is None else flow(new)
    )


def by_name(value: Any) -> Any:
    """Return a list of named things as a mapping by their names."""
    items = value if isinstance(value, list) else []
    if items and all(isinstance(item, Mapping) and "name" in item for item in items):
        return {item["name"]: item for item in items}
    return value


def data_changes(old: Provenance, new: Provenance) -> list[Change]:
    """Return the data behind the results whose hashes differ."""
    sides = [
        {
            path: digest
            for path, digest in side.files.items()
            if under(path, RAW)
            or not (
                path in side.maker() or under(path, STAMPS) or path.startswith(CODE)
            )
        }
        for side in (old, new)
    ]
    return [
        Change(path, sides[0].get(path, ""), sides[1].get(path, ""))
        for path in sorted({*sides[0], *sides[1]})
        if sides[0].get(path) != sides[1].get(path)
    ]


def code_changes(old: Round, new: Round) -> list[tuple[str, str, int, int]]:
    """Return each file of code that differs: how, and lines added and removed."""
    changes = []
    names = {n for side in (old, new) for n in side.files if n.startswith(CODE)}
    for name in sorted(names):
        before, after = old.files.get(name), new.files.get(name)
        if before != after:
            how = (
                "added" if before is None else "removed" if after is None else "changed"
            )
            changes.append((name, how, *line_counts(before or b"", after or b"")))
    return changes


def line_counts(before: bytes, after: bytes) -> tuple[int, int]:
    """Return how many lines were added and removed."""
    old, new = (
        side.decode("utf-8", "replace").splitlines() for side in (before, after)
    )
    steps = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    steps = [step for step in steps if step[0] != "equal"]
    added = sum(last - first for _, _, _, first, last in steps)
    return added, sum(last - first for _, first, last, _, _ in steps)
