"""Bad inputs as a user meets them: several in one run, all told, no traceback."""

from __future__ import annotations

import gzip
import re

import pytest

from tests.bad_inputs.cases import (
    BOMB,
    GOOD_DEAL,
    LINK,
    SDC,
    SECURITY,
    STUDY,
    UNITS,
)
from tests.integration.conftest import Project, checkout

pytestmark = pytest.mark.workflow

SOURCES = """\
study: bad
title: Bad sources
sources:
  firm_years:
    file: [data/raw/a.csv, data/raw/b.csv.gz, data/raw/c.csv]
    entity: firm
    time: year
    period_end: closing
  alliances: {file: [data/raw/sdc_1.csv, data/raw/sdc_2.csv]}
  links: {file: data/raw/links.csv}
  security_names: {file: data/raw/names.csv}
  structures: {file: data/raw/sheet.csv}
models:
  - name: base
    outcome: x
    terms: [y]
"""
FILES = {
    "a.csv": b"firm,year,x,y\nA,2001,1\n",
    "b.csv.gz": gzip.compress(b"firm,year,x,y\nA,2001,1,2\n" * 99, mtime=0)[:-9],
    "c.csv": b"PK\x03\x04 a workbook",
    "sdc_1.csv": b"",
    "sdc_2.csv": SDC.replace("Status,", "").encode() + b"1,01/15/2004,,,A,1,1,Y\n",
    "links.csv": b"gvkey,linkprim,lpermno,linkdt,linkenddt\n1,P,1,1990-01-01,E\n",
    "names.csv": b'permno,namedt,nameendt,ncusip,comnam\n1,1990-01-01,,"1,A\n',
    "sheet.csv": UNITS.encode() + b"1,2004,,1,Drugs,divisional,AB,1,1\n",
}
GOOD_LINKS = {
    "links.csv": LINK.encode(),
    "names.csv": SECURITY.encode(),
}
GOOD_DEALS = {name: (SDC + GOOD_DEAL).encode() for name in ("sdc_1.csv", "sdc_2.csv")}
TOLD = [
    "a.csv, row 2: the row has 3 cells, the header has 4",
    "b.csv.gz: the file is a damaged gzip file",
    "c.csv: the file is a damaged zip file",
    "sdc_1.csv: the file is empty",
    "sdc_2.csv, row 1: there is no column 'Status'",
    "links.csv, row 1: there is no column 'linktype'",
    'names.csv, row 2: a quotation mark (") opens in this row and never closes',
    "sheet.csv: no row can be used; rejected: unknown_unit_class 1",
]


@pytest.fixture
def project(tmp_path) -> Project:
    """A copy of the project."""
    return checkout(tmp_path / "project")


def told(run) -> list[str]:
    """Return the problems of a run that stopped, each with its next step."""
    assert run.code != 0
    assert "Traceback" not in run.screen
    return re.findall(r"^  \d+\. (.*)\n    -> \S", run.screen, re.MULTILINE)


# deals wait for links and names, by which they are matched
@pytest.mark.parametrize("mended", [GOOD_LINKS, GOOD_DEALS], ids=["links", "deals"])
def test_bad_files_of_all_sources_are_told_in_one_run(project, mended):
    folder = project.root / "data/raw"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**FILES, **mended}.items():
        (folder / name).write_bytes(content)
    (project.root / "study.yaml").write_text(SOURCES, encoding="utf-8")
    found = told(project.snakemake("-c2"))
    expected = [w for w in TOLD if w.split(",")[0].split(":")[0] not in mended]
    assert len(found) == len(expected)
    for words in expected:
        assert [p for p in found if p.startswith(words)], words


def test_bad_study_files_are_told_in_one_run(project):
    texts = {
        "tab.yaml": (STUDY.replace("  firm_years", "\tfirm_years"), "not valid YAML"),
        "twice.yaml": (STUDY + "title: Again\n", "key 'title' stands there again"),
        "bomb.yaml": (BOMB, "aliases (*name) make more than"),
        "python.yaml": (
            STUDY.replace("A study", "!!python/object/apply:os.getcwd []"),
            "asks for more than a plain value",
        ),
    }
    for name, (text, _) in texts.items():
        (project.root / name).write_text(text, encoding="utf-8")
    run = Project(project.root, study="").snakemake("-c1", "--configfile", *texts)
    found = told(run)
    for name, (_, words) in texts.items():
        assert [p for p in found if p.startswith(name) and words in p], name


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        (
            {
                "title: A study": "title: A study\nmodles: []",
                "entity: firm": "entity: firm, reader: compustaat",
                "study: bad": "study: ../bad",
                "terms: [size]": "terms: size",
            },
            [
                "unknown key 'modles'",
                "'compustaat' is not",
                "'../bad' does",
                "size is a text",
            ],
        ),
        (
            {"file: data.csv": "file: [../../etc/passwd, /etc/passwd, src, gone.csv]"},
            [
                "'../../etc/passwd' leads out of the checkout",
                "'/etc/passwd' leads out of the checkout",
                "the file src is a folder",
                "the file gone.csv is not there",
            ],
        ),
    ],
)
def test_mistakes_in_a_study_are_told_in_one_run(project, edits, words):
    text = STUDY
    for old, new in edits.items():
        text = text.replace(old, new)
    (project.root / "study.yaml").write_text(text, encoding="utf-8")
    found = told(project.snakemake("-c1"))
    assert len(found) == len(words)
    for part in words:
        assert [p for p in found if part in p], part
