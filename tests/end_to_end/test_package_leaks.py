"""A package of 12 licensed firms, in a clone full of what must stay out."""

from __future__ import annotations

import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pandas as pd
import pytest

from alliance_value.sharing.scan.unpack import readable
from tests.conftest import once
from tests.end_to_end.conftest import Clone, isolated
from tests.integration.conftest import checkout
from tests.unit.sharing.scan.files import as_formats, hiding

pytestmark = pytest.mark.workflow
NAMES = (
    "Alphatron Betacorp Cyrene Dravo Elmont Fexx Gorlan Hydrix Ionix Jarvik Kelso Lum"
)
TICKERS = "ALFA7 F IT TK01Q T DRV7Q X GOR II Q KLS9A A"
SECRET = "hunter2secretXYZ"
STUDY = """\
study: shut
title: Twelve licensed firms
sources:
  firm_years: {file: data/raw/shut/panel.csv, entity: company, time: year}
variables:
  roa: {numerator: income, denominator: assets}
models:
  - {name: base, outcome: roa, terms: [share]}
inference:
  repeated: {models: [base], draws: 99, permutations: 99}
  leave_out: {models: [base], by: [entity]}
exhibits:
  tables: [{name: models, models: [base]}]
  figures: [{name: without_each, kind: leave_out, model: base, terms: [share]}]
"""
OTHER = STUDY.replace("study: shut", "study: wages").replace("Twelve", "Unpublished")


def panel() -> pd.DataFrame:
    draws = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "company": np.repeat(NAMES.split(), 8),
            "tic": np.repeat(TICKERS.split(), 8),
            "year": np.tile(range(2001, 2009), 12),
            "income": draws.normal(5, 2, 96).round(3),
            "assets": draws.uniform(50, 150, 96).round(3),
            "share": draws.uniform(0, 1, 96).round(3),
        }
    )


def plant(root: Path) -> list[str]:
    """Write secrets, names and copies of the licensed table all over a clone."""
    note = f"password = '{SECRET}' in /data/jdoe/wrds of Alphatron"
    planted = {f"old/{name}": content for name, content in hiding(note).items()}
    planted |= {f"{name}": content for name, content in hiding(note).items()}
    copies = as_formats(panel())
    planted |= {f"docs/{n}.bin": content for n, content in copies.items()}
    planted |= {f"src/alliance_value/{n}.bin": copies[n] for n in ("Excel", "gzip")}
    planted |= {f"workflow/{n}": hiding(note)[n] for n in ("a.R", "a.do", "a.ipynb")}
    planted["config/wages.yaml"] = planted["workflow/wages.yaml"] = OTHER.encode()
    planted["metrics/wages.json"] = b'{"base": {"share": 0.0202}}\n'
    planted[".pgpass"] = f"db.example.org:9737:wrds:jdoe:{SECRET}\n".encode()
    for name, content in planted.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return sorted(planted)


@pytest.fixture(scope="session")
def shut(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The licensed study, run, in a clone with all that must stay out, in git."""

    def make(folder: Path) -> None:
        clone = Clone(checkout(folder / "a").root, "study.yaml", isolated(folder))
        (clone.root / "study.yaml").write_text(STUDY, encoding="utf-8")
        raw = clone.root / "data/raw/shut/panel.csv"
        raw.parent.mkdir(parents=True)
        panel().to_csv(raw, index=False)
        clone.run("git", "init", "-q")
        clone.commit("Begin")
        ran = clone.snakemake("-c2")
        assert ran.code == 0, ran.screen
        plant(clone.root)
        clone.commit("Keep everything in git")

    folder = once(tmp_path_factory, "shut", make)
    return Clone(folder / "a", "study.yaml", isolated(folder))


@pytest.fixture
def author(shut: Clone, tmp_path: Path) -> Clone:
    """A copy of that clone in which a test may change anything."""
    shutil.copytree(shut.root, tmp_path / "a", symlinks=True)
    return Clone(tmp_path / "a", shut.study, shut.environ)


def package(clone: Clone, fails: bool = False) -> str:
    return clone.tool("package", "--configfile", "study.yaml", fails=fails).screen


def test_nothing_of_what_must_stay_out_is_inside(author):
    screen = package(author)
    assert "values of 96 licensed rows, 24 names and codes in them" in screen
    content = (author.root / "build/shut/package.zip").read_bytes()
    with ZipFile(BytesIO(content)) as archive:
        inside = {n.partition("/")[2] for n in archive.namelist()}
    assert {"src/alliance_value/models/estimate.py", "study.yaml"} <= inside
    assert {"results/shut/estimates.csv", "metrics/shut.json"} <= inside
    assert inside.isdisjoint(plant(author.root))
    assert not any("wages" in name or name.startswith("old/") for name in inside)
    assert not any("without_each" in name for name in inside)
    text = "\n".join(readable(content).texts)
    for word in (*NAMES.split(), "ALFA7", "TK01Q", "DRV7Q", "KLS9A", SECRET, "jdoe"):
        assert word not in text, word
    out = text.partition('"results/shut/influence.csv"')[2]
    assert "it names firms or deals of licensed files" in out


def test_what_is_not_as_recorded_is_named_at_once(author):
    for name in ("estimates.csv", "figures/without_each.svg"):
        path = author.root / "results/shut" / name
        path.chmod(0o644)
        path.write_text(path.read_text("utf-8").replace("0.", "9."), "utf-8")
    with (author.root / "study.yaml").open("a", encoding="utf-8") as stream:
        stream.write("seed: 5\n")
    with (author.root / "data/raw/shut/panel.csv").open("a") as stream:
        stream.write("Alphatron,ALFA7,2009,5,60,0.5\n")
    (author.root / "results/shut/mine.csv").write_text("a\n1\n", encoding="utf-8")
    screen = package(author, fails=True)
    for name in (
        *("estimates.csv", "figures/without_each.svg", "mine.csv"),
        *("study.resolved.yaml", "data/raw/shut/panel.csv"),
    ):
        assert name in screen
    assert "seed" in screen
    assert not (author.root / "build/shut/package.zip").exists()


def test_what_stands_in_the_projects_own_files_is_named_at_once(author):
    planted = {
        "docs/methods.md": "\nAlphatron is the largest.\n",
        "docs/wrds.md": f"\nMy password is {SECRET}.\n",
        "profiles/default/config.yaml": "\n# from /data/jdoe/wrds\n",
        "src/alliance_value/simulate/names.py": "\n# ".join(
            ["", *map(str, panel()[["assets", "year", "income"]].head(4).to_numpy())]
        )
        + "\n",
    }
    for name, text in planted.items():
        with (author.root / name).open("a", encoding="utf-8") as stream:
            stream.write(text)
    screen = package(author, fails=True)
    for name in planted:
        assert name in screen
    assert SECRET not in screen
