"""A finished study -> the few lines that end a run on the terminal."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from alliance_value.report.html import Inputs, headlines


def summary(inputs: Inputs, report: str | Path) -> str:
    """Return what ran, the headline estimates and where the report is."""
    sample = inputs.funnel[inputs.funnel.branch == "sample"]
    rejected = (inputs.rejects.action == "rejected").sum()
    repaired = (inputs.rejects.action == "repaired").sum()
    lines = [
        inputs.study["title"],
        f"{sample.rows_in.iloc[0]:,} rows read, {sample.rows_out.iloc[-1]:,} in the "
        f"panel; {rejected:,} values rejected, {repaired:,} repaired; "
        f"{len(inputs.fits)} models.",
        *headlines(inputs),
    ]
    if len(inputs.validation):
        held = int(inputs.validation.covered.sum())
        lines.append(
            f"Planted values in their intervals: {held} of {len(inputs.validation)}."
        )
    if inputs.study["simulated"]:
        lines.append(f"Simulated: {inputs.study['simulated']}")
    wrapped = [fill(line, 88, subsequent_indent="  ") for line in lines]
    return "\n".join([*wrapped, f"Report: {report}", ""])
