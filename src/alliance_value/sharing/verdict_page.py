"""A verdict's differences and counts -> a page and lines for the terminal."""

from __future__ import annotations

from html import escape

import pandas as pd

from alliance_value.sharing.verify import Comparison

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem;
  padding: 0 1rem; color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #ccc; }
@media (prefers-color-scheme: dark) {
  body { color: #e6e6e6; background: #161616; } th, td { border-color: #444; } }
"""
SHOWN = 20


def headline(comparison: Comparison, against: str) -> str:
    """Say in a line how many cells are equal."""
    differ = len(comparison.differences)
    equal = comparison.cells - comparison.within - differ
    if differ:
        return (
            f"{differ:,} of {comparison.cells:,} cells differ from {against}; "
            f"{equal:,} are equal and {comparison.within:,} within tolerance."
        )
    tolerated = f", {comparison.within:,} of them within tolerance"
    return (
        f"All {comparison.cells:,} cells equal those of {against}"
        f"{tolerated if comparison.within else ''}."
    )


def lines(table: pd.DataFrame) -> list[str]:
    """Return the first differences as lines, then each cause once."""
    shown = []
    for row in table.head(SHOWN).to_dict("records"):
        shown.append(
            f"  {row['file']}: {row['cell']}: {row['verdict']}, recorded "
            f"{row['recorded'] or 'nothing'}, now {row['rerun'] or 'nothing'}"
        )
    if len(table) > SHOWN:
        shown.append(f"  ... and {len(table) - SHOWN:,} more")
    reasons = dict.fromkeys(r for cell in table.cause for r in cell.split("; ") if r)
    shown += ["Likely cause:"] if reasons else []
    return [*shown, *(f"  {reason}" for reason in reasons)]


def page(table: pd.DataFrame, words: str, study: str) -> str:
    """Return a page with every difference."""
    title = f"Verdict: {escape(study)}"
    body = table.to_html(index=False, escape=True, border=0) if len(table) else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>\n<h1>{title}</h1>"
        f"\n<p>{escape(words)}</p>\n{body}\n</body>\n</html>\n"
    )
