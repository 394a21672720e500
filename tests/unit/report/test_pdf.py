"""The PDF and the equations: same bytes, no system fonts, nothing left out."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

import alliance_value.report as room
from alliance_value.report.content import Formula
from alliance_value.report.contents import contents
from alliance_value.report.methods import methods
from alliance_value.report.pdf import document
from alliance_value.report.typeset import mathml
from alliance_value.vocabulary.collect import entries
from alliance_value.vocabulary.entries import (
    Estimator,
    EventTest,
    NormalReturn,
    StandardError,
)
from tests.unit.report.test_html import TEMPLATES, inputs, render

__all__ = ["inputs"]

TEMPLATE = Path(room.__file__).with_name("report.typ").read_text(encoding="utf-8")


def words(paper: bytes, folder: Path) -> str:
    """Return the text of a PDF as a reader sees it."""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on the path")
    path = folder / "report.pdf"
    path.write_bytes(paper)
    done = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, check=True
    )
    return done.stdout.decode()


def test_the_same_report_has_the_same_bytes(inputs):
    papers = {document(inputs.study, contents(inputs), TEMPLATE) for _ in range(2)}
    assert len(papers) == 1
    paper = papers.pop()
    assert paper.startswith(b"%PDF")
    assert b"CreationDate" not in paper


def test_the_pdf_says_what_the_page_says(inputs, tmp_path):
    sections = contents(inputs)
    text = words(document(inputs.study, sections, TEMPLATE), tmp_path)
    flat = re.sub(r"\s+", " ", text)
    for section in sections:
        assert section.title in flat
    assert "Table 1. Models & more" in flat
    assert "−0.25∗∗∗" in flat.replace("*", "∗")
    assert "x_<1>" in flat
    assert "Figure 1. A caption." in flat
    # in its head on every page but the first
    pages = [page for page in text.split("\f") if page.strip()]
    assert len(pages) > 1
    assert all("Simulated" in page.strip().splitlines()[0] for page in pages[1:])
    assert f"{len(pages)}/{len(pages)}" in flat.replace(" ", "")


def test_texts_of_files_are_no_markup(inputs, tmp_path):
    text = '#eval("1+1") $x$ *b* @none <label>'
    study = {**inputs.study, "title": text, "description": text}
    paper = document(study, contents(replace(inputs, study=study)), TEMPLATE)
    assert text in re.sub(r"\s+", " ", words(paper, tmp_path)).replace("”", '"')


def test_whatever_a_study_asks_for_has_its_equation():
    for kind in (StandardError, EventTest, NormalReturn):
        assert all(entry.words for entry in entries(kind).values())


def all_equations() -> list[str]:
    kinds = (EventTest, NormalReturn, Estimator, StandardError)
    return [entry.equation for kind in kinds for entry in entries(kind).values()]


def test_every_equation_is_set_in_mathml():
    sources = all_equations()
    assert all(sources)
    made = mathml(sources)
    assert set(made) == set(sources)
    for source, markup in made.items():
        assert markup.startswith("<math"), source
        # typst leaves out in silence what MathML cannot say, such as overline()
        accents = len(re.findall(r"(?:hat|macron)\(", source))
        assert markup.count("<mover") >= accents, source


def test_only_what_the_run_uses_is_explained(inputs):
    shown = {b.source for b in methods(inputs, []).blocks if isinstance(b, Formula)}
    model = inputs.study["models"][0]
    assert entries(Estimator)[model["estimator"]].equation in shown
    assert entries(StandardError)[model["standard_errors"]].equation in shown
    assert entries(Estimator)["copula"].equation not in shown
    assert not shown & {entry.equation for entry in entries(EventTest).values()}
    page = render(inputs, TEMPLATES)
    assert page.count("<math") == len(
        [b for b in methods(inputs, []).blocks if b.kind == "formula"]
    )
