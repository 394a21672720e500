"""What a study chooses for one table: its style, labels, rows and columns."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.contracts.failures import Failures
from alliance_value.contracts.problems import UserError
from alliance_value.contracts.storage import empty
from alliance_value.exhibits.chosen import lay_out
from alliance_value.exhibits.context import Context
from alliance_value.exhibits.latex import to_latex
from alliance_value.exhibits.render import from_json, to_html, to_json
from alliance_value.study.spec import Table

CONTEXT = Context(
    labels={"x": "Share", "z": "Size", "y": "ROA"},
    titles={"a": "First", "b": "Second"},
    outcomes={"a": "y", "b": "y"},
)


@pytest.fixture
def results():
    estimates = pd.DataFrame(
        {
            "model": ["a", "a", "a", "b", "b"],
            "term": ["x", "z", "x:z", "x", "z"],
            "estimate": [0.1234, -0.5, 1.25, 0.2, 0.3],
            "se": [0.05, 0.1, 0.5, 0.1, 0.3],
            "p": [0.02, 0.0001, 0.06, 0.04, 0.3],
            "ci_low": 0.0,
            "ci_high": 1.0,
            "se_type": "clustered",
        }
    )
    fits = pd.DataFrame(
        {
            "model": ["a", "b"],
            "outcome": "y",
            "estimator": "fixed_effects",
            "effects": "firm",
            "clusters": "firm",
            "weights": "",
            "n": [100, 90],
            "entities": 20,
            "r2_within": 0.1,
            "r2_overall": 0.2,
            "singletons_dropped": 0,
            "terms_absorbed": "",
        }
    )
    diagnostics = pd.DataFrame(columns=["model", "test", "statistic", "p_value"])
    failures = empty(Failures)
    return {
        "estimates": estimates,
        "fits": fits,
        "diagnostics": diagnostics,
        "failures": failures,
    }


def laid_out(results, **chosen):
    spec = Table("t", models=("a", "b"), digits=2, **chosen)
    table = lay_out(spec, results, CONTEXT)
    assert from_json(to_json(table)) == table
    return table


def heads(table):
    return [head for head, _ in table.rows if head]


def test_plain_is_what_a_table_is_that_names_no_style(results):
    assert laid_out(results) == laid_out(results, style="plain")
    assert dict(laid_out(results).rows)["Share"] == ("0.12**", "0.20**")


def test_aer_prints_no_stars_numbers_columns_and_opens_the_notes(results):
    table = laid_out(results, style="aer")
    assert [low for _, low in table.columns] == ["First (1)", "Second (2)"]
    assert table.notes[0].startswith("Notes: Standard errors")
    assert "*" not in to_html(table) and "p <" not in to_html(table)
    assert 'class="exhibit aer"' in to_html(table)
    assert to_latex(table).count(r"\toprule") == 2
    starred = laid_out(results, style="aer", stars=True)
    assert dict(starred.rows)["Share"][0] == "0.12**"


def test_jm_prints_no_zero_before_the_point_and_stars_from_five_percent(results):
    table = laid_out(results, style="jm")
    rows = dict(table.rows)
    assert rows["Share"] == (".12*", ".20*")
    assert rows["Size"] == ("-.50***", ".30")
    assert rows["Share × Size"] == ("1.25", "")
    assert rows["R² within"] == (".100", ".100")
    assert "*** p < .001, ** p < .01, * p < .05." in table.notes[0]
    assert table.notes[1].startswith("Notes: Standard errors")
    assert not any(note.startswith("Notes") for note in table.notes[2:])
    assert "−.50" in to_html(table)
    assert r"$-$.50" in to_latex(table)


def test_labels_are_of_names_and_of_printed_heads(results):
    table = laid_out(
        results,
        terms=("x", "x:z"),
        labels={"x": "S", "Observations": "N", "b": "Other", "Further terms": "More"},
    )
    assert heads(table)[:3] == ["S", "S × Size", "More"]
    assert "N" in heads(table) and "Observations" not in heads(table)
    assert [low for _, low in table.columns] == ["First", "Other"]


def test_a_product_may_have_a_label_of_its_own(results):
    assert heads(laid_out(results, labels={"x:z": "Moderation"}))[2] == "Moderation"


def test_rows_and_columns_are_shown_in_the_order_in_which_they_are_named(results):
    table = laid_out(
        results, rows=("Observations", "z", "Share"), columns=("Second", "a")
    )
    assert table.rows == (
        ("Observations", ("90", "100")),
        ("Size", ("0.30", "-0.50***")),
        ("", ("(0.30)", "(0.10)")),
        ("Share", ("0.20**", "0.12**")),
        ("", ("(0.10)", "(0.05)")),
    )
    assert table.rules == {1}
    assert [low for _, low in table.columns] == ["Second", "First"]


def test_an_upper_head_stands_for_its_columns(results):
    assert len(laid_out(results, columns=("ROA",)).columns) == 2


def test_all_names_in_vain_are_told_with_the_nearest(results):
    with pytest.raises(UserError) as raised:
        laid_out(
            results,
            labels={"Observation": "N"},
            rows=("Sise",),
            columns=("Thrid",),
        )
    told = str(raised.value)
    for part in ("'Observation'", "Observations", "'Sise'", "Size", "'Thrid'"):
        assert part in told
    for key in ("labels", "rows", "columns"):
        assert f"exhibits.tables.t.{key}" in told
