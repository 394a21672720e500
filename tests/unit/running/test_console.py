"""A line per step: what Snakemake logs of jobs, in the order in which it logs it."""

from __future__ import annotations

import logging

from alliance_value.running.console import Steps


def told(steps: Steps, event: str, **said: object) -> None:
    record = logging.LogRecord("snakemake", logging.INFO, "", 0, "", (), None)
    vars(record).update(event=event, **said)
    steps.emit(record)


def test_a_step_is_told_when_it_is_counted(capsys):
    steps = Steps()
    wildcards = {"family": "main"}
    told(steps, "job_info", jobid=3, rule_name="estimate", wildcards=wildcards)
    told(steps, "job_info", jobid=4, rule_name="event_study", wildcards={})
    told(steps, "job_started", jobs=[3, 4])
    told(steps, "job_finished", job_id=4)
    assert capsys.readouterr().err == ""
    told(steps, "progress", done=1, total=9)
    assert capsys.readouterr().err == "step 1 of 9, event study, 0 s\n"
    told(steps, "job_finished", job_id=3)
    told(steps, "progress", done=2, total=9)
    assert capsys.readouterr().err == "step 2 of 9, estimate: main, 0 s\n"


def test_the_jobs_of_one_rule_are_told_in_one_line(capsys):
    steps = Steps()
    told(steps, "run_info", stats={"table": 2, "panel": 1, "total": 3})
    for number, (rule, name) in enumerate(
        [("table", "first"), ("panel", ""), ("table", "second")], start=1
    ):
        wildcards = {"table": name} if name else {}
        told(steps, "job_info", jobid=number, rule_name=rule, wildcards=wildcards)
        told(steps, "job_started", jobs=[number])
        told(steps, "job_finished", job_id=number)
        told(steps, "progress", done=number, total=3)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [
        "step 2 of 3, panel, 0 s",
        "step 3 of 3, table: first, second, 0 s",
    ]


def test_a_step_says_what_its_jobs_did(capsys, tmp_path):
    steps = Steps()
    told(steps, "run_info", stats={"profile": 2, "all": 1})
    for number, name in enumerate(("first", "second"), start=1):
        log = tmp_path / f"build/s/logs/profile.{name}.log"
        usage = tmp_path / f"build/s/usage/profile.{name}.json"
        usage.parent.mkdir(parents=True, exist_ok=True)
        usage.write_text(f'{{"said": ["{number},000 rows of {name}"]}}')
        wildcards = {"source": name}
        told(
            steps,
            "job_info",
            jobid=number,
            rule_name="profile",
            wildcards=wildcards,
            log=[str(log)],
        )
        told(steps, "job_finished", job_id=number)
        told(steps, "progress", done=number, total=3)
    assert capsys.readouterr().err == (
        "step 2 of 3, profile: first, second, 0 s: 1,000 rows of first; "
        "2,000 rows of second\n"
    )


def test_after_a_failure_each_job_is_told_by_itself(capsys):
    steps = Steps()
    told(steps, "run_info", stats={"table": 9})
    told(steps, "job_error", jobid=1, log=["a.log"])
    wildcards = {"table": "first"}
    told(steps, "job_info", jobid=2, rule_name="table", wildcards=wildcards)
    told(steps, "job_finished", job_id=2)
    told(steps, "progress", done=1, total=9)
    assert capsys.readouterr().err == "step 1 of 9, table: first, 0 s\n"


def test_a_terminal_shows_a_bar_that_lines_replace(capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    steps = Steps()
    told(steps, "job_info", jobid=1, rule_name="panel", wildcards={})
    told(steps, "job_finished", job_id=1)
    told(steps, "progress", done=1, total=2)
    clear = "\r\x1b[K"
    bar = f"{clear}[{'#' * 20}{'.' * 20}] 1 of 2\r"
    assert capsys.readouterr().err == f"{clear}step 1 of 2, panel, 0 s\n{bar}"


def test_what_is_no_job_is_not_told(capsys):
    steps = Steps()
    told(steps, "progress", done=0, total=9)
    told(steps, "shellcmd", cmd="rm")
    assert capsys.readouterr().err == ""


def test_what_stops_the_engine_is_told_and_a_failed_job_by_itself_alone(capsys):
    steps = Steps()
    told(steps, "error", msg="MissingRuleException:\nNo rule to produce x.")
    assert capsys.readouterr().err == "No rule to produce x.\n"
    told(steps, "error", msg="RuleException:\nCalledProcessError in file x")
    told(steps, "job_error", jobid=3, log=["build/s/logs/a.log"])
    told(steps, "error", msg="WorkflowError:\nAt least one job did not complete.")
    assert capsys.readouterr().err == ""


def test_an_idle_run_says_so(capsys):
    steps = Steps()
    told(steps, "", msg="Building DAG of jobs...")
    told(steps, "", msg="Nothing to be done (all files are present).")
    assert capsys.readouterr().err == "Nothing to be done (all files are present).\n"


def test_where_the_engine_speaks_failed_jobs_are_noted_alone(capsys):
    steps = Steps(shown=False)
    told(steps, "job_error", jobid=3, log=["build/s/logs/a.log"])
    told(steps, "", msg="Nothing to be done (all files are present).")
    assert capsys.readouterr().err == ""
    assert steps.failed == ["build/s/logs/a.log"]
