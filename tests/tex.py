"""TeX where it is installed, what its log says against a page, and text of PDFs."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

ENGINES = ("pdflatex", "xelatex")
PACKAGES = "booktabs,siunitx,threeparttable,longtable,pdflscape"


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


def text_of(paper: Path) -> str:
    """Return the text of a PDF, line by line as it is set."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on the path")
    command = ["pdftotext", "-layout", paper, "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def article(folder: Path, engine: str, packages: str, pages: Mapping[str, str]) -> str:
    """Return the log of an article of named pages, each by itself."""
    body = "\n".join(rf"\typeout{{= {n}}}{p}\clearpage" for n, p in pages.items())
    opening = rf"\documentclass{{article}}\usepackage{{{packages}}}\begin{{document}}"
    path = folder / "all.tex"
    path.write_text(f"{opening}\n{body}\n\\end{{document}}\n", "utf-8")
    return compiled(path, engine)


def article_of_tables(folder: Path, engine: str, files: Iterable[Path]) -> str:
    """Return the log of an article of tables' files."""
    pages = {f"{f.parents[1].name} {f.stem}": rf"\input{{{f}}}" for f in files}
    return article(folder, engine, PACKAGES, pages)


def faults(log: str) -> list[str]:
    """Return errors, and boxes more than 2 pt too large, each with its table."""
    found, name = [], ""
    for line in log.splitlines():
        name = line if line.startswith("= ") else name
        over = re.search(r"(?:Overfull .box \(|for page by )([\d.]+)pt", line)
        if line.startswith("!") or (over and float(over[1]) > 2):
            found.append(f"{name}: {line}")
    return found
