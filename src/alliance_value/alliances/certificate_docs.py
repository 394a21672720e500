"""The certificate's scores -> the package's copy, and the tables of docs."""

from __future__ import annotations

import sys
from pathlib import Path

from alliance_value.certificate.contracts import Scores
from alliance_value.certificate.page import markdown
from alliance_value.contracts.storage import load

SCORES = Path(__file__).with_name("certificate.csv")
PAGE = "docs/certificate.md"
BEGIN, END = "<!-- certificate: begin -->", "<!-- certificate: end -->"


def with_tables(text: str) -> str:
    """Return the page with the tables of the package's scores between its marks."""
    before, rest = text.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    return f"{before}{BEGIN}\n{markdown(load(SCORES, Scores))}{END}{after}"


if __name__ == "__main__":
    for given in sys.argv[1:]:
        SCORES.write_bytes(Path(given).read_bytes())
    page = Path(PAGE)
    page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
