"""Random streams -> company names, tickers and CUSIPs as vendors spell them."""

from __future__ import annotations

import numpy as np

ONSETS = (
    "al am an ar as be br ca ce co cor da del du el en er fa fi for ga ge gl".split()
)
MIDDLES = (
    "ba ber ca ci da den do fi ga li lo ma mer mi mo na no ra ri ro ta te to va".split()
)
CODAS = (
    "co con dale dex don field gen land lex line mark mont nix ron ston tech ton "
    "tra vex well"
).split()
TRADES = (
    "Industries Systems Group Energy Brands Technologies Resources Partners".split()
)
FORMS = ["Corp", "Inc", "Co", "Holdings Inc", "Group Inc", "Corp"]
DIGITS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def company_names(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return n distinct company names, such as ``Cormida Systems Corp``."""
    seen: dict[str, None] = {}
    while len(seen) < n:
        middle = MIDDLES[rng.integers(len(MIDDLES))] if rng.random() < 0.6 else ""
        stem = (
            ONSETS[rng.integers(len(ONSETS))] + middle + CODAS[rng.integers(len(CODAS))]
        ).capitalize()
        trade = f" {TRADES[rng.integers(len(TRADES))]}" if rng.random() < 0.5 else ""
        seen.setdefault(f"{stem}{trade} {FORMS[rng.integers(len(FORMS))]}")
    return np.array(list(seen), dtype=object)


def tickers(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return n distinct tickers of three or four letters."""
    seen: dict[str, None] = {}
    while len(seen) < n:
        letters = rng.integers(0, 26, 3 if rng.random() < 0.6 else 4)
        seen.setdefault("".join(chr(65 + k) for k in letters))
    return np.array(list(seen), dtype=object)


def issuers(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return n distinct six-character CUSIP issuer codes, many with leading zeros.

    None begins with 9: those stand for the vendors' pseudo-codes.
    """
    numbers = rng.choice(88_000, n, replace=False) + 500
    tail = rng.integers(0, len(DIGITS), n)
    return np.array(
        [f"{k:05d}{DIGITS[t]}" for k, t in zip(numbers, tail, strict=True)],
        dtype=object,
    )


def identifiers(
    rng: np.random.Generator, n: int, below: int, offset: int = 1
) -> np.ndarray:
    """Return n distinct sorted integers in [offset, below)."""
    return np.sort(rng.choice(below - offset, n, replace=False)) + offset
