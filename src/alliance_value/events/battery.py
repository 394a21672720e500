"""A group of events -> every test under every model and in every window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance_value.events.samples import Group, Sample
from alliance_value.events.tests.statistic import Statistic, undefined
from alliance_value.vocabulary.collect import entries, implementation
from alliance_value.vocabulary.entries import EventTest

OWN_WINDOWS = "events have windows of their own, which share no day"


def samples_of(group: Group) -> Iterator[Sample]:
    """Yield a group's samples by model, then by window."""
    for model in range(len(group.results)):
        for window in range(len(group.task.windows)):
            yield Sample(group, model, window)


def run_tests(sample: Sample, tests: Sequence[str]) -> dict[str, Statistic]:
    """Return the statistics of tests by their names."""
    known = entries(EventTest)
    own = sample.group.task.is_own(sample.window)
    return {
        test: undefined(sample.n, OWN_WINDOWS)
        if own and known[test].aligned
        else implementation(known[test])(sample)
        for test in tests
    }
