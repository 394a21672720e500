"""Where the files of a study lie, here and in a record that came with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from alliance_value.running.files import RAW


@dataclass(frozen=True)
class Places:
    """Where a study's files lie, relative to the checkout.

    Parameters
    ----------
    root
        The checkout.
    study
        Name of the study.
    written
        Path on this machine of each file outside of the checkout, by how the study
        file writes it.
    """

    root: Path
    study: str
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def raw(self) -> str:
        """The folder of raw files."""
        return f"{RAW}/{self.study}"

    @property
    def processed(self) -> str:
        """The folder of intermediates."""
        return f"data/processed/{self.study}"

    @property
    def steps(self) -> str:
        """The folder of copies of intermediates, that travel."""
        return f"data/steps/{self.study}"

    @property
    def results(self) -> str:
        """The folder of results."""
        return f"results/{self.study}"

    @property
    def metrics(self) -> str:
        """The file of headline estimates."""
        return f"metrics/{self.study}.json"

    @property
    def recorded(self) -> str:
        """What git holds of the results, for runs on other machines."""
        return f"recorded/{self.study}.json"

    @property
    def ledger(self) -> str:
        """The folder in which jobs note what they wrote."""
        return f"data/records/{self.study}"

    @property
    def build(self) -> str:
        """The folder of logs, parameters and what else a run keeps for itself."""
        return f"build/{self.study}"

    def actual(self, path: str) -> Path:
        """Return where a file of the record lies on this machine."""
        return self.root / self.written.get(path, path)

    def kept(self, path: str) -> Path:
        """Return where the copy of an intermediate lies."""
        return self.root / self.steps / path.removeprefix(f"{self.processed}/")
