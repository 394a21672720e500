"""Identifiers as files print them -> whole ones, with what was repaired or refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

import pandas as pd

from alliance_value.contracts.identifiers import (
    CUSIP_CHARACTERS,
    FIRM_WIDTHS,
    GVKEY_DIGITS,
    ISSUE_CHARACTERS,
    ISSUER_CHARACTERS,
    checks,
)

# what a spreadsheet makes of a code such as 12345E10 or 123000000
SCIENTIFIC = r"[+-]?(?:\d\.\d+[eE][+-]?\d+|\d+[eE][+-]\d+)"
WITH_DECIMALS = r"^(\d+)\.0*$"
POWER = re.compile(r"\+?(\d(?:\.\d+)?)[eE]\+?(\d{1,3})")
# a spreadsheet rounds to two decimals what it takes for a number of this kind
ROUNDED = re.compile(r"\d\.\d\dE\+\d+")
WIDTHS = (ISSUER_CHARACTERS, ISSUE_CHARACTERS, CUSIP_CHARACTERS)
ISIN = re.compile(r"[A-Z]{2}([0-9A-Z*@#]{9})\d")
# 8-digit codes are CUSIPs of nine without their zero where this share checks
DECISIVE = 0.9

REPAIRED = "cusip_zeros_restored"
RESTORED = "cusip_restored_from_scientific_notation"
AMBIGUOUS = "cusip_ambiguous"
DIGITS_LOST = "code_in_scientific_notation"


def scientific(codes: pd.Series) -> pd.Series:
    """Return where a code was turned into a number such as 1.23E+05, digits lost."""
    return codes.str.fullmatch(SCIENTIFIC).fillna(False).astype(bool)


def without_decimals(codes: pd.Series) -> pd.Series:
    """Return codes of digits without the ``.0`` by which floats are printed."""
    return codes.str.replace(WITH_DECIMALS, r"\1", regex=True)


def padded(codes: pd.Series, digits: int = GVKEY_DIGITS) -> pd.Series:
    """Return codes of digits with their leading zeros, a printed ``.0`` taken off.

    Codes with letters stay as they are.
    """
    plain = without_decimals(codes)
    numeric = plain.str.fullmatch(r"\d+").fillna(False).astype(bool)
    return plain.mask(numeric, plain.str.lstrip("0").str.zfill(digits))


def firm_codes(codes: pd.Series, key: str) -> pd.Series:
    """Return codes of firms as the study's firm-years have them.

    Parameters
    ----------
    codes
        As printed, shape (n,).
    key
        The column of the firm-years that names the firm: a gvkey has six digits, a
        CIK ten; codes of other columns keep theirs.
    """
    digits = FIRM_WIDTHS.get(key.lower())
    return codes if digits is None else padded(codes, digits)


@dataclass(frozen=True)
class Cusips:
    """A column of CUSIPs, read.

    Parameters
    ----------
    codes
        Text of 6, 8 or 9 characters; missing where blank or refused.
    repaired
        The rule by which a code was repaired; missing elsewhere.
    refused
        The rule by which a code is left out; missing elsewhere.
    """

    codes: pd.Series
    repaired: pd.Series
    refused: pd.Series


def cusips(cells: pd.Series, usual: int, *, always: bool = False) -> Cusips:
    """Read a column of CUSIPs (6, 8 or 9 characters), or of ISINs that hold them.

    Codes that a program took for numbers lost their leading zeros, or stand in
    scientific notation. How many characters a code had is told by the others of its
    column that kept theirs (letters, zeros or nine characters); where none did, eight
    digits or fewer are a CUSIP of nine if the check digits agree. A code that could be
    several is refused.

    Parameters
    ----------
    cells
        Text as printed.
    usual
        The characters that the vendor prints, where the column itself does not tell.
    always
        Whether the vendor prints no other number of characters.

    References
    ----------
    CUSIP Global Services; the check digit is that of ANSI X9.6.
    """
    text = cells.astype("string").str.strip().str.upper()
    printed = cells.astype("string").str.strip()
    powers = scientific(printed)
    plain = without_decimals(text).str.replace(r"[^0-9A-Z*@#]", "", regex=True)
    plain = plain.str.replace(rf"^{ISIN.pattern}$", r"\1", regex=True)
    plain = plain.mask(powers | plain.eq(""))
    distinct = plain.dropna().unique()
    widths = frozenset({usual}) if always else own_widths(distinct, usual)
    meant: dict[str, str | None] = {
        code: code.zfill(usual)
        if always and len(code) <= usual
        else whole_cusip(code, widths)
        for code in distinct
    }
    from_power = {
        cell: from_scientific(cell, widths) for cell in printed[powers].unique()
    }
    codes = plain.map(meant).astype("string")
    codes = codes.mask(powers, printed.map(from_power).astype("string"))
    given = plain.notna() | powers
    blank = pd.Series(pd.NA, cells.index, dtype="string")
    grown = plain.notna() & codes.notna() & codes.ne(plain).fillna(False)
    repaired = blank.mask(grown, REPAIRED).mask(powers & codes.notna(), RESTORED)
    refused = blank.mask(given & codes.isna(), AMBIGUOUS)
    refused = refused.mask(powers & codes.isna(), DIGITS_LOST)
    return Cusips(codes, repaired, refused)


def own_widths(codes: Iterable[str], usual: int) -> frozenset[int]:
    """Return the numbers of characters that a column's codes had.

    Some programs take the zeros of codes with letters too: then these are of odd sizes.
    """
    codes = [*codes]
    kept = {len(c) for c in codes if len(c) in WIDTHS and c[0] == "0"}
    kept |= {len(c) for c in codes if len(c) == CUSIP_CHARACTERS}
    lettered = {len(c) for c in codes if not c.isdigit()}
    kept |= lettered if lettered <= {*WIDTHS} else set()
    if kept:
        return frozenset(kept)
    long = [c for c in codes if ISSUER_CHARACTERS < len(c) <= CUSIP_CHARACTERS]
    nine = [c for c in long if checks(c.zfill(CUSIP_CHARACTERS))]
    if long and len(nine) >= DECISIVE * len(long):
        return frozenset({CUSIP_CHARACTERS})
    return frozenset({ISSUE_CHARACTERS} if long else {usual})


def whole_cusip(code: str, widths: frozenset[int]) -> str | None:
    """Return a code with its zeros; nothing where it could be several or is none."""
    whole = code[0] == "0" or not code.isdigit()
    if len(code) == CUSIP_CHARACTERS or (whole and len(code) in widths):
        return code
    if len(code) > CUSIP_CHARACTERS:
        return None
    nine = code.zfill(CUSIP_CHARACTERS)
    fits = {
        width: code.zfill(width)
        for width in sorted(widths)
        if width >= len(code) and (width < CUSIP_CHARACTERS or checks(nine))
    }
    if not fits and len(code) > max(widths):
        # longer than the column's own: nine characters without a zero, or eight
        return nine if checks(nine) else code.zfill(ISSUE_CHARACTERS)
    return next(iter(fits.values())) if len(fits) == 1 else None


def from_scientific(cell: str, widths: frozenset[int]) -> str | None:
    """Return the one CUSIP that a program prints so; nothing where there are several.

    7.65e+106 can only have been 00765E104 by its check digit; what a spreadsheet rounds
    to two decimals has lost digits, and nearly always could be many.
    """
    match = POWER.fullmatch(cell)
    if match is None:
        return None
    mantissa, exponent = Decimal(match[1]), int(match[2])
    rounded = ROUNDED.fullmatch(cell) is not None
    codes: set[str] = set()
    for width in widths:
        for power in range(1, exponent + 1):
            digits = width - 1 - len(str(power))
            if digits < 1 or exponent - power >= digits:
                continue
            codes |= {
                code
                for number in mantissas(mantissa, exponent - power, rounded)
                for code in [f"{number}E{power}".zfill(width)]
                if width < CUSIP_CHARACTERS or checks(code)
            }
    codes |= plain_numbers(mantissa, exponent, widths, rounded)
    return codes.pop() if len(codes) == 1 else None


def mantissas(mantissa: Decimal, shift: int, rounded: bool) -> Iterable[int]:
    """Return the whole numbers that are printed as a mantissa times ten to a shift."""
    if not rounded:
        number = mantissa.scaleb(shift)
        return [int(number)] if number == int(number) else []
    half = Decimal("0.005")
    low, high = ((mantissa + d).scaleb(shift) for d in (-half, half))
    return range(ceil(low), floor(high) + 1)


def plain_numbers(
    mantissa: Decimal, exponent: int, widths: frozenset[int], rounded: bool
) -> set[str]:
    """Return the codes of digits alone that are printed in scientific notation."""
    if exponent >= max(widths):
        return set()
    codes: set[str] = set()
    for number in mantissas(mantissa, exponent, rounded):
        for width in widths:
            code = str(number).zfill(width)
            if len(code) == width and (width < CUSIP_CHARACTERS or checks(code)):
                codes.add(code)
            if len(codes) > 1:
                return codes
    return codes


def changes(read: Cusips) -> Mapping[str, tuple[pd.Series, bool]]:
    """Return each rule that a column of CUSIPs met -> its rows, and whether refused."""
    return {
        rule: (column.eq(rule).fillna(False).astype(bool), refused)
        for column, refused in ((read.repaired, False), (read.refused, True))
        for rule in sorted(column.dropna().unique())
    }
