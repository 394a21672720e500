"""Text of any script -> LaTeX that every engine compiles, and its width on paper."""

from __future__ import annotations

import re
import unicodedata

from alliance_value.contracts.problems import printable

SIGNS = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # after the end of a row these would be its argument and its star
    "[": "{[}",
    "]": "{]}",
    "*": "{*}",
    '"': "{''}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    "×": r"$\times$",
    "−": "$-$",
    "±": r"$\pm$",
    "·": r"$\cdot$",
    "≥": r"$\geq$",
    "≤": r"$\leq$",
    "≠": r"$\neq$",
    "≈": r"$\approx$",
    "∞": r"$\infty$",
    "∑": r"$\sum$",
    "√": r"$\surd$",
    "∂": r"$\partial$",
    "→": r"$\to$",
    "←": r"$\leftarrow$",
    "÷": r"$\div$",
    "⁄": "/",
    "°": r"$^{\circ}$",
    "µ": r"$\mu$",
    "…": r"\dots{}",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "•": r"\textbullet{}",
    "©": r"\copyright{}",
    "§": r"\S{}",
    "£": r"\pounds{}",
    "€": "EUR",
    "™": r"\texttrademark{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
    "ı": r"\i{}",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "þ": "th",
    "Þ": "Th",
    "Å": r"\AA{}",
    "å": r"\aa{}",
}
ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308\u030a\u030b\u030c\u0327\u0328\u0323",
        "`'^~=u.\"rHvckd",
        strict=True,
    )
)
# what LaTeX's fonts have in another letter's shape
GREEK = {"omicron": "o", "final sigma": r"\varsigma"}
AS_LATIN = {
    **{"alpha": "A", "beta": "B", "epsilon": "E", "zeta": "Z", "eta": "H"},
    **{"iota": "I", "kappa": "K", "mu": "M", "nu": "N", "omicron": "O"},
    **{"rho": "P", "tau": "T", "upsilon": "Y", "chi": "X"},
}
LONG = 16  # characters of a word that may be broken anywhere
PART = re.compile(rf"[^\-_/.:]{{1,{LONG}}}[\-_/.:]*|[\-_/.:]+")

# em of Computer Modern at 8 pt, rounded up
EM = 8.0
NARROW, WIDE = set("fijlrtI.,:;'!|()[] "), set("mwMWOQ%@&×→÷±—")
MIDDLE = set("0123456789acegosvxyz+=/*-")


def latex_text(text: str) -> str:
    """Escape text for LaTeX, on one line; long words may be broken."""
    return " ".join(
        r"\allowbreak{}".join("".join(map(character, part)) for part in parts(word))
        for word in flat(text).split(" ")
    )


def flat(text: str) -> str:
    """Return text on one line, without characters that print nothing."""
    return printable(" ".join(unicodedata.normalize("NFC", text).split()))


def character(c: str) -> str:
    """Return one character in LaTeX: a letter with its accent, a sign in math.

    What TeX's own fonts do not have is left to engines that read Unicode's; elsewhere
    its code is printed, so that it is not lost.
    """
    if c in SIGNS or c.isascii():
        return SIGNS.get(c, c)
    name = unicodedata.name(c, "").lower()
    if name.startswith("greek") and (letter := greek(name)):
        return letter
    kind, _, parts = unicodedata.decomposition(c).rpartition("> ")
    base = [chr(int(code, 16)) for code in parts.split()]
    if kind in ("<super", "<sub") and base:
        sign = "^" if kind == "<super" else "_"
        return f"${sign}{{{''.join(base)}}}$"
    if not kind and len(base) == 2 and base[1] in ACCENTS:
        under = {"i": r"\i", "j": r"\j"}.get(base[0], character(base[0]))
        return rf"\{ACCENTS[base[1]]}{{{under}}}"
    if kind and base:
        return "".join(map(character, base)).strip()
    code = f"{{[}}U+{ord(c):04X}{{]}}"
    return rf"\ifdefined\Umathcode {c}\else {code}\fi{{}}"


def greek(name: str) -> str:
    """Return a Greek letter from its name in Unicode, without its accents."""
    letter = re.match(r"greek (small|capital) letter ((?:final )?\w+)", name)
    if not letter:
        return ""
    case, word = letter[1], letter[2].replace("lamda", "lambda")
    if case == "capital" and word in AS_LATIN:
        return rf"$\mathrm{{{AS_LATIN[word]}}}$"
    command = rf"\{word.capitalize() if case == 'capital' else word}"
    return f"${GREEK.get(word, command)}$"


def parts(word: str) -> list[str]:
    """Return the parts of a word between which a line may break."""
    return PART.findall(word) if len(word) > LONG else [word]


def width(text: str) -> float:
    """Return the width of text in pt at 8 pt, rounded up."""
    return sum(map(char_width, flat(text)))


def char_width(c: str) -> float:
    """Return the width of a character in pt."""
    if not c.isascii() and c not in WIDE:
        return (0.8 if c in SIGNS or unicodedata.decomposition(c) else 1.0) * EM
    if c in NARROW:
        return 0.42 * EM
    if c in WIDE:
        return 1.05 * EM if c != "W" else 1.1 * EM
    if c in MIDDLE:
        return 0.535 * EM
    return (0.8 if c.isupper() else 0.6) * EM


def longest(text: str) -> float:
    """Return the width of the longest part that no line break parts."""
    return max(width(part) for word in flat(text).split(" ") for part in parts(word))


def wrapped(text: str, room: float) -> list[str]:
    """Break text into lines of at most a width, or of one part that is wider."""
    lines = [""]
    for word in flat(text).split(" "):
        for place, part in enumerate(parts(word)):
            joint = " " if place == 0 and lines[-1] else ""
            if lines[-1] and width(lines[-1] + joint + part) > room:
                lines.append(part)
            else:
                lines[-1] += joint + part
    return lines
