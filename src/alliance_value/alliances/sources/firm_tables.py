"""Small tables of firms and industries -> canonical ones, or every fault of theirs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alliance_value.alliances.contracts.constructs import (
    FirmClasses,
    FunctionSpells,
    InputOutput,
    MajorCustomers,
)
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.problems import Problem, raise_if
from alliance_value.contracts.storage import Contract, conform
from alliance_value.sources.columns import find_columns, numbers, texts
from alliance_value.sources.dated_columns import vendor_days
from alliance_value.sources.identifiers import padded, without_decimals
from alliance_value.sources.raw_table import RawTable
from alliance_value.vocabulary.entries import reader

OF_FIRM = ("gvkey", "firm")
FLOWS = {
    "from_industry": ("from_industry",),
    "to_industry": ("to_industry",),
    "value": ("value",),
}
CLASSES = {FIRM: OF_FIRM, "class_": ("class",), "weight": ("weight",)}
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
def read_input_output(raw: RawTable) -> pd.DataFrame:
    """Return flows between industries.

    Raises
    ------
    UserError
        With every absent column and broken cell.
    """
    found = find_columns(raw, FLOWS)
    table = pd.DataFrame({n: without_decimals(texts(raw, c)) for n, c in found.items()})
    table["value"] = numbers(raw, found["value"])
    keys = ["from_industry", "to_industry"]
    return whole(table, raw, found, keys, InputOutput, positive="value")


@reader(
    "firm_classes",
    of="firm_classes",
    label="a table of classes",
    reads="One row per firm and class, such as classes of patents.",
    columns=("CLASSES",),
    stops=("Columns are absent, a cell is no number or date, or a key repeats.",),
    makes=("firm_classes",),
)
def read_firm_classes(raw: RawTable) -> pd.DataFrame:
    """Return firms' weights on classes; raises as `read_input_output`."""
    found = find_columns(raw, CLASSES)
    table = pd.DataFrame(
        {
            FIRM: padded(texts(raw, found[FIRM])),
            "class_": without_decimals(texts(raw, found["class_"])),
            "weight": numbers(raw, found["weight"]),
        }
    )
    return whole(table, raw, found, [FIRM, "class_"], FirmClasses, positive="weight")


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
def read_major_customers(raw: RawTable) -> pd.DataFrame:
    """Return major customers; raises as `read_input_output`, and for shares above 1."""
    found = find_columns(raw, CUSTOMERS)
    customer = without_decimals(texts(raw, found["customer"]))
    table = pd.DataFrame(
        {
            FIRM: padded(texts(raw, found[FIRM])),
            "datadate": vendor_days(raw, found["datadate"]),
            "customer": customer,
            "share": numbers(raw, found["share"]),
        }
    )
    keys = [FIRM, "datadate", "customer"]
    total = table.groupby([FIRM, "datadate"])["share"].transform("sum")
    over = total.gt(1 + 1e-9) & ~table.duplicated([FIRM, "datadate"])
    more = faults(
        raw, over, "share", found, "the closing's shares add up to more than 1"
    )
    return whole(table, raw, found, keys, MajorCustomers, positive="share", more=more)


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
def read_alliance_function(raw: RawTable) -> pd.DataFrame:
    """Return spells; raises as `read_input_output`, and where one ends too early."""
    found = find_columns(raw, SPELLS, OPEN)
    never = pd.Series(pd.NaT, raw.cells.index, dtype="datetime64[ns]")
    ends = vendor_days(raw, found["ends"]) if "ends" in found else never
    table = pd.DataFrame(
        {
            FIRM: padded(texts(raw, found[FIRM])),
            "begins": vendor_days(raw, found["begins"]),
            "ends": ends,
        }
    )
    more = faults(raw, ends.lt(table.begins), "ends", found, "it ends before it begins")
    if "ends" in found:
        unread = ends.isna() & texts(raw, found["ends"]).notna()
        more += faults(raw, unread, "ends", found, "it is no date")
    return whole(table, raw, found, [FIRM, "begins"], FunctionSpells, more=more)


def whole(
    table: pd.DataFrame,
    raw: RawTable,
    found: dict[str, str],
    keys: Sequence[str],
    contract: Contract,
    positive: str = "",
    more: Sequence[Problem] = (),
) -> pd.DataFrame:
    """Return a table sorted by its keys, or stop with everything wrong in it."""
    problems = list(more)
    amounts = [positive] if positive else []
    for name in [*keys, *amounts]:
        rule = "it is no number" if name == positive else "it is empty, or no date"
        problems += faults(raw, table[name].isna(), name, found, rule)
    for name in amounts:
        problems += faults(raw, table[name].lt(0), name, found, "it is negative")
    again = table.duplicated(list(keys)) & table[list(keys)].notna().all(axis=1)
    names = ", ".join(found[k] for k in keys)
    problems += faults(raw, again, keys[0], found, f"the row repeats {names}")
    raise_if(problems, f"reading {raw.file}")
    return conform(table.sort_values(list(keys)), contract)


def faults(
    raw: RawTable, where: pd.Series, name: str, found: dict[str, str], rule: str
) -> list[Problem]:
    """Return a problem for each row in which a column breaks a rule."""
    broken = where.fillna(False).astype(bool)
    column = found.get(name, name)
    printed = texts(raw, column) if column in raw.cells else None
    return [
        Problem(
            rule=rule,
            remedy="correct the row, or take it out",
            where=raw.file,
            row=int(raw.rows.iloc[place]),
            column=column,
            value=None
            if printed is None or pd.isna(printed.iloc[place])
            else str(printed.iloc[place]),
        )
        for place in broken.to_numpy().nonzero()[0]
    ]


READERS = {
    "input_output": (read_input_output, "input_output", InputOutput),
    "firm_classes": (read_firm_classes, "firm_classes", FirmClasses),
    "major_customers": (read_major_customers, "major_customers", MajorCustomers),
    "alliance_function": (read_alliance_function, "function_spells", FunctionSpells),
}
