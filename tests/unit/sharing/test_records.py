"""DVC's records -> what is recorded of a study, or one message about all of them."""

from __future__ import annotations

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sharing.objects import Object
from alliance_value.sharing.records import outputs_of, pipeline_of

OLD, NEW, RAW = "a" * 32 + ".dir", "b" * 32 + ".dir", "c" * 32
PIPELINE = """\
stages:
  data: {cmd: x, outs: [data/raw/s]}
  study: {foreach: {s: s.yaml}, do: {cmd: x, outs: ["results/${key}"]}}
"""
LOCK = f"""\
schema: '2.0'
stages:
  study:
    outs: [{{path: results/s, md5: {OLD}}}]
  study@s:
    outs: [{{path: results/s, md5: {NEW}}}, {{path: metrics/s.json}}]
  study@other:
    outs: [{{path: results/other, md5: {OLD}}}]
"""
ADDED = f"outs:\n- md5: {RAW}\n  path: a.csv\n"


@pytest.fixture
def root(tmp_path):
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "dvc.lock").write_text(LOCK)
    (tmp_path / "data/raw/s").mkdir(parents=True)
    (tmp_path / "data/raw/s/a.csv.dvc").write_text(ADDED)
    return tmp_path


def test_stages_that_are_no_more_do_not_count(root):
    assert outputs_of("s", root) == [
        Object(NEW, "results/s"),
        Object(RAW, "data/raw/s/a.csv"),
    ]
    assert outputs_of("t", root) == []


CONFLICT = "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> theirs\n"


@pytest.mark.parametrize("name", ["dvc.yaml", "dvc.lock", "data/raw/s/a.csv.dvc"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (CONFLICT.encode(), "conflict markers"),
        (b"stages: [", "not valid YAML"),
        (b"\xff\xfe", "not valid YAML"),
        (b"- a\n", "not of type 'object'"),
        (b"stages: 3\nouts: 3\n", "not of type"),
        (b"stages: {a: 3}\nouts: [3]\n", "not of type 'object'"),
    ],
)
def test_a_record_that_cannot_be_read_is_named(root, name, content, words):
    (root / name).write_bytes(content)
    with pytest.raises(UserError) as raised:
        outputs_of("s", root)
    (problem,) = raised.value.problems
    assert problem.where.partition(",")[0] == name
    assert words in problem.rule
    assert problem.remedy


def test_a_pipeline_is_read_whole_or_not_at_all(root):
    assert set(pipeline_of(root)["stages"]) == {"data", "study"}
    (root / "dvc.yaml").write_text("stages: {study: {foreach: 3}}")
    with pytest.raises(UserError, match=r"dvc\.yaml: stages\.study\.foreach"):
        pipeline_of(root)
    (root / "dvc.yaml").unlink()
    assert pipeline_of(root) == {}


def test_a_hash_that_is_none_is_not_followed(root):
    (root / "dvc.lock").write_text(LOCK.replace(NEW, "../../../etc"))
    with pytest.raises(UserError, match=r"dvc\.lock: .*does not match"):
        outputs_of("s", root)


def test_all_records_are_told_at_once(root):
    (root / "dvc.lock").write_text(CONFLICT)
    (root / "dvc.yaml").write_text("stages: [")
    with pytest.raises(UserError, match=r"(?s)2 problems.*dvc\.yaml.*dvc\.lock"):
        outputs_of("s", root)
