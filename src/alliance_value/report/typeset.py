"""Typst's sources -> PDF or MathML: its own fonts, no clock, no network."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import typst

MATH = re.compile(r"<math\b.*?</math>", re.DOTALL)
MAIN = "main"


def mathml(sources: Sequence[str]) -> dict[str, str]:
    """Return the MathML of equations in typst's notation."""
    wanted = list(dict.fromkeys(sources))
    if not wanted:
        return {}
    text = "\n\n".join(f"$ {source} $" for source in wanted)
    page = compiled({MAIN: text.encode()}, "html").decode()
    formulas = MATH.findall(page)
    assert len(formulas) == len(wanted), (
        f"{len(wanted)} equations, {len(formulas)} in MathML"
    )
    return dict(zip(wanted, formulas, strict=True))


def compiled(files: Mapping[str, bytes], form: Literal["pdf", "html"] = "pdf") -> bytes:
    """Compile the main file with others beside it."""
    sources: Any = dict(files)  # typst takes it, though its stub does not say so
    output = typst.compile(
        sources,
        format=form,
        ignore_system_fonts=True,
        timestamp=0,
    )
    assert isinstance(output, bytes)
    return output
