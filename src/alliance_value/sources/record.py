"""Source files -> what the report says of them: size, hash, decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path


def write_record(path: str, files: Sequence[str], decisions: Sequence[str]) -> None:
    """Write files' sizes and SHA-256 hashes and what was decided in reading them."""
    entries = []
    for file in map(Path, files):
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        entries.append(
            {"file": file.name, "bytes": file.stat().st_size, "sha256": digest}
        )
    text = json.dumps({"files": entries, "decisions": list(decisions)}, indent=1)
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
