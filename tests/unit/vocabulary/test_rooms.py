"""No generic room says the paper's words, nor imports the room of the paper."""

import re
from pathlib import Path

import pytest

import alliance_value

ROOT = Path(alliance_value.__file__).parent
ROOMS = ("events/", "exhibits/", "report/", "vocabulary/")
OF_THE_PAPER = ("alliances", "simulate")
WORDS = re.compile(
    r"own_cc|cc_share|customer.centric|product.centric|appropriat|whale|dyad"
    r"|alliance(?![-_]value)|partner|(?<!calendar.time )portfolio",
    re.IGNORECASE,
)
# the ordinary word, or the name of a vendor or of the package's own files
GENERIC = sorted(
    str(path.relative_to(ROOT))
    for path in ROOT.rglob("*.*")
    if path.suffix in (".py", ".j2", ".typ")
    and path.relative_to(ROOT).parts[0] not in OF_THE_PAPER
)


def said(path: str) -> list[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return sorted({match.group().lower() for match in WORDS.finditer(text)})


@pytest.mark.parametrize(
    "path",
    [p for p in GENERIC if p.startswith(ROOMS)],
)
def test_generic_rooms_do_not_say_the_papers_words(path):
    assert said(path) == []
