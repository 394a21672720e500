"""The funnel of deals against counts by hand."""

from __future__ import annotations

import pandas as pd

from alliance_value.alliances.source_funnel import (
    Counted,
    counted_deals,
    deal_funnel,
    row_funnel,
    source_funnel,
)
from tests.unit.alliances.worlds import text

SETTINGS = {
    **{"life": "3y", "weights": "deal", "structure": "fiscal_year"},
    **{"statuses": ["Completed/Signed", "Extended"], "parties": "two"},
}
FLAGS = ["marketing", "research", "licensing", "manufacturing", "supply"]


def counted() -> Counted:
    """Return deals, each lost at another step, and one that is not."""
    deals = {
        "kept": ("2003-05-01", "Extended", "fg"),
        "early": ("1999-12-31", "Extended", "fg"),
        "late": ("2005-01-01", "Extended", "fg"),
        "rumoured": ("2003-05-01", "Rumor", "fg"),
        "three": ("2003-05-01", "Extended", "fgh"),
        "unknown": ("2003-05-01", "Extended", "--"),
        "outside": ("2003-05-01", "Extended", "yz"),
        "ended": ("2001-05-01", "Extended", "fg"),
        "uncoded": ("2003-05-01", "Extended", "fh"),
        "own": ("2003-05-01", "Extended", "hg"),
    }
    alliances = pd.DataFrame(
        {
            "alliance": text([*deals]),
            "announced": pd.to_datetime([d for d, _, _ in deals.values()]),
            "status": text([s for _, s, _ in deals.values()]),
            "terminated": pd.NaT,
            **dict.fromkeys([*FLAGS, "joint_venture", "cross_border"], False),
        }
    )
    alliances["terminated"] = pd.to_datetime(alliances.terminated).astype(
        "datetime64[ns]"
    )
    alliances.loc[alliances.alliance == "ended", "terminated"] = pd.Timestamp(
        "2001-06-01"
    )
    rows = [
        (
            name,
            place,
            f"{name if firm == '-' else ''}{firm}{place * (firm == '-')}",
            firm,
        )
        for name, (_, _, firms) in deals.items()
        for place, firm in enumerate(firms)
    ]
    participants = pd.DataFrame(
        rows, columns=["alliance", "position", "parent_cusip6", "firm"]
    )
    participants["firm"] = participants.firm.replace("-", pd.NA)
    participants = participants.astype(
        {"alliance": "string", "parent_cusip6": "string", "firm": "string"}
    )
    participants = participants.assign(
        cusip6=participants.parent_cusip6, name="N", parent_name="N", sic="3570"
    ).astype({"name": "string", "parent_name": "string", "sic": "string"})
    years = pd.DataFrame(
        {
            "firm": text([*"ffgghh"]),
            "fiscal_year": [2002, 2004] * 3,
            "datadate": pd.to_datetime(["2002-12-31", "2004-12-31"] * 3),
        }
    )
    structures = years[years.firm != "h"].assign(customer_centric=1.0)
    return Counted(alliances, participants, structures, years)


STEPS = [
    ("announced within reach of the sample", 8),
    ("status that counts", 7),
    ("two participants", 6),
    ("a participant matched to a firm", 5),
    ("a firm of the sample", 4),
    ("in the portfolio of a firm-year of the sample", 3),
    ("a partner of known structure", 3),
    ("both structures known", 1),
]


def test_deals_are_lost_one_after_the_other():
    rejected = pd.DataFrame(
        {
            "file": "a.csv",
            "row": [*range(1, 6)],
            "rule": ["line_without_deal"] * 2 + ["own_rule", "unknown_status"] + ["x"],
            "action": "rejected",
        }
    ).head(4)
    branch = deal_funnel(30, counted(), rejected, SETTINGS)
    table = branch.table()
    assert table[["step", "rows_in", "rows_out"]].to_numpy().tolist()[:5] == [
        ["lines in the files", 30, 30],
        ["without: line without deal", 30, 28],
        ["deals", 28, 12],
        ["without: unknown status", 12, 11],
        ["without: own rule", 11, 10],
    ]
    assert table.unit.tolist()[:3] == ["lines", "lines", "deals"]
    steps = table.iloc[5:]
    found = list(zip(steps.step, steps.rows_out, strict=True))
    assert found == STEPS
    assert steps.firms_out.iloc[0] == 5


def test_filings_are_each_an_alliance_or_a_reject_and_become_deals():
    rejected = pd.DataFrame(
        {
            "file": [f"8k.zip/{n}.json" for n in range(3)] + ["8k.zip/0.json"],
            "row": 1,
            "rule": ["no_material_agreement"] * 2 + ["day_of_filing_missing"] * 2,
            "action": "rejected",
        }
    )
    profiles = [
        {"source": "alliances", "files": [{"file": "8k.zip", "rows": None}]},
        {"source": "structures", "files": [{"file": "a.xml", "rows": None}]},
    ]
    table = source_funnel(profiles, rejected, counted(), SETTINGS)
    assert table[["step", "unit", "rows_in", "rows_out"]].to_numpy().tolist()[:4] == [
        ["filings in the files", "filings", 13, 13],
        ["without: day of filing missing", "filings", 13, 12],
        ["without: no material agreement", "filings", 12, 10],
        ["deals", "deals", 10, 10],
    ]
    steps = table.iloc[4:]
    assert list(zip(steps.step, steps.rows_out, strict=True)) == STEPS


def test_of_any_number_of_parties_three_count_too():
    steps = counted_deals(counted(), {**SETTINGS, "parties": "any", "life": "5y"})
    assert "two participants" not in [step for step, _, _ in steps]
    # five years before the first year-end
    assert len(steps[0][1]) == 9
    forever = counted_deals(counted(), {**SETTINGS, "life": "cumulative"})
    assert set(forever[0][1]) == set(counted().alliances.alliance) - {"late"}


def test_other_sources_count_their_rows():
    rejected = pd.DataFrame(
        {"file": "b.csv", "row": [1, 2, 2], "rule": "bad_day", "action": "rejected"}
    )
    table = row_funnel("links", 10, rejected).table()
    assert table.branch.eq("source:links").all()
    assert table.rows_out.tolist()[0] == 10
    assert table.step.tolist() == ["rows in the files", "without: bad day"]
    profiles = [
        {"source": "links", "files": [{"file": "b.csv", "rows": 10}]},
        {"source": "unknown", "files": [{"file": "c.sas", "rows": None}]},
        {
            "source": "alliances",
            "files": [{"file": "d.csv", "rows": 5}, {"file": "e.csv", "rows": 5}],
        },
    ]
    whole = source_funnel(profiles, rejected, counted(), SETTINGS)
    assert whole.branch.unique().tolist() == ["source:deals", "source:links"]
    assert whole.rows_in.iloc[0] == 10


def test_deals_of_a_life_before_the_first_year_end_are_out_of_reach():
    tables = counted()
    place = tables.alliances.index[tables.alliances.alliance == "early"]
    for day, within in (
        *(("1998-01-01", False), ("1999-12-31", False), ("2000-01-01", True)),
        *(("2004-12-31", True), ("2005-01-01", False)),
    ):
        tables.alliances.loc[place, "announced"] = pd.Timestamp(day)
        assert ("early" in set(counted_deals(tables, SETTINGS)[0][1])) is within, day
