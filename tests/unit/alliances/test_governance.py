"""Forms of governance: each rung from flags and shares, none guessed."""

from __future__ import annotations

import pandas as pd
import pytest

from alliance_value.alliances.contracts.governance import LADDER, NOT_KNOWN
from alliance_value.alliances.governance import governance, governance_of_portfolios

FLAGS = ("marketing", "research", "licensing", "manufacturing", "supply")


def deals(**flags: set[str]) -> pd.DataFrame:
    """Return alliances with the flags that are named, all others off."""
    rows = [
        {
            "alliance": name,
            **{flag: flag in on for flag in (*FLAGS, "joint_venture")},
        }
        for name, on in flags.items()
    ]
    return pd.DataFrame(rows).astype({"alliance": "string"})


def shares(*rows: tuple[str, str, str, float]) -> pd.DataFrame:
    names = ["alliance", "holder", "held", "share"]
    text = dict.fromkeys(names[:3], "string")
    return pd.DataFrame(rows, columns=names).astype(text)


@pytest.mark.parametrize(
    ("flags", "stated", "form"),
    [
        ({"marketing"}, [], "contract"),
        (set(), [], "contract"),
        ({"licensing"}, [], "licence"),
        ({"licensing", "research"}, [], "contract"),
        ({"marketing"}, [("a", "partner", 12.0)], "minority stake"),
        ({"licensing"}, [("a", "partner", 50.0)], "minority stake"),
        (set(), [("a", "partner", 50.1)], "acquisition of the partner"),
        (
            {"joint_venture"},
            [("a", "venture", 50.0), ("b", "venture", 50.0)],
            "50-50 joint venture",
        ),
        (
            {"joint_venture"},
            [("a", "venture", 49.0), ("b", "venture", 51.0)],
            "unequal joint venture",
        ),
        ({"joint_venture"}, [("a", "venture", 60.0)], "unequal joint venture"),
        # the other half may be one party's or several
        ({"joint_venture"}, [("a", "venture", 50.0)], NOT_KNOWN),
        (
            {"joint_venture"},
            [("a", "venture", 50.0), ("b", "venture", 25.0), ("c", "venture", 25.0)],
            "unequal joint venture",
        ),
        ({"joint_venture"}, [], NOT_KNOWN),
        # shares of a venture make none of a deal that is flagged as none
        ({"marketing"}, [("a", "venture", 50.0)], "contract"),
    ],
)
def test_each_form(flags, stated, form):
    table = governance(deals(d=flags), shares(*(("d", *row) for row in stated)))
    row = table.iloc[0]
    assert row.form == form
    if form == NOT_KNOWN:
        assert pd.isna(row.rung)
        assert row.equity == 1
    else:
        assert row.rung == LADDER.index(form) + 1
        assert row.equity == (LADDER.index(form) >= 2)


def test_the_ladder_is_the_studys():
    turned = ["licence", "contract", *LADDER[2:]]
    table = governance(deals(a={"licensing"}, b={"marketing"}), None, turned)
    assert list(table.rung) == [1, 2]


def test_portfolios_count_each_deal_once_and_unknown_forms_apart():
    governed = governance(
        deals(a={"marketing"}, b={"licensing"}, c={"joint_venture"}), None
    )
    years = pd.DataFrame({"firm": ["f", "f"], "fiscal_year": [2000, 2001]})
    years["firm"] = years.firm.astype("string")
    partnerships = pd.DataFrame(
        {
            "firm": pd.array(["f"] * 4, dtype="string"),
            "fiscal_year": 2000,
            "alliance": pd.array(["a", "a", "b", "c"], dtype="string"),
        }
    )
    table = governance_of_portfolios(governed, partnerships, years)
    first, second = table.iloc[0], table.iloc[1]
    assert first.share_contract == first.share_licence == 0.5
    assert first.governance_rung == 1.5
    assert first.governance_known == pytest.approx(2 / 3)
    assert first.equity_share == pytest.approx(1 / 3)
    assert second.drop(["firm", "fiscal_year"]).isna().all()
