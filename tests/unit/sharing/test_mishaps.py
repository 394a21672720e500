"""DVC's mishaps put in words."""

from __future__ import annotations

import pytest

from alliance_value.sharing.mishaps import explain


@pytest.mark.parametrize(
    ("said", "where", "words"),
    [
        ("ERROR: config file error: remote 'x' doesn't exist.", "x", "of that name"),
        ("OSError: [Errno 28] No space left on device", "", "a disk is full"),
        ("ERROR: An error occurred (403) when calling HeadObject", "", "credentials"),
        ("ERROR: Permission denied for user ann", "", "credentials"),
        ("[Errno 13] Permission denied: '/s/md5/a1'", "/s/md5/a1", "may not read"),
        ("ERROR: NoSuchBucket", "", "the bucket is not there"),
        ("[Errno 111] Connect call failed ('127.0.0.1', 9)", "", "cannot be reached"),
        ("ERROR: Unable to acquire lock.", "", "another DVC"),
        ("WARNING: x\nERROR: something else", "", "something else"),
        (
            "ERROR: config file error: Invalid line ('[core') at line 5.",
            "",
            "cannot read its settings: Invalid line ('[core') at line 5.",
        ),
        (
            "WARNING: failed to collect 'workspace', skipping\n"
            "'./dvc.yaml' is invalid.\n\nWhile parsing a block mapping, in line 2\n",
            "dvc.yaml",
            "cannot read this file: While parsing a block mapping, in line 2",
        ),
        ("'./d/m.dvc' is invalid (possible merge conflicts).\n\nx", "d/m.dvc", ": x"),
        ("ERROR: 'results/x' does not exist as an output", "results/x", "no stage"),
        ("ERROR: /x is not a git repository", "", "no clone"),
        (
            "/x/.git/: repository path '/x' is not owned by current user",
            "/x/.git/",
            "does not trust",
        ),
        ("ERROR: Checkout failed for following targets:\nresults/s", "", "into place"),
        # what stands in a path tells nothing
        ("ERROR: [Errno 2] No such file: '/mnt/network/locked/a'", "", "No such file"),
    ],
)
def test_a_mishap_is_one_message_with_the_next_step(said, where, words):
    problem = explain(said, "push")
    assert words in problem.rule
    assert problem.where == where
    assert problem.remedy
