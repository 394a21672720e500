"""Estimates of several models -> the cells of a regression table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from alliance_value.study.spec import Table
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator

STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
DECIMALS = 3
# test -> its label, the column shown and its format
SHOWN = {
    "first_stage_f": ("First-stage F", "statistic", ".1f"),
    "effective_f": ("Effective F", "statistic", ".1f"),
    "kleibergen_paap_f": ("Kleibergen-Paap F", "statistic", ".1f"),
    "sargan": ("Sargan (p)", "p_value", ".3f"),
    "hansen_j": ("Hansen J (p)", "p_value", ".3f"),
    "wu_hausman": ("Exogeneity (p)", "p_value", ".3f"),
    "hausman_robust": ("Robust Hausman (p)", "p_value", ".3f"),
    "mundlak": ("Firm means (p)", "p_value", ".3f"),
    "instruments": ("Instruments", "statistic", ",.0f"),
    "ar1": ("AR(1) (p)", "p_value", ".3f"),
    "ar2": ("AR(2) (p)", "p_value", ".3f"),
    "copula_terms": ("Copula terms (p)", "p_value", ".3f"),
    "observed_rows": ("Outcome observed", "statistic", ",.0f"),
    "exclusion": ("Exclusion (p)", "p_value", ".3f"),
    "rho": ("Correlation of disturbances", "statistic", ".3f"),
}
YES = "yes"


@dataclass(frozen=True)
class TextTable:
    """A table whose cells are final: every format shows the same characters.

    Parameters
    ----------
    name, title
        File name and caption.
    columns
        Column heads, two levels: the outcome and the model.
    rows
        Row heads, and the cells beside them; a rule is drawn above rows in ``rules``.
    rules
        Positions of rows that open a new block.
    notes
        Sentences under the table.
    align
        LaTeX's letter for each column under a head; all centred where it is empty.
    """

    name: str
    title: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    rules: frozenset[int]
    notes: tuple[str, ...]
    align: tuple[str, ...] = ()


def regression_table(
    table: Table,
    estimates: pd.DataFrame,
    fits: pd.DataFrame,
    labels: Mapping[str, str],
    titles: Mapping[str, str],
    simulated: str,
    diagnostics: pd.DataFrame | None = None,
) -> TextTable:
    """Lay out estimates with standard errors in parentheses under them.

    Parameters
    ----------
    table
        Which models and terms, in which order.
    estimates, fits
        The canonical tables.
    labels
        Label of each variable.
    titles
        Column head of each model, empty for its number.
    simulated
        What is simulated, in words; empty when nothing is.
    diagnostics
        The canonical table; its rows that a reader looks for stand below the sizes.
    """
    fits = fits.set_index("model").loc[list(table.models)]
    shown = estimates[estimates.model.isin(table.models)]
    terms = list(table.terms) or list(dict.fromkeys(in_model_order(shown, table)))
    rows: list[tuple[str, tuple[str, ...]]] = []
    for term in terms:
        here: dict[Any, Any] = {
            r.model: r for r in shown[shown.term == term].itertuples()
        }
        errors = shown.se[shown.term == term]
        places = max((decimals(se) for se in errors), default=DECIMALS)
        pairs = [
            pair(here[m].estimate, here[m].se, here[m].p, places)
            if m in here
            else ("", "")
            for m in table.models
        ]
        rows.append((term_label(term, labels), tuple(p[0] for p in pairs)))
        rows.append(("", tuple(p[1] for p in pairs)))
    rules = {len(rows)}
    effects = dict.fromkeys(e for f in fits.effects.dropna() for e in split(f))
    for effect in effects:
        name = f"{term_label(effect, labels)} effects".replace("_", " ")
        rows.append(
            (name, tuple(YES if effect in split(f) else "no" for f in fits.effects))
        )
    kinds = [entries(Estimator)[e].label for e in fits.estimator]
    if not {"fixed_effects", "pooled_ols"}.issuperset(fits.estimator):
        rows.append(("Estimator", tuple(kinds)))
    if fits.weights.fillna("").ne("").any():
        weights = (term_label(w, labels) if w else "none" for w in fits.weights)
        rows.append(("Weights", tuple(weights)))
    if len(set(fits.clusters)) > 1:
        rows.append(("Clusters", tuple(c or "none" for c in fits.clusters)))
    rules.add(len(rows))
    rows += [
        ("Observations", tuple(f"{n:,}" for n in fits.n)),
        ("Firms", tuple(f"{n:,}" for n in fits.entities)),
        ("R² within", tuple(number(r) for r in fits.r2_within)),
        ("R² overall", tuple(number(r) for r in fits.r2_overall)),
    ]
    if diagnostics is not None:
        rows += test_rows(table, diagnostics, labels)
    heads = {
        model: titles.get(model) or f"({i})"
        for i, model in enumerate(table.models, start=1)
    }
    columns = tuple(
        (term_label(outcome, labels), head)
        for outcome, head in zip(fits.outcome, heads.values(), strict=True)
    )
    return TextTable(
        table.name,
        table.title,
        columns,
        tuple(rows),
        frozenset(rules),
        tuple(notes(table, heads, shown, fits, simulated)),
    )


def test_rows(
    table: Table, diagnostics: pd.DataFrame, labels: Mapping[str, str]
) -> list[tuple[str, tuple[str, ...]]]:
    """Return the rows of tests: statistics or p-values, as ``SHOWN`` says."""
    shown = diagnostics[diagnostics.model.isin(table.models)]
    rows = []
    for name in dict.fromkeys(shown.test):
        kind, _, term = str(name).partition(": ")
        if kind not in SHOWN:
            continue
        label, value, form = SHOWN[kind]
        here = shown[shown.test == name].set_index("model")[value]
        here = here.dropna()
        cells = (format(here[m], form) if m in here else "" for m in table.models)
        head = f"{label}, {term_label(term, labels)}" if term else label
        rows.append((head, tuple(cells)))
    return rows


def in_model_order(shown: pd.DataFrame, table: Table) -> list[str]:
    """Return terms in the order of the models' columns, the constant last."""
    order = [
        term
        for model in table.models
        for term in shown.loc[shown.model == model, "term"]
    ]
    return [t for t in order if t != "constant"] + [t for t in order if t == "constant"]


def kinds_of_errors(heads: Mapping[str, str], shown: pd.DataFrame) -> str:
    """Return the first model's kind of standard errors, then models of other kinds."""
    of = shown.drop_duplicates("model").set_index("model").se_type
    kinds: dict[str, list[str]] = {}
    for model, head in heads.items():
        if model in of:
            kinds.setdefault(str(of[model]), []).append(head)
    first, *others = kinds
    parts = [f"in {', '.join(kinds[kind])} {kind}" for kind in others]
    return "; ".join([first, *parts])


def notes(
    table: Table,
    heads: Mapping[str, str],
    shown: pd.DataFrame,
    fits: pd.DataFrame,
    simulated: str,
) -> list[str]:
    """Return the sentences under a regression table."""
    lines = [
        f"Standard errors in parentheses, {kinds_of_errors(heads, shown)}.",
        "Two-sided t tests: *** p < 0.01, ** p < 0.05, * p < 0.10.",
    ]
    if (fits.singletons_dropped > 0).any():
        counts = ", ".join(f"{n:,}" for n in fits.singletons_dropped)
        lines.append(f"Rows dropped as alone in an effect: {counts}.")
    if fits.terms_absorbed.fillna("").ne("").any():
        absorbed = sorted({t for f in fits.terms_absorbed.dropna() for t in split(f)})
        lines.append(f"Absorbed by the effects and left out: {', '.join(absorbed)}.")
    if table.note:
        lines.append(table.note)
    if simulated:
        lines.append(f"Simulated: {simulated}")
    return lines


def pair(estimate: float, se: float, p: float, places: int) -> tuple[str, str]:
    """Write an estimate with its stars, and its standard error in parentheses."""
    return f"{estimate:z,.{places}f}{stars(p)}", f"({se:,.{places}f})"


def stars(p: float) -> str:
    """Return the stars of a p-value; none where it is missing."""
    return next((mark for level, mark in STARS if p < level), "")


def decimals(se: float) -> int:
    """Return places that show at least two significant digits of the standard error."""
    if not np.isfinite(se) or se <= 0:
        return DECIMALS
    return int(np.clip(1 - np.floor(np.log10(se)), DECIMALS, 12))


def number(value: float) -> str:
    """Write a share with three decimals, nothing where it is missing."""
    return "" if pd.isna(value) else f"{value:.{DECIMALS}f}"


def term_label(term: str, labels: Mapping[str, str]) -> str:
    """Return a term's label: its factors' labels joined by a multiplication sign."""
    fixed = {
        **{"firm": "Firm", "fiscal_year": "Year", "constant": "Constant"},
        "lambda": "Inverse Mills ratio",
    }
    for prefix in ("mean of ", "residual of ", "copula of "):
        if term.startswith(prefix):
            return prefix.capitalize() + term_label(term.removeprefix(prefix), labels)
    return " × ".join(labels.get(f) or fixed.get(f, f) for f in term.split(":"))


def split(text: object) -> list[str]:
    """Split a list that a table holds as one cell."""
    return [p for p in str(text).split(", ") if p] if isinstance(text, str) else []
