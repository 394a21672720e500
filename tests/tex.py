"""TeX where it is installed, and what its log says against a page."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ENGINES = ("pdflatex", "xelatex")


def compiled(path: Path, engine: str) -> str:
    """Return the log of a document; skip the test where the engine is not installed."""
    if not shutil.which(engine):
        pytest.skip(f"{engine} is not installed")
    command = [engine, "-interaction=nonstopmode", path.name]
    subprocess.run(
        command, cwd=path.parent, capture_output=True, check=False, timeout=300
    )
    log = path.with_suffix(".log").read_text(encoding="utf-8", errors="replace")
    assert "Output written" in log
    return log


def faults(log: str) -> list[str]:
    """Return errors, and boxes more than 2 pt too large, each with its table."""
    found, name = [], ""
    for line in log.splitlines():
        name = line if line.startswith("= ") else name
        over = re.search(r"(?:Overfull .box \(|for page by )([\d.]+)pt", line)
        if line.startswith("!") or (over and float(over[1]) > 2):
            found.append(f"{name}: {line}")
    return found
