"""The workflow as its users meet it: Snakemake run in copies of the project.

Expected sets of jobs are written by hand from the import statements of the scripts and
the modules behind them, never computed by the code that is tested.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.conftest import once
from tests.integration.conftest import (
    JOB,
    ROOT,
    Project,
    Run,
    checkout,
    write_tiny_study,
)
from tests.integration.test_paper import written_paper
from tests.integration.tracing import agrees, in_page, in_pdf, numbers_of
from tests.tex import ENGINES, compiled, faults, text_of

pytestmark = pytest.mark.workflow

RESULTS = {
    "codebook.csv",
    "codebook.html",
    "covariances.csv",
    "cut_points.csv",
    "diagnostics.csv",
    "equations.csv",
    "data_quality.csv",
    "data_quality.html",
    "design_check.csv",
    "estimates.csv",
    "failures.csv",
    "figures/coefficients.csv",
    "figures/coefficients.pdf",
    "figures/coefficients.png",
    "figures/coefficients.svg",
    "figures/coefficients.txt",
    "figures/funnel.pdf",
    "figures/funnel.png",
    "figures/funnel.svg",
    "figures/funnel.txt",
    "figures/product.csv",
    "figures/product.pdf",
    "figures/product.png",
    "figures/product.svg",
    "figures/product.txt",
    "fits.csv",
    "funnel.csv",
    "margins.csv",
    "numbers.json",
    "numbers.tex",
    "provenance.json",
    "rejects.csv",
    "report.html",
    "report.pdf",
    "slopes.csv",
    "study.resolved.yaml",
    "summary.txt",
    "tables/funnel.csv",
    "tables/funnel.docx",
    "tables/funnel.html",
    "tables/funnel.tex",
    "tables/models.csv",
    "tables/models.docx",
    "tables/models.html",
    "tables/models.tex",
}

FIGURES = {"figure.product", "figure.coefficients"}
EXHIBITS = {"table.models", *FIGURES, "funnel", "report", "metrics"}
ACCOUNTS = {"codebook", "data_quality"}
# what writes a table or a page of them
TABLES = {"table.models", "funnel", "design_check", *ACCOUNTS}
RESULT_FILES = {"results", "codebook", *EXHIBITS}
ESTIMATES = {"estimate.base", "estimate.product", "design_check", *RESULT_FILES}
PANEL = {"panel", "rejects", *ESTIMATES, *ACCOUNTS}
DATA = {"firm_years", *PANEL}
EVERYTHING = {"study", "profile.firm_years", *DATA}


# A run, a second run


def test_a_run_writes_every_result_and_ends_with_the_report(first_run):
    project, run = first_run
    assert set(project.hashes("results/tiny")) == RESULTS
    assert run.jobs == EVERYTHING
    assert "Report: results/tiny/report.html" in run.screen
    resolved = project.root / "results/tiny/study.resolved.yaml"
    assert yaml.safe_load(resolved.read_text(encoding="utf-8"))["study"] == "tiny"


def test_a_second_run_does_nothing_and_says_so(finished):
    before = finished.hashes()
    assert finished.snakemake().idle
    assert finished.plan().idle
    assert finished.hashes() == before


def test_a_lost_result_is_made_again(finished):
    results = finished.root / "results/tiny"
    (results / "tables/models.tex").unlink()
    shutil.rmtree(results / "figures")
    assert finished.plan().jobs == {"table.models", *FIGURES, "funnel", "report"}
    (results / "covariances.csv").unlink()
    assert finished.plan().jobs == RESULT_FILES


def test_without_snakemakes_memory_nothing_is_stale_and_nothing_runs(finished):
    shutil.rmtree(finished.root / ".snakemake")
    assert finished.plan().idle
    finished.edit("study.yaml", "value: log(assets)", "value: log(assets + 1)")
    assert finished.plan().jobs == {"study", *PANEL}
    # the record beside the results tells that they were made by this study
    finished.edit("study.yaml", "value: log(assets + 1)", "value: log(assets)")
    assert finished.plan().idle


# Source data


def test_a_source_file_that_is_only_touched_reruns_nothing(finished):
    (finished.root / "data/raw/tiny/firm_years.csv").touch()
    assert finished.plan().idle


@pytest.mark.parametrize("memory", [True, False])
def test_a_source_file_replaced_by_an_older_one_is_noticed(finished, memory):
    source = finished.root / "data/raw/tiny/firm_years.csv"
    source.write_text(
        source.read_text(encoding="utf-8").replace(",2001,", ",2001,1"),
        encoding="utf-8",
    )
    os.utime(source, (10**9, 10**9))
    if not memory:
        shutil.rmtree(finished.root / ".snakemake")
    assert finished.plan().jobs >= DATA


# Edits of the code


def test_modules_that_are_only_touched_rerun_nothing(finished):
    for path in (finished.root / "src").rglob("*.*"):
        path.touch()
    assert finished.plan().idle


@pytest.mark.parametrize(
    ("module", "jobs"),
    [
        ("exhibits/figures/coefficients.py", {"figure.coefficients", "report"}),
        ("exhibits/render.py", {*TABLES, "report"}),
        ("report/html.py", {"report"}),
        ("report/report.html.j2", {"report"}),
        ("report/report.typ", {"report"}),
        ("report/equations.py", {"report"}),
        # figures.py imports margins.py too, yet it is the estimates that come first
        ("models/margins.py", ESTIMATES),
        ("panel/variables.py", PANEL),
        ("sources/keys.py", DATA),
        # all but study.py, which imports running/job.py and nothing that reads tables
        ("contracts/storage.py", {"profile.firm_years", *DATA}),
        ("running/job.py", EVERYTHING),
        # this study reads a file
        ("simulate/market.py", set()),
    ],
)
def test_a_module_is_an_input_of_exactly_what_imports_it(whole_plan, module, jobs):
    file = f"src/alliance_value/{module}"
    assert (ROOT / file).is_file() and behind(file, whole_plan[1]) == jobs


def behind(file, screen):
    """Return the jobs of a plan that have a file among their inputs, and all later."""
    blocks = [(Run(0, whole[0]).jobs, whole[0]) for whole in JOB.finditer(screen)]
    reached, files = set(), {file}
    for _ in blocks:
        for jobs, block in blocks:
            listed = re.findall(r"^    (input|output): (.*)$", block, re.MULTILINE)
            named = {kind: set(paths.split(", ")) for kind, paths in listed}
            if files & named.get("input", set()):
                reached |= jobs
                files |= named.get("output", set())
    return reached


@pytest.mark.parametrize(
    ("edited", "jobs"),
    [
        (["exhibits/render.py", "simulate/market.py"], TABLES),
        (["panel/variables.py"], PANEL),
    ],
)
def test_an_edit_reruns_what_has_the_module_among_its_inputs(finished, edited, jobs):
    for module in edited:
        path = finished.root / "src/alliance_value" / module
        path.write_text(path.read_text("utf-8") + "\n# seen\n", encoding="utf-8")
    assert finished.plan().jobs == {*jobs, "report"}


def test_an_edit_takes_effect_and_leaves_the_rest_alone(finished):
    before = finished.hashes("results/tiny")
    end = "</section>\n{% endfor"
    finished.edit("src/alliance_value/report/report.html.j2", end, f"seen{end}")
    run = finished.snakemake()
    after = finished.hashes("results/tiny")
    assert run.jobs == {"report"}
    changed = {name for name in after if after[name] != before[name]}
    # the record of what made the results holds the hash of the template
    assert changed == {"report.html", "provenance.json"}
    assert finished.plan().idle


@pytest.fixture(scope="module")
def whole_plan(tmp_path_factory):
    """A project that is not yet run, and what a dry run says of each job."""

    def make(folder):
        project = checkout(folder / "project")
        write_tiny_study(project.root)
        (folder / "screen.txt").write_text(project.plan().screen, encoding="utf-8")

    folder = once(tmp_path_factory, "whole-plan", make)
    screen = (folder / "screen.txt").read_text(encoding="utf-8")
    return Project(folder / "project"), screen


@pytest.mark.parametrize(
    "script", ["codebook", "data_quality", "estimate", "figure", "profile", "report"]
)
def test_a_script_imports_no_module_beside_its_inputs(whole_plan, script, tmp_path):
    project, screen = whole_plan
    block = screen.split(f"rule {script}:")[1].split("output:")[0]
    inputs = set(re.findall(r"src/(\S+)\.py\b", block))
    text = (project.root / f"workflow/scripts/{script}.py").read_text(encoding="utf-8")
    imports = text.partition("\nwith ")[0].partition("\ndef ")[0]
    file = tmp_path / "imports.py"
    file.write_text(f"{imports}\nimport sys\nprint(*sys.modules)", encoding="utf-8")
    loaded = subprocess.run(
        [project.python(), file],
        cwd=project.root,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    files = {
        name.replace(".", "/")
        for name in loaded
        if name.partition(".")[0] == "alliance_value"
    }
    assert files
    assert {f if f in inputs else f"{f}/__init__" for f in files} <= inputs


# Edits of the study


@pytest.mark.parametrize(
    ("old", "new", "jobs"),
    [
        (
            "terms: [share, size]",
            "terms: [size]",
            {"estimate.base", "design_check", *RESULT_FILES},
        ),
        ("value: log(assets)", "value: log(1 + assets)", PANEL),
    ],
    ids=["model", "variable"],
)
def test_editing_a_study_reruns_exactly_what_depends_on_it(finished, old, new, jobs):
    finished.edit("study.yaml", old, new)
    # the resolved study and the report, which shows the study, always follow
    assert finished.plan().jobs == {*jobs, "study", "report"}


def test_editing_exhibits_and_words_reruns_them_alone(finished):
    finished.edit("study.yaml", "over: kind", "over: kind\n      title: New")
    finished.edit("study.yaml", "models: [base, product]", "models: [product]")
    shown = {"study", "report", "figure.product", "table.models"}
    assert finished.plan().jobs == shown
    finished.edit("study.yaml", "title: Eight", "title: Many")
    assert finished.plan().jobs == {*shown, *ACCOUNTS}


def test_a_study_edited_and_edited_back_reruns_nothing(finished):
    finished.edit("study.yaml", "value: log(assets)", "value: log(1 + assets)")
    assert finished.plan().jobs
    finished.edit("study.yaml", "value: log(1 + assets)", "value: log(assets)")
    assert finished.plan().idle


# Determinism


def test_hash_seed_and_cores_change_no_byte(first_run, fresh):
    assert fresh.snakemake("-c2", hash_seed=1).code == 0
    ours, theirs = fresh.hashes(), first_run[0].hashes()
    assert {name for name in ours if ours[name] != theirs.get(name)} == set()
    assert set(ours) == set(theirs)


# Mistakes


def closing_message(run):
    """Return the message with which a run ends; it stands there once, and alone."""
    assert run.code != 0, run.screen
    assert "Traceback" not in run.screen
    heads = re.findall(r"^\d+ problems? in .*$", run.screen, re.MULTILINE)
    assert len(heads) == 1, run.screen
    message = run.screen[run.screen.index(heads[0]) :].rstrip()
    assert all(
        re.match(r"  \d+\. |    -> |  All of them: ", line)
        for line in message.splitlines()[1:]
    ), message
    return message


def number_of(message):
    return int(message.split()[0])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "[share, size]",
            "[share, size",
            ["study.yaml, line 19", "not valid YAML", "expected ',' or ']'"],
        ),
        (
            "file: data/raw",
            "file: ${ALLIANCE_VALUE_DATA}/data/raw",
            ["ALLIANCE_VALUE_DATA is not set", "export ALLIANCE_VALUE_DATA="],
        ),
        ("model: product", "model: prodct", ["'prodct'", "did you mean 'product'?"]),
    ],
    ids=lambda value: value[:12].strip() if isinstance(value, str) else "",
)
def test_a_mistake_in_a_study_ends_with_its_message_alone(fresh, old, new, words):
    fresh.edit("study.yaml", old, new)
    run = fresh.snakemake()
    message = closing_message(run)
    for word in words:
        assert word in message
    assert 'File "' not in run.screen
    assert "Error" not in run.screen
    assert not (fresh.root / "results").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [("# nothing yet\n", "the file is empty"), (None, "the file is not there")],
)
def test_a_study_file_without_keys_is_no_study(fresh, text, words):
    path = fresh.root / "study.yaml"
    path.unlink() if text is None else path.write_text(text, encoding="utf-8")
    message = closing_message(fresh.snakemake())
    assert f"study.yaml: {words}" in message
    assert not (fresh.root / "results").exists()


def test_all_problems_of_a_study_are_told_at_once(fresh):
    fresh.edit("study.yaml", "title: Eight", "tilte: Eight")
    fresh.edit("study.yaml", "kind: marginal_effect", "kind: marginal")
    fresh.edit("study.yaml", "terms: [share, size]", "terms: share")
    message = closing_message(fresh.snakemake())
    assert number_of(message) == 4
    for words in ("'tilte'", "'title' is missing", "'marginal'", "models[0].terms"):
        assert words in message


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            "study.yaml",
            "[share, size]",
            "[share, sizze]",
            ["'sizze'", "models.base.terms", "did you mean 'size'?"],
        ),
        (
            "data/raw/tiny/firm_years.csv",
            "F0,2001,",
            "F0,2001,many",
            ["row 2", "'income'", "'many"],
        ),
    ],
    ids=["variable", "text"],
)
def test_a_mistake_that_the_data_show_is_the_last_word(finished, file, old, new, words):
    finished.edit(file, old, new)
    message = closing_message(finished.snakemake())
    for word in words:
        assert word in message
    assert number_of(message) == 1


def test_a_model_that_fails_leaves_all_else_and_is_the_last_word(finished):
    before = finished.hashes()
    finished.edit(
        "study.yaml", "  size:\n", "  twice:\n    value: 2 * share\n  size:\n"
    )
    finished.edit("study.yaml", "[share, size]", "[share, twice, size]")
    run = finished.snakemake("-c2")
    for word in ("models.base", "exactly collinear", "leave out 'twice'"):
        assert word in closing_message(run)
    results = finished.root / "results/tiny"
    estimates = pd.read_csv(results / "estimates.csv")
    assert set(estimates.model) == {"product"}
    table = (results / "tables/models.csv").read_text(encoding="utf-8")
    assert "Base is not estimated" in table and "0." in table
    for file in ("summary.txt", "report.html", "figures/coefficients.txt"):
        assert "exactly collinear" in (results / file).read_text(encoding="utf-8")
    assert "Not estimated: Base" in run.screen
    again = finished.snakemake("-c2")
    assert again.jobs == {"failed_models"}
    assert closing_message(again) == closing_message(run)
    finished.edit("study.yaml", "[share, twice, size]", "[share, size]")
    finished.edit(
        "study.yaml", "  twice:\n    value: 2 * share\n  size:\n", "  size:\n"
    )
    mended = finished.snakemake("-c2")
    assert mended.code == 0, mended.screen
    assert finished.hashes() == before
    assert finished.plan().idle


def test_a_model_that_fails_stops_a_study_that_says_so(finished):
    finished.edit("study.yaml", "[share, size]", "[share, twice, size]")
    finished.edit(
        "study.yaml", "  size:\n", "  twice:\n    value: 2 * share\n  size:\n"
    )
    finished.edit("study.yaml", "models:\n", "on_error: stop\nmodels:\n")
    run = finished.snakemake("-c2")
    assert "exactly collinear" in closing_message(run)
    failures = finished.root / "results/tiny/failures.csv"
    assert len(failures.read_text(encoding="utf-8").splitlines()) == 1


def test_problems_of_the_data_are_told_at_once_and_gone_once_mended(finished):
    source = finished.root / "data/raw/tiny/firm_years.csv"
    right = source.read_text(encoding="utf-8")
    wrong = right.replace("F0,2001,", "F0,2001,x").replace("F1,2002,", "F1,2002,y")
    source.write_text(wrong, encoding="utf-8")
    assert number_of(closing_message(finished.snakemake())) == 2
    source.write_text(right, encoding="utf-8")
    before = finished.hashes()
    mended = finished.snakemake()
    assert mended.code == 0
    assert not re.search(r"^\d+ problems? in ", mended.screen, re.MULTILINE)
    assert finished.hashes() == before


# Snakemake's own report


@pytest.mark.parametrize("ending", ["html", "zip"])
def test_snakemake_makes_its_report(finished, ending):
    run = finished.snakemake("--report", f"build/report.{ending}")
    assert run.code == 0, run.screen
    assert "Warning" not in run.screen
    report = finished.root / f"build/report.{ending}"
    assert report.stat().st_size > 100_000
    if ending == "html":
        text = report.read_text(encoding="utf-8")
        assert "under their numbers" in text
        for told in ("Table 1", "Figure 1", "Codebook", "Report, for paper"):
            assert f'"{told}"' in text


# Real firms


# absolute, because the copies of the project lie elsewhere
DATA_FOLDER = Path(os.environ.get("ALLIANCE_VALUE_DATA") or "absent").resolve()
real_data = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (DATA_FOLDER / "us-large" / "fundamentals.csv").is_file(),
        reason="ALLIANCE_VALUE_DATA names no folder with us-large/ and farr/",
    ),
]


# samples without an event, whose rates no test here reads
FEWER = {"us-large": {"samples: 400": "samples: 20"}}


@pytest.fixture(scope="module")
def real_results(tmp_path_factory):
    """Return a study's results on real firms, made at most once."""

    def results(name):
        def make(folder):
            project = checkout(
                folder, f"config/{name}.yaml", ALLIANCE_VALUE_DATA=str(DATA_FOLDER)
            )
            for old, new in FEWER.get(name, {}).items():
                project.edit(f"config/{name}.yaml", old, new)
            run = project.snakemake("-c2")
            assert run.code == 0, run.screen

        return once(tmp_path_factory, name, make) / "results" / name

    return results


class TestRealFirms:
    """The studies of config/ on data that others published."""

    pytestmark = real_data

    @pytest.mark.parametrize(("name", "rows"), [("us-large", 1781), ("farr", 16237)])
    def test_the_funnel_leads_from_every_raw_row_to_every_n(
        self, real_results, name, rows
    ):
        results = real_results(name)
        funnel = pd.read_csv(results / "funnel.csv")
        funnel = funnel[~funnel.branch.str.match("source:|dyads|events|returns")]
        fits = pd.read_csv(results / "fits.csv").set_index("model")
        assert funnel.rows_in.iloc[0] == rows
        assert (funnel.rows_in - funnel.dropped == funnel.rows_out).all()
        branches = dict(list(funnel.groupby("branch", sort=False)))
        end = branches.pop("sample").rows_out.iloc[-1]
        assert set(branches) == set(fits.index)
        for model, steps in branches.items():
            assert [end, *steps.rows_out[:-1]] == list(steps.rows_in)
            assert steps.rows_out.iloc[-1] == fits.n[model]
            assert steps.firms_out.iloc[-1] == fits.entities[model]
        assert (results / "report.html").stat().st_size > 10_000

    @pytest.mark.parametrize("name", ["us-large", "farr", "open"])
    def test_a_paper_with_every_table_compiles(self, real_results, tmp_path, name):
        root = real_results(name).parents[1]
        environ = {"ALLIANCE_VALUE_DATA": str(DATA_FOLDER)}
        # one paper: two at a time would be in each other's way
        paper = written_paper(Project(root, f"config/{name}.yaml", environ), tmp_path)
        for engine in ENGINES:
            assert not faults(compiled(paper, engine)), engine

    def test_impossible_returns_of_us_large_are_reported(self, real_results):
        results = real_results("us-large")
        rejects = pd.read_csv(results / "rejects.csv", low_memory=False)
        rejects = rejects[rejects.file == "prices.parquet"]
        assert rejects.rule.value_counts().to_dict() == {
            "return_across_gap": 426,
            "day_without_trading": 39,
            "return_implausibly_low": 21,
            "return_implausibly_large": 7,
        }
        gaps = rejects[rejects.rule == "return_across_gap"]
        assert pd.to_numeric(gaps.value).max() == 3781.5

    def test_the_dirt_of_us_large_stands_in_the_rejects(self, real_results):
        text = {"dtype": str, "keep_default_na": False}
        rejects = pd.read_csv(real_results("us-large") / "rejects.csv", **text)
        rejects = rejects[rejects.file == "fundamentals.csv"].reset_index(drop=True)
        raw = pd.read_csv(DATA_FOLDER / "us-large/fundamentals.csv", **text)
        raw = raw.reset_index(drop=True)
        stated, ends = raw["For Year"], pd.to_datetime(raw["Period Ending"])
        year = (ends.dt.year - (ends.dt.month <= 5)).astype(str)
        assert set(rejects.column) == {"For Year"}
        assert set(rejects.action) == {"repaired"}
        lines = rejects.row.astype(int) - 2
        assert (rejects.value.to_numpy() == stated[lines].to_numpy()).all()
        assert (rejects.new_value.to_numpy() == year[lines].to_numpy()).all()
        found = {rule: set(lines[part.index]) for rule, part in rejects.groupby("rule")}
        wrong = pd.to_numeric(stated, errors="coerce")
        twice = raw[["Ticker Symbol", "For Year"]].duplicated()
        assert found == {
            "fiscal_year_missing": set(raw.index[stated == ""]),
            "fiscal_year_implausible": set(raw.index[wrong == 1215]),
            "duplicate_firm_year_as_stated": set(raw.index[twice]),
            "fiscal_year_differs_from_period_end": set(
                raw.index[wrong.notna() & (wrong != 1215) & (wrong != year.astype(int))]
            ),
        }
        sizes = {rule: len(rows) for rule, rows in found.items()}
        assert sizes["fiscal_year_missing"] == 173
        assert sizes["fiscal_year_implausible"] == 1
        assert sizes["duplicate_firm_year_as_stated"] == 41


# The simulated default


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The default study: the checkout's own where nothing is left to do, else tiny."""
    own = Project(ROOT, "config/config.yaml")
    if (ROOT / "results/simulated/report.pdf").exists() and own.plan().idle:
        return own

    def make(folder):
        project = checkout(folder / "project", "config/config.yaml")
        project.edit("config/config.yaml", "size: default", "size: tiny")
        project.edit("config/config.yaml", "size_power: {}", "size_power: {events: 10}")
        run = project.snakemake("-c2")
        assert run.code == 0, run.screen

    folder = once(tmp_path_factory, "world", make)
    return Project(folder / "project", "config/config.yaml")


def test_the_simulated_study_recovers_what_was_planted(world):
    project = world
    results = project.root / "results/simulated"
    found = pd.read_csv(results / "validation.csv")
    slopes = found[found.truth.str.startswith("implied.roa")]
    assert len(slopes) == 6
    assert (slopes.z.abs() < 3).all()
    rejects = pd.read_csv(results / "rejects.csv", dtype=str)
    assert {"not_standard_format", "code_for_missing"} <= set(rejects.rule)
    page = (results / "report.html").read_text(encoding="utf-8")
    assert "<strong>Simulated:</strong>" in page
    assert project.plan().idle


@pytest.mark.parametrize("form", ["html", "pdf"])
def test_numbers_of_the_report_stand_in_the_results(world, form):
    results = world.root / "results/simulated"
    shown = in_page(results) if form == "html" else in_pdf(results)
    expected = numbers_of(results)
    assert {key[0] for key in expected} == {"main_models", "event_tests", "claims"}
    beyond = {
        key: (shown.get(key, ""), value)
        for key, value in expected.items()
        if not agrees(shown.get(key, ""), value)
    }
    assert beyond == {}


@pytest.mark.parametrize(
    ("shown", "value", "holds"),
    [
        ("−0.345***", -0.3454, True),
        ("-0.345***", -0.3456, False),
        ("0.345", -0.345, False),
        ("(0.012)", 0.0121, True),
        ("1.07%", 0.010651, True),
        ("1.06%", 0.010651, False),
        ("1,499", 1499.0, True),
        ("", 0.1, False),
        ("329", 329.18, True),
    ],
)
def test_a_number_that_differs_as_shown_is_noticed(shown, value, holds):
    assert agrees(shown, value) is holds


def test_a_model_added_to_the_study_is_shown_everywhere(fresh):
    """By the study file alone, which names no exhibits here."""
    path = fresh.root / "study.yaml"
    text = path.read_text(encoding="utf-8").partition("exhibits:")[0]
    model = "  - {name: third, title: Third way, outcome: roa, terms: [share, kind]}\n"
    path.write_text(text + model, encoding="utf-8")
    run = fresh.snakemake("-c2")
    assert run.code == 0, run.screen
    results = fresh.root / "results/tiny"
    assert "Third way" in (results / "report.html").read_text(encoding="utf-8")
    assert "Third way" in text_of(results / "report.pdf")
    for kind in ("tables", "figures"):
        found = [
            path.name
            for path in (results / kind).glob("*.csv")
            if re.search("third", path.read_text(encoding="utf-8"), re.IGNORECASE)
        ]
        assert found, kind
