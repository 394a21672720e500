"""Tables as HTML, CSV and JSON, character by character."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alliance_value.exhibits.render import (
    from_json,
    html_cell,
    html_text,
    spans,
    to_csv,
    to_html,
    to_json,
)
from alliance_value.exhibits.text_table import TextTable

TABLE = TextTable(
    "a&b",
    "A < B",
    (("Top", "One"), ("Top", "Two"), ("", "Three")),
    (("Size", ("-1", "0.1 to 0.2", "=x")), ("=N", ("", "7", "a-b"))),
    frozenset({1}),
    ("Note & more.", "=Last."),
)


def test_html_line_by_line():
    assert to_html(TABLE).splitlines() == [
        '<table class="exhibit" id="table-a&amp;b">',
        "<caption>A &lt; B</caption>",
        '<thead><tr><td></td><th scope="colgroup" colspan="2">Top</th>'
        '<th scope="colgroup" colspan="1"></th></tr><tr><td></td>'
        '<th scope="col">One</th><th scope="col">Two</th><th scope="col">Three</th>'
        "</tr></thead>",
        "<tbody>",
        '<tr><th scope="row">Size</th><td>−1</td><td class="whole">0.1 to 0.2</td>'
        "<td>=x</td></tr>",
        '<tr class="rule"><th scope="row">=N</th><td></td><td>7</td><td>a-b</td></tr>',
        "</tbody>",
        '<tfoot><tr><td colspan="4">Note &amp; more. =Last.</td></tr></tfoot>',
        "</table>",
    ]


@pytest.mark.parametrize(("columns", "wide"), [(6, ""), (7, " wide")])
def test_a_table_of_seven_columns_is_wide(columns, wide):
    table = replace(TABLE, columns=(("", "h"),) * columns, rows=(), style="aer")
    html = to_html(table)
    assert f'<table class="exhibit{wide} aer"' in html and "colgroup" not in html


def test_columns_are_aligned_as_they_say():
    html = to_html(replace(TABLE, align=("r", "p{3cm}", "l")))
    cells = next(line for line in html.splitlines() if "Size" in line)
    assert '<td class="n">−1</td><td class="words whole">0.1' in cells
    assert '<td class="words">=x</td>' in cells
    assert html_cell("x", "middle") == '<td class="middle">x</td>'


@pytest.mark.parametrize(
    ("text", "html"),
    [("-.5 (-1)", "−.5 (−1)"), ("a -b", "a -b"), ("x-1", "x-1"), ("<", "&lt;")],
)
def test_a_hyphen_before_a_number_is_a_minus(text, html):
    assert html_text(text) == html


def test_csv_line_by_line():
    lines = to_csv(TABLE).splitlines()
    assert lines[0] == ",Top,Top," and lines[1] == ",One,Two,Three"
    assert lines[2] == "Size,-1,0.1 to 0.2,=x"
    assert len(lines) == 6 and lines[4] == "Note & more."
    # what a spreadsheet would take for a formula
    assert lines[3].startswith("'=N,") and lines[5] == "'=Last."
    plain = replace(TABLE, columns=(("", "One"),), rows=())
    assert to_csv(plain).splitlines()[0] == ",One"


def test_json_is_the_table_again():
    table = replace(TABLE, align=("r", "l", "c"), style="jm")
    assert from_json(to_json(table)) == table
    assert spans(TABLE) == [("Top", 2), ("", 1)]
