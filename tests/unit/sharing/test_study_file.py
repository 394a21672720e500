"""Study files as tools are given them."""

from __future__ import annotations

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sharing import study_file
from alliance_value.sharing.study_file import read_study
from tests.integration.conftest import ROOT, STUDY


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    root = tmp_path / "av"
    (root / "config").mkdir(parents=True)
    monkeypatch.chdir(root)
    monkeypatch.setattr(study_file, "SCHEMA", ROOT / study_file.SCHEMA)
    return root


@pytest.mark.parametrize(
    ("place", "given", "path"),
    [
        ("config/s.yaml", "config/s.yaml", "config/s.yaml"),
        ("config/s.yaml", "./config/../config/s.yaml", "config/s.yaml"),
        ("config/s.yaml", "{root}/config/s.yaml", "config/s.yaml"),
        ("../s.yaml", "../s.yaml", ""),
        ("../s.yaml", "{root}/../s.yaml", ""),
        ("../av2/s.yaml", "../av2/s.yaml", ""),
    ],
)
def test_a_study_file_in_the_checkout_is_named_from_there(checkout, place, given, path):
    file = (checkout / place).resolve()
    file.parent.mkdir(exist_ok=True)
    file.write_text(STUDY)
    study = read_study(given.format(root=checkout))
    assert study.path == (path or str(file))
    assert study.name == "tiny"
    assert study.is_inside == bool(path)
    if path:
        assert study.inside("packaging") == path
    else:
        with pytest.raises(UserError, match=r"s\.yaml: .*outside of the checkout"):
            study.inside("packaging")


def test_a_checkout_behind_a_link_is_the_same_checkout(checkout, tmp_path):
    (tmp_path / "link").symlink_to(checkout)
    (checkout / "s.yaml").write_text(STUDY)
    assert read_study(str(tmp_path / "link/s.yaml")).path == "s.yaml"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the file is not there"),
        (b"", "the file is empty"),
        (b"[1]", "holds a list"),
        (b"study: caf\xe9", "not UTF-8"),
        (b"study: [", "is not valid YAML"),
        (b"<<<<<<< HEAD\nstudy: a\n=======\nstudy: b\n>>>>>>> b\n", "merge left both"),
        (b"title: x\n", "key 'study' is missing"),
        (b"study: ../x\ntitle: x\n", "study"),
    ],
)
def test_a_study_file_with_mistakes_is_one_message(checkout, content, words):
    if content is not None:
        (checkout / "config/s.yaml").write_bytes(content)
    with pytest.raises(UserError, match=words):
        read_study("config/s.yaml")
