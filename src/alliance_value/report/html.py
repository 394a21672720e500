"""Tables, figures and accounts of a study -> one self-contained HTML report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from alliance_value.contracts.funnel import SAMPLE
from alliance_value.exhibits.funnel import model_branches
from alliance_value.exhibits.regression_table import term_label
from alliance_value.report.page import fill_page, rows
from alliance_value.study.estimators import ESTIMATORS
from alliance_value.study.terms import expand_all

SHOWN_REJECTS = 200


@dataclass(frozen=True)
class Inputs:
    """Everything that the report shows.

    Parameters
    ----------
    study
        The resolved study.
    labels
        Label of each variable.
    libraries
        Versions of the libraries that computed and drew.
    estimates, fits, funnel, rejects, cut_points, validation
        Canonical tables.
    sources
        The source files with their hashes, and what was decided in reading them.
    tables, figures, captions
        Exhibits by name: HTML, SVG and text.
    """

    study: Mapping[str, Any]
    labels: Mapping[str, str]
    libraries: Mapping[str, str]
    estimates: pd.DataFrame
    fits: pd.DataFrame
    funnel: pd.DataFrame
    rejects: pd.DataFrame
    cut_points: pd.DataFrame
    validation: pd.DataFrame
    sources: Sequence[Mapping[str, Any]]
    tables: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, str] = field(default_factory=dict)
    captions: Mapping[str, str] = field(default_factory=dict)


def render(inputs: Inputs, templates: Mapping[str, str]) -> str:
    """Fill the report's template.

    Parameters
    ----------
    inputs
        What to show.
    templates
        Jinja2 sources of ``report.html.j2`` and the page that it extends.
    """
    study = inputs.study
    exhibits = study["exhibits"]
    return fill_page(
        templates,
        "report.html.j2",
        study=study,
        headlines=headlines(inputs),
        tables=[inputs.tables[t["name"]] for t in exhibits["tables"]],
        figures=[
            {
                "name": f["name"],
                "svg": inline(inputs.figures[f["name"]], f["name"]),
                "caption": inputs.captions[f["name"]],
            }
            for f in exhibits["figures"]
        ],
        funnel=(
            {
                "svg": inline(inputs.figures["funnel"], "funnel"),
                "caption": inputs.captions["funnel"],
            }
            if "funnel" in inputs.figures
            else None
        ),
        sample=rows(inputs.funnel[inputs.funnel.branch == SAMPLE]),
        branches=branches(inputs.funnel),
        reject_counts=rows(reject_counts(inputs.rejects)),
        rejects=rows(inputs.rejects.head(SHOWN_REJECTS).astype(object).fillna("")),
        more_rejects=max(0, len(inputs.rejects) - SHOWN_REJECTS),
        cuts=rows(cut_summary(inputs.cut_points)),
        validation=rows(inputs.validation),
        fits=rows(inputs.fits.astype(object).fillna("")),
        methods=methods(inputs),
        sources=inputs.sources,
        libraries=inputs.libraries,
    )


def inline(svg: str, name: str) -> str:
    """Return an SVG that can stand in a page beside others: ids carry its name."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", svg)
    return re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', svg)


def branches(funnel: pd.DataFrame) -> list[dict[str, Any]]:
    """Return each model's steps that take rows away, with its first and last count."""
    return [
        {
            "model": model,
            "rows_in": int(steps.rows_in.iloc[0]),
            "rows_out": int(steps.rows_out.iloc[-1]),
            "steps": rows(steps[steps.dropped > 0]),
        }
        for model, steps in model_branches(funnel)
    ]


def reject_counts(rejects: pd.DataFrame) -> pd.DataFrame:
    """Return how many values each rule rejected or repaired."""
    keys = ["file", "rule", "column", "action"]
    return (
        rejects.astype(object)
        .fillna({"column": ""})
        .groupby(keys, sort=True)
        .size()
        .reset_index(name="values")
    )


def cut_summary(cut_points: pd.DataFrame) -> pd.DataFrame:
    """Return how many values of each variable were pulled in."""
    grouped = cut_points.groupby("variable", sort=False)
    return grouped[["values", "raised", "lowered"]].sum().reset_index()


def headlines(inputs: Inputs) -> list[str]:
    """Say each model's estimates of interest in a sentence each."""
    lines = []
    estimates = inputs.estimates.set_index(["model", "term"])
    fits = inputs.fits.set_index("model")
    models = inputs.study["models"]
    for model in models:
        if model["family"] != models[0]["family"]:
            continue
        terms = expand_all(model["terms"] or model["controls"])
        kept = [t for t in terms if (model["name"], t.name) in estimates.index]
        if not kept:
            continue
        row = estimates.loc[(model["name"], kept[-1].name)]
        outcome = term_label(model["outcome"], inputs.labels)
        lines.append(
            f"{model['title'] or model['name']}: the coefficient of "
            f"{term_label(kept[-1].name, inputs.labels)} on {outcome} is "
            f"{row.estimate:.4g} (s.e. {row.se:.3g}, {row.se_type}; "
            f"{model['confidence']:.0%} CI {row.ci_low:.4g} to {row.ci_high:.4g}; "
            f"p = {row.p:.3g}; N = {fits.loc[model['name'], 'n']:,})."
        )
    return lines


def methods(inputs: Inputs) -> list[str]:
    """Say how this run estimated, in the words of docs/methods.md."""
    study = inputs.study
    lines = []
    if any(m["estimator"] == "fixed_effects" for m in study["models"]):
        lines.append(
            "Fixed-effects models are estimated within effects by linearmodels' "
            "PanelOLS; rows that are alone in an effect are dropped and counted."
        )
    others = dict.fromkeys(
        ESTIMATORS[m["estimator"]].label
        for m in study["models"]
        if m["estimator"] not in ("fixed_effects", "pooled_ols")
    )
    if others:
        lines.append(
            f"Further estimators: {', '.join(others)}; their tests stand in "
            "diagnostics.csv, first stages and selection equations in equations.csv."
        )
    if any(m["standard_errors"] == "clustered" for m in study["models"]):
        counted = sorted({m["count_effects"] for m in study["models"]})
        lines.append(
            "Clustered standard errors carry G/(G−1) and (n−1)/(n−k); fixed effects "
            f"counted in k: {', '.join(counted).replace('_', ' ')}. t statistics have "
            "G−1 degrees of freedom, G the smallest number of clusters."
        )
    if len(inputs.cut_points):
        lines.append(
            "Winsorizing pulls values to quantiles after ratios are formed; "
            "cut_points.csv holds the cut points."
        )
    if any(v["lead"] or v["lag"] for v in study["variables"].values()):
        lines.append(
            "Leads and lags go by the calendar: a year that is not observed leaves "
            "its neighbours' leads missing."
        )
    return lines
