"""A study's design check + the certificate -> the page beside the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from alliance_value.certificate.words import (
    Body,
    bias_table,
    coverage_table,
    designs_table,
    failures,
    missed,
    rejection_table,
)
from alliance_value.exhibits.cells import share
from alliance_value.exhibits.context import Context
from alliance_value.report.page import fill_page, rows

Shown = dict[str, Any]
SECTION = "<!-- {}: {} -->"


def replaced(text: str, section: str, lines: str) -> str:
    """Return a page with other lines between the marks of a section."""
    begin, end = (SECTION.format(section, mark) for mark in ("begin", "end"))
    before, rest = text.split(begin, 1)
    after = rest.split(end, 1)[1]
    return f"{before}{begin}\n{lines}{end}{after}"


def certificate_page(
    check: pd.DataFrame,
    scores: pd.DataFrame,
    study: Mapping[str, Any],
    context: Context,
    templates: Mapping[str, str],
) -> str:
    """Fill the page.

    Parameters
    ----------
    check
        Rows of `contracts.DesignCheck`.
    scores
        Rows of `contracts.Scores`.
    study
        Its title, and what in it is simulated.
    context
        Labels and titles of the study.
    templates
        Sources of ``certificate.html.j2`` and of the page that it extends.
    """
    own: Body = [
        (
            f"{context.title(r['model'])}: {context.label(r['term'])}",
            f"{r['clusters']:,}",
            f"{r['movers']:,}",
            share(r["within_share"]),
            f"{r['estimate']:.3g}",
            f"{r['smallest']:.3g}",
            str(r["caution"]),
        )
        for r in rows(check)
    ]
    heads = [
        "Clusters",
        "That vary in it",
        "Variance left",
        "Estimate",
        "Smallest effect",
    ]
    return fill_page(
        templates,
        "certificate.html.j2",
        study=study,
        title=study["title"],
        own=shown("own", "", [*heads, "Caution"], own),
        parts=list(parts(scores)),
        missed=list(missed(scores)),
        width="wide",
    )


def parts(scores: pd.DataFrame) -> list[Shown]:
    """Return the certificate's tables, in the order of the page and of docs."""
    tables = [shown("designs", "Worlds", *designs_table(scores))]
    kinds = scores.drop_duplicates(["kind", "quantity"])[["kind", "quantity"]]
    for kind, quantity in kinds.itertuples(index=False):
        own = scores[scores.kind.eq(kind)]
        name = f"{kind}: {quantity}"
        for what, table in (
            ("95 % intervals that hold the truth, %", coverage_table(own, quantity)),
            ("bias; root mean squared error", bias_table(own, quantity)),
            ("p at most .05, %", rejection_table(own, quantity)),
        ):
            if table[1]:
                tables.append(shown(f"t{len(tables)}", f"{name}: {what}", *table))
    fails = ["quantity", "worlds", "%", "of intervals or tests", "use instead"]
    tables.append(shown("fails", "What fails", fails, failures(scores)))
    return tables


def shown(name: str, title: str, heads: list[str], body: Body) -> Shown:
    """Return a table as the template and docs show it."""
    return {"name": name, "title": title, "heads": heads, "rows": body}


def markdown(scores: pd.DataFrame) -> str:
    """Write the certificate's tables in Markdown."""
    lines: list[str] = []
    for table in parts(scores):
        lines += markdown_table(table["title"], table["heads"], table["rows"])
    lines += ["**Planted and mostly missed**", ""]
    lines += [f"- {text}." for text in missed(scores)] or ["- nothing."]
    return "\n".join(lines) + "\n"


def markdown_table(title: str, heads: Sequence[str], body: Body) -> list[str]:
    """Return the lines of a table in Markdown, whose first column has no head."""
    return [
        f"**{title}**",
        "",
        f"|{' | '.join(['', *heads])} |",
        "|---" * (1 + len(heads)) + "|",
        *(f"| {' | '.join(row)} |" for row in body),
        "",
    ]
