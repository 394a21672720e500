"""Snakemake's memory of what made a file <-> a plain record of it.

Snakemake keeps one JSON file per output below ``.snakemake/metadata``, named after the
output in URL-safe base 64. Reading it here spares a job the import of Snakemake.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# Snakemake 9.27: what else stands in a record belongs to one machine or one run.
KEPT = ("rule", "log", "params", "code", "shellcmd", "software_stack_hash")
FORMAT = 6
NAME_LENGTH = 255

Record = dict[str, Any]


class Memory:
    """The records in a checkout, by output.

    Parameters
    ----------
    folder
        The working directory of Snakemake.
    """

    def __init__(self, folder: Path) -> None:
        self.records = folder / ".snakemake" / "metadata"
        self.unfinished = folder / ".snakemake" / "incomplete"

    def read(self, output: str) -> Record | None:
        """Return the record of an output, none where there is none that is whole."""
        try:
            text = name_in(self.records, output).read_text(encoding="utf-8")
            record = json.loads(text)
        except (FileNotFoundError, ValueError):
            return None
        return record if isinstance(record, dict) and record else None

    def write(self, output: str, record: Mapping[str, Any]) -> None:
        """Replace the record of an output."""
        path = name_in(self.records, output)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.unfinished.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(dict(record)), encoding="utf-8")

    def forget(self, output: str) -> None:
        """Remove the record of an output."""
        name_in(self.records, output).unlink(missing_ok=True)

    def is_unfinished(self, output: str) -> bool:
        """Whether a job that was to make the output began and never ended."""
        return name_in(self.unfinished, output).exists()

    def outputs(self) -> list[str]:
        """Return every output that has a record."""
        names = []
        for path in sorted(self.records.rglob("*")):
            if path.is_file():
                parts = path.relative_to(self.records).parts
                code = "".join([*(part[1:] for part in parts[:-1]), parts[-1]])
                names.append(urlsafe_b64decode(code.encode()).decode())
        return names

    def written_by_job(self, path: Path, output: str) -> bool:
        """Whether a job in this checkout made the file that lies there now."""
        record = self.read(output)
        return (
            record is not None
            and not self.is_unfinished(output)
            and bool(record.get("endtime") == path.stat().st_mtime)
        )


def name_in(folder: Path, output: str) -> Path:
    """Return where a record lies; a long name becomes folders that begin with @."""
    code = urlsafe_b64encode(output.encode()).decode()
    width = NAME_LENGTH - 1
    parts = [code[i : i + width] for i in range(0, len(code), width)]
    return folder.joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])
