import atexit
import sys
from importlib.metadata import version
from pathlib import Path

from alliance_value.contracts.problems import UserError
from alliance_value.simulate.files import files_of_overlay, files_of_world
from alliance_value.study.dependencies import modules_of
from alliance_value.study.job import fingerprints, listed, show_problems, stamp
from alliance_value.study.needs import grouping_columns, required_columns, source_files
from alliance_value.study.resolve import resolve
from alliance_value.study.restore import Places, restore
from alliance_value.study.running import check_writable, hold, take_part

SCHEMA = "workflow/schemas/study.schema.yaml"
TABULAR = ["pandas", "numpy", "pyarrow"]


def plainly(function, *arguments):
    """Call a function; a user's mistake ends Snakemake with its message alone.

    A WorkflowError would be shown with the places in these files that it passed.
    """
    try:
        return function(*arguments)
    except UserError as error:
        raise SystemExit(f"\n{error.render()}") from None


def resolved_study():
    return plainly(resolve, config, SCHEMA)


def sources_of(study):
    return plainly(source_files, study, os.environ)


def portable_paths():
    """How the study file writes each of its files that this machine has elsewhere."""
    written = [
        (path, text)
        for source, paths in SOURCES.items()
        for path, text in zip(paths, listed(STUDY["sources"][source]["file"]))
    ]
    return {path: text for path, text in written if path != text}


def take_the_checkout():
    """Be the only run of the study here; judge files that came from elsewhere."""
    plainly(hold, BUILD, NAME)
    plainly(check_writable, [RESULTS, PROCESSED, STEPS, BUILD, ".snakemake"], NAME)
    written = {text: path for path, text in portable_paths().items()}
    places = Places(Path(), RESULTS, PROCESSED, STEPS, written)
    for line in plainly(restore, places, version).told():
        print(line, file=sys.stderr)


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


def issuer_files():
    """Files that tell firms' latest CUSIPs and names."""
    if "overlay" in STUDY["sources"]:
        return [f"data/raw/{NAME}/overlay_firms.csv"]
    return SOURCES["firm_years"]


def contents_of(*sources):
    """Hashes of the files that are given: their times may be older than the results."""
    made = f"data/raw/{NAME}/"
    paths = [path for source in sources for path in SOURCES.get(source, [])]
    if {"simulate", "overlay"} & STUDY["sources"].keys():
        paths = [path for path in paths if not path.startswith(made)]
    return fingerprints(paths, f"{BUILD}/fingerprints/{sources[0]}.json")


def one_of(names):
    return "|".join(names) or "none"


def code(script):
    """The script of a rule and every package module behind it, as inputs."""
    return modules_of(f"workflow/scripts/{script}.py")


def made_by(rule, output):
    """The files of a rule's output, none in a study that has no such rule."""
    if not workflow.is_rule(rule):
        return []
    files = getattr(getattr(rules, rule).output, output)
    return [files] if isinstance(files, str) else list(files)


def stamped(unit, values, libraries=()):
    """The stamped parameters of a unit of work, as an input."""
    return stamp(f"{BUILD}/params/{unit}.json", values, [*TABULAR, *libraries])


def in_words(unit, values):
    """What only messages need, in a file that is no input: it changes no result."""
    return stamp(f"{BUILD}/words/{unit}.json", values, [])


def models_of(family):
    return [model for model in STUDY["models"] if model["family"] == family]


def labels():
    """Label of each variable in tables and figures, and of its flag for missing values."""
    found = {}
    for name, variable in STUDY["variables"].items():
        found[name] = variable.get("label", name)
        found[f"{name}_missing"] = f"{found[name]}: missing"
    return found


def forget_problems(folder):
    show_problems(folder)


def end_with_problems(folder):
    """Leave the message of the failed jobs as the last words on the screen."""
    message = show_problems(folder) or f"The run stopped; logs are in {folder}."
    atexit.register(print, f"\n{message}", file=sys.stderr)


def closing_words(results):
    summary = Path(results) / "summary.txt"
    return summary.read_text(encoding="utf-8") if summary.is_file() else ""
