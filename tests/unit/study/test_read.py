"""Study files as files: what cannot be read is named with its place."""

from __future__ import annotations

import pytest

from alliance_value.study.read import check_study_files, file_problems, named_files


@pytest.mark.parametrize(
    ("arguments", "files"),
    [
        (["-c2"], []),
        (["-c2", "--configfile", "a.yaml", "-n"], ["a.yaml"]),
        (["--configfiles", "a.yaml", "b.yaml", "--cores", "2"], ["a.yaml", "b.yaml"]),
        (["--configfile=a.yaml", "target"], ["a.yaml"]),
    ],
)
def test_study_files_are_those_that_snakemake_reads(arguments, files):
    assert named_files(arguments) == files


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"study: caf\xe9", "byte 11 is not UTF-8"),
        (b"study: a\x00b", "line 1, column 9: the character U+0000 cannot be printed"),
        (b"a: [1\nb: 2", "line 2, column 2: is not valid YAML"),
        (b"a:\n  - b: 1\n    b: 2", "line 3, column 5: key 'b' stands there again"),
        (b"", "the file is empty"),
        (b"[1]", "holds a list"),
        (b"tiny", "holds a single value"),
        (b"a:\n\tb: 1", r"character '\t' that cannot start any token"),
    ],
)
def test_a_file_that_is_no_study_is_one_problem(tmp_path, content, words):
    path = tmp_path / "study.yaml"
    path.write_bytes(content)
    (problem,) = file_problems(str(path))
    assert words in str(problem)
    assert problem.remedy


def test_an_absent_file_is_guessed(tmp_path):
    (tmp_path / "farr.yaml").touch()
    (problem,) = file_problems(str(tmp_path / "far.yaml"))
    assert problem.remedy == f"did you mean '{tmp_path / 'farr.yaml'}'?"


def test_problems_end_the_program_and_a_good_file_does_not(tmp_path):
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text("study: a")
    bad.touch()
    check_study_files(["--configfile", str(good)])
    with pytest.raises(SystemExit, match="1 problem in the study files"):
        check_study_files(["--configfile", str(good), str(bad)])
