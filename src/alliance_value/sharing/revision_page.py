"""An older package and the files of a new one -> a page with all that changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.running.provenance import environment_changes
from alliance_value.sharing.archive import unpacked
from alliance_value.sharing.revision import (
    exhibit_changes,
    other_changes,
    round_of,
)
from alliance_value.sharing.revision_inputs import (
    code_changes,
    data_changes,
    study_changes,
)
from alliance_value.sharing.verdict_page import STYLE
from alliance_value.sharing.words import template


def changes_since(path: str, files: Mapping[str, bytes], study: str) -> str:
    """Return the page that says what changed since an older package.

    Parameters
    ----------
    path
        The older package.
    files
        What the new one holds, results included.
    study
        Name of the study.

    Raises
    ------
    UserError
        The older package cannot be read, is none, or is of another study.
    """
    content = read(path)
    older = unpacked(content, path)
    old = round_of(older, study, path)
    new = round_of(files, study, "the new package")
    page = template(__package__, "changes.html.j2", autoescape=True)
    exhibits = exhibit_changes(old, new)
    return page.render(
        title=new.study["title"],
        style=STYLE,
        digest=hashlib.sha256(content).hexdigest(),
        date=date_of(older),
        exhibits=exhibits,
        changed=[e for e in exhibits if e.comparison and e.comparison.differences],
        kept=[e for e in exhibits if e.comparison and not e.comparison.differences],
        unknown=[e for e in exhibits if e.before and e.after and e.comparison is None],
        gone=[e.before for e in exhibits if not e.after],
        fresh=[e.after for e in exhibits if not e.before],
        others=other_changes(old, new),
        study=list(study_changes(old.study, new.study)),
        data=data_changes(old.provenance, new.provenance),
        code=code_changes(old, new),
        software=list(
            environment_changes(old.provenance.environment, new.provenance.environment)
        ),
    )


def read(path: str) -> bytes:
    """Read the older package."""
    remedy = "name the .zip that 'make package' wrote for the earlier round"
    try:
        return Path(path).read_bytes()
    except OSError as error:
        rule = f"the file cannot be read ({error.strerror})"
        raise UserError([Problem(rule, remedy, path)], "the older package") from error


def date_of(older: Mapping[str, bytes]) -> str:
    """Return the day that a package's metadata give it; empty without any."""
    try:
        graph: list[dict[str, Any]] = json.loads(older["ro-crate-metadata.json"])[
            "@graph"
        ]
    except (KeyError, ValueError):
        return ""
    days = [str(e["datePublished"]) for e in graph if "datePublished" in e]
    return days[0] if days else ""
