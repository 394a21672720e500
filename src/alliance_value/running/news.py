"""What jobs noted before and after a run -> what is new among its results, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path, PurePosixPath

from alliance_value.running.ledger import noted
from alliance_value.running.places import Places
from alliance_value.running.provenance import FILE

LISTED = 8


class News:
    """The results of a study as they were noted when a run began.

    Parameters
    ----------
    places
        Where the study's files are.
    """

    def __init__(self, places: Places) -> None:
        self.places = places
        self.before = self.results()

    def results(self) -> dict[str, set[str]]:
        """Return the noted hashes of the results that are there, by name."""
        folder = self.places.root / self.places.results
        hashes = noted(self.places.root / self.places.ledger)
        return {
            name: digests
            for path, digests in hashes.items()
            if Path(path).is_relative_to(self.places.results)
            for name in [
                PurePosixPath(path).relative_to(self.places.results).as_posix()
            ]
            if name != FILE and (folder / name).is_file()
        }

    def words(self) -> str:
        """Return what the run made that the last one had not, or had otherwise."""
        return in_words(self.before, self.results())


def in_words(
    before: Mapping[str, Collection[str]], after: Mapping[str, Collection[str]]
) -> str:
    """Return a paragraph on the results that differ; none of a first run.

    Parameters
    ----------
    before, after
        Hashes of the results by name, before and after a run.
    """
    if not before:
        return ""
    changed = [n for n in after if n in before and after[n] != before[n]]
    new = [n for n in after if n not in before]
    parts = [
        f"{word}: {listed(names)}"
        for word, names in (("changed", changed), ("new", new))
        if names
    ]
    return f"Since the last run: {'; '.join(parts) or 'no result has changed'}."


def listed(names: Iterable[str]) -> str:
    """Return names of files in order, several of one stem once."""
    stems = list(
        dict.fromkeys(str(PurePosixPath(n).with_suffix("")) for n in sorted(names))
    )
    more = len(stems) - LISTED
    return ", ".join(stems[:LISTED]) + (f" and {more} more" if more > 0 else "")
