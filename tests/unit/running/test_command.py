"""Whatever ends a command, a user sees one message and no traceback."""

from __future__ import annotations

import pytest

from alliance_value.contracts.problems import Problem, UserError
from alliance_value.running.command import STOPPED, run


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ending(error: BaseException):
    def body() -> int:
        raise error

    return body


def test_the_exit_code_is_the_bodys(capsys):
    assert run(lambda: 7, "make x") == 7
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (UserError([Problem("a rule", "a step", "a place")], "x"), 1, "-> a step"),
        (KeyboardInterrupt(), STOPPED, "make x was stopped; run it again"),
        (KeyError("k"), 1, "unexpected error, KeyError: 'k'"),
        (UnicodeDecodeError("utf-8", b"\xe9", 0, 1, "odd"), 1, "UnicodeDecodeError"),
        (FileNotFoundError(2, "No such file", "dvc"), 1, "check dvc and its rights"),
    ],
)
def test_an_error_is_one_message(capsys, folder, error, code, words):
    assert run(ending(error), "make x") == code
    said = capsys.readouterr().err
    assert words in said
    assert "Traceback" not in said
    story = folder / "build/unexpected.log"
    assert story.is_file() == ("unexpected.log" in said)


def test_where_no_log_can_be_written_the_message_still_stands(
    capsys, folder, monkeypatch
):
    (folder / "build").write_text("in the way")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(folder / "build" / "tmp"))
    assert run(ending(KeyError("k")), "make x") == 1
    said = capsys.readouterr().err
    assert "KeyError" in said
    assert "lost" in said
