"""The readers' declarations and the study's schema -> the page on files.

    python -m alliance_value.sources.files_page

writes what stands below the mark in docs/files.md; what stands above is hand-written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from alliance_value.vocabulary.collect import readers_of
from alliance_value.vocabulary.entries import Reader

MARK = "<!-- below: written by python -m alliance_value.sources.files_page -->"
HEADS = {"decides": "Decided", "repairs": "Repaired", "stops": "Stops at"}


def files_page(above: str, schema: Mapping[str, Any]) -> str:
    """Return the page: its head, the keys of every source, one section per reader.

    Parameters
    ----------
    above
        The page as it is.
    schema
        The schema of study files.
    """
    head = above.partition(MARK)[0].rstrip()
    shared = schema["$defs"]["layout"]["properties"]
    keys = [f"| `{key}` | {said(part)} |" for key, part in shared.items()]
    lines = [head, "", MARK, "", "## Keys of every source", ""]
    lines += ["| key | what it says |", "|---|---|", *keys]
    for source in schema["properties"]["sources"]["properties"]:
        for reader in readers_of(source).values():
            lines += ["", *section(reader, schema)]
    return "\n".join(lines) + "\n"


def section(reader: Reader, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines on one reader."""
    several = len(readers_of(reader.of)) > 1
    chosen = f", `reader: {reader.name}`" if several else ""
    yield f"## `sources.{reader.of}`{chosen}"
    yield ""
    yield f"{reader.label[:1].upper()}{reader.label[1:]}. {reader.reads}"
    makes = ", ".join(f"`{name}`" for name in reader.makes)
    if makes:
        yield f"Makes {makes}."
    yield ""
    module = import_module(reader.module)
    for name, word in zip(reader.columns, ("Columns", "May have"), strict=False):
        spelled = getattr(module, name).values()
        yield f"- {word}: " + ", ".join("`" + "`/`".join(s) + "`" for s in spelled)
    for key, word in (("needs", "Keys that must be given"), ("takes", "Further keys")):
        if names := getattr(reader, key):
            yield f"- {word}: " + ", ".join(f"`{name}`" for name in names)
    for key, word in HEADS.items():
        for sentence in getattr(reader, key):
            yield f"- {word}: {sentence}"


def said(part: Mapping[str, Any]) -> str:
    """Return what a key's schema says of it, for a cell of a table."""
    text = " ".join(str(part["description"]).split())
    allowed = ", ".join(f"`{value or 'none'}`" for value in part.get("enum", []))
    default = part["default"]
    default = " ".join(default) if isinstance(default, list) else default
    fallback = f" Default: `{default}`." if default not in ("", {}) else ""
    return text + (f" One of {allowed}." if allowed else "") + fallback


if __name__ == "__main__":
    page = Path("docs/files.md")
    written = Path("workflow/schemas/study.schema.yaml").read_text(encoding="utf-8")
    text = files_page(page.read_text(encoding="utf-8"), yaml.safe_load(written))
    page.write_text(text, encoding="utf-8")
