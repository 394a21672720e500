"""A file -> its SHA-256, read again only when the file may have changed."""

from __future__ import annotations

import json
from pathlib import Path

from alliance_value.running.files import replace, sha256


class Fingerprints:
    """Hashes of files, kept from one run to the next.

    A file counts as unchanged while its size and both of its times are what they were:
    who edits a file can put back the time of its contents, and not that of its change.

    Parameters
    ----------
    cache
        Where sizes, times and hashes are kept. A damaged one counts as none.
    afresh
        Read every file again.
    """

    def __init__(self, cache: str | Path, afresh: bool = False) -> None:
        self.cache = Path(cache)
        self.current: dict[str, list[int | str]] = {}
        self.before: dict[str, list[int | str]] = {}
        try:
            before = json.loads(self.cache.read_text(encoding="utf-8"))
            if not afresh and isinstance(before, dict):
                self.before = before
        except (FileNotFoundError, ValueError):
            pass

    def of(self, path: str | Path) -> str:
        """Return the SHA-256 of a file.

        Raises
        ------
        OSError
            It is not there, or cannot be read.
        """
        name = str(path)
        if name not in self.current:
            state = Path(path).stat()
            now = [state.st_size, state.st_mtime_ns, state.st_ctime_ns]
            known = self.before.get(name)
            if not isinstance(known, list) or known[:3] != now or len(known) != 4:
                known = [*now, sha256(path)]
            self.current[name] = known
        return str(self.current[name][3])

    def keep(self) -> None:
        """Write what is known for the next run, less the files that are gone."""
        kept = {**self.before, **self.current}
        kept = {name: known for name, known in kept.items() if Path(name).is_file()}
        if kept != self.before:
            replace(self.cache, json.dumps(kept))
