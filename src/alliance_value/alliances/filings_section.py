"""A study of public filings -> what in it is real, proposed and simulated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from alliance_value.alliances.contracts.alliances import Alliances, CodedUnits
from alliance_value.alliances.source_funnel import DEALS
from alliance_value.alliances.sources.filed_structures import SURE_ENOUGH
from alliance_value.contracts.firm_years import FIRM
from alliance_value.contracts.funnel import SOURCE
from alliance_value.exhibits.cells import share
from alliance_value.report.content import Block, Head, Section, Text, listing
from alliance_value.report.inputs import Inputs
from alliance_value.report.page import rows
from alliance_value.vocabulary.entries import section

REAL, PROPOSED, SIMULATED, NONE = "real", "proposed", "simulated", "none"
SHOWN_UNITS = 40
Row = tuple[str, ...]


@section(
    "filings",
    label="What is real, proposed and simulated",
    short="Real and proposed",
    words="A parallel study on open data, and not the one on licensed data: items are "
    "what firms tagged, alliances what they filed, and neither is a census.",
    asks=("sources.firm_years",),
    order=25,
)
def filings(inputs: Inputs, shown: Sequence[Block]) -> Section:
    """Count the parts of a study of filings by what they are; nothing of another."""
    sources = inputs.study["sources"]
    readers = [s.get("reader", "") for s in sources.values() if isinstance(s, Mapping)]
    if not any(str(reader).startswith("edgar_") for reader in readers):
        return Section()
    parts = [*accounts(inputs), *structures(inputs), *alliances(inputs)]
    parts += prices(inputs)
    if "simulate" in sources:
        parts = [(what, SIMULATED, *count) for what, _, *count in parts]
    said = inputs.study["simulated"]
    drawn = (SIMULATED, said) if said else (NONE, "nothing in this study")
    parts.append(("What is drawn", *drawn))
    blocks: list[Block] = [*shown, listing("filings", ("It is", "Count"), "lp", parts)]
    steps = inputs.funnel[inputs.funnel.branch == f"{SOURCE}{DEALS}"]
    if len(steps):
        blocks += [Head("From filings to portfolios"), Text(none_left(steps))]
    return Section(
        blocks=tuple(blocks),
        folded=tuple(proposed(inputs)),
        folded_title="Proposed classes of units, with what decided",
    )


def proposed(inputs: Inputs) -> Iterator[Block]:
    """Yield the table of proposals, those of segment notes before units of the text."""
    units = inputs.results.get("structures_proposed")
    if units is None:
        return
    of_text = units.sales_share.isna()
    ranked = units.assign(words=units.words.fillna(""), of_text=of_text)
    ranked = ranked.sort_values("of_text", kind="stable")
    body: list[Row] = [
        (
            f"{s['firm_name']} {s['fyear']}",
            str(s[CodedUnits.unit_name]),
            share(s["sales_share"], 0),
            str(s[CodedUnits.unit_class]),
            f"{s['confidence']:.2f}",
            "sure" if s["confidence"] >= SURE_ENOUGH else "to review",
            str(s["words"]),
        )
        for s in rows(ranked.head(SHOWN_UNITS))
    ]
    if len(units) > SHOWN_UNITS:
        yield Text(
            f"The first {SHOWN_UNITS} of {len(units):,}; all of them, with the "
            "sentences of the notes, stand in structures_proposed.csv."
        )
    heads = ("Unit", "Sales", "Class", "Confidence", "", "Words that decided")
    yield listing("proposed-units", heads, "prlrlp", body)


def accounts(inputs: Inputs) -> Iterator[Row]:
    """Yield the filings whose accounts are read."""
    steps = inputs.funnel[inputs.funnel.branch == f"{SOURCE}filings"]
    if len(steps):
        first, last = steps.rows_in.iloc[0], steps.rows_out.iloc[-1]
        yield (
            "Accounts",
            REAL,
            f"{first:,} filings, {last:,} of them annual reports with a year's figures",
        )


def structures(inputs: Inputs) -> Iterator[Row]:
    """Yield the units of segment notes, and what is proposed of them."""
    units = inputs.results.get("structures_proposed")
    if units is None:
        return
    years = len(units[["gvkey", "fyear"]].drop_duplicates())
    known = int(units.sales_share.notna().sum())
    review = len(inputs.results["structures_to_review"])
    yield (
        "Units of firms",
        REAL,
        f"{len(units):,} of {years:,} firm-years, {known:,} with their share of sales",
    )
    yield (
        "Classes of units",
        PROPOSED,
        f"{len(units) - review:,} by the lexicon surely or decided by people, "
        f"{review:,} wait for people and are in no portfolio",
    )


def alliances(inputs: Inputs) -> Iterator[Row]:
    """Yield the contracts and reports, and what is proposed of them."""
    days, parties = (inputs.results.get(n) for n in ("alliance_days", "participants"))
    if days is None or parties is None:
        return
    both = parties.groupby(Alliances.alliance)[FIRM].nunique().ge(2)
    matched = {*parties[FIRM].dropna()}
    accounts = matched & {*inputs.results["panel"][FIRM]}
    yield "Contracts and current reports", REAL, f"{len(days):,} that name an alliance"
    yield "Types of alliances", PROPOSED, f"{len(days):,}, by words of their titles"
    yield (
        "Who the parties are",
        PROPOSED,
        f"{int(parties[FIRM].notna().sum()):,} of {len(parties):,} matched by name; "
        f"both partners in {int(both.sum()):,} alliances; of {len(matched):,} firms "
        f"{len(accounts):,} have accounts in the panel",
    )


def prices(inputs: Inputs) -> Iterator[Row]:
    """Yield the firm-years with prices, and why others have none."""
    table = inputs.results.get("survivorship")
    if table is None:
        if "returns" not in inputs.study["sources"]:
            yield "Prices", NONE, "no announcement is studied by its returns"
        return
    count = table.groupby("reason").firm_years.sum()
    lacking = [f"{n:,} {why}" for why, n in count.items() if why != "prices"]
    yield (
        "Prices",
        REAL,
        f"of {count.get('prices', 0):,} in {count.sum():,} firm-years with accounts"
        + (f"; without: {', '.join(lacking)}" if lacking else ""),
    )


def none_left(steps: pd.DataFrame) -> str:
    """Return where the alliances end that are in no portfolio of known structure."""
    last = steps.rows_out.iloc[-1]
    if last:
        return (
            f"Of {steps.rows_in.iloc[0]:,} contracts and reports {last:,} count in a "
            "portfolio, both structures known."
        )
    step = steps[steps.rows_out == 0].iloc[0]
    return (
        f"No firm-year has a portfolio of known structure: the last {step.rows_in:,} "
        f"alliances leave at the step '{step.step}' ({step.why})."
    )
