"""The codebook: what columns mean and hold, from contracts, study and tables."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import alliance_value.report as room
from alliance_value.contracts.accounts import Codebook
from alliance_value.contracts.storage import conform
from alliance_value.report.codebook import (
    Described,
    brief,
    codebook,
    codebook_page,
    distinct,
    summary,
)
from alliance_value.report.study_columns import study_columns
from alliance_value.study.resolve import resolve

ROOT = Path(__file__).parents[3]
FOLDER = Path(room.__file__).parent
TEMPLATES = {
    name: (FOLDER / name).read_text(encoding="utf-8")
    for name in ("page.html.j2", "codebook.html.j2")
}
STUDY = {
    "study": "made",
    "title": "A <study> & more",
    "simulated": "everything.",
    "sources": {
        "firm_years": {
            "reader": "compustat",
            "file": "a.csv",
            "entity": "gvkey",
            "time": "fyear",
            "period_end": "datadate",
        }
    },
    "variables": {
        "roa": {
            "label": "ROA",
            "numerator": "ib - xi",
            "denominator": "at",
            "winsorize": {"lower": 0.01, "upper": 0.99},
        },
        "roa_next": {"value": "roa", "lead": 1},
        "size": {"value": "log(at)", "unit": "log $ million"},
        "big": {"value": "at > 100"},
        "rd": {"numerator": "xrd", "denominator": "sale", "missing": "zero_and_flag"},
        "cc_share": {"label": "Share <of> partners"},
        "sale": {"value": "sale"},
    },
    "models": [{"name": "m", "outcome": "roa_next", "terms": ["size"]}],
}


@pytest.fixture(scope="module")
def study():
    return resolve(STUDY, ROOT / "workflow/schemas/study.schema.yaml")


@pytest.fixture(scope="module")
def known(study):
    return study_columns(study)


@pytest.mark.parametrize(
    ("name", "label", "unit", "formula"),
    [
        (
            "roa",
            "ROA",
            "decimal",
            "(ib - xi) / at; winsorized at quantiles 0.01 and 0.99 by {time}",
        ),
        ("roa_next", "roa_next", "decimal", "roa; value 1 {time} later"),
        ("size", "size", "log $ million", "log(at)"),
        ("big", "big", "0/1", "at > 100"),
        ("rd_missing", "rd: missing", "0/1", "1 where rd was missing and became zero"),
        ("sale", "sale", "$ million", "sale"),
    ],
)
def test_a_study_s_variables_explain_themselves(known, name, label, unit, formula):
    found = known[name]
    assert (found.label, found.unit, found.formula) == (label, unit, formula)


def test_missing_rules_come_from_the_study(known):
    assert known["rd"].missing == "missing values become zero, and rd_missing is 1"
    assert "denominator is not positive" in known["roa"].missing
    assert "other {time}" in known["roa_next"].missing


def test_sources_name_the_vendor_s_items(known):
    assert "Compustat annual: at (Total assets)" in known["roa"].source
    assert known["roa_next"].source == "the study's variable roa"


def of_alliances(study, variants):
    """Return a study with a source of alliances."""
    sources = {**study["sources"], "alliances": {}}
    portfolio = {**study["portfolio"], "variants": variants}
    return {**study, "sources": sources, "portfolio": portfolio}


def test_a_variable_that_is_only_labelled_keeps_its_contract(study):
    found = study_columns(of_alliances(study, {}))["cc_share"]
    assert found.label == "Share <of> partners"
    assert "coded partners" in found.formula
    assert found.unit == "decimal"


def test_a_column_of_the_users_own_is_not_taken_for_another(study):
    carbon = {**study["variables"]["cc_share"], "label": "Carbon"}
    own = {**study, "variables": {**study["variables"], "own_cc": carbon}}
    assert study_columns(own)["own_cc"].label == "Carbon"
    assert "file" in study_columns(own)["own_cc"].unit


def test_variants_of_portfolios_say_how_they_differ(study):
    variants = {"life_3y": {"life": "3y"}}
    found = study_columns(of_alliances(study, variants))["cc_share_life_3y"]
    assert found.label.endswith("(life 3y)")
    assert found.formula.endswith("life 3y")


@pytest.mark.parametrize("source", ["firm_years"])
def test_a_column_of_a_plain_table_is_told_by_its_name_in_the_file(source):
    plain = {
        **STUDY,
        "sources": {
            source: {
                "file": "a.csv",
                "entity": "who",
                "time": "year",
                "columns": {"income": "Net Income"},
            }
        },
        "variables": {"y": {"value": "income"}},
        "models": [{"name": "m", "outcome": "y", "terms": ["income"]}],
    }
    study = resolve(plain, ROOT / "workflow/schemas/study.schema.yaml")
    table = Described("panel", ["income"], lambda name: pd.Series([1.0, 2.0]))
    row = codebook([table], study).iloc[0]
    assert (row.label, row.type, row.unit) == ("Net Income", "number", "as in the file")


def test_numbers_are_summarized_by_their_quantiles():
    values = pd.Series([1.0, 2, 3, 4, 100, np.nan])
    found = summary(values, "decimal")
    assert (found["n"], found["missing"], found["distinct"]) == (5, 1, 5)
    assert found["mean"] == 22
    assert found["sd"] == pytest.approx(np.std([1, 2, 3, 4, 100], ddof=1))
    assert (found["min"], found["median"], found["max"]) == ("1", "3", "100")
    assert float(found["p99"]) == pytest.approx(np.quantile([1, 2, 3, 4, 100], 0.99))
    assert found["top"] is None


@pytest.mark.parametrize(
    ("values", "count"),
    [
        ([0.1 + 0.2, 0.3, 0.3 * (1 + 4e-16)], 1),
        ([5e-17, 0.0, -2e-17, 1.0], 2),  # what a difference of equal numbers leaves
        ([1.0, 1 + 1e-8, 1e-5, 2e-5, np.inf, -np.inf], 6),
        ([1e300, 1e-300, 0.0], 2),
        ([0.0, 0.0], 1),
        ([], 0),
    ],
)
def test_floats_that_rounding_alone_tells_apart_are_one(values, count):
    assert distinct(pd.Series(values, dtype="float64")) == count


def test_whole_numbers_and_text_are_counted_exactly():
    assert distinct(pd.Series([10**17, 10**17 + 1, 10**17])) == 2
    assert distinct(pd.Series(["0.1", "0.10"])) == 2


def test_codes_and_text_have_no_mean_but_their_most_frequent_values():
    for values, unit in (
        (pd.Series([7, 7, 5]), "SIC code"),
        (pd.Series(list("bba")), ""),
    ):
        found = summary(values, unit)
        assert found["mean"] is None
        assert found["top"].endswith("(2), " + ("5 (1)" if unit else "a (1)"))
    assert summary(pd.Series([True, True, False]), "")["top"] == "True (2), False (1)"
    assert summary(pd.Series(["x", "y"]), "text")["top"] == "all different, such as x"


def test_dates_have_a_range_and_empty_columns_nothing():
    days = pd.Series(pd.to_datetime(["2001-02-03", None, "1999-01-01"]))
    found = summary(days, "date")
    assert (found["min"], found["max"], found["missing"]) == (
        "1999-01-01",
        "2001-02-03",
        1,
    )
    nothing = summary(pd.Series([None, None], dtype="float64"), "decimal")
    assert (nothing["n"], nothing["missing"], nothing["mean"]) == (0, 2, None)


@pytest.fixture(scope="module")
def table(study):
    panel = pd.DataFrame(
        {
            "firm": ["a<b>", "a<b>"],
            "fiscal_year": [2001, 2002],
            "source_file": ["f.csv", "f.csv"],
            "source_row": [2, 3],
            "cc_share": [0.5, None],
            "roa": [-0.25, 0.5],
        }
    )
    tables = [
        Described("panel", list(panel), panel.__getitem__),
        Described("portfolios/life_3y", ["firm"], panel.__getitem__),
        Described("links", ["firm"], panel.__getitem__),
    ]
    return codebook(tables, of_alliances(study, {}))


def test_tables_come_in_the_order_of_the_catalogue(table):
    assert list(dict.fromkeys(table.table)) == ["links", "portfolios/life_3y", "panel"]
    conform(table, Codebook)


def test_no_column_lacks_label_unit_source_or_missing_rule(table):
    for name in ("label", "type", "unit", "source", "missing_rule"):
        assert table[name].str.len().min() > 0


def test_the_page_is_escaped_and_needs_nothing_beside_its_sisters(table, study):
    page = codebook_page(table, study, TEMPLATES)
    assert "A &lt;study&gt; &amp; more" in page
    assert "Share &lt;of&gt; partners" in page
    assert "a&lt;b&gt;" in page
    assert "<strong>Simulated:</strong> everything." in page
    links = set(re.findall(r"(?:href|src)=\"(?!#)([^\"]+)\"", page))
    assert links == {"report.html", "data_quality.html"}
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    assert re.findall(r"<script[^>]*>", page) == ["<script>"]


@pytest.mark.parametrize(
    ("value", "dated", "text"),
    [
        (2001, True, "2001"),
        (12345.6, False, "12,346"),
        (-0.123456, False, "−0.1235"),
        ("2001-02-03", False, "2001-02-03"),
    ],
)
def test_numbers_are_written_briefly(value, dated, text):
    assert brief(value, dated) == text


def test_the_codebook_speaks_of_the_studys_units_and_estimators(study):
    words = {"entity": "shop", "entities": "shops", "time": "month", "times": "months"}
    models = [{**study["models"][0], "estimator": "poisson"}]
    frame = pd.DataFrame({"estimate": [1.0], "firm": ["a"], "roa_next": [0.1]})
    tables = [
        Described("estimates", ["estimate"], frame.__getitem__),
        Described("panel", ["firm", "roa_next"], frame.__getitem__),
    ]
    table = codebook(tables, {**study, "models": models, "words": words})
    rows = table.set_index("column")
    assert rows.formula["estimate"].startswith("Poisson")
    assert rows.label["firm"] == "Shop"
    assert "1 month later" in rows.formula["roa_next"]
