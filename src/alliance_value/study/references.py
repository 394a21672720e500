"""A resolved study -> names in it that do not fit together."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import available_timezones

from alliance_value.contracts.firm_years import FIRM, PROVENANCE, YEAR
from alliance_value.contracts.problems import Problem, nearest
from alliance_value.study.additions import asked
from alliance_value.study.daily_sources import daily_problems
from alliance_value.study.event_study import event_problems
from alliance_value.study.expressions import names_in
from alliance_value.study.names import columns_of
from alliance_value.study.needs import fetched_paths, required_columns
from alliance_value.study.rights import rights_problems
from alliance_value.study.schema import Mapped, place
from alliance_value.study.spec import FORMULAS, flags_of
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import entries, implementation, readers_of
from alliance_value.vocabulary.entries import Canonical, Check, Estimator


def reference_problems(study: Mapped) -> Iterator[Problem]:
    """Yield references to models, terms and variables that do not fit together."""
    yield from source_problems(study["sources"])
    for entry in asked(Check, study):
        yield from implementation(entry)(study)
    yield from rights_problems(study)
    yield from event_problems(study)
    yield from name_problems(study)
    yield from cycle_problems(study["variables"])
    models = {m["name"]: m for m in study["models"]}
    for name in study["inference"].get("repeated", {}).get("models", []):
        where = "inference.repeated.models"
        if name not in models:
            yield Problem(f"no model is called '{name}'", nearest(name, models), where)
            continue
        model = models[name]
        linear = model["estimator"] in ("fixed_effects", "pooled_ols")
        linear &= model["interactions"] == "product"
        if not linear or not model["clusters"] or model.get("weights"):
            yield Problem(
                rule=f"model '{name}' has no repeated inference",
                remedy="name a fixed-effects or pooled model with clusters, without "
                "weights and with ordinary products",
                where=where,
            )
    for name in study["inference"].get("leave_out", {}).get("models", []):
        if name not in models:
            yield Problem(
                rule=f"no model is called '{name}'",
                remedy=nearest(name, models),
                where="inference.leave_out.models",
            )
    yield from hypothesis_problems(study["hypotheses"], models)
    for number, check in enumerate(study["validation"]):
        where = f"validation[{number}]"
        if "result" in check and check.keys() - {"truth", "result"}:
            yield Problem(
                rule="a check names a result and something else",
                remedy="write result, or model and weights; two checks for both",
                where=where,
            )
            continue
        if not {"model", "weights"} <= check.keys():
            if check.keys() <= {"truth", "model", "weights"}:
                yield Problem(
                    rule="a check needs model and weights",
                    remedy="name what recovers the planted value",
                    where=where,
                )
            continue
        if check["model"] not in models:
            name = check["model"]
            yield Problem(f"no model is called '{name}'", nearest(name, models), where)
        else:
            known = all_terms(models[check["model"]])
            yield from unknown_terms(list(check["weights"]), known, where)
    worlds = {"simulate", "simulated_ledger"} & study["sources"].keys()
    if study["validation"] and not worlds:
        yield Problem(
            rule="there is no truth to validate against",
            remedy="take validation out, or simulate the sources",
            where="validation",
        )
    if len(worlds) > 1:
        yield Problem(
            rule="simulate and simulated_ledger would write one truth.json",
            remedy="simulate firms and customers in two studies",
            where="sources.simulated_ledger",
        )


def hypothesis_problems(
    hypotheses: list[Mapped], models: dict[str, Mapped]
) -> Iterator[Problem]:
    """Yield hypotheses of which no model has the term."""
    yield from repeated([h["name"] for h in hypotheses], "hypotheses")
    for hypothesis in hypotheses:
        name, where = hypothesis["model"], f"hypotheses.{hypothesis['name']}"
        if name not in models:
            yield Problem(f"no model is called '{name}'", nearest(name, models), where)
        else:
            yield from unknown_terms(
                [hypothesis["term"]], all_terms(models[name]), where
            )


def source_problems(sources: Mapped) -> Iterator[Problem]:
    """Yield settings of a source that contradict each other."""
    yield from daily_problems(sources)
    for name, source in sources.items():
        zone = source.get("timezone")
        if zone and zone not in available_timezones():
            yield Problem(
                rule=f"there is no time zone '{zone}'",
                remedy=nearest(zone, sorted(available_timezones())),
                where=f"sources.{name}.timezone",
            )
    for name in ("firm_years", "firms"):
        source = sources.get(name)
        if source and source["thousands"] == source["decimal"]:
            yield Problem(
                rule=f"thousands and decimal are both '{source['decimal']}'",
                remedy="give each its own mark",
                where=f"sources.{name}",
            )
    yield from fetch_problems(sources.get("edgar"))
    firm_years = sources.get("firm_years")
    if firm_years is None:
        return
    if "period_end" in firm_years and firm_years["time_format"] in ("quarter", "month"):
        yield Problem(
            rule=f"period_end gives years, but the time is a "
            f"{firm_years['time_format']}",
            remedy="take period_end out, or set time_format: integer or year",
            where="sources.firm_years.period_end",
        )
    known = readers_of("firm_years")
    for key in ("keyset", "tags", "reported", "forms"):
        own = [name for name, reader in known.items() if key in reader.takes]
        if key in firm_years and firm_years["reader"] not in own:
            yield Problem(
                rule=f"reader {firm_years['reader']} has no use for '{key}'",
                remedy=f"set reader: {' or '.join(own)}, or take the key out",
                where=f"sources.firm_years.{key}",
            )
    joined = [
        table.joined
        for table in entries(Canonical).values()
        if table.joined.startswith("sources.")
        and place({"sources": sources}, table.joined) is not None
    ]
    if joined and firm_years["duplicates"] == "keep":
        yield Problem(
            rule=f"{' and '.join(dict.fromkeys(joined))}: what is joined needs one row "
            "per firm and year",
            remedy="set duplicates: stop or first",
            where="sources.firm_years.duplicates",
        )


def name_problems(study: Mapped) -> Iterator[Problem]:
    """Yield names that would overwrite what the program keeps under them."""
    variables = study["variables"]
    firm_years = study["sources"].get("firm_years")
    if firm_years is None:
        return
    keys = {FIRM: firm_years["entity"], YEAR: firm_years.get("time", "")}
    unnamed = [] if keys[YEAR] else [YEAR]
    columns = [*study["sources"].get("firms", {}).get("columns", {}).items()]
    columns += columns_of(firm_years)
    taken = {
        f"sources.columns.{name}": name
        for name, column in columns
        if keys.get(name, column) != column or name in PROVENANCE
    }
    for name, variable in variables.items():
        treated = variable.keys() & {*FORMULAS, "winsorize"}
        treated |= {key for key in ("lead", "lag") if variable[key]}
        treated |= {"missing"} if variable["missing"] != "keep" else set()
        if name in PROVENANCE or (name in keys and treated):
            taken[f"variables.{name}"] = name
    for name, uses in required_columns(study).items():
        if name in {*PROVENANCE, *unnamed} - variables.keys():
            taken[uses[0]] = name
        if name == "datadate" != firm_years.get("period_end", name):
            taken[uses[0]] = name
    for where, name in taken.items():
        yield Problem(
            rule=f"the name '{name}' is kept for the program's own column",
            remedy="give it another name, under sources.firm_years.columns if it is "
            "a column of the file",
            where=where,
        )
    for flag, name in flags_of(variables).items():
        if flag in variables:
            yield Problem(
                rule=f"'{flag}' is the flag that 'missing' makes for '{name}'",
                remedy="give the variable another name",
                where=f"variables.{flag}",
            )


def repeated(names: list[str], where: str) -> list[Problem]:
    """Return a problem per name that stands more than once."""
    return [
        Problem(
            rule=f"the name '{name}' stands more than once",
            remedy="give each its own name",
            where=where,
        )
        for name in dict.fromkeys(n for n in names if names.count(n) > 1)
    ]


def unknown_terms(names: list[str], known: list[str], where: str) -> Iterator[Problem]:
    """Yield a problem for each named term that no model has."""
    for name in names:
        if name not in known:
            yield Problem(
                rule=f"no model shown has the term '{name}'",
                remedy=nearest(name, dict.fromkeys(known)),
                where=f"{where}.terms",
            )


def cycle_problems(variables: Mapped) -> Iterator[Problem]:
    """Yield variables that are defined by each other."""
    flags = flags_of(variables)
    reads = {
        name: [
            flags.get(used, used)
            for used in (
                *(
                    n
                    for key in FORMULAS
                    if key in variable
                    for n in names_in(variable[key])
                ),
                *variable["among"],
            )
            if used in flags or (used in variables and used != name)
        ]
        + [by for by in [variable.get("adjust", {}).get("by")] if by in variables]
        for name, variable in variables.items()
    }
    for name in variables:
        seen: set[str] = set()
        stack = list(reads[name])
        while stack:
            used = stack.pop()
            if used == name:
                yield Problem(
                    rule="the variable is defined by itself, through others",
                    remedy="break the circle",
                    where=f"variables.{name}",
                )
                break
            if used not in seen:
                seen.add(used)
                stack += reads[used]


def all_terms(model: Mapped) -> list[str]:
    """Return the names of a resolved model's estimates, added ones among them."""
    names = [t.name for t in expand_all([*model["terms"], *model["controls"]])]
    estimator = model["estimator"]
    added = {
        "mundlak": [f"mean of {n}" for n in names],
        "control_function": [f"residual of {n}" for n in model["endogenous"]],
        "copula": [f"copula of {n}" for n in model["endogenous"]],
        "heckman": ["lambda"],
    }
    names += added.get(estimator, [])
    constant = entries(Estimator)[estimator].entity in ("random", "none")
    return [*names, "constant"] if constant or not model["effects"] else names


def interactions(model: Mapped) -> list[tuple[str, str]]:
    """Return the two-way products among a resolved model's terms of interest."""
    pairs = [t.factors for t in expand_all([*model["terms"], *model["controls"]])]
    return [(p[0], p[1]) for p in pairs if len(p) == 2 and p[0] != p[1]]


def fetch_problems(section: Mapped | None) -> Iterator[Problem]:
    """Yield what is wrong with the files that a study fetches from the SEC."""
    if section is None:
        return
    paths = fetched_paths(section)
    if not paths:
        yield Problem(
            rule="nothing is fetched",
            remedy="name quarters (first, last) or files, or take the key out",
            where="sources.edgar",
        )
    names = [path.rpartition("/")[2] for path in paths]
    yield from repeated(names, "sources.edgar.files")
