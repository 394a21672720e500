"""A finished study -> the few lines that end a run on the terminal."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from alliance_value.report.headlines import ten_lines
from alliance_value.report.inputs import Inputs


def summary(inputs: Inputs, report: str | Path) -> str:
    """Return what ran, the headline estimates and where the report is."""
    lines = [inputs.study["title"], *ten_lines(inputs)]
    if inputs.study["simulated"]:
        lines.append(f"Simulated: {inputs.study['simulated']}")
    wrapped = [fill(line, 88, subsequent_indent="  ") for line in lines]
    return "\n".join([*wrapped, f"Report: {report}", ""])
