"""Regression tables: the same characters in every format, nothing unescaped."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from html import unescape

import numpy as np
import pandas as pd
import pytest

from alliance_value.exhibits.cells import decimals
from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.render import to_csv, to_html
from alliance_value.exhibits.text_table import TextTable
from alliance_value.models.family import estimate_family
from alliance_value.study.spec import Model, Table
from alliance_value.vocabulary.words import Words
from tests.unit.models.test_estimate import BASE, panel

LABELS = {"x": "R&D_intensity", "z": "Size < 5%", "y": "ROA #1"}


@pytest.fixture(scope="module")
def table() -> TextTable:
    tables = estimate_family(panel(), [BASE])
    spec = Table("main", ("m",), title="Profit & 100% of {it}", note="A_note.")
    return lay_out(spec, vars(tables), Context(LABELS, simulated="all of it."))


def test_cells_are_the_same_characters_in_every_format(table):
    rows = list(csv.reader(io.StringIO(to_csv(table))))[2:]
    html = [
        [unescape(c).replace("−", "-") for c in re.findall(r"<td>(.*?)</td>", line)]
        for line in to_html(table).splitlines()
        if line.startswith("<tr")
    ]
    latex = [
        line.removesuffix(r" \tabularnewline").split(" & ")
        for line in to_latex(table).split(r"\midrule", 1)[1].splitlines()
        if line.endswith(r" \tabularnewline")
    ]
    assert len(rows) - len(table.notes) == len(html) == len(latex) == len(table.rows)
    for (_, cells), in_csv, in_html, in_latex in zip(
        table.rows, rows, html, latex, strict=False
    ):
        assert in_csv[1:] == list(cells)
        assert in_html == list(cells)
        plain = [
            re.sub(r"\\textsuperscript|[{}]", "", c).replace("$-$", "-")
            for c in in_latex[1:]
        ]
        assert plain == list(cells)


def test_latex_leaves_nothing_unescaped(table):
    text = to_latex(table)
    assert r"Profit \& 100\% of \{it\}" in text
    assert r"R\&D\_intensity" in text
    assert not re.search(r"(?<!\\)[%#]", text.split(r"\caption")[1])
    assert text.count(r"\begin{") == text.count(r"\end{")


def test_html_escapes_labels(table):
    text = to_html(table)
    assert "Size &lt; 5%" in text
    assert "R&amp;D_intensity" in text


def test_estimates_in_the_table_are_those_of_the_model(table):
    tables = estimate_family(panel(), [BASE])
    row = tables.estimates.set_index("term").loc["x"]
    shown = table.rows[0][1][0]
    assert float(shown.rstrip("*")) == pytest.approx(row.estimate, abs=5e-4)
    assert shown.endswith("***") == (row.p < 0.01)


def test_what_is_simulated_stands_under_the_table(table):
    assert "Simulated: all of it." in table.notes


@pytest.mark.parametrize(
    ("se", "places"), [(0.5, 3), (0.02, 3), (0.0044, 4), (1e-6, 7), (np.nan, 3), (0, 3)]
)
def test_two_digits_of_the_standard_error_are_shown(se, places):
    assert decimals(se) == places


def test_models_without_a_term_leave_its_cell_empty():
    models = [replace(BASE, name="a", terms=("x",)), replace(BASE, name="b")]
    tables = estimate_family(panel(), models)
    spec = Table("t", ("a", "b"), terms=("x", "x:z"))
    laid_out = lay_out(spec, vars(tables), Context())
    assert laid_out.rows[2][0] == "x × z"
    assert laid_out.rows[2][1][0] == ""
    assert isinstance(pd.to_numeric(laid_out.rows[2][1][1].rstrip("*")), float)


def test_a_table_chooses_its_digits_stars_and_what_stands_below():
    tables = estimate_family(panel(), [BASE])
    row = tables.estimates.set_index("term").loc["x"]
    spec = Table("t", ("m",), terms=("x",), digits=1, stars=False, below="intervals")
    laid_out = lay_out(spec, vars(tables), Context())
    assert laid_out.rows[0] == ("x", (f"{row.estimate:.1f}",))
    assert laid_out.rows[1] == ("", (f"[{row.ci_low:.1f}, {row.ci_high:.1f}]",))
    assert laid_out.notes[0].startswith("95% confidence intervals in brackets; ")
    assert not any("p < 0.01" in note for note in laid_out.notes)
    bare = lay_out(replace(spec, below="nothing"), vars(tables), Context())
    assert bare.rows[1][0] != ""


def test_terms_that_are_not_shown_are_named_and_empty_rows_go():
    tables = estimate_family(panel(), [BASE])
    spec = Table("t", ("m",), terms=("x", "no_such_term"))
    laid_out = lay_out(spec, vars(tables), Context({"z": "Size"}))
    rows = dict(laid_out.rows)
    assert "no_such_term" not in rows
    assert rows["Further terms"] == ("yes",)
    assert any(
        note.startswith("Further terms: Size, x × Size") for note in laid_out.notes
    )


def test_the_note_says_which_column_has_which_standard_errors():
    models = [
        replace(BASE, name="a"),
        replace(BASE, name="b", standard_errors="cr3"),
        replace(BASE, name="c", standard_errors="cr3"),
        replace(BASE, name="d"),
    ]
    tables = estimate_family(panel(), models)
    spec = Table("t", ("a", "b", "c", "d"))
    laid_out = lay_out(spec, vars(tables), Context(titles={"b": "B"}))
    assert laid_out.notes[0] == (
        "Standard errors in parentheses, clustered by entity; in B, (3) jackknife by "
        "entity (CR3)."
    )


def test_estimators_and_their_tests_have_rows():
    table = panel().assign(q=lambda t: t.x + np.sin(t.index.to_numpy()))
    base = {"outcome": "y", "terms": ("x", "z"), "effects": ("firm",)}
    base["clusters"] = ("firm",)
    iv = {"estimator": "iv", "endogenous": ("x",), "instruments": ("q",)}
    models = [
        Model.of({"name": "fe", **base}),
        Model.of({"name": "iv", **base, **iv}),
        Model.of({"name": "hybrid", **base, "estimator": "mundlak"}),
    ]
    tables = estimate_family(table, models)
    spec = Table("t", ("fe", "iv", "hybrid"))
    laid_out = lay_out(spec, vars(tables), Context(LABELS))
    rows = dict(laid_out.rows)
    assert rows["Estimator"] == ("Fixed effects", "2SLS", "Mundlak")
    assert rows["Entity effects"] == ("yes", "yes", "no")
    first = tables.diagnostics.set_index("test").statistic["first_stage_f: x"]
    assert rows["First-stage F, R&D_intensity"] == ("", f"{first:.1f}", "")
    assert rows["Mean of R&D_intensity"][2]
    assert rows["Entity means (p)"][:2] == ("", "")


def test_units_are_called_as_the_study_calls_them():
    tables = estimate_family(panel(), [replace(BASE, clusters=("firm", "fiscal_year"))])
    words = Words("person", "persons", "wave", "waves")
    laid_out = lay_out(Table("t", ("m",)), vars(tables), Context(words=words))
    heads = [head for head, _ in laid_out.rows]
    assert {"Person effects", "Wave effects", "Persons"} <= {*heads}
    assert "clustered by person and wave" in laid_out.notes[0]
    assert "firm" not in to_csv(laid_out)


def test_a_label_of_the_study_comes_before_the_programs_own_names():
    context = Context({"lambda": "Wavelength", "own_cc": "own_cc"})
    assert context.label("lambda:own_cc") == "Wavelength × own_cc"
    assert context.label("mean of x") == "Mean of x"


def test_a_table_that_names_no_model_tells_of_those_that_its_kind_shows():
    failing = replace(BASE, name="bad", terms=("x", "twice"))
    data = panel().assign(twice=lambda d: 2 * d.x)
    tables = vars(estimate_family(data, [BASE, failing], stop=False))
    stages = Table("t", kind="first_stages")

    def notes(**models):
        return " ".join(lay_out(stages, tables, Context(models=models)).notes)

    assert "not estimated" not in notes(endogenous=[], products=["bad"])
    assert notes(endogenous=["bad"]).count("Bad is not estimated") == 1


@pytest.mark.parametrize("names", [("m", "bad"), ("bad",)])
def test_a_model_that_failed_keeps_its_column_and_says_why(names):
    failing = replace(BASE, name="bad", terms=("x", "twice"))
    data = panel().assign(twice=lambda d: 2 * d.x)
    tables = vars(estimate_family(data, [BASE, failing], stop=False))
    laid_out = lay_out(Table("t", names), tables, Context(titles={"bad": "Worse"}))
    rows = dict(laid_out.rows)
    assert rows["Observations"][-1] == "not estimated"
    assert [head for _, head in laid_out.columns][-1] == "Worse"
    assert laid_out.notes[0].startswith("Worse is not estimated: terms are exactly")
    assert all(cells[-1] in ("", "not estimated") for _, cells in laid_out.rows)
    assert "not estimated" in to_latex(laid_out)
