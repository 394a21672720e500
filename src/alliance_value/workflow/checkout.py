"""A checkout before its rules run -> files that no run made refused, others judged."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from alliance_value.running.evidence import Evidence
from alliance_value.running.fingerprints import Fingerprints
from alliance_value.running.foreign import refuse_foreign
from alliance_value.running.interpreter import one_word
from alliance_value.running.kernels import processor_has_them, stated
from alliance_value.running.locks import hold
from alliance_value.running.places import Places
from alliance_value.running.provenance import records_beside
from alliance_value.running.restore import restore
from alliance_value.running.room import check_writable

# The key of a study file that asks for the files of a rule.
KEYS = {
    "wrds": "its table under sources.wrds.tables",
    "edgar_fetch": "its path under sources.edgar",
    "simulate": "sources.simulate",
    "overlay": "sources.overlay",
    "simulated_ledger": "sources.simulated_ledger",
}


def prepare_for_jobs() -> None:
    """State what jobs inherit: one set of kernels, a Python that a shell can start."""
    os.environ.update(stated(os.environ, processor_has_them()))
    sys.executable = one_word(sys.executable, Path.cwd())
    # a report plans within the engine's own loop, where sizes of inputs are not known:
    # the engine catches that, and drops the coroutine that would have told them
    sizes = r"coroutine 'InputFiles\._predicated_size_files"
    warnings.filterwarnings("ignore", message=sizes, category=RuntimeWarning)


def take(places: Places, folders: list[str]) -> None:
    """Be the only run of the study in the checkout, with room to write."""
    hold(places.build, places.study)
    check_writable(folders, places.study)


def judge(places: Places, prints: Fingerprints, rule_of: Callable[[str], str]) -> None:
    """Refuse to replace what no run made; judge files that came from elsewhere."""
    evidence = Evidence.of(places, prints)
    records = records_beside(places)
    refuse_foreign(evidence, records, rule_of, KEYS)
    for line in restore(places, records, evidence, rule_of, version).lines():
        print(line, file=sys.stderr)
    prints.keep()
