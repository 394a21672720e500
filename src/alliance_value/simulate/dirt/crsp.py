"""Clean CRSP rows -> bid/ask prices, return codes, repeated days, lost delistings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from alliance_value.simulate.dirt.sheet import LEDGER, Sheet, choose
from alliance_value.simulate.settings import WorldSettings
from alliance_value.simulate.streams import stream


def spoil_daily(
    settings: WorldSettings, block: int, rows: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Inject the daily file's defects into one block.

    Returns
    -------
    rows : DataFrame
    ledger : DataFrame
        ``row`` counts from 1 within the block.
    """
    rates = settings.dirt_rates
    rng = stream(settings.seed, "dirt-daily", block)
    draws = rng.random((4, len(rows)))
    codes = rng.choice([-77.0, -88.0, -99.0], len(rows))
    notes: list[pd.DataFrame] = []
    prc, ret = rows["prc"].to_numpy(copy=True), rows["ret"].to_numpy(copy=True)
    vol = rows["vol"].to_numpy(copy=True)

    def note(
        kind: str, where: np.ndarray, column: str, true: Any, now: Any, ok: str
    ) -> None:
        frame = pd.DataFrame({"row": where + 1, "kind": kind, "column": column})
        frame["true_value"], frame["written_value"], frame["repairable"] = true, now, ok
        notes.append(frame)

    quiet = np.flatnonzero((vol == 0) & (draws[0] < rates.get("daily_bid_ask", 0)))
    note("daily_bid_ask", quiet, "prc", prc[quiet], -prc[quiet], "yes")
    prc[quiet] *= -1
    missing = np.isnan(ret)
    first = np.flatnonzero(missing & (draws[1] < rates.get("daily_first_code", 0)))
    note("daily_first_code", first, "ret", "", -66.0, "yes")
    ret[first] = -66.0
    lost = np.flatnonzero(~missing & (draws[2] < rates.get("daily_return_code", 0)))
    note("daily_return_code", lost, "ret", ret[lost], codes[lost], "no")
    ret[lost] = codes[lost]
    no_price = lost[codes[lost] == -99.0]
    note("daily_return_code", no_price, "prc", prc[no_price], 0.0, "no")
    prc[no_price], vol[no_price] = 0.0, 0.0
    rows = rows.assign(prc=prc, ret=ret, vol=vol)
    twice = np.flatnonzero(draws[3] < rates.get("daily_duplicate", 0))
    if len(twice):
        copies = np.ones(len(rows), int)
        copies[twice] += 1
        shift = np.cumsum(copies) - copies - np.arange(len(copies))
        for frame in notes:
            frame["row"] += shift[frame["row"].to_numpy() - 1]
        note("daily_duplicate", twice + shift[twice] + 1, "", "", "repeated row", "yes")
        rows = rows.loc[np.repeat(rows.index, copies)].reset_index(drop=True)
    ledger = pd.concat(notes, ignore_index=True).assign(file="")
    return rows, ledger.sort_values("row", kind="stable")[LEDGER]


def delisting_missing(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Blank delisting returns: lost, a rule of the reader stands in."""
    column = "dlret" if "dlret" in sheet.table else "delret"
    chosen = choose(rng, sheet.table, rate, sheet.table[column] != "")
    return sheet.rewrite("delisting_missing", chosen, column, "", repairable=False)
