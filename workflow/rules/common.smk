import sys
from functools import cache, partial
from pathlib import Path

from alliance_value.contracts.failures import any_failed, check_estimated
from alliance_value.contracts.results import OF_FAMILIES
from alliance_value.running.command import at_once
from alliance_value.running.console import Steps
from alliance_value.running.dependencies import modules_of
from alliance_value.running.ending import Ending
from alliance_value.running.fingerprints import Fingerprints
from alliance_value.running.locks import take_part
from alliance_value.running.news import News
from alliance_value.running.options import take_options
from alliance_value.running.outcome import beside_record
from alliance_value.running.places import Places
from alliance_value.sources.wrds_tables import requests
from alliance_value.study.names import own_words
from alliance_value.study.needs import (
    fetched_files,
    grouping_columns,
    public_files,
    required_columns,
    source_files,
)
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import firm_key
from alliance_value.vocabulary.collect import entries, modules as defining
from alliance_value.vocabulary.entries import (
    Canonical,
    Estimator,
    Figure,
    StandardError,
    Table,
)
from alliance_value.workflow import raw, settings
from alliance_value.workflow.checkout import judge, prepare_for_jobs, take
from alliance_value.workflow.outputs import Outputs
from alliance_value.workflow.settings import estimators_of
from alliance_value.workflow.units import Units

SCHEMA = "workflow/schemas/study.schema.yaml"


def entry_of(kind, exhibit):
    """What is said of an exhibit's kind."""
    return entries(kind)[exhibit["kind"]]


def one_of(names):
    return "|".join(names) or "none"


def code(script, named=()):
    """The script of a rule and every package module behind it, as inputs.

    Modules that are imported by name, as the study asks, are given as such.
    """
    return at_once(modules_of, f"workflow/scripts/{script}.py", named)


def templates(page):
    """The template of a page and the base that it extends."""
    folder = "src/alliance_value/report"
    return [f"{folder}/page.html.j2", f"{folder}/{page}.html.j2"]


@cache
def rule_of(path):
    """The rule that writes a path, empty where none does."""
    return OUTPUTS.rule_of(path, sys.argv[1:])
