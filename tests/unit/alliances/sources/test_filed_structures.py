"""Units of segment notes -> proposed classes, held against readings of the filings.

The readings were made from the notes before there was a lexicon: what each unit is
built around, and the sentence of the filing's segment note that says so.
"""

import gzip
import json
import os
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import yaml

from alliance_value.alliances.sources.filed_structures import (
    SURE_ENOUGH,
    filed_structures,
)
from alliance_value.alliances.sources.lexicon import proposals, read_note
from alliance_value.contracts.problems import UserError
from alliance_value.sources.edgar.instances import read_instance
from alliance_value.sources.edgar.segments import Unit, note_of
from alliance_value.sources.edgar.sentences import sentences
from alliance_value.sources.read_file import read_file
from alliance_value.study.spec import TableFile

READINGS = {
    "aapl-20100925.xml.gz": {
        "americas": ("geography", 6),
        "europe": ("geography", 7),
        "japan": ("geography", 4),
        "asia pacific": ("geography", 8),
        "retail": ("function", 9),  # a channel: stores that the firm runs itself
    },
    "aapl-20230930_htm.xml.gz": {
        "americas": ("geography", 3),
        "europe": ("geography", 4),
        "greater china": ("geography", 5),
        "japan": ("geography", 2),
        "rest of asia pacific": ("geography", 6),
    },
    "amzn-20221231_htm.xml.gz": {
        "north america": ("geography", 7),
        "international": ("geography", 9),
        "amazon web services": ("product", 11),
    },
    # consumers or businesses, and within each licences, hardware and the rest
    "msft-20150630.xml.gz": {
        "devices and consumer licensing": ("mixed", 12),
        "computing and gaming hardware": ("mixed", 12),
        "phone hardware": ("mixed", 12),
        "devices and consumer other": ("mixed", 12),
        "commercial licensing": ("mixed", 14),
        "commercial other": ("mixed", 14),
    },
    # one operating segment; freight by what customers ship is no organization
    "unp-20121231.xml.gz": {
        "agriculture": ("customer", 7),
        "automotive": ("customer", 7),
        "chemicals": ("customer", 7),
        "coal": ("customer", 7),
        "industrial products": ("customer", 7),
        "intermodal": ("product", 7),
    },
    "nflx-20091231.xml.gz": {"the whole firm": ("product", 10)},
}

FOLDER = Path(os.environ.get("ALLIANCE_VALUE_DATA", "-"), "edgar")
real = [
    pytest.mark.real_data,
    pytest.mark.skipif(
        not (FOLDER / "instances").is_dir(),
        reason="ALLIANCE_VALUE_DATA has no edgar/instances",
    ),
]


@pytest.fixture(scope="module")
def filed():
    return filed_structures([str(FOLDER / "instances" / n) for n in READINGS])


class TestReadings:
    pytestmark = real

    def test_proposals_are_right_or_sent_to_review(self, filed):
        table = filed.proposed.set_index(["file", "unit_name"])
        readings = {(f, u): r for f, own in READINGS.items() for u, r in own.items()}
        assert {*table.index} == {*readings}
        for key, (name, _) in readings.items():
            row = table.loc[key]
            assert row.unit_class == name or row.confidence < SURE_ENOUGH, key

    def test_regions_need_no_review(self, filed):
        sure = filed.units
        assert len(sure) == 9 and set(sure.unit_class) == {"geography"}
        assert set(sure.coder) == {"lexicon"}
        assert len(filed.to_review) == len(filed.proposed) - 9

    def test_the_sentences_of_the_readings_tell_of_their_units(self):
        for file, own in READINGS.items():
            note, _ = note_of(read_instance(FOLDER / "instances" / file))
            parts = sentences(note)
            for unit, (_, number) in own.items():
                said = parts[number - 1].lower()
                assert "segment" in said or unit.split()[-1] in said, (file, unit)

    def test_units_have_shares_of_sales(self, filed):
        shares = filed.proposed.groupby("file").sales_share.sum(min_count=1).dropna()
        assert shares.round(9).eq(1.0).all() and len(shares) == 5


def proposed(*names, note="", result=True):
    units = [Unit(n, n, "", 1.0, result) for n in names]
    return [(p.unit_class, p.confidence) for p in proposals(units, read_note(note))]


NOTES = yaml.safe_load(
    Path(__file__).with_name("segment_notes.yaml").read_text(encoding="utf-8")
)


def read_cases():
    for case in NOTES:
        names, note = list(case["units"]), case["note"]
        rows = proposed(*names, note=note, result=case.get("organized", True))
        for name, (unit_class, confidence) in zip(names, rows, strict=True):
            yield case["firm"], name, case["units"][name], unit_class, confidence


def test_no_reading_is_contradicted_with_confidence():
    rows = [*read_cases()]
    assert len(rows) > 80
    wrong = [r for r in rows if r[3] != r[2] and r[4] >= SURE_ENOUGH]
    assert wrong == []


def test_names_that_leave_no_doubt_need_no_review():
    sure = [r for r in read_cases() if r[4] >= SURE_ENOUGH]
    assert len(sure) >= 20 and {r[2] for r in sure} == {
        "customer", "geography", "product",
    }  # fmt: skip


@pytest.mark.parametrize(
    "names",
    [
        ["pepsico americas beverages", "europe"],
        ["georgia power", "mississippi power"],
        ["jennie o turkey", "refrigerated foods"],
        ["walmart us", "sams club"],
        ["consumer", "commercial"],
        ["us card services", "international card services"],
        ["jordan", "converse"],
        ["aerospace", "industrial"],
        ["turkey", "chicken"],
    ],
)
def test_names_that_may_mean_several_things_go_to_review(names):
    for (_, confidence), name in zip(proposed(*names), names, strict=True):
        assert confidence < SURE_ENOUGH, name


@pytest.mark.parametrize("others", [["sams club"], ["europe", "tableware"]])
def test_units_beside_those_of_no_known_class_are_not_sure(others):
    (name, confidence), *_ = proposed("international", *others)
    assert name == "geography" and confidence < SURE_ENOUGH


@pytest.mark.parametrize(
    ("note", "sure"),
    [
        ("The Company manages its segments on a geographic basis.", True),
        ("Segments are organized by product lines.", False),
        ("The Company has one reportable segment.", False),
        ("All stores are aggregated into a single segment.", False),
        ("We have one operating and reportable segment.", False),
        ("Revenue is attributed to the segments by geographic area.", True),
    ],
)
def test_the_note_weighs_the_names(note, sure):
    both = proposed("north america", "europe", note=note)
    assert all((c >= SURE_ENOUGH) == sure for _, c in both)


def test_units_without_a_result_are_no_organization():
    both = proposed("north america", "europe", result=False)
    assert all(c < SURE_ENOUGH for _, c in both)


def test_product_units_that_all_words_name_are_sure():
    four = proposed("beef", "pork", "chicken", "prepared foods")
    assert {n for n, _ in four} == {"product"} and all(c >= 0.7 for _, c in four)


def test_a_note_is_read_by_sentences():
    reading = read_note(
        "We sell. Inc. is Acme Inc. today. We manage segments by geography."
    )
    assert len(reading.sentences) == 3 and reading.bases == {"geography": 3}


PLAIN = """<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:dei="d" xmlns:g="g"
 xmlns:m="http://xbrl.org/2006/xbrldi">
 <context id="y"><entity/><period><startDate>2022-01-01</startDate>
 <endDate>2022-12-31</endDate></period></context>
 {contexts}
 <dei:EntityCentralIndexKey contextRef="y">77</dei:EntityCentralIndexKey>
 <dei:DocumentPeriodEndDate contextRef="y">2022-12-31</dei:DocumentPeriodEndDate>
 {facts}</xbrl>"""
SEGMENT = """<context id="{n}"><entity><segment><m:explicitMember
 dimension="g:StatementBusinessSegmentsAxis">g:{n}</m:explicitMember></segment></entity>
 <period><startDate>2022-01-01</startDate><endDate>2022-12-31</endDate></period></context>"""


def instance(path, *members):
    facts = "".join(
        f'<g:Revenues contextRef="{m}" unitRef="u">{n}</g:Revenues>'
        f'<g:OperatingIncomeLoss contextRef="{m}" unitRef="u">1</g:OperatingIncomeLoss>'
        for n, m in enumerate(members, start=1)
    )
    text = PLAIN.format(
        contexts="".join(SEGMENT.format(n=m) for m in members), facts=facts
    )
    path.write_text(text)
    return str(path)


def test_plain_and_inline_instances_give_the_same(tmp_path):
    file = instance(tmp_path / "a.xml", "EuropeMember", "NorthAmericaMember")
    page = """<html xmlns="http://www.w3.org/1999/xhtml"
     xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:x="http://www.xbrl.org/2003/instance"
     xmlns:m="http://xbrl.org/2006/xbrldi"><body>{c}&nbsp;
     <ix:nonNumeric contextRef="y"
      name="dei:EntityCentralIndexKey">0000000077</ix:nonNumeric>
     <ix:nonNumeric contextRef="y"
      name="dei:DocumentPeriodEndDate">December 31, 2022</ix:nonNumeric>
     {f}</body></html>"""
    contexts = "".join(
        SEGMENT.format(n=m) for m in ("EuropeMember", "NorthAmericaMember")
    )
    contexts += (
        PLAIN.partition("<context")[1]
        + PLAIN.partition("<context")[2].partition(" {c")[0]
    )
    for name in ("context", "period", "startDate", "endDate", "entity", "segment"):
        contexts = contexts.replace(f"<{name}", f"<x:{name}").replace(
            f"</{name}", f"</x:{name}"
        )
    facts = "".join(
        f'<ix:nonFraction name="g:{t}" contextRef="{m}" unitRef="u" scale="3" '
        f'format="ixt:num-dot-decimal">{v}</ix:nonFraction>'
        for t in ("Revenues", "OperatingIncomeLoss")
        for m, v in (("EuropeMember", "1,000"), ("NorthAmericaMember", "2,000"))
    )
    inline = tmp_path / "b.htm.gz"
    inline.write_bytes(gzip.compress(page.format(c=contexts, f=facts).encode()))
    one, other = (filed_structures([f]).proposed for f in (file, str(inline)))
    kept = ["gvkey", "fyear", "unit_name", "unit_class", "confidence", "sales_share"]
    assert one[kept].equals(other[kept]) and one.gvkey[0] == "0000000077"
    assert one.sales_share.round(6).tolist() == [0.333333, 0.666667]


def reviewed(tmp_path, filed, **decided):
    table = filed.to_review.copy()
    table["decision"] = [decided.get(name, "") for name in table.unit_name]
    table["reviewer"] = ["ada" if d else "" for d in table.decision]
    table.to_csv(tmp_path / "reviewed.csv", index=False)
    return read_file(tmp_path / "reviewed.csv", TableFile(entity="", file=""))


def test_decisions_are_read_back(tmp_path):
    file = instance(tmp_path / "a.xml", "RetailMember", "CoalMember", "OddMember")
    first = filed_structures([file])
    assert len(first.units) == 0 and len(first.to_review) == 3
    table = reviewed(tmp_path, first, retail="customer", coal="accept", odd="reject")
    again = filed_structures([file], table)
    coded = again.units.set_index(["unit_name", "coder"]).unit_class
    assert coded["retail", "adjudicated"] == coded["retail", "ada"] == "customer"
    assert coded["coal", "adjudicated"] == coded["coal", "lexicon"]
    assert "odd" not in coded.index.get_level_values(0)
    assert again.to_review.unit_name.tolist() == []


def test_units_have_the_day_on_which_the_data_sets_list_their_report(tmp_path):
    file = instance(tmp_path / "a.xml", "RetailMember", "CoalMember")
    day, keys = pd.Timestamp("2023-02-20"), [("0000000077", 2022)]
    filed = pd.DataFrame(
        {"filed": [day], "adsh": ["0000000077-23-000001"]},
        pd.MultiIndex.from_tuples(keys),
    )
    table = reviewed(
        tmp_path, filed_structures([file]), retail="customer", coal="mixed"
    )
    units = filed_structures([file], table, filed).units
    assert (units.filed == day).all()
    assert {*units.accession} == {"0000000077-23-000001"}
    later = filed.set_axis(pd.MultiIndex.from_tuples([("0000000077", 2023)]))
    assert filed_structures([file], table, later).units.filed.isna().all()


def test_a_decision_that_is_none_stops(tmp_path):
    file = instance(tmp_path / "a.xml", "RetailMember")
    table = reviewed(tmp_path, filed_structures([file]), retail="client")
    with pytest.raises(UserError, match="is no decision"):
        filed_structures([file], table)


def test_decisions_that_contradict_or_name_no_unit_are_told(tmp_path):
    file = instance(tmp_path / "a.xml", "RetailMember", "CoalMember")
    first = filed_structures([file])
    table = reviewed(tmp_path, first, retail="customer", coal="accept")
    rows = [*range(len(table.cells)), int(table.cells.unit_name.eq("retail").argmax())]
    cells = table.cells.iloc[rows].reset_index(drop=True)
    cells.loc[2, "decision"] = "accept"
    both = replace(table, cells=cells, rows=pd.Series([2, 3, 4]))
    with pytest.raises(UserError, match="decided a second time") as caught:
        filed_structures([file], both)
    assert [p.row for p in caught.value.problems] == [4]
    with pytest.raises(UserError, match="cannot be told"):
        filed_structures([file], replace(both, cells=cells.assign(fyear="FY22")))
    cells.loc[2, "unit_name"] = "shops"
    again = filed_structures([file], replace(both, cells=cells))
    (idle,) = (part for part in again.rejected if "not_proposed" in "".join(part.rule))
    assert idle[["row", "value"]].values.tolist() == [[4, "shops"]]


def test_items_of_annual_reports_are_second_evidence(tmp_path):
    file = instance(tmp_path / "a.xml", "EuropeMember", "NorthAmericaMember")
    text = "We operate in two segments: Europe and North America. We sell."
    items = {"cik": "77", "period_of_report": "2022-12-31", "item_1": text}
    (tmp_path / "b.json").write_text(json.dumps(items))
    both = filed_structures([file, str(tmp_path / "b.json")])
    assert both.proposed.second_evidence.str.startswith("europe: geography").all()
    assert both.proposed.second_evidence.tolist() == [
        "europe: geography; north america: geography"
    ] * len(both.proposed)
    assert len(both.proposed) == 2
    # another firm's items stand behind the instances
    (tmp_path / "c.json").write_text(json.dumps(items | {"cik": "78"}))
    three = filed_structures([str(tmp_path / n) for n in ("c.json", "a.xml")]).proposed
    assert three.gvkey.tolist() == ["0000000077"] * 2 + ["0000000078"] * 2
    assert three.index.tolist() == [0, 1, 2, 3] and three.fyear.eq(2022).all()
    alone = filed_structures([str(tmp_path / "b.json")])
    assert alone.to_review.unit_name.tolist() == ["europe", "north america"]
    assert len(alone.units) == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no xml", "is no XML"),
        ("<a/>", "is no instance of a report"),
        ("{", "is no annual report by items"),
        ('{"cik": 1}', "it lacks period_of_report"),
    ],
)
def test_files_that_are_no_reports_stop(tmp_path, text, message):
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(UserError, match=message):
        filed_structures([str(tmp_path / "a.xml")])


def test_units_of_a_second_filing_of_the_year_are_rejected(tmp_path):
    first = instance(tmp_path / "a.xml", "EuropeMember", "AsiaMember")
    second = instance(tmp_path / "b.xml", "AsiaMember", "JapanMember")
    filed = filed_structures([first, second])
    (log,) = filed.rejected
    assert log[["file", "row", "value"]].to_numpy().tolist() == [["b.xml", 1, "asia"]]
    assert log.rule.tolist() == ["unit_of_another_filing_of_the_year"]
    assert filed.proposed.unit_name.tolist() == ["asia", "europe", "japan"]
    assert filed.decisions == (
        "3 units of 1 firm-years are proposed by the lexicon: 3 at a confidence of "
        "0.7 or more, 0 for people to decide, 0 decided",
    )


def test_decisions_with_mistakes_are_told_with_their_rows(tmp_path):
    file = instance(tmp_path / "a.xml", "RetailMember", "CoalMember")
    first = filed_structures([file])
    table = first.to_review.assign(decision=[" Accept ", "reject"])
    table = pd.concat([table, table[:1], table[1:].assign(decision="no")])
    table.to_csv(tmp_path / "reviewed.csv", index=False)
    read = read_file(tmp_path / "reviewed.csv", TableFile(entity="", file=""))
    with pytest.raises(UserError) as caught:
        filed_structures([file], read)
    told = {(p.row, p.value, p.rule) for p in caught.value.problems}
    assert told == {
        (4, "accept", "the unit is decided a second time"),
        (5, "no", "is no decision"),
        (5, "no", "the unit is decided a second time"),
    }


def test_a_sentence_lists_at_least_two_units(tmp_path):
    for text, names in (
        ("We operate in two segments: Europe and Asia. We sell.", ["europe", "asia"]),
        ("We operate in one segment: Europe. We sell.", ["the whole firm"]),
    ):
        items = {"cik": "77", "period_of_report": "2022-12-31", "item_1": text}
        (tmp_path / "b.json").write_text(json.dumps(items))
        table = filed_structures([str(tmp_path / "b.json")]).proposed
        assert table.unit_name.tolist() == names
        assert table.sales_share.isna().all()
