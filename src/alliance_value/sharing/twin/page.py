"""Measures of a twin -> a page that shows them, and the same numbers as a table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from alliance_value.sharing.twin.columns import SHARED_BY
from alliance_value.sharing.twin.marginals import LEAST_FIRMS, LEAST_VALUES
from alliance_value.sharing.twin.measures import Measures
from alliance_value.sharing.verdict_page import STYLE

WORST = 10
WITHIN = 2.0  # standard errors
MODELLED = f"""
<p>The firms of the twin are invented. Kept of the real rows, up to chance:</p>
<ul>
<li>each column's distribution, its mass points, its gaps and how it is written;</li>
<li>ranks' correlations between firms, within firms and from year to year, and common
movements of years;</li>
<li>the panel's shape: as many firms, entries and exits, and gaps in firms' spells;</li>
<li>the estimates of the study's models, for which outcomes were moved (estimates are
published: they tell nothing new).</li>
</ul>
<p>Not kept: standard errors (shocks are drawn normal in ranks; real ones have longer
tails); products and curves that no model of the study has; sums that add up exactly,
such as a balance sheet's; defects of the real files; what announcements did to
returns.</p>
<p>A number comes back as it stood only where at least {LEAST_FIRMS} firms share it or
where a column has few whole numbers; all others are read off lines between means of at
least {LEAST_VALUES} values of {LEAST_FIRMS} firms. A category keeps its name where at
least {SHARED_BY} firms have it or the study file names it.</p>"""
SIMULATED = """
<p>This study reads vendors' formats. Its twin is a small simulated market in the same
formats, with the real files' columns: it shows that the code runs. No column of it was
fitted to the real rows but those that the simulation lacks, one by one; its estimates
are none of the study's.</p>"""
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
    title = f"The synthetic twin: {escape(shown.study)}"
    modelled = m.nearness is not None
    parts = [
        f"<h1>{title}</h1>",
        f"<p><strong>{escape(headline(shown))}</strong></p>",
        MODELLED if modelled else SIMULATED,
        "<h2>Utility: the study's models</h2>",
        estimates(shown),
    ]
    if modelled:
        parts += ["<h2>Utility: can rows be told apart?</h2>", utility(m)]
    parts += ["<h2>Disclosure</h2>", disclosure(m), "<h2>Sources</h2>"]
    parts.append(listed(map(escape, SOURCES)))
    body = "\n".join(parts)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head>\n<body>\n{body}\n"
        "</body>\n</html>\n"
    )


def estimates(shown: Shown) -> str:
    """Return the estimates of study and twin side by side."""
    if not len(shown.estimates):
        return f"<p>There are none to compare: {escape(shown.why_not)}.</p>"
    heads = (
        *("model", "term", "estimate", "s.e.", "twin", "s.e."),
        *("difference in s.e.", "overlap of intervals"),
    )
    rows = [
        [str(r[0]), str(r[1]), *(number(x) for x in r[2:])]
        for r in shown.estimates.itertuples(index=False)
    ]
    why = f"<p>{escape(shown.why_not)}</p>" if shown.why_not else ""
    return (
        "<p>The twin's estimates come from a run of the study's own code on its files. "
        "The overlap is the mean share of the two 95 % intervals that they have in "
        f"common.</p>{why}{table(heads, rows)}"
    )


def utility(m: Measures) -> str:
    """Return the propensity-score measures."""
    words = [
        "<p>A model guesses of each row, real or the twin's, which it is. The mean "
        "squared error of its guesses (pMSE) is 0 where it cannot tell; its ratio to "
        "what is expected of a twin from the right model is 1 there, and ratios below "
        "10, better below 3, are taken for good (Raab et al. 2021).</p>"
    ]
    if m.general is not None:
        g = m.general
        words.append(
            f"<p>Variables of the study's models, with squares and products where at "
            f"most 120 parameters result: pMSE {number(g.pmse)}, expected "
            f"{number(g.expected)} for independent rows, ratio {number(g.ratio)}; when "
            "whole firms are exchanged between real rows and twin, which leaves no "
            f"difference but chance, {number(g.permuted)}.</p>"
        )
    one = m.tables[m.tables.second == ""]
    two = m.tables[m.tables.second != ""].nlargest(WORST, "ratio", keep="first")
    words.append(table(("column", "pMSE", "ratio"), named(one)))
    if len(two):
        words.append(
            f"<p>The {len(two)} pairs of columns that are furthest off:</p>"
            + table(("columns", "pMSE", "ratio"), named(two))
        )
    return "\n".join(words)


def named(rows: pd.DataFrame) -> list[list[str]]:
    """Return rows of pMSE with the columns' names."""
    return [
        [
            " and ".join(filter(None, (str(row["first"]), str(row["second"])))),
            number(row["pmse"]),
            number(row["ratio"]),
        ]
        for row in rows.to_dict("records")
    ]


def disclosure(m: Measures) -> str:
    """Return what the twin tells of real rows."""
    places = (
        f"in {len(m.exposed)} columns: {', '.join(m.exposed)}"
        if m.exposed
        else "in none"
    )
    items = [
        f"Identities: {m.identities:,} names, tickers and codes of the real files were "
        f"looked for in every column of the twin's, and found {places}."
    ]
    if m.nearness is not None:
        near = m.nearness
        items += [
            f"Copies: {near.copies} rows of the twin have all numbers of a real row.",
            "Distance to the nearest real row, in mean standard deviations of a "
            f"column: 5 % of the twin's rows are nearer than {number(near.twin[0])}, "
            f"half than {number(near.twin[1])}; of the real rows, to those of other "
            f"firms, {number(near.real[0])} and {number(near.real[1])}.",
            holdout(near.closer),
        ]
    if m.unique is not None:
        items.append(
            "Rare combinations of year, first and last year of the firm and "
            f"categories: {percent(m.unique.unique)} of the real rows are alone with "
            f"theirs (UiO); {percent(m.unique.replicated)} are, and so is one row of "
            "the twin (repU)."
        )
    for name, attribution in m.attributions.items():
        items.append(
            f"What these keys tell of {name}, in twenty groups: among real rows they "
            f"determine it for {percent(attribution.original)} (Dorig), and in the "
            f"twin they do so rightly for {percent(attribution.synthetic)} (DiSCO)."
        )
    return listed(map(escape, items))


def holdout(share: float) -> str:
    """Say what a twin of half of the firms remembers."""
    if math.isnan(share):
        return "Holdout: there are too few firms to draw a twin from half of them."
    return (
        "Holdout: of a twin drawn from a random half of the firms, "
        f"{percent(share)} of the rows are nearer to that half than to the other; "
        "50 % where nothing is remembered."
    )


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table."""
    head = "".join(f"<th>{escape(h)}</th>" for h in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>\n" for row in rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"


def listed(items: Iterable[str]) -> str:
    """Return a list."""
    return "<ul>\n" + "".join(f"<li>{item}</li>\n" for item in items) + "</ul>"


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
