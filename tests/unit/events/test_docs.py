"""The example of docs/event-study.md, run as it stands there."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest

from alliance_value.events import study
from alliance_value.events.calendar import WINDOWS
from alliance_value.study.event_study import window_name
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import EventTest, NormalReturn

from . import worlds

PAGE = Path(__file__).parents[3] / "docs" / "event-study.md"


@pytest.mark.parametrize("page", [PAGE, PAGE.parents[1] / "README.md"])
def test_the_example_runs(page, tmp_path, monkeypatch, capsys):
    text = page.read_text()
    code = text.split("```python\n")[1].split("```")[0]
    returns, factors = worlds.market(days=450)
    worlds.long(returns).to_csv(tmp_path / "returns.csv", index=False)
    events = worlds.events(returns, first=310)
    events.to_csv(tmp_path / "events.csv", index=False)
    factors.to_csv(tmp_path / "factors.csv", index=False)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(page), "exec"), {})
    printed = capsys.readouterr().out
    assert "generalized_rank" in printed or "[-1,1]" in printed
    assert "ff3" in printed and "Empty" not in printed


def test_the_page_names_every_argument_default_and_table():
    text = PAGE.read_text()
    named = [*entries(NormalReturn), *study.EventStudy.__dataclass_fields__]
    missing = [name for name in named if f"`{name}`" not in text and name != "notes"]
    assert not missing
    assert ", ".join(map(window_name, WINDOWS)) in text
    assert window_name(study.ESTIMATION) in text
    defaults = inspect.signature(study.event_study).parameters
    assert defaults["draws"].default == 999 and "999" in text
    methods = (PAGE.parent / "methods.md").read_text()
    assert not [t for t in entries(EventTest) if f"`{t}`" not in methods]
