from pathlib import Path

from alliance_value.contracts.problems import UserError
from alliance_value.simulate.files import files_of_world
from alliance_value.study.dependencies import modules_of
from alliance_value.study.job import show_problems, stamp
from alliance_value.study.needs import grouping_columns, required_columns, source_files
from alliance_value.study.resolve import resolve

SCHEMA = "workflow/schemas/study.schema.yaml"
TABULAR = ["pandas", "numpy", "pyarrow"]


def plainly(function, *arguments):
    """Call a function; a user's mistake ends the workflow with its message alone."""
    try:
        return function(*arguments)
    except UserError as error:
        raise WorkflowError(error.render()) from None


def resolved_study():
    return plainly(resolve, config, SCHEMA)


def sources_of(study):
    return plainly(source_files, study, os.environ)


def world_files(folder, settings):
    """The files of a simulated world."""
    return [f"{folder}/{name}" for name in files_of_world(settings)]


def one_of(names):
    return "|".join(names) or "none"


def code(script):
    """The script of a rule and every package module behind it, as inputs."""
    return modules_of(f"workflow/scripts/{script}.py")


def stamped(unit, values, libraries=()):
    """The stamped parameters of a unit of work, as an input."""
    return stamp(f"{BUILD}/params/{unit}.json", values, [*TABULAR, *libraries])


def models_of(family):
    return [model for model in STUDY["models"] if model["family"] == family]


def labels():
    """Label of each variable in tables and figures, and of its flag for missing values."""
    found = {}
    for name, variable in STUDY["variables"].items():
        found[name] = variable.get("label", name)
        found[f"{name}_missing"] = f"{found[name]}: missing"
    return found


def problems_of(folder):
    return show_problems(folder)


def closing_words(results):
    summary = Path(results) / "summary.txt"
    return summary.read_text(encoding="utf-8") if summary.is_file() else ""
