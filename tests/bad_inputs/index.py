"""The corpus and what it ends in -> docs/bad-inputs.md."""

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from tests.bad_inputs.cases import CASES
from tests.bad_inputs.entries import ROOT, Outcome, outcome_of

EXPECTED = Path(__file__).with_name("expected.yaml")
PAGE = ROOT / "docs/bad-inputs.md"
HEAD = """\
# Bad inputs

What the program does with files and study files that have something wrong in them:
it stops with every problem at once, each with its place and its next step, or it
repairs or rejects and says so in `rejects.csv`. Each row is a test in
`tests/bad_inputs/`; this page is written from them by
`python -m tests.bad_inputs.index`.

"""
ENTRIES = {
    "firm_years": "Tables of firms and years",
    "deals": "Alliances",
    "structures": "Coding sheets",
    "ledger": "Ledgers of customers",
    "ownership": "Ownership shares",
    "terminations": "Terminations of alliances",
    "acquisitions": "Acquisitions",
    "input_output": "Flows between industries",
    "firm_classes": "Classes of firms",
    "major_customers": "Major customers",
    "alliance_function": "Alliance functions",
    "dated_tickers": "Tickers by date",
    "links": "Links between firms and securities",
    "names": "Names of securities",
    "segments": "Segments",
    "delistings": "Delistings",
    "events": "Events",
    "factors": "Factors",
    "daily": "Daily returns",
    "study": "Study files",
    "published": "Printed tables to compare with",
    "records": "DVC's records",
}


def expected() -> dict[str, dict[str, Any]]:
    """Return what each case ends in."""
    loaded: dict[str, dict[str, Any]] = yaml.safe_load(EXPECTED.read_text("utf-8"))
    return loaded


def as_stored(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as expected.yaml holds it."""
    kept = {"stops": list(outcome.stops), "rejects": list(outcome.rejects)}
    stored: dict[str, Any] = {k: v for k, v in kept.items() if v}
    return stored | ({} if outcome.stops else {"left": outcome.left})


def in_words(case: dict[str, Any]) -> str:
    """Say in a cell what a case ends in."""
    if "stops" in case:
        rules = [re.sub(r"^.*?: (?=\D)", "", p, count=1) for p in case["stops"]]
        first, count = case["stops"][0], len(rules)
        text = f"stops: {first}"
        return text + (f" (and {count - 1} more)" if count > 1 else "")
    rules = [
        re.sub(r"^.*?: (\w+), (\w+).*$", r"\2: \1", r) for r in case.get("rejects", [])
    ]
    counts = Counter(rules)
    words = [f"{rule} ({n})" if n > 1 else rule for rule, n in counts.items()]
    return "; ".join(words) or "is read as it is meant"


def page() -> str:
    """Return the page."""
    outcomes = expected()
    lines = [f"{len(CASES)} cases.\n"]
    for entry, title in ENTRIES.items():
        lines += [f"\n## {title}\n", "| case | what is wrong | what happens |"]
        lines.append("|---|---|---|")
        for case in CASES:
            if case.entry == entry:
                cells = (f"`{case.id}`", case.wrong, in_words(outcomes[case.id]))
                plain = [" ".join(c.split()).replace("|", "\\|") for c in cells]
                lines.append(f"| {' | '.join(plain)} |")
    return HEAD + "\n".join(lines) + "\n"


def main() -> None:
    """Run all cases, then write what they end in and the page; review the changes."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            where = Path(folder) / case.id
            outcome = outcome_of(case.entry, case.files, case.settings, where)
            found[case.id] = as_stored(outcome)
    text = yaml.safe_dump(found, sort_keys=False, allow_unicode=True, width=100)
    EXPECTED.write_text(text, encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
