"""The report's numbers by table, row and column, and what the results say there.

Written from the layout that a reader sees, without the code that lays out.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pandas as pd

from tests.tex import text_of

Key = tuple[str, str, int]

# as tables name them
TERMS = {
    "Customer-centric partner share": "cc_share",
    "Own customer-centric structure": "own_cc",
    "Customer-centric partner share × Own customer-centric structure": (
        "cc_share:own_cc"
    ),
    "Size (log assets)": "size",
    "Leverage": "leverage",
    "Constant": "constant",
}
MODELS = ["controls", "main_effects", "interaction", "interaction_within", "pooled"]
TESTS = {
    "Cross-sectional t": "cross_sectional",
    "Patell": "patell",
    "Boehmer-Musumeci-Poulsen": "bmp",
    "Kolari-Pynnönen": "kolari_pynnonen",
    "Corrado rank": "corrado",
    "Generalized rank": "generalized_rank",
    "Sign": "sign",
    "Calendar time": "calendar_time",
}
TITLES = {
    "main_models": (
        "Next-year ROA and the customer-centric share of the alliance portfolio"
    ),
    "event_tests": "Partners' abnormal returns around announcements, all tests",
    "claims": "Published headlines beside this study's estimates",
}
NUMBER = re.compile(r"\(?[−-]?\d[\d,]*(?:\.\d+)?(?:e[−-]?\d+)?%?\)?[*∗]*")


def agrees(shown: str, value: float) -> bool:
    """Return whether a number as shown is the value at the shown rounding."""
    text = shown.replace("−", "-").strip("()*∗").replace(",", "")
    if not text or pd.isna(value):
        return False
    scale = 100 if text.endswith("%") else 1
    text = text.rstrip("%")
    mantissa, _, exponent = text.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(text) - value * scale) <= unit / 2 * (1 + 1e-6)


def numbers_of(results: Path) -> dict[Key, float]:
    """Return the values of estimates, event_tests and claims by place in the report."""
    expected: dict[Key, float] = {}
    estimates = pd.read_csv(results / "estimates.csv").set_index(["model", "term"])
    for label, term in TERMS.items():
        known = [m for m in MODELS if (m, term) in estimates.index]
        for place, model in enumerate(known):
            row = estimates.loc[(model, term)]
            expected["main_models", label, place] = row.estimate
            expected["main_models", f"{label} s.e.", place] = row.se
    tests = pd.read_csv(results / "event_tests.csv")
    tests = tests[(tests["sample"] == "all") & (tests.unit == "partners")]
    tests = tests[(tests.model == "market") & (tests.window == "[-1,1]")]
    for label, test in TESTS.items():
        mine = tests[(tests.test == test) & tests.statistic.notna()]
        for place, value in enumerate(mine.statistic):
            expected["event_tests", label, place] = value
    first = tests[tests.test == tests.test.iloc[0]]
    for place, row in enumerate(first.itertuples()):
        expected["event_tests", "Events", place] = row.n
        expected["event_tests", "Mean CAR", place] = row.mean
    claims = pd.read_csv(results / "claims.csv").drop_duplicates("claim")
    for i, row in enumerate(claims[claims.estimate.notna()].itertuples()):
        values = [row.published, row.estimate, row.ci_low, row.ci_high]
        for place, value in enumerate(v for v in values if pd.notna(v)):
            expected["claims", f"row {i}", place] = value
    return expected


def in_page(results: Path) -> dict[Key, str]:
    """Return the numbers that the HTML report shows."""
    page = (results / "report.html").read_text(encoding="utf-8")
    shown: dict[Key, str] = {}
    for name in TITLES:
        table = page.partition(f'id="table-{name}"')[2].partition("</tbody>")[0]
        lines = [
            [
                unescape(re.sub("<.*?>", "", c))
                for c in re.findall(r"<t[hd].*?</t[hd]>", r)
            ]
            for r in table.partition("<tbody>")[2].split("</tr>")
        ]
        shown |= placed(name, [line for line in lines if line])
    return shown


def in_pdf(results: Path) -> dict[Key, str]:
    """Return the numbers that the PDF shows."""
    text = text_of(results / "report.pdf")
    shown: dict[Key, str] = {}
    for name, title in TITLES.items():
        body = re.split(rf"Table \d+\. {re.escape(title)}", text)[1]
        lines = []
        for line in re.split(r"Table \d+\. ", body)[0].splitlines():
            margin = [""] if line.startswith(" " * 20) else []
            lines.append([*margin, *re.split(r"\s{2,}", line.strip())])
        shown |= placed(name, lines)
    return shown


def placed(table: str, lines: list[list[str]]) -> dict[Key, str]:
    """Return the numbers of a table's lines by row and place among those there."""
    shown: dict[Key, str] = {}
    labels = [*TERMS, *TESTS, "Events", "Mean CAR"]
    label = ""
    claims = 0
    for head, *cells in lines:
        numbers = NUMBER.findall(" ".join(cells))
        if table == "claims":
            if len(numbers) < 2:
                continue
            row = f"row {claims}"
            claims += 1
        elif head:
            label = next((name for name in labels if name == head), "")
            row = label
        else:
            row = f"{label} s.e." if label else ""
        if row and numbers:
            # a table that is wider than its page goes on below
            before = sum(key[1] == row for key in shown)
            shown |= {(table, row, before + i): n for i, n in enumerate(numbers)}
    return shown
