"""A processor and an environment -> the compiled kernels that jobs compute with.

Libraries choose their kernels by processor, and each kernel rounds in an order of its
own. Every job runs on one set, that of x86-64-v3 (AVX2 and FMA), where the processor
has it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

LEVEL = "X86_V3"
# What each library reads as it is loaded; NumPy stops where both of its own are set.
NAMES: Mapping[str, tuple[str, ...]] = {
    "arrow": ("ARROW_USER_SIMD_LEVEL",),
    "numba": ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES"),
    "numpy": ("NPY_ENABLE_CPU_FEATURES", "NPY_DISABLE_CPU_FEATURES"),
    "openblas": ("OPENBLAS_CORETYPE",),
}
STATED: Mapping[str, str] = {
    "ARROW_USER_SIMD_LEVEL": "AVX2",
    "NPY_ENABLE_CPU_FEATURES": LEVEL,
    "NUMBA_CPU_FEATURES": "",  # those of the processor named
    "NUMBA_CPU_NAME": "x86-64-v3",
    "OPENBLAS_CORETYPE": "Haswell",
}
OWN = "the processor's own"


def processor_has_them() -> bool:
    """Whether NumPy finds the level of the stated kernels in this processor."""
    levels = np.show_config(mode="dicts")["SIMD Extensions"]
    # a list that would be empty is not there
    return LEVEL in (*levels.get("baseline", []), *levels.get("found", []))


def stated(environ: Mapping[str, str], available: bool) -> dict[str, str]:
    """Return the variables that put jobs on the stated kernels.

    Parameters
    ----------
    environ
        The environment. A library for which it already names a set keeps that one.
    available
        Whether the processor has the stated kernels; without them libraries choose.
    """
    return {
        name: STATED[name]
        for names in NAMES.values()
        if available and not any(environ.get(name) for name in names)
        for name in names
        if name in STATED
    }


def in_force(environ: Mapping[str, str]) -> str:
    """Return, in words, the kernels that an environment names."""
    named = sorted(name for names in NAMES.values() for name in names)
    return "; ".join(f"{n}={environ[n]}" for n in named if environ.get(n)) or OWN
