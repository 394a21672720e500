"""Results of a run beside the record of them, without Snakemake."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from alliance_value.contracts.problems import SHOWN
from alliance_value.running.column_sums import TOLERANCE, alike, column_of, columns_of
from alliance_value.running.outcome import beside_record, compare
from alliance_value.running.provenance import (
    FILE,
    Job,
    Provenance,
    digest_of,
    sha256,
)
from alliance_value.running.provenance import dumps as dumps_provenance
from alliance_value.running.recorded import dumps, loads, record

CODE, RAW, PARAMS = "src/table.py", "data/raw/s/firms.csv", "build/s/params/t.json"
RESULTS = {
    "estimates.csv": b"model,term,estimate,n\na,x,0.1234567891,12\na,y,-1234.5,12\n",
    "summary.txt": b"The estimate is 0.1235 (s.e. 0.0411).\n",
    "report.html": b"<p>0.1235</p>",
    "figures/f.csv": b"x,y\n1,0.5\n2,0.25\n",
    "figures/f.png": b"\x89PNG",
}


def provenance_of(results: dict[str, bytes], **changes: str) -> Provenance:
    """The record of a run that made results; changes are hashes or the environment."""
    outputs = tuple(f"results/s/{name}" for name in results)
    files = {CODE: "c0de", RAW: "da7a", PARAMS: "versions and all"}
    files |= {
        f"results/s/{k}": digest_of(v.decode("latin-1")) for k, v in results.items()
    }
    return Provenance(
        study="s",
        environment={
            "python": changes.get("python", "3.11.7"),
            "machine": changes.get("machine", "x86_64"),
            "kernels": changes.get("kernels", "these"),
            "libraries": {"numpy": changes.get("numpy", "2.4.6")},
        },
        files=files | {k: v for k, v in changes.items() if k in files},
        settings={PARAMS: changes.get("settings", "5e77")},
        jobs=(
            Job("table", (CODE, RAW, PARAMS), outputs),
            Job("provenance", outputs, (f"results/s/{FILE}",)),
        ),
    )


RECORDED = record(provenance_of(RESULTS), RESULTS)


def words(results: dict[str, bytes], **changes: str) -> str:
    """What a run with these results says beside the record."""
    outcome = compare(
        loads(dumps(RECORDED)), provenance_of(results, **changes), results
    )
    return outcome.words() if outcome else ""


def edited(name: str, old: bytes, new: bytes) -> dict[str, bytes]:
    """The results with one text replaced."""
    assert old in RESULTS[name]
    return {**RESULTS, name: RESULTS[name].replace(old, new)}


def test_equal_results_are_told_as_equal():
    assert words(RESULTS) == "Equal to the recorded results: 5 files."


def test_last_digits_and_the_pictures_of_them_are_no_alarm():
    results = edited("estimates.csv", b"0.1234567891", b"0.1234567892")
    results |= {"figures/f.png": b"\x89PNG moved", "report.html": b"<p>0.1236</p>"}
    assert words(results) == (
        "Equal to the recorded results: 5 files, 3 of them in all but the last digits "
        "(another processor)."
    )


def test_a_picture_drawn_otherwise_from_equal_numbers_is_told_as_that():
    said = words({**RESULTS, "figures/f.png": b"\x89PNG moved"}, python="3.13.0")
    assert said == (
        "Equal to the recorded results: 5 files, 1 of them in their numbers alone "
        "(platform: python was 3.11.7, is 3.13.0)."
    )


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"numpy": "2.5.5"}, "library: numpy was 2.4.6, is 2.5.5"),
        ({"machine": "arm64"}, "platform: machine was x86_64, is arm64"),
        ({"kernels": "others"}, "platform: kernels was these, is others"),
    ],
)
def test_what_of_the_environment_is_another_one_is_the_cause(changes, cause):
    results = edited("estimates.csv", b"0.1234567891", b"0.1234567892")
    assert words(results, **changes).endswith(f"in all but the last digits ({cause}).")


@pytest.mark.parametrize(
    ("name", "old", "new", "column"),
    [
        ("estimates.csv", b"0.1234567891", b"0.1234568891", "estimate"),
        ("estimates.csv", b"-1234.5", b"1234.5", "estimate"),
        ("estimates.csv", b"a,y", b"a,z", "term"),
        ("estimates.csv", b"12\na", b"13\na", "n"),
        ("estimates.csv", b"a,y,-1234.5,12\n", b"", "model, term, estimate, n"),
        ("estimates.csv", b"estimate", b"se", "se, estimate"),
        ("figures/f.csv", b"0.25", b"", "y"),
        ("summary.txt", b"0.0411", b"0.0412", "text"),
        ("summary.txt", b"estimate", b"effect", "text"),
    ],
)
def test_a_difference_beyond_tolerance_names_table_and_columns(name, old, new, column):
    said = words(edited(name, old, new))
    assert said == (
        f"NOT equal to the recorded results (another processor): {name}: {column}."
    )


def test_a_result_that_only_one_side_has_is_named():
    results = {**RESULTS, "new.csv": b"x\n"}
    del results["figures/f.png"]
    assert words(results).endswith("figures/f.png: missing; new.csv: new.")


def test_of_many_differences_some_are_shown_and_the_rest_counted():
    results = RESULTS | {f"{i:02}.csv": b"x\n" for i in range(30)}
    assert words(results).count(".csv: new") == SHOWN
    assert words(results).endswith(f"; {30 - SHOWN} more files.")


@pytest.mark.parametrize("changes", [{CODE: "0"}, {RAW: "0"}, {"settings": "0"}])
def test_nothing_is_said_of_another_study_other_code_or_other_data(changes):
    assert words({**RESULTS, "estimates.csv": b"x\n"}, **changes) == ""


def test_versions_in_stamped_parameters_do_not_make_another_study():
    assert words(RESULTS, **{PARAMS: "other versions"}).startswith("Equal")


def test_two_numbers_that_change_places_are_seen():
    one, other = column_of(["0.5", "0.25"]), column_of(["0.25", "0.5"])
    assert one.total == other.total
    assert not alike(one, other)


@pytest.mark.parametrize("size", [1e-30, 1e-9, 1.0, 1e12])
def test_noise_is_within_tolerance_and_a_real_change_is_not(size):
    draws = np.random.default_rng(5)
    numbers = draws.normal(size=300) * size
    cells = [f"{x:.10g}" for x in numbers]
    noisy = [f"{x:.10g}" for x in numbers * (1 + 1e-10 * draws.normal(size=300))]
    assert noisy != cells or size < 1e-9
    assert alike(column_of(cells), column_of(noisy))
    noisy[7] = f"{float(noisy[7]) + 1e-2 * max(size, 1.0):.10g}"
    assert not alike(column_of(cells), column_of(noisy))


def test_a_number_close_to_zero_may_move_by_what_rounding_leaves():
    assert alike(column_of(["0.5", "1.1e-17"]), column_of(["0.5", "-3.2e-17"]))
    assert alike(
        column_of(["1.0", "0.5"]), column_of([f"{1 - TOLERANCE / 9:.10g}", "0.5"])
    )


def test_counts_and_names_are_compared_exactly():
    counts = [str(n) for n in range(10**9, 10**9 + 1000)]
    assert not alike(column_of(counts), column_of([*counts[:-1], "1"]))
    assert not alike(column_of(["inf", "0.5"]), column_of(["nan", "0.5"]))


def test_columns_of_one_title_and_ragged_rows_are_kept_apart():
    columns = columns_of("t.csv", b',a,a\n"x, y",0.5\n')
    assert [*columns] == ["", "a", "a (2)"]
    assert [c.numbers for c in columns.values()] == [0, 1, 0]
    assert columns_of("t.csv", b"") == {}


def test_a_record_comes_back_from_its_text():
    text = dumps(RECORDED)
    assert dumps(loads(text)) == text
    assert compare(loads(text), provenance_of(RESULTS), RESULTS).differing == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<<<<<<< HEAD\n{}",
        "[]",
        "{}",
        json.dumps({**json.loads(dumps(RECORDED)), "format": 99}),
        json.dumps({**json.loads(dumps(RECORDED)), "tables": {"a.csv": {"x": "1 2"}}}),
    ],
)
def test_a_damaged_record_is_told_with_the_next_step(tmp_path, text):
    finish(tmp_path)
    (tmp_path / "recorded" / "s.json").write_text(text, encoding="utf-8")
    assert "cannot be read" in beside_record(tmp_path, "s")
    assert "snakemake record" in beside_record(tmp_path, "s")


def finish(root, results=RESULTS) -> None:
    """Leave a finished run, and the record of its results, in a checkout."""
    for name, content in results.items():
        path = root / "results/s" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    made = provenance_of(results)
    hashes = {p: sha256(root / p) for p in made.files if p.startswith("results/")}
    made = replace(made, files={**made.files, **hashes})
    (root / "results/s" / FILE).write_text(dumps_provenance(made), encoding="utf-8")
    (root / "recorded").mkdir()
    (root / "recorded" / "s.json").write_text(dumps(record(made, results)), "utf-8")


def test_a_finished_run_is_read_with_its_record(tmp_path):
    finish(tmp_path)
    assert beside_record(tmp_path, "s") == "Equal to the recorded results: 5 files."


def test_results_made_in_part_since_the_last_whole_run_are_not_judged(tmp_path):
    finish(tmp_path)
    (tmp_path / "results/s/estimates.csv").write_text("x\n", encoding="utf-8")
    assert beside_record(tmp_path, "s") == ""
    (tmp_path / "results/s/estimates.csv").unlink()
    assert beside_record(tmp_path, "s") == ""


def test_a_study_without_a_record_is_not_judged(tmp_path):
    finish(tmp_path)
    (tmp_path / "recorded" / "s.json").unlink()
    assert beside_record(tmp_path, "s") == ""
