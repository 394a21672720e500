"""What jobs took -> what rules ask for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from alliance_value.running.resources import asked, expressions, measured

TOOK = {"megabytes": 300.2, "seconds": 61.0, "read": 40.5}


def value(expression: str, size: float, attempt: int) -> int:
    given = {"input": SimpleNamespace(size_mb=size), "attempt": attempt}
    return eval(expression, given)


def test_the_job_with_most_memory_stands_for_its_rule():
    small = {"rule": "b", "megabytes": 10.0, "seconds": 900.0, "read": 1.0}
    uses = [small, {"rule": "b", **TOOK}, {"rule": "a", **TOOK}]
    without = {"rule": "c", "megabytes": 10.0, "seconds": 900.0}
    largest = {"megabytes": 301, "seconds": 61, "read": 41}
    assert measured([*uses, without]) == {"a": largest, "b": largest}


@pytest.mark.parametrize("size", [0.0, 41.0, 82.0, 410.0])
@pytest.mark.parametrize("attempt", [1, 2])
def test_memory_and_minutes_grow_with_inputs_and_attempts(size, attempt):
    told = expressions(megabytes=300, seconds=600, read=41, most=10**6)
    growth = attempt * max(1.0, size / 41)
    assert value(told["mem_mb"], size, attempt) == int(450 * growth)
    assert value(told["runtime"], size, attempt) == int(40 * growth)


def test_no_job_asks_for_more_than_there_is_and_none_for_no_time():
    told = expressions(megabytes=300, seconds=1, read=0, most=1000)
    assert value(told["mem_mb"], 10_000, 3) == 1000
    node = expressions(megabytes=300, seconds=1, read=0, most=1000, beside=200)
    assert value(node["mem_mb"], 0, 1) == 650
    assert value(told["runtime"], 1, 1) == 10


def test_profiles_take_what_was_measured(tmp_path):
    file = tmp_path / "measured.yaml"
    file.write_text("a: {megabytes: 2, seconds: 1, read: 0}\n")
    assert asked(file, most=5) == {"a": expressions(2, 1, 0, 5)}
    file.write_text("# nothing yet\n")
    assert asked(file) is None
    assert asked(tmp_path / "absent.yaml") is None
