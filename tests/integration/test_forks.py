"""What forks of one process run is what the interpreter runs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests import forks
from tests.slurm import until

pytestmark = pytest.mark.workflow
TOLD = """\
import os, sys
import beside, named
print(__name__, sys.argv, os.getcwd(), os.environ["WORD"], sys.stdin.read())
print("to the other stream", file=sys.stderr)
sys.exit(3)
"""
WAITING = """\
import os, time
with open("process", "w") as stream:
    stream.write(str(os.getpid()))
time.sleep(60)
"""


@pytest.mark.parametrize("how", [["folder/told.py"], ["-m", "folder.told"]])
def test_folder_words_streams_and_code_are_those_of_the_interpreter(tmp_path, how):
    for name, text in (
        ("folder/told.py", TOLD),
        ("named/named.py", ""),
        ("folder/beside.py" if how[0] != "-m" else "beside.py", ""),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    named = {"WORD": "naïve", "PYTHONPATH": str(tmp_path / "named")}
    ours, theirs = (
        subprocess.run(
            [python, *how, "a b", "-c"],
            cwd=tmp_path,
            env=os.environ | named,
            input="given",
            capture_output=True,
            text=True,
            check=False,
        )
        for python in (forks.python(), sys.executable)
    )
    assert theirs.returncode == 3, theirs.stderr
    assert (ours.returncode, ours.stdout, ours.stderr) == (
        *(theirs.returncode, theirs.stdout, theirs.stderr),
    )


def test_a_killed_stand_in_takes_its_command_with_it(tmp_path):
    (tmp_path / "waiting.py").write_text(WAITING, encoding="utf-8")
    started = subprocess.Popen([forks.python(), "waiting.py"], cwd=tmp_path)
    written = tmp_path / "process"
    until(lambda: written.is_file() and written.read_text())
    process = int(written.read_text())
    assert process != started.pid and alive(process)
    started.kill()
    started.wait()
    until(lambda: not alive(process))


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True
