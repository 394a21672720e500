"""A room's source text -> the names that it adds to study files and pages."""

from __future__ import annotations

from alliance_value.vocabulary.collect import vocabulary


def entries_of(room: str) -> dict[str, list[str]]:
    """Return the names by kind; where a kind has an order, in this, else sorted."""
    names = {}
    for kind, entries in vocabulary().items():
        own = [
            (getattr(entry, "order", 0), str(key))
            for key, entry in entries.items()
            if entry.module.startswith(f"alliance_value.{room}.")
        ]
        if own:
            names[kind] = [key for _, key in sorted(own)]
    return names
