"""CCM links: which are kept, what overlaps become, and what is reported."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.contracts.vendor_tables import OPEN_END
from alliance_value.sources.links import firm_links
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile
from tests.unit.conftest import Table, ledger, raw_file, rules

HEAD = "gvkey,linkprim,liid,linktype,lpermno,lpermco,linkdt,linkenddt\n"


def spells(links: pd.DataFrame) -> list[tuple[int, str, str]]:
    return [
        (int(r.security), f"{r.link_from:%Y-%m-%d}", f"{r.link_to:%Y-%m-%d}")
        for r in links.itertuples()
    ]


OPEN = ["", "E", ".E", " e ", ".", "NA", "NaT", "99999999", "99991231", "9999-12-31"]
OPEN += [
    "31DEC9999",
    "12/31/9999",
    "2099-12-31",
    "20991231",
    "2261-12-31",
    "9999-12-31 0:00",
]


@pytest.mark.parametrize("end", OPEN)
def test_open_links(table: Table, end: str) -> None:
    links, rejected = firm_links(table(HEAD + f"1004,P,01,LC,5,50,2000-01-01,{end}\n"))
    assert links.firm.tolist() == ["001004"]
    assert spells(links) == [(5, "2000-01-01", "2261-12-31")]
    assert rejected.empty


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("1,P,01,LX,6,60,2000-01-01,", "link_not_primary_or_confirmed"),
        ("1,P,01,LS,6,60,2000-01-01,", "link_not_primary_or_confirmed"),
        ("1,J,02,LC,6,60,2000-01-01,", "link_not_primary_or_confirmed"),
        ("1,P,01,LC,,60,2000-01-01,", "security_missing_or_unreadable"),
        ("1,P,01,LC,x,60,2000-01-01,", "security_missing_or_unreadable"),
        (",P,01,LC,6,60,2000-01-01,", "firm_missing"),
        ("1,P,01,LC,6,60,someday,", "date_missing_or_unreadable"),
        ("1,P,01,LC,6,60,2000-01-01,someday", "date_missing_or_unreadable"),
        ("1,P,01,LC,6,60,2000-01-01,1999-01-01", "link_ends_before_it_begins"),
    ],
)
def test_rejected_links(table: Table, line: str, rule: str) -> None:
    good = "2,P,01,LC,5,50,2000-01-01,\n"
    links, rejected = firm_links(table(HEAD + good + line + "\n"))
    assert len(links) == 1
    assert rules(rejected) == {rule: 1}
    assert rejected.row.item() == 3


@pytest.mark.parametrize(
    ("lines", "expected", "broken"),
    [
        pytest.param(
            ["1,P,01,LC,5,50,2000-01-01,2004-12-31", "1,P,01,LC,5,50,2004-06-01,"],
            [(5, "2000-01-01", "2261-12-31")],
            {"overlapping_link_spells_joined": 1},
            id="one security, overlapping spells",
        ),
        pytest.param(
            [
                "1,P,01,LC,5,50,2000-01-01,2009-12-31",
                "1,P,01,LC,5,50,2003-01-01,2004-01-01",
            ],
            [(5, "2000-01-01", "2009-12-31")],
            {"overlapping_link_spells_joined": 1},
            id="one security, a spell within a spell",
        ),
        pytest.param(
            ["1,P,01,LC,5,50,2000-01-01,2004-12-31", "1,P,01,LU,5,50,2005-01-01,"],
            [(5, "2000-01-01", "2261-12-31")],
            {},
            id="spells that adjoin",
        ),
        pytest.param(
            ["1,P,01,LC,5,50,2000-01-01,2004-12-31", "1,P,01,LC,6,60,2004-06-01,"],
            [(5, "2000-01-01", "2004-05-31"), (6, "2004-06-01", "2261-12-31")],
            {"link_cut_by_another_security": 1},
            id="two securities: the later one",
        ),
        pytest.param(
            [
                "1,P,01,LC,5,50,2000-01-01,2009-12-31",
                "1,C,01,LC,6,60,2003-01-01,2011-01-01",
            ],
            [(5, "2000-01-01", "2009-12-31"), (6, "2010-01-01", "2011-01-01")],
            {"link_cut_by_another_security": 1},
            id="two securities: P before C",
        ),
        pytest.param(
            [
                "1,P,01,LC,5,50,2000-01-01,2009-12-31",
                "1,P,01,LC,6,60,2003-01-01,2004-12-31",
            ],
            [
                (5, "2000-01-01", "2002-12-31"),
                (6, "2003-01-01", "2004-12-31"),
                (5, "2005-01-01", "2009-12-31"),
            ],
            {"link_cut_by_another_security": 1},
            id="two securities: the earlier one comes back",
        ),
    ],
)
def test_one_security_a_day(
    table: Table,
    lines: list[str],
    expected: list[tuple[int, str, str]],
    broken: dict[str, int],
) -> None:
    for order in (lines, lines[::-1]):
        links, rejected = firm_links(table(HEAD + "\n".join(order) + "\n"))
        assert spells(links) == expected
        assert rules(rejected) == broken


@pytest.mark.parametrize(
    ("text", "count"),
    [("gvkey,linktype\n1,LC\n", 4), (HEAD + "1,P,01,LX,5,50,2000-01-01,\n", 1)],
)
def test_unusable_files(table: Table, text: str, count: int) -> None:
    with pytest.raises(UserError) as error:
        firm_links(table(text))
    assert len(error.value.problems) == count


def test_world(worlds: dict[str, Path]) -> None:
    clean, _ = firm_links(raw_file(worlds["none"] / "ccm_lnkhist.csv"))
    stata, _ = firm_links(raw_file(worlds["others"] / "ccm_lnkhist.dta"))
    pd.testing.assert_frame_equal(clean, stata)
    dirty, rejected = firm_links(raw_file(worlds["hostile"] / "ccm_lnkhist.csv"))
    defects = ledger(worlds["hostile"], "ccm").kind.value_counts()
    key = ["firm", "security", "link_from", "link_to"]
    both = clean[key].merge(dirty[key], on=key)
    assert len(dirty) == len(clean) == len(both) + defects["links_gap"]
    dead = rules(rejected)["link_not_primary_or_confirmed"]
    assert dead >= defects["links_dead"] + defects["links_secondary"]


@pytest.mark.parametrize("ending", ["parquet", "dates", "zoned", "xlsx", "serial"])
def test_a_typed_end_of_9999_is_open(ending: str, tmp_path: Path) -> None:
    ends = pd.Series(["1999-12-31", *["9999-12-31"] * 3]).astype("datetime64[s]")
    table = pd.DataFrame(
        {
            "gvkey": ["001004", "001005", "001006", "001007"],
            "linkprim": "P",
            "linktype": "LC",
            "lpermno": [1, 2, 3, 4],
            "linkdt": pd.Series(["1990-01-01"] * 4).astype("datetime64[s]"),
            "linkenddt": ends,
        }
    )
    path, said = tmp_path / f"links.{ending}", {}
    if ending == "xlsx":
        table.to_excel(path, index=False)
    else:
        own = table[["linkdt", "linkenddt"]]
        if ending == "dates":
            table["linkenddt"] = ends.dt.date
        if ending == "zoned":
            table["linkenddt"] = ends.dt.tz_localize("UTC")
        if ending == "serial":
            counted = (own - pd.Timestamp("1960-01-01")) // pd.Timedelta(1, "D")
            table[["linkdt", "linkenddt"]] = counted.astype(float)
            said = {"dates": "sas"}
        table.to_parquet(path)
    raw = read_file(path, TableFile(entity="", file="", **said))
    links, rejected = firm_links(raw)
    assert links.link_to.tolist() == [pd.Timestamp("1999-12-31"), *[OPEN_END] * 3]
    assert links.link_from.eq("1990-01-01").all()
    assert rejected.empty
