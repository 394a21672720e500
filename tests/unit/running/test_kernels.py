"""The kernels that jobs compute with, and what each library makes of their names."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from alliance_value.running.kernels import (
    NAMES,
    OWN,
    STATED,
    in_force,
    processor_has_them,
    stated,
)

# What libraries say of themselves once they are loaded under the names.
ASK = {
    "numpy": "import numpy; print(*numpy.show_config(mode='dicts')"
    "['SIMD Extensions']['found'])",
    "arrow": "import pyarrow; print(pyarrow.runtime_info().simd_level)",
    "numba": "from numba.core.registry import cpu_target as t; "
    "print(t.target_context.codegen().magic_tuple()[1])",
    "openblas": """
import ctypes, re, numpy, scipy.linalg
for path in sorted(set(re.findall(r"/.*openblas.*", open("/proc/self/maps").read()))):
    library = ctypes.CDLL(path)
    for suffix in ("", "64_"):
        core = getattr(library, f"scipy_openblas_get_corename{suffix}", None)
        if core:
            core.restype = ctypes.c_char_p
            print(core().decode())
""",
}


def test_every_library_takes_its_stated_set():
    assert stated({"PATH": "/bin"}, available=True) == dict(STATED)


def test_a_processor_without_the_stated_set_keeps_its_own():
    assert stated({}, available=False) == {}
    assert in_force({"PATH": "/bin"}) == OWN


@pytest.mark.parametrize(
    ("library", "name"), [(lib, name) for lib, names in NAMES.items() for name in names]
)
def test_a_set_that_the_environment_names_stays_and_is_told(library, name):
    environ = {name: "other"}
    environ |= stated(environ, available=True)
    assert environ[name] == "other"
    assert not {*NAMES[library]} - {name} & environ.keys()
    assert {*environ} == {name} | {n for n in STATED if n not in NAMES[library]}
    assert f"{name}=other" in in_force(environ).split("; ")


def test_an_empty_name_names_nothing():
    environ = dict.fromkeys(STATED, "")
    assert stated(environ, available=True) == dict(STATED)
    assert in_force(environ) == OWN


@pytest.mark.skipif(not processor_has_them(), reason="the processor lacks AVX2 or FMA")
@pytest.mark.parametrize(
    ("library", "answers"),
    [
        ("numpy", {"X86_V3"}),
        ("arrow", {"avx2"}),
        ("numba", {"x86-64-v3"}),
        ("openblas", {"Haswell"}),
    ],
)
def test_the_libraries_of_the_lock_file_read_the_names(library, answers):
    others = {name for names in NAMES.values() for name in names}
    environ = {k: v for k, v in os.environ.items() if k not in others}
    said = subprocess.run(
        [sys.executable, "-W", "error", "-c", ASK[library]],
        env=environ | stated(environ, available=True),
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {*said.split()} == answers


@pytest.mark.parametrize("levels", [{}, {"baseline": ["X86_V2"]}, {"found": ["NEON"]}])
def test_no_list_of_levels_is_no_stated_set(levels, monkeypatch):
    told = {"SIMD Extensions": levels}
    monkeypatch.setattr("numpy.show_config", lambda mode: told)
    assert not processor_has_them()


@pytest.mark.parametrize("name", ["baseline", "found"])
def test_the_level_may_be_built_in_or_found(name, monkeypatch):
    told = {"SIMD Extensions": {name: ["X86_V2", "X86_V3"]}}
    monkeypatch.setattr("numpy.show_config", lambda mode: told)
    assert processor_has_them()
