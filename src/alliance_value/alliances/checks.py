"""A study of alliances -> what it lacks, or names in vain."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_value.contracts.problems import Problem
from alliance_value.simulate.settings import WorldSettings
from alliance_value.study.exhibit_problems import unit_problems
from alliance_value.study.references import all_terms, repeated, unknown_terms
from alliance_value.study.schema import Mapped, place
from alliance_value.vocabulary.entries import check

FUNCTION = "constructs.function"


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
    dated = sources.get("tickers", {}).get("reader") == "dated_tickers"
    if "event_study" in study and "events" not in sources and not dated:
        yield Problem(
            rule="alliances from filings have no securities by date to study",
            remedy="name tickers by date (reader: dated_tickers), take event_study "
            "out, or name announcements under sources.events",
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


@check("certificate", asks=("certificate",))
def certificate_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what a certificate lacks, or asks for in vain."""
    section, sources = study["certificate"], study["sources"]
    simulated = ("simulate", "links", "security_names")
    drawn = ("overlay",) if "overlay" in sources else simulated
    if "adds_to" not in sources.get("overlay", {"adds_to": ""}):
        yield Problem(
            rule="a certificate adds what is planted to a column that is not named",
            remedy="name the column of returns on assets under sources.overlay.adds_to",
            where="sources.overlay",
        )
    for name in (*drawn, "alliances", "structures"):
        if name not in sources:
            yield Problem(
                rule=f"a certificate needs sources.{name}",
                remedy=f"add sources.{name}, or take certificate out",
                where="certificate",
            )
    names = [design["name"] for design in section["designs"]]
    yield from repeated(names, "certificate.designs")
    for design in section["designs"]:
        said = {**sources.get("simulate", {}), **design["simulate"]}
        try:
            WorldSettings.from_mapping(said)
        except (ValueError, TypeError) as error:
            yield Problem(
                rule=str(error),
                remedy="correct it; docs/simulated-world.md lists what there is",
                where=f"certificate.designs.{design['name']}.simulate",
            )
    known = [term for model in study["models"] for term in all_terms(model)]
    for number, quantity in enumerate(section["quantities"]):
        where = f"certificate.quantities[{number}]"
        if ("weights" in quantity) == ("dyads" in quantity):
            yield Problem(
                "a quantity needs weights or dyads", "give one of them", where
            )
        elif "weights" in quantity:
            yield from unknown_terms([*quantity["weights"]], known, where)
        elif "event_study" not in study:
            yield Problem(
                rule="a quantity of dyads needs an event study",
                remedy="add event_study, or take the quantity out",
                where=where,
            )
    alone = {next(iter(q["weights"])) for q in section["quantities"] if "weights" in q}
    for grid in study.get("multiverse", []):
        if grid["term"] not in alone:
            yield Problem(
                rule=f"no quantity is the term '{grid['term']}' of the grid",
                remedy="add one with this weight alone, or take the grid out",
                where=f"multiverse.{grid['name']}",
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
        where = f"validation[{number}]"
        ways = ["a model"] if {"model", "weights"} <= planted.keys() else []
        ways += [key for key in ("dyads", "result") if key in planted]
        if len(ways) > 1:
            yield Problem(
                rule=f"a check names {' and '.join(ways)}",
                remedy="write model and weights, dyads, or result; a check for each",
                where=where,
            )
            continue
        if "dyads" not in planted:
            continue
        asked = planted["dyads"]
        if "event_study" not in study or "alliances" not in study["sources"]:
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


@check("ownership", asks=("sources.ownership",))
def ownership_problems(study: Mapped) -> Iterator[Problem]:
    """Yield that nothing takes the ownership shares."""
    yield from without_use(study, "ownership", ("governance",))


@check("terminations", asks=("sources.terminations",))
def termination_problems(study: Mapped) -> Iterator[Problem]:
    """Yield that nothing takes the terminations."""
    yield from without_use(study, "terminations", ("survival", FUNCTION))


@check("acquisitions", asks=("sources.acquisitions",))
def acquisition_problems(study: Mapped) -> Iterator[Problem]:
    """Yield that nothing takes the acquisitions."""
    users = ("survival", "acquisition_study", FUNCTION)
    yield from without_use(study, "acquisitions", users)


@check("governance", asks=("governance",))
def governance_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what the forms of governance need of the sources."""
    yield from switched(study, "governance", ("alliances",))


@check("survival", asks=("survival",))
def survival_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what the lives of alliances need, and periods that hold no day."""
    yield from switched(study, "survival", ("alliances", "structures"))
    section = study["survival"]
    if section["first"] >= section["last"]:
        yield Problem(
            rule=f"the last day {section['last']} is not after {section['first']}",
            remedy="write the first and the last observed day",
            where="survival.last",
        )


@check("dual_appropriation", asks=("dual_appropriation",))
def dual_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what dual appropriation needs: deals with returns in its windows."""
    yield from switched(study, "dual_appropriation", ("alliances",))
    yield from of_announcements(study, "dual_appropriation")
    known = study.get("event_study", {}).get("windows", [])
    for number, window in enumerate(study["dual_appropriation"]["windows"]):
        if known and window not in known:
            yield Problem(
                rule=f"the event study has no window {window}",
                remedy=f"one of {', '.join(map(str, known))}, or add it to "
                "event_study.windows",
                where=f"dual_appropriation.windows[{number}]",
            )


@check("acquisition_study", asks=("acquisition_study",))
def acquirer_problems(study: Mapped) -> Iterator[Problem]:
    """Yield what the study of acquisitions needs."""
    yield from switched(study, "acquisition_study", ("alliances", "acquisitions"))
    yield from of_announcements(study, "acquisition_study")


def switched(study: Mapped, key: str, needs: tuple[str, ...]) -> Iterator[Problem]:
    """Yield each source that a part of the study lacks."""
    for source in needs:
        if source not in study["sources"]:
            yield Problem(
                rule=f"{key} needs sources.{source}",
                remedy=f"add the file of {source}, or take {key} out",
                where=key,
            )


def of_announcements(study: Mapped, key: str) -> Iterator[Problem]:
    """Yield that there is no event study of alliances' announcements."""
    if "event_study" not in study or "events" in study["sources"]:
        yield Problem(
            rule=f"{key} needs the event study of alliances",
            remedy=f"add event_study without sources.events, or take {key} out",
            where=key,
        )


def without_use(
    study: Mapped, source: str, users: tuple[str, ...]
) -> Iterator[Problem]:
    """Yield that no part of the study takes a source."""
    if all(place(study, user) is None for user in users):
        yield Problem(
            rule=f"nothing takes sources.{source}",
            remedy=f"add {' or '.join(users)}, or take {source} out",
            where=f"sources.{source}",
        )
