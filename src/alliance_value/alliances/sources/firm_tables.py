"""Small tables of firms and industries -> canonical ones, or every fault of theirs."""

from __future__ import annotations

import pandas as pd

from alliance_value.alliances.contracts.constructs import (
    FirmClasses,
    FunctionSpells,
    InputOutput,
    MajorCustomers,
)
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.rejects import collect
from alliance_value.contracts.storage import Contract, conform
from alliance_value.sources.columns import find_columns, numbers, open_ends, texts
from alliance_value.sources.dated_columns import days_or_stop
from alliance_value.sources.identifiers import firm_codes, without_decimals
from alliance_value.sources.judged_rows import Rules, code_rules, judged
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

Read = tuple[pd.DataFrame, pd.DataFrame]
OF_FIRM = ("gvkey", "firm")
FLOWS = {
    "from_industry": ("from_industry",),
    "to_industry": ("to_industry",),
    "value": ("value",),
}
CLASSES = {FIRM: OF_FIRM, "class_": ("class", "_class"), "weight": ("weight",)}
CUSTOMERS = {
    FIRM: OF_FIRM,
    "datadate": ("datadate",),
    "customer": ("customer",),
    "share": ("share",),
}
SPELLS = {FIRM: OF_FIRM, "begins": ("from",)}
OPEN = {"ends": ("to",)}


@reader(
    "input_output",
    of="input_output",
    label="an input-output table",
    reads="One row per selling and buying industry, by leading digits of SIC codes.",
    columns=("FLOWS",),
    stops=("Columns are absent, a cell is no number or date, or a key repeats.",),
    makes=("input_output",),
)
def read_input_output(raw: RawTable, key: str = "gvkey") -> Read:
    """Return flows between industries, and lines of the file that are no rows.

    Parameters
    ----------
    raw
        The file.
    key
        The firm-years' column of firms, whose codes those of a table are padded as, and
        which a table may call its own so too.

    Raises
    ------
    UserError
        With every absent column and broken cell.
    """
    located = find_columns(raw, FLOWS)
    table = pd.DataFrame(
        {n: without_decimals(texts(raw, c)) for n, c in located.items()}
    )
    table["value"] = numbers(raw, located["value"])
    keys = ["from_industry", "to_industry"]
    rules = [
        *((name, "industry_missing", table[name].isna()) for name in keys),
        *amount_rules("value", table),
    ]
    return whole(raw, table, located, rules, keys, InputOutput)


@reader(
    "firm_classes",
    of="firm_classes",
    label="a table of classes",
    reads="One row per firm and class, such as classes of patents.",
    columns=("CLASSES",),
    stops=("Columns are absent, a cell is no number or date, or a key repeats.",),
    makes=("firm_classes",),
)
def read_firm_classes(raw: RawTable, key: str = "gvkey") -> Read:
    """Return firms' weights on classes; takes and raises as `read_input_output`."""
    located = find_columns(raw, of_key(CLASSES, key))
    table = pd.DataFrame(
        {
            FIRM: firm_codes(texts(raw, located[FIRM]), key),
            "class_": without_decimals(texts(raw, located["class_"])),
            "weight": numbers(raw, located["weight"]),
        }
    )
    rules = [
        *code_rules(FIRM, table[FIRM], "firm_missing"),
        ("class_", "class_missing", table.class_.isna()),
        *amount_rules("weight", table),
    ]
    return whole(raw, table, located, rules, [FIRM, "class_"], FirmClasses)


@reader(
    "major_customers",
    of="major_customers",
    label="a table of major customers",
    reads="One row per firm, closing and customer, with its share of the firm's sales.",
    columns=("CUSTOMERS",),
    stops=(
        "Columns are absent, a cell is no number or date, or a key repeats.",
        "Shares of one closing add up to more than 1.",
    ),
    makes=("major_customers", "customer_concentration"),
)
def read_major_customers(raw: RawTable, key: str = "gvkey") -> Read:
    """Return customers; as `read_input_output`, and stops at shares above 1."""
    located = find_columns(raw, of_key(CUSTOMERS, key))
    customer = without_decimals(texts(raw, located["customer"]))
    table = pd.DataFrame(
        {
            FIRM: firm_codes(texts(raw, located[FIRM]), key),
            "datadate": days_or_stop(raw, located["datadate"]),
            "customer": customer,
            "share": numbers(raw, located["share"]),
        }
    )
    total = table.groupby([FIRM, "datadate"])["share"].transform("sum")
    over = total.gt(1 + 1e-9) & ~table.duplicated([FIRM, "datadate"])
    rules = [
        *code_rules(FIRM, table[FIRM], "firm_missing"),
        ("datadate", "date_missing_or_unreadable", table.datadate.isna()),
        ("customer", "customer_missing", table.customer.isna()),
        *amount_rules("share", table),
        ("share", "shares_of_the_closing_add_up_to_more_than_1", over),
    ]
    keys = [FIRM, "datadate", "customer"]
    return whole(raw, table, located, rules, keys, MajorCustomers)


@reader(
    "alliance_function",
    of="alliance_function",
    label="a table of alliance functions",
    reads="One row per firm and spell with a dedicated alliance function, as coded; "
    "a spell without an end lasts.",
    columns=("SPELLS", "OPEN"),
    stops=(
        "Columns are absent, a cell is no number or date, or a key repeats.",
        "A spell ends before it begins.",
    ),
    makes=("function_spells", "function_years"),
)
def read_alliance_function(raw: RawTable, key: str = "gvkey") -> Read:
    """Return spells; as `read_input_output`, and stops where one ends too early."""
    located = find_columns(raw, of_key(SPELLS, key), OPEN)
    blank = pd.Series(pd.NaT, raw.cells.index, dtype="datetime64[ns]")
    ends, lasts = blank, blank.isna()
    if "ends" in located:
        ends = days_or_stop(raw, located["ends"])
        lasts = open_ends(texts(raw, located["ends"]), ends)
    table = pd.DataFrame(
        {
            FIRM: firm_codes(texts(raw, located[FIRM]), key),
            "begins": days_or_stop(raw, located["begins"]),
            "ends": ends.mask(lasts),
        }
    )
    rules = [
        *code_rules(FIRM, table[FIRM], "firm_missing"),
        ("begins", "date_missing_or_unreadable", table.begins.isna()),
        ("ends", "date_unreadable", table.ends.isna() & ~lasts),
        ("ends", "spell_ends_before_it_begins", table.ends.lt(table.begins)),
    ]
    return whole(raw, table, located, rules, [FIRM, "begins"], FunctionSpells)


def of_key(columns: dict[str, tuple[str, ...]], key: str) -> dict[str, tuple[str, ...]]:
    """Return spellings of columns, the study's own name of the firms first."""
    return columns | {FIRM: (key.lower(), *columns[FIRM])}


def amount_rules(name: str, table: pd.DataFrame) -> Rules:
    """Return the rules of an amount: it is a number, and not below zero."""
    return [
        (name, "not_a_finite_number", table[name].isna()),
        (name, "amount_negative", table[name].lt(0)),
    ]


def whole(
    raw: RawTable,
    table: pd.DataFrame,
    named: dict[str, str],
    rules: Rules,
    keys: list[str],
    contract: Contract,
) -> Read:
    """Return a table of which every row is right, sorted by its keys, or stop."""
    table, log = judged(raw, table, named, rules, keys, "stop")
    return conform(table.sort_values(keys), contract), collect(log)


READERS = {
    "input_output": (read_input_output, "input_output", InputOutput),
    "firm_classes": (read_firm_classes, "firm_classes", FirmClasses),
    "major_customers": (read_major_customers, "major_customers", MajorCustomers),
    "alliance_function": (read_alliance_function, "function_spells", FunctionSpells),
}
