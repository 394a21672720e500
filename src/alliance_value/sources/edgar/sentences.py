"""Text of filings, with or without markup -> numbered sentences."""

from __future__ import annotations

import html
import re

# Marks within words, which leave no blank; all others do.
WITHIN = re.compile(r"</?(?:font|span|b|i|u|a|em|strong|sup|sub)(?:\s[^>]*)?/?>", re.I)
TAG = re.compile(r"<[^>]*>")
BLANKS = re.compile(r"\s+")
# A full stop ends a sentence where a capital, digit or bracket follows, and no short
# form of a word, initial or number stands before it.
END = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“(•]*[A-Z0-9])")
SHORT = re.compile(
    r"^[0-9]{1,2}\.$|"
    r"(?:^|\s|[(“\"])"
    r"(?:[A-Z]|U\.S|Inc|Corp|Co|Ltd|No|Nos|vs|Mr|Ms|Dr|St|e\.g|i\.e|approx)\.$"
)


def plain(text: str) -> str:
    """Return a text without markup, in one line."""
    bare = html.unescape(text)
    if "<" in bare:
        bare = html.unescape(TAG.sub(" ", WITHIN.sub("", bare)))
    return BLANKS.sub(" ", bare).strip()


def sentences(text: str) -> list[str]:
    """Return the sentences of a plain text, in order; the first is number 1."""
    parts: list[str] = []
    begun = ""
    for part in END.split(plain(text)):
        whole = f"{begun} {part}".strip()
        if SHORT.search(whole):
            begun = whole
            continue
        parts.append(whole)
        begun = ""
    return [*parts, begun] if begun else parts
