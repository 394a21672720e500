"""The README has every section of the template, and names nothing that is not there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from alliance_value.sharing.contents import CHANGES
from alliance_value.sharing.readme import readme
from tests.unit.sharing.packages import (
    PROVENANCE,
    ROOT,
    STUDY_FILE,
    WRITTEN,
    contents_of,
    files_of,
)

SECTIONS = [
    "Overview",
    "Data availability and provenance",
    "Dataset list",
    "The data as collected",
    "Computational requirements",
    "Description of programs",
    "Instructions to replicators",
    "List of tables, figures and programs",
    "References",
]
SIMULATED = """\
study: s
title: Simulated plants
sources:
  simulate: {}
  firm_years: {reader: compustat, file: data/raw/s/compustat_funda.csv, entity: gvkey,
    time: fyear}
models:
  - {name: base, outcome: roa, terms: [at]}
"""


def row(text: str, begins: str) -> list[str]:
    """Return the cells of the table's row that begins so."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {begins} |"))
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def test_every_section_of_the_template_stands_in_its_order():
    found = re.findall(r"^## (.+)$", readme(contents_of()), re.MULTILINE)
    assert found == SECTIONS


def test_a_source_is_told_with_its_rights_and_where_it_comes_from():
    text = readme(contents_of())
    assert "From the state. A register of plants." in text
    assert "Licence or terms of use: CC BY 4.0" in text
    assert row(text, "firms") == ["firms", "the register office", "yes", "no"]
    assert row(text, "firm_years") == ["firm_years", "not stated", "no", "no"]
    assert "Not declared open: no row of it is in this package." in text
    assert "does not certify it (key `certified`) for: firm_years" in text
    assert "State (2024). Register of plants [data set]." in text.partition("## Ref")[2]
    assert "FOLDER: environment variable that names the folder" in text


def test_data_as_collected_come_from_the_record_and_the_authors_word():
    text = readme(contents_of())
    part = text.partition("## The data as collected")[2].partition("\n## ")[0]
    for words in ("Obtained: 2024-05-01.", "From: the register office."):
        assert words in part
    assert "By: the second author." in part
    assert (
        "Obtained: not stated.\nFrom: not stated.\nBy: not stated.\nRead with" in part
    )
    assert "Chosen when obtained: plants of 2001 to 2008." in part
    assert row(part, "`${FOLDER}/b.csv`") == [
        "`${FOLDER}/b.csv`",
        f"`{'b' * 64}`",
        "1,234",
    ]
    assert "invalid `missing`" in part
    assert "- firm_years: b.csv: encoding utf-8; b.csv: delimiter ','\n" in part
    assert row(part, "b.csv | repaired")[2:] == ["not a number", "2"]
    assert row(part, "b.csv | rejected")[2:] == ["firm missing", "1"]
    assert row(part, "sample | has firm")[2:] == ["97", "1", "firm_missing"]
    assert "term x observed" not in part
    assert "size > 0 (before variables are made); from 2002 on" in part


def test_exhibits_are_listed_by_number_with_program_line_and_files():
    text = readme(contents_of())
    cells = row(text, "Table 1")
    assert cells[1] == "Main models"
    assert cells[2] == "`src/alliance_value/exhibits/tables/models.py`"
    assert cells[4] == "`workflow/scripts/table.py`"
    assert cells[6] == "`results/s/tables/main.csv` `results/s/tables/main.tex`"
    assert row(text, "Figure 2")[5] == "by default"
    declared = row(text, "Figure 1")[5]
    number = int(re.fullmatch(rf"`{STUDY_FILE}`, line (\d+)", declared)[1])
    assert "name: effect" in WRITTEN.splitlines()[number - 1]
    code = row(text, "Figure 1")
    source = (ROOT / code[2].strip("`")).read_text(encoding="utf-8")
    assert source.splitlines()[int(code[3]) - 1].startswith("def marginal_effect")


def test_time_memory_and_machine_are_those_of_the_jobs():
    text = readme(contents_of())
    assert "under 10 minutes on one core (5 min for 2 of 5 jobs" in text
    assert "The largest job took 320 MB of memory." in text
    assert "A-1, 8 cores, 16 GiB of memory, Linux 6" in text
    assert row(text, "table")[2:] == ["1", "2 min", "320 MB"]
    assert row(text, "panel")[3] == "not measured"
    assert "| results | 1.5 MB |" in text
    assert "- kernels: OPENBLAS_CORETYPE=HASWELL" in text
    assert "same bytes on every x86-64 processor" in " ".join(text.split())
    assert "The random seed is 7, set in line 3 of `config/s.yaml`." in text


def test_a_record_without_kernels_promises_no_bytes():
    environment = {k: v for k, v in PROVENANCE.environment.items() if k != "kernels"}
    made = replace(PROVENANCE, environment=environment)
    assert "bytes on every" not in readme(contents_of(provenance=made))


def test_what_is_not_known_of_time_is_not_claimed():
    contents = contents_of()
    text = readme(replace(contents, run=replace(contents.run, usage=[])))
    assert "time and memory are not known" in text
    assert "on the authors' machine" not in text


def test_nothing_is_listed_that_the_package_leaves_out():
    files = files_of()
    gone = "results/s/tables/main.csv", "results/s/figures/effect.csv"
    gone += ("results/s/figures/effect.svg", "results/s/estimates.csv")
    for name in gone:
        del files[name]
    reasons = dict.fromkeys(gone, "its rows name firms")
    text = readme(contents_of(files=files, withheld=reasons))
    listed = text.partition("## List of tables")[2].partition("### Left out")[0]
    assert not [name for name in gone if name in listed]
    assert row(text, "Table 1")[6].endswith("Not whole: its rows name firms.")
    assert row(text, "Figure 1")[6] == "Left out: its rows name firms."
    assert row(text, f"`{gone[3]}`") == [f"`{gone[3]}`", "its rows name firms"]


def test_each_path_named_is_in_the_package_or_said_not_to_be():
    files = files_of() | dict.fromkeys(
        [
            *("Snakefile", "workflow/Snakefile", "workflow/tools/verify.py"),
            *(f"workflow/scripts/{n}.py" for n in ("panel", "results", "table")),
            *("workflow/scripts/figure.py", "workflow/scripts/funnel.py"),
            "workflow/rules/panel.smk",
        ],
        b"x",
    )
    text = readme(contents_of(files=files))
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[A-Z]\w+)`", text))
    absent = {n for n in named if not any(f == n or f.startswith(n) for f in files)}
    assert absent == {"data/raw/s/a.csv"}
    assert row(text, "`data/raw/s/a.csv` | firms")[4] == "no"


def test_a_twin_is_spoken_of_only_where_there_is_one():
    assert "twin" not in readme(contents_of()).lower()
    text = readme(contents_of(twin_file="config/s-twin.yaml"))
    assert "snakemake --configfile config/s-twin.yaml" in text


def test_a_package_with_all_of_its_open_data_says_so():
    written = WRITTEN.replace("rights:\n", "rights:\n  firm_years: {open: true}\n")
    files = files_of(written)
    files |= {"${FOLDER}/b.csv": b"x", "data/raw/s/a.csv": b"x"}
    text = readme(contents_of(written, files=files))
    assert "- [x] All data may be shared." in text
    assert "may be shared (key `open`): firm_years, firms." in text
    assert "No file is to be got from elsewhere." in text
    assert "Cost of access" not in text


def test_a_simulated_study_has_no_data_of_others():
    text = readme(contents_of(SIMULATED))
    assert "- [x] This study does not involve analysis of external data" in text
    assert "- [x] All data may be shared." in text
    assert "certify" not in text
    assert "No file is to be got from elsewhere." in text
    assert "the default of the key `seed`" in text


def test_texts_of_the_study_file_break_no_line_and_no_table():
    text = readme(contents_of(WRITTEN.replace("Main models", "A | b <c>")))
    assert text.startswith("# Replication package: Two | plants\n")
    assert row(text, "Table 1")[1] == "A \\| b &lt;c>"


@pytest.mark.parametrize("there", [True, False])
def test_the_page_of_changes_is_named_where_it_is(there):
    files = files_of() | ({CHANGES: b"x"} if there else {})
    assert (CHANGES in readme(contents_of(files=files))) is there
