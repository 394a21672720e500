"""The report: self-contained, escaped, and every number from a table."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import alliance_value.report as room
from alliance_value.contracts.firm_years import CutPoints
from alliance_value.contracts.rejects import Rejects, rejects
from alliance_value.contracts.results import Validation
from alliance_value.contracts.storage import empty
from alliance_value.exhibits.cells import decimals
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.drawing import draw
from alliance_value.exhibits.style import save
from alliance_value.exhibits.text_table import TextTable
from alliance_value.models.family import estimate_family
from alliance_value.report.content import Grid, Picture
from alliance_value.report.contents import contents
from alliance_value.report.html import page as html_page
from alliance_value.report.inputs import Inputs
from alliance_value.report.summary import summary
from alliance_value.study.resolve import resolve
from alliance_value.study.spec import Figure
from alliance_value.vocabulary.words import Words
from tests.unit.models.test_estimate import BASE, panel

ROOT = Path(__file__).parents[3]
TEMPLATES = {
    name: Path(room.__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("page.html.j2", "report.html.j2")
}
STUDY = {
    "study": "made",
    "title": "A <study> & more",
    "simulated": "everything.",
    "sources": {"firm_years": {"file": "a.csv", "entity": "firm", "time": "year"}},
    "models": [{"name": "m", "outcome": "y", "terms": ["x*z"]}],
}


WORDS = Words("firm", "firms", "year", "years")
TABLE = TextTable(
    "models",
    "Models & more",
    (("y", "(1)"),),
    (("x_<1>", ("-0.25***",)), ("", ("(0.01)",))),
    frozenset(),
    ("A note.",),
)


def render(inputs, templates):
    return html_page(inputs.study, contents(inputs), templates)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory) -> Inputs:
    tables = estimate_family(panel(), [BASE])
    study = resolve(STUDY, ROOT / "workflow/schemas/study.schema.yaml")
    sample = tables.funnel.iloc[[0]].assign(branch="sample")
    figures = {}
    for spec in study["exhibits"]["figures"]:
        figure = Figure(**{k: v for k, v in spec.items() if k != "title"})
        drawn = draw(figure, vars(tables), Context(outcomes={"m": "y"}))
        path = tmp_path_factory.mktemp("figures") / "figure.svg"
        save(drawn.figure, path)
        plt.close(drawn.figure)
        figures[figure.name] = path.read_text(encoding="utf-8")
    figures["funnel"] = figures[figure.name]
    return Inputs(
        study=study,
        context=Context(outcomes={"m": "y"}, words=WORDS),
        libraries={"linearmodels": "7.1"},
        estimates=tables.estimates,
        fits=tables.fits,
        funnel=WORDS.fill(pd.concat([sample, tables.funnel])),
        rejects=empty(Rejects),
        cut_points=empty(CutPoints),
        validation=empty(Validation),
        sources=[
            {
                "files": [{"file": "a.csv", "bytes": 1, "sha256": "0" * 64}],
                "decisions": ["a.csv: read as csv"],
            }
        ],
        tables={"models": TABLE},
        figures=figures,
        captions=dict.fromkeys(figures, "A caption."),
    )


def test_nothing_is_fetched_from_outside(inputs):
    page = render(inputs, TEMPLATES)
    urls = set(re.findall(r"(?:href|src)=\"(?!#)([^\"]+)\"", page))
    # the pages beside it, the exhibits' files, and what made them in the checkout
    beside = {url.partition("#")[0] for url in urls if not url.startswith("../../")}
    files = {f"figures/{name}" for name in ("funnel.pdf", "coefficients.csv")}
    assert {"codebook.html", "data_quality.html", "tables/models.csv"} <= beside
    assert files <= beside
    assert all(re.fullmatch(r"(tables|figures)/\w+\.\w+|\w+\.html", u) for u in beside)
    code = {url for url in urls if url.startswith("../../")}
    assert code and all((ROOT / url.removeprefix("../../")).is_file() for url in code)
    assert re.findall(r"<script[^>]*>", page) == [
        "<script>"
    ]  # only the page's own, without src


def test_each_exhibit_says_what_makes_it_alone(inputs):
    study = inputs.study["study"]
    page = render(replace(inputs, study_file="config/mine.yaml"), TEMPLATES)
    for target in ("tables/models.html", "figures/funnel.svg"):
        command = f"snakemake results/{study}/{target} --configfile config/mine.yaml"
        assert f"<code>{command}</code>" in page
    assert " --configfile" not in render(inputs, TEMPLATES)
    assert page.count('<details class="made">') == page.count("; alone: <code>") > 2


def test_ids_are_unique_and_links_lead_somewhere(inputs):
    page = render(inputs, TEMPLATES)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_a_title_is_text_and_not_markup(inputs):
    page = render(inputs, TEMPLATES)
    assert "A &lt;study&gt; &amp; more" in page
    assert "<study>" not in page


def test_simulated_data_are_announced(inputs):
    assert "<strong>Simulated:</strong> everything." in render(inputs, TEMPLATES)
    assert "Simulated: everything." in summary(inputs, "report.html")


def test_the_headline_is_the_estimate(inputs):
    row = inputs.estimates.set_index("term").loc["x:z"]
    for text in (render(inputs, TEMPLATES), summary(inputs, "report.html")):
        assert f"{row.estimate:.{decimals(row.se)}f}" in text
        assert f"{row.se:.{decimals(row.se)}f}" in text


def test_the_summary_ends_with_the_report(inputs):
    assert summary(inputs, "r/report.html").splitlines()[-1] == "Report: r/report.html"


def test_texts_of_files_are_no_markup(inputs):
    text = "<script>alert(1)</script>"
    bad = rejects(
        file=text,
        row=pd.Series([2]),
        column=text,
        value=text,
        rule=text,
        action="rejected",
    )
    source = {"files": [], "decisions": [f"a.csv: {text}"]}
    page = render(replace(inputs, rejects=bad, sources=[source]), TEMPLATES)
    assert page.count("<script") == 1
    assert page.count("&lt;script&gt;") >= 5


def test_every_exhibit_of_the_study_is_shown_once(inputs):
    blocks = [b for s in contents(inputs) for b in s.blocks]
    shown = [b for b in blocks if isinstance(b, Picture)]
    assert sorted(b.name for b in shown) == sorted(inputs.figures)
    assert [b.number for b in shown] == list(range(1, len(shown) + 1))
    tables = [b.table.name for b in blocks if isinstance(b, Grid) and b.number]
    assert tables == list(inputs.tables)


def test_every_reading_of_a_claim_is_shown_with_its_numbers(inputs):
    claims = pd.DataFrame(
        {
            "claim": ["twice"] * 2,
            "label": ["Value"] * 2,
            "headline": ["Twice the value"] * 2,
            "reading": ["ratio of means", "ratio of medians"],
            "unit": ["ratio"] * 2,
            "published": [2.0, 2.0],
            "estimate": [2.125, None],
            "ci_low": [1.5, None],
            "ci_high": [None, None],
            "verdict": ["interval contains the published value", "not estimated"],
        }
    )
    study = {**inputs.study, "claims": "claims.yaml"}
    page = render(replace(inputs, study=study, claims=claims), TEMPLATES)
    listed = page.partition('id="table-report-readings"')[2].partition("</table>")[0]
    assert ">2.12</td><td" in listed
    assert ">1.5 to ∞<" in listed
    assert "ratio of medians (ratio)" in listed


def test_what_is_simulated_is_said_once(inputs):
    mark = "Simulated: everything."
    said = {name: replace(t, notes=("A.", mark)) for name, t in inputs.tables.items()}
    captions = {name: f"A figure. {mark}" for name in inputs.captions}
    context = replace(inputs.context, simulated="everything.")
    page = render(
        replace(inputs, tables=said, captions=captions, context=context), TEMPLATES
    )
    assert page.count("everything.") == 1


def test_what_identifies_an_interaction_is_said_with_both_products(inputs):
    model = replace(BASE, interactions="within")
    tables = estimate_family(panel(), [model])
    shown = replace(
        inputs,
        estimates=tables.estimates,
        fits=tables.fits,
        results={"equations": tables.equations, "diagnostics": tables.diagnostics},
    )
    (section,) = (s for s in contents(shown) if s.name == "identification")
    (grid,) = (b for b in section.blocks if isinstance(b, Grid))
    ((_, cells),) = grid.table.rows
    within = tables.estimates.set_index("term").loc["x:z"]
    ordinary = tables.equations.set_index(["equation", "term"]).loc[
        ("ordinary products", "x:z")
    ]
    assert cells[1:5] == (
        f"{ordinary.estimate:.4g}",
        f"{ordinary.se:.2g}",
        f"{within.estimate:.4g}",
        f"{within.se:.2g}",
    )
    page = render(shown, TEMPLATES)
    assert "in 59 of 59 firms" in page and "cannot be told apart" in page


def test_without_products_within_there_is_no_word_of_identification(inputs):
    assert "identification" not in {section.name for section in contents(inputs)}
