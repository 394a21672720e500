"""Instances of annual reports, plain and inline, and their segments, by hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from alliance_value.contracts.problems import UserError
from alliance_value.sources.edgar.instances import (
    LONG,
    Fact,
    Instance,
    as_number,
    local,
    read_instance,
)
from alliance_value.sources.edgar.segments import (
    in_words,
    is_sales,
    member_of,
    note_of,
    of_year,
    units_of,
)

COVER = """<dei:EntityCentralIndexKey contextRef="y">77</dei:EntityCentralIndexKey>
 <dei:DocumentPeriodEndDate contextRef="y">2022-12-31</dei:DocumentPeriodEndDate>"""
CONTEXTS = """<context id="y"><entity/><period><startDate>2022-01-01</startDate>
 <endDate>2022-12-31</endDate></period></context>
 <context id="now"><entity/><period><instant> 2022-12-31 </instant></period></context>
 <context id="eu"><entity><segment>
 <m:explicitMember dimension="g:ZAxis">g:B</m:explicitMember>
 <m:explicitMember dimension="g:AAxis"> country:DE </m:explicitMember>
 </segment></entity><period><startDate>2022-01-01</startDate>
 <endDate>2022-12-31</endDate></period></context>"""


def plain(tmp_path: Path, body: str, name: str = "a.xml") -> Instance:
    path = tmp_path / name
    path.write_text(
        '<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:dei="d" xmlns:g="g" '
        f'xmlns:m="http://xbrl.org/2006/xbrldi">{CONTEXTS}{COVER}{body}</xbrl>',
        encoding="utf-8",
    )
    return read_instance(path)


def test_facts_have_their_period_and_members_in_order(tmp_path):
    held = plain(
        tmp_path,
        """<g:Revenues contextRef="y" unitRef="u">1,250.5</g:Revenues>
        <g:Assets contextRef="now" unitRef="u">-7</g:Assets>
        <g:Revenues contextRef="eu" unitRef="u">3</g:Revenues>
        <g:Odd contextRef="y" unitRef="u">none</g:Odd>
        <g:Lost contextRef="nowhere" unitRef="u">1</g:Lost>
        <g:Loose unitRef="u">1</g:Loose>
        <g:Name contextRef="y">A &amp; B&nbsp;Co</g:Name>
        <g:Name contextRef="y">second</g:Name>
        <g:Place contextRef="eu">of a member</g:Place>""",
    )
    assert held.facts == [
        Fact("Revenues", 1250.5, "2022-01-01", "2022-12-31", ()),
        Fact("Assets", -7.0, "", "2022-12-31", ()),
        Fact(
            *("Revenues", 3.0, "2022-01-01", "2022-12-31"),
            (("AAxis", "country:DE"), ("ZAxis", "B")),
        ),
    ]
    assert held.about["Name"] == "A & B Co" and "Place" not in held.about
    assert (held.cik, held.closing) == ("0000000077", pd.Timestamp("2022-12-31"))
    assert held.accession == "" and held.file == "a.xml"


def test_notes_are_blocks_or_long_texts_and_the_longest_counts(tmp_path):
    long = "word " * (LONG // 5)
    held = plain(
        tmp_path,
        f"""<g:SegmentTextBlock contextRef="y">short &lt;b&gt;n&lt;/b&gt;ote
        </g:SegmentTextBlock>
        <g:SegmentTextBlock contextRef="eu">a longer note here</g:SegmentTextBlock>
        <g:SegmentTextBlock contextRef="y">brief</g:SegmentTextBlock>
        <g:Odd contextRef="y">{long}x</g:Odd>
        <g:Even contextRef="y">{long}</g:Even>""",
        name="0000000077-23-000004.xml",
    )
    assert held.texts == {
        "SegmentTextBlock": "a longer note here",
        "Odd": f"{long}x",
    }
    assert held.about["Even"] == long.strip()
    assert held.accession == "0000000077-23-000004"


INLINE = """<html xmlns="http://www.w3.org/1999/xhtml" xmlns:m="http://xbrl.org/2006/xbrldi"
 xmlns:ix="http://www.xbrl.org/2013/inlineXBRL" xmlns:x="http://www.xbrl.org/2003/instance">
 <body>{contexts}&nbsp;{cover}{body}</body></html>"""


def test_facts_within_a_page_have_scale_sign_and_continuations(tmp_path):
    contexts = CONTEXTS
    for name in "context period startDate endDate instant entity segment".split():
        contexts = contexts.replace(f"<{name}", f"<x:{name}")
        contexts = contexts.replace(f"</{name}", f"</x:{name}")
    cover = """<ix:nonNumeric contextRef="y" name="dei:EntityCentralIndexKey"
     >7</ix:nonNumeric>
    <ix:nonNumeric contextRef="y" name="dei:DocumentPeriodEndDate">December 31, 2022
    </ix:nonNumeric>"""
    body = """<p><ix:nonFraction name="g:Revenues" contextRef="y" scale="6" sign="-"
     format="ixt:num-dot-decimal">1,2<b>50</b>.5</ix:nonFraction>
    <ix:nonFraction name="g:Assets" contextRef="y" format="ixt:num-comma-decimal"
     >1.250,5</ix:nonFraction>
    <ix:nonFraction name="g:None" contextRef="y" scale="3" format="ixt:fixed-zero"
     >-</ix:nonFraction>
    <ix:nonFraction name="g:Odd" contextRef="y">n/a</ix:nonFraction>
    <ix:nonFraction name="g:Loose">5</ix:nonFraction>
    <ix:nonNumeric name="g:NoteTextBlock" contextRef="y" continuedAt="c1"
     >One</ix:nonNumeric>
    <ix:continuation id="c2" continuedAt="c1">three.</ix:continuation>
    <ix:continuation id="c1" continuedAt="c2">two</ix:continuation></p>"""
    path = tmp_path / "a.htm.gz"
    text = INLINE.format(contexts=contexts, cover=cover, body=body)
    path.write_bytes(gzip.compress(text.encode()))
    held = read_instance(path)
    assert {f.tag: f.value for f in held.facts} == {
        **{"Revenues": -1_250_500_000.0, "Assets": 1250.5, "None": 0.0}
    }
    assert held.texts == {"NoteTextBlock": "One two three."}
    assert (held.cik, held.closing.year) == ("0000000007", 2022)


@pytest.mark.parametrize(
    ("text", "form", "number"),
    [
        (" 1,000 ", "", 1000.0),
        ("1\xa0000", "", 1000.0),
        ("1.000,5", "num-comma-decimal", 1000.5),
        ("-", "fixed-zero", 0.0),
        ("", "nocontent", 0.0),
        ("-", "", None),
    ],
)
def test_printed_numbers(text, form, number):
    assert as_number(text, form) == number


def test_qualified_names():
    assert [local(n) for n in ("g:Europe", "country:DE", "stpr:CA", "bare")] == [
        *("Europe", "country:DE", "stpr:CA", "bare")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no xml", "is no XML"),
        ("<a/>", "it lacks EntityCentralIndexKey, DocumentPeriodEndDate"),
        (
            '<xbrl xmlns="http://www.xbrl.org/2003/instance"><context id="y"/>'
            '<EntityCentralIndexKey contextRef="y">1</EntityCentralIndexKey>'
            '<DocumentPeriodEndDate contextRef="y">soon</DocumentPeriodEndDate></xbrl>',
            "it lacks a DocumentPeriodEndDate that is a day",
        ),
    ],
)
def test_what_is_no_instance(tmp_path, text, message):
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(UserError, match=message):
        read_instance(tmp_path / "a.xml")
    with pytest.raises(UserError, match=r"b\.xml"):
        read_instance(tmp_path / "b.xml")


AXIS = "StatementBusinessSegmentsAxis"


def fact(member: str, value: float = 1.0, tag: str = "Revenues", *more, **days) -> Fact:
    days = {"start": "2022-01-01", "end": "2022-12-31"} | days
    return Fact(tag, value, days["start"], days["end"], ((AXIS, member), *more))


def instance(*facts: Fact, **texts: str) -> Instance:
    about = {"EntityCentralIndexKey": "7", "DocumentPeriodEndDate": "2022-12-31"}
    return Instance("a.xml", about, "", [*facts], texts)


def test_units_have_the_sales_of_the_tag_that_most_of_them_have():
    units = units_of(
        instance(
            fact("EuropeMember", 5.0),
            fact("AsiaPacificMember", 7.0),
            fact("EuropeMember", 9.0, "SalesRevenueNet"),
            fact("CorporateMember", 2.0),
            fact("EuropeMember", 1.0, "CostOfRevenue"),
        )
    )
    assert [(u.words, u.sales, u.result) for u in units] == [
        *(("asia pacific", 7.0, False), ("europe", 5.0, False))
    ]
    assert units_of(instance()) == []
    # of two tags that as many have the shorter counts
    (one,) = units_of(instance(fact("A", 1.0, "SalesRevenueNet"), fact("A", 2.0)))
    assert one.sales == 2.0


def test_members_without_a_result_are_no_units_beside_those_with_one():
    facts = [fact("EuropeMember", 5.0), fact("PhonesMember", 7.0)]
    result = fact("EuropeMember", 1.0, "OperatingIncomeLoss")
    (unit,) = units_of(instance(*facts, result))
    assert (unit.member, unit.result) == ("EuropeMember", True)
    other = fact("AsiaMember", 1.0, "OperatingIncomeLoss")
    assert len(units_of(instance(*facts, other))) == 2


def test_the_fact_with_the_fewest_members_counts_and_the_others_are_its_group():
    beside = ("ConsolidationItemsAxis", "OperatingSegmentsMember")
    group = ("SegmentGroupAxis", "RetailStoresMember")
    apart = ("ProductAxis", "PhonesMember")
    wide = fact("EuropeMember", 5.0, "Revenues", group, beside)
    assert member_of(wide) == "EuropeMember"
    assert member_of(fact("EuropeMember", 5.0, "Revenues", apart)) == ""
    assert member_of(fact("EuropeMember", 5.0, "Revenues", (AXIS, "B"))) == ""
    (one,) = units_of(instance(wide))
    assert (one.group, one.sales) == ("retail stores", 5.0)
    (two,) = units_of(instance(wide, fact("EuropeMember", 6.0)))
    assert (two.group, two.sales) == ("", 6.0)


@pytest.mark.parametrize(
    ("start", "end", "counts"),
    [
        ("2022-01-01", "2022-12-31", True),
        ("2022-01-16", "2022-12-31", True),  # 350 days
        ("2022-01-17", "2022-12-31", False),
        ("2021-12-17", "2022-12-31", True),  # 380 days
        ("2021-12-16", "2022-12-31", False),
        ("2022-01-08", "2023-01-07", True),
        ("2022-01-09", "2023-01-08", False),
        ("2021-12-25", "2022-12-24", True),
        ("2021-12-24", "2022-12-23", False),
        ("", "2022-12-31", False),
    ],
)
def test_a_year_has_350_to_380_days_and_ends_within_a_week(start, end, counts):
    assert of_year(fact("A", start=start, end=end), instance()) is counts


@pytest.mark.parametrize(
    ("tag", "sales"),
    [
        ("Revenues", True),
        ("SalesRevenueNet", True),
        ("RevenueFromContractWithCustomerExcludingAssessedTax", True),
        ("RevenueFromContractWithCustomerIncludingAssessedTax", True),
        ("CostOfRevenue", False),
        ("ExciseTaxesOnSales", False),
        ("Salespersons", False),
        ("Assets", False),
    ],
)
def test_tags_of_sales(tag, sales):
    assert is_sales(tag) is sales


def test_names_in_words():
    assert in_words("RestOfAsiaPacificSegmentMember") == "rest of asia pacific"
    assert in_words("USCardServices2Member") == "us card services 2"


def test_the_note_is_by_its_tag_or_by_its_words():
    tagged = instance(SegmentReportingDisclosureTextBlock="a", Other="b segments")
    assert note_of(tagged) == ("a", "SegmentReportingDisclosureTextBlock")
    twice = "operating segments and reportable segment"
    words = instance(A="one operating segment", B=twice, C="none")
    assert note_of(words) == (twice, "B")
    assert note_of(instance(C="none")) == ("", "")
