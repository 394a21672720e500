"""Changes of code that tests noticed or did not -> the tables of docs.

python workflow/tools/noticed.py
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from alliance_value.certificate.page import SECTION, replaced

# mutants.py writes it; a survivor's word is added by hand
MUTANTS = Path("docs/mutants.csv")
PAGES = Path("docs/certificate.md"), Path("docs/testing.md")
EQUIVALENT = "equivalent"


def with_mutants(text: str, mutants: pd.DataFrame) -> str:
    """Return a page with the share of changes of code that tests notice.

    Parameters
    ----------
    text
        A page with the section ``mutants``, and ``survivors`` where it lists these.
    mutants
        One row per change: room, seed, module, line, noticed (yes, no), word.
    """
    lines = ["| room | seed | judged | equivalent | noticed | of the others |"]
    lines += ["|---|---:|---:|---:|---:|---:|"]
    last = mutants.groupby("room").seed.transform("max").eq(mutants.seed)
    groups = [*mutants.groupby(["room", "seed"])]
    groups.append((("**all, last drawn**", ""), mutants[last]))
    for (room, seed), part in groups:
        equivalent = int(part.word.str.startswith(EQUIVALENT).sum())
        noticed = int(part.noticed.eq("yes").sum())
        share = noticed / (len(part) - equivalent)
        counts = f"{len(part)} | {equivalent} | {noticed} | {share:.0%}"
        lines.append(f"| {room} | {seed} | {counts} |")
    text = replaced(text, "mutants", "\n".join([*lines, ""]))
    if SECTION.format("survivors", "begin") not in text:
        return text
    rows = mutants[mutants.noticed.eq("no")]
    lines = ["| where | seed | what became of it |", "|---|---:|---|"]
    lines += [
        f"| `{row.module}:{row.line}` | {row.seed} | {row.word} |"
        for row in rows.itertuples()
    ]
    return replaced(text, "survivors", "\n".join([*lines, ""]))


if __name__ == "__main__":
    table = pd.read_csv(MUTANTS, keep_default_na=False)
    for page in PAGES:
        page.write_text(
            with_mutants(page.read_text(encoding="utf-8"), table), encoding="utf-8"
        )
