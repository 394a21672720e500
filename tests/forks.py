"""Python commands run by forks of one process that holds the libraries.

A job of the workflow takes most of its time to load pandas, SciPy and their like. A
stand-in for the interpreter passes its command, folder, environment and streams to a
process that has loaded them, which forks and runs the command. The package is imported
anew, from the folder that the environment names. What kills the stand-in kills the
command, but its group of processes and its disks are those of the process that forks:
tests of these take the interpreter itself.
"""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from select import select
from threading import Thread
from typing import NoReturn

LIBRARIES = """
docx dvc.cachemgr dvc.cli.parser dvc.data_cloud dvc.repo dvc_render jinja2 jsonschema
linearmodels.iv linearmodels.panel linearmodels.system matplotlib.pyplot networkx numba
openpyxl pandas pandera.pandas polars pyarrow.parquet scipy.stats scmrepo.git seaborn
snakemake.cli snakemake.script statsmodels.api typst
""".split()
COMMANDS = ("dvc", "snakemake")
STAND_IN = """\
#!{python} -ISE
import json, os, socket, sys
served = socket.socket(socket.AF_UNIX)
served.connect({address!r})
asked = [sys.argv, os.getcwd(), dict(os.environ)]
socket.send_fds(served, [b"."], [0, 1, 2])
served.sendall(json.dumps(asked).encode() + b"\\n")
code = int(served.recv(99) or -9)
os.kill(os.getpid(), -code) if code < 0 else os._exit(code)
"""


@cache
def python(**settings: str) -> str:
    """Return the path of the stand-in; what is installed with Python stands beside.

    It is there for as long as this process.

    Parameters
    ----------
    settings
        Variables of the environment that are read as an interpreter begins, or as it
        loads a library. A process of its own forks for each set of them.
    """
    # the process that forks is not to load the package
    from alliance_value.running.kernels import NAMES, processor_has_them, stated

    folder = Path(tempfile.mkdtemp(prefix="forks-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    address, stand_in = folder / "socket", folder / "python"
    texts = {name: f'#!/bin/sh\nexec {stand_in} -m {name} "$@"\n' for name in COMMANDS}
    texts["python"] = STAND_IN.format(python=sys.executable, address=str(address))
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        (folder / name).chmod(0o755)
    # a copy's jobs import the same modules: each is compiled once
    unset = {"PYTHONDONTWRITEBYTECODE", *(n for names in NAMES.values() for n in names)}
    environ = {k: v for k, v in os.environ.items() if k not in unset}
    environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    environ |= {"PYTHONHASHSEED": "0"} | settings
    server = subprocess.Popen(
        [sys.executable, __file__, str(address)],
        stdin=subprocess.PIPE,  # which closes where this process is killed
        env=environ | stated(environ, processor_has_them()),
        stdout=subprocess.PIPE,
    )
    atexit.register(server.kill)
    assert server.stdout and server.stdout.readline()
    return str(stand_in)


def serve(address: str) -> None:
    """Load the libraries and fork for each command, in which this returns."""
    import gc
    from importlib import import_module

    for name in LIBRARIES:
        import_module(name)
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen(64)
        print("ready", flush=True)
        while True:
            if sys.stdin in select([listener, sys.stdin], [], [])[0]:
                sys.exit()
            asking, _ = listener.accept()
            if not os.fork():
                break
            asking.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with asking:
        _, streams, *_ = socket.recv_fds(asking, 1, 3)
        with asking.makefile(encoding="utf-8") as words:
            argv, folder, environ = json.loads(words.readline())
        if command := os.fork():
            for stream in (0, 1, 2, *streams):
                os.close(stream)
            attend(command, asking)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = argv


def attend(command: int, asking: socket.socket) -> NoReturn:
    """Tell the stand-in how the command ended; end it where the stand-in is killed."""

    def watch() -> None:
        if not asking.recv(1):
            os.kill(command, signal.SIGKILL)

    Thread(target=watch, daemon=True).start()
    _, status = os.waitpid(command, 0)
    asking.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def run() -> None:
    """Run a command as the interpreter runs its own."""
    import runpy

    stand_in, first, *_ = sys.argv
    sys.executable = stand_in
    sys.path[:0] = filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    if first == "-m":
        del sys.argv[:2]
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        del sys.argv[0]
        sys.path.insert(0, str(Path(first).resolve().parent))
        runpy.run_path(first, run_name="__main__")


if __name__ == "__main__":
    # neither this folder nor a project's is where libraries look
    inherited = os.environ.pop("PYTHONPATH", "").split(os.pathsep)
    away = {str(Path(__file__).parent), *inherited}
    sys.path[:] = [place for place in sys.path if place not in away]
    serve(sys.argv[1])
    run()
