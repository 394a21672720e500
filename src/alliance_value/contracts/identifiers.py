"""Identifiers of firms and securities: their widths, and a CUSIP's check digit."""

from __future__ import annotations

GVKEY_DIGITS = 6
CIK_DIGITS = 10
CUSIP_CHARACTERS = 9
ISSUER_CHARACTERS = 6
ISSUE_CHARACTERS = 8
# vendors whose column bears this name print so many digits
FIRM_WIDTHS = {"gvkey": GVKEY_DIGITS, "cik": CIK_DIGITS}
SPECIAL = {"*": 36, "@": 37, "#": 38}


def check_digit(cusip: str) -> str:
    """Return the ninth character of a CUSIP's first eight (modulus 10, double-add)."""
    total = 0
    for place, character in enumerate(cusip):
        value = SPECIAL[character] if character in SPECIAL else int(character, 36)
        value *= 1 + place % 2
        total += value // 10 + value % 10
    return str(-total % 10)


def checks(cusip: str) -> bool:
    """Return whether nine characters are a CUSIP by their check digit."""
    return len(cusip) == CUSIP_CHARACTERS and check_digit(cusip[:-1]) == cusip[-1]
