"""A study without exhibits of its own -> the ones that it gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from alliance_value.study.event_study import shown
from alliance_value.study.references import interactions
from alliance_value.study.schema import Mapped
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Figure, Table
from alliance_value.vocabulary.words import Words


def complete_exhibits(study: Mapped) -> Mapped:
    """Return a study's exhibits, those by default where it declares none."""
    declared, models = study["exhibits"], study["models"]
    defaults = of_models(study["title"], models) if models else of_events(study)
    exhibits: Mapped = {**defaults, **declared}
    tables, figures = entries(Table), entries(Figure)
    return {
        **exhibits,
        "tables": [shown(e, tables[e["kind"]], study) for e in exhibits["tables"]],
        "figures": [
            shown_terms(figure, models)
            if figure["kind"] == "coefficients"
            else shown(figure, figures[figure["kind"]], study)
            for figure in exhibits["figures"]
        ],
    }


def of_events(study: Mapped) -> Mapped:
    """Return the exhibits of a study of events alone."""
    title = Words(**study["words"]).say("Abnormal {measures} around the events")
    return {
        "tables": [{"name": "event_tests", "kind": "event_tests", "title": title}],
        "figures": [{"name": "paths", "kind": "caar", "title": title}],
    }


def of_models(title: str, models: Sequence[Mapping[str, object]]) -> Mapped:
    """Return a table of all models, their coefficients, and the last one's margins."""
    last = models[-1]
    table = {
        "name": "models",
        "kind": "models",
        "title": title,
        "models": [m["name"] for m in models],
        "note": "",
    }
    margins = [
        {
            "name": f"{of}_over_{over}",
            "kind": "marginal_effect",
            "title": "",
            "model": last["name"],
            "of": of,
            "over": over,
        }
        for of, over in interactions(dict(last))
    ]
    coefficients = {"name": "coefficients", "kind": "coefficients", "title": ""}
    return {"tables": [table], "figures": [coefficients, *margins]}


def shown_terms(figure: Mapped, models: Sequence[Mapped]) -> Mapped:
    """Return a figure of coefficients with the models and terms that it shows."""
    names = figure.get("models", [m["name"] for m in models])
    terms = [
        term.name
        for model in models
        if model["name"] in names
        for term in expand_all(model["terms"] or model["controls"])
    ]
    return {"models": names, "terms": list(dict.fromkeys(terms)), **figure}
