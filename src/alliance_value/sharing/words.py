"""Texts and amounts -> how a README writes them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import Any

import jinja2
import yaml


def line(text: Any) -> str:
    """Write a text of the study file in one line that Markdown takes for text."""
    return " ".join(str(text).split()).replace("<", "&lt;")


def cell(text: Any) -> str:
    """Write a text in a cell of a table."""
    return line(text).replace("|", "\\|")


def flow(value: Any) -> str:
    """Write a value of the study file in one line, as YAML."""
    text: str = yaml.safe_dump(value, default_flow_style=True, width=10_000)
    return text.removesuffix("...\n").strip()


def duration(seconds: float) -> str:
    """Write a time in words."""
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 100 else f"{minutes / 60:.1f} h"


def memory(megabytes: float) -> str:
    """Write an amount of memory, rounded up to 64 MB."""
    return f"{64 * math.ceil(megabytes / 64):,} MB"


def amount(size: float) -> str:
    """Write bytes in words."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.3g} {unit}"


def template(
    folder: str,
    name: str,
    filters: Mapping[str, Callable[..., str]] | None = None,
    *,
    autoescape: bool = False,
) -> jinja2.Template:
    """Return a template of a package; a name that it is not given is an error."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=autoescape,
    )
    environment.filters |= filters or {}
    return environment.from_string(text_of(folder, name))


def text_of(folder: str, name: str) -> str:
    """Return the text of a file that lies in a package."""
    return files(folder).joinpath(name).read_text(encoding="utf-8")
