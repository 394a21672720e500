"""Options of a run beside the keys of a study."""

from __future__ import annotations

import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.running.options import Options, take_options


def test_options_are_taken_from_the_command_line_and_leave_the_study():
    written = {"raw": "given", "check": "all", "seed": 7}
    config = {"study": "s", **written}
    assert take_options(config, written) == Options("given", "all")
    assert config == {"study": "s", "seed": 7}
    assert take_options({"study": "s"}, {}) == Options("made", "changed")


def test_in_a_study_file_they_are_keys_like_any_unknown_one():
    config = {"study": "s", "raw": "given"}
    assert take_options(config, {}) == Options()
    assert config == {"study": "s", "raw": "given"}


def test_all_values_that_there_are_not_are_told():
    written = {"raw": "givn", "check": 1}
    with pytest.raises(UserError, match="did you mean 'given'") as error:
        take_options(dict(written), written)
    assert [p.where for p in error.value.problems] == ["--config raw", "--config check"]


def test_raw_files_that_are_given_are_made_by_no_rule_and_must_be_there(tmp_path):
    there, absent = tmp_path / "a.csv", tmp_path / "b.csv"
    there.touch()
    made = {str(there): "simulate", str(absent): "wrds"}
    assert Options().to_make(made) == made
    with pytest.raises(UserError, match=r"b\.csv: the file is not there.*raw=given"):
        Options("given").to_make(made)
    absent.touch()
    assert Options("given").to_make(made) == {}
