"""The report of a study of filings says what is real, proposed and simulated."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from alliance_value.alliances import filings_section
from alliance_value.alliances.filings_section import filings
from alliance_value.contracts.funnel import FunnelBranch

UNITS = pd.DataFrame(
    {
        **{"gvkey": ["2", "1", "1"], "fyear": 2010, "firm_name": ["B", "A", "A"]},
        **{
            "sales_share": [None, 0.25, 0.75],
            "unit_name": ["whole", "phones", "japan"],
        },
        **{"unit_class": ["product", "product", "geography"]},
        **{"confidence": [0.2, 0.45, 0.95], "words": [None, "", "japan (geography)"]},
    }
)
DAYS = pd.DataFrame({"alliance": ["a", "b"]})
PARTIES = pd.DataFrame(
    {"alliance": ["a", "a", "b", "b"], "firm": ["1", "2", "1", None]}
)
PRICED = pd.DataFrame(
    {"reason": ["no link", "prices", "prices"], "firm_years": [3, 4, 5]}
)


def inputs(left: int = 1, simulated: str = "", **more) -> SimpleNamespace:
    read = FunnelBranch("source:filings", "filings")
    read.count("filings in the files", 900, 900, 0, "the files")
    read.count("annual reports", 900, 40, 0, "other forms")
    deals = FunnelBranch("source:deals", "deals")
    deals.count("filings in the files", 2, 2, 0, "")
    deals.count("both structures known", 2, left, 0, "no coded filing")
    sources = {"firm_years": {"reader": "edgar_statements"}, **more}
    return SimpleNamespace(
        study={"sources": sources, "simulated": simulated},
        funnel=pd.concat([read.table(), deals.table()], ignore_index=True),
        results={
            "structures_proposed": UNITS,
            "structures_to_review": UNITS.head(1),
            "alliance_days": DAYS,
            "participants": PARTIES,
            "panel": pd.DataFrame({"firm": ["1", "1", "3"]}),
        }
        | ({"survivorship": PRICED} if "returns" in more else {}),
    )


def said(of: SimpleNamespace) -> dict[str, tuple[str, str]]:
    table = filings(of, ()).blocks[0].table
    return {name: cells for name, cells in table.rows}


def test_parts_have_their_kind_and_counts():
    parts = said(inputs())
    assert (
        parts["Accounts"][0] == "real" and "40 of them annual" in parts["Accounts"][1]
    )
    assert parts["Classes of units"] == (
        "proposed",
        "2 by the lexicon surely or decided by people, 1 wait for people and are in no "
        "portfolio",
    )
    assert parts["Who the parties are"][1] == (
        "3 of 4 matched by name; both partners in 1 alliances; of 2 firms 1 have "
        "accounts in the panel"
    )
    assert parts["Prices"][0] == "none"
    assert parts["What is drawn"] == ("none", "nothing in this study")


def test_proposals_stand_beside_what_decided_those_of_notes_first(monkeypatch):
    (table,) = filings(inputs(), ()).folded
    assert table.table.rows == (
        ("A 2010", ("phones", "25%", "product", "0.45", "to review", "")),
        ("A 2010", ("japan", "75%", "geography", "0.95", "sure", "japan (geography)")),
        ("B 2010", ("whole", "", "product", "0.20", "to review", "")),
    )
    monkeypatch.setattr(filings_section, "SHOWN_UNITS", 1)
    words, table = filings(inputs(), ()).folded
    assert words.text.startswith("The first 1 of 3;") and len(table.table.rows) == 1


def test_prices_are_counted_with_the_reasons_of_those_without():
    text = said(inputs(returns={}))["Prices"][1]
    assert text == "of 9 in 12 firm-years with accounts; without: 3 no link"


def test_a_simulated_world_is_nowhere_real():
    parts = said(inputs(simulated="all is drawn", simulate={}))
    assert {kind for kind, _ in parts.values()} == {"simulated"}
    assert parts["What is drawn"][1] == "all is drawn"


@pytest.mark.parametrize(
    ("left", "word"), [(0, "No firm-year has"), (1, "Of 2 contracts and")]
)
def test_a_study_without_portfolios_says_at_which_step(left, word):
    text = filings(inputs(left), ()).blocks[2].text
    assert text.startswith(word) and ("both structures known" in text or left)


def test_other_studies_have_no_such_section():
    of = inputs()
    of.study["sources"] = {"firm_years": {"reader": "compustat"}}
    assert filings(of, ()).blocks == ()
