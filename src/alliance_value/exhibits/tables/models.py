"""Estimates of several models -> a regression table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pandas as pd

from alliance_value.exhibits.cells import Rows, estimate_rows, number, starred
from alliance_value.exhibits.context import Context, Results
from alliance_value.exhibits.failed import NOT_ESTIMATED
from alliance_value.exhibits.text_table import TextTable, finished
from alliance_value.study.spec import Table
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Estimator, table

Cells = tuple[str, ...]
# test -> its label, the column shown and its format
SHOWN = {
    "first_stage_f": ("First-stage F", "statistic", ".1f"),
    "effective_f": ("Effective F", "statistic", ".1f"),
    "kleibergen_paap_f": ("Kleibergen-Paap F", "statistic", ".1f"),
    "anderson_rubin": ("Anderson-Rubin (p)", "p_value", ".3f"),
    "sargan": ("Sargan (p)", "p_value", ".3f"),
    "hansen_j": ("Hansen J (p)", "p_value", ".3f"),
    "wu_hausman": ("Exogeneity (p)", "p_value", ".3f"),
    "hausman_robust": ("Robust Hausman (p)", "p_value", ".3f"),
    "mundlak": ("{Entity} means (p)", "p_value", ".3f"),
    "instruments": ("Instruments", "statistic", ",.0f"),
    "ar1": ("AR(1) (p)", "p_value", ".3f"),
    "ar2": ("AR(2) (p)", "p_value", ".3f"),
    "copula_terms": ("Copula terms (p)", "p_value", ".3f"),
    "observed_rows": ("Outcome observed", "statistic", ",.0f"),
    "exclusion": ("Exclusion (p)", "p_value", ".3f"),
    "product_difference": ("Within equals ordinary product (p)", "p_value", ".3f"),
    "changing": ("{Entities} that change", "statistic", ",.0f"),
    "rho": ("Correlation of disturbances", "statistic", ".3f"),
}


@table(
    "models",
    label="a regression table",
    inputs=("estimates", "fits", "diagnostics", "failures"),
    needs=("models",),
    takes=("terms", "digits", "stars", "below"),
    models=True,
)
def models(table: Table, results: Results, context: Context) -> TextTable:
    """Lay out estimates with standard errors in parentheses under them.

    Diagnostics that a reader looks for stand below the sizes.
    """
    estimates = results["estimates"]
    estimates = estimates[estimates.model.isin(table.models)]
    fits = results["fits"].set_index("model")
    fits = fits.loc[[m for m in table.models if m in fits.index]]
    by_model = {str(m): fit for m, fit in fits.to_dict("index").items()}

    def across(write: Callable[[dict[Any, Any]], str], absent: str = "") -> Cells:
        return tuple(write(by_model[m]) if m in by_model else absent for m in columns)

    columns = table.models
    terms = table.terms or in_model_order(estimates, table)
    rows: Rows = []
    for term in terms:
        part = estimates[estimates.term == term].set_index("model")
        if len(part):
            rows += estimate_rows(context.label(term), part, table.models, table)
    rules = [len(rows)] if rows else []
    hidden = estimates[~estimates.term.isin([*terms, "constant"])]
    if len(hidden):
        has = set(hidden.model)
        cells = ("yes" if m in has else "no" if m in by_model else "" for m in columns)
        rows.append(("Further terms", tuple(cells)))
    for effect in dict.fromkeys(e for text in fits.effects for e in split(text)):
        name = f"{context.label(effect)} effects".replace("_", " ")
        rows.append((name, across(partial(yes_no, effect))))
    if not {"fixed_effects", "pooled_ols"}.issuperset(fits.estimator):
        known = entries(Estimator)
        rows.append(("Estimator", across(lambda fit: known[fit["estimator"]].label)))
    if fits.weights.fillna("").ne("").any():
        weights = across(lambda fit: context.label(fit["weights"] or "none"))
        rows.append(("Weights", weights))
    if len(set(fits.clusters)) > 1:
        clusters = across(lambda fit: context.named(fit["clusters"] or "none"))
        rows.append(("Clusters", clusters))
    rules += [len(rows)] if rows else []
    rows += [
        ("Observations", across(lambda fit: f"{fit['n']:,}", NOT_ESTIMATED)),
        (
            context.words.say("{Entities}"),
            across(lambda fit: f"{fit['entities']:,}"),
        ),
        ("R² within", across(lambda fit: number(fit["r2_within"]))),
        ("R² overall", across(lambda fit: number(fit["r2_overall"]))),
        *test_rows(table, results["diagnostics"], context),
    ]
    heads = {
        model: context.own.get(model) or context.titles.get(model) or f"({i})"
        for i, model in enumerate(table.models, start=1)
    }
    outcomes = dict(context.outcomes) | {m: f["outcome"] for m, f in by_model.items()}
    labelled = [
        (context.label(outcomes.get(model, "")), head) for model, head in heads.items()
    ]
    notes = notes_of(table, heads, estimates, context) if len(estimates) else []
    if len(hidden):
        shown = dict.fromkeys(hidden.term)
        notes.append(f"Further terms: {', '.join(map(context.label, shown))}.")
    if (fits.singletons_dropped > 0).any():
        counts = ", ".join(f"{n:,}" for n in fits.singletons_dropped)
        notes.append(f"Rows dropped as alone in an effect: {counts}.")
    absorbed = sorted({t for text in fits.terms_absorbed for t in split(text)})
    if absorbed:
        notes.append(f"Absorbed by the effects and left out: {', '.join(absorbed)}.")
    return finished(table, labelled, rows, notes, context, rules)


def yes_no(effect: str, fit: Mapping[str, Any]) -> str:
    """Say whether a model has an effect."""
    return "yes" if effect in split(fit["effects"]) else "no"


def notes_of(
    table: Table, heads: Mapping[str, str], estimates: pd.DataFrame, context: Context
) -> list[str]:
    """Say what stands below estimates, and what stars mean."""
    errors = errors_of(heads, estimates, context)
    below = {
        "errors": f"Standard errors in parentheses, {errors}.",
        "intervals": f"{context.percent} confidence intervals in brackets; "
        f"standard errors {errors}.",
        "nothing": f"Standard errors are {errors}.",
    }
    return [below[table.below], *starred(table, "Two-sided t tests")]


def test_rows(table: Table, diagnostics: pd.DataFrame, context: Context) -> Rows:
    """Return the rows of tests: statistics or p-values, as ``SHOWN`` says."""
    shown = diagnostics[diagnostics.model.isin(table.models)]
    rows: Rows = []
    for name in dict.fromkeys(shown.test):
        kind, _, term = str(name).partition(": ")
        if kind not in SHOWN:
            continue
        label, value, form = SHOWN[kind]
        by_model = shown[shown.test == name].set_index("model")[value].dropna()
        head = context.words.say(label) + (f", {context.label(term)}" if term else "")
        cells = (
            format(by_model[m], form) if m in by_model else "" for m in table.models
        )
        rows.append((head, tuple(cells)))
    return rows


def in_model_order(estimates: pd.DataFrame, table: Table) -> list[str]:
    """Return terms in the order of the models' columns, the constant last."""
    terms = (t for m in table.models for t in estimates.term[estimates.model == m])
    return sorted(dict.fromkeys(terms), key="constant".__eq__)


def errors_of(
    heads: Mapping[str, str], estimates: pd.DataFrame, context: Context
) -> str:
    """Return the first model's kind of standard errors, then models of other kinds."""
    of = estimates.drop_duplicates("model").set_index("model").se_type
    kinds: dict[str, list[str]] = {}
    for model, head in heads.items():
        if model in of:
            kinds.setdefault(context.named(str(of[model])), []).append(head)
    first, *others = kinds
    return "; ".join([first, *(f"in {', '.join(kinds[k])} {k}" for k in others)])


def split(text: object) -> list[str]:
    """Split a list that a table holds as one cell."""
    return [p for p in str(text).split(", ") if p] if isinstance(text, str) else []
