"""A scripted reviewer: pull on another machine, rerun, verify, edit, change a value."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

from tests.end_to_end.conftest import Clone, remote
from tests.integration.test_workflow import TABLES

pytestmark = pytest.mark.workflow


def verdict(clone: Clone) -> pd.DataFrame:
    path = clone.root / "build/tiny/verify/verdict.csv"
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def test_a_reviewer_pulls_verifies_edits_and_is_shown_what_differs(author, tmp_path):
    with (
        remote("s3", author, tmp_path / "s3", "cloud"),
        remote("sftp", author, tmp_path / "ssh", "server"),
    ):
        author.commit("Name the remotes")
        author.share("push", "--remote", "cloud")
        author.share("push", "--remote", "server")
        reviewer = author.clone(tmp_path / "elsewhere" / "b")
        shutil.copy(
            author.root / ".dvc/config.local", reviewer.root / ".dvc/config.local"
        )
        pulled = reviewer.share("pull", "--remote", "server")
        # the other remote holds the same: nothing is left to fetch from it
        assert "Everything is up to date" in reviewer.dvc("pull", "-r", "cloud").screen
    assert "Nothing to be done" in pulled.screen
    assert reviewer.plan().idle
    assert reviewer.hashes("results") == author.hashes("results")
    assert "up to date" in reviewer.dvc("status").screen

    verified = reviewer.tool("verify", "--configfile", "study.yaml")
    assert "cells equal those of the recorded results" in verified.screen
    assert verdict(reviewer).empty

    page = reviewer.root / "src/alliance_value/exhibits/render.py"
    with page.open("a", encoding="utf-8") as stream:
        stream.write("\n# seen\n")
    assert reviewer.plan().jobs == {*TABLES, "report"}
    reviewer.run("git", "checkout", "-q", "--", "src")
    assert reviewer.plan().idle

    raw = reviewer.root / "data/raw/tiny/firm_years.csv"
    lines = raw.read_text(encoding="utf-8").splitlines(keepends=True)
    cells = lines[1].split(",")
    lines[1] = ",".join([*cells[:2], str(float(cells[2]) + 9), *cells[3:]])
    raw.unlink()  # DVC's copy may be linked to it
    raw.write_text("".join(lines), encoding="utf-8")
    assert reviewer.plan().jobs >= {"firm_years", "panel", "results"}
    differs = reviewer.tool("verify", "--configfile", "study.yaml", fails=True)
    assert "input: data/raw/tiny/firm_years.csv was" in differs.screen
    table = verdict(reviewer)
    cells = table[table.file == "estimates.csv"]
    assert "base / size / estimate" in set(cells.cell)
    assert set(cells.cause) == set(cells.cause[cells.cause.str.startswith("input: ")])
    before = pd.read_csv(author.root / "results/tiny/estimates.csv", dtype=str)
    first = before.set_index(["model", "term"]).loc[("base", "size"), "estimate"]
    shown = cells.set_index("cell").loc["base / size / estimate"]
    assert shown.recorded == first != shown.rerun
    assert "study.resolved.yaml" not in set(table.file)
