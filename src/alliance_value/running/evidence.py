"""A checkout and a file that a rule writes -> what is known here of who wrote it."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from alliance_value.running.files import RAW, under
from alliance_value.running.fingerprints import Fingerprints
from alliance_value.running.ledger import UNFINISHED, note, noted
from alliance_value.running.memory import Memory
from alliance_value.running.places import Places
from alliance_value.running.provenance import Job


@dataclass(frozen=True)
class Evidence:
    """What Snakemake and the jobs themselves noted of a study's files.

    Parameters
    ----------
    places
        Where the study's files lie.
    memory
        Snakemake's memory: times.
    written
        The ledger: hashes by path.
    prints
        Hashes of the files that are there.
    """

    places: Places
    memory: Memory
    written: dict[str, set[str]]
    prints: Fingerprints

    @classmethod
    def of(cls, places: Places, prints: Fingerprints) -> Evidence:
        """Read what is noted of a study in a checkout."""
        written = noted(places.root / places.ledger)
        return cls(places, Memory(places.root), written, prints)

    def note(self, job: Job) -> None:
        """Note the files of a job that ran elsewhere, as they are here."""
        there = [path for path in job.outputs if (self.places.root / path).is_file()]
        hashes = {path: self.digest(path) for path in there}
        log = (job.memory.get("log") or [job.rule])[0]
        note(self.places.root / self.places.ledger, Path(log).stem, hashes)
        self.written.update({path: {digest} for path, digest in hashes.items()})

    def digest(self, output: str) -> str:
        """Return the SHA-256 of the file that is there."""
        return self.prints.of(self.places.root / output)

    def noted(self, output: str) -> Set[str]:
        """Return the hashes that jobs noted of a file."""
        return self.written.get(output, set())

    def unfinished(self, output: str) -> bool:
        """Whether a job that was to make a file began and never ended.

        A raw file never is: it is there as a whole or not at all.
        """
        return not under(output, RAW) and (
            self.memory.is_unfinished(output) or UNFINISHED in self.noted(output)
        )

    def differs(self, output: str) -> bool:
        """Whether a file is no longer what a job wrote, as far as it is noted."""
        known = self.noted(output) - {UNFINISHED}
        return bool(known) and self.digest(output) not in known

    def written_by_job(self, output: str) -> bool:
        """Whether a job of this checkout made the file that is there now."""
        path = self.places.root / output
        return self.memory.written_by_job(path, output) and not self.differs(output)
