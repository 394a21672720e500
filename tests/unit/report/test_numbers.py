"""Headline numbers by name: the same in JSON and LaTeX, as tables write them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from alliance_value.report.numbers import numbers, to_json, to_tex
from tests.unit.report.test_html import inputs

__all__ = ["inputs"]

H1 = {"name": "H1", "words": "", "model": "m", "term": "x:z", "sign": "positive"}


@pytest.fixture
def named(inputs):
    study = {**inputs.study, "hypotheses": [H1]}
    return numbers(replace(inputs, study=study))


def test_every_estimate_and_n_has_a_name(named, inputs):
    row = inputs.estimates.set_index("term").loc["x"]
    assert named["m.x.estimate"]["value"] == pytest.approx(row.estimate)
    assert float(named["m.x.se"]["text"]) == pytest.approx(row.se, abs=6e-4)
    assert named["m.n"]["value"] == inputs.fits.n[0]
    assert named["H1.estimate"] == named["m.x:z.estimate"]
    assert named["H1.verdict"]["text"] in ("supported", "not supported")
    assert json.loads(to_json(named)) == named


def test_latex_prints_them_by_name(named, tmp_path):
    text = to_tex(named)
    assert len(re.findall(r"studynumber@[^#]", text)) == len(named)
    if not shutil.which("pdflatex"):
        pytest.skip("pdflatex is not installed")
    (tmp_path / "numbers.tex").write_text(text, encoding="utf-8")
    body = " ".join(rf"\studynumber{{{name}}}" for name in named)
    (tmp_path / "a.tex").write_text(
        rf"\documentclass{{article}}\begin{{document}}\input{{numbers.tex}}{body}"
        r"\end{document}"
    )
    command = ["pdflatex", "-interaction=nonstopmode", "a.tex"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    log = (tmp_path / "a.log").read_text(encoding="utf-8", errors="replace")
    assert "Output written" in log
    assert not re.search("^!", log, re.MULTILINE)
