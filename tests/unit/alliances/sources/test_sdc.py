"""SDC Platinum downloads: pages, trailers, cells of many lines, flags and dates."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from alliance_value.alliances.sources.sdc import (
    DATES,
    DEAL,
    FLAGS,
    PARTY,
    Deals,
    read_deals,
    records,
)
from alliance_value.alliances.sources.sdc_shares import venture_shares
from alliance_value.contracts.problems import UserError
from alliance_value.sources.profile import profile_files
from alliance_value.study.spec import TableFile
from tests.unit.conftest import ledger, rules
from tests.world_files import world_deals

SIC = "Primary SIC Code of Alliance"
COLUMNS = [DEAL, *DATES.values(), "Status", *PARTY.values(), SIC, *FLAGS.values()]
DEFAULT = {
    DEAL: "100",
    DATES["announced"]: "01/15/2004",
    "Status": "Completed/Signed",
    PARTY["name"]: "Alpha Corp\nBeta Inc",
    PARTY["cusip6"]: "012345\nABCDEF",
    PARTY["parent_name"]: "Alpha Corp\nBeta Inc",
    PARTY["sic"]: "2834;2836\n7372",
    SIC: "2834; 8731",
}


def deal(**cells: str) -> dict[str, str]:
    names = {
        **DATES,
        **FLAGS,
        **{f"party_{k}": v for k, v in PARTY.items()},
        "number": DEAL,
        "status": "Status",
    }
    given = {names[k]: v for k, v in cells.items()}
    return {**dict.fromkeys(COLUMNS, ""), **DEFAULT, **given}


def text(
    *deals: dict[str, str], header: list[str] | None = None, sep: str = ","
) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=sep, lineterminator="\n")
    writer.writerow(header or COLUMNS)
    writer.writerows([[d[c] for c in header or COLUMNS] for d in deals])
    return buffer.getvalue()


def read(folder: Path, *contents: str, encoding: str = "utf-8") -> Deals:
    paths = [folder / f"sdc{n}.csv" for n in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, encoding=encoding, newline="")
    return read_deals(paths)


def test_a_deal(tmp_path: Path) -> None:
    out = read(tmp_path, text(deal(marketing="Yes", terminated="02/01/2006")))
    row = out.alliances.iloc[0]
    assert row.alliance == "100"
    assert row.announced == pd.Timestamp("2004-01-15")
    assert row.terminated == pd.Timestamp("2006-02-01")
    assert row.sic == "2834"
    assert row.marketing and not row.research
    assert out.parties.name.tolist() == ["Alpha Corp", "Beta Inc"]
    assert out.parties.position.tolist() == [1, 2]
    assert out.parties.sic.tolist() == ["2834", "7372"]
    assert out.rejects.empty


SECOND = deal(
    number="200",
    party_name="Gamma Co\nDelta Co\nEpsilon Co",
    party_parent_name="Gamma Co\nDelta Co\nEpsilon Co",
)
BOTH = text(deal(), SECOND)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Deals:
    return read(tmp_path_factory.mktemp("plain"), BOTH)


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param([text(SECOND, deal())], id="another order"),
        pytest.param([text(SECOND), text(deal())], id="in two files"),
        pytest.param([text(deal(), SECOND, sep="\t")], id="tabs"),
        pytest.param([text(deal(), SECOND, sep=";")], id="semicolons"),
        pytest.param(["SDC Platinum\n\n" + BOTH], id="title"),
        pytest.param(
            [BOTH + "Session Details\nRequest,Hits\n1,2\n"], id="session details"
        ),
        pytest.param([BOTH.replace("01/15/2004", "01/15/04")], id="two-digit years"),
        pytest.param([BOTH.replace("01/15/2004", "2004-01-15")], id="ISO dates"),
        pytest.param(
            [BOTH.replace("Completed/Signed", " COMPLETED/SIGNED ")], id="capitals"
        ),
        pytest.param(
            [
                text(deal(), header=[*COLUMNS, "Status"])
                + "\f"
                + text(SECOND, header=[*COLUMNS, "Status"])
            ],
            id="a page break before heads that stand twice",
        ),
        pytest.param(
            [text(deal()) + "\fSDC Platinum  Page 2\n" + text(SECOND)],
            id="a page title",
        ),
        pytest.param(
            [text(deal()) + "\fSDC Platinum,Page 2,\n" + text(SECOND)],
            id="a page title of several cells",
        ),
        pytest.param(
            [text(deal()) + "\f" + text(SECOND).split("\n", 1)[1]],
            id="a deal right after a page break",
        ),
    ],
)
def test_form_makes_no_difference(
    tmp_path: Path, plain: Deals, contents: list[str]
) -> None:
    out = read(tmp_path, *contents)
    titles = sum(content.count("\fSDC") for content in contents)
    skipped = [d for d in out.decisions if d.endswith(" page headers skipped")]
    assert sum(int(d.split()[-4]) for d in skipped) == titles
    pd.testing.assert_frame_equal(out.alliances, plain.alliances)
    key = ["alliance", "position"]
    pd.testing.assert_frame_equal(
        out.parties.sort_values(key, ignore_index=True),
        plain.parties.sort_values(key, ignore_index=True),
    )


def lines_of(one: dict[str, str]) -> list[dict[str, str]]:
    """Return a deal as one line per participant."""
    parts = {c: one[c].split("\n") for c in PARTY.values()}
    depth = len(parts[PARTY["name"]])
    blank = dict.fromkeys(COLUMNS, "")
    return [
        {
            **(one if k == 0 else blank),
            **{c: p[k] if k < len(p) else "" for c, p in parts.items()},
        }
        for k in range(depth)
    ]


def test_a_line_per_participant(tmp_path: Path) -> None:
    expected = read(tmp_path, BOTH)
    out = read(tmp_path, text(*lines_of(deal()), *lines_of(SECOND)))
    pd.testing.assert_frame_equal(out.alliances, expected.alliances)
    pd.testing.assert_frame_equal(out.parties, expected.parties)


def test_cells_split_over_columns(tmp_path: Path) -> None:
    name, cusip = PARTY["name"], PARTY["cusip6"]
    header = [*COLUMNS, f"{name}.1", f"{cusip}.1"]
    one = deal(party_name="Alpha Corp", party_cusip6="012345")
    one |= {f"{name}.1": "Beta Inc", f"{cusip}.1": "ABCDEF"}
    out = read(tmp_path, text(one, header=header))
    assert out.parties.name.tolist() == ["Alpha Corp", "Beta Inc"]
    assert out.parties.cusip6.tolist() == ["012345", "ABCDEF"]
    assert any("is split over 2 columns" in d for d in out.decisions)


@pytest.mark.parametrize(
    ("printed", "value"),
    [("Y", True), ("Yes", True), ("YES", True), ("N", False), ("", False)],
)
def test_flags(tmp_path: Path, printed: str, value: bool) -> None:
    out = read(tmp_path, text(deal(joint_venture=printed, announced_estimated=printed)))
    assert out.alliances.joint_venture.item() == value
    assert out.alliances.announced_estimated.item() == value
    assert out.rejects.empty


@pytest.mark.parametrize(
    ("cells", "rule", "action"),
    [
        ({"joint_venture": "maybe"}, "unknown_flag_taken_for_no", "repaired"),
        ({"terminated": "01/01/2003"}, "terminated_before_announced", "repaired"),
        ({"terminated": "soon"}, "date_unreadable", "repaired"),
        ({"status": "signed"}, "status_spelling", "repaired"),
        ({"status": "Dormant"}, "unknown_status", "rejected"),
        ({"announced": "31/31/04"}, "announcement_date_unreadable", "rejected"),
        ({"party_name": "Alone Co"}, "fewer_than_two_participants", "rejected"),
        ({"party_sic": "1\n2\n3"}, "more_lines_than_participants", "repaired"),
    ],
)
def test_broken_deals(
    tmp_path: Path, cells: dict[str, str], rule: str, action: str
) -> None:
    cells = dict(cells)
    if "party_name" in cells:
        cells = {
            **cells,
            "party_cusip6": "000001",
            "party_parent_name": "A",
            "party_sic": "",
        }
    out = read(tmp_path, text(SECOND, deal(**cells)))
    assert rules(out.rejects) == {rule: 1}
    assert out.rejects.action.item() == action
    assert len(out.alliances) == (1 if action == "rejected" else 2)


@pytest.mark.parametrize(
    ("announced", "left"),
    [("01/15/2004", 1), ("01/18/2004", 1), ("01/12/2004", 1), ("01/19/2004", 2)],
)
def test_repeats_within_three_days(tmp_path: Path, announced: str, left: int) -> None:
    other = deal(
        number="300",
        announced=announced,
        party_name="Beta Inc\nAlpha Corp",
        party_parent_name="BETA INCORPORATED\nAlpha Corporation",
    )
    for contents in (text(deal(), other), text(other, deal())):
        out = read(tmp_path, contents)
        assert len(out.alliances) == left
        earlier = "300" if announced == "01/12/2004" else "100"
        assert out.alliances.alliance.iloc[0] == earlier


def test_repeated_number_and_orphan_line(tmp_path: Path) -> None:
    orphan = {**dict.fromkeys(COLUMNS, ""), PARTY["name"]: "Nobody"}
    out = read(tmp_path, text(orphan, deal(), deal(), SECOND))
    assert rules(out.rejects) == {"line_without_deal": 1, "repeated_deal_number": 1}
    assert len(out.alliances) == 2
    assert len(out.parties) == 5


def test_short_and_full_cusips(tmp_path: Path) -> None:
    out = read(tmp_path, text(deal(party_cusip6="12345\nABCDEF")))
    assert out.parties.cusip6.tolist() == ["012345", "ABCDEF"]
    assert rules(out.rejects) == {"cusip_zeros_restored": 1}
    out = read(tmp_path, text(deal(party_cusip6="037833100\nABCDEF101")))
    assert out.parties.cusip6.tolist() == ["037833", "ABCDEF"]


def test_a_cusip_of_several_lengths_is_refused(tmp_path: Path) -> None:
    out = read(tmp_path, text(deal(party_cusip6="12345\nABCDEF101")))
    assert out.parties.cusip6.fillna("").tolist() == ["", "ABCDEF"]
    assert rules(out.rejects) == {"cusip_ambiguous": 1}


def test_missing_flag_columns_are_told(tmp_path: Path) -> None:
    header = [c for c in COLUMNS if c != FLAGS["marketing"]]
    out = read(tmp_path, text(deal(), header=header))
    assert any("no column 'Marketing Flag'" in d for d in out.decisions)


def test_names_in_the_western_code_page(tmp_path: Path) -> None:
    one = deal(party_name="Société Générale\nBeta Inc")
    out = read(tmp_path, text(one), encoding="cp1252")
    assert out.parties.name[0] == "Société Générale"


def test_all_problems_at_once(tmp_path: Path) -> None:
    header = [c for c in COLUMNS if c != "Status"]
    with pytest.raises(UserError) as error:
        read(tmp_path, "nothing,here\n1,2\n", text(deal(), header=header))
    assert {p.where for p in error.value.problems} == {"sdc0.csv", "sdc1.csv"}


def test_world(worlds: dict[str, Path]) -> None:
    whole = world_deals(worlds["none"])
    clean = whole.alliances
    assert whole.rejects.empty
    out = world_deals(worlds["hostile"])
    defects = ledger(worlds["hostile"], "sdc_")
    final = defects.kind.value_counts()
    counts = rules(out.rejects)
    assert counts["unknown_status"] == final["sdc_unknown_status"]
    assert counts["terminated_before_announced"] <= final["sdc_impossible_termination"]
    both = clean.merge(out.alliances, on="alliance", suffixes=("", "_dirty"))
    lost = final["sdc_unknown_status"] + final["sdc_lone_participant"]
    assert len(clean) - len(both) <= lost
    flags = [c for c in clean.columns if clean[c].dtype == bool]
    for name in [*flags, "sic", "status", "effective"]:
        if name != "announced_estimated":
            pd.testing.assert_series_equal(
                both[name], both[f"{name}_dirty"], check_names=False
            )
    moved = both.announced.ne(both.announced_dirty) | both.announced_estimated_dirty
    assert 2 * moved.sum() <= final["sdc_estimated_date"]


LSEG_ROWS = {
    "JV SDC Deal Number": ["100", "200", "100", "100"],
    "JV Date Announced": ["2004-01-15", "2005-02-20", "2004-01-15", "2004-01-16"],
    "JV Status": ["Completed/Signed", "P", "Completed/Signed", "Completed/Signed"],
    "JV Is A Joint Venture": ["True", "False", "True", "True"],
    "JV Participant Name": ["Alpha Corporation", "Gamma", "Beta Inc", "Alpha Corp"],
    "TR.JVParticipantShortName": ["Alpha", "Gamma", "Beta", "Alpha"],
}


def test_lsegs_rows(tmp_path: Path) -> None:
    rows = pd.DataFrame(LSEG_ROWS)
    rows.loc[4] = ["200", "2005-02-20", "P", "False", "Delta Inc", "Delta"]
    for table in (rows, rows[::-1]):
        out = read(tmp_path, table.to_csv(index=False))
        assert out.alliances.alliance.tolist() == ["100", "200"]
        assert out.alliances.joint_venture.tolist() == [True, False]
        assert out.alliances.status.tolist() == ["Completed/Signed", "Pending"]
        names = out.parties.groupby("alliance").name.agg(lambda n: " ".join(sorted(n)))
        assert names.to_dict() == {"100": "Alpha Beta", "200": "Delta Gamma"}
        words = " ".join(out.decisions)
        assert "1 rows repeat a participant for another instrument" in words


WIDTHS = (13, 25, 18, 22)


def fixed(*rows: tuple[str, ...], right: bool = False) -> str:
    """Print rows in columns of fixed width, the first one ranged right or left."""
    lines = []
    for row in rows:
        cells = [f"{c:<{w}}" for c, w in zip(row, WIDTHS, strict=True)]
        if right:
            cells[0] = f"{row[0]:>{WIDTHS[0] - 2}}  "
        lines.append("".join(cells).rstrip())
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("right", [False, True])
def test_columns_of_fixed_width(tmp_path: Path, right: bool) -> None:
    head = (DEAL, DATES["announced"], "Status", PARTY["name"])
    rows = [
        ("100", "01/15/04", "Completed/Signed", "Alpha Corp"),
        ("", "", "", "Beta Inc"),
        ("1234567890", "02/20/05", "Pending", "A name of several words"),
        ("", "", "", "Delta Co"),
    ]
    expected = read(tmp_path, pd.DataFrame(rows, columns=head).to_csv(index=False))
    page = "\fSDC Platinum  Page 2\n" + fixed(head, right=right)
    halves = [fixed(*half, right=right) for half in (rows[:2], rows[2:])]
    out = read(tmp_path, fixed(head, right=right) + page.join(halves))
    pd.testing.assert_frame_equal(out.alliances, expected.alliances)
    pd.testing.assert_frame_equal(out.parties, expected.parties)
    assert out.readings[0].format == "sdc, fixed width"


@pytest.mark.parametrize(
    ("printed", "alone", "held"),
    [
        ("50\n50", "", {"ABCDEF": 50.0, "012345": 50.0}),
        ("49.00%\n51.00%", "", {"ABCDEF": 51.0, "012345": 49.0}),
        ("0.4\n0.6", "parts of the whole", {"ABCDEF": 60.0, "012345": 40.0}),
        ("\n60", "", {"ABCDEF": 60.0}),
        ("0\n0", "", {}),
        ("60\n60", "more than 100", {}),
        ("most\n40", "1 are no percentage", {"ABCDEF": 40.0}),
    ],
)
def test_shares_of_ventures_are_those_that_deals_state(
    printed: str, alone: str, held: dict[str, float], tmp_path: Path
) -> None:
    codes = {"party_parent_cusip6": "012345\nABCDEF", "party_share": printed}
    out = read(
        tmp_path,
        text(
            deal(joint_venture="Yes", **codes),
            deal(number="2", announced="05/05/2005", party_share="30\n70"),
        ),
    )
    shares, words = venture_shares(out.parties, out.alliances)
    assert dict(zip(shares.holder, shares.share, strict=True)) == pytest.approx(held)
    assert set(shares.alliance) <= {"100"} and set(shares.held) <= {"venture"}
    assert not alone or any(alone in word for word in words)


def test_units_of_one_parent_hold_their_shares_together(tmp_path: Path) -> None:
    three = deal(
        joint_venture="Yes",
        party_name="A One\nA Two\nB",
        party_cusip6="111111\n222222\n333333",
        party_parent_cusip6="AAAAAA\nAAAAAA\nBBBBBB",
        party_parent_name="A\nA\nB",
        party_share="20\n30\n50",
    )
    out = read(tmp_path, text(three))
    shares, _ = venture_shares(out.parties, out.alliances)
    assert shares.share.tolist() == [50.0, 50.0]


def test_a_column_of_days_that_cannot_tell_follows_those_that_can(
    tmp_path: Path,
) -> None:
    one = deal(announced="25/04/2004", effective="03/05/2004", terminated="02/06/05")
    row = read(tmp_path, text(one)).alliances.iloc[0]
    assert row.effective == pd.Timestamp("2004-05-03")
    assert row.terminated == pd.Timestamp("2005-06-02")


def test_an_archive_of_downloads_is_as_several_files(tmp_path: Path) -> None:
    broken = text(deal(number="3", announced="05/05/2005", status="Dormant"))
    names = {"x/sdc.csv": text(deal()), "y/sdc.csv": text(SECOND), "z.csv": broken}
    with zipfile.ZipFile(tmp_path / "sdc.zip", "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    out = read_deals([tmp_path / "sdc.zip"])
    expected = read(tmp_path, *names.values())
    pd.testing.assert_frame_equal(out.alliances, expected.alliances)
    assert {r.file for r in out.readings} == {f"sdc.zip/{name}" for name in names}
    assert out.rejects.file.tolist() == ["sdc.zip/z.csv"]
    with zipfile.ZipFile(tmp_path / "sdc.zip", "a") as archive:
        archive.writestr("bad.csv", "Deal Number,Status\n1,Pending\n")
    with pytest.raises(UserError, match=r"sdc\.zip/bad\.csv, row 1"):
        read_deals([tmp_path / "sdc.zip"])


def test_deals_are_profiled_as_the_study_says_that_they_are_written(
    tmp_path: Path,
) -> None:
    path = tmp_path / "sdc.txt"
    path.write_text(text(deal(), SECOND, sep="^"), encoding="utf-16")
    layout = TableFile(entity="", file="", delimiter="^", encoding="utf-16")
    (profiled,) = profile_files(str(path), layout, records)
    assert profiled["rows"] == 2
    assert read_deals([path], layout).alliances.alliance.tolist() == ["100", "200"]
