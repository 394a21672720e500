"""What jobs took, by rule, in the order of the run; stale notes do not count."""

from __future__ import annotations

import pytest

from alliance_value.sharing.usage import machines, steps_of, time_class
from alliance_value.sharing.words import amount, duration, memory
from tests.unit.sharing.packages import MACHINE, PROVENANCE, USAGE


def test_rules_stand_after_those_whose_outputs_they_take():
    rules = [step.program.rule for step in steps_of(PROVENANCE, USAGE)]
    assert rules[:2] == ["panel", "results"]
    assert set(rules[2:]) == {"table", "figure", "funnel"}


def test_a_job_counts_by_the_longer_of_its_times_and_only_if_it_made_a_result():
    old = {**USAGE[0], "outputs": ["results/s/tables/gone.csv"], "seconds": 9e9}
    without = {key: value for key, value in USAGE[0].items() if key == "rule"}
    waiting = {**USAGE[1], "seconds": 400.0}
    steps = steps_of(PROVENANCE, [old, without, USAGE[0], waiting])
    found = {s.program.rule: (s.jobs, s.measured, s.seconds) for s in steps}
    assert found["table"] == (1, 1, 150.0)
    assert found["figure"] == (1, 1, 400.0)
    assert found["panel"] == (1, 0, 0)


def test_each_machine_is_told_once():
    other = {"machine": {**MACHINE, "processor": "B-2", "memory": 0}}
    assert machines([*USAGE, other, {}]) == [
        "A-1, 8 cores, 16 GiB of memory, Linux 6",
        "B-2, 8 cores, Linux 6",
    ]


@pytest.mark.parametrize(
    ("seconds", "words", "group"),
    [
        (0.04, "0.0 s", "under 10 minutes"),
        (99.4, "99 s", "under 10 minutes"),
        (1200, "20 min", "10 to 60 minutes"),
        (7000, "1.9 h", "1 to 2 hours"),
        (90_000, "25.0 h", "1 to 3 days"),
        (9e6, "2500.0 h", "over 14 days"),
    ],
)
def test_times_are_told_in_words_and_classes(seconds, words, group):
    assert duration(seconds) == words
    assert time_class(seconds) == group


def test_amounts_are_told_in_words():
    assert [amount(n) for n in (5, 2941, 1_830_000_000)] == [
        "5 bytes",
        "2.94 kB",
        "1.83 GB",
    ]
    assert [memory(n) for n in (0.5, 64, 64.5, 1025)] == [
        "64 MB",
        "64 MB",
        "128 MB",
        "1,088 MB",
    ]
