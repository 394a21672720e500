import sys
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path

from alliance_value.contracts.catalogue import table_of
from alliance_value.simulate.files import files_of_overlay, files_of_world
from alliance_value.sources.wrds_tables import LINKS, NAMES, STATEMENTS, requests
from alliance_value.running.command import as_message
from alliance_value.running.console import Steps
from alliance_value.running.dependencies import modules_of
from alliance_value.running.ending import Ending
from alliance_value.running.evidence import Evidence
from alliance_value.running.fingerprints import Fingerprints
from alliance_value.running.files import RAW
from alliance_value.running.foreign import refuse_foreign
from alliance_value.running.interpreter import one_word
from alliance_value.running.job import listed
from alliance_value.running.kernels import processor_has_them, stated
from alliance_value.running.options import take_options
from alliance_value.running.outcome import beside_record
from alliance_value.running.places import Places
from alliance_value.running.provenance import records_beside
from alliance_value.running.room import check_writable
from alliance_value.running.stamps import stamp
from alliance_value.study.additions import asked, labels_of, values_of
from alliance_value.study.claims import read_claims
from alliance_value.study.needs import (
    fetched_files,
    grouping_columns,
    required_columns,
    source_files,
)
from alliance_value.study.resolve import resolve
from alliance_value.running.restore import restore
from alliance_value.vocabulary.collect import entries, modules as defining
from alliance_value.vocabulary.entries import (
    Canonical,
    Estimator,
    Figure,
    Headline,
    Section,
    StandardError,
    Table,
)
from alliance_value.running.locks import hold, take_part
from snakemake.logging import logger

SCHEMA = "workflow/schemas/study.schema.yaml"
TABULAR = ["pandas", "numpy", "pyarrow"]


def plainly(function, *arguments):
    """Call a function; a user's mistake ends Snakemake with its message alone.

    A WorkflowError would be shown with the places in these files that it passed.
    """
    try:
        return function(*arguments)
    except Exception as error:
        message = as_message(error, "the study file").render()
        raise SystemExit(f"\n{message}") from None


def resolved_study():
    return plainly(resolve, config, SCHEMA)


def options_of_the_run():
    return plainly(take_options, config, workflow.config_settings.config or {})


def raw_files_to_make():
    """The raw files that rules make, each with its rule."""
    sources, folder = STUDY["sources"], f"{RAW}/{NAME}"
    made = dict.fromkeys(fetched_files(STUDY), "wrds")
    if "simulate" in sources:
        made |= dict.fromkeys(world_files(folder, sources["simulate"]), "simulate")
    if "overlay" in sources:
        made |= dict.fromkeys(overlay_files(folder), "overlay")
    return plainly(OPTIONS.to_make, made)


def sources_of(study):
    return plainly(source_files, study, os.environ, RAW_FILES)


def fetched_names():
    """The names of the tables to fetch."""
    return [Path(path).stem for path, rule in RAW_FILES.items() if rule == "wrds"]


def wrds_of(study):
    """What is asked of WRDS, by the name of the file."""
    return plainly(requests, study)


def wrds_stamps():
    """What each table's file depends on; who asks and how is no part of it.

    All are written while the workflow is read: Snakemake lists the folder only once.
    """
    section = STUDY["sources"]["wrds"]
    source = {key: section[key] for key in ("host", "port", "dbname", "vintage")}
    return {
        name: stamped(f"wrds.{name}", {"request": asdict(request), **source})
        for name, request in WRDS.items()
    }


def wrds_words():
    """The server, and all tables of the study: they are looked up before any."""
    section = {k: v for k, v in STUDY["sources"]["wrds"].items() if k != "tables"}
    return {"server": section, "asked": list(map(asdict, WRDS.values()))}


def wrds_linked(name):
    """The tables that tell which securities are wanted."""
    if not WRDS[name].security:
        return []
    tables = [table for table in (LINKS, *NAMES, STATEMENTS) if table in WRDS]
    return [f"data/raw/{NAME}/{table}.parquet" for table in tables]


def portable_paths():
    """How the study file writes each of its files that this machine has elsewhere."""
    written = [
        (path, text)
        for source, paths in SOURCES.items()
        for path, text in zip(paths, listed(STUDY["sources"][source]["file"]))
    ]
    return {path: text for path, text in written if path != text}


def prepare_for_jobs():
    """What jobs inherit: one set of kernels, and a Python that a shell can start."""
    os.environ.update(stated(os.environ, processor_has_them()))
    sys.executable = plainly(one_word, sys.executable, Path.cwd())


def places_of_study():
    return Places(Path(), NAME, {text: path for path, text in portable_paths().items()})


def fingerprints():
    afresh = OPTIONS.check == "all"
    return plainly(Fingerprints, f"{BUILD}/fingerprints.json", afresh)


def take_the_checkout():
    """Be the only run of the study here, with room to write."""
    if not os.environ.get("VERBOSE"):
        logger.addHandler(Steps())
    plainly(hold, BUILD, NAME)
    plainly(check_writable, FOLDERS, NAME)


@cache
def rule_of(path):
    """The rule that writes a path, empty where none does.

    The record that git holds is written only where it is asked for.
    """
    asked = {"record", path} & {*sys.argv[1:]}
    outputs = (
        (rule.name, output)
        for rule in workflow.rules
        if rule.name != "record" or asked
        for output in rule.output
    )
    return next((name for name, output in outputs if output.match(path)), "")


def judge_the_files():
    """Refuse to replace what no run made; judge files that came from elsewhere."""
    evidence = plainly(Evidence.of, PLACES, PRINTS)
    records = plainly(records_beside, PLACES)
    keys = {"wrds": "its table under sources.wrds.tables"}
    keys |= {rule: f"sources.{rule}" for rule in ("simulate", "overlay")}
    plainly(refuse_foreign, evidence, records, rule_of, keys)
    for line in plainly(restore, PLACES, records, evidence, rule_of, version).told():
        print(line, file=sys.stderr)
    plainly(PRINTS.keep)


def world_files(folder, settings):
    """The files of a simulated world."""
    return [f"{folder}/{name}" for name in files_of_world(settings)]


def overlay_files(folder):
    """The files of alliances and structures that are laid over real firms."""
    return [f"{folder}/{name}" for name in files_of_overlay()]


def alliance_results(folder):
    """Results that only a study with alliances has."""
    if "alliances" not in STUDY["sources"]:
        return []
    names = ["coder_agreement", "look_ahead", "matches_to_review"]
    return [f"{folder}/{name}.csv" for name in names]


def event_results(folder):
    """Results that only a study with an event study has."""
    if "event_study" not in STUDY:
        return []
    names = ["event_tests", "caar", "event_exclusions"]
    if "size_power" in STUDY["event_study"]:
        names.append("size_power")
    if "events" not in STUDY["sources"]:
        names += ["dyads", "appropriation", "division_of_value", "joint_value"]
        names += ["whale_curve", "whale_summary", "dyad_models", "dyad_fits"]
        names.append("formation")
    return [f"{folder}/{name}.csv" for name in names]


def issuer_files():
    """Files that tell firms' latest CUSIPs and names."""
    if "overlay" in STUDY["sources"]:
        return [f"data/raw/{NAME}/overlay_firms.csv"]
    return SOURCES["firm_years"]


def contents_of(*sources):
    """Hashes of the files that are given: their times may be older than the results."""
    paths = [path for source in sources for path in SOURCES.get(source, [])]
    return [plainly(PRINTS.of, path) for path in paths if path not in RAW_FILES]


def one_of(names):
    return "|".join(names) or "none"


def code(script, named=()):
    """The script of a rule and every package module behind it, as inputs.

    Modules that are imported by name, as the study asks, are given as such.
    """
    return plainly(modules_of, f"workflow/scripts/{script}.py", named)


def estimators_of(models):
    """The modules of the estimators and standard errors that models name."""
    errors = {model["standard_errors"] for model in models}
    return sorted(
        {
            *defining(Estimator, {model["estimator"] for model in models}),
            *defining(StandardError, errors),
        }
    )


def kind_of(table):
    """What is said of a table's kind."""
    return entries(Table)[TABLES[table]["kind"]]


def drawing_of(figure):
    """What is said of a figure's kind."""
    return entries(Figure)[FIGURES[figure]["kind"]]


def behind(kind):
    """The modules of an exhibit's kind and of the tables that it is made from."""
    tables = entries(Canonical).keys() & {*kind.inputs}
    return [kind.module, *defining(Canonical, tables)]


def said_in_report():
    """The modules of the report's sections, of its summary and of its methods."""
    return [e.module for kind in (Section, Headline) for e in asked(kind, STUDY)]


def tables_of(kind):
    """The tables of results that an exhibit of a kind is made from."""
    stored = {Path(path).stem: path for path in canonical_tables()}
    return [stored.get(name, f"{RESULTS}/{name}.csv") for name in kind.inputs]


def made_by(rule, output):
    """The files of a rule's output, none in a study that has no such rule or output."""
    if not workflow.is_rule(rule):
        return []
    files = getattr(getattr(rules, rule).output, output, [])
    return [files] if isinstance(files, str) else list(files)


def joined_tables():
    """The files of tables that are joined to firm-years, in the order of the codebook."""
    order = [table.name for table in entries(Canonical).values() if table.joined]
    files = [
        file
        for rule in workflow.rules
        for file in rule.output
        if file.endswith(".parquet") and table_of(file)[0] in order
    ]
    return sorted(files, key=lambda file: order.index(table_of(file)[0]))


def tables_joined():
    """The names of the tables that are joined to firm-years."""
    return {table_of(file)[0] for file in joined_tables()}


def of_all_rules(output):
    """The files of one output of every rule so far that has it, the rules in order."""
    return [
        file
        for rule in workflow.rules
        if rule.name != output
        for name, files in rule.output.items()
        if name == output
        for file in ([files] if isinstance(files, str) else files)
    ]


def rejects_of_all():
    """The rejects of every rule that reads or computes."""
    return of_all_rules("rejects")


def records_of_all():
    """What every rule that reads files says of them."""
    return of_all_rules("sources")


def canonical_tables():
    """The canonical tables that the rules of this study make, as Parquet."""
    made = [
        ("firm_years", "firm_years"),
        ("alliances", "alliances"),
        ("alliances", "participants"),
        ("structures", "coded_units"),
        ("links", "links"),
        ("links", "security_names"),
        ("diversification", "segments"),
        ("portfolios", "structures"),
        ("portfolios", "portfolios"),
        ("portfolios", "partnerships"),
        ("portfolios", "experience"),
        ("industries", "industries"),
        ("diversification", "diversification"),
        ("panel", "panel"),
        ("returns", "returns"),
        ("factors", "factors"),
        ("market", "market"),
        ("appropriation", "dyads"),
        ("event_study", "events"),
        ("event_study", "abnormal_returns"),
        ("event_study", "cars"),
    ]
    return [file for rule, output in made for file in made_by(rule, output)]


def result_tables():
    """The canonical tables among the results."""
    made = [
        ("alliances", "to_review"),
        ("portfolios", "agreement"),
        ("panel", "cut_points"),
        ("results", "estimates"),
        ("results", "fits"),
        ("results", "covariances"),
        ("results", "margins"),
        ("results", "slopes"),
        ("results", "equations"),
        ("results", "diagnostics"),
        ("inference", "inference"),
        ("inference", "sensitivity"),
        ("inference", "influence"),
        ("leave_out", "leave_out"),
        ("portfolios", "look_ahead"),
        ("appropriation", "appropriation"),
        ("appropriation", "division"),
        ("appropriation", "joint_value"),
        ("appropriation", "whale"),
        ("appropriation", "whale_summary"),
        ("dyad_models", "estimates"),
        ("dyad_models", "fits"),
        ("dyad_models", "formation"),
        ("size_power", "size_power"),
        ("validation", "validation"),
        ("claims", "claims"),
        ("event_results", "event_tests"),
        ("event_results", "caar"),
        ("event_results", "exclusions"),
        ("results", "funnel"),
        ("rejects", "rejects"),
    ]
    return [file for rule, output in made for file in made_by(rule, output)]


def templates(page):
    """The template of a page and the base that it extends."""
    folder = "src/alliance_value/report"
    return [f"{folder}/page.html.j2", f"{folder}/{page}.html.j2"]


def layout_of(source):
    """How the files of a source are written, as far as the study says."""
    keys = ("entity", "time", "format", "delimiter", "encoding")
    written = STUDY["sources"][source]
    return {key: written[key] for key in keys if key in written}


def wanted_windows():
    """The days around events, where no more of the returns is wanted."""
    asked = STUDY.get("event_study", {}).get("size_power", {})
    return [] if asked.get("returns") == "all" else made_by("windows", "windows")


def of_sources(*names):
    """What the study says of some sources, as far as it has them."""
    return {name: STUDY["sources"].get(name) for name in names}


def event_settings():
    """Everything in a study that the event study's numbers depend on."""
    section = dict(STUDY["event_study"])
    section["confidence"] = STUDY["inference"]["confidence"]
    section["seed"] = STUDY["seed"]
    section["confounds"] = STUDY["sources"].get("confounds", {})
    return section


def claimed_models():
    """The models that the claims of a study speak of."""
    claims = plainly(read_claims, STUDY["claims"])
    named = {claim["quantity"].get("model") for claim in claims}
    return [model for model in STUDY["models"] if model["name"] in named]


def stamped(unit, values, libraries=()):
    """The stamped parameters of a unit of work, as an input."""
    file = f"{BUILD}/params/{unit}.json"
    return plainly(stamp, file, values, [*TABULAR, *libraries])


def stamped_each(unit, names, values, libraries=()):
    """The stamped parameters of units that differ by one wildcard, as an input.

    All are written while the workflow is read: Snakemake lists the folder only once.
    """
    files = {n: stamped(f"{unit}.{n}", values(n), libraries) for n in names}
    return lambda wildcards: files[wildcards[0]]


@cache
def exhibit_words():
    """What every table and figure says of the study."""
    return {
        "labels": labels_of(STUDY),
        "titles": {m["name"]: m["title"] for m in STUDY["models"]},
        "outcomes": {m["name"]: m["outcome"] for m in STUDY["models"]},
        "placebos": [m["name"] for m in STUDY["models"] if m["placebo"]],
        "values": values_of(STUDY),
        "words": STUDY["words"],
        "confidence": STUDY["inference"]["confidence"],
        "simulated": STUDY["simulated"],
    }


def in_words(unit, values):
    """What only messages need, in a file that is no input: it changes no result."""
    return plainly(stamp, f"{BUILD}/words/{unit}.json", values, [])


def models_named(names):
    return [model for model in STUDY["models"] if model["name"] in names]


def inference_results(folder):
    """Results of inference beyond the estimates, where the study asks for it."""
    asked = STUDY["inference"]
    names = ["leave_out"] if "leave_out" in asked else []
    if "repeated" in asked:
        names += ["inference", "sensitivity", "influence"]
    return [f"{folder}/{name}.csv" for name in names]


def models_of(family):
    return [model for model in STUDY["models"] if model["family"] == family]


def closing_words():
    """What the results are beside those that git holds."""
    return plainly(beside_record, Path(), NAME)
