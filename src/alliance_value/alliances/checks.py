"""A study of alliances -> what it lacks, or names in vain."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_value.contracts.problems import Problem
from alliance_value.study.exhibit_problems import unit_problems
from alliance_value.study.schema import Mapped, place
from alliance_value.vocabulary.entries import check


@check("alliances", asks=("sources.alliances",))
def alliance_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what portfolios need of the other sources."""
    sources = study["sources"]
    yield from needed("alliances", "structures", sources)
    if "firm_years" in sources and "period_end" not in sources["firm_years"]:
        yield Problem(
            rule="portfolios are taken at the fiscal year-end, which is not given",
            remedy="name the column with the last day of the fiscal year",
            where="sources.firm_years.period_end",
        )


@check("filed_alliances", asks=("sources.alliances.reader",))
def filed_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what alliances from filings lack, or cannot be studied by."""
    sources = study["sources"]
    if sources["alliances"]["reader"] == "sdc":
        return
    yield from needed("alliances", "tickers", sources)
    if "event_study" in study and "events" not in sources:
        yield Problem(
            rule="alliances from filings have no securities by date to study",
            remedy="take event_study out, or name announcements under sources.events",
            where="event_study",
        )


@check("reviewed_matches", asks=("sources.reviewed_matches",))
def review_problems(study: Mapped) -> Iterator[Problem]:
    """Yield that there is nothing of which matches were reviewed."""
    yield from needed("reviewed_matches", "alliances", study["sources"])


@check("reviewed_structures", asks=("sources.reviewed_structures",))
def decision_problems(study: Mapped) -> Iterator[Problem]:
    """Yield that there are no proposals of structures that were reviewed."""
    structures = study["sources"].get("structures", {})
    if structures.get("reader") != "edgar_instances":
        yield Problem(
            rule="sources.reviewed_structures needs proposals from annual reports",
            remedy="set reader: edgar_instances under structures, or take it out",
            where="sources.reviewed_structures",
        )


def needed(name: str, other: str, sources: Mapped) -> Iterator[Problem]:
    """Yield that a source is there without another."""
    if other not in sources:
        yield Problem(
            rule=f"sources.{name} needs sources.{other}",
            remedy=f"add the file of {other}, or take {name} out",
            where=f"sources.{name}",
        )


# what each construct is measured by: a source, or a section of the study
NEEDED = {
    "dependence": "sources.input_output",
    "customer_dependence": "sources.major_customers",
    "alternatives": "industry",
    "knowledge": "sources.firm_classes",
    "position": "sources.alliances",
    "function": "sources.alliance_function",
}


@check("constructs", asks=("constructs",))
def construct_problems(study: Mapped) -> Iterator[Problem]:
    """Yield constructs without the data that they are measured by."""
    for name in study["constructs"]:
        path = NEEDED.get(name)
        if path and place(study, path) is None:
            yield Problem(
                rule=f"{name} needs {path}",
                remedy=f"add {path}, or take {name} out",
                where=f"constructs.{name}",
            )
    if "alliances" not in study["sources"]:
        yield Problem(
            rule="constructs of partners without alliances",
            remedy="name sources.alliances, or take constructs out",
            where="constructs",
        )


@check("event_units", asks=("event_study", "sources.alliances"))
def shown_problems(study: Mapped) -> Iterator[Problem]:
    """Yield exhibits that ask for other returns than of partners or of both."""
    if "events" not in study["sources"]:
        yield from unit_problems(study, ("partners", "dyads"))


@check("dyads")
def planted_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what checks of planted values of dyads lack, or have too much of."""
    for number, planted in enumerate(study["validation"]):
        if "dyads" not in planted:
            continue
        where, asked = f"validation[{number}]", planted["dyads"]
        if {"model", "weights"} <= planted.keys():
            yield Problem(
                rule="a check names a model and dyads",
                remedy="write model and weights, or dyads; two checks for both",
                where=where,
            )
        elif "event_study" not in study or "alliances" not in study["sources"]:
            yield Problem(
                rule="this study has no dyads",
                remedy="study the announcements of alliances, or take the check out",
                where=f"{where}.dyads",
            )
        elif asked["quantity"] == "term" and not {"model", "term"} <= asked.keys():
            yield Problem(
                rule="a term of a model of dyads needs model and term",
                remedy="write model: combined, and term as dyad_models.csv names it",
                where=f"{where}.dyads",
            )
