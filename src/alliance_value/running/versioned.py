"""Files of a checkout -> those that DVC, git or a package hold as they are.

A record that is absent, damaged or closed tells nothing: no file is held then.
"""

from __future__ import annotations

import configparser
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from alliance_value.running.files import md5
from alliance_value.running.git import git

# What a replication package cut down, or left out, of its results.
WITHHELD = "withheld.json"


def in_dvc(root: Path, paths: Sequence[str]) -> set[str]:
    """Return the files that DVC recorded, as they are, as made by the workflow.

    Files that were added to DVC by hand (``*.dvc``) are nobody's outputs.
    """
    recorded = outputs_in_dvc(root) if paths else {}
    return {
        path
        for path in paths
        if path in recorded and is_recorded(root / path, recorded[path])
    }


def outputs_in_dvc(root: Path) -> dict[str, str]:
    """Return MD5 by path of the outputs of stages that run the workflow."""
    try:
        lock = yaml.safe_load((root / "dvc.lock").read_text(encoding="utf-8"))
        stages = [s for s in lock["stages"].values() if "snakemake" in s["cmd"]]
        outs = [o for s in stages for o in s.get("outs", []) if "md5" in o]
        recorded = {str(out["path"]): str(out["md5"]) for out in outs}
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        return {}
    for folder, digest in list(recorded.items()):
        if digest.endswith(".dir"):
            for entry in listing(cache_of(root) / digest[:2] / digest[2:]):
                recorded[f"{folder}/{entry['relpath']}"] = str(entry["md5"])
    return recorded


def cache_of(root: Path) -> Path:
    """Return the folder of DVC's objects, as its settings say."""
    settings = configparser.ConfigParser()
    try:
        settings.read([root / ".dvc/config", root / ".dvc/config.local"])
        folder = settings.get("cache", "dir", fallback="cache")
    except (configparser.Error, UnicodeDecodeError):
        folder = "cache"
    return root / ".dvc" / folder / "files" / "md5"


def listing(path: Path) -> list[dict[str, Any]]:
    """Return the entries of DVC's list of a folder, none without a whole one."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return [entry for entry in entries if {"md5", "relpath"} <= entry.keys()]
    except (OSError, ValueError, TypeError, AttributeError):
        return []


def is_recorded(path: Path, digest: str) -> bool:
    """Whether a file is what DVC recorded; one that cannot be read is not."""
    try:
        return md5(path) == digest
    except OSError:
        return False


def in_git(root: Path, path: str) -> bool:
    """Whether the last commit holds a file as it is, so that it cannot be lost."""
    committed = git(root, "rev-parse", "--verify", "--quiet", f"HEAD:./{path}")
    return bool(committed) and committed == git(root, "hash-object", "--", path)


def cut_down(root: Path) -> set[str]:
    """Return the results that a replication package holds in part or not at all."""
    try:
        return set(json.loads((root / WITHHELD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return set()
