"""The spells of real firms in a panel -> spells of as many invented firms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLOCK = 5  # firms among which the ends of spells change hands


@dataclass(frozen=True)
class Rows:
    """Which firm and which slot (period) each row is of.

    Parameters
    ----------
    firm, slot
        int64 codes from 0 on, shape (n,); no pair twice.
    firms, slots
        How many there are.
    """

    firm: np.ndarray
    slot: np.ndarray
    firms: int
    slots: int

    def grid(self, values: np.ndarray) -> np.ndarray:
        """Return values of rows, shape (n, k), by firm and slot: NaN where no row is.

        Returns
        -------
        numpy.ndarray
            float64, shape (firms, slots, k).
        """
        out = np.full((self.firms, self.slots, values.shape[1]), np.nan)
        out[self.firm, self.slot] = values
        return out


def drawn_rows(real: Rows, rng: np.random.Generator) -> Rows:
    """Give invented firms spells such as real ones have.

    Every entry and every exit of a real firm happens once, but between firms that
    entered at about the same time exits change hands. Slots within a spell are left
    out at the rate of the real panel.
    """
    first = np.full(real.firms, real.slots)
    last = np.full(real.firms, -1)
    np.minimum.at(first, real.firm, real.slot)
    np.maximum.at(last, real.firm, real.slot)
    gaps = 1 - len(real.firm) / (last - first + 1).sum()
    order = np.lexsort((rng.random(real.firms), last, first))
    first, last = first[order], last[order]
    for begin in range(0, real.firms, BLOCK):
        block = slice(begin, begin + BLOCK)
        last[block] = np.maximum(rng.permutation(last[block]), first[block])
    shuffled = rng.permutation(real.firms)
    first, last = first[shuffled], last[shuffled]
    slots = np.arange(real.slots)
    inside = (slots >= first[:, None]) & (slots <= last[:, None])
    ends = (slots == first[:, None]) | (slots == last[:, None])
    open_ = max(int((inside & ~ends).sum()), 1)
    rate = min(gaps * inside.sum() / open_, 1.0)
    inside &= ends | (rng.random(inside.shape) >= rate)
    firm, slot = np.nonzero(inside)
    return Rows(firm, slot, real.firms, real.slots)
