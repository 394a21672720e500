"""A resolved study -> what its units of work depend on: settings and modules."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import Problem, nearest, raise_if
from alliance_value.exhibits.order import numbered
from alliance_value.study.additions import asked, labels_of, values_of
from alliance_value.study.claims import read_claims
from alliance_value.study.measures import (
    measure_of,
    own_market,
)
from alliance_value.study.multiverse import model_of, parts
from alliance_value.study.read import DEFAULT
from alliance_value.study.references import interactions
from alliance_value.study.schema import Mapped
from alliance_value.study.spec import TableFile, build
from alliance_value.vocabulary.collect import entries, modules
from alliance_value.vocabulary.entries import (
    Canonical,
    Estimator,
    EventTest,
    Exhibit,
    Headline,
    Measure,
    NormalReturn,
    Reader,
    Section,
    StandardError,
)


def families(study: Mapped) -> list[str]:
    """Return the families of a study's models, in their order."""
    return list(dict.fromkeys(model["family"] for model in study["models"]))


def models_of(study: Mapped, family: str) -> list[Mapped]:
    """Return the models of a family."""
    return [model for model in study["models"] if model["family"] == family]


def weighted(study: Mapped, family: str) -> bool:
    """Return whether a model of a family has weights."""
    return any(model["weights"] for model in models_of(study, family))


def models_named(study: Mapped, names: Container[str]) -> list[Mapped]:
    """Return the models of these names, in the study's order."""
    return [model for model in study["models"] if model["name"] in names]


def grids(study: Mapped, whole: bool = False) -> Mapped:
    """Return a study's grids, each with the model that it changes.

    Parameters
    ----------
    study
        The resolved study.
    whole
        Whether all specifications are asked for, whatever the grids say.
    """
    return {
        "grids": [
            {k: v for k, v in grid.items() if not (whole and k == "specifications")}
            | {"model": model_of(grid, study)}
            for grid in study["multiverse"]
        ],
        "seed": study["seed"],
        "words": study["words"],
    }


def parts_of_grids(study: Mapped) -> dict[str, int]:
    """Return how many jobs share each grid, all its specifications asked for."""
    return {grid["name"]: parts(grid) for grid in grids(study, whole=True)["grids"]}


def shards(study: Mapped) -> dict[str, Mapped]:
    """Return the jobs of a study's certificate by name: a design, and seeds of worlds.

    Designs take turns, so that a run that is cut off has some worlds of each.
    """
    section, seed = study["certificate"], study["seed"]
    jobs = [
        (first, design, range(first, min(first + section["shard"], design["worlds"])))
        for design in section["designs"]
        for first in range(0, design["worlds"], section["shard"])
    ]
    return {
        f"{design['name']}-{first:04d}": {
            "design": {k: v for k, v in design.items() if k not in ("worlds", "words")},
            "seeds": [seed + worlds.start, seed + worlds.stop],
        }
        for first, design, worlds in sorted(jobs, key=lambda job: job[0])
    }


def world_study(study: Mapped) -> Mapped:
    """Return all in a study on which the rows of one of its worlds depend."""
    words = ("title", "description", "question", "simulated", "rights", "claims")
    quantities = {"quantities": study["certificate"]["quantities"]}
    kept = {key: value for key, value in study.items() if key not in words}
    return {"study": {**kept, "certificate": quantities}}


def tables_of_grids(study: Mapped, written: Mapping[str, list[str]]) -> list[str]:
    """Return the file of each table that grids are of.

    Parameters
    ----------
    study
        The resolved study.
    written
        The files of each canonical table that the study makes.

    Raises
    ------
    UserError
        The study makes no such table.
    """
    return files_of_tables(
        {g["table"]: f"multiverse.{g['name']}.table" for g in study["multiverse"]},
        written,
    )


def tables_of_checks(study: Mapped, written: Mapping[str, list[str]]) -> list[str]:
    """Return the file of each table that planted values are set beside.

    Parameters and raises as of `tables_of_grids`.
    """
    return files_of_tables(
        {
            check["result"]["table"]: f"validation[{number}].result.table"
            for number, check in enumerate(study["validation"])
            if "result" in check
        },
        written,
    )


def files_of_tables(
    places: Mapping[str, str], written: Mapping[str, list[str]]
) -> list[str]:
    """Return the file of each table, named with where the study asks for it."""
    raise_if(
        [
            Problem(
                rule=f"the study makes no table '{table}'",
                remedy=nearest(table, written),
                where=where,
            )
            for table, where in places.items()
            if table not in written
        ],
        "the study file",
    )
    return [written[table][0] for table in places]


def claimed_tables(study: Mapped, written: Mapping[str, list[str]]) -> list[str]:
    """Return the file of each table of results of which a study's claims speak.

    A table that the study does not make is left out: its claims are then not computed.
    """
    named = (c["quantity"].get("table") for c in read_claims(study["claims"]))
    return [written[name][0] for name in dict.fromkeys(named) if name in written]


def claimed_models(study: Mapped) -> list[Mapped]:
    """Return the models of which a study's claims speak."""
    claims = read_claims(study["claims"])
    return models_named(study, {claim["quantity"].get("model") for claim in claims})


def estimators_of(models: Iterable[Mapped]) -> list[str]:
    """Return the modules of the estimators and standard errors that models name."""
    models = list(models)
    estimators = modules(Estimator, {model["estimator"] for model in models})
    errors = modules(StandardError, {model["standard_errors"] for model in models})
    return sorted({*estimators, *errors})


def repeated_errors() -> list[str]:
    """Return the modules of the standard errors that repeated inference computes."""
    beside = [e.name for e in entries(StandardError).values() if e.beside]
    return modules(StandardError, beside)


def event_methods(study: Mapped) -> list[str]:
    """Return the modules of what an event study studies, of its models and tests."""
    section = study.get("event_study", {"models": [], "tests": []})
    returns = modules(NormalReturn, section["models"])
    measures = modules(Measure, [measure_of(section)])
    return sorted({*measures, *returns, *modules(EventTest, section["tests"])})


def behind(kind: Exhibit, study: Mapped) -> list[str]:
    """Return the modules of an exhibit's kind and of what it shows."""
    tables = entries(Canonical).keys() & {*kind.inputs}
    methods = event_methods(study) if kind.section == "events" else []
    return [kind.module, *modules(Canonical, tables), *methods]


def said_in_report(study: Mapped) -> list[str]:
    """Return the modules of the report's sections, summary and methods of events."""
    said = [e.module for kind in (Section, Headline) for e in asked(kind, study)]
    return [*said, *event_methods(study)]


def tables_in_summary(study: Mapped, written: Mapping[str, list[str]]) -> list[str]:
    """Return the files of the tables that lines of the summary say, of those made."""
    named = (name for entry in asked(Headline, study) for name in entry.inputs)
    return [written[name][0] for name in dict.fromkeys(named) if name in written]


def readers(study: Mapped, source: str) -> list[str]:
    """Return the module of the reader that a source names."""
    return modules(Reader, [f"{source}.{study['sources'][source]['reader']}"])


def opened(study: Mapped, source: str) -> bool:
    """Return whether a study has a source whose reader opens its files itself."""
    section = study["sources"].get(source, {})
    return any(
        reader.opens and reader.name == section.get("reader")
        for reader in entries(Reader).values()
        if reader.of == source
    )


def annual_forms(study: Mapped) -> list[str]:
    """Return the forms of annual reports where data sets list a study's filings."""
    section = study["sources"].get("firm_years", {})
    if section.get("reader") != "edgar_statements":
        return []
    return list(build(TableFile, section).forms)


def layout_of(study: Mapped, source: str) -> Mapped:
    """Return how the files of a source are written, as far as the study says."""
    own = {field.name for field in fields(TableFile)} - {"file", "columns"}
    return {k: v for k, v in study["sources"][source].items() if k in own}


def of_sources(study: Mapped, *names: str) -> Mapped:
    """Return what the study says of some sources, None of those that it lacks."""
    return {name: study["sources"].get(name) for name in names}


def event_settings(study: Mapped) -> Mapped:
    """Return all in a study on which the event study's numbers depend."""
    return {
        **study["event_study"],
        "confidence": study["inference"]["confidence"],
        "seed": study["seed"],
        "confounds": study["sources"].get("confounds", {}),
        **{n: study["sources"][n] for n in ("listings",) if n in study["sources"]},
    }


def labels_of_groups(study: Mapped) -> dict[str, str]:
    """Return the label of the variable by whose groups samples are drawn, by name."""
    within = study["event_study"].get("size_power", {}).get("within", {})
    of = within.get("groups", {}).get("of")
    return {of: labels_of(study).get(of) or of} if of else {}


def event_tables(study: Mapped) -> list[str]:
    """Return the further tables that an event study is asked for."""
    section = study["event_study"]
    return [name for name in ("bhar", "calendar_time") if section.get(name)]


def factors_table(study: Mapped) -> str:
    """Return the name of the table of factors: of one market, or of several."""
    several = "market" in study["sources"]["factors"]
    return "factors_by_market" if several else "factors"


def traded(study: Mapped) -> bool:
    """Return whether shares traded are studied."""
    return own_market(measure_of(study.get("event_study", {})))


def returns_table(study: Mapped) -> str:
    """Return the name of the table of returns: with the shares traded, or without."""
    return "traded_returns" if traded(study) else "returns"


def every_return(study: Mapped) -> bool:
    """Return whether all daily returns are wanted, not only those near events."""
    section = study.get("event_study", {})
    needed = traded(study) and set(section["models"]) != {"mean"}
    return needed or section.get("size_power", {}).get("returns") == "all"


def exhibit_words(study: Mapped) -> Mapped:
    """Return what every table and figure says of the study."""
    models = study["models"]
    return {
        "labels": labels_of(study),
        "titles": {m["name"]: m["title"] for m in models},
        "outcomes": {m["name"]: m["outcome"] for m in models},
        "placebos": [m["name"] for m in models if m["placebo"]],
        "models": {
            "products": [m["name"] for m in models if interactions(m)],
            "endogenous": [m["name"] for m in models if m["endogenous"]],
            "repeated": study["inference"].get("repeated", {}).get("models", []),
        },
        "values": values_of(study),
        "words": study["words"],
        "confidence": study["inference"]["confidence"],
        "simulated": study["simulated"],
    }


@dataclass(frozen=True)
class Read:
    """Where an exhibit is read: the section of the report, its number and title."""

    section: str
    labels: Mapped


def read_as(study: Mapped) -> dict[tuple[str, str], Read]:
    """Return where each table and figure is read, by kind and name."""
    sections = entries(Section)
    return {
        (exhibit.kind, exhibit.name): Read(
            sections[exhibit.section].label,
            {"exhibit": exhibit.label, "title": exhibit.title},
        )
        for exhibit in numbered(study)
    }


def chosen(study: Mapping[str, Any], *keys: str) -> Mapped:
    """Return these parts of a study, of those that it has."""
    return {key: study[key] for key in keys if key in study}


def shown_file(given: Sequence[str | Path]) -> str:
    """Return how a command names the study file: nothing where it is the default.

    Of a file outside of the checkout its name alone, since results show no path of a
    machine.
    """
    if not given:
        return ""
    path, here = Path(given[0]).absolute(), Path().absolute()
    if not path.is_relative_to(here):
        return path.name
    shown = path.relative_to(here).as_posix()
    return "" if shown == DEFAULT else shown
