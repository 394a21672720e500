"""What goes into a job beside its files: stamps and fingerprints."""

from __future__ import annotations

import json
import subprocess
import sys
from types import SimpleNamespace

from alliance_value.running.job import job
from alliance_value.running.machine import machine, peak


class Input(list):
    """A rule's input: paths, one of them by the name params."""

    @property
    def params(self):
        return self[0]


def test_a_job_notes_what_it_took_and_where(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("VERBOSE", raising=False)
    params = tmp_path / "params.json"
    params.write_text("{}")
    outputs = [tmp_path / "b.csv", tmp_path / "a.csv"]
    snakemake = SimpleNamespace(
        rule="table",
        log=[str(tmp_path / "build/s/logs/table.main.log")],
        input=Input([str(params)]),
        output=outputs,
    )
    with job(snakemake) as this:
        this.say("half is done")
        this.tell("12 rows of the table")
    path = tmp_path / "build/s/usage/table.main.json"
    usage = json.loads(path.read_text(encoding="utf-8"))
    assert usage["rule"] == "table"
    assert usage["said"] == ["12 rows of the table"]
    assert capsys.readouterr().err == "table: half is done\n"
    assert usage["outputs"] == sorted(map(str, outputs))
    assert usage["processor"] > usage["seconds"] >= 0
    assert 1 < usage["megabytes"] < 100_000
    assert usage["read"] == 2 / 1024**2
    assert usage["machine"] == machine()


def test_a_machine_is_told_in_words():
    told = machine()
    assert told.keys() == {"processor", "cores", "memory", "system"}
    assert told["processor"]
    assert told["system"]


def test_peak_is_this_process_alone():
    held = b"1" * 2**28  # more than what is started below needs
    program = "from alliance_value.running.machine import peak; print(peak())"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert 2**20 < int(done.stdout) < len(held) <= peak()
