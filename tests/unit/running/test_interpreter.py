"""A Python whose path a shell would take apart."""

from __future__ import annotations

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.running.interpreter import one_word


@pytest.fixture
def odd(tmp_path):
    """A checkout in a folder with a blank, an accent and quotes."""
    folder = tmp_path / "it's my étude (1)" / "av"
    folder.mkdir(parents=True)
    return folder


def test_a_plain_path_stays(tmp_path):
    assert one_word("/usr/bin/python3", tmp_path) == "/usr/bin/python3"


def test_an_environment_in_the_checkout_is_named_from_there(odd):
    assert one_word(str(odd / ".venv/bin/python"), odd) == ".venv/bin/python"


def test_an_environment_that_is_a_link_to_a_plain_folder_is_resolved(odd, tmp_path):
    (tmp_path / "plain/bin").mkdir(parents=True)
    (odd.parent / "env").symlink_to(tmp_path / "plain")
    word = one_word(str(odd.parent / "env/bin/python"), odd)
    assert word == str((tmp_path / "plain/bin/python").resolve())


def test_an_interpreter_is_never_resolved_itself(odd, tmp_path):
    # the link in an environment leads to the Python that the environment was made of
    (odd / ".venv/bin").mkdir(parents=True)
    (odd / ".venv/bin/python").symlink_to("/usr/bin/python3")
    assert one_word(str(odd / ".venv/bin/python"), odd) == ".venv/bin/python"


def test_a_path_that_no_shell_takes_is_refused_with_the_next_step(odd):
    other = odd.parent.parent / "my env/bin/python"
    with pytest.raises(UserError, match=r"(?s)my env/bin/python.*make setup"):
        one_word(str(other), odd)
