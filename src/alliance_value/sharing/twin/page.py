"""Measures of a twin -> a page that shows them, and the same numbers as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd

from alliance_value.sharing.twin.columns import SHARED_BY
from alliance_value.sharing.twin.marginals import LEAST_FIRMS, LEAST_VALUES
from alliance_value.sharing.twin.measures import Measures
from alliance_value.sharing.verdict_page import STYLE
from alliance_value.sharing.words import template

WORST = 10
WITHIN = 2.0  # standard errors
SOURCES = (
    "Snoke, J., Raab, G. M., Nowok, B., Dibben, C. and Slavkovic, A. (2018). General "
    "and specific utility measures for synthetic data. JRSS A 181(3), 663-688.",
    "Raab, G. M., Nowok, B. and Dibben, C. (2021). Assessing, visualizing and "
    "improving the utility of synthetic data. arXiv:2109.12717.",
    "Raab, G. M., Nowok, B. and Dibben, C. (2024). Practical privacy metrics for "
    "synthetic data. arXiv:2406.16826.",
    "Karr, A. F. et al. (2006). A framework for evaluating the utility of data altered "
    "to protect confidentiality. The American Statistician 60(3), 224-232.",
    "Platzer, M. and Reutterer, T. (2021). Holdout-based empirical assessment of "
    "mixed-type synthetic data. Frontiers in Big Data 4.",
    "Burridge, J. (2003). Information preserving statistical obfuscation. Statistics "
    "and Computing 13, 321-327.",
)


@dataclass(frozen=True)
class Shown:
    """What a page shows.

    Parameters
    ----------
    study
        Name of the twin.
    estimates
        Estimates of both, as `side_by_side` sets them; empty where there are none.
    why_not
        Why there are none.
    measures
        All others.
    """

    study: str
    estimates: pd.DataFrame
    why_not: str
    measures: Measures


def headline(shown: Shown) -> str:
    """Say in a line how near the estimates are."""
    table = shown.estimates
    known = table[table.estimate_twin.notna()] if len(table) else table
    if not len(known):
        return f"The twin's estimates were not compared: {shown.why_not}."
    near = int((known.distance.abs() <= WITHIN).sum())
    absent = len(table) - len(known)
    more = f"; {absent} have no counterpart in the twin" if absent else ""
    return (
        f"{near} of {len(known)} coefficients lie within two standard errors of the "
        f"study's own{more}."
    )


def figures(shown: Shown) -> pd.DataFrame:
    """Return every number of the page: section, item, measure, value."""
    m = shown.measures
    rows: list[tuple[str, str, str, float]] = []
    for row in shown.estimates.to_dict("records"):
        item = f"{row['model']} / {row['term']}"
        rows += [
            ("estimates", item, str(k), float(v))
            for k, v in row.items()
            if k not in ("model", "term")
        ]
    if m.general is not None:
        for key in ("pmse", "expected", "ratio", "permuted", "parameters"):
            rows.append(("utility", "models", key, float(getattr(m.general, key))))
    for row in m.tables.to_dict("records"):
        item = ":".join(filter(None, (row["first"], row["second"])))
        rows += [("utility", item, k, float(row[k])) for k in ("pmse", "ratio")]
    if m.nearness is not None:
        near = m.nearness
        for kind, (low, middle) in (("twin", near.twin), ("real", near.real)):
            rows.append(("disclosure", f"nearest real row: {kind}", "q05", low))
            rows.append(("disclosure", f"nearest real row: {kind}", "median", middle))
        rows.append(("disclosure", "rows", "copies", float(near.copies)))
        rows.append(("disclosure", "holdout", "closer", near.closer))
    if m.unique is not None:
        rows.append(("disclosure", "keys", "UiO", m.unique.unique))
        rows.append(("disclosure", "keys", "repU", m.unique.replicated))
    for name, attribution in m.attributions.items():
        rows.append(("disclosure", name, "Dorig", attribution.original))
        rows.append(("disclosure", name, "DiSCO", attribution.synthetic))
    rows.append(("disclosure", "identities", "looked for", float(m.identities)))
    rows.append(("disclosure", "identities", "found", float(len(m.exposed))))
    return pd.DataFrame(rows, columns=["section", "item", "measure", "value"])


def page(shown: Shown) -> str:
    """Return the page."""
    m = shown.measures
    one = m.tables[m.tables.second == ""]
    two = m.tables[m.tables.second != ""]
    if len(two):
        two = two.nlargest(WORST, "ratio", keep="first")
    filters: dict[str, Callable[..., str]]
    filters = {"e": escape, "n": number, "share": percent}
    filled = template(__package__, "page.html.j2", filters)
    text = filled.render(
        study=shown.study,
        style=STYLE,
        headline=headline(shown),
        m=m,
        least_firms=LEAST_FIRMS,
        least_values=LEAST_VALUES,
        shared_by=SHARED_BY,
        why_not=shown.why_not,
        estimates=shown.estimates.to_numpy().tolist(),
        one=named(one),
        two=named(two),
        sources=SOURCES,
    )
    return f"{text}\n"


def named(rows: pd.DataFrame) -> list[list[object]]:
    """Return rows of pMSE with the columns' names."""
    return [
        [" and ".join(filter(None, names)), pmse, ratio]
        for *names, pmse, ratio in rows[["first", "second", "pmse", "ratio"]].to_numpy()
    ]


def number(value: object) -> str:
    """Write a number with four significant digits, nothing where there is none."""
    if not isinstance(value, float) or math.isnan(value):
        return "" if value is None or isinstance(value, float) else str(value)
    return f"{value:.4g}"


def percent(share: float) -> str:
    """Write a share."""
    return f"{100 * share:.1f} %"


def files(shown: Shown) -> Mapping[str, bytes]:
    """Return the page and its numbers by path."""
    numbers = figures(shown).to_csv(
        index=False, float_format="%.10g", lineterminator="\n"
    )
    return {"twin.html": page(shown).encode(), "twin.csv": numbers.encode()}
