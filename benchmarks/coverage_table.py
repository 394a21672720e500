"""Write the table of coverage in docs/inference.md (run from anywhere, no options).

Not a timing: a Monte Carlo of 1,000 tiny simulated panels a design (about two minutes).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from alliance_value.models.engine.coverage import CLAIMS, DESIGNS, coverage

PAGE = Path(__file__).parents[1] / "docs" / "inference.md"
BEGIN, END = "<!-- coverage table -->", "<!-- end of table -->"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=1000)
    parser.add_argument("--draws", type=int, default=399)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    found = pd.concat(
        [
            coverage(design, options.panels, options.draws, options.seed)
            for design in DESIGNS
        ]
    ).set_index(["kind", "design"])
    lines = [f"| kind | {' | '.join(DESIGNS)} |", "|---" * (1 + len(DESIGNS)) + "|"]
    for kind in CLAIMS:
        cells = []
        for design in DESIGNS:
            if (kind, design) not in found.index:
                cells.append("")
                continue
            row = found.loc[(kind, design)]
            text = f"{100 * row.coverage:.1f}"
            cells.append(f"**{text}**" if row.claims else text)
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    text = PAGE.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    table = "\n".join(lines)
    PAGE.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
