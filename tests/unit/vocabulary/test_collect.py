"""Names of study files are declared once, and read without an import."""

import subprocess
import sys

import pytest

from alliance_value.vocabulary import collect
from alliance_value.vocabulary.collect import declared, entries, implementation, modules
from alliance_value.vocabulary.entries import KINDS, Estimator

DECLARATION = """
from alliance_value.vocabulary.entries import estimator

@estimator("own", label="Own", errors=("robust",), words="W.", equation="y = x")
@estimator("other", label="Other")
def both(design, model): ...
"""


def test_every_entry_names_a_function_that_is_there():
    for kind in KINDS.values():
        for entry in entries(kind).values():
            assert callable(implementation(entry)), entry


def test_entries_are_read_from_the_source():
    own, other = declared(DECLARATION, "alliance_value.models.estimators.own")
    assert own == Estimator(
        name="own",
        label="Own",
        errors=("robust",),
        words="W.",
        equation="y = x",
        module="alliance_value.models.estimators.own",
        function="both",
    )
    assert other.name == "other"


def test_what_is_no_plain_value_is_refused():
    with pytest.raises(AssertionError, match="line 2: an entry is declared with plain"):
        list(declared('\n@estimator("a", errors=ALL)\ndef a(): ...\n', "m"))


def test_a_name_declared_twice_is_refused(tmp_path, monkeypatch):
    for file in ("a.py", "b.py"):
        (tmp_path / file).write_text(DECLARATION)
    monkeypatch.setattr(collect, "ROOT", tmp_path)
    with pytest.raises(AssertionError, match="'own' is declared in"):
        collect.vocabulary.__wrapped__()


def test_the_modules_of_names_are_a_rules_inputs():
    assert modules(Estimator, ["poisson", "pooled_ols", "fixed_effects"]) == [
        "alliance_value.models.estimators.least_squares",
        "alliance_value.models.estimators.poisson",
    ]


def test_collecting_imports_no_estimator():
    code = (
        "import sys; from alliance_value.vocabulary.collect import vocabulary; "
        "vocabulary(); print([m for m in sys.modules if m.startswith("
        "('numpy', 'pandas', 'scipy', 'linearmodels', 'alliance_value.models'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
