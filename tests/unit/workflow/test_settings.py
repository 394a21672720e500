"""How commands in a report name the study file."""

from pathlib import Path

import pytest

from alliance_value.workflow.settings import shown_file


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([], ""),
        (["config/config.yaml"], ""),
        (["./config/mine.yaml"], "config/mine.yaml"),
        ([Path("config/mine.yaml").absolute()], "config/mine.yaml"),
        (["/elsewhere/own.yaml"], "own.yaml"),
    ],
)
def test_a_study_file_is_named_from_the_checkout(given, shown):
    assert shown_file(given) == shown
