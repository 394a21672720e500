"""The machine that a job runs on -> what it is, and where jobs note what they took."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
from pathlib import Path


def usage_file(log: Path) -> Path:
    """Return where the job of a log notes what it took, and what it said was done."""
    return log.parents[1] / "usage" / f"{log.stem}.json"


def machine() -> dict[str, str | int]:
    """Return what a reader needs to compare run times; no name and no address.

    Returns
    -------
    dict
        ``processor`` and ``system`` in words, ``cores``, and ``memory`` in bytes; 0
        where the system does not say.
    """
    return {
        "processor": processor() or platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 0,
        "memory": memory(),
        "system": system(),
    }


def processor() -> str:
    """Return the model of the processor; empty where it is not told."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    if platform.system() == "Darwin":
        command = ["sysctl", "-n", "machdep.cpu.brand_string"]
        output = subprocess.run(command, capture_output=True, text=True, check=False)
        return output.stdout.strip()
    return ""


def memory() -> int:
    """Return the bytes of memory; 0 where they are not told."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return 0


def peak() -> int:
    """Return the most bytes of memory that this process held.

    Linux counts in ``ru_maxrss`` what the process held that started this one.
    """
    status = Path("/proc/self/status")
    if status.is_file():
        for line in status.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name == "VmHWM":
                return int(value.split()[0]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def system() -> str:
    """Return the operating system and its version."""
    try:
        name = platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        name = ""
    kernel = f"{platform.system()} {platform.release()}"
    return f"{name} ({kernel})" if name else kernel
