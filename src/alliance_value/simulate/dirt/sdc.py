"""Clean deals -> pseudo-CUSIPs, odd flags, estimated dates, repeats, lost cells."""

from __future__ import annotations

import numpy as np
import pandas as pd

from alliance_value.simulate.dirt.sheet import Sheet, choose
from alliance_value.simulate.vendors.sdc import DATES, FLAG_COLUMNS

ANNOUNCED, EFFECTIVE, TERMINATED = DATES
SPELLINGS = {"Yes": ["Y", "Yes", "YES"], "No": ["N", "", "No"]}


def flag_spelling(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Spell flags Y, N or leave them blank for No."""
    for column in FLAG_COLUMNS.values():
        now = sheet.table[column].to_numpy()
        pick = rng.integers(0, 2, len(now))
        odd = np.array(
            [SPELLINGS[v][k] for v, k in zip(now, pick, strict=True)], object
        )
        chosen = choose(rng, sheet.table, rate, odd != now)
        values = pd.Series(odd, sheet.table.index)[chosen].to_numpy()
        sheet = sheet.rewrite("sdc_flag_spelling", chosen, column, values, True)
    return sheet


def pseudo_cusip(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Replace the first participant's CUSIPs by a vendor's code; its name remains."""
    chosen = choose(rng, sheet.table, rate)
    codes = [f"9{k:05d}" for k in rng.integers(0, 99_999, len(chosen))]
    for column in ("Participant CUSIP", "Participant Ultimate Parent CUSIP"):
        old = sheet.table.loc[chosen, column].str.split("\n")
        values = [
            "\n".join([code, *cells[1:]])
            for code, cells in zip(codes, old, strict=True)
        ]
        sheet = sheet.rewrite("sdc_pseudo_cusip", chosen, column, values, True)
    return sheet


def name_variant(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Spell parents' names in capitals and with the legal form written out."""
    column = "Participant Ultimate Parent Name"
    chosen = choose(rng, sheet.table, rate)
    values = sheet.table.loc[chosen, column].str.upper()
    for short, long in (
        ("CORP", "CORPORATION"),
        ("INC", "INCORPORATED"),
        ("CO", "COMPANY"),
    ):
        values = values.str.replace(rf"\b{short}\b", long, regex=True)
    return sheet.rewrite(
        "sdc_name_variant", chosen, column, values.to_numpy(object), True
    )


def estimated_date(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Replace the announcement by the middle of its month and flag it as estimated."""
    chosen = choose(rng, sheet.table, rate)
    old = sheet.table.loc[chosen, ANNOUNCED]
    values = (old.str[:3] + "15" + old.str[5:]).to_numpy(object)
    sheet = sheet.rewrite("sdc_estimated_date", chosen, ANNOUNCED, values, False)
    return sheet.rewrite(
        "sdc_estimated_date", chosen, "Date Announced Estimated", "Yes", False
    )


def duplicate_deal(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Report a deal again under another number up to three days later."""
    # Not on a month's last days: the repeat must not move to another chunk or year.
    early = sheet.table[ANNOUNCED].str[3:5].astype(int) <= 25
    rows = sheet.table.loc[choose(rng, sheet.table, rate, early)].copy()
    later = pd.to_datetime(rows[ANNOUNCED], format="%m/%d/%Y") + pd.to_timedelta(
        rng.integers(1, 4, len(rows)), unit="D"
    )
    rows[ANNOUNCED] = later.dt.strftime("%m/%d/%Y").astype(object)
    rows["Deal Number"] = [str(int(k) + 3) for k in rows["Deal Number"]]
    return sheet.insert("sdc_duplicate_deal", rows, "same pair within 3 days", True)


def lost_termination(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Blank termination dates: the deal looks alive."""
    chosen = choose(rng, sheet.table, rate, sheet.table[TERMINATED] != "")
    return sheet.rewrite("sdc_lost_termination", chosen, TERMINATED, "", False)


def impossible_termination(
    sheet: Sheet, rng: np.random.Generator, rate: float
) -> Sheet:
    """Terminate a deal before its announcement."""
    chosen = choose(rng, sheet.table, rate)
    start = pd.to_datetime(sheet.table.loc[chosen, ANNOUNCED], format="%m/%d/%Y")
    values = (start - pd.to_timedelta(400, unit="D")).dt.strftime("%m/%d/%Y")
    return sheet.rewrite(
        "sdc_impossible_termination", chosen, TERMINATED, values.to_numpy(object), False
    )


def unknown_status(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Print a status that no manual lists."""
    chosen = choose(rng, sheet.table, rate)
    return sheet.rewrite("sdc_unknown_status", chosen, "Status", "Dormant", False)


def lone_participant(sheet: Sheet, rng: np.random.Generator, rate: float) -> Sheet:
    """Lose all participants but the first."""
    chosen = choose(rng, sheet.table, rate)
    for column in [
        str(c) for c in sheet.table if str(c).startswith(("Participant", "Percent Own"))
    ]:
        values = sheet.table.loc[chosen, column].str.split("\n").str[0].to_numpy(object)
        sheet = sheet.rewrite("sdc_lone_participant", chosen, column, values, False)
    return sheet


def two_digit_years(table: pd.DataFrame) -> pd.DataFrame:
    """Print dates with two-digit years."""
    out = table.copy()
    for column in DATES:
        out[column] = out[column].str.replace(r"/(?:19|20)(\d\d)$", r"/\1", regex=True)
    return out
