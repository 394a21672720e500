"""Parts of a table as they arrive -> one Parquet file, whatever interrupted them.

A part that is whole is kept, with its hash; the file is made of the parts in order, so
that its bytes do not depend on how often the work was begun.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

ROWS = 2**17  # rows of a row group, of which one is in memory at a time


class Store:
    """The folder of one table's parts and of the finished table.

    Parameters
    ----------
    folder
        The folder; what it holds of another identity stays until work begins.
    asked
        What is fetched from where, in full: the identity of the table.
    """

    def __init__(self, folder: str | Path, asked: Mapping[str, Any]) -> None:
        self.folder = Path(folder)
        self.manifest = self.folder / "manifest.json"
        self.table = self.folder / "table.parquet"
        text = json.dumps(asked, sort_keys=True)
        identity = hashlib.sha256(text.encode()).hexdigest()
        self.state: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            self.state = json.loads(self.manifest.read_text(encoding="utf-8"))
        if not isinstance(self.state, dict) or self.state.get("identity") != identity:
            self.state = {"identity": identity, "asked": dict(asked), "parts": {}}

    def finished(self) -> int | None:
        """Return the rows of the finished table, or nothing where there is none."""
        done = self.state.get("table")
        if done and self.table.is_file() and digest(self.table) == done["sha256"]:
            return int(done["rows"])
        return None

    def begin(self, types: Mapping[str, str]) -> None:
        """Note the server's types, and keep of the folder what is of them and whole."""
        if self.state.get("types") != dict(types):
            self.state |= {"types": dict(types), "parts": {}}
            shutil.rmtree(self.folder, ignore_errors=True)
        self.state.pop("table", None)
        self.folder.mkdir(parents=True, exist_ok=True)
        for left in self.folder.glob("*.tmp"):
            left.unlink()
        self.save()

    def has(self, part: str) -> bool:
        """Return whether a part is there, and unchanged."""
        known = self.state["parts"].get(part)
        path = self.part(part)
        return bool(known and path.is_file() and digest(path) == known["sha256"])

    def part(self, part: str) -> Path:
        """Return the file of a part."""
        return self.folder / f"part-{part}.parquet"

    def add(
        self, part: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]
    ) -> int:
        """Write a part as it arrives; it has its name when it is whole.

        Returns
        -------
        int
            Its rows.
        """
        temporary = self.folder / f"part-{part}.tmp"
        rows = 0
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
                rows += batch.num_rows
        settle(temporary, self.part(part))
        self.state["parts"][part] = {"rows": rows, "sha256": digest(self.part(part))}
        self.save()
        return rows

    def assemble(self, parts: Sequence[str], schema: pa.Schema) -> int:
        """Make the table of its parts, then remove them.

        Row groups have the same rows however the server cut its answers.

        Returns
        -------
        int
            Rows of the table.
        """
        temporary = self.folder / "table.tmp"
        rows = 0
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            for group in row_groups([self.part(part) for part in parts], schema):
                writer.write_table(group, row_group_size=ROWS)
                rows += group.num_rows
        settle(temporary, self.table)
        self.state["table"] = {"rows": rows, "sha256": digest(self.table)}
        self.save()
        for part in parts:
            self.part(part).unlink(missing_ok=True)
        return rows

    def deliver(self, output: str | Path) -> None:
        """Put the finished table where the workflow expects it, in one step.

        A second name for the same file costs no space, and is there again at once when
        the workflow has removed the first.
        """
        output = Path(output)
        output.parent.mkdir(parents=True, exist_ok=True)
        temporary = output.with_name(f"{output.name}.tmp")
        temporary.unlink(missing_ok=True)
        try:
            os.link(self.table, temporary)
        except OSError:
            shutil.copyfile(self.table, temporary)
        os.utime(temporary)
        temporary.replace(output)
        temporary.unlink(missing_ok=True)  # of two names of one file none goes

    def save(self) -> None:
        """Write the manifest, in one step."""
        temporary = self.folder / "manifest.tmp"
        temporary.write_text(json.dumps(self.state, indent=1), encoding="utf-8")
        settle(temporary, self.manifest)


def row_groups(paths: Sequence[Path], schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows of files in order, in tables of `ROWS` rows and a rest."""
    held: list[pa.RecordBatch] = []
    count = 0
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(ROWS):
                while batch.num_rows:
                    taken = batch.slice(0, ROWS - count)
                    held.append(taken)
                    count += taken.num_rows
                    batch = batch.slice(taken.num_rows)
                    if count == ROWS:
                        yield pa.Table.from_batches(held, schema).combine_chunks()
                        held, count = [], 0
    if held:
        yield pa.Table.from_batches(held, schema).combine_chunks()


def settle(temporary: Path, path: Path) -> None:
    """Give a written file its name once it is on the disk."""
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    temporary.replace(path)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
