"""What a run left in a checkout, here or brought by a pull."""

from __future__ import annotations

import json

from alliance_value.sharing.run_record import run_record


def written(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_what_a_run_left_is_read_and_what_a_crash_cut_off_is_not(tmp_path):
    written(tmp_path / "build/s/usage/table.json", json.dumps({"rule": "table"}))
    written(tmp_path / "build/s/usage/figure.json", '{"rule": "fig')
    written(tmp_path / "data/processed/s/sources/firm_years.json", '{"files": []}')
    written(tmp_path / "results/s/rejects.csv", "file,row\na.csv,3\n")
    written(tmp_path / "data/raw/s/a.csv", "x" * 10)
    run = run_record(tmp_path, "s", ["data/raw/s/a.csv", "data/raw/s/a.csv"])
    assert list(run.usage) == [{"rule": "table"}]
    assert run.records == {"firm_years": {"files": []}}
    assert run.rejects.file.tolist() == ["a.csv"]
    assert run.funnel.empty
    assert run.storage["source files"] == 10
    assert run.storage["results"] == len("file,row\na.csv,3\n")


def test_after_a_pull_the_copies_tell_how_files_were_read(tmp_path):
    written(tmp_path / "data/steps/s/sources/firm_years.json", '{"files": []}')
    run = run_record(tmp_path, "s", [])
    assert run.records == {"firm_years": {"files": []}}
    assert list(run.usage) == []
    assert "intermediate files" not in run.storage
