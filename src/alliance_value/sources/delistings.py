"""CRSP's delisting file, legacy or CIZ -> one delisting return per security."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from alliance_value.contracts.rejects import collect, rejects
from alliance_value.contracts.storage import conform
from alliance_value.contracts.vendor_tables import Delistings
from alliance_value.sources.columns import (
    find_columns,
    numbers,
    texts,
    whole_numbers,
)
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

REQUIRED = {"security": ("permno",), "delisted": ("dlstdt", "delistingdt")}
REQUIRED |= {"ret": ("dlret", "delret")}
OPTIONAL = {"code": ("dlstcd",), "action": ("delactiontype",)}
OPTIONAL |= {"own_day": ("deldlydt",)}
# CIZ files without the legacy code: merged, exchanged, liquidated, dropped
ACTIONS = {"MER": 200, "GEX": 300, "GLI": 400, "GDR": 500}
FIRST_DELISTED = 200
NASDAQ = ("3", "Q")


@dataclass(frozen=True)
class MissingDelisting:
    """What stands for a delisting return that CRSP does not know.

    Parameters
    ----------
    first, last
        Delisting codes that the rule holds for: 400 to 599, liquidations and drops
        for cause.
    other, nasdaq
        The return, as a decimal. Shumway (1997) found about -0.30 on NYSE and AMEX;
        Shumway and Warther (1999) about -0.55 on Nasdaq, to be set where wanted.
    """

    first: int = 400
    last: int = 599
    other: float = -0.30
    nasdaq: float = -0.30


@reader(
    "crsp",
    of="delistings",
    label="CRSP's delistings",
    reads="CRSP's delisting file, legacy or CIZ: one row per security.",
    columns=("REQUIRED", "OPTIONAL"),
    takes=("missing", "missing_nasdaq"),
    repairs=(
        "Letters and numbers below -1 are codes for a missing return.",
        "A missing return of a liquidation or drop for cause is assumed (`missing`).",
        "Of several delistings of a security the last one counts.",
    ),
    decides=("A return counts once, on the trading day after the last price.",),
    stops=("Columns are absent.",),
)
def read_delistings(
    raw: RawTable, names: pd.DataFrame, rule: MissingDelisting | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return delistings, with a return assumed where the rule says so.

    Rows of securities that still trade (codes 100 to 199) are no delistings and are
    left out without a note. A letter or a number below -1 is a code for a missing
    return. Where a security has several rows the last day counts.

    Parameters
    ----------
    raw
        The file, by legacy or CIZ names.
    names
        Canonical security names, for the exchange at the time.
    rule
        What stands for missing returns.

    Returns
    -------
    delistings, rejected : pandas.DataFrame
        Canonical delistings, sorted by security; and rejects.

    Raises
    ------
    UserError
        Columns are missing.
    """
    rule = rule or MissingDelisting()
    columns = find_columns(raw, REQUIRED, OPTIONAL)
    printed = pd.DataFrame({n: texts(raw, c) for n, c in columns.items()})
    table = pd.DataFrame(
        {
            "security": whole_numbers(printed.security),
            "delisted": vendor_days(raw, columns["delisted"]),
            "own_day": vendor_days(raw, columns["own_day"])
            if "own_day" in columns
            else pd.Series(pd.NaT, printed.index, dtype="datetime64[ns]"),
            "ret": numbers(raw, columns["ret"]),
            "code": pd.array([pd.NA] * len(printed), dtype="Int64"),
            "row": raw.rows.to_numpy(),
            "source_file": raw.file,
            "source_row": raw.rows.to_numpy(),
            "source_column": columns["delisted"],
            "source_value": printed.delisted,
        }
    )
    if "code" in columns:
        table["code"] = whole_numbers(printed.code)
    if "action" in columns:
        table["code"] = table.code.fillna(printed.action.map(ACTIONS).astype("Int64"))
    log: list[pd.DataFrame] = [raw.rejects]

    def note(broken: pd.Series, name: str, what: str, action: str) -> None:
        rows = table[broken.to_numpy(bool)]
        log.append(
            rejects(
                file=raw.file,
                row=rows["row"],
                column=columns.get(name),
                value=printed.loc[rows.index, name] if name in columns else None,
                rule=what,
                action="rejected" if action == "rejected" else "repaired",
                new_value=None if action in ("rejected", "") else action,
            )
        )

    trading = (table.code < FIRST_DELISTED).fillna(False)
    nowhere = table.code.isna() & printed.delisted.isna() & printed.ret.isna()
    table = table[~trading & ~nowhere]
    for name, what in (
        ("security", "security_missing_or_unreadable"),
        ("delisted", "delisting_date_missing_or_unreadable"),
    ):
        note(table[name].isna(), name, what, "rejected")
        table = table[table[name].notna()]
    coded = printed.ret[table.index].notna() & ~(table.ret >= -1)
    note(coded, "ret", "delisting_return_code", "")
    table["ret"] = table.ret.mask(coded)
    table = table.sort_values(["security", "delisted", "ret", "row"])
    again = table.duplicated("security", keep="last")
    note(again, "delisted", "earlier_delisting_of_security", "rejected")
    table = table[~again]
    covered = table.code.between(rule.first, rule.last).fillna(False)
    nasdaq = on_nasdaq(table, names)
    table["assumed"] = (table.ret.isna() & covered).to_numpy(bool)
    for where, value in ((nasdaq, rule.nasdaq), (~nasdaq, rule.other)):
        chosen = table.assumed & where
        note(chosen, "ret", "delisting_return_assumed", str(value))
        table["ret"] = table.ret.mask(chosen, value)
    note(table.ret.isna(), "ret", "delisting_return_missing", "")
    return conform(table.drop(columns="row"), Delistings), collect(log)


def on_nasdaq(table: pd.DataFrame, names: pd.DataFrame) -> pd.Series:
    """Return whether a security's last name before its delisting is on Nasdaq."""
    left = table[["security", "delisted"]].reset_index()
    left["security"] = left.security.astype("int64")
    pairs = left.merge(names[["security", "name_from", "exchange_code"]], on="security")
    pairs = pairs[pairs.name_from <= pairs.delisted].sort_values("name_from")
    exchange = pairs.drop_duplicates("index", keep="last").set_index("index")
    known = exchange.exchange_code.reindex(table.index)
    return known.isin(NASDAQ)
