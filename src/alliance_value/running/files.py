"""Paths and files: below a folder, their hashes, written as a whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

RAW = "data/raw"


def under(path: str, folder: str) -> bool:
    """Whether a path lies below a folder."""
    return bool(folder) and path.startswith(f"{folder}/")


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def md5(path: str | Path) -> str:
    """Return the MD5 of a file, by which DVC names it."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(
            stream, lambda: hashlib.md5(usedforsecurity=False)
        ).hexdigest()


def replace(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, whatever ends the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
