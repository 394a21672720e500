"""No generic room says the paper's words, nor imports the room of the paper."""

import re
from pathlib import Path

import alliance_value

ROOT = Path(alliance_value.__file__).parent
OF_THE_PAPER = ("alliances", "simulate")
WORDS = re.compile(
    r"own_cc|cc_share|customer.centric|product.centric|appropriat|whale|dyad"
    r"|alliance(?![-_]value)|partner|(?<!calendar.time )portfolio|coder_|joint_value"
    r"|\bsdc\b|sdc_",
    re.IGNORECASE,
)
# Terms of the field that are not the paper's alone, by the room that says them.
TERMS = {
    "models": {"dyad"},  # dyadic errors are for pairs of any kind
}
GENERIC = sorted(
    str(path.relative_to(ROOT))
    for path in ROOT.rglob("*.*")
    if path.suffix in (".py", ".j2", ".typ", ".yaml", ".md")
    and path.relative_to(ROOT).parts[0] not in OF_THE_PAPER
)


def said(path: str) -> set[str]:
    text = (ROOT / path).read_text(encoding="utf-8")
    return {match.group().lower() for match in WORDS.finditer(text)}


def test_generic_rooms_do_not_say_the_papers_words():
    assert len(GENERIC) > 100
    beyond = {
        path: said(path) - TERMS.get(Path(path).parts[0], set()) for path in GENERIC
    }
    assert {path: words for path, words in beyond.items() if words} == {}


def test_every_term_that_a_room_may_say_is_said_there():
    for room, terms in TERMS.items():
        words = {
            w for path in GENERIC if Path(path).parts[0] == room for w in said(path)
        }
        assert words == terms
