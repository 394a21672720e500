"""What DVC says when something goes wrong -> one message with the next step."""

from __future__ import annotations

import re

from alliance_value.contracts.problems import Problem

# Pattern in what DVC says, with the place where it names one; rule; next step.
MISHAPS = (
    (
        r"'(?:\./)?(?P<where>[^'\n]+)' (?:is invalid|validation failed)[^\n]*\s*"
        r"(?P<why>[^\n]*)",
        "DVC cannot read this file",
        "resolve the conflict where a merge left one, or take it back as git has it "
        "(git checkout -- <file>), then run the same command again",
    ),
    (
        r"config file error: (?!remote )(?P<why>[^\n]*)",
        "DVC cannot read its settings",
        "correct them in .dvc/config or .dvc/config.local, or take them back as git "
        "has them (git checkout -- .dvc/config), then run the same command again",
    ),
    (
        r"not inside of a dvc repository|not a git repository",
        "this folder is no clone: DVC needs git's and its own folder (.git, .dvc)",
        "clone the project with git, then run the same command there",
    ),
    (
        r"(?P<where>\S+): repository path .* is not owned by current user",
        "git does not trust this folder, which belongs to another user",
        'git config --global --add safe.directory "$PWD", then run the same command '
        "again",
    ),
    (
        r"'(?P<where>[^'\n]+)' does not exist as an output",
        "dvc.yaml has no stage with this output any more",
        "add the study to studies in dvc.yaml, as docs/researchers.md shows",
    ),
    (
        r"can't remove the following unsaved files",
        "files here have no recorded copy, and are kept",
        "run the same command again: it names them",
    ),
    (
        r"checkout failed for following targets",
        "not all files could be written into place; DVC's cache has them whole",
        "look whether the disk has room and the folders are yours, then run the same "
        "command again",
    ),
    (
        r"remote '(?P<where>[^'\n]*)' doesn't exist",
        "there is no remote of that name",
        "list them: dvc remote list; correct the name or add it: dvc remote add",
    ),
    (
        r"no space left|errno 28|disk quota|insufficient storage",
        "a disk is full",
        "free space here or at the remote, then run the same command again: what has "
        "arrived stays",
    ),
    (
        r"errno 13\][^'\n]*'(?P<where>[^'\n]+)'",
        "you may not read or write this",
        "get the right from its owner (chmod u+rw), then run the same command again",
    ),
    (
        r"\b40[13]\b|forbidden|access ?denied|invalidaccesskeyid|signaturedoesnotmatch|"
        r"permission denied|authentication|unauthorized|credential|"
        r"not authenticated|publickey",
        "the remote refused the credentials, or they do not allow this",
        "check user and key: dvc remote modify --local <remote> user | password | "
        "access_key_id | secret_access_key | keyfile",
    ),
    (
        r"nosuchbucket|no such bucket|bucket .*does not exist",
        "the bucket is not there",
        "make it, or correct the address: dvc remote modify <remote> url <address>",
    ),
    (
        r"connect|unreachable|timed? ?out|name or service not known|getaddrinfo|"
        r"network|refused|no route",
        "the remote cannot be reached",
        "check that it runs and its address: dvc remote list",
    ),
    (
        r"unable to acquire lock|is already running|locked",
        "another DVC is at work in this checkout",
        "wait until it ends, then run the same command again",
    ),
)
# Paths and addresses, in which any word may stand.
QUOTED = re.compile(r"'[^'\n]*/[^'\n]*'")


def mishap(said: str) -> Problem | None:
    """Return what went wrong where DVC's words are known."""
    for pattern, rule, remedy in MISHAPS:
        named = "(?P<" in pattern
        seen = re.search(pattern, said if named else QUOTED.sub("''", said), re.I)
        if seen:
            parts = seen.groupdict()
            why = f": {parts['why'].strip()}" if parts.get("why") else ""
            return Problem(f"{rule}{why}", remedy, parts.get("where") or "")
    return None


def explain(said: str, action: str) -> Problem:
    """Return what went wrong in DVC's words, in one message with the next step.

    Parameters
    ----------
    said
        What DVC wrote to the screen.
    action
        What was being done, such as ``push``.
    """
    if problem := mishap(said):
        return problem
    lines = [
        line.strip()
        for line in said.splitlines()
        if line.strip() and not line.startswith("WARNING")
    ]
    first = next((line for line in lines if line.startswith("ERROR")), "")
    rule = first or next(iter(lines), "DVC gave no reason")
    return Problem(rule.removeprefix("ERROR: "), f"see what 'dvc {action} -v' says")
