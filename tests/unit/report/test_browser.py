"""The report in a real browser: silent, self-contained, narrow, by keyboard."""

from __future__ import annotations

import pytest

from tests.browser import browser, opened
from tests.unit.report.test_html import TEMPLATES, inputs, render

__all__ = ["inputs"]

pytestmark = pytest.mark.skipif(browser() is None, reason="no Chromium on the path")


@pytest.fixture(scope="module", params=[400, 1200])
def page(request, inputs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("browser")
    path = folder / "report.html"
    path.write_text(render(inputs, TEMPLATES), encoding="utf-8")
    with opened(folder / "profile", path, request.param) as page:
        yield page


def test_nothing_is_logged_and_nothing_requested(page):
    page.run("1")
    methods = [e["method"] for e in page.events]
    assert "Runtime.exceptionThrown" not in methods
    logged = [e for e in page.events if e["method"] == "Log.entryAdded"]
    assert [e["params"]["entry"]["text"] for e in logged] == []
    sent = [e for e in page.events if e["method"] == "Network.requestWillBeSent"]
    urls = [e["params"]["request"]["url"] for e in sent]
    assert [u for u in urls if not u.startswith(("file:", "data:"))] == []
    assert len([u for u in urls if u.startswith("file:")]) == 1


def test_the_page_is_no_wider_than_the_window(page):
    assert page.run("document.documentElement.scrollWidth - innerWidth") <= 0


def test_links_within_the_page_lead_somewhere(page):
    missing = (
        "[...document.querySelectorAll('a[href^=\"#\"]')]"
        ".filter(a => !document.querySelector(a.getAttribute('href'))).length"
    )
    assert page.run(missing) == 0
    small = (
        "[...document.querySelectorAll('figure svg')]"
        ".filter(f => f.getBoundingClientRect().width < 100).length"
    )
    assert page.run(small) == 0


def test_tab_reaches_the_skip_link_then_the_navigation(page):
    page.run("document.activeElement.blur(); scrollTo(0, 0)")
    page.press("Tab", 9)
    assert page.run("document.activeElement.className") == "skip"
    page.press("Tab", 9)
    assert page.run("document.activeElement.closest('nav') !== null")


def test_navigation_stays_in_view(page):
    page.run("scrollTo(0, document.body.scrollHeight)")
    assert page.run("document.querySelector('nav').getBoundingClientRect().top") == 0


def test_figures_are_enlarged_and_put_back(page):
    page.run("document.querySelector('figure button').click()")
    assert page.run("document.querySelector('dialog[open] svg') !== null")
    page.run(
        "new Promise(done => { const d = document.querySelector('dialog');"
        "d.addEventListener('close', () => done(1)); d.close(); })"
    )
    drawings = page.run("document.querySelectorAll('figure .frame svg').length")
    assert drawings == page.run("document.querySelectorAll('figure').length") > 0


def test_tables_are_copied_as_tab_separated_text(page):
    text = page.run("tabbed(document.querySelector('main table'))")
    lines = text.splitlines()
    assert len(lines) > 1
    assert "\t" in lines[0]


def test_search_finds_marks_and_counts(page):
    page.run(
        "form.querySelector('input').value = 'provenance';"
        "form.dispatchEvent(new Event('submit', {cancelable: true}))"
    )
    assert page.run("said.textContent").startswith("1 of ")
    assert page.run("document.querySelectorAll('.hit.now').length") == 1


# Ten heads with an error below each but the last, whose estimate is missing.
LONG = """
var built = document.createElement("table");
built.innerHTML = "<thead><tr><td></td><th>E</th></tr></thead><tbody>" +
  ["3*", "10*", "−2*", "1200*", "0.5*", "7*", "8*", "9*", "4*", ""].map((v, i) =>
    `<tr class="rule"><th>r${i}</th><td>${v}</td></tr>` +
    (v ? `<tr><th></th><td>(e${i})</td></tr>` : "")).join("") + "</tbody>";
var line = document.createElement("div");
document.querySelector("main").append(line, built);
interactive(built, line);
"""
SHOWN = "[...built.tBodies[0].rows].filter(r => !r.hidden).map(r => r.innerText.trim())"


def test_long_tables_sort_by_a_column_and_filter_with_what_stands_below(page):
    page.run(LONG)
    shown = f"{SHOWN}.map(t => t.replace(/\\s+/g, ' ')).join('|')"
    before = page.run(shown)
    assert before.startswith("r0 3*|(e0)|r1 10*|(e1)")
    click = "built.tHead.rows[0].cells[1].click()"
    page.run(click)
    up = page.run(shown).split("|")
    assert up[:6] == ["r2 −2*", "(e2)", "r4 0.5*", "(e4)", "r0 3*", "(e0)"]
    assert up[-3:] == ["r3 1200*", "(e3)", "r9"]
    page.run(click)
    down = page.run(shown).split("|")
    assert (down[:2], down[-1]) == (["r3 1200*", "(e3)"], "r9")
    page.run(click)
    assert page.run(shown) == before
    filtered = "line.querySelector('input')"
    page.run(f"{filtered}.value = 'E3'; {filtered}.dispatchEvent(new Event('input'))")
    assert page.run(shown) == "r3 1200*|(e3)"
    page.run("line.remove(); built.remove()")


def test_short_tables_and_live_ones_have_neither(page):
    sorting = "all('main table').filter(t => t.querySelector('.sorts'))"
    assert page.run(f"{sorting}.every(t => t.tBodies[0].rows.length >= LONG)")
