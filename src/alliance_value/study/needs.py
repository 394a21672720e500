"""A resolved study -> the files and columns that it needs."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from alliance_value.contracts.access import no_file
from alliance_value.contracts.catalogue import variables_of
from alliance_value.contracts.columns import Meaning
from alliance_value.contracts.firm_years import FIRM, YEAR
from alliance_value.contracts.problems import Problem, clip, raise_if
from alliance_value.study.expressions import compared_with_text, names_in
from alliance_value.study.multiverse import grid_models, of_panel
from alliance_value.study.patterns import ENVIRONMENT
from alliance_value.study.schema import Mapped, place
from alliance_value.study.spec import FORMULAS, exhibits_of, flags_of
from alliance_value.study.terms import expand_all
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import Canonical

# sources of which rules draw files
DRAWN = {"simulate", "overlay", "simulated_ledger"}
# where the SEC has its Financial Statement Data Sets
QUARTERLY = "files/dera/data/financial-statement-data-sets"


def with_files(sources: Mapping[str, Mapped]) -> list[str]:
    """Return the sources that are files, in the study's order."""
    return [name for name, section in sources.items() if "file" in section]


def source_files(
    study: Mapped, environ: Mapping[str, str], outputs: Container[str] | None = None
) -> dict[str, list[str]]:
    """Return each source's files with environment variables filled in.

    Parameters
    ----------
    study
        A resolved study.
    environ
        The environment.
    outputs
        The files that rules make. Where none are given, those of a study that is
        simulated, wholly or in part, are not looked for.

    Raises
    ------
    UserError
        A variable is not set, or a file that no rule makes is not there or closed.
    """
    problems: list[Problem] = []
    files: dict[str, list[str]] = {}
    for source in with_files(study["sources"]):
        written = study["sources"][source]["file"]
        files[source] = [
            expand_path(text, f"sources.{source}.file", environ, problems)
            for text in ([written] if isinstance(written, str) else written)
        ]
    if outputs is None and not DRAWN & study["sources"].keys():
        outputs = {**fetched_files(study), **public_files(study)}
    if outputs is not None:
        problems += [
            replace(
                absent,
                rule=absent.rule.replace("the file", f"the file {path}"),
                remedy=f"{absent.remedy}, or correct sources.{source}.file",
                where=f"sources.{source}.file",
            )
            for source, paths in files.items()
            for path in paths
            if path and path not in outputs
            for absent in [no_file(Path(path))]
            if absent is not None
        ]
    raise_if(problems, f"the sources of study '{study['study']}'")
    return files


def fetched_files(study: Mapped) -> dict[str, str]:
    """Return the files that are fetched from WRDS -> the table that each holds."""
    tables = study["sources"].get("wrds", {}).get("tables", {})
    return {f"data/raw/{study['study']}/{name}.parquet": name for name in tables}


def public_files(study: Mapped) -> dict[str, str]:
    """Return the files that are fetched from the SEC -> their paths on its server."""
    paths = fetched_paths(study["sources"].get("edgar", {}))
    folder = f"data/raw/{study['study']}"
    return {f"{folder}/{path.rpartition('/')[2]}": path for path in paths}


def fetched_paths(section: Mapped) -> list[str]:
    """Return the paths that a study fetches from the SEC, each once."""
    paths = [*section.get("files", []), *quarters(section.get("quarters", {}))]
    return list(dict.fromkeys(paths))


def quarters(span: Mapped) -> list[str]:
    """Return the paths of the quarterly data sets from one quarter to another."""
    if not span:
        return []
    first, last = (
        4 * int(text[:4]) + int(text[5]) - 1 for text in (span["first"], span["last"])
    )
    return [
        f"{QUARTERLY}/{place // 4}q{place % 4 + 1}.zip"
        for place in range(first, last + 1)
    ]


def expand_path(
    text: str, where: str, environ: Mapping[str, str], problems: list[Problem]
) -> str:
    """Fill ${NAME} in a path, or note the variable that is not set."""
    absent = [n for n in ENVIRONMENT.findall(text) if not environ.get(n)]
    for name in absent:
        problems.append(
            Problem(
                rule=f"the environment variable {name} is not set",
                remedy=f"set it to the folder that holds the data of '{text}': "
                f"export {name}=/path/to/data",
                where=where,
            )
        )
    if absent:
        return ""
    if leaves_its_folder(text):
        problems.append(
            Problem(
                rule=f"the path '{clip(text)}' leads out of the checkout",
                remedy="put or link the files below data/raw, or name their folder by "
                "an environment variable: ${NAME}/file.csv",
                where=where,
            )
        )
        return ""
    return ENVIRONMENT.sub(lambda m: environ[m.group(1)], text)


def leaves_its_folder(text: str) -> bool:
    """Return whether a path is absolute, or climbs above where it begins.

    It may begin at an environment variable: what that holds is up to who sets it.
    """
    path = PurePosixPath(ENVIRONMENT.sub("", text, count=1).replace("\\", "/"))
    if path.is_absolute() and not ENVIRONMENT.match(text):
        return True
    depth = 0
    for part in path.parts:
        depth += {"..": -1, "/": 0}.get(part, 1)
        if depth < 0:
            return True
    return False


def required_columns(study: Mapped) -> dict[str, list[str]]:
    """Return the source columns that a study refers to -> where it does."""
    built = joined_columns(study)
    uses = {n: where for n, where in referred_columns(study).items() if n not in built}
    for key in ("code", "sales"):
        if "industry" in study:
            uses.setdefault(study["industry"][key], []).append(f"industry.{key}")
    return uses


def referred_columns(study: Mapped) -> dict[str, list[str]]:
    """Return the columns that a study refers to -> where it does.

    A name that is a declared variable is a column only in its own formula, or when
    the variable has no formula.
    """
    variables = study["variables"]
    uses: dict[str, list[str]] = {}
    source = study["sources"].get("firm_years", {})
    keys = {FIRM, YEAR} if "time" in source else {FIRM}
    computed = {*keys, *variables, *flags_of(variables)}

    def use(name: str, where: str, own: str | None = None) -> None:
        if name not in computed or (name == own and name not in keys):
            uses.setdefault(name, []).append(where)

    for name, variable in variables.items():
        formulas = [key for key in FORMULAS if key in variable]
        if not formulas:
            use(name, f"variables.{name}", own=name)
        for key in formulas:
            for used in names_in(variable[key]):
                use(used, f"variables.{name}.{key}", own=name)
        if "adjust" in variable:
            use(variable["adjust"]["by"], f"variables.{name}.adjust.by")
        for used in variable["among"]:
            use(used, f"variables.{name}.among")
    for text in source.get("where", []):
        for used in names_in(text):
            use(used, "sources.firm_years.where", own=used)
    for key in ("require", "where"):
        for text in study["sample"][key]:
            for used in names_in(text):
                # conditions of 'require' see the source's columns, not variables
                use(used, f"sample.{key}", own=used if key == "require" else None)
    ledger = study.get("ledger", {})
    for key in ("revenue", "direct_cost"):
        if key in ledger:
            use(ledger[key], f"ledger.{key}")
    for name in ledger.get("activities", {}):
        use(name, "ledger.activities")
    for name in ledger.get("by", []):
        use(name, "ledger.by")
    for grid in of_panel(study):
        use(grid["by"], f"multiverse.{grid['name']}.by")
    for where, model in estimated(study):
        use(model["outcome"], f"{where}.outcome")
        for term in expand_all([*model["terms"], *model["controls"]]):
            for factor in term.factors:
                use(factor, f"{where}.terms")
        for term in expand_all(model["instruments"]):
            for factor in term.factors:
                use(factor, f"{where}.instruments")
        if model["weights"]:
            use(model["weights"], f"{where}.weights")
        for name in model.get("coordinates", ()):
            use(name, f"{where}.coordinates")
        for name in (model.get("gmm") or {}).get("instruments", {}):
            use(name, f"{where}.gmm")
        chosen = model.get("selection") or {}
        for term in expand_all(chosen.get("terms", [])):
            for factor in term.factors:
                use(factor, f"{where}.selection")
        if chosen.get("observed"):
            use(chosen["observed"], f"{where}.selection")
        for key in ("effects", "clusters"):
            for text in model[key]:
                for name in text.split(":"):
                    use(name, f"{where}.{key}")
        for text in model["where"]:
            for used in names_in(text):
                use(used, f"{where}.where")
    for name in study["inference"].get("leave_out", {}).get("by", []):
        use(name, "inference.leave_out.by")
    for name, where in exhibited(study):
        use(name, where)
    overlay = study["sources"].get("overlay", {})
    for key in ("name", "industry", "adds_to"):
        if key in overlay:
            use(overlay[key], f"sources.overlay.{key}")
    return uses


def estimated(study: Mapped) -> Iterator[tuple[str, Mapped]]:
    """Yield each model of a study and of its grids, and where it stands."""
    yield from ((f"models.{model['name']}", model) for model in study["models"])
    yield from grid_models(study)


def exhibited(study: Mapped) -> Iterator[tuple[str, str]]:
    """Yield each column of the panel that a table or figure shows, and which does."""
    for where, exhibit, entry in exhibits_of(study):
        for key in entry.shows:
            names = exhibit.get(key) or []
            for name in [names] if isinstance(names, str) else names:
                yield name, where
        for name in entry.columns:
            yield name, where


def joined_columns(study: Mapped) -> dict[str, Meaning]:
    """Return the columns that the program makes beside the source's own.

    The name of a variant's meaning is that of the column which it varies.
    """
    columns: dict[str, Meaning] = {}
    for table in entries(Canonical).values():
        columns |= columns_of(table, study)
    return columns


def columns_of(table: Canonical, study: Mapped) -> dict[str, Meaning]:
    """Return the columns of a table that joins the firm-years, and its variants'."""
    if not table.joined or place(study, table.joined) is None:
        return {}
    variables = variables_of(table.name)
    columns = dict(variables)
    sets = place(study, table.variants) if table.variants else {}
    for suffix, settings in sets.items():
        changed = ", ".join(f"{k} {value}" for k, value in settings.items())
        columns |= {
            f"{name}_{suffix}": replace(
                meaning,
                label=f"{meaning.label} ({suffix.replace('_', ' ')})",
                formula="; ".join(filter(None, (meaning.formula, changed))),
            )
            for name, meaning in variables.items()
        }
    return columns


def grouping_columns(study: Mapped) -> set[str]:
    """Return the columns that may be text: used to group rows, or compared with text.

    A declaration that gives no more than a label is no use as a number.
    """
    grouping = {
        name
        for _, model in estimated(study)
        for key in ("effects", "clusters")
        for text in model[key]
        for name in text.split(":")
    }
    variables = study["variables"].values()
    grouping |= {v["adjust"]["by"] for v in variables if "adjust" in v}
    grouping |= {name for v in variables for name in v["among"]}
    grouping |= {*study.get("ledger", {}).get("by", [])}
    grouping |= {*study["inference"].get("leave_out", {}).get("by", [])}
    grouping |= {grid["by"] for grid in of_panel(study)}
    grouping |= {study["industry"]["code"]} if "industry" in study else set()
    required = required_columns(study)
    worded = {n for f in all_formulas(study) for n in compared_with_text(f)}
    numeric = {
        name
        for name, where in required.items()
        if any(
            not w.endswith((".effects", ".clusters", ".among", ".by", ".code"))
            and w != f"variables.{name}"
            for w in where
        )
    }
    return (grouping - numeric | worded & required.keys()) - {FIRM, YEAR}


def all_formulas(study: Mapped) -> Iterator[str]:
    """Yield every formula and condition of a study."""
    for variable in study["variables"].values():
        yield from (variable[key] for key in FORMULAS if key in variable)
    models = (model for _, model in estimated(study))
    for part in (study["sample"], *models):
        for key in ("require", "where"):
            yield from part.get(key, [])
    yield from study["sources"].get("firm_years", {}).get("where", [])
