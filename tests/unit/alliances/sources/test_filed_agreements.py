"""Contracts and current reports -> alliances, announced when they became public."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from alliance_value.alliances.sources.filed_agreements import filed_alliances
from alliance_value.contracts.problems import UserError
from alliance_value.sources.edgar.registrants import read_registrants
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

HEAD = "Filename,Document Name-Answer,Parties-Answer,Agreement Date-Answer\n"
LISTED = {
    "0": {"cik_str": 11, "ticker": "AAA", "title": "ALPHA CORP"},
    "1": {"cik_str": 12, "ticker": "BBB", "title": "Beta Systems Inc."},
    "2": {"cik_str": 13, "ticker": "GGG", "title": "GAMMA OPTICAL NETWORKS CORP"},
}


@pytest.fixture
def registrants(tmp_path):
    (tmp_path / "tickers.json").write_text(json.dumps(LISTED))
    return read_registrants([str(tmp_path / "tickers.json")])


def contracts(folder, *rows):
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    (folder / "contracts.csv").write_text(HEAD + "\n".join(lines) + "\n")
    return str(folder / "contracts.csv")


GOOD = (
    "AlphaCorp_20140520_10-Q_EX-10.1_1_EX-10.1_x.pdf",
    "CO-BRANDING AND DEVELOPMENT AGREEMENT",
    "Alpha Corporation (Alpha); Beta Systems Inc (the Partner)",
    "5/8/2014",
)


def test_a_contract_is_announced_when_it_is_filed(tmp_path, registrants):
    filed = filed_alliances([contracts(tmp_path, GOOD)], registrants)
    (deal,) = filed.alliances.to_dict("records")
    assert deal["announced"] == pd.Timestamp("2014-05-20")
    assert deal["marketing"] and deal["research"] and not deal["supply"]
    assert filed.days.lag.tolist() == [12]
    assert filed.participants.firm.tolist() == ["0000000011", "0000000012"]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({1: "NON-COMPETITION AGREEMENT"}, "contract_is_no_alliance"),
        ({1: "REMARKETING AGREEMENT"}, "contract_is_no_alliance"),
        ({1: "TRANSPORTATION CONTRACT"}, "contract_of_no_type_of_alliance"),
        ({0: "Alpha - Marketing Agreement.PDF"}, "day_of_filing_missing"),
        ({2: "Alpha Corporation"}, "fewer_than_two_participants"),
    ],
)
def test_what_is_no_alliance_is_rejected(tmp_path, registrants, changed, rule):
    row = [changed.get(n, cell) for n, cell in enumerate(GOOD)]
    filed = filed_alliances([contracts(tmp_path, GOOD, row)], registrants)
    assert len(filed.alliances) == 1
    assert filed.rejected[["row", "rule"]].to_numpy().tolist() == [[3, rule]]


def report(folder, text, **more):
    held = {
        "cik": "13",
        "company": "GAMMA OPTICAL NETWORKS CORP",
        "filing_date": "2018-06-04",
        "period_of_report": "2018-05-31",
        "item_1.01": text,
    } | more
    (folder / "8k.json").write_text(json.dumps(held))
    return str(folder / "8k.json")


def test_a_current_report_tells_of_an_alliance(tmp_path, registrants):
    text = (
        "Item 1.01 Entry into a Material Definitive Agreement. On May 31, 2018, we "
        "entered into a joint venture agreement with Beta Systems Inc. to build."
    )
    filed = filed_alliances([report(tmp_path, text)], registrants)
    assert filed.alliances.joint_venture.tolist() == [True]
    assert filed.participants.firm.tolist() == ["0000000013", "0000000012"]
    assert filed.days.lag.tolist() == [4]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "On May 31 we entered into a merger agreement with Beta Systems Inc.",
        "On May 31 we entered into a credit agreement with Beta Systems Inc.",
    ],
)
def test_other_agreements_are_none(tmp_path, registrants, text):
    with pytest.raises(UserError, match="no file tells of an alliance"):
        filed_alliances([report(tmp_path, text)], registrants)


def reports(folder, *own):
    for number, more in enumerate(own):
        report(folder, "", **more)
        (folder / "8k.json").rename(folder / f"{number}.json")
    return [str(folder / f"{number}.json") for number in range(len(own))]


BEGUN = "On May 31, 2018, {} entered into a supply agreement with {}."
OVER = "On May 1, 2020, {} terminated its agreement with {}, dated as of {}."
BETA = {"cik": "12", "company": "Beta Systems Inc."}


def test_an_agreement_that_both_parties_report_is_one(tmp_path, registrants):
    ours = {"item_1.01": BEGUN.format("we", "Beta Systems Inc.")}
    theirs = {"item_1.01": BEGUN.format("we", "Gamma Optical Networks Corp"), **BETA}
    later = {**theirs, "period_of_report": "2018-06-01"}
    files = reports(tmp_path, ours, theirs, later)
    filed = filed_alliances(files, registrants)
    assert filed.alliances.alliance.tolist() == ["0.json", "2.json"]
    assert filed.rejected[["file", "rule"]].to_numpy().tolist() == [
        ["1.json", "agreement_reported_by_another_party"]
    ]


@pytest.mark.parametrize(
    ("partner", "day", "fits"),
    [
        ("Beta Systems Inc.", "May 31, 2018", True),
        ("Beta Systems Inc.", "May 30, 2018", False),
        ("Alpha Corp", "May 31, 2018", False),
    ],
)
def test_an_alliance_ends_as_a_report_says(tmp_path, registrants, partner, day, fits):
    begun = {"item_1.01": BEGUN.format("we", "Beta Systems Inc.")}
    over = {
        "item_1.02": OVER.format("we", partner, day),
        "filing_date": "2020-05-05",
        "period_of_report": "2020-05-01",
    }
    filed = filed_alliances(reports(tmp_path, begun, over), registrants)
    (end,) = filed.alliances.terminated
    assert end == pd.Timestamp("2020-05-01") if fits else pd.isna(end)
    rules = [] if fits else ["end_of_no_alliance_known"]
    assert filed.rejected.rule.tolist() == rules


def test_similar_names_are_reviewed_and_read_back(tmp_path, registrants):
    row = (*GOOD[:2], "Alpha Corp; Gamma Optical Networks Europe LLC", GOOD[3])
    first = filed_alliances([contracts(tmp_path, row)], registrants)
    assert first.to_review.firm.tolist() == ["0000000013"]
    first.to_review.assign(decision="accept").to_csv(tmp_path / "r.csv", index=False)
    decided = read_file(tmp_path / "r.csv", TableFile(entity="", file=""))
    again = filed_alliances([contracts(tmp_path, row)], registrants, decided)
    assert again.participants.firm.tolist() == ["0000000011", "0000000013"]


def test_bad_files_end_in_messages(tmp_path, registrants):
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "b.json").write_text("{}")
    with pytest.raises(UserError) as error:
        files = [str(tmp_path / "a.csv"), str(tmp_path / "b.json")]
        filed_alliances(files, registrants)
    assert "no column 'Parties-Answer'" in str(error.value)
    assert "no current report by items" in str(error.value)
    (tmp_path / "t.json").write_text("[1]")
    with pytest.raises(UserError, match="no list of tickers"):
        read_registrants([str(tmp_path / "t.json")])


FOLDER = Path(os.environ.get("ALLIANCE_VALUE_DATA", "-"))


@pytest.mark.real_data
@pytest.mark.skipif(
    not (FOLDER / "agreements").is_dir() or not (FOLDER / "edgar").is_dir(),
    reason="ALLIANCE_VALUE_DATA has no agreements/ and edgar/",
)
def test_real_contracts_and_reports():
    registrants = read_registrants([str(FOLDER / "edgar/company_tickers.json.gz")])
    files = [
        FOLDER / "agreements/master_clauses.csv",
        FOLDER / "edgar/text/8k_items.zip",
    ]
    filed = filed_alliances([str(f) for f in files], registrants)
    assert len(filed.alliances) + len(filed.rejected) == 510 + 553
    assert (filed.days.lag >= 0).all()
    joint = filed.days[filed.days.file.str.contains("0001000180-10-000081")].alliance
    assert filed.alliances.set_index("alliance").joint_venture[joint.item()]
    parties = filed.participants[filed.participants.alliance == joint.item()]
    assert parties.name.tolist()[1] == "Toshiba Corporation"
